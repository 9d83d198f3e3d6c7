"""Links to records that an API names and does not show: the export says what they are called, so that they are found.

Only where records of the linked object were taken from the export: those have no id, and are linked by their names.
"""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from adapters.protocols import Flow, Link, Record
from adapters.sources.index import Tally
from adapters.sources.rest.supplement import Supplement, mark_of
from adapters.sources.rest.table import Column, Endpoint, Learned


class Shown:
    """The ids that the API showed, on disk, and the objects of which the export had more."""

    def __init__(self) -> None:
        self._ids = Tally()
        self._more: set[str] = set()
        self._whole: set[str] = set()

    def add(self, object: str, records: Iterable[Record]) -> None:
        """See records of the API."""
        self._ids.add(object, (_mark(record.id) for record in records if record.id))

    def had_more(self, object: str) -> None:
        """Records of the object came from the export."""
        self._more.add(object)

    def whole(self, object: str) -> None:
        """All records of the object were seen."""
        self._whole.add(object)

    def is_whole(self, object: str) -> bool:
        """Whether this process has seen all records of the object."""
        return object in self._whole

    def leads_nowhere(self, link: Link, record: Record) -> bool:
        """Whether a link names an id that the API did not show, of an object of which the export had more."""
        if link.id_field is None or link.name_field is None or not self._more.intersection(link.to):
            return False
        named = _ids(record.values.get(link.id_field, ""), many=link.many)
        return any(not any(self._ids.has(object, _mark(id)) for object in link.to) for id in named)


def linked_by_name(endpoint: Endpoint) -> list[str]:
    """The objects that records link to by id, and by name where need be."""
    return [name for link in endpoint.links if link.id_field and link.name_field for name in link.to]


def named(
    supplement: Supplement, endpoint: Endpoint, columns: Sequence[Column], learned: Learned, shown: Shown,
    records: list[Record],
) -> Flow[list[Record]]:  # fmt: skip
    """The records, with the names that the export has where links lead nowhere; it is read once if there are any."""
    wanted: dict[int, list[str]] = {}
    for record in records:
        fields = [link.name_field for link in endpoint.links if link.name_field and shown.leads_nowhere(link, record)]
        if fields and (mark := mark_of(endpoint, record.values)) is not None:
            wanted[mark] = fields
    found: dict[int, dict[str, str]] = {}
    at: str | None = None
    while len(found) < len(wanted):
        page = yield from supplement.read(endpoint, columns, learned, at)
        for row in page.records:
            mark = mark_of(endpoint, row.values)
            if mark is not None and mark in wanted:
                found[mark] = {name: row.values.get(name, "") for name in wanted[mark]}
        at = page.next
        if at is None:
            break
    return [
        msgspec.structs.replace(record, values={**record.values, **found[mark]})
        if (mark := mark_of(endpoint, record.values)) is not None and mark in found else record
        for record in records
    ]  # fmt: skip


def _ids(cell: str, *, many: bool) -> list[str]:
    if not many:
        return [cell] if cell else []
    return msgspec.json.decode(cell, type=list[str]) if cell.startswith("[") else []


def _mark(id: str) -> int:
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest(), signed=True)
