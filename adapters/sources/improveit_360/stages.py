"""The times at which a sale entered each status, by the history of its status field: a date-time field a status.

A status that was entered twice has the time of the last entry. The history is there only since tracking was switched
on, and for 18 to 24 months as a rule.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from adapters.protocols import Field, Flow
from adapters.sources.salesforce.cells import Row, cell
from adapters.sources.salesforce.describing import DATETIME_FORMAT, Info
from adapters.sources.salesforce.org import Org
from adapters.sources.salesforce.product import Values
from adapters.sources.salesforce.soql import among, batches, quoted, select

HISTORY = "__History"
"""How the history of a custom object is called, in place of the end "__c"."""

STATUSES_MOST = 100
"""Statuses that become fields; histories of free text have no end of values."""


class History:
    """Who knows the changes of one status field, in an org or in an export."""

    def __init__(self, values: Sequence[str], changes: Callable[[Sequence[str]], Flow[Iterable[Row]]]) -> None:
        self.values = tuple(values)
        self.changes = changes


class Entries:
    """Fills in the times. Each row of a history holds ParentId, NewValue and CreatedDate.

    left_out: how many statuses, beyond `STATUSES_MOST`, have no field.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.left_out = len(history.values[STATUSES_MOST:])
        self.fields = tuple(
            Field(key=field_of(v), label=field_of(v), kind="datetime", custom=True, format=DATETIME_FORMAT)
            for v in history.values[:STATUSES_MOST]
        )

    def fill(self, records: Sequence[Values]) -> Flow[None]:
        """Put the times into the records of one page."""
        found: dict[tuple[str, str], str] = {}
        for row in (yield from self._history.changes([values["Id"] for values in records])):
            at = (str(row["ParentId"]), field_of(str(row.get("NewValue") or "")))
            moment = cell("datetime", row.get("CreatedDate"))
            found[at] = max(found.get(at, ""), moment)  # one form, so that text sorts as time
        for values in records:
            for field in self.fields:
                values[field.key] = found.get((values["Id"], field.key), "")


class OrgHistory:
    """The history of one object in an org."""

    def __init__(self, org: Org, info: Info) -> None:
        self._org = org
        self._sobject = f"{info.sobject.removesuffix('__c')}{HISTORY}"
        self._info = info

    def entries(self, status: str) -> Flow[Entries | None]:
        """Which statuses were ever entered; None where there is no history that tells. Raises RefusedError."""
        if not status or self._sobject not in self._org.sobjects:
            return None
        seen: dict[str, None] = {}

        def take(row: Row) -> None:
            if value := str(row.get("NewValue") or ""):
                seen.setdefault(value)

        yield from self._org.scan(select(["NewValue"], self._sobject, [f"Field = {quoted(status)}"]), take)
        if not seen:
            return None
        column = self._info.column(status)
        listed = [option.id for option in column.options] if column else []
        return Entries(History(in_order(seen, listed), self._changes_of(status)))

    def _changes_of(self, status: str) -> Callable[[Sequence[str]], Flow[Iterable[Row]]]:
        def changes(ids: Sequence[str]) -> Flow[Iterable[Row]]:
            found: list[Row] = []
            for some in batches(ids):
                wanted = [f"Field = {quoted(status)}", among("ParentId", some)]
                columns = ["Id", "ParentId", "NewValue", "CreatedDate"]
                found += yield from self._org.rows(select(columns, self._sobject, wanted))
            return found

        return changes


def entries_of_export(texts: Callable[[str], Iterator[Values]], info: Info, status: str) -> Entries | None:
    """The same of an export, whose history is a file of its own; it is read once more for each page."""
    sobject = f"{info.sobject.removesuffix('__c')}{HISTORY}"
    if not status:
        return None
    mine = (row for row in texts(sobject) if row.get("Field") == status)
    seen = dict.fromkeys(row["NewValue"] for row in mine if row.get("NewValue"))
    if not seen:
        return None

    def changes(ids: Sequence[str]) -> Flow[Iterable[Row]]:
        yield from ()
        wanted = set(ids)
        return [dict(row) for row in texts(sobject) if row.get("ParentId") in wanted and row.get("Field") == status]

    column = info.column(status)
    return Entries(History(in_order(seen, [o.id for o in column.options] if column else []), changes))


def in_order(seen: Mapping[str, None], listed: Sequence[str]) -> list[str]:
    """The statuses that were seen: those of the pick-list in its order, then the others."""
    return [*(v for v in listed if v in seen), *(v for v in seen if v not in listed)]


def field_of(status: str) -> str:
    """The field that holds when a status was entered."""
    return f"Entered {status}"
