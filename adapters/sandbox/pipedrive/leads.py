"""Leads, their labels and sources, v1 (facts 7.4)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import custom, filters, v1
from adapters.sandbox.pipedrive.answers import RefusedError, Reply, ok, v1_error
from adapters.sandbox.pipedrive.deals import FULL, FULL_CODE, full
from adapters.sandbox.pipedrive.lists import v1_page, v1_sort
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec, WrongError, date

COLORS = ("blue", "brown", "dark-gray", "gray", "green", "orange", "pink", "purple", "red", "yellow")
"""The colours of lead labels."""
SOURCES = (
    "Manually created", "Deal", "Web forms", "Prospector", "Leadbooster", "Live chat", "Import", "Website visitors",
    "Workflow automation", "API",
)  # fmt: skip
"""The fixed lead sources; what comes over the API gets the last."""
_SORTS = (
    "id", "title", "owner_id", "creator_id", "was_seen", "expected_close_date", "next_activity_id", "add_time",
    "update_time",
)  # fmt: skip
_LONGEST = 255


def precise(instant: str) -> str:
    """A kept instant as leads and lead labels write it, with milliseconds."""
    return instant.removesuffix("Z") + ".000Z"


def _missing() -> RefusedError:
    return v1_error(404, "requested lead not found", info="Object was not found.")


def create(draft: Draft, body: Json) -> Reply:
    """POST /leads: the new lead."""
    given = v1.mapping(body)
    if "is_archived" in given:
        raise v1.refuse('"is_archived" is not allowed')
    if "title" not in given:
        raise v1.refuse('"title" is required')
    if full(draft):
        raise v1_error(403, f"Couldn't add the lead. {FULL}", code=FULL_CODE)
    row: Row = {"id": draft.uuid(), "owner_id": draft.user, "creator_id": draft.user, "label_ids": []}
    row |= {"person_id": None, "organization_id": None, "value": None, "expected_close_date": None}
    row |= {"visible_to": "3", "was_seen": False, "is_archived": False, "source_name": "API", "origin": "API"}
    row |= {"origin_id": v1.text(given, "origin_id"), "channel": None, "channel_id": None, "source_deal_id": None}
    row |= {"next_activity_id": None, "add_time": draft.at, "is_deleted": False, "custom_fields": {}}
    return ok(public(draft, _put(draft, row, given)), 201)


def update(draft: Draft, key: str, body: Json) -> Reply:
    """PATCH /leads/{id}: the lead after it."""
    row = draft.live("leads", key)
    if row is None:
        raise _missing()
    given = v1.mapping(body)
    if "origin_id" in given:
        raise v1.refuse('"origin_id" is not allowed')
    return ok(public(draft, _put(draft, row, given)))


def _put(draft: Draft, row: Row, given: dict[str, Any]) -> Row:
    row = row | {"update_time": draft.at} | _texts(given, draft.settings.plan) | _links(draft, given)
    if row["person_id"] is None and row["organization_id"] is None:
        raise v1.refuse('One of the "person_id" or "organization_id" must be set.')
    for key in ("was_seen", "is_archived"):
        if key in given:
            row[key] = v1.flag(given, key)
    if "label_ids" in given:
        row["label_ids"] = _labels(draft, given["label_ids"])
    if "value" in given:
        row["value"] = _value(draft, given["value"])
    try:
        if given.get("expected_close_date") is not None:
            date(given["expected_close_date"], Spec(kind="date"))
        row["custom_fields"] = row["custom_fields"] | custom.v1_take(draft, "deals", given)
    except WrongError as error:
        raise v1.refuse(str(error)) from None
    if "expected_close_date" in given:
        row["expected_close_date"] = given["expected_close_date"]
    return draft.put("leads", row["id"], row)


def _texts(given: dict[str, Any], plan: str) -> Row:
    out: Row = {}
    if "title" in given:
        title = given["title"]
        if not isinstance(title, str) or not title:
            raise v1.refuse('"title" must be a string and is not allowed to be empty')
        if len(title) > _LONGEST:
            raise v1.refuse(f'"title" length must be less than or equal to {_LONGEST} characters long')
        out["title"] = title
    if "visible_to" in given:
        if given["visible_to"] not in ("1", "3", "5", "7"):
            raise v1.refuse('"visible_to" must be one of ["1", "3", "5", "7"]')
        if given["visible_to"] in ("5", "7") and plan in ("lite", "growth"):
            raise v1.refuse('"visible_to" must be one of ["1", "3"]')
        out["visible_to"] = given["visible_to"]
    if "channel" in given:
        out["channel"] = v1.integer(given, "channel")
    if "channel_id" in given:
        out["channel_id"] = v1.text(given, "channel_id")
    return out


def _links(draft: Draft, given: dict[str, Any]) -> Row:
    out: Row = {}
    for key, table in (("person_id", "persons"), ("organization_id", "organizations"), ("owner_id", "users")):
        if key not in given:
            continue
        value = v1.integer(given, key)
        row = None if value is None else draft.live(table, value)
        if value is None and key == "owner_id":
            raise v1.refuse('"owner_id" must be a number')
        if value is not None and (row is None or row.get("active_flag") is False):
            raise v1.refuse(f'"{key}" is {value}, and there is no such active record')
        out[key] = value
    return out


def _labels(draft: Draft, labels: Json) -> list[str]:
    if not isinstance(labels, list):
        raise v1.refuse('"label_ids" must be an array')
    for label in labels:
        if not isinstance(label, str) or draft.live("lead_labels", label) is None:
            raise v1.refuse(f'"label_ids": there is no lead label {label}')
    return labels


def _value(draft: Draft, value: Json) -> Json:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
        raise v1.refuse('"value" must have both amount and currency')
    amount, currency = value["amount"], value["currency"]
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise v1.refuse('"value.amount" must be a number')
    if not isinstance(currency, str) or draft.live("currencies", currency) is None:
        raise v1.refuse(f'"value.currency": the currency {currency} is not known')
    return value


def public(draft: Draft, row: Row) -> Row:
    """A lead as v1 shows it; custom fields at the top level, empty ones missing."""
    out = {k: v for k, v in row.items() if not k.startswith("_") and k not in ("is_deleted", "custom_fields")}
    known = draft.state.rows("lead_labels")
    out["label_ids"] = [label for label in row["label_ids"] if not known[label]["is_deleted"]]
    out |= {"add_time": precise(row["add_time"]), "update_time": precise(row["update_time"])}
    out["cc_email"] = f"sandbox+lead{row['id']}@pipedrivemail.example"
    return out | custom.v1_show(custom.live_fields(draft, "deals"), row["custom_fields"])


def get(draft: Draft, key: str) -> Reply:
    """GET /leads/{id}."""
    row = draft.live("leads", key)
    if row is None:
        raise _missing()
    return ok(public(draft, row))


def listing(draft: Draft, query: dict[str, Any], *, archived: bool) -> Reply:
    """GET /leads and /leads/archived: one page."""
    rows = [row for row in draft.rows("leads") if row["is_archived"] == archived]
    if "filter_id" in query:
        passes = filters.test(draft, query["filter_id"], "leads")
        rows = [row for row in rows if passes(row)]
    else:
        for key in ("owner_id", "person_id", "organization_id"):
            if key in query:
                rows = [row for row in rows if row[key] == query[key]]
    if "updated_since" in query:
        rows = [row for row in rows if row["update_time"] >= query["updated_since"]]
    return v1_page(v1_sort(rows, query.get("sort", ""), _SORTS), query, lambda row: public(draft, row))


def delete(draft: Draft, key: str) -> Reply:
    """DELETE /leads/{id}: answers the id."""
    row = draft.live("leads", key)
    if row is None:
        raise _missing()
    draft.put("leads", key, row | {"is_deleted": True, "_deleted": draft.now, "update_time": draft.at})
    return ok({"id": key})


def _label_public(row: Row) -> Row:
    out = {key: row[key] for key in ("id", "name", "color")}
    return out | {"add_time": precise(row["add_time"]), "update_time": precise(row["update_time"])}


def labels(draft: Draft) -> Reply:
    """GET /leadLabels: all of them, not paged."""
    return ok([_label_public(row) for row in draft.rows("lead_labels")])


def _label_given(body: Json) -> Row:
    given = v1.mapping(body)
    if "name" in given and (not isinstance(given["name"], str) or not given["name"]):
        raise v1.refuse('"name" must be a string and is not allowed to be empty')
    if "color" in given and given["color"] not in COLORS:
        raise v1.refuse(f'"color" must be one of [{", ".join(COLORS)}]')
    return {key: given[key] for key in ("name", "color") if key in given}


def add_label(draft: Draft, body: Json) -> Reply:
    """POST /leadLabels: the new label."""
    given = _label_given(body)
    for key in ("name", "color"):
        if key not in given:
            raise v1.refuse(f'"{key}" is required')
    key = draft.uuid()
    row = {"id": key, "add_time": draft.at, "update_time": draft.at, "is_deleted": False} | given
    return ok(_label_public(draft.put("lead_labels", key, row)))


def _label(draft: Draft, key: str) -> Row:
    row = draft.live("lead_labels", key)
    if row is None:
        raise v1_error(404, "requested lead label not found", info="Object was not found.")
    return row


def update_label(draft: Draft, key: str, body: Json) -> Reply:
    """PATCH /leadLabels/{id}."""
    row = _label(draft, key) | _label_given(body) | {"update_time": draft.at}
    return ok(_label_public(draft.put("lead_labels", key, row)))


def delete_label(draft: Draft, key: str) -> Reply:
    """DELETE /leadLabels/{id}: answers the id."""
    draft.put("lead_labels", key, _label(draft, key) | {"is_deleted": True, "update_time": draft.at})
    return ok({"id": key})


def sources() -> Reply:
    """GET /leadSources: fixed."""
    return ok([{"name": name} for name in SOURCES])
