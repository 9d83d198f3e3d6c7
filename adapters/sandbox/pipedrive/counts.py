"""The counters and other values that `include_fields` adds to deals, persons and organizations."""

from collections import Counter
from collections.abc import Callable

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import invalid
from adapters.sandbox.pipedrive.entities import Entity
from adapters.sandbox.pipedrive.state import Draft, Row

_COLUMN = {"deals": "deal_id", "persons": "person_id", "organizations": "org_id", "products": "product_id"}


def _undone(row: Row) -> bool:
    return not row["done"]


def _done(row: Row) -> bool:
    return bool(row["done"])


def _always(row: Row) -> bool:
    del row
    return True


def _status(*statuses: str) -> Callable[[Row], bool]:
    return lambda row: row["status"] in statuses


_COUNTED: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "activities_count": ("activities", _always),
    "done_activities_count": ("activities", _done),
    "undone_activities_count": ("activities", _undone),
    "notes_count": ("notes", _always),
    "people_count": ("persons", _always),
    "participants_count": ("participants", _always),
    "products_count": ("lines", _always),
    "files_count": ("files", _always),
    "open_deals_count": ("deals", _status("open")),
    "closed_deals_count": ("deals", _status("won", "lost")),
    "won_deals_count": ("deals", _status("won")),
    "lost_deals_count": ("deals", _status("lost")),
}
"""What is counted by the column that names the record: table, and which of its rows."""


def include(draft: Draft, entity: Entity, rows: list[Row], out: list[Row], names: list[str]) -> None:
    """Add the named values to answers. Raises the v2 refusal for a name that the entity does not know."""
    for name in names:
        if name not in entity.optional:
            raise invalid([("include_fields", f"The value '{name}' is not a valid choice.")])
        values = _values(draft, entity, name)
        for row, shown in zip(rows, out, strict=True):
            shown[name] = values(row)


def _values(draft: Draft, entity: Entity, name: str) -> Callable[[Row], Json]:
    if name == "followers_count":
        found = Counter(f["record"] for f in draft.rows("followers") if f["entity"] == entity.table)
        return lambda row: found[row["id"]]
    if name in _COUNTED:
        table, wanted = _COUNTED[name]
        column = _COLUMN[entity.table]
        found = Counter(row[column] for row in draft.rows(table) if wanted(row))
        return lambda row: found[row["id"]]
    if name in ("next_activity_id", "last_activity_id"):
        return _neighbour(draft, entity, done=name.startswith("last"))
    if name.endswith("_count"):
        return lambda _row: 0
    if name == "smart_bcc_email":
        return lambda row: f"sandbox+{entity.noun.lower()}{row['id']}@pipedrivemail.example"
    if name == "first_won_time":
        return lambda row: row["_first_won"]
    return lambda row: row.get(name)


def _neighbour(draft: Draft, entity: Entity, *, done: bool) -> Callable[[Row], Json]:
    column = _COLUMN[entity.table]
    nearest: dict[int, Row] = {}
    for row in sorted(draft.rows("activities"), key=lambda a: a["due_date"] or "", reverse=not done):
        if row["done"] == done and row[column] is not None:
            nearest[row[column]] = row
    return lambda row: nearest[row["id"]]["id"] if row["id"] in nearest else None
