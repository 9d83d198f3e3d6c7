"""A database as a `Source`."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from adapters.protocols import AdapterError, Finding, Flow, ObjectSchema, Page, Probed, Schema, User
from adapters.secret import Secret
from adapters.sources import UnreadableError
from adapters.sources.sql import files, probe
from adapters.sources.sql.address import Address
from adapters.sources.sql.describe import described
from adapters.sources.sql.layout import survey
from adapters.sources.sql.matching import Object, objects_of
from adapters.sources.sql.paging import Reader, table_of
from adapters.sources.sql.readonly import Database
from adapters.sources.standard import Standard

OPTIONS = ("schema", "only")
"""What `SqlSource` may be told: schemas and tables, each a list with commas; * in a table's name is any characters."""


class SqlSource:
    """The tables and views of a database (see `adapters.sources.sql`): a `Source` with `Attachments` and `Probing`.

    url: any of SQLAlchemy's. options: see `OPTIONS`; without a schema, PostgreSQL and SQL Server give all but their
    own, others the one that the address names. standards: a product's objects; a table whose name and columns fit one
    is read under its names. It connects when it is first asked, and holds no connection between pages but for tables
    without a key. Nothing is cached but names: what a page holds is what the database held then.
    """

    def __init__(
        self,
        url: Secret,
        options: Mapping[str, str] | None = None,
        *,
        standards: Sequence[Standard] = (),
        system: str = "database",
    ) -> None:
        unknown = sorted(set(options or {}) - set(OPTIONS))
        if unknown:
            raise UnreadableError(f"A database has no option {unknown[0]!r}; there are {', '.join(OPTIONS)}.")
        self._database = Database(Address(url))
        self._options = {name: _listed((options or {}).get(name, "")) for name in OPTIONS}
        self._standards = tuple(standards)
        self._system = system
        self._objects: dict[str, Object] | None = None
        self._findings: tuple[Finding, ...] = ()
        self._readers: dict[str, Reader] = {}

    def schema(self) -> Flow[Schema]:
        """What the database holds now; every table is read once. Raises `UnreadableError`, `UnreachableError`."""
        yield from ()
        self._objects = None
        objects: list[ObjectSchema] = []
        users: list[User] = []
        findings: list[Finding] = []
        for object in self._known().values():
            found = described(self._database, object, known=bool(self._standards))
            objects += [found.schema] if found.schema else []
            users += found.users
            findings += found.findings
        if not objects:
            why = findings[0].detail if findings else ""
            raise UnreadableError(f"{self._database.address.shown}: none of its tables can be read. {why}")
        return Schema(
            system=self._system, objects=tuple(objects), users=tuple(users), findings=(*self._findings, *findings)
        )

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:  # noqa: ARG002 - a full snapshot
        """A page of an object from a cursor on. `since` is ignored: a database is always read whole."""
        yield from ()
        known = self._known()
        if object not in known:
            raise ValueError(f"{self._database.address.shown} has no object {object!r}.")
        if object not in self._readers:
            self._readers[object] = Reader(self._database, known[object])
        return self._readers[object].page(at)

    def open(self, reference: str) -> BinaryIO:
        """A file, read from the database a piece at a time. Raises FileNotFoundError, `UnreachableError`."""
        table, column, id = files.parts(reference)
        found = next((o for o in self._known().values() if o.table.name == table), None)
        named = next((c for c in found.columns if c.file and c.name == column), None) if found else None
        if found is None or named is None or not found.table.key:
            raise FileNotFoundError(f"{self._database.address.shown} has no files in {table}, column {column}.")
        return files.opened(self._database, table_of(found.table.place), found.table, named, id)

    def probe(self) -> Flow[Probed]:
        """Whether the database answers, and what may be read of it."""
        yield from ()
        try:
            known = self._known()
            return probe.probed(self._database, list(known.values()), self._findings)
        except AdapterError as error:
            return probe.refused(self._database.address.shown, error)

    def close(self) -> None:
        """Let go of queries that are open."""
        for reader in self._readers.values():
            reader.close()

    def _known(self) -> dict[str, Object]:
        if self._objects is None:
            self.close()
            self._readers = {}
            layout = survey(self._database, self._options["schema"], self._options["only"])
            objects, findings = objects_of(layout.tables, self._standards)
            self._findings = (*layout.findings, *findings)
            self._objects = {object.name: object for object in objects}
        return self._objects


def _listed(text: str) -> list[str]:
    return [part for part in map(str.strip, text.split(",")) if part]
