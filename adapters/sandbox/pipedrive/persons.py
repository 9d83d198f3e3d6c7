"""What v2 persons do beyond plain fields (facts 7.2)."""

from adapters.sandbox.pipedrive.answers import invalid, v2_error
from adapters.sandbox.pipedrive.entities import PERSONS
from adapters.sandbox.pipedrive.state import Draft, Row


def settle(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """Names in step, and the marketing status changed once at most. Raises the v2 refusals."""
    del draft
    row = _named(old, row, given)
    return _marketed(old, row, given)


def _named(old: Row | None, row: Row, given: Row) -> Row:
    parts = {"first_name", "last_name"} & given.keys()
    if "name" in given and parts:
        raise v2_error(400, "Cannot set 'name' and 'first_name'/'last_name' at the same time", "ERR_BAD_REQUEST")
    if old is None and "name" not in given and len(parts) < 2:
        raise invalid([("name", "Parameter 'name' is required, or both 'first_name' and 'last_name'")])
    if parts:
        name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
        row = row | {"name": name}
    elif "name" in given:
        first, _, last = given["name"].strip().rpartition(" ")
        row = row | ({"first_name": first, "last_name": last} if first else {"first_name": last, "last_name": None})
    if not row["name"].strip():
        raise invalid([("name", "This value should not be blank.")])
    return row


def _marketed(old: Row | None, row: Row, given: Row) -> Row:
    wanted = given.get("marketing_status", "no_consent")
    if old is None:
        status = wanted if any(e["value"] for e in row["emails"]) else "no_consent"
        return row | {"marketing_status": status, "_marketing_changed": False}
    if "marketing_status" not in given or wanted == old["marketing_status"]:
        return row
    if old["_marketing_changed"] or not any(e["value"] for e in row["emails"]):
        return row | {"marketing_status": old["marketing_status"]}  # a forbidden change is silently ignored
    return row | {"_marketing_changed": True}


def shown(draft: Draft, row: Row, out: Row) -> Row:
    """Without contact sync its fields are not there at all."""
    del row
    if not draft.settings.contact_sync:
        for key, spec in PERSONS.fields.items():
            if spec.feature:
                out.pop(key, None)
    return out
