"""Pro-Sales CRM ("SalesPro CRM"): a table of its API, and the standard schema of its CSV export.

The product could not be identified, so both are assumed (docs/sources/pro-sales-crm.md). Companies, contacts and deals
are objects of their own; activities stand in one list and are split by their type, one pass over the list for each type
that is there: nobody knows whether the API can filter, and a pass for a type that a whole pass has not met is not made.
"""

from collections.abc import Iterator

from adapters.connector import Api, SourceConnector
from adapters.protocols import Identity, Json, Lack, Link, User
from adapters.sources.cells import text
from adapters.sources.names import fold
from adapters.sources.rest.connecting import OPTIONS, credentials
from adapters.sources.rest.converting import listed
from adapters.sources.rest.offline import ExportSource
from adapters.sources.rest.source import RestSource
from adapters.sources.rest.table import Column, Customs, Endpoint, Fill, Learned, Lookup, Paging, Remark, Table
from adapters.sources.standard import Column as Heading, Standard

SYSTEM = "pro-sales-crm"
"""The source's public id."""

PIPELINE = "Deals"
"""The name of the one pipeline: the API gives stages without one."""

_PAGES = Paging(style="page", parameter="page", first=0)  # read to the empty page: the page count may be wrong


# --- what the lookups tell ------------------------------------------------------------------------------------------


def _me(body: Json, learned: Learned) -> None:
    if isinstance(body, dict):
        learned.account |= {"company": text(body.get("account")), "zone": text(body.get("timezone"))}


def _users(body: Json, learned: Learned) -> None:
    for one in body if isinstance(body, list) else body.get("results") or []:
        id = text(one.get("id"))
        active = fold(text(one.get("status"))) in ("", "active")
        learned.users[id] = User(id, text(one.get("name")), text(one.get("email")), active)


def _stages(body: Json, learned: Learned) -> None:
    stages = sorted(body if isinstance(body, list) else body.get("results") or [], key=lambda s: s.get("order") or 0)
    learned.stages = {fold(text(stage.get("name"))): text(stage.get("name")) for stage in stages}
    listed = [
        {"id": text(stage.get("name")), "label": text(stage.get("name")), "probability": stage.get("probability")}
        for stage in stages
    ]
    learned.account["pipelines"] = [{"id": "1", "label": PIPELINE, "stages": listed}]


def _nothing(_row: dict[str, Json], _learned: Learned) -> str:
    """What only the CSV has: a name where the API has an id."""
    return ""


# --- what a person should know of a record ------------------------------------------------------------------------


def _contact(row: dict[str, Json], _learned: Learned) -> Iterator[Remark]:
    if merged := text(row.get("merged_into")):
        yield "merged-contact", f"The contact was merged into {merged} and is still given; it is not moved by itself."
    if row.get("attachment_count") not in (None, "", 0, "0"):
        count = text(row.get("attachment_count"))
        yield "attachments-not-exported", f"The contact has {count} attachments, which nothing exports."
    if not f"{text(row.get('first_name'))}{text(row.get('last_name'))}".strip():
        yield "no-name", "The contact has no name."


def _deal(row: dict[str, Json], learned: Learned) -> Iterator[Remark]:
    stage = text(row.get("stage"))
    if row.get("amount") in (None, ""):
        yield "no-amount", "The deal has no amount; it is not the same as an amount of 0."
    if stage and fold(stage) not in learned.stages:
        yield "unknown-stage", f"The stage {stage!r} is not configured in the account."
    elif stage and learned.stages[fold(stage)] != stage:
        yield (
            "stage-spelling",
            f"The stage {stage!r} is the stage {learned.stages[fold(stage)]!r} but for its spelling.",
        )
    if not row.get("company_id") and row.get("contact_ids"):
        yield "no-company", "The deal names contacts and no company."


def _activity(row: dict[str, Json], _learned: Learned) -> Iterator[Remark]:
    if not (row.get("contact_id") or row.get("company_id") or row.get("deal_id")):
        yield "no-parent", "The activity belongs to no record."


# --- the objects ----------------------------------------------------------------------------------------------------

_OWNER = Column(label="Owner", kind="user", at="owner_id")
_TAGS = Column(label="Tags", kind="multienum", at="tags", convert="list")
_CREATED = Column(label="Created", kind="datetime", at="created_at")
_UPDATED = Column(label="Updated", kind="datetime", at="updated_at")
_COMPANY_ID = Column(label="Company ID", kind="reference", at="company_id", target="Company")
_COMPANY_NAME = Column(label="Company", kind="reference", work=_nothing, target="Company")
_COMPANY = Link(name="company", to=("Company",), id_field="Company ID", name_field="Company")

COMPANY = Endpoint(
    object="Company", label="Companies", path="companies", rows="results", total="total", paging=_PAGES,
    columns=(
        Column(label="Company", at="name"), Column(label="Domain", kind="url", at="domain"),
        Column(label="Industry", kind="enum", at="industry"), Column(label="Size", kind="enum", at="size"),
        Column(label="Phone", kind="phone", at="phone"), Column(label="Street", at="address.street"),
        Column(label="City", at="address.city"), Column(label="State", at="address.state"),
        Column(label="Zip", at="address.zip"), Column(label="Country", at="address.country"), _OWNER, _TAGS,
        _CREATED, _UPDATED,
    ),
    identity=Identity(natural=(("Company", "Domain"), ("Company",)), rematch=(("Domain",),)),
    owner="Owner", title=("Company",), custom="company", custom_at="custom",
    fills=Fill(keys=(("Company", "Domain"), ("Company",))),
)  # fmt: skip

CONTACT = Endpoint(
    object="Contact", label="Contacts", path="contacts", rows="results", total="total", paging=_PAGES,
    columns=(
        Column(label="First Name", at="first_name"), Column(label="Last Name", at="last_name"),
        Column(label="Email", kind="email", at="email"), Column(label="Phone", kind="phone", at="phone"),
        _COMPANY_ID, _COMPANY_NAME, Column(label="Lifecycle Stage", kind="enum", at="lifecycle_stage"), _OWNER, _TAGS,
        Column(label="Attachments", kind="number", at="attachment_count"), _CREATED, _UPDATED,
    ),
    identity=Identity(
        natural=(("Email",), ("First Name", "Last Name", "@company"), ("First Name", "Last Name"), ("Last Name",)),
        rematch=(("First Name", "Last Name", "@company"),),
    ),
    links=(_COMPANY,), owner="Owner", title=("First Name", "Last Name"), merged="merged_into",
    custom="contact", custom_at="custom", check=_contact,
    fills=Fill(keys=(("Email",), ("First Name", "Last Name", "Created"), ("First Name", "Last Name"))),
)  # fmt: skip

DEAL = Endpoint(
    object="Deal", label="Deals", path="deals", rows="results", total="total", paging=_PAGES,
    columns=(
        Column(label="Deal", at="name"), Column(label="Amount", kind="money", at="amount"),
        Column(label="Currency", kind="enum", at="currency"),
        Column(label="Stage", kind="enum", at="stage", convert="unescape"),
        Column(label="Probability", kind="percent", at="probability"),
        Column(label="Close Date", kind="date", at="close_date"), _COMPANY_ID, _COMPANY_NAME,
        Column(label="Contact IDs", kind="reference", at="contact_ids", convert="list", target="Contact"),
        Column(label="Contacts", kind="reference", work=_nothing, target="Contact", format="json"),
        _OWNER, _TAGS, _CREATED, _UPDATED,
    ),
    identity=Identity(natural=(("Deal", "@company", "Created"), ("Deal", "Created"), ("Deal",)),
                      rematch=(("Deal", "Created"), ("@company", "Created"))),
    links=(
        _COMPANY,
        Link(name="contacts", to=("Contact",), id_field="Contact IDs", name_field="Contacts", within="company",
             many=True),
    ),
    owner="Owner", title=("Deal",), custom="deal", custom_at="custom", check=_deal,
    fills=Fill(keys=(("Deal", "Created"), ("Deal",)), rework=lambda values, _learned: _several(values)),
)  # fmt: skip


def _kind(object: str, label: str, *types: str, others: bool = False) -> Endpoint:
    """One kind of activity: the list of all of them, and the words of its type."""
    own = (
        Column(label="Duration", kind="duration", at="duration_sec"),
        Column(label="Disposition", kind="enum", at="disposition"),
    )
    return Endpoint(
        object=object, label=label, path="activities", rows="results", total="total", paging=_PAGES,
        only=("type", types), others=others,
        columns=(
            Column(label="Type", kind="enum", at="type"), Column(label="Subject", at="subject"),
            Column(label="Body", kind="html", at="body"),
            Column(label="Contact ID", kind="reference", at="contact_id", target="Contact"),
            Column(label="Contact", kind="reference", work=_nothing, target="Contact"), _COMPANY_ID,
            Column(label="Deal ID", kind="reference", at="deal_id", target="Deal"),
            Column(label="Deal", kind="reference", work=_nothing, target="Deal"), _OWNER,
            Column(label="At", kind="datetime", at="at"), *own, Column(label="Done", kind="boolean", at="done"),
        ),
        identity=Identity(natural=(("Subject", "At", "Contact", "Owner"), ("Subject", "At"), ("Subject",), ("At",)),
                          rematch=(("Subject", "At"),)),
        links=(
            Link(name="deal", to=("Deal",), id_field="Deal ID", name_field="Deal"),
            Link(name="contact", to=("Contact",), id_field="Contact ID", name_field="Contact", within="deal"),
            Link(name="company", to=("Company",), id_field="Company ID"),
        ),
        owner="Owner", title=("Subject",), check=_activity,
        fills=Fill(object="Activity", where="Type", keys=(("Type", "Subject", "At"),), texts=("Body",)),
    )  # fmt: skip


_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Call": ("Calls", ("call", "phone call", "phone")), "Note": ("Notes", ("note",)),
    "Task": ("Tasks", ("task", "todo", "to-do")), "Email": ("Emails", ("email", "e-mail", "mail")),
    "Meeting": ("Meetings", ("meeting", "event", "appointment")),
}  # fmt: skip
ACTIVITIES = (
    *(_kind(object, label, *types) for object, (label, types) in _KINDS.items()),
    _kind("Activity", "Other activities", *(word for _, types in _KINDS.values() for word in types), others=True),
)
"""Calls, notes, tasks, e-mails, meetings, and whatever is none of them."""


def _several(values: dict[str, str]) -> dict[str, str]:
    """A row of deals.csv: several contacts in one cell, by name."""
    names = [name.strip() for name in values.get("Contacts", "").split(";") if name.strip()]
    return {**values, "Contacts": listed(names)}


# --- the CSV export -------------------------------------------------------------------------------------------------

_H_OWNER = Heading("Owner", "user", ("Owner Email", "Assigned To"))
_H_TAGS = Heading("Tags", "multienum", ("Labels",))
_H_TIMES = (Heading("Created", "datetime", ("Created At",)), Heading("Updated", "datetime", ("Updated At", "Modified")))
STANDARDS = (
    Standard(
        name="Company", label="Companies", files=("companies", "company", "accounts"),
        columns=(
            Heading("Company", "text", ("Company Name", "Name"), required=True), Heading("Domain", "url", ("Website",)),
            Heading("Industry", "enum"), Heading("Size", "enum"), Heading("Phone", "phone"),
            *(Heading(name, "text") for name in ("Street", "City", "State", "Zip", "Country")), _H_OWNER, _H_TAGS,
            *_H_TIMES,
        ),
        identity=Identity(), owner="Owner", title=("Company",),
    ),
    Standard(
        name="Contact", label="Contacts", files=("contacts", "contact", "people"),
        columns=(
            Heading("First Name", "text", required=True), Heading("Last Name", "text", required=True),
            Heading("Email", "email", ("E-mail",)), Heading("Phone", "phone"),
            Heading("Company", "reference", ("Company Name",), target="Company"), Heading("Lifecycle Stage", "enum"),
            _H_OWNER, _H_TAGS, Heading("Attachments", "number"), *_H_TIMES,
        ),
        identity=Identity(), owner="Owner", title=("First Name", "Last Name"),
    ),
    Standard(
        name="Deal", label="Deals", files=("deals", "deal", "opportunities"),
        columns=(
            Heading("Deal", "text", ("Deal Name", "Name"), required=True), Heading("Amount", "money", ("Value",)),
            Heading("Currency", "enum"), Heading("Stage", "enum"), Heading("Probability", "percent"),
            Heading("Close Date", "date", ("Expected Close",)), Heading("Company", "reference", target="Company"),
            Heading("Contacts", "text", ("Contact",)), _H_OWNER, _H_TAGS, *_H_TIMES,
        ),
        identity=Identity(), owner="Owner", title=("Deal",),
    ),
    Standard(
        name="Activity", label="Activities", files=("activities", "activity", "history"),
        columns=(
            Heading("Type", "enum", required=True), Heading("Subject", "text", ("Title",), required=True),
            Heading("Body", "html", ("Notes", "Text")), Heading("Contact", "reference", target="Contact"),
            Heading("Deal", "reference", target="Deal"), _H_OWNER, Heading("At", "datetime", ("Date", "Date/Time")),
            Heading("Duration", "duration"), Heading("Disposition", "enum", ("Outcome",)),
            Heading("Done", "boolean", ("Completed",)),
        ),
        identity=Identity(), owner="Owner", title=("Subject",),
    ),
)  # fmt: skip
"""The CSV export: names and e-mail addresses instead of ids."""

NO_FILES = Lack(
    action="export", entity="file", what="Attachments have no confirmed way out, neither by the API nor by CSV.",
    instead="Files are not moved; the records that have some are listed with their number, to be saved by hand.",
)  # fmt: skip

TABLE = Table(
    system=SYSTEM, label="Pro-Sales CRM", base="/api", bases=("/api", "/api/v1", "/api/v2"), extra=("attachments",),
    endpoints=(COMPANY, CONTACT, DEAL, *ACTIVITIES),
    lookups=(Lookup(path="me", learn=_me), Lookup(path="users", learn=_users), Lookup(path="stages", learn=_stages)),
    customs=Customs(
        path="custom_fields", lookup="lookup_", targets={"contact": "Contact", "company": "Company", "deal": "Deal"},
        kinds={
            "number": ("number", ""), "dropdown": ("enum", ""), "multi": ("multienum", "list"), "date": ("date", ""),
            "datetime": ("datetime", ""), "bool": ("boolean", ""), "url": ("url", ""), "textarea": ("longtext", ""),
            "text": ("text", ""), "currency": ("money", ""), "percent": ("percent", ""), "email": ("email", ""),
            "phone": ("phone", ""),
        },
    ),
    standards=STANDARDS, lacks=(NO_FILES,),
)  # fmt: skip
"""The API of Pro-Sales CRM, as assumed (docs/sources/pro-sales-crm.md)."""

CONNECTOR = SourceConnector(
    name=SYSTEM,
    label="Pro-Sales CRM",
    api=Api(
        open=lambda options, export: RestSource(TABLE, options, export),
        credentials=credentials,
        options=OPTIONS,
        address="https://yourcompany.pro-sales.example",
    ),
    bundle=lambda path, dialects: ExportSource(TABLE, path, dialects),
    ask=(
        "What is the address of the login page? Three products carry this name.",
        "Is there an API at all, or webhooks only? May we have a read-only key that sees every record of every user?",
        "Is there a CSV export of companies, contacts, deals and activities, with all columns and whole texts?",
        "Can attachments be exported in any way, and how many are there?",
        "In which time zone is the account, and which times are shown without one?",
        "What becomes of a contact that is merged: does the old one stay in the lists?",
        "Which call dispositions are in use, and which custom fields are really needed?",
    ),
)
"""How Pro-Sales CRM is read: its API with the CSV export beside it, else the export alone."""
