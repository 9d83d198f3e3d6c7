"""What a project must fit: its records, its phase and its board (facts 7.12)."""

from adapters.sandbox.pipedrive.answers import bad_request
from adapters.sandbox.pipedrive.state import Draft, Row

_LINKS = {"deal_ids": "deals", "person_ids": "persons", "org_ids": "organizations"}


def settle(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """Links that exist, a phase of the board, and the time of a changed status. Raises the v2 refusals."""
    if given.get("template_id") is not None:
        raise bad_request(f"'template_id' is {given['template_id']}, and there are no templates in this sandbox.")
    row = {key: value for key, value in row.items() if key != "template_id"}
    for key, table in _LINKS.items():
        for linked in given.get(key, ()):
            if draft.live(table, linked) is None:
                raise bad_request(f"'{key}' holds {linked!r}, and there is no such record in {table}.")
    row["status"] = row["status"] or "open"
    if old is None or old["status"] != row["status"]:
        row["status_change_time"] = draft.at
    return _placed(draft, old, row, given)


def _placed(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """A phase decides the board; a board alone means its first phase, nothing the first board."""
    if given.get("phase_id") is not None:
        board = (draft.live("phases", given["phase_id"]) or {})["board_id"]
        if given.get("board_id", board) != board:
            raise bad_request(f"Phase {given['phase_id']} is not on board {given['board_id']}.")
        return row | {"board_id": board}
    if old is not None and given.get("board_id", old["board_id"]) == old["board_id"]:
        return row
    boards = sorted(draft.rows("boards"), key=lambda b: b["order_nr"])
    board = row["board_id"] or next((b["id"] for b in boards), None)
    phases = sorted(draft.rows("phases"), key=lambda p: p["order_nr"])
    return row | {"board_id": board, "phase_id": next((p["id"] for p in phases if p["board_id"] == board), None)}
