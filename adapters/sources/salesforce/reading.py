"""Pages of an object by REST: in the order of the ids, so that any page can be asked for again, by any process.

Query locators are not followed: they die after two days, and the last id that was seen says the same.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from adapters.protocols import Finding, Flow, RefusedError
from adapters.sources import UnreadableError
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.describing import Info
from adapters.sources.salesforce.org import Org, hidden_column, reason, rows_of
from adapters.sources.salesforce.soql import fits, literal, quoted, select

T = TypeVar("T")

PAGE_RECORDS = (2000, 500, 100)
"""Records a page; where a query takes the server too long, the next smaller page is tried."""

PAGE_CELLS = 200_000
"""Cells a page: each comes with its name, and the driver reads no answer without end."""

TIMED_OUT = "QUERY_TIMEOUT"

_TOO_MUCH = "OPERATION_TOO_LARGE"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of an object, and the id after which the next part begins (None at the end)."""

    rows: list[Row]
    after: str | None
    findings: tuple[Finding, ...] = ()


class Hidden:
    """The columns, by object, that went away or were hidden from our user after they were described."""

    def __init__(self) -> None:
        self._columns: dict[str, set[str]] = {}

    def left(self, info: Info) -> tuple[str, ...]:
        """What can be selected still."""
        gone = self._columns.get(info.sobject, ())
        return tuple(name for name in info.selected if name not in gone)

    def note(self, info: Info, error: RefusedError) -> Finding | None:
        """Drop the column that a refusal names, and say so; None where it names none."""
        name = hidden_column(error, self.left(info))
        if name is None:
            return None
        self._columns.setdefault(info.sobject, set()).add(name)
        detail = f"{name} was described, and is hidden from our user now: it is not read."
        return Finding(code="hidden-field", object=info.name, where=f"{info.sobject}.{name}", detail=detail)


def conditions(info: Info, start: datetime | None) -> list[str]:
    """What the records of an object fulfil, of those that changed since `start`."""
    changed = [f"{info.stamp} >= {literal(start)}"] if start is not None and info.stamp else []
    return [*info.conditions, *changed]


def is_narrow(org: Org, info: Info, hidden: Hidden) -> bool:
    """Whether a query for all columns of an object fits into a request line."""
    soql = _soql(info, hidden.left(info), conditions(info, datetime.min.replace(tzinfo=UTC)), "x" * 18, PAGE_RECORDS[0])
    return fits(org.path("queryAll"), soql)


def read_part(org: Org, info: Info, hidden: Hidden, start: datetime | None, after: str) -> Flow[Part]:
    """The records behind an id, the deleted and the archived ones included. `start`: of those that changed since."""
    findings: list[Finding] = []

    def ask(most: int) -> Flow[tuple[list[Row], bool]]:
        return _ask(org, info, hidden, conditions(info, start), after, most, findings)

    rows, more = yield from smaller_and_smaller(info.name, ask, len(info.columns))
    return Part(rows=rows, after=str(rows[-1]["Id"]) if rows and more else None, findings=tuple(findings))


def read_ids(org: Org, info: Info, after: str, most: int) -> Flow[tuple[list[str], bool]]:
    """The ids of live records behind an id, and whether there are more."""
    live = ["IsDeleted = false"] if info.has("IsDeleted") else []
    wanted = [*info.conditions, *live, *([f"Id > {quoted(after)}"] if after else [])]
    soql = select(["Id"], info.sobject, wanted, tail=f"ORDER BY Id LIMIT {most}")
    answer = yield from org.query(soql, everything=info.has("IsDeleted"))
    ids = [str(row["Id"]) for row in rows_of(answer)]
    return ids, bool(ids) and (len(ids) == most or answer.body.get("done") is False)


def smaller_and_smaller(name: str, ask: Callable[[int], Flow[T]], columns: int = 1) -> Flow[T]:
    """Ask for a page of so many columns, and for a smaller one where the server takes too long."""
    for most in dict.fromkeys(min(records, PAGE_CELLS // max(columns, 1)) for records in PAGE_RECORDS):
        try:
            return (yield from ask(most))
        except RefusedError as error:
            if error.verdict.code == _TOO_MUCH:
                raise UnreadableError(
                    f"{name}: Salesforce refuses the query ({reason(error)}): our user lacks the right View All Data."
                ) from error
            if error.verdict.code != TIMED_OUT:
                raise
    raise UnreadableError(
        f"{name}: even {PAGE_RECORDS[-1]} records take Salesforce longer than it allows. Read it when the org is quiet."
    )


def _ask(
    org: Org,
    info: Info,
    hidden: Hidden,
    wanted: Sequence[str],
    after: str,
    most: int,
    findings: list[Finding],
) -> Flow[tuple[list[Row], bool]]:
    """One page, without the columns that turn out to be hidden; and whether there is more behind it."""
    while True:
        soql = _soql(info, hidden.left(info), wanted, after, most)
        try:
            answer = yield from org.query(soql, everything=info.has("IsDeleted"))
        except RefusedError as error:
            finding = hidden.note(info, error)
            if finding is None:
                raise
            findings.append(finding)
        else:
            rows = rows_of(answer)
            return rows, len(rows) == most or answer.body.get("done") is False


def _soql(info: Info, columns: Sequence[str], wanted: Sequence[str], after: str, most: int) -> str:
    behind = [f"Id > {quoted(after)}"] if after else []
    return select(columns, info.sobject, [*wanted, *behind], tail=f"ORDER BY Id LIMIT {most}")
