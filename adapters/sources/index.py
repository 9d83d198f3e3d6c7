"""Facts about records that other records are compared with, on disk, so that memory stays flat."""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator


class Index:
    """Facts by kind and key, each with the id of the record it is about; in a private temporary database."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", check_same_thread=False)  # no name: a file that goes with its connection
        self._db.execute("CREATE TABLE fact (kind TEXT, key TEXT, id TEXT, value)")
        self._db.execute("CREATE INDEX fact_key ON fact (kind, key)")
        weakref.finalize(self, self._db.close)

    def put(self, kind: str, key: str, id: str, value: str | int = "") -> None:
        """Remember a fact."""
        self._db.execute("INSERT INTO fact VALUES (?, ?, ?, ?)", (kind, key, id, value))

    def ids(self, kind: str, key: str, most: int = 20) -> list[str]:
        """The ids of the facts of a key in the order in which they were put, no more than `most`."""
        asked = "SELECT id FROM fact WHERE kind = ? AND key = ? ORDER BY rowid LIMIT ?"
        return [row[0] for row in self._db.execute(asked, (kind, key, most))]

    def value(self, kind: str, key: str) -> str:
        """The value of the first fact of a key; empty where there is none."""
        row = self._db.execute(
            "SELECT value FROM fact WHERE kind = ? AND key = ? ORDER BY rowid LIMIT 1", (kind, key)
        ).fetchone()
        return str(row[0]) if row else ""

    def values(self, kind: str, key: str) -> Iterator[str]:
        """The values of all facts of a key in the order in which they were put."""
        asked = "SELECT value FROM fact WHERE kind = ? AND key = ? ORDER BY rowid"
        return (str(row[0]) for row in self._db.execute(asked, (kind, key)))

    def total(self, kind: str, key: str) -> int | None:
        """The sum of the values of a key; None where there is no fact."""
        row = self._db.execute("SELECT SUM(value) FROM fact WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row[0] is None else int(row[0])

    def each(self, kind: str) -> Iterator[tuple[str, str]]:
        """Key and id of every fact of a kind."""
        yield from self._db.execute("SELECT key, id FROM fact WHERE kind = ? ORDER BY rowid", (kind,))


class Tally:
    """How often marks were seen, by kind; a mark is a signed number of eight bytes. In a private temporary database."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", check_same_thread=False)
        self._db.execute(
            "CREATE TABLE tally (kind TEXT, mark INTEGER, seen INTEGER, PRIMARY KEY (kind, mark)) WITHOUT ROWID"
        )
        weakref.finalize(self, self._db.close)

    def add(self, kind: str, marks: Iterable[int]) -> None:
        """See each of these once more."""
        self._db.executemany(
            "INSERT INTO tally VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET seen = seen + 1",
            ((kind, mark) for mark in marks),
        )

    def take(self, kind: str, mark: int) -> bool:
        """Whether the mark was seen; it is so once less then."""
        taken = self._db.execute(
            "UPDATE tally SET seen = seen - 1 WHERE kind = ? AND mark = ? AND seen > 0", (kind, mark)
        )
        return taken.rowcount > 0

    def has(self, kind: str, mark: int) -> bool:
        """Whether the mark was seen."""
        found = self._db.execute("SELECT 1 FROM tally WHERE kind = ? AND mark = ? AND seen > 0", (kind, mark))
        return found.fetchone() is not None
