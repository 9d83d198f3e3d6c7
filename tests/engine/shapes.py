"""Small schemas, records and histories, made by hand for tests of pure functions."""

from hashlib import blake2b
from typing import Any

from adapters.protocols import Field, Identity, Link, ObjectSchema, Option, Schema, User
from engine.findings import Notes
from engine.history import History, Item
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage

COMPANY = ObjectSchema(
    name="Company",
    label="Companies",
    identity=Identity(id_field="ID"),
    title=("Name",),
    count=1,
    fields=(
        Field(key="ID", label="ID", kind="text"),
        Field(key="Name", label="Name", kind="text"),
        Field(key="Website", label="Website", kind="url"),
        Field(key="Employees", label="Employees", kind="number"),
    ),
)
CONTACT = ObjectSchema(
    name="Contact",
    label="Contacts",
    identity=Identity(
        natural=(("Email",), ("First", "Last", "@company"), ("First", "Last")), rematch=(("First", "Last"),)
    ),
    links=(Link(name="company", to=("Company",), id_field="Company ID", name_field="Company"),),
    title=("First", "Last"),
    owner_field="Owner",
    count=1,
    fields=(
        Field(key="First", label="First", kind="text"),
        Field(key="Last", label="Last", kind="text"),
        Field(key="Email", label="Email", kind="email"),
        Field(key="Phone", label="Phone", kind="phone"),
        Field(key="Company ID", label="Company ID", kind="text"),
        Field(key="Company", label="Company", kind="reference"),
        Field(key="Owner", label="Owner", kind="user"),
    ),
)
DEAL = ObjectSchema(
    name="Deal",
    label="Deals",
    identity=Identity(natural=(("Name",),)),
    links=(
        Link(name="company", to=("Company",), name_field="Company"),
        Link(name="contact", to=("Contact",), name_field="Contact", within="company"),
    ),
    title=("Name",),
    count=1,
    fields=(
        Field(key="Name", label="Name", kind="text"),
        Field(key="Company", label="Company", kind="reference"),
        Field(key="Contact", label="Contact", kind="reference"),
        Field(key="Stage", label="Stage", kind="enum"),
        Field(key="Closes", label="Closes", kind="date", format="%Y-%m-%d"),
    ),
)
SOURCE = Schema(system="acme", objects=(COMPANY, CONTACT, DEAL), fingerprint="one")

ORGANIZATION = ObjectSchema(
    name="organization",
    label="Organization",
    custom_fields=True,
    fields=(
        Field(key="name", label="Name", kind="text", required=True, max_length=40),
        Field(key="website", label="Website", kind="url"),
        Field(key="employee_count", label="Employees", kind="number"),
        Field(key="address", label="Address", kind="address"),
        Field(key="label_ids", label="Labels", kind="multienum", options=(Option("7", "Old"),)),
        Field(key="update_time", label="Updated", kind="datetime", readonly=True),
    ),
)
PERSON = ObjectSchema(
    name="person",
    label="Person",
    custom_fields=True,
    fields=(
        Field(key="first_name", label="First", kind="text"),
        Field(key="last_name", label="Last", kind="text"),
        Field(key="emails", label="Emails", kind="email", many=True),
        Field(key="phones", label="Phones", kind="phone", many=True),
        Field(key="org_id", label="Organization", kind="reference", target="organization"),
        Field(key="owner_id", label="Owner", kind="user"),
    ),
)
DEAL_THERE = ObjectSchema(
    name="deal",
    label="Deal",
    custom_fields=True,
    fields=(
        Field(key="title", label="Title", kind="text"),
        Field(key="org_id", label="Organization", kind="reference", target="organization"),
        Field(key="person_id", label="Person", kind="reference", target="person"),
        Field(key="pipeline_id", label="Pipeline", kind="reference", target="pipeline"),
        Field(key="stage_id", label="Stage", kind="reference", target="stage"),
        Field(key="status", label="Status", kind="enum"),
        Field(key="won_time", label="Won", kind="datetime"),
        Field(key="expected_close_date", label="Closes", kind="date"),
    ),
)
ACTIVITY = ObjectSchema(
    name="activity",
    label="Activity",
    block="block",
    fields=(
        Field(key="subject", label="Subject", kind="text"),
        Field(key="due_date", label="Due", kind="date"),
        Field(key="due_time", label="Due time", kind="time"),
        Field(key="duration", label="Duration", kind="duration"),
        Field(key="done", label="Done", kind="boolean"),
        Field(key="note", label="Note", kind="html"),
    ),
)
USERS = (
    User("1", "Maya Ortiz", "maya@acme.example"),
    User("2", "Tom Becker", "tom@acme.example"),
    User("3", "Tom Becker", "other.tom@acme.example"),
    User("4", "Gone Girl", "gone@acme.example", active=False),
)
DESTINATION = Schema(system="shelf", objects=(ORGANIZATION, PERSON, DEAL_THERE, ACTIVITY), users=USERS)

MAPPING = Mapping(
    zone="America/New_York",
    currency="USD",
    object={
        "Company": ObjectMap(
            to="organization",
            duplicates="domain:Website",
            fields={
                "ID": Rule(exclude="kept as the source key"),
                "Name": Rule(to="name"),
                "Website": Rule(to="website"),
                "Employees": Rule(to="employee_count"),
            },
        ),
        "Contact": ObjectMap(
            to="person",
            duplicates="email:Email",
            links={"company": "org_id"},
            fields={
                "First": Rule(to="first_name"),
                "Last": Rule(to="last_name"),
                "Email": Rule(to="emails"),
                "Phone": Rule(to="phones", label="work"),
                "Company ID": Rule(link="company"),
                "Company": Rule(link="company"),
                "Owner": Rule(owner="owner_id"),
            },
        ),
        "Deal": ObjectMap(
            to="deal",
            links={"company": "org_id", "contact": "person_id"},
            needs=("company", "contact"),
            values={"Stage": {"New": {"stage": "New"}, "Won": {"stage": "New", "status": "won"}}},
            fields={
                "Name": Rule(to="title"),
                "Company": Rule(link="company"),
                "Contact": Rule(link="contact"),
                "Stage": Rule(values="Stage"),
                "Closes": Rule(to="expected_close_date", when={"won": "won_time"}),
            },
        ),
    },
    pipeline=(Pipeline(name="Acme", stages=(Stage(name="New", probability=10.0),)),),
    owner_gate=("deal",),
)


def _token(text: str) -> str:
    return blake2b(text.encode()).hexdigest()


def item(object: str, key: str, number: int = 0, *, vanished: bool = False, **values: str) -> Item:
    """A record; underscores in field names stand for blanks."""
    spelled = {k.replace("_", " "): v for k, v in values.items()}
    return Item(object=object, key=key, number=number, position=number + 1, values=spelled, vanished=vanished)


def history(*items: Item, mapping: Mapping = MAPPING, answers: dict[str, str] | None = None, **more: Any) -> History:
    """A history of these records, in their order."""
    found: dict[str, dict[str, Item]] = {}
    for record in items:
        found.setdefault(record.object, {})[record.key] = record
    return History(
        migration="acme",
        source=more.pop("source", SOURCE),
        destination=more.pop("destination", DESTINATION),
        mapping=mapping,
        map_version=1,
        items=found,
        answers=answers or {},
        token=_token,
        policies=more,
    )


def codes(notes: Notes) -> list[str]:
    """The codes of what was told, in order."""
    return [f.code for f in notes.findings]
