"""What a probe of a database finds out: whether it answers, how writes are kept out, and which tables may be read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, literal_column, select

from adapters.protocols import AdapterError, Finding, Json, Probed, Step
from adapters.sources.sql.keys import is_pageable
from adapters.sources.sql.matching import Object
from adapters.sources.sql.paging import table_of
from adapters.sources.sql.readonly import HOW, Database

_CLOCKS = {"mssql": "SYSUTCDATETIME()", "mysql": "UTC_TIMESTAMP()", "mariadb": "UTC_TIMESTAMP()",
           "oracle": "SYS_EXTRACT_UTC(SYSTIMESTAMP)"}  # fmt: skip
_NO_MARK = "Columns such as updated_at are not trusted to tell what changed, so every extraction is a full snapshot."
_RISK_MOMENT = "Tables are read one after another: what changes meanwhile can be new in one and old in another."
_RISK_RIGHTS = "Rows that the login's rights or row security hide look like rows that are not there."


def refused(shown: str, error: AdapterError) -> Probed:
    """The probe of a database that does not answer, or holds nothing."""
    return Probed(
        method="database", usable=False, steps=(Step(asked=f"connect {shown}", found=str(error), serves=False),)
    )


def probed(database: Database, objects: Sequence[Object], left_out: Sequence[Finding]) -> Probed:
    """Ask the database about itself and for the first row of every table."""
    shown, dialect = database.address.shown, database.engine.dialect.name
    with database.reading("asking for its version and clock") as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ())) or "unknown"
        clock = _clock(connection)
    steps = [
        Step(asked=f"connect {shown}", found=f"{dialect} {version} answers.", serves=True),
        Step(asked="read-only", found=f"{HOW.get(dialect, 'nothing but SELECT is sent')}.", serves=True),
        Step(asked="SELECT the clock", found=f"It is {clock}." if clock else "It tells no time.", serves=bool(clock)),
    ]
    steps += [Step(asked=f"DESCRIBE {each.where}", found=each.detail, serves=False, object=each.object)
              for each in left_out if each.code == "table-left-out"]  # fmt: skip
    readable: list[str] = []
    for object in objects:
        step = _looked_at(database, object)
        steps.append(step)
        readable += [object.name] if step.serves else []
    files = sorted(f"{o.name}.{c.key}" for o in objects for c in o.columns if c.file)
    facts: dict[str, Json] = {
        "version": f"{dialect} {version}",
        "incremental": _NO_MARK,
        "deletions": "a row that is missing from the next snapshot",
        "paging": {o.name: _paging(o, dialect) for o in objects},
        "files": files,
    } | ({"date": clock} if clock else {})
    risks = (_NO_MARK, _RISK_MOMENT, _RISK_RIGHTS)
    return Probed(method="database", usable=bool(readable), steps=tuple(steps), objects=tuple(readable), facts=facts,
                  risks=risks)  # fmt: skip


def _paging(object: Object, dialect: str) -> str:
    key = [object.table.column(name) for name in object.table.key]
    return "after the last key" if is_pageable(key, dialect) else "one open query, sorted"


def _looked_at(database: Database, object: Object) -> Step:
    asked = f"SELECT from {object.table.name}"
    try:
        with database.reading(f"reading {object.table.name}") as connection:
            source = table_of(object.table.place)
            there: Any = connection.execute(select(literal_column("1")).select_from(source).limit(1)).first()
    except AdapterError as error:
        return Step(asked=asked, found=str(error), serves=False, object=object.name)
    return Step(asked=asked, found="It can be read." if there else "It is empty.", serves=True, object=object.name)


def _clock(connection: Connection) -> str:
    """The database's own time, RFC 3339 UTC; empty where it gives none."""
    said: Any = connection.execute(
        select(literal_column(_CLOCKS.get(connection.dialect.name, "CURRENT_TIMESTAMP")))
    ).scalar()
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return ""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
