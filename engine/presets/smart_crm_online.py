"""Smart CRM Online, in words."""

from typing import Any

from engine.preset import ObjectPreset, Preset

_ADDRESS = {"Street": "street", "City": "city", "State": "state", "Zip": "zip", "Country": "country"}
_LINKS: dict[str, dict[str, Any]] = {
    "Contact": {"link": "contact"},
    "Company": {"link": "company"},
    "Deal": {"link": "deal"},
}
_KEPT: dict[str, dict[str, Any]] = {
    "Contact": {"by": {"nutshell": {"link": "contact", "keep": "Contact"}, "": {"link": "contact"}}},
    "Deal": {"by": {"nutshell": {"link": "deal", "keep": "Deal"}, "": {"link": "deal"}}},
}

_COMPANY = ObjectPreset(
    thing="company",
    duplicates="domain:Website",
    fields={
        "Company ID": "key",
        "Company Name": "name",
        "Website": "website",
        "Industry": "industry",
        "Employees": "employees",
        "Annual Revenue": "revenue",
        "Phone": "phone",
        **_ADDRESS,
        "Owner": "owner",
        "Tags": "tags",
        "Created": "created",
        "Modified": "modified",
    },
)

_CONTACT = ObjectPreset(
    thing="contact",
    duplicates="email:Email",
    expected=("company", "email"),
    fields={
        "First Name": "first name",
        "Last Name": "last name",
        "Email": "email",
        "Phone": "phone",
        "Mobile": "mobile",
        "Phone (2)": "phone 2",
        "Job Title": "job title",
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Owner": "owner",
        "Tags": "tags",
        **_ADDRESS,
        "Birthday": "birthday",
        "Created": "created",
        "Modified": "modified",
    },
)

_DEAL = ObjectPreset(
    thing="deal",
    needs=("company", "contact"),
    expected=("value",),
    stages="Stage",
    fields={
        "Deal Name": "name",
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Contact": {"link": "contact"},
        "Value": "value",
        "Currency": "currency",
        "Stage": {"values": "Stage"},
        "Probability": "probability",
        "Close Date": "close date",
        "Owner": "owner",
        "Tags": "tags",
        "Created": "created",
        "Modified": "modified",
    },
)

_CALL = ObjectPreset(
    thing="call",
    needs=("contact", "deal", "company"),
    fields={
        "Subject": "subject",
        "Date/Time": "when",
        "Duration": "duration",
        "Disposition": {"block": "Disposition"},
        "Direction": {"block": "Direction"},
        **_LINKS,
        "Owner": "owner",
        "Comments": "text",
    },
)

_EMAIL = ObjectPreset(
    thing="email",
    needs=("contact", "deal"),
    fields={
        "Subject": "subject",
        "Body": "text",
        "Direction": {"block": "Direction"},
        "Sent At": "when",
        "From": {"block": "From"},
        "To": {"block": "To"},
        **_KEPT,
        "Owner": "owner",
    },
)

_MEETING = ObjectPreset(
    thing="meeting",
    needs=("contact", "deal"),
    fields={
        "Title": "subject",
        "Start": "when",
        "End": {"to": "duration", "since": "Start", "keep": "End"},
        "Location": "location",
        "Attendees": {"block": "Attendees"},
        "Contact": {"link": "contact"},
        "Deal": {"link": "deal"},
        "Owner": "owner",
        "Description": "text",
    },
)

_TASK = ObjectPreset(
    thing="task",
    needs=("contact", "deal"),
    fields={
        "Subject": "subject",
        "Due Date": "when",
        "Status": "status",
        "Completed": "done",
        "Completed On": "completed on",
        "Priority": "priority",
        **_KEPT,
        "Owner": "owner",
        "Description": "text",
    },
)

_NOTE = ObjectPreset(
    thing="note",
    needs=("parent",),
    fields={
        "Attached To Type": {"link": "parent"},
        "Attached To": {"link": "parent"},
        "Note": "text",
        "Author": "owner",
        "Created": "created",
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
    owner_gate={"nutshell": ("contact", "deal"), "": ("deal",)},
    automation_owners=("System",),
)
"""The source's preset."""
