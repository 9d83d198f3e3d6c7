"""What Pipedrive holds, as data: its entities, the order to load and to roll back in, and its custom fields."""

from adapters.destinations.pipedrive.attachments import FILE, REMOTE_FILE
from adapters.destinations.pipedrive.columns import V1, V2, Codec
from adapters.destinations.pipedrive.entities import ACTIVITY, DEAL, LEAD, NOTE, ORGANIZATION, PERSON, Entity
from adapters.destinations.pipedrive.goods import DEAL_PRODUCT, PRODUCT, VARIATION
from adapters.protocols import Kind

ENTITIES: dict[str, Entity] = {
    e.name: e
    for e in (
        PRODUCT, VARIATION, ORGANIZATION, PERSON, DEAL, LEAD, DEAL_PRODUCT, ACTIVITY, NOTE, FILE, REMOTE_FILE,
    )
}  # fmt: skip
"""The record entities by name, in load order."""

CONFIGURATION = ("activity_type", "field", "options", "pipeline", "stage")
"""Entities of configuration, in load order."""

ENTITY_ORDER: tuple[str, ...] = (*CONFIGURATION, *ENTITIES)
"""The order of a load: what is pointed at comes before what points at it."""

ROLLBACK_ORDER: tuple[str, ...] = (
    "deal_product", "remote_file", "file", "note", "activity", "lead", "deal", "person", "organization", "variation",
    "product", "options", "field", "stage", "pipeline", "activity_type",
)  # fmt: skip
"""The order of a rollback. Nothing cascades at Pipedrive: each record is deleted by itself."""

FIELD_OWNERS: dict[str, str] = {
    "product": "product",
    "organization": "organization",
    "person": "person",
    "deal": "deal",
    "lead": "deal",
}
"""Whose custom fields an entity takes; the others take none through the API."""

FIELD_PATHS: dict[str, str] = {owner: f"{V2}/{owner}Fields" for owner in ("product", "organization", "person", "deal")}
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
    "timerange": ("text", "clock-range"),
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
"""The `field_type` that a new custom field of a kind gets. There is no date-with-time type, no boolean, no file."""

TYPE_OF_TARGET: dict[str, str] = {"organization": "org", "person": "people"}
"""The `field_type` of a reference by its target. A reference to anything else is kept as text."""

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
