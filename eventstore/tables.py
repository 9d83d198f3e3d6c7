"""The tables of the store, described in this one place. Alembic alone creates and changes them.

But one: SQLite's vault is made by `store.migrate`, from here, before the log is, for a file of its own has commits of
its own.

A time is an integer, UTC, microseconds since the epoch; a digest is 32 bytes. Text is compared byte by byte on both
databases, so that an order is the same everywhere.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql

metadata = MetaData()
"""Every table of the store; the tables of read models are added to it by those who own them."""

Word = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is compared and ordered by its bytes."""

events = Table(
    "events",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("object", Word),
    Column("key", Word),
    Column("cause", BigInteger),
    Column("body", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    UniqueConstraint("migration", "event_id", name="events_event_id"),
    Index("events_subject", "migration", "object", "key", "position"),
    Index("events_kind", "migration", "kind", "position"),
)
"""The log. Triggers refuse to change or remove a row."""

heads = Table(
    "heads",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("epoch", BigInteger, nullable=False),
)
"""One row a log: where it ends, and who may record write intents."""

folds = Table(
    "folds",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("name", Word, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""One row a read model: the version of its fold and the last position that it has seen."""

marks = Table(
    "marks",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("name", Word, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Checkpoints: a read model, folded from the events of kind `CheckpointMarked`."""

keys = Table(
    "keys",
    metadata,
    Column("migration", Word, primary_key=True),
    Column("subject", Word, primary_key=True),
    Column("key", LargeBinary),
    Column("created", BigInteger),
    schema="vault",
)
"""The vault: one key a subject, NULL once it is destroyed. `created` is the time of the first event that it sealed."""
