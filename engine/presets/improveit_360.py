"""improveit 360 (Classic edition), in words: a prospect is a household, a sale is the deal, and who sold it owns it.

Reasons and open questions are in docs/sources/improveit-360.md.
"""

from typing import Any

from engine.preset import ObjectPreset, Preset

_STAMPS: dict[str, Any] = {
    "Id": "key",
    "CreatedDate": "created",
    "LastModifiedDate": "modified",
    "CreatedById": {"exclude": "who typed it in; the log keeps it"},
    "LastModifiedById": {"exclude": "who changed it last; the log keeps it"},
}
_OFFICE: dict[str, Any] = {"OwnerId": {"exclude": "the office user who typed it in; who sold it is its owner"}}
_WHOSE: dict[str, Any] = {"i360__Prospect__c": {"link": "i360__Prospect__r"}}
_TYPES: dict[str, Any] = {
    "WhoType": {"exclude": "says what WhoId names"},
    "WhatType": {"exclude": "says what WhatId names"},
}
_TIMES: dict[str, Any] = {
    "CreatedDate": {"block": "Original created"},
    "LastModifiedDate": {"block": "Original modified"},
}


def _left(thing: str, reason: str) -> ObjectPreset:
    """An object whose records stay behind, counted, for a reason."""
    return ObjectPreset(thing=thing, leave={"Id": reason}, alone=True, fields=_STAMPS | _TIMES)


_ACCOUNT = ObjectPreset(
    thing="company",
    duplicates="domain:Website",
    links={"Parent": "parent company"},
    fields={
        **_STAMPS,
        "OwnerId": "owner",
        "Name": "name",
        "Website": "website",
        "Phone": "phone",
        "Industry": "industry",
        "NumberOfEmployees": "employees",
        "AnnualRevenue": "revenue",
        "ParentId": {"by": {"pipedrive": {"link": "Parent"}, "": {"new": "Parent account id", "kind": "text"}}},
        "BillingStreet": "street",
        "BillingCity": "city",
        "BillingState": "state",
        "BillingPostalCode": "zip",
        "BillingCountry": "country",
    },
)

_CONTACT = ObjectPreset(
    thing="contact",
    duplicates="email:Email",
    links={"Account": "company"},
    expected=("company", "email"),
    fields={
        **_STAMPS,
        "OwnerId": "owner",
        "AccountId": {"link": "Account"},
        "Name": {"exclude": "made of the first and the last name"},
        "FirstName": "first name",
        "LastName": "last name",
        "Title": "job title",
        "Email": "email",
        "Phone": "phone",
        "MobilePhone": "mobile",
        "ReportsToId": {"new": "Reports to", "kind": "text"},
        "MailingStreet": "street",
        "MailingCity": "city",
        "MailingState": "state",
        "MailingPostalCode": "zip",
        "MailingCountry": "country",
    },
)

_PROSPECT = ObjectPreset(
    thing="contact",
    duplicates="email:i360__Primary_Email__c",
    links={"i360__Account__r": "company"},
    expected=("email",),
    fields={
        **_STAMPS,
        "OwnerId": "owner",
        "Name": {"new": "Prospect number", "kind": "text"},
        "i360__Account__c": {"link": "i360__Account__r"},
        "i360__Primary_First_Name__c": "first name",
        "i360__Primary_Last_Name__c": "last name",
        "i360__Primary_Email__c": "email",
        "i360__Secondary_First_Name__c": {"new": "Second person: first name", "kind": "text"},
        "i360__Secondary_Last_Name__c": {"new": "Second person: last name", "kind": "text"},
        "i360__Phone_1__c": "phone",
        "i360__Phone_2__c": "phone 2",
        "i360__Home_Address__c": "street",
        "i360__Home_City__c": "city",
        "i360__Home_State__c": "state",
        "i360__Home_Zip_Postal_Code__c": "zip",
    },
)

_LEAD_SOURCE = ObjectPreset(
    thing="note",
    links={"i360__Prospect__r": "contact"},
    needs=("i360__Prospect__r",),
    fields={
        **_STAMPS,
        **_WHOSE,
        "LastModifiedDate": {"block": "Original modified"},
        "OwnerId": "owner",
        "Name": "text",
        "i360__Source__c": {"block": "Source id"},
    },
)

_APPOINTMENT = ObjectPreset(
    thing="meeting",
    links={"i360__Prospect__r": "contact"},
    needs=("i360__Prospect__r",),
    fields={
        **_STAMPS,
        **_TIMES,
        **_OFFICE,
        **_WHOSE,
        "Name": "subject",
        "i360__Prospect_Id__c": {"exclude": "the id of the prospect as text; the reference beside it counts"},
        "i360__Computed_Start_DateTime__c": "when",
        "i360__Computed_End_DateTime__c": {
            "to": "duration", "since": "i360__Computed_Start_DateTime__c", "keep": "End",
        },
        "i360__Comments__c": "text",
        "Sales Rep": "owner",
    },
)  # fmt: skip

_SALE = ObjectPreset(
    thing="deal",
    links={"i360__Prospect__r": "contact"},
    needs=("i360__Prospect__r",),
    expected=("value",),
    stages="i360__Status__c",
    fields={
        **_STAMPS,
        **_OFFICE,
        **_WHOSE,
        "Name": "name",
        "i360__Sold_Price__c": "value",
        "i360__Sold_On__c": "close date",
        "i360__Status__c": {"values": "i360__Status__c"},
        "i360__Appointment__c": {"new": "Appointment id", "kind": "text"},
        "i360__Sales_Rep_1__c": {"exclude": "the owner, by the staff's user or address"},
        "Sales Rep": "owner",
    },
)

_PROJECT = ObjectPreset(
    thing="task",
    links={"i360__Sale__r": "deal", "i360__Prospect__r": "contact"},
    needs=("i360__Sale__r", "i360__Prospect__r"),
    fields={
        **_STAMPS,
        **_TIMES,
        **_OFFICE,
        **_WHOSE,
        "i360__Sale__c": {"link": "i360__Sale__r"},
        "Name": "subject",
        "i360__Comments__c": "text",
        "i360__Completed_On__c": {"block": "Completed on"},
        "Project Manager": "owner",
    },
)

_MARKETING_TASK = ObjectPreset(
    thing="task",
    links={"i360__Prospect__r": "contact"},
    needs=("i360__Prospect__r",),
    fields={
        **_STAMPS, **_TIMES, **_WHOSE, "OwnerId": "owner", "Name": "subject", "i360__Due_Date__c": "when",
    },
)  # fmt: skip

_ABOUT = {"Who": "contact", "What": "parent", "Account": "company"}
_TASK = ObjectPreset(
    thing="task",
    links=_ABOUT,
    needs=("Who", "What"),
    fields={
        **_STAMPS,
        **_TIMES,
        **_TYPES,
        "OwnerId": "owner",
        "WhoId": {"link": "Who"},
        "WhatId": {"link": "What"},
        "AccountId": {"exclude": "follows from the contact, or from what it is about"},
        "Subject": "subject",
        "ActivityDate": "when",
        "Description": "text",
        "Status": "status",
        "Priority": "priority",
        "IsClosed": "done",
        "CompletedDateTime": "completed on",
    },
)

_EVENT = ObjectPreset(
    thing="meeting",
    links=_ABOUT,
    needs=("Who", "What"),
    fields={
        **_STAMPS,
        **_TIMES,
        **_TYPES,
        "OwnerId": "owner",
        "WhoId": {"link": "Who"},
        "WhatId": {"link": "What"},
        "Subject": "subject",
        "Location": "location",
        "StartDateTime": "when",
        "EndDateTime": {"to": "duration", "since": "StartDateTime", "keep": "End"},
        "Description": "text",
    },
)

_PAPERS: dict[str, Any] = {
    "Id": "key",
    "Parents": {"link": "Parents"},
    "ParentTypes": {"exclude": "says what Parents names"},
    "CreatedById": {"exclude": "the log keeps it"},
    "LastModifiedDate": {"block": "Original modified"},
    "OwnerId": {"block": "Owner"},
}
_FILE = ObjectPreset(
    thing="file",
    links={"Parents": "parent"},
    needs=("Parents",),
    fields={
        **{key: rule for key, rule in _PAPERS.items() if key != "LastModifiedDate" and key != "OwnerId"},
        "Body": "file",
        "PathOnClient": "name",
    },
)
_NOTE = ObjectPreset(
    thing="note",
    links={"Parents": "parent"},
    needs=("Parents",),
    fields={**_PAPERS, "OwnerId": "owner", "Title": "subject", "Body": "text", "CreatedDate": "created"},
)

PRESET = Preset(
    pipeline="Sales",
    objects={
        "Account": _ACCOUNT,
        "Contact": _CONTACT,
        "PersonContact": _left("note", "the same person as the account that it mirrors"),
        "i360__Staff__c": _left("note", "staff are users, and not records"),
        "i360__Marketing_Source__c": _left("note", "named in each lead source"),
        "i360__Prospect__c": _PROSPECT,
        "i360__Lead_Source__c": _LEAD_SOURCE,
        "i360__Appointment__c": _APPOINTMENT,
        "i360__Sale__c": _SALE,
        "i360__Project__c": _PROJECT,
        "i360__Marketing_Task__c": _MARKETING_TASK,
        "Task": _TASK,
        "TaskSeries": _left("note", "the pattern of a series, and no task by itself"),
        "Event": _EVENT,
        "EventCopy": _left("note", "the invitee's copy of another event"),
        "File": _FILE,
        "Note": _NOTE,
    },
    stages={"Canceled": "lost", "Cancelled": "lost", "Completed": "won"},
    owner_gate={"": ("contact", "deal")},
)
"""The source's preset."""
