"""improveit 360, in words: both editions, whose packaged objects and fields differ by their namespace.

A household (Prospect) is a person; its second person stays in fields of its own. What became of a household's interest
(Lead Source) and what was sold (Sale) are deals, each in a pipeline of its own. A job (Project) has no twin.
"""

from typing import Any

from engine.preset import ObjectPreset, Preset

Words = dict[str, str | dict[str, Any]]

_OWNER: dict[str, Any] = {"owner": "owner_id", "also": "Original owner", "kind": "text"}
_DOER: dict[str, Any] = {"owner": "owner_id", "keep": "Original owner"}
_AUTHOR: dict[str, Any] = {
    "by": {"nutshell": {"owner": "author", "keep": "Original owner"}, "": {"owner": "user_id"}},
}
_ENTERED = {"exclude": "who changed it last stays in the log"}
_STAMPS: Words = {
    "Id": "key",
    "CreatedDate": "created",
    "CreatedById": {"new": "Created by", "kind": "text"},
    "LastModifiedDate": "modified",
    "LastModifiedById": _ENTERED,
}
_BESIDE: Words = {
    "Id": "key",
    "CreatedDate": {"block": "Created"},
    "CreatedById": {"block": "Created by"},
    "LastModifiedDate": {"block": "Modified"},
    "LastModifiedById": _ENTERED,
}
_TYPED_BY: Words = {"OwnerId": {"block": "Record owner"}}
_ID_SAYS = {"exclude": "said by the id"}


def _at(pipedrive: dict[str, Any], nutshell: dict[str, Any]) -> dict[str, Any]:
    """A rule for each destination."""
    return {"by": {"pipedrive": pipedrive, "nutshell": nutshell}}


_ACCOUNT = ObjectPreset(
    thing="company",
    duplicates="domain:Website",
    links={"Parent": "parent company"},
    fields={
        **_STAMPS,
        "Name": "name",
        "Website": "website",
        "Phone": "phone",
        "Industry": "industry",
        "NumberOfEmployees": "employees",
        "AnnualRevenue": "revenue",
        "BillingStreet": "street",
        "BillingCity": "city",
        "BillingState": "state",
        "BillingPostalCode": "zip",
        "BillingCountry": "country",
        "OwnerId": _OWNER,
        "ParentId": _at(
            {"link": "Parent", "also": "Parent account", "kind": "text"}, {"new": "Parent account", "kind": "text"}
        ),
    },
)

_CONTACT = ObjectPreset(
    thing="contact",
    duplicates="email:Email",
    expected=("email",),
    links={"Account": "company"},
    fields={
        **_STAMPS,
        "AccountId": {"link": "Account"},
        "FirstName": "first name",
        "LastName": "last name",
        "Name": {"exclude": "the first and the last name"},
        "Title": "job title",
        "Email": "email",
        "Phone": "phone",
        "MobilePhone": "mobile",
        "HomePhone": "home phone",
        "ReportsToId": {"new": "Reports to", "kind": "text"},
        "HasOptedOutOfEmail": {"new": "Opted out of e-mail", "kind": "boolean"},
        "MailingStreet": "street",
        "MailingCity": "city",
        "MailingState": "state",
        "MailingPostalCode": "zip",
        "MailingCountry": "country",
        "OwnerId": _OWNER,
    },
)

_TASK = ObjectPreset(
    thing="task",
    needs=("Who", "What"),
    links={"Who": "contact", "What": "parent"},
    fields={
        **_BESIDE,
        "Subject": "subject",
        "ActivityDate": _at({"to": "due_date"}, {"to": "due_time", "keep": "Due date"}),
        "Status": "status",
        "Priority": "priority",
        "IsClosed": "done",
        "CompletedDateTime": "completed on",
        "Description": "text",
        "TaskSubtype": _at({"values": "TaskSubtype", "keep": "Type"}, {"block": "Type"}),
        "CallDurationInSeconds": _at(
            {"to": "duration", "part": "seconds", "keep": "Call seconds"}, {"block": "Call seconds"}
        ),
        "WhoId": {"link": "Who", "keep": "Name"},
        "WhatId": {"link": "What", "keep": "Related to"},
        "WhoType": _ID_SAYS,
        "WhatType": _ID_SAYS,
        "IsRecurrence": {"exclude": "patterns of series are left out"},
        "OwnerId": _DOER,
    },
    values={"TaskSubtype": {"Task": "task", "Email": "email", "ListEmail": "email", "Call": "call"}},
)

_EVENT = ObjectPreset(
    thing="meeting",
    needs=("Who", "What"),
    links={"Who": "contact", "What": "parent"},
    fields={
        **_BESIDE,
        "Subject": "subject",
        "Location": "location",
        "StartDateTime": "when",
        "EndDateTime": {"block": "End"},
        "ActivityDate": {"block": "Day"},
        "DurationInMinutes": {"to": "duration", "part": "minutes"},
        "IsAllDayEvent": _at({"block": "All day"}, {"to": "all_day"}),
        "Description": "text",
        "WhoId": {"link": "Who", "keep": "Name"},
        "WhatId": {"link": "What", "keep": "Related to"},
        "WhoType": _ID_SAYS,
        "WhatType": _ID_SAYS,
        "IsChild": {"exclude": "copies of invitees are left out"},
        "IsRecurrence": {"exclude": "patterns of series are left out"},
        "OwnerId": _DOER,
    },
)

_HANGS: Words = {
    **_BESIDE,
    "Parents": {"link": "Parents", "keep": "Hangs on"},
    "ParentTypes": _ID_SAYS,
}
_FILE = ObjectPreset(
    thing="file",
    needs=("Parents",),
    links={"Parents": "parent"},
    fields={
        **{k: v for k, v in _HANGS.items() if k not in ("CreatedDate", "LastModifiedDate")},
        "CreatedDate": _at({"exclude": "files are dated when they are uploaded"}, {"to": "add_time"}),
        "Body": "file",
        "PathOnClient": "name",
        "Title": _at({"to": "description"}, {"block": "Title"}),
        "ContentUrl": {"exclude": "an address inside the org"},
        "OwnerId": _at({"exclude": "files have no owner there"}, {"block": "Owner"}),
    },
)
_NOTE = ObjectPreset(
    thing="note",
    needs=("Parents",),
    links={"Parents": "parent"},
    fields={**_HANGS, "CreatedDate": "created", "Title": "subject", "Body": "text", "OwnerId": _AUTHOR},
)


def _left(reason: str) -> ObjectPreset:
    """An object whose records stay behind, counted, for a reason."""
    return ObjectPreset(thing="note", leave={"Id": reason}, fields=_BESIDE)


class _Edition:
    """The packaged objects of one edition. space: the prefix of its names, "i360__"."""

    def __init__(self, space: str) -> None:
        self.space = space
        self.prospect, self.sale, self.account = (self.link(name) for name in ("Prospect", "Sale", "Account"))
        self.people = {self.prospect: "contact", self.account: "company"}

    def link(self, name: str) -> str:
        """The relation of a field."""
        return f"{self.space}{name}__r"

    def fields(self, **named: str | dict[str, Any]) -> Words:
        """Words by the names of fields; whose record it is they say all alike."""
        whose: Words = {"Prospect": {"link": self.prospect}, "Account": {"link": self.account}}
        return {f"{self.space}{key}__c": rule for key, rule in (whose | named).items()}

    def objects(self) -> dict[str, ObjectPreset]:
        """By name."""
        made = {
            "Staff": _left("staff are no contacts; who has a record is its owner"),
            "Marketing_Source": _left("its name goes to each lead as its source"),
            "Prospect": self._prospect(),
            "Lead_Source": self._lead_source(),
            "Appointment": self._appointment(),
            "Sale": self._sale(),
            "Project": self._project(),
            "Marketing_Task": self._marketing_task(),
        }
        return {f"{self.space}{name}__c": preset for name, preset in made.items()}

    def _prospect(self) -> ObjectPreset:
        words = self.fields(
            Primary_First_Name="first name",
            Primary_Last_Name="last name",
            Primary_Email="email",
            Phone_1="phone",
            Phone_2="phone 2",
            Home_Address="street",
            Home_City="city",
            Home_State="state",
            Home_Zip_Postal_Code="zip",
            Status={"new": "Prospect status", "kind": "enum"},
        )
        number = {"new": "Prospect number", "kind": "text"}
        return ObjectPreset(
            thing="contact",
            duplicates=f"email:{self.space}Primary_Email__c",
            similar=(f"{self.space}Phone_1__c", f"{self.space}Home_Address__c"),
            links={self.account: "company"},
            fields={**_STAMPS, "Name": number, "OwnerId": _OWNER, **words},
        )

    def _lead_source(self) -> ObjectPreset:
        status = f"{self.space}Status__c"
        words = self.fields(
            Source=_at({"new": "Lead source", "kind": "enum"}, {"to": "sources"}),
            Source_Name={"exclude": "the name of the source, which is its link"},
            Status=_at({"new": "Lead status", "kind": "enum"}, {"values": status}),
        )
        return ObjectPreset(
            thing="lead",
            needs=(self.prospect, self.account),
            links=self.people,
            stages=status,
            fields={**_STAMPS, "Name": "name", "OwnerId": _OWNER, **words},
        )

    def _appointment(self) -> ObjectPreset:
        # what people see is a day and a time of day; the computed instants are stated besides
        day = {"at": f"{self.space}Start_Time__c", "keep": "Start"}
        words = self.fields(
            Prospect_Id={"exclude": "the prospect once more"},
            Lead_Source={"link": self.link("Lead_Source"), "keep": "Lead source"},
            Start=_at({"to": "due_date", **day}, {"to": "start_time", **day}),
            Start_Time={"block": "Start time"},
            Duration={"to": "duration", "part": "minutes", "keep": "Minutes"},
            Address="location",
            Comments="text",
        )
        return ObjectPreset(
            thing="meeting",
            needs=(self.prospect, self.account),
            links=self.people | {self.link("Lead_Source"): "parent"},
            fields={**_BESIDE, **_TYPED_BY, "Name": "subject", "Sales Rep": _DOER, **words},
        )

    def _sale(self) -> ObjectPreset:
        status = f"{self.space}Status__c"
        words = self.fields(Sold_Price="value", Sold_On="close date", Status={"values": status})
        typed_by = {"new": "Record owner", "kind": "text"}
        return ObjectPreset(
            thing="deal",
            needs=(self.prospect, self.account),
            expected=("value",),
            links=self.people,
            stages=status,
            fields={**_STAMPS, "Name": "name", "Sales Rep": _OWNER, "OwnerId": typed_by, **words},
        )

    def _project(self) -> ObjectPreset:
        words = self.fields(
            Prospect={"link": self.prospect, "keep": "Prospect"},
            Sale={"link": self.sale, "keep": "Sale"},
            Completed_On="completed on",
            Comments="text",
        )
        return ObjectPreset(
            thing="task",
            needs=(self.sale, self.prospect, self.account),
            links={self.sale: "deal", **self.people},
            flag="a job became a task with its figures in the text: look at it, and build its view anew",
            fields={**_BESIDE, **_TYPED_BY, "Name": "subject", "Project Manager": _DOER, **words},
        )

    def _marketing_task(self) -> ObjectPreset:
        words = self.fields(Due_Date=_at({"to": "due_date"}, {"to": "due_time", "keep": "Due"}))
        return ObjectPreset(
            thing="task",
            needs=(self.prospect, self.account),
            links=self.people,
            fields={**_BESIDE, "Name": "subject", "OwnerId": _DOER, **words},
        )


PRESET = Preset(
    pipeline="Sale",
    objects={
        "Account": _ACCOUNT,
        "Contact": _CONTACT,
        **_Edition("i360__").objects(),
        **_Edition("i360core__").objects(),
        "Task": _TASK,
        "Event": _EVENT,
        "File": _FILE,
        "Note": _NOTE,
        "TaskSeries": _left("the pattern of a recurring task; each of its tasks is moved"),
        "EventSeries": _left("the pattern of a recurring event; each of its events is moved"),
        "EventCopy": _left("an invitee's copy of an event that is moved"),
        "PersonContact": _left("the mirror of a person account that is moved"),
    },
    stages={"Canceled": "lost", "Not Qualified": "lost"},
    owner_gate={"": ()},
    automation_owners=("Automated Process",),
    closed_lists=True,
)
"""The source's preset."""
