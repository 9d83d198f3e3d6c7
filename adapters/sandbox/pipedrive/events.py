"""What a request's changes tell the webhooks: payloads of version 2.0, queued as changes of the state (facts 11)."""

from collections.abc import Callable, Iterator
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import deliveries, leads, notes, records, users
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.state import Draft, Key, Row, State
from adapters.sandbox.world import Change

_NOUNS = {
    "activities": "activity", "deals": "deal", "leads": "lead", "notes": "note", "organizations": "organization",
    "persons": "person", "pipelines": "pipeline", "products": "product", "stages": "stage", "users": "user",
}  # fmt: skip
"""The tables that webhooks are about, by the names that they have there."""


def _shape(draft: Draft, table: str, row: Row) -> Row:
    """A record as a payload shows it.

    Ours is the shape of the entity's own answers: that of the guide is not among our facts.
    """
    shapes: dict[str, Callable[[Draft, Row], Row]] = {
        "leads": leads.public,
        "notes": notes.public,
        "users": users.public,
    }
    if table in shapes:
        return shapes[table](draft, row)
    return records.public(draft, ENTITIES[table], row)


def queue(draft: Draft, changes: list[Change], correlation: str, before: State) -> None:
    """Queue what the changes since a state tell each webhook that asked for them.

    `correlation` names the request; without one the changes were made by hand, in the web app.
    """
    hooks = draft.rows("webhooks")
    if not hooks:
        return
    for table, key, row in list(_written(changes)):
        old = before.rows(table).get(key)
        action = _action(old, row)
        for hook in hooks:
            if hook["event_action"] in ("*", action) and hook["event_object"] in ("*", _NOUNS[table]):
                meta = _meta(draft, hook, action, table, row) | {"correlation_id": correlation or draft.uuid()}
                meta["change_source"] = "api" if correlation else "app"
                deliveries.add(draft, hook, {"meta": meta, **_content(draft, action, table, old, row)})


def _written(changes: list[Change]) -> Iterator[tuple[str, Key, Row]]:
    """The last state of each record that was written."""
    last = {(c[1], c[2]): c[3] for c in changes if c[0] == "put" and c[1] in _NOUNS}
    for (table, key), row in last.items():
        yield table, key, row


def _action(old: Row | None, row: Row) -> str:
    if old is None:
        return "create"
    return "delete" if row["is_deleted"] and not old["is_deleted"] else "change"


def _meta(draft: Draft, hook: Row, action: str, table: str, row: Row) -> Row:
    meta: Row = {"action": action, "entity": _NOUNS[table], "entity_id": str(row["id"]), "id": draft.uuid()}
    meta |= {"timestamp": leads.precise(draft.at), "user_id": str(draft.user)}
    meta |= {"is_bulk_edit": False, "company_id": "1", "webhook_id": str(hook["id"]), "version": "2.0"}
    return meta | {"permitted_user_ids": [str(u["id"]) for u in draft.rows("users") if u["active_flag"]]}


def _content(draft: Draft, action: str, table: str, old: Row | None, row: Row) -> dict[str, Any]:
    before = None if old is None else _shape(draft, table, old)
    if action == "delete" or before is None:
        return {"data": None if action == "delete" else _shape(draft, table, row), "previous": before}
    after = _shape(draft, table, row)
    changed: dict[str, Json] = {key: value for key, value in before.items() if after.get(key) != value}
    return {"data": after, "previous": changed}
