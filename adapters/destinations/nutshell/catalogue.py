"""What Nutshell holds, as data: entities, their standard fields, and the order to load and to roll back in.

Source: Nutshell's class reference of JSON-RPC v1 and its REST description 2.0.0 (August 2026), with recorded answers.
Companies, people, leads and activities are read and changed by JSON-RPC, whose objects carry custom fields, names of
tags and `rev`, which those of REST do not; products, notes and tasks are read by REST, which takes many ids at once.
"""

from typing import Literal

import msgspec

from adapters.protocols import Kind

RPC = "/api/v1/json"
REST = "/rest"
DISCOVERY = "/v1/json"

Codec = Literal[
    "text", "number", "percent", "boolean", "flag", "datetime", "unix", "user", "assignee", "stub", "stubs",
    "names", "emails", "phones", "urls", "address", "raw",
]  # fmt: skip
"""How a value is spelled on the wire; the functions stand in `values`. "raw": the entity's own form sees to it."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One standard field of an entity.

    `wire` is the key that is written where it differs from ours, `seen` the one that is read where that differs again.
    `create_only` fields cannot be changed: an update leaves them out, and reading back shows the difference. `detail`
    fields are read only where they are asked for. `alternative` and `requires`: see `adapters.protocols.Field`.
    `choices` names the account's list of a pick-list's options.
    """

    key: str
    label: str
    kind: Kind
    codec: Codec = "raw"
    wire: str = ""
    seen: str = ""
    target: str | None = None
    many: bool = False
    required: bool = False
    readonly: bool = False
    create_only: bool = False
    detail: bool = False
    alternative: str = ""
    requires: str = ""
    choices: str = ""

    @property
    def written(self) -> str:
        """The key under which the field is written."""
        return self.wire or self.key

    @property
    def read(self) -> str:
        """The key under which the field is read."""
        return self.seen or self.wire or self.key


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One record entity: its names in both APIs, and what it is made of.

    single: as in `newAccount`. plural: as in `findAccounts` and in `entityType`. rest: as in "/rest/accounts" and in
    "12-accounts". by_rpc: read by JSON-RPC. text: the field whose text takes labelled lines and the mark.
    """

    name: str
    label: str
    single: str
    plural: str
    rest: str
    columns: tuple[Column, ...]
    by_rpc: bool = True
    custom: bool = False
    text: str | None = None
    title: tuple[str, ...] = ()

    def column(self, key: str) -> Column | None:
        """The standard field of that key, or None."""
        return next((c for c in self.columns if c.key == key), None)


def _link(key: str, label: str, target: str) -> Column:
    return Column(key=key, label=label, kind="reference", target=target)


def _others(key: str, label: str) -> Column:
    """People beside the main contact."""
    return Column(key=key, label=label, kind="reference", target="contact", many=True, requires="contact_id")


def _parent(key: str, label: str, target: str) -> Column:
    """One of the records that a note or a task may hang on, for good."""
    return Column(key=key, label=label, kind="reference", target=target, create_only=True, alternative="parent")


def _told(key: str, label: str) -> Column:
    """A time that the server sets."""
    wire = key.replace("_time", "Time")
    return Column(key=key, label=label, kind="datetime", codec="datetime", wire=wire, readonly=True)


_OWNER = Column(key="owner_id", label="Owner", kind="user", codec="user", wire="owner")
_EMAILS = Column(key="emails", label="Email", kind="email", codec="emails", wire="email", many=True)
_PHONES = Column(key="phones", label="Phone", kind="phone", codec="phones", wire="phone", many=True)
_URLS = Column(key="urls", label="URL", kind="url", codec="urls", wire="url", many=True)
_ADDRESS = Column(key="address", label="Address", kind="address", codec="address")
_TAGS = Column(key="tags", label="Tags", kind="multienum", codec="names", many=True, choices="tags")
_TERRITORY = Column(
    key="territory", label="Territory", kind="enum", codec="stub", wire="territoryId", seen="territory",
    choices="territories",
)  # fmt: skip
_TERRITORY_OF_ACCOUNT = msgspec.structs.replace(_TERRITORY, detail=True)
"""JSON-RPC takes the territory of a company and does not show it; REST does."""
_DESCRIPTION = Column(key="description", label="Description", kind="longtext", codec="text")

ACCOUNT = Entity(
    name="account",
    label="Company",
    single="Account",
    plural="Accounts",
    rest="accounts",
    custom=True,
    title=("name",),
    columns=(
        Column(key="name", label="Name", kind="text", codec="text", required=True),
        _OWNER,
        _EMAILS,
        _PHONES,
        _URLS,
        _ADDRESS,
        _DESCRIPTION,
        _TAGS,
        Column(
            key="industry",
            label="Industry",
            kind="enum",
            codec="stub",
            wire="industryId",
            seen="industry",
            choices="industries",
        ),
        Column(
            key="account_type",
            label="Type",
            kind="enum",
            codec="stub",
            wire="accountTypeId",
            seen="accountType",
            choices="account_types",
        ),
        _TERRITORY_OF_ACCOUNT,
        _told("created_time", "Created"),
        _told("modified_time", "Modified"),
    ),
)

CONTACT = Entity(
    name="contact",
    label="Person",
    single="Contact",
    plural="Contacts",
    rest="contacts",
    custom=True,
    title=("name",),
    columns=(
        # the API takes a name as one text and shows it in parts
        Column(key="name", label="Name", kind="text", required=True),
        Column(key="first_name", label="First name", kind="text"),
        Column(key="last_name", label="Last name", kind="text"),
        _OWNER,
        _link("account_id", "Company", "account"),
        # the API knows a job title only at the link to a company
        Column(key="job_title", label="Job title", kind="text"),
        _EMAILS,
        _PHONES,
        _URLS,
        _ADDRESS,
        Column(key="description", label="Description", kind="longtext"),
        _TAGS,
        _TERRITORY,
        _told("created_time", "Created"),
        _told("modified_time", "Modified"),
    ),
)

LEAD = Entity(
    name="lead",
    label="Lead",
    single="Lead",
    plural="Leads",
    rest="leads",
    custom=True,
    title=("title",),
    columns=(
        # what people see as its name; `name` on the wire is made from the number
        Column(key="title", label="Title", kind="text", codec="text", wire="description", required=True),
        _link("account_id", "Company", "account"),
        _link("contact_id", "Main contact", "contact"),
        _others("contact_ids", "Further contacts"),
        Column(key="owner_id", label="Assignee", kind="user", codec="assignee", wire="assignee"),
        Column(key="pipeline_id", label="Pipeline", kind="reference", target="pipeline"),
        Column(key="stage_id", label="Stage", kind="reference", target="stage"),
        Column(key="status", label="Status", kind="enum"),
        Column(key="outcome", label="Outcome", kind="enum", choices="outcomes"),
        Column(key="value", label="Value", kind="number"),
        Column(key="currency", label="Currency", kind="text"),
        Column(key="confidence", label="Confidence", kind="percent", codec="percent"),
        _TAGS,
        Column(key="sources", label="Sources", kind="multienum", codec="stubs", many=True, choices="sources"),
        Column(
            key="competitors", label="Competitors", kind="multienum", codec="stubs", many=True, choices="competitors"
        ),
        Column(key="due_time", label="Expected close", kind="datetime", codec="datetime", wire="dueTime"),
        Column(key="priority", label="Hot", kind="boolean", codec="flag"),
        _told("created_time", "Created"),
        _told("closed_time", "Closed"),
        _told("modified_time", "Modified"),
        Column(key="number", label="Number", kind="text", readonly=True),
    ),
)

LEAD_PRODUCT = Entity(
    name="lead_product",
    label="Product of a lead",
    single="Lead",
    plural="Leads",
    rest="leads",
    columns=(
        Column(key="lead_id", label="Lead", kind="reference", target="lead", required=True, create_only=True),
        Column(key="product_id", label="Product", kind="reference", target="product", required=True, create_only=True),
        Column(key="quantity", label="Quantity", kind="number", codec="number"),
        Column(key="price", label="Price each", kind="number"),
        Column(key="currency", label="Currency", kind="text", requires="price"),
    ),
)

PRODUCT = Entity(
    name="product",
    label="Product",
    single="Product",
    plural="Products",
    rest="products",
    by_rpc=False,
    title=("name",),
    columns=(
        Column(key="name", label="Name", kind="text", codec="text", required=True),
        Column(key="price", label="Price", kind="number"),
        Column(key="currency", label="Currency", kind="text", requires="price"),
        # shown by REST; no call is described that sets it
        Column(key="code", label="SKU", kind="text", codec="text", wire="sku", readonly=True),
    ),
)

ACTIVITY = Entity(
    name="activity",
    label="Activity",
    single="Activity",
    plural="Activities",
    rest="activities",
    text="text",
    title=("subject",),
    columns=(
        Column(key="subject", label="Name", kind="text", codec="text", wire="name", required=True),
        Column(
            key="type",
            label="Type",
            kind="enum",
            codec="stub",
            wire="activityTypeId",
            seen="activityType",
            choices="activity_types",
        ),
        Column(key="start_time", label="Start", kind="datetime", codec="datetime", wire="startTime", required=True),
        Column(key="duration", label="Duration", kind="duration"),
        Column(key="all_day", label="All day", kind="boolean", codec="boolean", wire="isAllDay"),
        Column(key="done", label="Logged", kind="boolean"),
        Column(key="location", label="Location", kind="text"),
        Column(key="text", label="Notes", kind="longtext"),
        _link("account_id", "Company", "account"),
        _link("contact_id", "Contact", "contact"),
        _others("participants", "Other contacts"),
        _link("lead_id", "Lead", "lead"),
        Column(key="owner_id", label="User taking part", kind="user"),
        Column(key="author", label="Author", kind="user", create_only=True),
        _told("created_time", "Created"),
    ),
)

TASK = Entity(
    name="task",
    label="Task",
    single="Task",
    plural="Tasks",
    rest="tasks",
    by_rpc=False,
    text="text",
    title=("title",),
    columns=(
        # of a task, REST describes a change of the assignee only
        Column(key="title", label="Title", kind="text", codec="text", required=True, create_only=True),
        Column(key="text", label="Description", kind="longtext", create_only=True),
        Column(key="due_time", label="Due", kind="datetime", codec="unix", wire="dueTime", create_only=True),
        Column(key="owner_id", label="Assignee", kind="user"),
        _parent("account_id", "Company", "account"),
        _parent("contact_id", "Contact", "contact"),
        _parent("lead_id", "Lead", "lead"),
        Column(key="done", label="Done", kind="boolean", readonly=True),
    ),
)

NOTE = Entity(
    name="note",
    label="Note",
    single="Note",
    plural="Notes",
    rest="notes",
    by_rpc=False,
    text="text",
    title=("text",),
    columns=(
        Column(key="text", label="Text", kind="longtext", required=True),
        _parent("account_id", "Company", "account"),
        _parent("contact_id", "Contact", "contact"),
        _parent("lead_id", "Lead", "lead"),
        # REST, which gives a hundred notes to a call, does not tell who wrote them
        Column(key="author", label="Author", kind="user", create_only=True, detail=True),
        # heads the text: the API dates every note to the moment of the call
        Column(key="add_time", label="Date", kind="datetime"),
        _told("created_time", "Created"),
    ),
)

ENTITIES: dict[str, Entity] = {e.name: e for e in (PRODUCT, ACCOUNT, CONTACT, LEAD, LEAD_PRODUCT, ACTIVITY, TASK, NOTE)}
"""The record entities by name, in load order."""

CONFIGURATION = ("field", "options", "pipeline", "stage")
"""Entities of configuration, in load order. Pipelines and stages can only be read: the API makes none."""

ENTITY_ORDER: tuple[str, ...] = (*CONFIGURATION, *ENTITIES)
"""The order of a load: what is pointed at comes before what points at it."""

ROLLBACK_ORDER: tuple[str, ...] = (
    "note", "task", "activity", "lead_product", "lead", "contact", "account", "product", "options", "field", "stage",
    "pipeline",
)  # fmt: skip
"""The order of a rollback."""

PARENTS: dict[str, Entity] = {"account_id": ACCOUNT, "contact_id": CONTACT, "lead_id": LEAD}
"""What a note or a task hangs on, by the field that names it."""

STATUSES: dict[int, str] = {0: "open", 1: "pending", 10: "won", 11: "lost", 12: "cancelled"}
"""The states of a lead by their numbers; "pending" can be read, never set."""

CLOSED = frozenset({"won", "lost", "cancelled"})

REV = "rev"
BLOCK = "block"
MARK = "mark"
FURTHER_ADDRESSES = "further_addresses"
FURTHER_ACCOUNTS = "further_accounts"
URL_LABELS = "url_labels"
RELATIONSHIPS = "relationships"
FURTHER_PARTICIPANTS = "further_participants"
CARRIED = frozenset({REV, FURTHER_ADDRESSES, FURTHER_ACCOUNTS, URL_LABELS, RELATIONSHIPS, FURTHER_PARTICIPANTS})
"""Keys of a read record that are no fields: the revision, and what lists hold beside what our fields show of them. They
travel along with an update, because it names the revision and replaces whole lists."""

GROUPS: dict[str, tuple[frozenset[str], ...]] = {
    "account": (frozenset({"address", FURTHER_ADDRESSES}), frozenset({"urls", URL_LABELS})),
    "contact": (
        frozenset({"address", FURTHER_ADDRESSES}),
        frozenset({"urls", URL_LABELS}),
        frozenset({"first_name", "last_name"}),
        frozenset({"account_id", "job_title", "description", FURTHER_ACCOUNTS}),
    ),
    "lead": (frozenset({"contact_id", "contact_ids", RELATIONSHIPS}),),
    "activity": (
        frozenset({"start_time", "duration"}),
        frozenset({"account_id", "contact_id", "participants", "owner_id", FURTHER_PARTICIPANTS}),
        frozenset({"text", BLOCK, MARK, "done", "author"}),
    ),
    "note": (frozenset({"text", BLOCK, MARK, "add_time", "author"}),),
    "product": (frozenset({"price", "currency"}),),
    "lead_product": (frozenset({"price", "currency"}),),
}
"""The fields that are one thing on the wire, by entity: who changes one of a group writes them all."""
