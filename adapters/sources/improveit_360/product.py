"""What improveit 360 is made of, in both editions, and what its objects mean."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from adapters.protocols import Finding, Flow, Json, ObjectSchema, RefusedError, User
from adapters.sources.improveit_360.staff import OWNERS, Staff, read_staff
from adapters.sources.improveit_360.stages import Entries, OrgHistory, entries_of_export
from adapters.sources.salesforce.describing import Info
from adapters.sources.salesforce.org import Org, reason
from adapters.sources.salesforce.product import Values, with_fields

NAME = "improveit-360"
"""The source's public id."""

CLASSIC, LIGHTNING = "i360", "i360core"
"""The namespaces of the two editions."""

_NATIVE = ("Account", "Contact")
_PACKAGE = (
    "Staff__c", "Marketing_Source__c", "Prospect__c", "Address__c", "Lead_Source__c", "Appointment__c", "Sale__c",
    "Project__c", "Marketing_Task__c", "Commission__c", "Commission_Adjustment__c",
)  # fmt: skip
_ACTIVITIES = ("Task", "Event")

_EDITIONS = {
    (True, False): ("classic", "The Classic edition: Prospects are the households, Accounts commercial firms only."),
    (False, True): ("lightning", "The Lightning edition: Accounts are the customers, with Contacts and Addresses."),
    (True, True): (
        "both",
        "Objects of both editions are there: a Classic org that was turned on for Lightning. Say which one is in use.",
    ),
    (False, False): (
        "none",
        "No object of improveit 360 is seen: no such org, or our user lacks its permission set.",
    ),
}
_TITLES = {"Prospect__c": ("Primary_First_Name__c", "Primary_Last_Name__c")}
_STAGES = (("Sale__c", "Status__c"), ("Appointment__c", "Result__c"), ("Lead_Source__c", "Status__c"))
"""Where the stages of a deal are: a sale has a status; before there is one, its appointment has a result and its lead
a status of its own."""

_ACCOUNTING = re.compile(r"(QB|Quick\s?Books).*List.?ID", re.IGNORECASE)
_ACCOUNTING_SENTENCE = "{} refers to QuickBooks, which may hold newer data: it is carried as a plain reference."


class ImproveIt360:
    """The product, for `Salesforce` and `WeeklyExport`."""

    name = NAME
    packages = (CLASSIC, LIGHTNING)

    def core(self, names: Collection[str]) -> tuple[str, ...]:
        """The objects that the package is about, in the order of what names what."""
        packaged = (f"{space}__{name}" for space in self.packages for name in _PACKAGE)
        return tuple(name for name in (*_NATIVE, *packaged, *_ACTIVITIES) if name in names)

    def edition(self, names: Collection[str]) -> tuple[str, str]:
        """Which edition the names of the objects show."""
        there = tuple(any(name.startswith(f"{space}__") for name in names) for space in self.packages)
        return _EDITIONS[there[0], there[1]]

    def prepare(self, org: Org, infos: Mapping[str, Info]) -> Flow["Learned"]:
        """Read the staff, and which statuses the history of an object tells of."""
        staff = Staff()
        hidden: list[Finding] = []
        for name, info in infos.items():
            if short_of(name) == "Staff__c":
                yield from read_staff(org, info, staff)
        entries: dict[str, Entries] = {}
        for name, info in infos.items():
            try:
                found = yield from OrgHistory(org, info).entries(status_of(name))
            except RefusedError as error:
                detail = f"The history of {info.label} cannot be read ({reason(error)}): there are no stage times."
                hidden.append(Finding(code="history-refused", object=name, detail=detail))
                continue
            if found is not None:
                entries[name] = found
        return Learned(staff, entries, hidden)

    def learn(self, texts: Callable[[str], Iterator[Values]], infos: Mapping[str, Info]) -> "Learned":
        """The same from an export."""
        staff = Staff()
        entries: dict[str, Entries] = {}
        for name, info in infos.items():
            if short_of(name) == "Staff__c":
                for values in texts(name):
                    staff.add(dict(values), name.removesuffix("Staff__c"))
            found = entries_of_export(texts, info, status_of(name))
            if found is not None:
                entries[name] = found
        return Learned(staff, entries)


class Learned:
    """What was found out about one org or export: its staff, and the times at which statuses were entered."""

    def __init__(self, staff: Staff, entries: Mapping[str, Entries], found: Sequence[Finding] = ()) -> None:
        self._staff = staff
        self._found = found
        self._entries = entries
        self._owners: dict[str, tuple[str, ...]] = {}

    def shape(self, schema: ObjectSchema) -> ObjectSchema:
        """The object with its owner by the staff chain, its stage times, and the name that people know it by."""
        short = short_of(schema.name)
        space = schema.name.removesuffix(short)
        titles = tuple(space + key for key in _TITLES.get(short, ()) if schema.field(space + key))
        shaped = msgspec.structs.replace(schema, title=titles) if titles else schema
        owner = OWNERS.get(short)
        columns = tuple(space + key for key in owner.columns if schema.field(space + key)) if owner else ()
        if owner and columns:
            self._owners[schema.name] = columns
            shaped = msgspec.structs.replace(with_fields(shaped, [owner.field]), owner_field=owner.field.key)
        if schema.name in self._entries:
            shaped = with_fields(shaped, self._entries[schema.name].fields)
        return shaped

    def fill(self, object: str, records: Sequence[Values]) -> Flow[None]:
        """Put owners and stage times into the records of a page."""
        if columns := self._owners.get(object):
            field = OWNERS[short_of(object)].field.key
            for values in records:
                values[field] = self._staff.owner(values, columns)
        if entries := self._entries.get(object):
            yield from entries.fill(records)

    def account(self, objects: Mapping[str, ObjectSchema]) -> dict[str, Json]:
        """The pipelines: the statuses of a sale, and before there is one the results of an appointment and a lead's."""
        pipelines: list[Json] = []
        for name, schema in objects.items():
            for short, key in _STAGES:
                field = schema.field(name.removesuffix(short) + key) if short_of(name) == short else None
                if field and field.options:
                    stages = [{"id": o.id, "label": o.label, "probability": None} for o in field.options]
                    pipelines.append({"id": name, "label": schema.label, "stages": stages})
        return {"pipelines": sorted(pipelines, key=lambda p: not p["id"].endswith("Sale__c"))}

    def users(self) -> tuple[User, ...]:
        """Staff who are no users: records name them all the same."""
        return self._staff.without_user()

    def findings(self, objects: Mapping[str, ObjectSchema]) -> tuple[Finding, ...]:
        """Staff without a user, and fields that name records of another system."""
        linked = [
            Finding(
                code="accounting-link", object=name, where=field.key, detail=_ACCOUNTING_SENTENCE.format(field.label)
            )
            for name, schema in objects.items()
            for field in schema.fields
            if _ACCOUNTING.search(field.label) or _ACCOUNTING.search(field.key)
        ]
        short = [
            Finding(
                code="stage-times-left-out", object=name,
                detail=f"The history tells of more statuses than become fields: {entries.left_out} have no stage time.",
            )
            for name, entries in self._entries.items() if entries.left_out
        ]  # fmt: skip
        return (*self._found, *self._staff.findings(), *linked, *short)


def short_of(name: str) -> str:
    """The name of a package's object without its namespace; other names as they are."""
    for space in (CLASSIC, LIGHTNING):
        if name.startswith(f"{space}__"):
            return name.removeprefix(f"{space}__")
    return name


def status_of(name: str) -> str:
    """The column of an object whose history tells stage times; empty where there is none."""
    return next((name.removesuffix(short) + key for short, key in _STAGES[:1] if short_of(name) == short), "")
