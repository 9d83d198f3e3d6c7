"""Smart CRM Online into Nutshell.

Nutshell calls a deal a lead. It dates notes by itself and stamps every record, so the original times go into custom
fields, or head the text of a note; e-mails become notes, as it has no place for a sent one.
"""

from typing import Any

from engine.preset import ObjectPreset, Preset

_ADDRESS = {
    "Street": {"part": "route"},
    "City": {"part": "locality"},
    "State": {"part": "admin_area_level_1"},
    "Zip": {"part": "postal_code"},
    "Country": {"part": "country"},
}
_CREATED: dict[str, Any] = {"new": "Original created", "kind": "datetime"}
_MODIFIED: dict[str, Any] = {"new": "Original modified", "kind": "datetime"}

_COMPANY = ObjectPreset(
    to="account",
    duplicates="domain:Website",
    fields={
        "Company ID": {"exclude": "kept as the source key"},
        "Company Name": {"to": "name"},
        "Website": {"to": "urls"},
        "Industry": {"new": "Industry", "kind": "enum"},
        "Employees": {"new": "Employees", "kind": "number"},
        "Annual Revenue": {"new": "Annual revenue", "kind": "number"},
        "Phone": {"to": "phones", "label": "work"},
        **{column: {"to": "address", **part} for column, part in _ADDRESS.items()},
        "Owner": {"owner": "owner_id"},
        "Tags": {"to": "tags"},
        "Created": _CREATED,
        "Modified": _MODIFIED,
    },
)

_CONTACT = ObjectPreset(
    to="contact",
    duplicates="email:Email",
    links={"company": "account_id"},
    expected=("account_id", "emails"),
    fields={
        "First Name": {"to": "first_name"},
        "Last Name": {"to": "last_name"},
        "Email": {"to": "emails"},
        "Phone": {"to": "phones", "label": "work"},
        "Mobile": {"to": "phones", "label": "mobile"},
        "Phone (2)": {"to": "phones", "label": "other"},
        "Job Title": {"to": "job_title"},
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Owner": {"owner": "owner_id"},
        "Tags": {"to": "tags"},
        **{column: {"to": "address", **part} for column, part in _ADDRESS.items()},
        "Birthday": {"new": "Birthday", "kind": "date"},
        "Created": _CREATED,
        "Modified": _MODIFIED,
    },
)

_DEAL = ObjectPreset(
    to="lead",
    links={"company": "account_id", "contact": "contact_id"},
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
        "Probability": {"to": "confidence"},
        "Close Date": {"new": "Close date", "kind": "date"},
        "Owner": {"owner": "owner_id"},
        "Tags": {"to": "tags"},
        "Created": _CREATED,
        "Modified": _MODIFIED,
    },
)

_ACTIVITY_LINKS = {"company": "account_id", "contact": "contact_id", "deal": "lead_id"}

_CALL = ObjectPreset(
    to="activity",
    links=_ACTIVITY_LINKS,
    needs=("contact", "deal", "company"),
    set={"type": "Phone Call", "done": True},
    fields={
        "Subject": {"to": "subject"},
        "Date/Time": {"to": "start_time"},
        "Duration": {"to": "duration", "keep": "Duration"},
        "Disposition": {"block": "Disposition"},
        "Direction": {"block": "Direction"},
        "Contact": {"link": "contact"},
        "Company": {"link": "company"},
        "Deal": {"link": "deal"},
        "Owner": {"owner": "owner_id"},
        "Comments": {"to": "text"},
    },
)

_EMAIL = ObjectPreset(
    to="note",
    links={"contact": "contact_id", "deal": "lead_id"},
    needs=("contact", "deal"),
    fields={
        "Subject": {"block": "Subject"},
        "Body": {"to": "text"},
        "Direction": {"block": "Direction"},
        "Sent At": {"to": "add_time"},
        "From": {"block": "From"},
        "To": {"block": "To"},
        "Contact": {"link": "contact", "keep": "Contact"},
        "Deal": {"link": "deal", "keep": "Deal"},
        "Owner": {"owner": "author"},
    },
)

_MEETING = ObjectPreset(
    to="activity",
    links=_ACTIVITY_LINKS,
    needs=("contact", "deal"),
    set={"type": "Meeting", "done": True},
    fields={
        "Title": {"to": "subject"},
        "Start": {"to": "start_time"},
        "End": {"to": "duration", "since": "Start", "keep": "End"},
        "Location": {"to": "location"},
        "Attendees": {"block": "Attendees"},
        "Contact": {"link": "contact"},
        "Deal": {"link": "deal"},
        "Owner": {"owner": "owner_id"},
        "Description": {"to": "text"},
    },
)

_TASK = ObjectPreset(
    to="task",
    links={"deal": "lead_id", "contact": "contact_id"},
    needs=("contact", "deal"),
    fields={
        "Subject": {"to": "title"},
        "Due Date": {"to": "due_time"},
        "Status": {"block": "Status"},
        "Completed": {"block": "Completed"},
        "Completed On": {"block": "Completed On"},
        "Priority": {"block": "Priority"},
        "Contact": {"link": "contact", "keep": "Contact"},
        "Deal": {"link": "deal", "keep": "Deal"},
        "Owner": {"owner": "owner_id"},
        "Description": {"to": "text"},
    },
)

_NOTE = ObjectPreset(
    to="note",
    links={"parent": "lead_id|contact_id|account_id"},
    needs=("parent",),
    alone=False,
    fields={
        "Attached To Type": {"link": "parent"},
        "Attached To": {"link": "parent"},
        "Note": {"to": "text"},
        "Author": {"owner": "author"},
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
    owner_gate=("contact", "lead"),
    automation_owners=("System",),
)
"""The pair's preset."""
