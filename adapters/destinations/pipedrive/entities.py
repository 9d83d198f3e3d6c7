"""The record entities of contacts and sales, as data: their paths, their standard fields, how they are listed.

Source: Pipedrive's API descriptions v1 and v2 (August 2026) and its documentation; notes on single rows say where
servers behave differently from the description.
"""

from typing import Literal

import msgspec

from adapters.destinations.pipedrive.columns import (
    ADDED,
    ADDED_RO,
    CHANGED,
    FOLLOWERS,
    LABELS,
    OWNER,
    V1,
    V2,
    VISIBLE,
    Column,
    choice,
    link,
    moment,
    number,
    text,
)


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One record entity: where it lives and what it is made of.

    `fields_path` lists its fields; `owner` is the entity whose custom fields it carries (leads carry those of deals);
    `text` is the field that takes labelled lines and the mark where there are no custom fields, HTML or `plain` text.
    `parent`: the field that names the record inside whose path it lives, as in "/api/v2/deals/{}/products"; its ids are
    then "parent/own". `archive`: it has a list of archived records. `verb` and `form`: how it is updated. v1 lists:
    `page` rows at most, sorted by `oldest` or `newest`.
    """

    name: str
    label: str
    path: str
    columns: tuple[Column, ...]
    fields_path: str | None = None
    owner: str | None = None
    text: str | None = None
    plain: bool = False
    parent: str = ""
    archive: bool = False
    verb: Literal["PUT", "PATCH"] = "PATCH"
    form: bool = False
    page: int = 500
    oldest: str = "add_time ASC"
    newest: str = "add_time DESC"
    title: tuple[str, ...] = ()

    @property
    def v2(self) -> bool:
        """Whether the entity lives in API v2."""
        return self.path.startswith(V2)

    def column(self, key: str) -> Column | None:
        """The standard field of that key, or None."""
        return next((c for c in self.columns if c.key == key), None)

    @property
    def details(self) -> tuple[str, ...]:
        """The fields that are read and written by requests of their own."""
        return tuple(c.key for c in self.columns if c.detail)

    def at(self, id: str) -> str:
        """The path of one record."""
        parent, _, own = id.rpartition("/")
        return f"{self.path.format(parent)}/{own}"

    def id_of(self, row: dict[str, object]) -> str:
        """The id of a row of an answer."""
        return f"{row[self.parent]}/{row['id']}" if self.parent else str(row["id"])


ORGANIZATION = Entity(
    name="organization",
    label="Organization",
    path=f"{V2}/organizations",
    fields_path=f"{V2}/organizationFields",
    owner="organization",
    title=("name",),
    columns=(
        text("name", "Name", required=True),
        OWNER,
        ADDED,
        LABELS,
        Column(key="address", label="Address", kind="address", codec="address"),
        Column(key="website", label="Website", kind="url", codec="text", nullable=True),
        Column(key="linkedin", label="LinkedIn", kind="url", codec="text", nullable=True),
        Column(key="industry", label="Industry", kind="enum", codec="option"),
        number("annual_revenue", "Annual revenue"),
        number("employee_count", "Employees"),
        VISIBLE,
        CHANGED,
        FOLLOWERS,
        Column(
            key="parent_id", label="Parent organization", kind="reference", codec="id", target="organization",
            detail=True,
        ),
        Column(
            key="related_ids", label="Related organizations", kind="reference", codec="id", target="organization",
            many=True, detail=True,
        ),
    ),
)  # fmt: skip

PERSON = Entity(
    name="person",
    label="Person",
    path=f"{V2}/persons",
    fields_path=f"{V2}/personFields",
    owner="person",
    title=("name",),
    columns=(
        text("first_name", "First name"),
        text("last_name", "Last name"),
        text("name", "Name", required=True),
        OWNER,
        link("org_id", "Organization", "organization"),
        ADDED,
        Column(key="emails", label="Email", kind="email", codec="contacts", many=True),
        Column(key="phones", label="Phone", kind="phone", codec="contacts", many=True),
        LABELS,
        choice("marketing_status", "Marketing status", "no_consent", "unsubscribed", "subscribed", "archived"),
        text("job_title", "Job title", listed=True),
        Column(key="birthday", label="Birthday", kind="date", codec="date", listed=True),
        Column(key="notes", label="Notes", kind="longtext", codec="text", max_length=10_000, listed=True),
        Column(key="postal_address", label="Postal address", kind="address", codec="address", listed=True),
        VISIBLE,
        CHANGED,
        FOLLOWERS,
    ),
)

DEAL = Entity(
    name="deal",
    label="Deal",
    path=f"{V2}/deals",
    fields_path=f"{V2}/dealFields",
    owner="deal",
    archive=True,
    title=("title",),
    columns=(
        text("title", "Title", required=True),
        OWNER,
        link("person_id", "Contact person", "person", unclearable=False),
        link("org_id", "Organization", "organization", unclearable=False),
        link("pipeline_id", "Pipeline", "pipeline"),
        link("stage_id", "Stage", "stage"),
        # of a deal with products the server works it out from their lines
        Column(key="value", label="Value", kind="number", codec="number", computed="deal_product"),
        Column(key="currency", label="Currency", kind="text", codec="text", max_length=3),
        choice("status", "Status", "open", "won", "lost"),
        Column(key="probability", label="Probability", kind="percent", codec="number"),
        # "" was refused together with status open (seen live, September 2026)
        Column(key="lost_reason", label="Lost reason", kind="text", codec="text", max_length=255, nullable=True),
        # the server empties both when the status changes, and takes no null
        Column(key="won_time", label="Won time", kind="datetime", codec="datetime", unclearable=True),
        Column(key="lost_time", label="Lost time", kind="datetime", codec="datetime", unclearable=True),
        moment("close_time", "Close time"),
        # null is refused and "" is stored as 0000-00-00 (seen live, September 2026)
        Column(key="expected_close_date", label="Expected close date", kind="date", codec="date", unclearable=True),
        Column(key="is_archived", label="Archived", kind="boolean", codec="boolean"),
        Column(key="archive_time", label="Archive time", kind="datetime", codec="datetime-spaced"),
        LABELS,
        VISIBLE,
        ADDED_RO,
        CHANGED,
        moment("stage_change_time", "Last stage change", readonly=True),
        FOLLOWERS,
        # the deal's own person is no participant of its own
        Column(
            key="participants", label="Participants", kind="reference", codec="id", target="person", many=True,
            detail=True,
        ),
    ),
)  # fmt: skip

LEAD = Entity(
    name="lead",
    label="Lead",
    path=f"{V1}/leads",
    owner="deal",
    archive=True,
    title=("title",),
    columns=(
        text("title", "Title", required=True),
        OWNER,
        link("person_id", "Contact person", "person", unclearable=False),
        link("org_id", "Organization", "organization", wire="organization_id", unclearable=False),
        Column(key="label_ids", label="Labels", kind="multienum", codec="options-text", many=True),
        Column(key="value", label="Value", kind="money", codec="lead-money"),
        Column(key="expected_close_date", label="Expected close date", kind="date", codec="date"),
        Column(key="was_seen", label="Seen", kind="boolean", codec="boolean", unclearable=True),
        Column(key="visible_to", label="Visible to", kind="enum", codec="option-text"),
        Column(key="is_archived", label="Archived", kind="boolean", codec="boolean", unclearable=True, late=True),
        Column(key="source_name", label="Source", kind="text", codec="text", readonly=True),
        Column(key="origin_id", label="Origin", kind="text", codec="text", create_only=True),
        number("channel", "Channel"),
        Column(key="channel_id", label="Channel id", kind="text", codec="text", nullable=True),
        ADDED_RO,
        CHANGED,
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
        text("subject", "Subject", required=True),
        Column(key="type", label="Type", kind="enum", codec="option-text", required=True),
        OWNER,
        link("deal_id", "Deal", "deal"),
        link("lead_id", "Lead", "lead"),
        link("person_id", "Contact person", "person"),
        Column(
            key="participants",
            label="Other participants",
            kind="reference",
            codec="persons",
            target="person",
            many=True,
        ),
        link("org_id", "Organization", "organization"),
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
        ADDED_RO,
        CHANGED,
        moment("marked_as_done_time", "Marked as done", readonly=True),
    ),
)

NOTE = Entity(
    name="note",
    label="Note",
    path=f"{V1}/notes",
    text="content",
    verb="PUT",
    oldest="id ASC",
    title=("content",),
    columns=(
        Column(key="content", label="Content", kind="html", codec="text", required=True, max_length=100_000),
        link("deal_id", "Deal", "deal"),
        link("person_id", "Person", "person"),
        link("org_id", "Organization", "organization"),
        link("lead_id", "Lead", "lead"),
        Column(key="user_id", label="Author", kind="user", codec="id", unclearable=True),
        Column(key="add_time", label="Created", kind="datetime", codec="datetime-spaced", unclearable=True),
        CHANGED,
    ),
)
