"""The v2 entities as data: their fields, what may be null, what is required, and what lists can be asked for.

From the v2 description (body schemas and parameters) and facts 7.1 to 7.8.
"""

import msgspec

from adapters.protocols import Json
from adapters.sandbox.pipedrive.values import FREQUENCIES, Spec

_USER = Spec(kind="integer", ref="users")
_LABELS = Spec(kind="integers")
_TEXT = Spec(kind="text")
_INTEGER = Spec(kind="integer")
_WHOLE = Spec(kind="integer", null=True)
_BOOLEAN = Spec(kind="boolean")
_VISIBLE = Spec(kind="integer", choices=(1, 3, 5, 7))
_CUSTOM = Spec(kind="plain")
_SINCE = Spec(kind="whole_instant")


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One v2 entity.

    `table` names its rows and its path; `noun` stands in messages; `title` is the field with its name. `fields`: what a
    body may hold. `readonly`: what answers hold besides, with its value on a new record. `filters`: query parameters of
    the list that select by an equal value. `sorts`: what lists sort by. `optional`: what `include_fields` may add.
    `custom`: whether it has custom fields, and so label and option switches.
    """

    table: str
    noun: str
    title: str
    fields: dict[str, Spec]
    readonly: dict[str, Json] = {}
    filters: dict[str, Spec] = {}
    sorts: tuple[str, ...] = ("id", "update_time", "add_time")
    optional: tuple[str, ...] = ()
    custom: bool = True
    ids: bool = True
    until: bool = True
    since: bool = True


_COUNTS = (
    "next_activity_id", "last_activity_id", "open_deals_count", "related_open_deals_count", "closed_deals_count",
    "related_closed_deals_count", "email_messages_count", "activities_count", "done_activities_count",
    "undone_activities_count", "files_count", "notes_count", "followers_count", "won_deals_count",
    "related_won_deals_count", "lost_deals_count", "related_lost_deals_count", "smart_bcc_email",
)  # fmt: skip

ORGANIZATIONS = Entity(
    table="organizations",
    noun="Organization",
    title="name",
    fields={
        "name": Spec(kind="text", required=True, longest=255),
        "owner_id": _USER,
        "add_time": Spec(kind="instant", on="create"),
        "visible_to": _VISIBLE,
        "label_ids": _LABELS,
        "address": Spec(kind="address"),
        "website": Spec(kind="text", null=True),
        "linkedin": Spec(kind="text", null=True),
        "industry": _WHOLE,
        "annual_revenue": _WHOLE,
        "employee_count": _WHOLE,
        "custom_fields": _CUSTOM,
    },
    filters={"owner_id": _INTEGER},
    optional=(*_COUNTS, "people_count"),
)

PERSONS = Entity(
    table="persons",
    noun="Person",
    title="name",
    fields={
        "name": Spec(kind="text", longest=255),
        "first_name": Spec(kind="text", longest=255),
        "last_name": Spec(kind="text", longest=255),
        "owner_id": _USER,
        "org_id": Spec(kind="integer", ref="organizations"),
        "add_time": Spec(kind="instant", on="create"),
        "emails": Spec(kind="entries"),
        "phones": Spec(kind="entries"),
        "visible_to": _VISIBLE,
        "label_ids": _LABELS,
        "marketing_status": Spec(kind="text", choices=("no_consent", "unsubscribed", "subscribed", "archived")),
        "postal_address": Spec(kind="address", feature="contact_sync"),
        "notes": Spec(kind="text", longest=10_000, feature="contact_sync"),
        "im": Spec(kind="entries", feature="contact_sync"),
        "birthday": Spec(kind="date", feature="contact_sync"),
        "job_title": Spec(kind="text", feature="contact_sync"),
        "custom_fields": _CUSTOM,
    },
    readonly={"picture_id": None},
    filters={"owner_id": _INTEGER, "org_id": _INTEGER, "deal_id": _INTEGER},
    optional=(
        *_COUNTS,
        "participant_open_deals_count",
        "participant_closed_deals_count",
        "last_incoming_mail_time",
        "last_outgoing_mail_time",
        "marketing_status",
        "doi_status",
    ),
)

DEALS = Entity(
    table="deals",
    noun="Deal",
    title="title",
    fields={
        "title": Spec(kind="text", required=True),
        "owner_id": _USER,
        "person_id": Spec(kind="integer", null=True, ref="persons"),
        "org_id": Spec(kind="integer", null=True, ref="organizations"),
        "pipeline_id": Spec(kind="integer", ref="pipelines"),
        "stage_id": Spec(kind="integer", ref="stages"),
        "value": Spec(kind="number", null=True),
        "currency": Spec(kind="currency", ref="currencies"),
        "status": Spec(kind="text", choices=("open", "won", "lost")),
        "probability": Spec(kind="number", null=True, low=0, high=100),
        "lost_reason": Spec(kind="text", null=True),
        "close_time": Spec(kind="instant", null=True),
        "won_time": Spec(kind="instant"),
        "lost_time": Spec(kind="instant"),
        "expected_close_date": Spec(kind="close_date"),
        "is_archived": _BOOLEAN,
        "archive_time": Spec(kind="archive_instant", null=True),
        "is_deleted": _BOOLEAN,
        "visible_to": _VISIBLE,
        "label_ids": _LABELS,
        "add_time": Spec(kind="instant", on="create", feature="accept_deal_add_time"),
        "custom_fields": _CUSTOM,
    },
    readonly={
        "origin": "API", "origin_id": None, "channel": None, "channel_id": None, "source_lead_id": None,
        "arr": None, "mrr": None, "acv": None, "local_won_date": None, "local_lost_date": None,
        "local_close_date": None,
    },
    filters=dict.fromkeys(("owner_id", "person_id", "org_id", "pipeline_id", "stage_id"), _INTEGER),
    optional=(
        "next_activity_id", "last_activity_id", "first_won_time", "products_count", "files_count", "notes_count",
        "followers_count", "email_messages_count", "activities_count", "done_activities_count",
        "undone_activities_count", "participants_count", "last_incoming_mail_time", "last_outgoing_mail_time",
        "smart_bcc_email", "source_lead_id",
    ),
)  # fmt: skip

ACTIVITIES = Entity(
    table="activities",
    noun="Activity",
    title="subject",
    fields={
        "subject": _TEXT,
        "type": _TEXT,
        "owner_id": _USER,
        "deal_id": Spec(kind="integer", ref="deals"),
        "lead_id": Spec(kind="text", ref="leads"),
        "org_id": Spec(kind="integer", ref="organizations"),
        "project_id": Spec(kind="integer", ref="projects"),
        "due_date": Spec(kind="date"),
        "due_time": Spec(kind="due_time"),
        "duration": Spec(kind="duration"),
        "busy": _BOOLEAN,
        "done": _BOOLEAN,
        "location": Spec(kind="address"),
        "participants": Spec(kind="participants"),
        "attendees": Spec(kind="attendees"),
        "public_description": _TEXT,
        "priority": _INTEGER,
        "note": _TEXT,
        "outcome": _WHOLE,
    },
    readonly={
        "person_id": None, "marked_as_done_time": None, "conference_meeting_client": None,
        "conference_meeting_url": None, "conference_meeting_id": None,
    },
    filters={
        "owner_id": _INTEGER, "deal_id": _INTEGER, "lead_id": _TEXT, "person_id": _INTEGER, "org_id": _INTEGER,
        "done": _BOOLEAN,
    },
    sorts=("id", "update_time", "add_time", "due_date"),
    optional=("attendees",),
    custom=False,
)  # fmt: skip

PRODUCTS = Entity(
    table="products",
    noun="Product",
    title="name",
    fields={
        "name": Spec(kind="text", required=True),
        "code": _TEXT,
        "description": _TEXT,
        "unit": _TEXT,
        "tax": Spec(kind="number"),
        "category": Spec(kind="number"),
        "owner_id": _USER,
        "is_linkable": _BOOLEAN,
        "visible_to": _VISIBLE,
        "prices": Spec(kind="prices"),
        "billing_frequency": Spec(kind="text", choices=FREQUENCIES),
        "billing_frequency_cycles": Spec(kind="integer", null=True, low=1, high=208),
        "custom_fields": _CUSTOM,
    },
    filters={"owner_id": _INTEGER},
    sorts=("id", "name", "add_time", "update_time"),
    until=False,
)

PIPELINES = Entity(
    table="pipelines",
    noun="Pipeline",
    title="name",
    fields={
        "name": Spec(kind="text", required=True),
        "is_deal_probability_enabled": _BOOLEAN,
    },
    custom=False,
    ids=False,
    until=False,
    since=False,
)

STAGES = Entity(
    table="stages",
    noun="Stage",
    title="name",
    fields={
        "name": Spec(kind="text", required=True),
        "pipeline_id": Spec(kind="integer", required=True, ref="pipelines"),
        "deal_probability": Spec(kind="integer", low=0, high=100),
        "is_deal_rot_enabled": _BOOLEAN,
        "days_to_rotten": Spec(kind="integer", null=True, low=1),
    },
    filters={"pipeline_id": _INTEGER},
    sorts=("id", "update_time", "add_time", "order_nr"),
    custom=False,
    ids=False,
    until=False,
    since=False,
)

PROJECTS = Entity(
    table="projects",
    noun="Project",
    title="title",
    fields={
        "title": Spec(kind="text", required=True),
        "description": Spec(kind="text", null=True),
        "status": Spec(kind="text", choices=("open", "completed", "canceled")),
        "board_id": Spec(kind="integer", ref="boards"),
        "phase_id": Spec(kind="integer", ref="phases"),
        "owner_id": _USER,
        "start_date": Spec(kind="date", null=True),
        "end_date": Spec(kind="date", null=True),
        "deal_ids": _LABELS,
        "person_ids": _LABELS,
        "org_ids": _LABELS,
        "label_ids": _LABELS,
        "health_status": _WHOLE,
        "template_id": Spec(kind="integer", on="create"),
        "custom_fields": _CUSTOM,
    },
    readonly={"is_archived": False, "archive_time": None},
    filters={"status": _TEXT, **dict.fromkeys(("phase_id", "deal_id", "person_id", "org_id"), _INTEGER)},
    ids=False,
    until=False,
    since=False,
)
"""An add-on, and so not among the entities that every account has. Its statuses are ours: no source names them."""

ENTITIES = {e.table: e for e in (ORGANIZATIONS, PERSONS, DEALS, ACTIVITIES, PRODUCTS, PIPELINES, STAGES)}
"""All v2 record entities by table, which is also their path."""

DEAL_STATUS = {"status": _TEXT}
"""The deal list's status filter: open, won, lost, deleted, comma separated."""


def list_query(entity: Entity) -> dict[str, Spec]:
    """The query parameters that the entity's list takes."""
    query = {
        **entity.filters,
        "sort_by": Spec(kind="text", choices=entity.sorts),
        "sort_direction": Spec(kind="text", choices=("asc", "desc")),
        "limit": Spec(kind="integer", low=1, high=500),
        "cursor": _TEXT,
    }
    if entity.ids:
        query |= {"ids": _TEXT, "filter_id": _INTEGER}
    if entity.since:
        query["updated_since"] = _SINCE
    if entity.until:
        query["updated_until"] = _SINCE
    if entity.table == "deals":
        query |= DEAL_STATUS
    return query | get_query(entity)


def get_query(entity: Entity) -> dict[str, Spec]:
    """The query parameters that the entity's get takes, and its list as well."""
    query: dict[str, Spec] = {}
    if entity.optional:
        query["include_fields"] = _TEXT
    if entity.custom:
        query["custom_fields"] = _TEXT
    if entity.custom and entity.table != "products":
        query |= {"include_option_labels": _BOOLEAN, "include_labels": _BOOLEAN}
    return query
