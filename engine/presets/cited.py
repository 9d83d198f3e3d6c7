"""What the vendor's own pages print about the five pairs: cited figures, kept as they stand, and never used as ours.

They stand beside an estimate, so that a reader sees both. Where a page contradicts itself, both of its figures are
here. Source: the five pages that came with the project, one a pair.
"""

import msgspec

Row = tuple[str, str, str, str]
"""One line of a page's object table: object, what it becomes, "1:1" | "1:many" | "lossy", its support in words."""

FULL, MAPPED, NONE = "Fully supported", "Mapping required", "Not supported"


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """One page. one_to_one of objects: as printed at its head. mapped: "n of m need a mapping", further down.

    grade: of the whole; parts: where the page prints them. timeline: in its own words. custom_objects: whether the page
    counts on objects of the customer's own.
    """

    one_to_one: int
    objects: int
    mapped: str
    grade: str
    timeline: str
    rows: tuple[Row, ...]
    parts: dict[str, str] = {}
    custom_objects: bool = False

    def words(self) -> tuple[tuple[str, str], ...]:
        """What the page prints, as label and text."""
        parts = ", ".join(f"{name} {grade}" for name, grade in self.parts.items())
        return (
            ("Objects that move one to one", f"{self.one_to_one} of {self.objects}"),
            ("Further down the page", f"{self.mapped} objects need a mapping"),
            ("Grade", f"{self.grade} ({parts})" if parts else self.grade),
            ("Timeline", self.timeline),
        )


_PRO_SALES = Cited(
    one_to_one=6,
    objects=8,
    mapped="1 of 8",
    grade="B",
    timeline="1-3 weeks",
    rows=(
        ("Contact", "Person", "1:1", FULL),
        ("Company", "Organization", "1:1", FULL),
        ("Owner", "User", "1:1", FULL),
        ("Deal", "Deal", "1:1", FULL),
        ("Pipeline Stages", "Pipeline Stages", "lossy", MAPPED),
        ("Activities (calls, notes, tasks)", "Activities", "1:1", FULL),
        ("Tags/Labels", "Tags", "1:1", MAPPED),
        ("Custom Properties", "Custom Fields", "lossy", MAPPED),
    ),
)

_IMPROVEIT = Cited(
    one_to_one=12,
    objects=12,
    mapped="2 of 8",
    grade="B",
    timeline="24-48 hours; further down 2-7 days",
    rows=(
        ("Person (Contact)", "Person", "1:1", FULL),
        ("Person (Deal-linked)", "Lead", "1:1", FULL),
        ("Company", "Company", "1:1", FULL),
        ("Lead / Prospect", "Lead", "1:1", FULL),
        ("Deal / Opportunity", "Lead", "1:1", FULL),
        ("Deal Stage / Pipeline", "Lead Status + Custom Field", "1:1", FULL),
        ("Lifecycle Stage (custom property)", "Custom Field (Lead)", "1:1", FULL),
        ("Email Activity", "Task", "1:1", FULL),
        ("Call / Meeting Activity", "Task", "1:1", FULL),
        ("Note / Attachment", "Note / Attachment", "1:1", FULL),
        ("Custom Field / Property", "Custom Field", "1:1", FULL),
        ("Project / Job Costing Record", "Task + Custom Fields", "1:1", FULL),
    ),
)

_PROMOX = Cited(
    one_to_one=6,
    objects=10,
    mapped="4 of 8",
    grade="C",
    timeline="2-4 weeks",
    custom_objects=True,
    rows=(
        ("Lead", "Lead", "1:1", FULL),
        ("Client (Contact)", "Person", "1:1", FULL),
        ("Pipeline", "Pipeline + Stage", "lossy", FULL),
        ("Project", "Deal (with custom fields)", "1:many", FULL),
        ("Commission Records", "Custom field on Person or Deal", "lossy", MAPPED),
        ("Task", "Activity", "1:1", FULL),
        ("Presentation", "File attachment on Deal or Person", "lossy", FULL),
        ("Custom Objects", "Custom fields or custom Pipedrive objects", "1:1", MAPPED),
        ("Owner", "User", "1:1", FULL),
        ("Reports and Dashboards", "Not migrated (data export provided)", "1:1", NONE),
    ),
)

_SMART = Cited(
    one_to_one=9,
    objects=12,
    mapped="3 of 8",
    grade="B",
    timeline="3-5 weeks",
    parts={
        "object compatibility": "B",
        "mapping clarity": "C",
        "timeline": "B",
        "API limits": "B",
        "data volume": "B",
    },
    rows=(
        ("Contact", "Person", "1:1", FULL),
        ("Company", "Organization", "1:1", FULL),
        ("Deal", "Deal", "1:1", FULL),
        ("Pipeline Stage", "Pipeline Stage", "lossy", FULL),
        ("Activity: Call", "Activity (Call subtype)", "1:1", FULL),
        ("Activity: Email", "Activity (Email subtype)", "1:1", FULL),
        ("Activity: Meeting", "Activity (Meeting subtype)", "1:1", FULL),
        ("Activity: Task", "Activity (Task subtype)", "1:1", FULL),
        ("Note", "Activity (Note subtype)", "1:1", FULL),
        ("Tag", "Label", "lossy", FULL),
        ("Owner", "User", "1:1", FULL),
        ("Custom Property", "Custom Field", "lossy", FULL),
    ),
)

_RESULTS = Cited(
    one_to_one=7,
    objects=10,
    mapped="3 of 8",
    grade="B",
    timeline="2-3 weeks",
    rows=(
        ("Company", "Organization", "1:1", FULL),
        ("Contact", "Person", "1:1", FULL),
        ("Deal", "Deal", "1:1", FULL),
        ("Pipeline", "Pipeline", "lossy", FULL),
        ("Activity", "Activity", "1:1", FULL),
        ("Custom Field", "Custom Field", "lossy", FULL),
        ("Owner", "User", "1:1", FULL),
        ("Attachment", "ContentDocument", "lossy", FULL),
        ("Company-Deal linkage", "Deal-Organization WhatId", "1:1", FULL),
        ("Product", "Product", "1:1", FULL),
    ),
)

CITED: dict[tuple[str, str], Cited] = {
    ("pro-sales-crm", "nutshell"): _PRO_SALES,
    ("improveit-360", "nutshell"): _IMPROVEIT,
    ("promoxcrm", "pipedrive"): _PROMOX,
    ("smart-crm-online", "pipedrive"): _SMART,
    ("results", "pipedrive"): _RESULTS,
}
"""By source and destination."""
