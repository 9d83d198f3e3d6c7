"""What Pipedrive holds, as data: entities, their standard fields, and the order to load and to roll back in.

Source: Pipedrive's API descriptions v1 and v2 (August 2026) and its documentation; notes on single rows say where
servers behave differently from the description.
"""

from typing import Literal

import msgspec

from adapters.protocols import Kind

V1 = "/v1"
V2 = "/api/v2"

Codec = Literal[
    "text", "number", "boolean", "date", "datetime", "datetime-spaced", "time", "duration", "option", "option-text",
    "options", "options-text", "id", "id-text", "contacts", "attendees", "persons", "address", "money", "lead-money",
    "clock", "range", "raw",
]  # fmt: skip
"""How a value is spelled on the wire; the functions stand in `values`."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One standard field of an entity.

    `wire` is the API's own name where ours differs. `create_only` fields are refused in an update and `unclearable`
    ones cannot be emptied: an update leaves both out, and reading back shows the difference. `nullable` texts are
    emptied by null, others by "". `listed` fields exist only where the account's field list names them (contact sync).
    """

    key: str
    label: str
    kind: Kind
    codec: Codec
    wire: str = ""
    target: str | None = None
    many: bool = False
    required: bool = False
    readonly: bool = False
    create_only: bool = False
    unclearable: bool = False
    nullable: bool = False
    listed: bool = False
    max_length: int | None = None


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One record entity: where it lives and what it is made of.

    `fields_path` lists its fields; `owner` is the entity whose custom fields it carries (leads carry those of deals);
    `text` is the HTML field that takes labelled lines and the mark where there are no custom fields.
    """

    name: str
    label: str
    path: str
    columns: tuple[Column, ...]
    fields_path: str | None = None
    owner: str | None = None
    text: str | None = None
    title: tuple[str, ...] = ()

    @property
    def v2(self) -> bool:
        """Whether the entity lives in API v2."""
        return self.path.startswith(V2)

    def column(self, key: str) -> Column | None:
        """The standard field of that key, or None."""
        return next((c for c in self.columns if c.key == key), None)


def _text(key: str, label: str, *, wire: str = "", required: bool = False, listed: bool = False) -> Column:
    return Column(
        key=key, label=label, kind="text", codec="text", max_length=255, wire=wire, required=required, listed=listed
    )


def _link(key: str, label: str, target: str, *, wire: str = "", unclearable: bool = True) -> Column:
    """A link; the description lets only those of deals and leads be emptied."""
    codec: Codec = "id-text" if target == "lead" else "id"
    return Column(
        key=key, label=label, kind="reference", codec=codec, target=target, wire=wire, unclearable=unclearable
    )


def _number(key: str, label: str) -> Column:
    return Column(key=key, label=label, kind="number", codec="number")


def _moment(key: str, label: str, *, readonly: bool = False, create_only: bool = False) -> Column:
    return Column(key=key, label=label, kind="datetime", codec="datetime", readonly=readonly, create_only=create_only)


_OWNER = Column(key="owner_id", label="Owner", kind="user", codec="id")
_VISIBLE = Column(key="visible_to", label="Visible to", kind="enum", codec="option")
_LABELS = Column(key="label_ids", label="Labels", kind="multienum", codec="options", many=True)
_ADDED = _moment("add_time", "Created", create_only=True)
_ADDED_RO = _moment("add_time", "Created", readonly=True)
_CHANGED = _moment("update_time", "Updated", readonly=True)

ORGANIZATION = Entity(
    name="organization",
    label="Organization",
    path=f"{V2}/organizations",
    fields_path=f"{V2}/organizationFields",
    owner="organization",
    title=("name",),
    columns=(
        _text("name", "Name", required=True),
        _OWNER,
        _ADDED,
        _LABELS,
        Column(key="address", label="Address", kind="address", codec="address"),
        Column(key="website", label="Website", kind="url", codec="text", nullable=True),
        Column(key="linkedin", label="LinkedIn", kind="url", codec="text", nullable=True),
        Column(key="industry", label="Industry", kind="enum", codec="option"),
        _number("annual_revenue", "Annual revenue"),
        _number("employee_count", "Employees"),
        _VISIBLE,
        _CHANGED,
    ),
)

PERSON = Entity(
    name="person",
    label="Person",
    path=f"{V2}/persons",
    fields_path=f"{V2}/personFields",
    owner="person",
    title=("name",),
    columns=(
        _text("first_name", "First name"),
        _text("last_name", "Last name"),
        _text("name", "Name", required=True),
        _OWNER,
        _link("org_id", "Organization", "organization"),
        _ADDED,
        Column(key="emails", label="Email", kind="email", codec="contacts", many=True),
        Column(key="phones", label="Phone", kind="phone", codec="contacts", many=True),
        _LABELS,
        Column(key="marketing_status", label="Marketing status", kind="enum", codec="option-text"),
        _text("job_title", "Job title", listed=True),
        Column(key="birthday", label="Birthday", kind="date", codec="date", listed=True),
        Column(key="notes", label="Notes", kind="longtext", codec="text", max_length=10_000, listed=True),
        Column(key="postal_address", label="Postal address", kind="address", codec="address", listed=True),
        _VISIBLE,
        _CHANGED,
    ),
)

DEAL = Entity(
    name="deal",
    label="Deal",
    path=f"{V2}/deals",
    fields_path=f"{V2}/dealFields",
    owner="deal",
    title=("title",),
    columns=(
        _text("title", "Title", required=True),
        _OWNER,
        _link("person_id", "Contact person", "person", unclearable=False),
        _link("org_id", "Organization", "organization", unclearable=False),
        _link("pipeline_id", "Pipeline", "pipeline"),
        _link("stage_id", "Stage", "stage"),
        _number("value", "Value"),
        Column(key="currency", label="Currency", kind="text", codec="text", max_length=3),
        Column(key="status", label="Status", kind="enum", codec="option-text"),
        Column(key="probability", label="Probability", kind="percent", codec="number"),
        # "" was refused together with status open (seen live, September 2026)
        Column(key="lost_reason", label="Lost reason", kind="text", codec="text", max_length=255, nullable=True),
        # the server empties both when the status changes, and takes no null
        Column(key="won_time", label="Won time", kind="datetime", codec="datetime", unclearable=True),
        Column(key="lost_time", label="Lost time", kind="datetime", codec="datetime", unclearable=True),
        _moment("close_time", "Close time"),
        # null is refused and "" is stored as 0000-00-00 (seen live, September 2026)
        Column(key="expected_close_date", label="Expected close date", kind="date", codec="date", unclearable=True),
        Column(key="is_archived", label="Archived", kind="boolean", codec="boolean"),
        Column(key="archive_time", label="Archive time", kind="datetime", codec="datetime-spaced"),
        _LABELS,
        _VISIBLE,
        _ADDED_RO,
        _CHANGED,
        _moment("stage_change_time", "Last stage change", readonly=True),
    ),
)

LEAD = Entity(
    name="lead",
    label="Lead",
    path=f"{V1}/leads",
    owner="deal",
    title=("title",),
    columns=(
        _text("title", "Title", required=True),
        _OWNER,
        _link("person_id", "Contact person", "person", unclearable=False),
        _link("org_id", "Organization", "organization", wire="organization_id", unclearable=False),
        Column(key="label_ids", label="Labels", kind="multienum", codec="options-text", many=True),
        Column(key="value", label="Value", kind="money", codec="lead-money"),
        Column(key="expected_close_date", label="Expected close date", kind="date", codec="date"),
        Column(key="was_seen", label="Seen", kind="boolean", codec="boolean", unclearable=True),
        Column(key="visible_to", label="Visible to", kind="enum", codec="option-text"),
        Column(key="is_archived", label="Archived", kind="boolean", codec="boolean", unclearable=True),
        _ADDED_RO,
        _CHANGED,
    ),
)

ACTIVITY = Entity(
    name="activity",
    label="Activity",
    path=f"{V2}/activities",
    fields_path=f"{V2}/activityFields",
    text="note",
    title=("subject",),
    columns=(
        _text("subject", "Subject", required=True),
        Column(key="type", label="Type", kind="enum", codec="option-text", required=True),
        _OWNER,
        _link("deal_id", "Deal", "deal"),
        _link("lead_id", "Lead", "lead"),
        _link("person_id", "Contact person", "person"),
        Column(
            key="participants",
            label="Other participants",
            kind="reference",
            codec="persons",
            target="person",
            many=True,
        ),
        _link("org_id", "Organization", "organization"),
        Column(key="due_date", label="Due date", kind="date", codec="date", unclearable=True),
        Column(key="due_time", label="Due time", kind="time", codec="time", unclearable=True),
        Column(key="duration", label="Duration", kind="duration", codec="duration", unclearable=True),
        Column(key="busy", label="Busy", kind="boolean", codec="boolean"),
        Column(key="done", label="Done", kind="boolean", codec="boolean", unclearable=True),
        Column(key="location", label="Location", kind="address", codec="address", unclearable=True),
        Column(key="attendees", label="Attendees", kind="email", codec="attendees", many=True),
        Column(key="public_description", label="Public description", kind="longtext", codec="text"),
        Column(key="priority", label="Priority", kind="enum", codec="option", unclearable=True),
        Column(key="note", label="Note", kind="html", codec="text"),
        _ADDED_RO,
        _CHANGED,
        _moment("marked_as_done_time", "Marked as done", readonly=True),
    ),
)

NOTE = Entity(
    name="note",
    label="Note",
    path=f"{V1}/notes",
    text="content",
    title=("content",),
    columns=(
        Column(key="content", label="Content", kind="html", codec="text", required=True, max_length=100_000),
        _link("deal_id", "Deal", "deal"),
        _link("person_id", "Person", "person"),
        _link("org_id", "Organization", "organization"),
        _link("lead_id", "Lead", "lead"),
        Column(key="user_id", label="Author", kind="user", codec="id", unclearable=True),
        Column(key="add_time", label="Created", kind="datetime", codec="datetime-spaced", unclearable=True),
        _CHANGED,
    ),
)

ENTITIES: dict[str, Entity] = {e.name: e for e in (ORGANIZATION, PERSON, DEAL, LEAD, ACTIVITY, NOTE)}
"""The record entities by name, in load order."""

CONFIGURATION = ("activity_type", "field", "options", "pipeline", "stage")
"""Entities of configuration, in load order."""

ENTITY_ORDER: tuple[str, ...] = (*CONFIGURATION, *ENTITIES)
"""The order of a load: what is pointed at comes before what points at it."""

ROLLBACK_ORDER: tuple[str, ...] = (
    "note", "activity", "lead", "deal", "person", "organization", "options", "field", "stage", "pipeline",
    "activity_type",
)  # fmt: skip
"""The order of a rollback. Nothing cascades at Pipedrive: each record is deleted by itself."""

FIELD_OWNERS: dict[str, str] = {
    "organization": "organization",
    "person": "person",
    "deal": "deal",
    "lead": "deal",
}
"""Whose custom fields an entity takes; activities and notes take none through the API."""

FIELD_PATHS: dict[str, str] = {owner: f"{V2}/{owner}Fields" for owner in ("organization", "person", "deal")}
"""Where the custom fields of an entity live in v2."""

V1_FIELD_PATHS: dict[str, str] = {owner: f"{V1}/{owner}Fields" for owner in FIELD_PATHS}
"""The same in v1, needed for the options of system fields and for the time a field was made."""

TYPES: dict[str, tuple[Kind, Codec]] = {
    "varchar": ("text", "text"),
    "varchar_auto": ("text", "text"),
    "text": ("longtext", "text"),
    "phone": ("text", "text"),
    "double": ("number", "number"),
    "monetary": ("money", "money"),
    "enum": ("enum", "option"),
    "set": ("multienum", "options"),
    "user": ("user", "id"),
    "org": ("reference", "id"),
    "people": ("reference", "id"),
    "date": ("date", "date"),
    "daterange": ("text", "range"),
    "time": ("time", "clock"),
    "timerange": ("text", "range"),
    "address": ("address", "address"),
}
"""Kind and codec of a custom field by its `field_type`. Ranges are written "from/until"; a phone is plain text here."""

TYPE_OF_KIND: dict[str, str] = {
    "text": "varchar",
    "longtext": "text",
    "html": "text",
    "block": "text",
    "url": "text",
    "email": "varchar",
    "phone": "phone",
    "number": "double",
    "percent": "double",
    "money": "monetary",
    "date": "date",
    "datetime": "varchar",
    "time": "time",
    "duration": "varchar",
    "boolean": "enum",
    "enum": "enum",
    "multienum": "set",
    "address": "address",
    "user": "user",
    "reference": "people",
}
"""The `field_type` that a new custom field of a kind gets. There is no date-with-time type and no boolean."""

VISIBILITY: dict[str, dict[str, str]] = {
    "small": {"1": "Owner and followers", "3": "Entire company"},
    "large": {
        "1": "Owner only",
        "3": "Owner's visibility group",
        "5": "Owner's visibility group and sub-groups",
        "7": "Entire company",
    },
}
"""What the numbers of `visible_to` mean: it depends on the plan."""

SMALL_PLANS = frozenset({"lite", "growth", "essential", "advanced", "professional"})
LARGE_PLANS = frozenset({"premium", "ultimate", "power", "enterprise"})
