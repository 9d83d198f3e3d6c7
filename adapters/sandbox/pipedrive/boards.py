"""Boards and their phases, v2: where projects stand (facts 7.12)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec

_NAME = Spec(kind="text", required=True)
_ORDER = Spec(kind="integer", low=1)
_FIELDS = {
    "boards": {"name": _NAME, "order_nr": _ORDER},
    "phases": {"name": _NAME, "board_id": Spec(kind="integer", required=True, ref="boards"), "order_nr": _ORDER},
}
_COLUMN = {"boards": "board_id", "phases": "phase_id"}
DEFAULT_BOARD, DEFAULT_PHASES = "Projects", ("Kick-off", "Planning", "Implementation", "Review")
"""What an account with projects starts with; ours, it is documented nowhere."""


def found(draft: Draft) -> None:
    """The default board with its phases."""
    times: Row = {"add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    board = draft.next("boards")
    draft.put("boards", board, {"id": board, "name": DEFAULT_BOARD, "order_nr": 1} | times)
    for order, name in enumerate(DEFAULT_PHASES, 1):
        key = draft.next("phases")
        draft.put("phases", key, {"id": key, "name": name, "board_id": board, "order_nr": order} | times)


def _find(draft: Draft, table: str, key: int) -> Row:
    row = draft.live(table, key)
    if row is None:
        raise missing("Board" if table == "boards" else "Phase")
    return row


def _public(row: Row) -> Row:
    return {key: value for key, value in row.items() if not key.startswith("_") and key != "is_deleted"}


def _beside(draft: Draft, table: str, row: Row) -> list[Row]:
    """The others among which it has its place, in order."""
    rows = [r for r in draft.rows(table) if r["id"] != row["id"] and r.get("board_id") == row.get("board_id")]
    return sorted(rows, key=lambda r: (r["order_nr"], r["id"]))


def listing(draft: Draft, table: str, query: dict[str, Any]) -> Reply:
    """GET /boards, or the phases of one board: all of them, not paged."""
    rows = [row for row in draft.rows(table) if "board_id" not in query or row["board_id"] == query["board_id"]]
    return ok([_public(row) for row in sorted(rows, key=lambda row: (row["order_nr"], row["id"]))])


def get(draft: Draft, table: str, key: int) -> Reply:
    """GET /boards/{id} and /phases/{id}."""
    return ok(_public(_find(draft, table, key)))


def create(draft: Draft, table: str, body: Json) -> Reply:
    """POST /boards and /phases: last, or in the given place."""
    given = taken(draft, _FIELDS[table], body, creating=True)
    row: Row = {"id": draft.next(table), "order_nr": None, "add_time": draft.at, "is_deleted": False} | given
    return ok(_public(_put(draft, table, row)), draft.settings.create_status)


def update(draft: Draft, table: str, key: int, body: Json) -> Reply:
    """PATCH /boards/{id} and /phases/{id}; a phase that changes its board goes last there."""
    old = _find(draft, table, key)
    given = taken(draft, _FIELDS[table], body, creating=False)
    row = old | given
    if row.get("board_id") != old.get("board_id") and "order_nr" not in given:
        row["order_nr"] = None
    return ok(_public(_put(draft, table, row)))


def _put(draft: Draft, table: str, row: Row) -> Row:
    """Write a row in its place, and move the others."""
    others = _beside(draft, table, row)
    order = row["order_nr"] or len(others) + 1
    if order > len(others) + 1:
        raise invalid([("order_nr", f"This value should be {len(others) + 1} or less.")])
    row = row | {"order_nr": order, "update_time": draft.at}
    for number, other in enumerate([*others[: order - 1], row, *others[order - 1 :]], 1):
        if other is not row and other["order_nr"] != number:
            draft.put(table, other["id"], other | {"order_nr": number})
    return draft.put(table, row["id"], row)


def delete(draft: Draft, table: str, key: int) -> Reply:
    """DELETE /boards/{id} and /phases/{id}: refused while projects stand there, for what else is not documented."""
    row = _find(draft, table, key)
    if any(project[_COLUMN[table]] == key for project in draft.rows("projects")):
        raise bad_request(f"The {table[:-1]} holds projects. Move or delete them first.")
    draft.put(table, key, row | {"is_deleted": True, "_deleted": draft.now, "update_time": draft.at})
    return ok({"id": key})
