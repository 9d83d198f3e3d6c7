"""The read models' tables: what can be thrown away and folded again from the log. No personal data stands in them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from eventstore.tables import Word, metadata

records = Table(
    "records",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("object", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("number", Integer, nullable=False),  # order of first sight within the object
    Column("first", BigInteger, nullable=False),  # position of the first extraction
    Column("position", BigInteger, nullable=False),  # position of the newest extraction
    Column("fingerprint", Word, nullable=False),
    Column("vanished", BigInteger),  # position of the event that says it is gone, or NULL
    Column("seen", BigInteger, nullable=False),  # position of the last extraction that came page by page and saw it
    Column("told", Boolean, nullable=False),  # gone by the source's own word, not for want of a row
    Column("merged", Word, nullable=False),  # then, the source's id of the record that it was merged into
    Index("records_by_number", "migration", "object", "number"),
)
"""Every record ever extracted."""

aliases = Table(
    "aliases",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("object", Word, primary_key=True),
    Column("alias", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Index("aliases_by_key", "migration", "object", "key"),
)
"""Keyed hashes of the natural keys by which records are recognised: those of the newest extraction of each record."""

links = Table(
    "links",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("target", Word, primary_key=True),
    Column("entity", Word, primary_key=True),
    Column("object", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("part", Word, primary_key=True),
    Column("id", Word, nullable=False),
    Column("alive", Boolean, nullable=False),
    Column("adopted", Boolean, nullable=False),  # it was there before us
    Column("applied", BigInteger, nullable=False),  # position of the newest applied write (0: came with its parent)
    Column("intent", BigInteger, nullable=False),  # position of that write's intent
    Column("whole_hash", Word, nullable=False),
    Column("created", BigInteger, nullable=False),  # position at which this id was made
    Index("links_by_id", "migration", "target", "entity", "id"),
)
"""Which destination record stands for which subject, by destination account."""

intents = Table(
    "intents",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("target", Word, nullable=False),
)
"""Intents without an outcome: in doubt after a crash."""

doubts = Table(
    "doubts",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("intent", BigInteger, primary_key=True, autoincrement=False),
    Column("target", Word, nullable=False),
    Column("entity", Word, nullable=False),
    Column("position", BigInteger, nullable=False),  # of the event that settled it
)
"""Creates that were in doubt, and that no sweep has covered since: each may have a twin that comes late."""

dispositions = Table(
    "dispositions",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("target", Word, primary_key=True),
    Column("object", Word, primary_key=True),
    Column("key", Word, primary_key=True),
    Column("disposition", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("review", Word, nullable=False),
    Column("reason", Text, nullable=False),
)
"""What became of each source record at each account; one without a row, or extracted since, is pending."""

reviews = Table(
    "reviews",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("id", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("object", Word, nullable=False),
    Column("key", Word, nullable=False),
    Column("blocking", Boolean, nullable=False),
    Column("proposed", Text, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("status", Word, nullable=False),  # open, resolved, withdrawn
    Column("resolved", BigInteger, nullable=False),
)
"""What people have to decide and have decided."""

facts = Table(
    "facts",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("name", Word, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
    Column("position", BigInteger, nullable=False),
)
"""The newest of each single thing: the confirmed map, hold, approvals, descriptions, runs."""

TABLES = (records, aliases, links, intents, doubts, dispositions, reviews, facts)
