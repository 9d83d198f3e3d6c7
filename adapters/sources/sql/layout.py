"""What a database holds: its tables and views, their columns, keys and relations, as its catalogue says."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import msgspec
from sqlalchemy import Connection, Inspector, inspect, text
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.exc import SQLAlchemyError

from adapters.protocols import Finding
from adapters.sources import UnreadableError
from adapters.sources.names import fold
from adapters.sources.sql.columns import Column, column_of
from adapters.sources.sql.readonly import Database

_SYSTEM_SCHEMAS = frozenset({"information_schema", "sys", "guest", "pg_catalog", "pg_toast"})
_SYSTEM_TABLES = frozenset({
    "sysdiagrams", "dtproperties", "pg_stat_statements", "pg_stat_statements_info", "spatial_ref_sys",
    "geometry_columns", "geography_columns", "raster_columns", "raster_overviews",
})  # fmt: skip
_PARTITIONS = text(
    "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relispartition"
)
_NAMED_MAX = 20

Place = tuple[str | None, str]
"""A table's schema (None: the default one) and name."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign key: columns of the table, the table that they point at, and its columns."""

    columns: tuple[str, ...]
    table: Place
    referred: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table or view. `key`: the columns that identify a row, of a primary or a unique key; none for a view."""

    place: Place
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    view: bool = False

    @property
    def name(self) -> str:
        """The table's name, with its schema where that is not the default one."""
        schema, name = self.place
        return f"{schema}.{name}" if schema else name

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(each for each in self.columns if each.name == name)


class Layout(msgspec.Struct, frozen=True):
    """All tables that are read, and what was left out."""

    tables: tuple[Table, ...]
    findings: tuple[Finding, ...] = ()


def survey(database: Database, schemas: Sequence[str], only: Sequence[str]) -> Layout:
    """Look at the catalogue. `schemas`: these and no others. `only`: names of tables, with * for any characters.

    Raises `UnreadableError` where nothing is there to read, or a name in `only` fits nothing.
    """
    with database.reading("reading its catalogue") as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unknown type, an index on an expression: nothing that a reader needs
        inspector = inspect(connection)
        found: list[Table] = []
        findings: list[Finding] = []
        for schema in _schemas(connection, inspector, schemas):
            found += _tables(connection, inspector, schema, findings, database)
    found.sort(key=lambda table: table.name)
    return Layout(tuple(_chosen(found, only, database.address.shown)), tuple(findings))


def _schemas(connection: Connection, inspector: Inspector, schemas: Sequence[str]) -> list[str | None]:
    default = inspector.default_schema_name
    if not schemas and connection.dialect.name not in ("postgresql", "mssql"):
        return [None]
    there = inspector.get_schema_names()
    if missing := [name for name in schemas if name not in there]:
        raise UnreadableError(f"There is no schema {missing[0]!r}; there are {', '.join(there[:_NAMED_MAX])}.")
    named = schemas or [
        name for name in there if name.lower() not in _SYSTEM_SCHEMAS and not name.startswith(("pg_", "db_"))
    ]
    return [None if name == default else name for name in named]


def _tables(
    connection: Connection, inspector: Inspector, schema: str | None, findings: list[Finding], database: Database
) -> Iterable[Table]:
    views = {*inspector.get_view_names(schema), *_materialized(inspector, schema)}
    partitions: set[Place] = set()
    if connection.dialect.name == "postgresql":
        names = inspector.default_schema_name
        partitions = {(None if row[0] == names else row[0], row[1]) for row in connection.execute(_PARTITIONS)}
    names_here = [*inspector.get_table_names(schema), *sorted(views)]
    wanted = [n for n in names_here if n.lower() not in _SYSTEM_TABLES and (schema, n) not in partitions]
    look = _Look(inspector, schema, wanted)
    for name in wanted:
        try:
            columns = tuple(column_of(each) for each in look("get_multi_columns", inspector.get_columns, name))
            if name in views:
                yield Table(place=(schema, name), columns=columns, view=True)
                continue
            keys = look("get_multi_foreign_keys", inspector.get_foreign_keys, name)
            default = inspector.default_schema_name
            references = tuple(_reference(each, default) for each in keys if each["constrained_columns"])
            key = _key(look, inspector, name, columns)
            yield Table(place=(schema, name), columns=columns, key=key, references=references)
        except SQLAlchemyError as error:
            said = database.address.words(error) or type(error).__name__
            findings.append(
                Finding(code="table-left-out", object=name, where=name, detail=f"{name} cannot be described: {said}.")
            )


class _Look:
    """Asks the catalogue for all tables at once, and table by table where one of them spoils that."""

    def __init__(self, inspector: Inspector, schema: str | None, names: Sequence[str]) -> None:
        self._inspector = inspector
        self._schema = schema
        self._names = names
        self._all: dict[str, dict[Any, Any] | None] = {}

    def __call__(self, many: str, one: Callable[..., Any], name: str) -> Any:
        if many not in self._all:
            try:
                ask = getattr(self._inspector, many)
                self._all[many] = ask(schema=self._schema, filter_names=self._names, kind=ObjectKind.ANY)
            except SQLAlchemyError:
                self._all[many] = None
        found = (self._all[many] or {}).get((self._schema, name))
        return found if found is not None else one(name, schema=self._schema)


def _materialized(inspector: Inspector, schema: str | None) -> list[str]:
    try:
        return inspector.get_materialized_view_names(schema)
    except NotImplementedError:
        return []


def _key(look: _Look, inspector: Inspector, name: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """The primary key, else the shortest unique one of which no part may be missing."""
    primary = look("get_multi_pk_constraint", inspector.get_pk_constraint, name)["constrained_columns"]
    if primary:
        return tuple(primary)
    needed = {each.name for each in columns if not each.nullable and not each.file}
    indexes = look("get_multi_indexes", inspector.get_indexes, name)
    constraints = look("get_multi_unique_constraints", inspector.get_unique_constraints, name)
    unique = [each["column_names"] for each in indexes if each.get("unique") and not _is_partial(each)]
    unique += [each["column_names"] for each in constraints]
    whole = [tuple(names) for names in unique if names and needed.issuperset(names)]
    return min(whole, key=lambda names: (len(names), names), default=())


def _is_partial(index: Any) -> bool:
    return any(key.endswith("_where") and value is not None for key, value in index.get("dialect_options", {}).items())


def _reference(reflected: Any, default: str | None) -> Reference:
    schema = reflected["referred_schema"]
    return Reference(
        columns=tuple(reflected["constrained_columns"]),
        table=(None if schema == default else schema, reflected["referred_table"]),
        referred=tuple(reflected["referred_columns"]),
    )


def _chosen(tables: Sequence[Table], only: Sequence[str], shown: str) -> list[Table]:
    if not tables:
        raise UnreadableError(f"{shown} holds no table or view that this login may see; check the name and the rights.")
    if not only:
        return list(tables)
    chosen: list[Table] = []
    for pattern in only:
        fits = [table for table in tables if fnmatchcase(fold(table.name), fold(pattern))]
        if not fits:
            there = ", ".join(table.name for table in tables[:_NAMED_MAX])
            raise UnreadableError(f"{shown} has no table or view {pattern!r}; there are {there}.")
        chosen += [table for table in fits if table not in chosen]
    return chosen
