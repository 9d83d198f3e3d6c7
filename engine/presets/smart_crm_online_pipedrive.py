"""Smart CRM Online into Pipedrive."""

from typing import Any

from engine.preset import ObjectPreset, Preset

_ADDRESS = {
    "Street": {"part": "route"},
    "City": {"part": "locality"},
    "State": {"part": "admin_area_level_1"},
    "Zip": {"part": "postal_code"},
    "Country": {"part": "country"},
}
_MODIFIED = {"new": "Original modified", "kind": "datetime"}
_CREATED = {"new": "Original created", "kind": "datetime"}


def _address(**place: str) -> dict[str, dict[str, Any]]:
    return {column: {**place, **part} for column, part in _ADDRESS.items()}


_COMPANY = ObjectPreset(
    to="organization",
    duplicates="domain:Website",
    fields={
        "Company ID": {"exclude": "kept as the source key"},
        "Company Name": {"to": "name"},
        "Website": {"to": "website"},
        "Industry": {"new": "Industry", "kind": "enum"},
        "Employees": {"to": "employee_count"},
        "Annual Revenue": {"to": "annual_revenue"},
        "Phone": {"new": "Phone", "kind": "phone"},
        **_address(to="address"),
        "Owner": {"owner": "owner_id"},
        "Tags": {"to": "label_ids"},
        "Created": {"to": "add_time"},
        "Modified": _MODIFIED,
    },
)

_CONTACT = ObjectPreset(
    to="person",
    duplicates="email:Email",
    links={"company": "org_id"},
    expected=("org_id", "emails"),
    fields={
        "First Name": {"to": "first_name"},
        "Last Name": {"to": "last_name"},
        "Email": {"to": "emails"},
        "Phone": {"to": "phones", "label": "work"},
        "Mobile": {"to": "phones", "label": "mobile"},
        "Phone (2)": {"to": "phones", "label": "other"},
        "Job Title": {"to": "?job_title", "new": "Job Title", "kind": "text"},
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Owner": {"owner": "owner_id"},
        "Tags": {"to": "label_ids"},
        **_address(to="?postal_address", new="Address", kind="address"),
        "Birthday": {"to": "?birthday", "new": "Birthday", "kind": "date"},
        "Created": {"to": "add_time"},
        "Modified": _MODIFIED,
    },
)

_DEAL = ObjectPreset(
    to="deal",
    links={"company": "org_id", "contact": "person_id"},
    needs=("company", "contact"),
    expected=("value",),
    stages="Stage",
    fields={
        "Deal Name": {"to": "title"},
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Contact": {"link": "contact"},
        "Value": {"to": "value"},
        "Currency": {"to": "currency"},
        "Stage": {"values": "Stage"},
        "Probability": {"to": "probability"},
        "Close Date": {"to": "expected_close_date", "when": {"won": "won_time", "lost": "lost_time"}},
        "Owner": {"owner": "owner_id"},
        "Tags": {"to": "label_ids"},
        "Created": _CREATED,
        "Modified": _MODIFIED,
    },
)

_ACTIVITY_LINKS = {"company": "org_id", "contact": "person_id", "deal": "deal_id"}

_CALL = ObjectPreset(
    to="activity",
    links=_ACTIVITY_LINKS,
    needs=("contact", "deal", "company"),
    set={"type": "call", "done": True},
    fields={
        "Subject": {"to": "subject"},
        "Date/Time": {"to": "due_date"},
        "Duration": {"to": "duration", "keep": "Duration"},
        "Disposition": {"block": "Disposition"},
        "Direction": {"block": "Direction"},
        "Contact": {"link": "contact"},
        "Company": {"link": "company"},
        "Deal": {"link": "deal"},
        "Owner": {"owner": "owner_id"},
        "Comments": {"to": "note"},
    },
)

_EMAIL = ObjectPreset(
    to="activity",
    links=_ACTIVITY_LINKS,
    needs=("contact", "deal"),
    set={"type": "email", "done": True},
    fields={
        "Subject": {"to": "subject"},
        "Body": {"to": "note"},
        "Direction": {"block": "Direction"},
        "Sent At": {"to": "due_date"},
        "From": {"block": "From"},
        "To": {"block": "To"},
        "Contact": {"link": "contact"},
        "Deal": {"link": "deal"},
        "Owner": {"owner": "owner_id"},
    },
)

_MEETING = ObjectPreset(
    to="activity",
    links=_ACTIVITY_LINKS,
    needs=("contact", "deal"),
    set={"type": "meeting", "done": True},
    fields={
        "Title": {"to": "subject"},
        "Start": {"to": "due_date"},
        "End": {"to": "duration", "since": "Start", "keep": "End"},
        "Location": {"to": "location"},
        "Attendees": {"block": "Attendees"},
        "Contact": {"link": "contact"},
        "Deal": {"link": "deal"},
        "Owner": {"owner": "owner_id"},
        "Description": {"to": "note"},
    },
)

_TASK = ObjectPreset(
    to="activity",
    links=_ACTIVITY_LINKS,
    needs=("contact", "deal"),
    set={"type": "task"},
    fields={
        "Subject": {"to": "subject"},
        "Due Date": {"to": "due_date"},
        "Status": {"block": "Status"},
        "Completed": {"to": "done"},
        "Completed On": {"block": "Completed On"},
        "Priority": {"block": "Priority"},
        "Contact": {"link": "contact"},
        "Deal": {"link": "deal"},
        "Owner": {"owner": "owner_id"},
        "Description": {"to": "note"},
    },
)

_NOTE = ObjectPreset(
    to="note",
    links={"parent": "deal_id|person_id|org_id"},
    needs=("parent",),
    alone=False,
    fields={
        "Attached To Type": {"link": "parent"},
        "Attached To": {"link": "parent"},
        "Note": {"to": "content"},
        "Author": {"owner": "user_id"},
        "Created": {"to": "add_time"},
    },
)

PRESET = Preset(
    pipeline="Smart CRM Online",
    objects={
        "Company": _COMPANY,
        "Contact": _CONTACT,
        "Deal": _DEAL,
        "Call": _CALL,
        "Email": _EMAIL,
        "Meeting": _MEETING,
        "Task": _TASK,
        "Note": _NOTE,
    },
    stages={"New": "", "Qualified": "", "Proposal Sent": "", "Negotiation": "", "Won": "won", "Lost": "lost"},
    owner_gate=("deal",),
    automation_owners=("System",),
)
"""The pair's preset."""
