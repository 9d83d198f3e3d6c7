"""What is done to a record by a path of its own: a lead's life, deleting and taking back (facts 9 and 12)."""

from collections.abc import Callable

from adapters.sandbox.nutshell import leads, records
from adapters.sandbox.nutshell.errors import MissingError, RefusedError
from adapters.sandbox.nutshell.rest.ask import (
    Ask,
    Reply,
    items,
    known_keys,
    linked,
    linked_keys,
    number,
    there,
    wrapped,
)
from adapters.sandbox.nutshell.rest.creating import add_product_map
from adapters.sandbox.nutshell.rest.views import view
from adapters.sandbox.nutshell.state import Draft, Row, split

Handler = Callable[[Draft, Ask], Reply]


def _lead(draft: Draft, row: Row) -> Reply:
    return wrapped(draft, "leads", [view(draft, "leads", row)])


def status(draft: Draft, ask: Ask) -> Reply:
    """Close a lead with an outcome, dated now."""
    row = there(draft, "leads", ask.params["id"])
    body = ask.body if isinstance(ask.body, dict) else {}
    known_keys(body, "outcomeId", "competitorMaps", "productMaps")
    if body.get("outcomeId") is None:
        raise RefusedError("Invalid outcome", "outcomeId is required")
    outcome = split(linked(draft, body["outcomeId"], "outcomes"))[1]
    linked_keys(draft, items(body, "competitorMaps"), "competitorMaps")
    for one in items(body, "productMaps"):
        add_product_map(draft, row, one)
    return _lead(draft, leads.update(draft, row, leads.closed_by(draft, outcome)))


def reopen(draft: Draft, ask: Ask) -> Reply:
    """Open a lead again."""
    row = there(draft, "leads", ask.params["id"])
    return _lead(draft, leads.update(draft, row, leads.status_values(draft, row, 0, None)))


def stageset(draft: Draft, ask: Ask) -> Reply:
    """Put a lead into a pipeline, at its first stage."""
    row = there(draft, "leads", ask.params["id"])
    body = ask.body if isinstance(ask.body, dict) else {}
    known_keys(body, "stageset")
    key = split(linked(draft, body.get("stageset"), "stagesets"))[1]
    return _lead(draft, leads.update(draft, row, {"stageset": key}))


def stages(draft: Draft, ask: Ask) -> Reply:
    """The stages that a lead can be in."""
    row = there(draft, "leads", ask.params["id"])
    found = leads.stages_of(draft, row["stageset"])
    return wrapped(draft, "stages", [view(draft, "stages", one) for one in found])


def watch(draft: Draft, ask: Ask) -> Reply:
    """The calling user watches the lead, or no longer does."""
    row = there(draft, "leads", ask.params["id"])
    if draft.user is None:
        raise RefusedError("Invalid watcher", "an origin watches nothing")
    others = [one for one in row["watchers"] if one != draft.actor]
    watchers = others if draft.actor in row["watchers"] else [*others, draft.actor]
    return _lead(draft, draft.put("leads", {**row, "watchers": watchers}))


def delete(table: str, status_code: int = 200) -> Handler:
    """A handler that throws a record away."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        row = there(draft, table, ask.params["id"])
        gone = records.delete(draft, table, row) if table in records.DEFAULTS else _drop(draft, table, row)
        return Reply(204) if status_code == 204 else wrapped(draft, table, [view(draft, table, gone)])

    return handler


def _drop(draft: Draft, table: str, row: Row) -> Row:
    return draft.put(table, {**row, "deleted": draft.now})


def undelete(table: str) -> Handler:
    """A handler that takes a record back from the trash."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        key = number(table, ask.params["id"])
        row = None if key is None else draft.get(table, key)
        if row is None:
            raise MissingError(f"{ask.params['id']} not found")
        if table == "leads" and row["status"] in (0, 1) and row["deleted"] is not None:
            leads.room(draft)
        return wrapped(draft, table, [view(draft, table, records.undelete(draft, table, row))])

    return handler
