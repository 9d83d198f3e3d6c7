"""The account as it is: one reading of its fields, users, pipelines, types, labels and currencies."""

from typing import Any

from adapters.destinations.pipedrive.ask import Row, get, rows_v2
from adapters.destinations.pipedrive.caps import OPEN_DEALS, OPEN_LEADS, caps, count_open_records, limits
from adapters.destinations.pipedrive.catalogue import (
    ENTITIES,
    FIELD_OWNERS,
    FIELD_PATHS,
    LARGE_PLANS,
    SMALL_PLANS,
    TYPES,
    VISIBILITY,
)
from adapters.destinations.pipedrive.columns import V1, V2, Column
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import CustomFields, is_custom
from adapters.destinations.pipedrive.lacks import LACKS, of_plan
from adapters.destinations.pipedrive.records import BLOCK
from adapters.protocols import Field, Flow, Json, ObjectSchema, Option, Schema, User

READINGS = (
    f"{V2}/productFields",
    f"{V2}/organizationFields",
    f"{V2}/personFields",
    f"{V2}/dealFields",
    f"{V2}/activityFields",
    f"{V1}/users",
    f"{V1}/users/me",
    f"{V2}/pipelines",
    f"{V2}/stages",
    f"{V1}/activityTypes",
    f"{V1}/leadLabels",
    f"{V1}/currencies",
)
"""What `schema` reads, once each (lists longer than 500 take a second request)."""

COUNTS = (OPEN_DEALS, OPEN_LEADS)
"""What it reads besides where the plan is known, to tell how much of it is used; see `caps` for long lists."""


def readings(plan: str | None) -> tuple[str, ...]:
    """What one reading of the account asks for, under a plan."""
    return (*READINGS, *COUNTS) if limits(plan) else READINGS


def read_schema(custom: CustomFields, plan: str | None) -> Flow[Schema]:
    """Objects, users and facts of the account; `custom` learns the custom fields on the way."""
    listed: dict[str, list[Row]] = {}
    for entity in ENTITIES.values():
        if entity.fields_path:
            listed[entity.name] = yield from rows_v2(entity.fields_path)
    for owner in FIELD_PATHS:
        custom.remember(owner, listed[owner])
    users: list[Row] = (yield from get(f"{V1}/users")) or []
    me: Row = (yield from get(f"{V1}/users/me")) or {}
    pipelines = yield from read_pipelines()
    types: list[Row] = (yield from get(f"{V1}/activityTypes")) or []
    labels: list[Row] = (yield from get(f"{V1}/leadLabels")) or []
    currencies: list[Row] = (yield from get(f"{V1}/currencies")) or []
    open_records = (yield from count_open_records()) if limits(plan) else 0
    fields = sum(is_custom(row["field_code"]) for owner in FIELD_PATHS for row in listed[owner])
    listed["lead"] = _lead_fields(listed["deal"], labels)
    type_options = tuple(Option(t["key_string"], t["name"]) for t in types if t.get("active_flag", True))
    return Schema(
        system="pipedrive",
        objects=tuple(_object(e, listed.get(e.name, []), plan, type_options) for e in ENTITIES.values()),
        users=tuple(
            User(id=str(u["id"]), name=u["name"], email=u.get("email") or "", active=_active(u)) for u in users
        ),
        account={
            "company": me.get("company_name"),
            "domain": me.get("company_domain"),
            "plan": plan,
            "currency": me.get("default_currency"),
            "timezone": me.get("timezone_name"),
            "user": {"id": str(me.get("id", "")), "name": me.get("name"), "admin": _admin(me)},
            "contact_sync": any(row["field_code"] == "job_title" for row in listed["person"]),
            "pipelines": pipelines,
            "activity_types": [
                {"id": str(t["id"]), "key": t["key_string"], "label": t["name"]}
                for t in types
                if t.get("active_flag", True)
            ],
            "lead_labels": [{"id": str(row["id"]), "label": row["name"], "color": row.get("color")} for row in labels],
            "currencies": [c["code"] for c in currencies if c.get("active_flag", True)],
        },
        lacks=(*LACKS, *of_plan(plan)),
        caps=caps(plan, sum(map(_active, users)), fields, open_records),
    )


def read_pipelines() -> Flow[list[dict[str, Json]]]:
    """Live pipelines with their live stages, both in the order of the account."""
    pipelines = yield from rows_v2(f"{V2}/pipelines")
    stages = yield from rows_v2(f"{V2}/stages")
    return [
        {
            "id": str(pipeline["id"]),
            "label": pipeline["name"],
            "probability": bool(pipeline.get("is_deal_probability_enabled")),
            "stages": [
                {
                    "id": str(stage["id"]),
                    "label": stage["name"],
                    "probability": stage.get("deal_probability"),
                    "order": stage.get("order_nr"),
                }
                for stage in sorted(stages, key=lambda s: (s.get("order_nr") or 0, s["id"]))
                if stage["pipeline_id"] == pipeline["id"] and not stage.get("is_deleted")
            ],
        }
        for pipeline in sorted(pipelines, key=lambda p: (p.get("order_nr") or 0, p["id"]))
        if not pipeline.get("is_deleted")
    ]


def custom_field(row: Row) -> Field:
    """A custom field of a v2 field list as a `Field`."""
    kind, _ = TYPES.get(row["field_type"], ("text", "raw"))
    return Field(
        key=row["field_code"],
        label=row["field_name"],
        kind=kind,
        custom=True,
        readonly=row["field_type"] not in TYPES,
        many=kind == "multienum",
        target={"org": "organization", "people": "person"}.get(row["field_type"]),
        options=options(row),
        max_length=255 if row["field_type"] in ("varchar", "varchar_auto", "phone") else None,
    )


def options(row: Row) -> tuple[Option, ...]:
    """The options of a row of a field list."""
    return tuple(Option(str(option["id"]), option["label"]) for option in row.get("options") or [])


def _object(entity: Entity, listed: list[Row], plan: str | None, types: tuple[Option, ...]) -> ObjectSchema:
    by_code = {row["field_code"]: row for row in listed}
    standard = [
        _standard(entity, column, by_code.get(column.key), plan, types)
        for column in entity.columns
        if not column.listed or column.key in by_code
    ]
    custom = [custom_field(row) for row in listed if is_custom(row["field_code"])] if entity.owner else []
    block = [Field(key=BLOCK, label="Labelled lines", kind="block")] if entity.text else []
    return ObjectSchema(
        name=entity.name,
        label=entity.label,
        fields=(*standard, *block, *custom),
        owner_field=next((c.key for c in entity.columns if c.kind == "user" and not c.many and not c.readonly), None),
        title=entity.title,
        custom_fields=entity.name in FIELD_OWNERS,
        block=BLOCK if entity.text else None,
    )


def _standard(entity: Entity, column: Column, row: Row | None, plan: str | None, types: tuple[Option, ...]) -> Field:
    return Field(
        key=column.key,
        label=(row or {}).get("field_name") or column.label,
        kind=column.kind,
        required=column.required,
        readonly=column.readonly,
        many=column.many,
        detail=column.detail,
        computed=column.computed,
        target=column.target,
        alternative=column.alternative,
        requires=column.requires,
        options=_standard_options(entity, column, row, plan, types),
        max_length=column.max_length,
    )


def _standard_options(
    entity: Entity, column: Column, row: Row | None, plan: str | None, types: tuple[Option, ...]
) -> tuple[Option, ...]:
    if column.key == "visible_to":
        meaning = visibility(plan)
        return tuple(Option(*item) for item in meaning.items()) if meaning else options(row or {})
    if column.choices:
        return tuple(Option(word, word.replace("_", " ").capitalize()) for word in column.choices)
    if entity.name == "activity" and column.key == "type":
        return types
    return options(row or {}) if column.kind in ("enum", "multienum") else ()


def visibility(plan: str | None) -> dict[str, str]:
    """What the values of `visible_to` mean under a plan; empty where the plan is not known."""
    name = (plan or "").lower()
    if name in SMALL_PLANS:
        return VISIBILITY["small"]
    return VISIBILITY["large"] if name in LARGE_PLANS else {}


def _lead_fields(deal: list[Row], labels: list[Row]) -> list[Row]:
    """The field list of leads: the custom fields of deals, and the lead labels as options."""
    named: dict[str, Any] = {
        "field_code": "label_ids",
        "field_name": "Labels",
        "field_type": "set",
        "options": [{"id": label["id"], "label": label["name"]} for label in labels],
    }
    return [named, *(row for row in deal if is_custom(row["field_code"]))]


def _active(user: Row) -> bool:
    return bool(user.get("active_flag", True)) and not user.get("is_deleted")


def _admin(user: Row) -> bool:
    return any(access.get("admin") for access in user.get("access") or [])
