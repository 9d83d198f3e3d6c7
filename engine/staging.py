"""Staging: the rows of a snapshot on disk, on their way to their keys. Memory stays flat however many there are.

SQLite's private database: it lies in the system's temporary folder, has no name there, and is gone with the process.
Rows stand in it by their keyed hashes; of the values only those by which other records name a record.
"""

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from engine.history import Item
from engine.journal import Subject

_SCHEMA = """
CREATE TABLE row (seq INTEGER PRIMARY KEY, id TEXT, fingerprint TEXT, aliases TEXT, first TEXT, strength INTEGER,
                  gone INTEGER, place TEXT, named TEXT, key TEXT, how TEXT);
CREATE TABLE rematch (seq INTEGER, alias TEXT);
CREATE TABLE known (key TEXT PRIMARY KEY, number INTEGER, fingerprint TEXT, vanished INTEGER, taken INTEGER DEFAULT 0);
CREATE TABLE alias (alias TEXT, key TEXT);
"""
_INDEXES = """
CREATE INDEX row_id ON row (id) WHERE id <> '';
CREATE INDEX row_fingerprint ON row (fingerprint);
CREATE INDEX rematch_alias ON rematch (alias);
CREATE INDEX rematch_seq ON rematch (seq);
CREATE INDEX known_fingerprint ON known (fingerprint);
CREATE INDEX alias_alias ON alias (alias);
"""
NAMED = """
CREATE TABLE IF NOT EXISTS item (object TEXT, key TEXT, id TEXT, name TEXT, number INTEGER, body TEXT);
CREATE INDEX IF NOT EXISTS item_key ON item (object, key);
CREATE INDEX IF NOT EXISTS item_id ON item (object, id) WHERE id <> '';
CREATE INDEX IF NOT EXISTS item_name ON item (object, name) WHERE name <> '';
"""
_CACHE_KIB = 16 * 1024


class Row(msgspec.Struct, kw_only=True):
    """One record as read, on its way to its key.

    aliases, rematches: keyed hashes of its natural keys. strength: the number of its first filled recipe, 0 the
    strongest. gone: the source says that it is deleted.
    """

    id: str
    fingerprint: str
    where: str
    aliases: list[str] = []
    rematches: list[str] = []
    strength: int = 0
    gone: bool = False


class Keyed(msgspec.Struct, frozen=True):
    """A row with its key: how it was recognised, its number, and what is known of it (None: it is new)."""

    seq: int
    key: str
    how: str
    number: int
    fingerprint: str
    aliases: list[str]
    gone: bool
    known: str | None
    vanished: bool


def scratch(tables: str) -> sqlite3.Connection:
    """A database of one's own on disk with these tables, and a bounded cache in memory."""
    made = sqlite3.connect("", isolation_level=None)  # an empty name: private, on disk, gone when it is closed
    made.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    made.execute("PRAGMA journal_mode = OFF")
    made.execute("PRAGMA synchronous = OFF")
    made.executescript(tables)
    return made


class Named:
    """An index over records on disk: see `engine.index`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, item: Item, id: str, name: str) -> None:
        """Add a record."""
        body = msgspec.json.encode(item.values or {}).decode()
        self._database.execute(
            "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", (item.object, item.key, id, name, item.number, body)
        )

    def item(self, subject: Subject) -> Item | None:
        """The record of a key."""
        return next(self._found("object = ? AND key = ? LIMIT 1", *subject), None)

    def by_id(self, object: str, id: str) -> Item | None:
        """The record of an id."""
        return next(self._found("object = ? AND id = ? AND id <> '' ORDER BY rowid LIMIT 1", object, id), None)

    def by_name(self, object: str, name: str) -> list[Item]:
        """The records of a folded name."""
        return list(self._found("object = ? AND name = ? AND name <> '' ORDER BY rowid", object, name))

    def _found(self, where: str, *values: str) -> Iterator[Item]:
        query = f"SELECT object, key, number, body FROM item WHERE {where}"  # noqa: S608 - the words are ours
        for object, key, number, body in self._database.execute(query, values):
            yield Item(object=object, key=key, number=number, position=0, values=msgspec.json.decode(body))


class Staging:
    """The rows of one object of a snapshot, matched with what the log knows of that object.

    Put every row, and what is known; `match`; then read the rows with their keys, and what is gone.
    """

    def __init__(self, object: str) -> None:
        self.object = object
        self.count = 0
        self._database = scratch(_SCHEMA)
        self._database.execute("BEGIN")

    def close(self) -> None:
        """Throw the rows away."""
        self._database.close()

    # --- filling ---------------------------------------------------------------------------------------------------

    def put(self, row: Row, named: tuple[str, str, dict[str, str]] | None = None) -> None:
        """Add a row, in the source's order. `named`: its id, its folded name and the values by which it is found."""
        self.count += 1
        first = row.aliases[0] if row.aliases else ""
        self._database.execute(
            "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
            (
                self.count,
                row.id,
                row.fingerprint,
                " ".join((*row.aliases, *row.rematches)),
                first,
                row.strength,
                row.gone,
                row.where,
                msgspec.json.encode(named).decode() if named else None,
            ),
        )
        self._database.executemany("INSERT INTO rematch VALUES (?, ?)", [(self.count, a) for a in row.rematches])

    def know(self, records: Iterable[tuple[str, int, str, bool]], aliases: Iterable[tuple[str, str]]) -> None:
        """Add what is known: (key, number, fingerprint, whether it is gone), and (alias, key)."""
        self._database.executemany(
            "INSERT INTO known (key, number, fingerprint, vanished) VALUES (?, ?, ?, ?)", records
        )
        self._database.executemany("INSERT INTO alias VALUES (?, ?)", aliases)

    # --- matching --------------------------------------------------------------------------------------------------

    def match(self) -> tuple[list[tuple[str, str, str]], list[str]]:
        """Give every row its key. Repeated ids as (id, key, where), and the keys of records whose identity changed."""
        self._database.executescript(_INDEXES)
        repeated = list(self._match_ids())
        self._match_contents()
        self._match_aliases()
        changed = list(self._rematch())
        self._name_new()
        self._database.execute("CREATE INDEX row_key ON row (key)")
        return repeated, changed

    def _name_new(self) -> None:
        """What matched nothing gets the next keys, in the source's order."""
        self._database.executescript(
            "CREATE TEMP TABLE fresh (n INTEGER PRIMARY KEY, seq INTEGER UNIQUE);"
            "INSERT INTO temp.fresh (seq) SELECT seq FROM row WHERE key IS NULL ORDER BY seq;"
        )
        self._database.execute(
            "UPDATE row SET how = 'new', key = ? || ':' || ((SELECT n FROM temp.fresh f WHERE f.seq = row.seq) + "
            "(SELECT count(*) FROM known)) WHERE key IS NULL",
            (self.object.lower(),),
        )

    def _take(self, seq: int, key: str, how: str) -> None:
        self._database.execute("UPDATE row SET key = ?, how = ? WHERE seq = ?", (key, how, seq))
        self._database.execute("UPDATE known SET taken = 1 WHERE key = ?", (key,))

    def _each(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a batch at a time, so that what is read may be written to meanwhile."""
        self._database.execute("DROP TABLE IF EXISTS temp.todo")
        self._database.execute(f"CREATE TEMP TABLE todo AS {query}", values)
        last = 0
        while batch := self._database.execute(
            "SELECT rowid, * FROM temp.todo WHERE rowid > ? ORDER BY rowid LIMIT 1000", (last,)
        ).fetchall():
            last = batch[-1][0]
            yield from (row[1:] for row in batch)

    def _match_ids(self) -> Iterator[tuple[str, str, str]]:
        """By id; rows that share one are told apart by their content first, then by their order."""
        self._database.execute(
            "UPDATE row SET key = id, how = 'id' WHERE id <> '' AND id NOT IN "
            "(SELECT id FROM row WHERE id <> '' GROUP BY id HAVING count(*) > 1)"
        )
        query = "SELECT id FROM row WHERE id <> '' AND key IS NULL GROUP BY id ORDER BY min(seq)"
        for (id,) in self._each(query):
            yield from self._tell_apart(id)
        self._database.execute("UPDATE known SET taken = 1 WHERE key IN (SELECT key FROM row WHERE key IS NOT NULL)")

    def _tell_apart(self, id: str) -> Iterator[tuple[str, str, str]]:
        group = self._database.execute("SELECT seq, fingerprint, place FROM row WHERE id = ? ORDER BY seq", (id,))
        rows = group.fetchall()
        keys = [id, *(f"{id}#{number}" for number in range(2, len(rows) + 1))]
        same: dict[str, deque[str]] = {}
        for key in keys:
            same.setdefault(self._fingerprint(key) or "", deque()).append(key)
        chosen = {seq: same[print_].popleft() for seq, print_, _ in rows if same.get(print_)}
        taken = set(chosen.values())
        free = (key for key in keys if key not in taken)
        for seq, _, place in rows:
            key = chosen.get(seq) or next(free)
            self._database.execute("UPDATE row SET key = ?, how = 'id' WHERE seq = ?", (key, seq))
            if key != id:
                yield id, key, place

    def _fingerprint(self, key: str) -> str | None:
        found = self._database.execute("SELECT fingerprint FROM known WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else None

    def _match_contents(self) -> None:
        """Equal content is the same record, wherever it stands; twins by their order."""
        pairs = (
            "SELECT r.seq, k.key FROM (SELECT seq, fingerprint, row_number() OVER (PARTITION BY fingerprint ORDER BY "
            "seq) AS n FROM row WHERE key IS NULL) AS r JOIN (SELECT key, fingerprint, row_number() OVER (PARTITION BY "
            "fingerprint ORDER BY number) AS n FROM known WHERE NOT taken) AS k USING (fingerprint, n)"
        )
        self._database.execute("DROP TABLE IF EXISTS temp.pair")
        self._database.execute(f"CREATE TEMP TABLE pair AS {pairs}")
        self._database.execute("UPDATE row SET key = p.key, how = 'natural' FROM temp.pair AS p WHERE row.seq = p.seq")
        self._database.execute("UPDATE known SET taken = 1 WHERE key IN (SELECT key FROM temp.pair)")
        self._database.execute("DROP TABLE temp.pair")

    def _match_aliases(self) -> None:
        """By the first natural key, the strongest first; rows that share one in the order of their content."""
        query = (
            "SELECT seq, first FROM row WHERE key IS NULL AND first <> '' AND first IN (SELECT alias FROM alias) "
            "ORDER BY strength, first, fingerprint"
        )
        free = (
            "SELECT a.key FROM alias a JOIN known k USING (key) WHERE a.alias = ? AND NOT k.taken "
            "ORDER BY k.number LIMIT 1"
        )
        for seq, alias in self._each(query):
            if found := self._database.execute(free, (alias,)).fetchone():
                self._take(seq, found[0], "natural")

    def _rematch(self) -> Iterator[str]:
        """What is left over on both sides, one to one or not at all: an identity change."""
        query = (
            "SELECT m.seq, m.alias FROM rematch m JOIN row r USING (seq) WHERE r.key IS NULL AND m.alias IN (SELECT "
            "o.alias FROM rematch o JOIN row r USING (seq) WHERE r.key IS NULL GROUP BY o.alias HAVING count(*) = 1) "
            "AND m.alias IN (SELECT alias FROM alias) ORDER BY m.seq, m.rowid"
        )
        left = "SELECT a.key FROM alias a JOIN known k USING (key) WHERE a.alias = ? AND NOT k.taken LIMIT 2"
        done = 0
        for seq, alias in self._each(query):
            olds = self._database.execute(left, (alias,)).fetchall()
            if seq != done and len(olds) == 1:
                self._take(seq, olds[0][0], "rematch")
                done = seq
                yield olds[0][0]

    # --- what came of it -------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Keyed]:
        """Every row with its key, in the source's order."""
        last = self._database.execute("SELECT coalesce(max(number), 0) FROM known").fetchone()[0]
        cursor = self._database.execute(
            "SELECT r.seq, r.key, r.how, k.number, r.fingerprint, r.aliases, r.gone, k.fingerprint, k.vanished "
            "FROM row r LEFT JOIN known k ON k.key = r.key ORDER BY r.seq"
        )
        while batch := cursor.fetchmany(1000):
            for seq, key, how, number, fingerprint, aliases, gone, known, vanished in batch:
                last += number is None
                yield Keyed(
                    seq, key, how, last if number is None else number, fingerprint, aliases.split(), bool(gone),
                    known, bool(vanished),
                )  # fmt: skip

    def named(self) -> Iterator[tuple[Item, str, str]]:
        """The records by which others are found, with their ids and names; for `Named.add`."""
        cursor = self._database.execute("SELECT key, named FROM row WHERE named IS NOT NULL ORDER BY seq")
        while batch := cursor.fetchmany(1000):
            for key, text in batch:
                id, name, values = msgspec.json.decode(text)
                yield Item(object=self.object, key=key, number=0, position=0, values=values), id, name

    def live(self) -> int:
        """How many records were there and not gone."""
        return int(self._database.execute("SELECT count(*) FROM known WHERE NOT vanished").fetchone()[0])

    def missing(self) -> int:
        """How many of those have no row."""
        query = "SELECT count(*) FROM known WHERE NOT vanished AND key NOT IN (SELECT key FROM row)"
        return int(self._database.execute(query).fetchone()[0])

    def gone(self) -> Iterator[str]:
        """The keys of those, in the order of first sight."""
        query = "SELECT key FROM known WHERE NOT vanished AND key NOT IN (SELECT key FROM row) ORDER BY number"
        cursor = self._database.execute(query)
        while batch := cursor.fetchmany(1000):
            yield from (key for (key,) in batch)
