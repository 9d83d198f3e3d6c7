"""PromoXcrm: a table of its web-service API, and the standard schema of its CSV screens.

Nothing public describes either (docs/sources/promoxcrm.md says what is assumed): the probe comes first, the CSV screens
second, the workbook last. What stages are called is told by their id, since two pipelines may use one name.
"""

import html
from collections.abc import Iterator

from adapters.connector import Api, SourceConnector
from adapters.protocols import Identity, Json, Lack, Link, User
from adapters.sources import promox_commissions as commissions
from adapters.sources.cells import text
from adapters.sources.rest.connecting import OPTIONS, credentials
from adapters.sources.rest.offline import ExportSource
from adapters.sources.rest.source import RestSource
from adapters.sources.rest.table import (
    Column,
    CustomObjects,
    Derived,
    Endpoint,
    Fill,
    Learned,
    Lookup,
    Paging,
    Remark,
    Table,
)
from adapters.sources.standard import Column as Heading, Standard

SYSTEM = "promoxcrm"
"""The source's public id."""

_NAIVE = "%Y-%m-%d %H:%M:%S"
_PAGES = Paging(style="page", parameter="page", last="meta.last_page")


# --- what the lookups tell ------------------------------------------------------------------------------------------


def _me(body: Json, learned: Learned) -> None:
    account = body.get("account") if isinstance(body, dict) else None
    if isinstance(account, dict):
        learned.account |= {
            "company": text(account.get("name")), "zone": text(account.get("timezone")),
            "currency": text(account.get("currency")),
        }  # fmt: skip


def _users(body: Json, learned: Learned) -> None:
    for one in body if isinstance(body, list) else body.get("data") or []:
        id = text(one.get("id"))
        learned.users[id] = User(id, text(one.get("name")), text(one.get("email")), one.get("active") is not False)


def _pipelines(body: Json, learned: Learned) -> None:
    pipelines: list[Json] = []
    for one in body.get("pipelines") or []:
        name = html.unescape(text(one.get("name")))
        learned.pipelines[text(one.get("id"))] = name
        stages = []
        for stage in sorted(one.get("stages") or [], key=lambda s: s.get("order") or 0):
            id, label = text(stage.get("id")), html.unescape(text(stage.get("name")))
            learned.stages[id] = f"{name} / {label}"
            stages.append({"id": id, "label": label, "probability": stage.get("probability")})
        pipelines.append({"id": text(one.get("id")), "label": name, "stages": stages})
    learned.account["pipelines"] = pipelines


def _project_stage(row: dict[str, Json], learned: Learned) -> str:
    """Pipeline and stage by the stage's id; the name alone where no pipeline has that id."""
    return learned.stages.get(text(row.get("stage_id"))) or html.unescape(text(row.get("stage")))


def _lead_stage(row: dict[str, Json], learned: Learned) -> str:
    name, pipeline = html.unescape(text(row.get("stage"))), learned.pipelines.get(text(row.get("pipeline_id")))
    return f"{pipeline} / {name}" if pipeline and name else name


def _full_name(row: dict[str, Json], _learned: Learned) -> str:
    return " ".join(filter(None, (text(row.get("first_name")).strip(), text(row.get("last_name")).strip())))


def _nothing(_row: dict[str, Json], _learned: Learned) -> str:
    """What only the CSV has: a name where the API has an id."""
    return ""


def _rule(row: dict[str, Json], _learned: Learned) -> str:
    kind, _, rule = text(row.get("created_by")).partition(":")
    return rule if kind == "automation" else ""


# --- what a person should know of a record ------------------------------------------------------------------------


def _lead(row: dict[str, Json], learned: Learned) -> Iterator[Remark]:
    if client := text(row.get("converted_client_id")):
        yield "converted-lead", f"The lead became the client {client}; it is not an open lead any more."
    if not text(row.get("email")).strip():
        yield "no-email", "The lead has no e-mail address."
    if _lead_stage(row, learned) not in learned.stages.values():
        yield "unknown-stage", f"The stage {text(row.get('stage'))!r} is in no pipeline of the account."


def _project(row: dict[str, Json], learned: Learned) -> Iterator[Remark]:
    if row.get("amount") in (None, ""):
        yield "no-amount", "The project has no amount; it is not the same as an amount of 0."
    if text(row.get("stage_id")) not in learned.stages:
        yield "unknown-stage", f"The stage {text(row.get('stage_id'))} ({text(row.get('stage'))}) is in no pipeline."


def _task(row: dict[str, Json], learned: Learned) -> Iterator[Remark]:
    if rule := _rule(row, learned):
        yield "made-by-rule", f"The rule {rule} made the task. The task is moved, the rule is not: build it again."
    if not row.get("related"):
        yield "no-parent", "The task belongs to no record."


def _presentation(row: dict[str, Json], _learned: Learned) -> Iterator[Remark]:
    if not row.get("download_url"):
        yield "file-without-address", f"The API names no address of {text(row.get('filename'))}; save it by hand."


# --- the objects ----------------------------------------------------------------------------------------------------

_OWNER = Column(label="Owner", kind="user", at="owner_id")
_CREATED = Column(label="Created", kind="datetime", at="created_at")
_UPDATED = Column(label="Updated", kind="datetime", at="updated_at")
_BY_COMPANY = Link(name="company", to=("Company",), name_field="Company")
_BY_PROJECT = Link(name="project", to=("Project",), id_field="Project ID")
_BY_CLIENT = Link(name="client", to=("Client",), id_field="Client ID")

CLIENT = Endpoint(
    object="Client", label="Clients", path="clients", rows="data", total="meta.total",
    paging=Paging(style="next", at="links.next", query={"page": "1", "per_page": "100"}),
    columns=(
        Column(label="Client Name", work=_full_name, needs=("first_name", "last_name")),
        Column(label="First Name", at="first_name"), Column(label="Last Name", at="last_name"),
        Column(label="Email", kind="email", at="email"), Column(label="Phone", kind="phone", at="phone"),
        Column(label="Company", kind="reference", at="company", target="Company"), _OWNER,
        Column(label="Supplier Tier", kind="enum", at="supplier_tier", custom=True),
        Column(label="Artwork Format", kind="enum", at="artwork_format", custom=True),
        Column(label="Tags", kind="multienum", at="tags", convert="list"), _CREATED, _UPDATED,
    ),
    identity=Identity(natural=(("Email",), ("Client Name", "Company"), ("Client Name",)),
                      rematch=(("Client Name", "Company"),)),
    links=(_BY_COMPANY,), owner="Owner", title=("Client Name",), deleted="deleted_at",
    fills=Fill(keys=(("Email",), ("Client Name", "Company"), ("Client Name",))),
)  # fmt: skip

LEAD = Endpoint(
    object="Lead", label="Leads", path="leads", rows="data", paging=_PAGES,
    columns=(
        Column(label="Name", at="name"), Column(label="Email", kind="email", at="email"),
        Column(label="Phone", kind="phone", at="phone"),
        Column(label="Company", kind="reference", at="company", target="Company"),
        Column(label="Stage", kind="enum", work=_lead_stage, needs=("stage", "pipeline_id")),
        Column(label="Score", kind="number", at="score", custom=True),
        Column(label="Routing", kind="enum", at="routing", custom=True), _OWNER,
        Column(label="Converted To", kind="reference", at="converted_client_id", target="Client"), _CREATED, _UPDATED,
    ),
    identity=Identity(natural=(("Email", "Name"), ("Name", "Company"), ("Name",)), rematch=(("Name", "Phone"),)),
    links=(_BY_COMPANY, Link(name="converted", to=("Client",), id_field="Converted To")),
    owner="Owner", title=("Name",), check=_lead, fills=Fill(keys=(("Email", "Name"), ("Name", "Phone"))),
)  # fmt: skip

PROJECT = Endpoint(
    object="Project", label="Projects", path="projects", rows="projects", total="total",
    paging=Paging(style="offset", parameter="offset", size_parameter="limit", more="has_more"),
    columns=(
        Column(label="Project", at="name"),
        Column(label="Client ID", kind="reference", at="client_id", target="Client"),
        Column(label="Client", kind="reference", work=_nothing, target="Client"),
        Column(label="Stage", kind="enum", work=_project_stage, needs=("stage", "stage_id", "pipeline_id")),
        Column(label="Amount", kind="money", at="amount"), Column(label="Currency", kind="enum", at="currency"),
        Column(label="Campaign", at="campaign", custom=True),
        Column(label="Items", kind="longtext", at="items", custom=True),
        Column(label="Supplier Ref", at="supplier_ref", custom=True),
        Column(label="Fulfillment", kind="enum", at="fulfillment_status", custom=True), _OWNER,
        Column(label="Due", kind="date", at="due_on"),
        Column(label="Created", kind="datetime", at="created_at", format=_NAIVE),
        Column(label="Updated", kind="datetime", at="updated_at", format=_NAIVE),
    ),
    identity=Identity(natural=(("Project", "@client"), ("Project",)), rematch=(("@client", "Due"),)),
    links=(Link(name="client", to=("Client",), id_field="Client ID", name_field="Client"),),
    owner="Owner", title=("Project",), check=_project,
    fills=Fill(keys=(("Project", "Due"), ("Project",)), rework=lambda values, _learned: _with_pipeline(values)),
)  # fmt: skip

COMMISSION = Endpoint(
    object="Commission", label="Commission records", path="commissions", rows="data", total="total",
    paging=Paging(style="page", parameter="page"),
    columns=(
        Column(label="Project ID", kind="reference", at="project_id", target="Project"),
        Column(label="Rep", kind="user", at="rep_id"), Column(label="Type", kind="enum", at="type"),
        Column(label="Rate", kind="number", at="rate"),
        Column(label="Rate (percent)", kind="percent", work=commissions.percent, calculated=True, needs=("rate",)),
        Column(label="Base Amount", kind="money", at="base_amount"),
        Column(label="Amount", kind="money", at="amount_cents", convert="cents"),
        Column(label="Currency", kind="enum", at="currency"), Column(label="Status", kind="enum", at="status"),
        Column(label="Tiers", kind="longtext", at="tiers"), Column(label="Splits", kind="longtext", at="splits"),
        Column(label="Logic", kind="longtext", work=commissions.logic, calculated=True),
        Column(label="Period", at="period"),
    ),
    links=(_BY_PROJECT,), owner="Rep", check=commissions.check,
)  # fmt: skip

TASK = Endpoint(
    object="Task", label="Tasks", path="tasks", rows="items",
    paging=Paging(style="cursor", parameter="cursor", at="next_cursor"),
    columns=(
        Column(label="Task", at="title"), Column(label="Body", kind="html", at="body"),
        Column(label="Assignee", kind="user", at="assignee_id"),
        Column(label="Due", kind="datetime", at="due_at", convert="epoch"),
        Column(label="Status", kind="enum", at="status"),
        Column(label="Related Type", kind="enum", at="related.type"),
        Column(label="Related ID", kind="reference", at="related.id"),
        Column(label="Created By", at="created_by"),
        Column(label="Made By Rule", kind="enum", work=_rule, calculated=True),
        Column(label="Created", kind="datetime", at="created_at", convert="epoch"),
        Column(label="Completed", kind="datetime", at="completed_at", convert="epoch"),
    ),
    identity=Identity(natural=(("Task", "Due", "Assignee"), ("Task", "Due"), ("Task",))),
    links=(
        Link(name="related", to=("Project", "Client", "Lead"), id_field="Related ID", type_field="Related Type"),
    ),
    owner="Assignee", title=("Task",), automations="Made By Rule", check=_task, fills=Fill(keys=()),
)  # fmt: skip

PRESENTATION = Endpoint(
    object="Presentation", label="Presentations", path="presentations", rows="data",
    paging=Paging(style="next", at="next"),
    columns=(
        Column(label="Title", at="title"),
        Column(label="Project ID", kind="reference", at="project_id", target="Project"),
        Column(label="Client ID", kind="reference", at="client_id", target="Client"),
        Column(label="File Name", at="filename"), Column(label="Size", kind="number", at="size"),
        Column(label="Media Type", at="mime"), Column(label="File", kind="file", at="download_url", convert="file"),
        Column(label="Shared", kind="datetime", at="shared_at", convert="epoch-ms"),
    ),
    links=(_BY_PROJECT, _BY_CLIENT), title=("Title",), check=_presentation,
)  # fmt: skip


def _with_pipeline(values: dict[str, str]) -> dict[str, str]:
    """A row of projects.csv: its pipeline and stage in one, as the API's records have them."""
    pipeline = values.pop("Pipeline", "").strip()
    stage = html.unescape(values.get("Stage", "").strip())
    return {**values, "Stage": f"{pipeline} / {stage}" if pipeline and stage else stage}


# --- the CSV screens ------------------------------------------------------------------------------------------------

_H_OWNER = Heading("Owner", "user", ("Account Rep", "Rep", "Sales Rep", "Assigned To"))
_H_REACH = (
    Heading("Email", "email", ("E-mail", "Email Address")), Heading("Phone", "phone", ("Telephone",)),
    Heading("Company", "reference", ("Company Name", "Account"), target="Company"),
)  # fmt: skip
STANDARDS = (
    Standard(
        name="Client", label="Clients", files=("clients", "client", "contacts"),
        columns=(
            Heading("Client Name", "text", ("Client", "Name"), required=True), *_H_REACH, _H_OWNER,
            Heading("Supplier Tier", "enum"), Heading("Artwork Format", "enum"), Heading("Tags", "multienum"),
            Heading("Created", "datetime", ("Created At",)),
        ),
        identity=CLIENT.identity, owner="Owner", title=("Client Name",),
    ),
    Standard(
        name="Lead", label="Leads", files=("leads", "lead"),
        columns=(
            Heading("Name", "text", ("Lead", "Lead Name"), required=True), *_H_REACH, Heading("Stage", "enum"),
            Heading("Score", "number"), Heading("Routing", "enum"), _H_OWNER,
        ),
        identity=LEAD.identity, owner="Owner", title=("Name",),
    ),
    Standard(
        name="Project", label="Projects", files=("projects", "project", "orders"),
        columns=(
            Heading("Project", "text", ("Name", "Project Name"), required=True),
            Heading("Client", "reference", ("Client Name",), target="Client"), Heading("Pipeline", "enum"),
            Heading("Stage", "enum"), Heading("Amount", "money", ("Value",)), Heading("Due", "date", ("Due Date",)),
            _H_OWNER, Heading("Fulfillment", "enum", ("Fulfillment Status",)),
        ),
        identity=Identity(), owner="Owner", title=("Project",),
    ),
    Standard(
        name="Task", label="Tasks", files=("tasks", "task"),
        columns=(
            Heading("Task", "text", ("Title", "Subject"), required=True),
            Heading("Assignee", "user", ("Owner", "Assigned To")), Heading("Due", "date", ("Due Date",)),
            Heading("Status", "enum"),
        ),
        identity=TASK.identity, owner="Assignee", title=("Task",),
    ),
)  # fmt: skip
"""The CSV screens. They give names instead of ids, no commissions, no presentations and no custom objects."""

TABLE = Table(
    system=SYSTEM, label="PromoXcrm", base="/api/v1", bases=("/api", "/api/v1", "/api/v2"), extra=("reports",),
    endpoints=(CLIENT, LEAD, PROJECT, COMMISSION, TASK, PRESENTATION),
    lookups=(Lookup(path="me", learn=_me), Lookup(path="users", learn=_users),
             Lookup(path="pipelines", learn=_pipelines)),
    objects=CustomObjects(
        path="custom-objects", records="custom-objects/{key}/records",
        kinds={
            "lookup": ("reference", ""), "number": ("number", ""), "multi": ("multienum", "list"),
            "date": ("date", ""), "datetime": ("datetime", ""), "bool": ("boolean", ""), "json": ("longtext", ""),
            "text": ("text", ""), "textarea": ("longtext", ""), "select": ("enum", ""), "url": ("url", ""),
            "email": ("email", ""), "phone": ("phone", ""), "money": ("money", ""),
        },
        targets={"project": "Project", "client": "Client", "lead": "Lead", "task": "Task"},
    ),
    derived=(Derived(object="Company", label="Companies", prefix="company",
                     of=(("Client", "Company"), ("Lead", "Company"))),),
    standards=STANDARDS,
    lacks=(
        Lack(action="export", entity="report", what="Saved reports and dashboards have no export.",
             instead="Their figures are given as CSV files, to be built again by hand."),
        Lack(action="export", entity="automation", what="Automations and task rules are not in the API.",
             instead="Rules that made tasks are listed by what the tasks say; ask for screenshots of the others."),
    ),
)  # fmt: skip
"""PromoXcrm's API, as assumed (docs/sources/promoxcrm.md)."""


CONNECTOR = SourceConnector(
    name=SYSTEM,
    label="PromoXcrm",
    api=Api(
        open=lambda options, export: RestSource(TABLE, options, export),
        credentials=credentials,
        options=OPTIONS,
        address="https://yourcompany.promoxcrm.example",
    ),
    bundle=lambda path, dialects: ExportSource(TABLE, path, dialects),
    ask=(
        "Which plan does the account have, and does it include the web-service API? May we have a read-only key?",
        "In which header does the key travel, how do lists page, and how many requests a minute are allowed?",
        "Is there any list of what was deleted, and does every change move the time of the last change?",
        "Which screens have a CSV export, and does it hold all columns or those shown?",
        "How are commission rates written (5 or 0.05), who are tiers and splits agreed with, and where should they go?",
        "Can presentations be downloaded by the API, and where do linked ones lie?",
        "Which task rules and which integrations (Xero, Stripe, Mailchimp) are active?",
        "In which time zone are the times that are shown without one?",
    ),
)
"""How PromoXcrm is read: its API, else its CSV screens."""
