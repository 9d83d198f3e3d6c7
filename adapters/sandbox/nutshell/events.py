"""The change log: one entry for each create, update, stage change and log, and a feed of its own for deletions."""

from adapters.protocols import Json
from adapters.sandbox.nutshell.state import Draft, Row, ref

PAYLOADS = ("accounts", "contacts", "leads", "activities", "notes")
"""The tables whose changes are events (facts 13); tasks, tags and the like have none."""


def record(draft: Draft, action: str, table: str, row: Row, changes: list[Json] | None = None) -> None:
    """Write one entry. action: "create", "update", "stagechange", "log", or "delete" for the feed of deletions."""
    if table not in PAYLOADS:
        return
    feed = "deletions" if action == "delete" else "events"
    key = draft.next("events")
    entry = {"id": key, "created": draft.now, "actor": draft.actor, "action": action, "payload": ref(table, row["id"])}
    draft.put(feed, {**entry, "changes": changes or [], "deleted": None})


def change(attribute: str, old: Json, new: Json) -> Json:
    """One changed attribute of an entry."""
    return {"attribute": attribute, "oldValue": old, "newValue": new}
