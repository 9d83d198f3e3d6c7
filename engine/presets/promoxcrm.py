"""PromoXcrm, in words."""

from typing import Any

from engine.mapping import Total
from engine.preset import ObjectPreset, Preset


def _chosen(label: str) -> dict[str, Any]:
    """A pick-list of its own, whose odd values a person settles."""
    return {"new": label, "kind": "enum", "values": label}


_COMPANY = ObjectPreset(thing="company", duplicates="name:Name", fields={"ID": "key", "Name": "name"})

_CLIENT = ObjectPreset(
    thing="contact",
    duplicates="email:Email",
    expected=("company", "email"),
    fields={
        "ID": "key",
        "Client Name": {"to": "name", "unless": "First Name"},
        "First Name": "first name",
        "Last Name": "last name",
        "Email": "email",
        "Phone": "phone",
        "Company": {"link": "company"},
        "Owner": "owner",
        "Supplier Tier": _chosen("Supplier Tier"),
        "Artwork Format": _chosen("Artwork Format"),
        "Tags": "tags",
        "Created": "created",
        "Updated": "modified",
    },
)

_LEAD = ObjectPreset(
    thing="lead",
    links={"company": "company", "converted": "contact"},
    needs=("company", "converted"),
    alone=False,
    leave={"Converted To": "the lead became a client"},
    stages="Stage",
    fields={
        "ID": "key",
        "Name": "name",
        "Email": {"new": "Lead email", "kind": "text"},
        "Phone": {"new": "Lead phone", "kind": "phone"},
        "Company": {"link": "company"},
        "Stage": {
            "by": {
                "nutshell": {"values": "Stage"},
                "": {"new": "Lead stage", "kind": "enum", "values": "Stage"},
            }
        },
        "Score": {"new": "Lead score", "kind": "number"},
        "Routing": {"new": "Lead routing", "kind": "enum", "values": "Routing"},
        "Owner": "owner",
        "Converted To": {"link": "converted"},
        "Created": "created",
        "Updated": "modified",
    },
)

_PROJECT = ObjectPreset(
    thing="deal",
    links={"client": "contact", "client.company": "company"},
    needs=("client",),
    stages="Stage",
    fields={
        "ID": "key",
        "Project": "name",
        "Client ID": {"link": "client"},
        "Client": {"link": "client"},
        "Stage": {"values": "Stage"},
        "Amount": {"to": "value", "empty": "0"},
        "Currency": "currency",
        "Campaign": {"new": "Campaign", "kind": "text"},
        "Items": {"new": "Items", "kind": "longtext"},
        "Supplier Ref": {"new": "Supplier reference", "kind": "text"},
        "Fulfillment": _chosen("Fulfillment"),
        "Owner": "owner",
        "Due": "close date",
        "Created": "created",
        "Updated": "modified",
    },
)

_COMMISSION = ObjectPreset(
    thing="note",
    links={"project": "deal"},
    needs=("project",),
    head="Commission",
    total=Total(of="Amount", new="Commission", on=("project", "project.client"), currency="Currency"),
    fields={
        "ID": "key",
        "Project ID": {"link": "project"},
        "Rep": "owner",
        "Type": {"block": "Commission type"},
        "Rate": {"block": "Rate as recorded"},
        "Rate (percent)": {"block": "Rate in per cent"},
        "Base Amount": {"block": "Base amount"},
        "Amount": {"block": "Commission amount"},
        "Currency": {"block": "Currency"},
        "Status": {"block": "Commission status"},
        "Tiers": {"block": "Tiers"},
        "Splits": {"block": "Splits"},
        "Logic": {"block": "How it is worked out"},
        "Period": {"block": "Period"},
    },
)

_TASK = ObjectPreset(
    thing="task",
    links={"related": "parent"},
    needs=("related",),
    pairs={"Status": {"done": {"done": True}, "": {"done": False}}},
    fields={
        "ID": "key",
        "Task": "subject",
        "Body": "text",
        "Assignee": "owner",
        "Due": "when",
        "Status": {"by": {"nutshell": {"block": "Status"}, "": {"values": "Status", "keep": "Status"}}},
        "Related Type": {"link": "related"},
        "Related ID": {"link": "related"},
        "Created By": {"block": "Created by"},
        "Made By Rule": {"block": "Made by rule"},
        "Created": {"block": "Created"},
        "Completed": "completed on",
    },
)

_PRESENTATION = ObjectPreset(
    thing="file",
    links={"project": "deal", "client": "contact"},
    needs=("project", "client"),
    fields={
        "ID": "key",
        "Title": "text",
        "Project ID": {"link": "project"},
        "Client ID": {"link": "client"},
        "File Name": "name",
        "Size": {"block": "Size in bytes"},
        "Media Type": {"block": "Media type"},
        "File": "file",
        "Shared": {"block": "Shared"},
    },
)

PRESET = Preset(
    pipeline="PromoXcrm",
    objects={
        "Company": _COMPANY,
        "Client": _CLIENT,
        "Lead": _LEAD,
        "Project": _PROJECT,
        "Commission": _COMMISSION,
        "Task": _TASK,
        "Presentation": _PRESENTATION,
    },
    stages={},
    owner_gate={"": ("company", "contact", "lead", "deal", "task", "note", "file")},
    others="note",
)
"""The source's preset."""
