"""Pro-Sales CRM, in words."""

from typing import Any

from engine.preset import ObjectPreset, Preset

_ADDRESS = {"Street": "street", "City": "city", "State": "state", "Zip": "zip", "Country": "country"}
_TIMES = {"Created": "created", "Updated": "modified"}


def _kept(relation: str, line: str) -> dict[str, Any]:
    """A link that is named in the text, too, where a note or a task hangs on one record alone."""
    return {"by": {"nutshell": {"link": relation, "keep": line}, "": {"link": relation}}}


_COMPANY = ObjectPreset(
    thing="company",
    duplicates="domain:Domain",
    fields={
        "ID": "key",
        "Company": "name",
        "Domain": "website",
        "Industry": "industry",
        "Size": {"new": "Company size", "kind": "enum"},  # a span ("11-50"), which is no number of heads
        "Phone": "phone",
        **_ADDRESS,
        "Owner": "owner",
        "Tags": "tags",
        **_TIMES,
    },
)

_CONTACT = ObjectPreset(
    thing="contact",
    duplicates="email:Email",
    expected=("company", "email"),
    instead={"name|first name|last name": "Email"},
    fields={
        "ID": "key",
        "First Name": "first name",
        "Last Name": "last name",
        "Email": "email",
        "Phone": "phone",
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Lifecycle Stage": {"new": "lifecycle_stage__c", "kind": "enum"},
        "Owner": "owner",
        "Tags": "tags",
        "Attachments": {"exclude": "nothing exports attachments: the findings list who has how many"},
        **_TIMES,
    },
)

_DEAL = ObjectPreset(
    thing="deal",
    needs=("company", "contacts"),
    borrow={"company": "contacts"},
    expected=("value",),
    stages="Stage",
    fields={
        "ID": "key",
        "Deal": "name",
        "Amount": "value",
        "Currency": "currency",
        "Stage": {"values": "Stage"},
        # a deal has its own, beside that of its stage, and finer than a destination's whole per cents
        "Probability": {"new": "Probability", "kind": "number"},
        "Close Date": "close date",
        "Company ID": {"link": "company"},
        "Company": {"link": "company"},
        "Contact IDs": {"link": "contacts"},
        "Contacts": {"link": "contacts"},
        "Owner": "owner",
        "Tags": "tags",
        **_TIMES,
    },
)

_ACTIVITY: dict[str, Any] = {
    "ID": "key",
    "Type": {"exclude": "the kind of record says it"},
    "Subject": "subject",
    "Body": "text",
    "Contact ID": {"link": "contact"},
    "Contact": {"link": "contact"},
    "Company ID": {"link": "company"},
    "Deal ID": _kept("deal", "Deal ID"),
    "Deal": _kept("deal", "Deal"),
    "Owner": "owner",
    "At": "when",
    "Done": "done",
}
_SPOKEN: dict[str, Any] = {
    "Deal ID": {"link": "deal"},
    "Deal": {"link": "deal"},
    "Duration": "duration",
    "Disposition": {"block": "Disposition"},
}
_TOLD: dict[str, Any] = {
    "Duration": {"block": "Duration"},
    "Disposition": {"block": "Disposition"},
    "Done": {"exclude": "what was written down took place"},
}
_NEEDS = ("deal", "contact", "company")

_CALL = ObjectPreset(
    thing="call",
    needs=_NEEDS,
    fields=_ACTIVITY | _SPOKEN | {"Done": {"exclude": "a call in the log took place"}},
)
_MEETING = ObjectPreset(thing="meeting", needs=_NEEDS, fields=_ACTIVITY | _SPOKEN)
_TASK = ObjectPreset(thing="task", needs=_NEEDS, fields=_ACTIVITY | {k: v for k, v in _TOLD.items() if k != "Done"})
_EMAIL = ObjectPreset(thing="email", needs=_NEEDS, fields=_ACTIVITY | _TOLD)
_NOTE = ObjectPreset(thing="note", needs=_NEEDS, instead={"text": "Subject"}, fields=_ACTIVITY | _TOLD)
_OTHER = ObjectPreset(
    thing="note",
    needs=_NEEDS,
    instead={"text": "Subject"},
    fields=_ACTIVITY | _TOLD | {"Type": {"block": "Type"}, "Done": {"block": "Done"}},
)

PRESET = Preset(
    pipeline="Deals",
    objects={
        "Company": _COMPANY,
        "Contact": _CONTACT,
        "Deal": _DEAL,
        "Call": _CALL,
        "Email": _EMAIL,
        "Meeting": _MEETING,
        "Task": _TASK,
        "Note": _NOTE,
        "Activity": _OTHER,
    },
    stages={"Closed Won": "won", "Won": "won", "Closed Lost": "lost", "Lost": "lost"},
    owner_gate={"nutshell": ("contact", "deal"), "": ("contact", "deal")},
)
"""The source's preset; all open stages are the customer's own."""
