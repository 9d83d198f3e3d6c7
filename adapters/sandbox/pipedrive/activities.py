"""What v2 activities do beyond plain fields (facts 7.6)."""

from adapters.sandbox.pipedrive.answers import RefusedError, bad_request, invalid
from adapters.sandbox.pipedrive.html import clean
from adapters.sandbox.pipedrive.state import Draft, Row


def person_refused() -> RefusedError:
    """The refusal of `person_id`, which follows from the participants."""
    return bad_request(
        "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead. "
        "See the participants parameter of the activity."
    )


def settle(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """Defaults, the person of the primary participant, and the time of completion. Raises the v2 refusals."""
    if old is None:
        row = row | {"creator_user_id": draft.user}
        row |= {"subject": row["subject"] or "Call", "type": row["type"] or "call"}
    if not any(t["key_string"] == row["type"] for t in draft.rows("activity_types")):
        raise invalid([("type", f"There is no activity type '{row['type']}'")])
    for participant in given.get("participants", ()):
        if draft.live("persons", participant["person_id"]) is None:
            raise bad_request(f"Participant {participant['person_id']} is no person.")
    row = row | {"person_id": next((p["person_id"] for p in row["participants"] if p["primary"]), None)}
    if given.get("note"):
        row["note"] = clean(given["note"])
    was_done = old is not None and old["done"]
    if row["done"] != was_done:
        row["marked_as_done_time"] = draft.at if row["done"] else None
    return row
