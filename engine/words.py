"""What things are called at each destination. Data only.

A preset says in words what a source's objects and fields are ("company", "deal", "value"); here stands what becomes of
each word at a destination: a rule as in the map. `?` before a destination field: taken where the account has that
field, else a custom field of the rule's `new` and `kind`.
"""

from typing import Any

import msgspec

Rules = dict[str, dict[str, Any]]


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What a thing is at one destination: its entity, and by word its fields and its links.

    set: constant values. alone: whether it can stand without a record that it belongs to. lost: where it is not the
    same thing there, what is lost by that, as a clause.
    """

    to: str
    fields: Rules
    links: dict[str, str] = {}
    set: dict[str, Any] = {}
    alone: bool = True
    lost: str = ""


_PARTS = {
    "street": "route",
    "city": "locality",
    "state": "admin_area_level_1",
    "zip": "postal_code",
    "country": "country",
}


def _address(**place: str) -> Rules:
    return {word: {**place, "part": part} for word, part in _PARTS.items()}


_MODIFIED: Rules = {"modified": {"new": "Original modified", "kind": "datetime"}}
_CREATED: Rules = {"created": {"new": "Original created", "kind": "datetime"}}
_KEY: Rules = {"key": {"exclude": "kept as the source key"}}
_STATE: Rules = {
    "status": {"block": "Status"},
    "completed on": {"block": "Completed On"},
    "priority": {"block": "Priority"},
}

# --- Pipedrive -------------------------------------------------------------------------------------------------------

_P_LINKS = {
    "company": "org_id",
    "contact": "person_id",
    "contacts": "person_id",
    "deal": "deal_id",
    "parent": "deal_id|person_id|org_id|lead_id",
    "product": "product_id",
}
_P_ACTIVITY: Rules = {
    **_KEY,
    "subject": {"to": "subject"},
    "when": {"to": "due_date"},
    "text": {"to": "note"},
    "owner": {"owner": "owner_id"},
    "location": {"to": "location"},
    "duration": {"to": "duration", "keep": "Duration"},
    "done": {"to": "done"},
    **_STATE,
}
_P_ACTIVITY_LINKS = _P_LINKS | {"contacts": "person_id+participants"}

PIPEDRIVE: dict[str, Thing] = {
    "company": Thing(
        to="organization",
        links={"parent company": "parent_id"},
        fields={
            **_KEY,
            "name": {"to": "name"},
            "website": {"to": "website"},
            "industry": {"new": "Industry", "kind": "enum"},
            "employees": {"to": "employee_count"},
            "revenue": {"to": "annual_revenue"},
            "phone": {"new": "Phone", "kind": "phone"},
            **_address(to="address"),
            "owner": {"owner": "owner_id"},
            "tags": {"to": "label_ids"},
            "created": {"to": "add_time"},
            **_MODIFIED,
        },
    ),
    "contact": Thing(
        to="person",
        links=_P_LINKS,
        fields={
            **_KEY,
            "name": {"to": "name"},
            "first name": {"to": "first_name"},
            "last name": {"to": "last_name"},
            "email": {"to": "emails"},
            "phone": {"to": "phones", "label": "work"},
            "mobile": {"to": "phones", "label": "mobile"},
            "phone 2": {"to": "phones", "label": "other"},
            "home phone": {"to": "phones", "label": "home"},
            "job title": {"to": "?job_title", "new": "Job Title", "kind": "text"},
            "owner": {"owner": "owner_id"},
            "tags": {"to": "label_ids"},
            **_address(to="?postal_address", new="Address", kind="address"),
            "birthday": {"to": "?birthday", "new": "Birthday", "kind": "date"},
            "created": {"to": "add_time"},
            **_MODIFIED,
        },
    ),
    "deal": Thing(
        to="deal",
        links=_P_LINKS | {"contacts": "person_id+participants"},
        fields={
            **_KEY,
            "name": {"to": "title"},
            "value": {"to": "value"},
            "currency": {"to": "currency"},
            "probability": {"to": "probability"},
            "close date": {"to": "expected_close_date", "when": {"won": "won_time", "lost": "lost_time"}},
            "owner": {"owner": "owner_id"},
            "tags": {"to": "label_ids"},
            **_CREATED,
            **_MODIFIED,
        },
    ),
    "lead": Thing(
        to="lead",
        links=_P_LINKS,
        fields={
            **_KEY,
            "name": {"to": "title"},
            "value": {"to": "value"},
            "currency": {"to": "value", "part": "currency"},
            "close date": {"to": "expected_close_date"},
            "owner": {"owner": "owner_id"},
            "tags": {"to": "label_ids"},
            **_CREATED,
            **_MODIFIED,
        },
    ),
    "activity": Thing(to="activity", links=_P_ACTIVITY_LINKS, fields=_P_ACTIVITY),
    "call": Thing(to="activity", links=_P_ACTIVITY_LINKS, set={"type": "call", "done": True}, fields=_P_ACTIVITY),
    "email": Thing(to="activity", links=_P_ACTIVITY_LINKS, set={"type": "email", "done": True}, fields=_P_ACTIVITY),
    "meeting": Thing(to="activity", links=_P_ACTIVITY_LINKS, set={"type": "meeting", "done": True}, fields=_P_ACTIVITY),
    "task": Thing(to="activity", links=_P_ACTIVITY_LINKS, set={"type": "task"}, fields=_P_ACTIVITY),
    "note": Thing(
        to="note",
        links=_P_LINKS,
        alone=False,
        fields={
            "text": {"to": "content"},
            "owner": {"owner": "user_id"},
            "created": {"to": "add_time"},
            "when": {"to": "add_time"},
            "subject": {"block": "Subject"},
            "key": {"exclude": "kept as the source key"},
        },
    ),
    "file": Thing(
        to="file",
        links=_P_LINKS | {"parent": "deal_id|person_id|org_id|activity_id|product_id|lead_id"},
        alone=False,
        fields={
            **_KEY,
            "file": {"to": "content"},
            "further file": {"to": "content", "part": "further"},
            "name": {"to": "content", "part": "name"},
            "file type": {"to": "content", "part": "type", "keep": "Type of file"},
            "text": {"to": "description"},
        },
    ),
    "product": Thing(
        to="product",
        fields={
            **_KEY,
            "name": {"to": "name"},
            "code": {"to": "code"},
            "text": {"to": "description"},
            "price": {"to": "prices"},
            "owner": {"owner": "owner_id"},
            **_CREATED,
            **_MODIFIED,
        },
    ),
    "line": Thing(
        to="deal_product",
        links={"deal": "deal_id", "product": "product_id"},
        alone=False,
        set={"discount_type": "percentage"},
        fields={
            **_KEY,
            "quantity": {"to": "quantity"},
            "price": {"to": "item_price"},
            "discount": {"to": "discount"},
        },
    ),
}
"""Pipedrive's words."""

# --- Nutshell --------------------------------------------------------------------------------------------------------

_N_LINKS = {
    "company": "account_id",
    "contact": "contact_id",
    "contacts": "contact_id",
    "deal": "lead_id",
    "parent": "lead_id|contact_id|account_id",
    "product": "product_id",
}
_N_ACTIVITY: Rules = {
    **_KEY,
    "subject": {"to": "subject"},
    "when": {"to": "start_time"},
    "text": {"to": "text"},
    "owner": {"owner": "owner_id"},
    "location": {"to": "location"},
    "duration": {"to": "duration", "keep": "Duration"},
    "done": {"to": "done"},
    **_STATE,
}
_N_ACTIVITY_LINKS = _N_LINKS | {"contacts": "contact_id+participants"}
_N_NOTE: Rules = {
    "key": {"exclude": "kept as the source key"},
    "text": {"to": "text"},
    "subject": {"block": "Subject"},
    "owner": {"owner": "author"},
    "created": {"to": "add_time"},
    "when": {"to": "add_time"},
    **_STATE,
}

NUTSHELL: dict[str, Thing] = {
    "company": Thing(
        to="account",
        fields={
            **_KEY,
            "name": {"to": "name"},
            "website": {"to": "urls"},
            "industry": {"new": "Industry", "kind": "enum"},
            "employees": {"new": "Employees", "kind": "number"},
            "revenue": {"new": "Annual revenue", "kind": "number"},
            "phone": {"to": "phones", "label": "work"},
            **_address(to="address"),
            "owner": {"owner": "owner_id"},
            "tags": {"to": "tags"},
            **_CREATED,
            **_MODIFIED,
        },
    ),
    "contact": Thing(
        to="contact",
        links=_N_LINKS,
        fields={
            **_KEY,
            "name": {"to": "name"},
            "first name": {"to": "first_name"},
            "last name": {"to": "last_name"},
            "email": {"to": "emails"},
            "phone": {"to": "phones", "label": "work"},
            "mobile": {"to": "phones", "label": "mobile"},
            "phone 2": {"to": "phones", "label": "other"},
            "home phone": {"to": "phones", "label": "home"},
            "job title": {"to": "job_title"},
            "owner": {"owner": "owner_id"},
            "tags": {"to": "tags"},
            **_address(to="address"),
            "birthday": {"new": "Birthday", "kind": "date"},
            **_CREATED,
            **_MODIFIED,
        },
    ),
    "deal": Thing(
        to="lead",
        links=_N_LINKS | {"contacts": "contact_id+contact_ids"},
        fields={
            **_KEY,
            "name": {"to": "title"},
            "value": {"to": "value"},
            "currency": {"to": "currency"},
            "probability": {"to": "confidence"},
            "close date": {"new": "Close date", "kind": "date"},
            "owner": {"owner": "owner_id"},
            "tags": {"to": "tags"},
            **_CREATED,
            **_MODIFIED,
        },
    ),
    "activity": Thing(to="activity", links=_N_ACTIVITY_LINKS, fields=_N_ACTIVITY),
    "call": Thing(to="activity", links=_N_ACTIVITY_LINKS, set={"type": "Phone Call", "done": True}, fields=_N_ACTIVITY),
    "meeting": Thing(to="activity", links=_N_ACTIVITY_LINKS, set={"type": "Meeting", "done": True}, fields=_N_ACTIVITY),
    # there is no place for an e-mail that was sent
    "email": Thing(to="note", links=_N_LINKS, fields=_N_NOTE, lost="an e-mail that was sent becomes a note"),
    "task": Thing(
        to="task",
        links=_N_LINKS,
        fields={
            **_KEY,
            "subject": {"to": "title"},
            "when": {"to": "due_time"},
            "text": {"to": "text"},
            "owner": {"owner": "owner_id"},
            "done": {"block": "Completed"},
            **_STATE,
        },
    ),
    "note": Thing(to="note", links=_N_LINKS, alone=False, fields=_N_NOTE),
    # no file can be uploaded: a note tells of it
    "file": Thing(
        to="note",
        links=_N_LINKS,
        alone=False,
        lost="a note tells of the file, which cannot be uploaded",
        fields=_N_NOTE
        | {
            "file": {"to": "text"},
            "further file": {"to": "text", "part": "further"},
            "name": {"block": "File"},
            "file type": {"block": "Type of file"},
            "text": {"block": "Description"},
        },
    ),
    "product": Thing(to="product", fields={**_KEY, "name": {"to": "name"}, "price": {"to": "price"},
                                           "currency": {"to": "currency"}}),
    "line": Thing(
        to="lead_product",
        links={"deal": "lead_id", "product": "product_id"},
        alone=False,
        fields={**_KEY, "quantity": {"to": "quantity"}, "price": {"to": "price"}, "currency": {"to": "currency"}},
    ),
}  # fmt: skip
"""Nutshell's words: a deal is called a lead, and so is a lead."""
NUTSHELL["lead"] = NUTSHELL["deal"]

WORDS: dict[str, dict[str, Thing]] = {"pipedrive": PIPEDRIVE, "nutshell": NUTSHELL}
"""By destination."""
