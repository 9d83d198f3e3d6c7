"""A row of Salesforce, by REST or from CSV, becomes the texts of a record: the same ones by either path."""

from collections.abc import Callable, Mapping

from adapters.protocols import Json, Record
from adapters.sources.cells import text
from adapters.sources.salesforce.describing import Info, id_twins, mixed_references
from adapters.sources.salesforce.soql import instant, literal, long_id

Row = dict[str, Json]
"""A record as an answer has it: JSON values by name, or texts where it came as CSV."""

TRUE = frozenset({"true", "1"})
"""How CSV writes yes; the weekly export writes numbers."""


_CLOCKS = ("StartDateTime", "EndDateTime")
"""The times of an event; of one that lasts all day they say the day alone."""


def cell(type: str, value: Json) -> str:
    """The text of one value of a type. What does not read as its type stays as it stands; NULs go."""
    if not isinstance(value, str):
        return text(value)
    written: str = value.replace("\0", "")
    read = _READERS.get(type)
    if read is None or not written:
        return written
    try:
        return read(written)
    except (ValueError, OverflowError):
        return written


class Rows:
    """Makes records of one object's rows.

    kinds: the name of our object by the first three characters of an id.
    """

    def __init__(self, info: Info, kinds: Mapping[str, str]) -> None:
        self._info = info
        self._types = [(c.name, c.type) for c in info.shown]
        self._twins = id_twins(info)
        self._mixed = mixed_references(info)
        self._kinds = kinds

    def values(self, row: Row) -> dict[str, str]:
        """The texts of a row. A field that the answer does not hold cannot be read: its key is missing."""
        found = {name: cell(type, row[name]) for name, type in self._types if name in row}
        for name in self._twins & found.keys():
            found[name] = long_id(found[name])
        if found.get("IsAllDayEvent") == "true":  # whose midnight in UTC is a mark for a day that has no zone
            found |= {name: found[name][:10] for name in _CLOCKS if found.get(name)}
        for reference, field in self._mixed.items():
            if reference in found:
                found[field] = self._kinds.get(found[reference][:3], "")
        return found

    def record(self, row: Row, values: dict[str, str]) -> Record:
        """The record of a row and its texts."""
        id = values["Id"]
        gone = row.get("IsDeleted")
        return Record(
            values=values,
            id=id,
            where=f"{self._info.sobject}/{id}",
            raw=row,
            deleted=gone if isinstance(gone, bool) else str(gone).lower() in TRUE,
            merged=str(row.get("MasterRecordId") or ""),
        )


def _number(value: str) -> str:
    return text(int(value) if value.lstrip("+-").isdigit() else float(value))


def _moment(value: str) -> str:
    return literal(instant(value if "T" in value else f"{value.replace(' ', 'T')}+00:00"))


def _date(value: str) -> str:
    """The day; its midnight in UTC, where one is written beside it, is only a mark."""
    day, _, clock = value.replace("T", " ").partition(" ")
    return day if not clock.strip("0:.Z+") else value


def _boolean(value: str) -> str:
    known = {"true": "true", "1": "true", "false": "false", "0": "false"}
    return known.get(value.lower(), value)


_READERS: dict[str, Callable[[str], str]] = {
    "int": _number, "long": _number, "double": _number, "currency": _number, "percent": _number,
    "datetime": _moment, "date": _date, "boolean": _boolean, "id": long_id, "reference": long_id,
}  # fmt: skip
