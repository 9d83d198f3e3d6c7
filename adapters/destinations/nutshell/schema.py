"""The account as it is: one reading of its users, lists, pipelines and custom fields."""

from collections.abc import Mapping

from adapters.destinations.nutshell import fields as customs, limits
from adapters.destinations.nutshell.ask import PAGE, Row, listed, rows_of, rpc, rpc_listed
from adapters.destinations.nutshell.catalogue import BLOCK, ENTITIES, STATUSES, Column, Entity
from adapters.destinations.nutshell.learned import Learned, stageset_of
from adapters.destinations.nutshell.values import TEAM, ident
from adapters.protocols import Field, Flow, Json, ObjectSchema, Option, RefusedError, Schema

LISTS: dict[str, tuple[str, str]] = {
    "sources": ("/sources", "sources"),
    "competitors": ("/competitors", "competitors"),
    "industries": ("/industries", "industries"),
    "account_types": ("/accounttypes", "accountTypes"),
    "territories": ("/territories", "territories"),
    "activity_types": ("/activitytypes", "activityTypes"),
    "tags": ("/tags", "tags"),
}
"""The small lists of the account, by the name that `Column.choices` gives: path and key of the answer."""

CALLS = len(LISTS) + 8
"""What `schema` reads beside: users, markets, stagesets, stages, custom fields, outcomes, teams, the user itself."""

_STATES = tuple(Option(word, word.capitalize()) for word in STATUSES.values() if word != "pending")
_TAG_TYPES = {"1": "leads", "2": "contacts", "3": "accounts"}


def read_schema(learned: Learned, plan: str | None) -> Flow[Schema]:
    """Objects, users and facts of the account; `learned` learns on the way."""
    lists: dict[str, list[Row]] = {}
    for name, (path, key) in LISTS.items():
        lists[name] = yield from listed(path, key)
    yield from learned.learn_users()
    yield from learned.learn_markets()
    yield from learned.learn_outcomes()
    yield from learned.learn_custom()
    stagesets = yield from listed("/stagesets", "stagesets")
    stages = yield from listed("/stages", "stages")
    learned.stages = {ident(row) or "": stageset_of(row) for row in stages}
    teams = yield from rpc_listed("findTeams", "name")
    me = yield from _self()
    open_leads = (yield from _open_leads()) if plan in limits.OPEN_LEADS else None
    objects = tuple(_object(entity, learned, lists) for entity in ENTITIES.values())
    used = sum(len(known) for known in learned.custom.values())
    return Schema(
        system="nutshell",
        objects=objects,
        users=tuple((learned.users or {}).values()),
        account={
            "plan": plan,
            "currency": next(iter((learned.markets or {}).values()), None),
            "user": {"id": ident(me), "name": _name(me), "admin": bool(me.get("isAdministrator"))},
            "acting": learned.acting,
            "pipelines": pipelines(stagesets, stages),
            "activity_types": [
                {"id": ident(row), "key": ident(row), "label": row.get("name")} for row in lists["activity_types"]
            ],
            "currencies": list(dict.fromkeys((learned.markets or {}).values())),
            "teams": [{"id": f"{TEAM}:{ident(row)}", "label": row.get("name")} for row in teams],
            "outcomes": [{"id": o.id, "label": o.label, "status": o.status} for o in learned.outcomes or []],
        },
        lacks=limits.lacks(objects, plan, acting=learned.acting),
        caps=limits.caps(plan, used, open_leads),
    )


def pipelines(stagesets: list[Row], stages: list[Row]) -> list[dict[str, Json]]:
    """The account's pipelines in use with their stages, in order; the API tells of no probabilities."""
    in_use = [row for row in stagesets if int(row.get("status") or 1) == 1]
    return [
        {
            "id": ident(pipeline),
            "label": pipeline.get("name"),
            "probability": False,
            "default": bool(pipeline.get("default")),
            "stages": [
                {"id": ident(s), "label": s.get("name"), "probability": None, "order": s.get("position")}
                for s in sorted(stages, key=lambda s: (s.get("position") or 0, int(ident(s) or 0)))
                if stageset_of(s) == ident(pipeline)
            ],
        }
        for pipeline in sorted(in_use, key=lambda p: (not p.get("default"), int(ident(p) or 0)))
    ]


def _self() -> Flow[Row]:
    """The user that the key belongs to; nobody where it is a key of the company."""
    try:
        return (yield from rpc("getUser", {})) or {}
    except RefusedError:
        return {}


def _open_leads() -> Flow[int]:
    """How many leads are open, as far as the cap goes: no account has more."""
    query = {"query": {"status": 0}, "orderBy": "id", "limit": PAGE, "page": 1, "stubResponses": True}
    return len(rows_of((yield from rpc("findLeads", query))))


def _name(row: Row) -> str | None:
    name = row.get("name")
    return name.get("displayName") if isinstance(name, dict) else name


def _object(entity: Entity, learned: Learned, lists: Mapping[str, list[Row]]) -> ObjectSchema:
    known = learned.custom.get(entity.name, {}).values() if entity.custom else ()
    custom = [customs.field_of(field) for field in sorted(known, key=lambda field: field.position)]
    block = [Field(key=BLOCK, label="Labelled lines", kind="block")] if entity.text else []
    standard = [_standard(entity, column, learned, lists) for column in entity.columns]
    return ObjectSchema(
        name=entity.name,
        label=entity.label,
        fields=(*standard, *block, *custom),
        owner_field=next((c.key for c in entity.columns if c.key == "owner_id"), None),
        title=entity.title,
        custom_fields=entity.custom,
        block=BLOCK if entity.text else None,
    )


def _standard(entity: Entity, column: Column, learned: Learned, lists: Mapping[str, list[Row]]) -> Field:
    return Field(
        key=column.key,
        label=column.label,
        kind=column.kind,
        required=column.required,
        readonly=column.readonly,
        many=column.many,
        detail=column.detail,
        alternative=column.alternative,
        requires=column.requires,
        target=column.target,
        options=_options(entity, column, learned, lists),
    )


def _options(entity: Entity, column: Column, learned: Learned, lists: Mapping[str, list[Row]]) -> tuple[Option, ...]:
    if entity.name == "lead" and column.key == "status":
        return _STATES
    if column.choices == "outcomes":
        return tuple(Option(o.id, o.label) for o in learned.outcomes or [])
    rows = lists.get(column.choices, [])
    if column.choices == "tags":
        named = [r["name"] for r in rows if _TAG_TYPES.get(str(r.get("tagType")), r.get("tagType")) == entity.rest]
        return tuple(Option(name, name) for name in dict.fromkeys(named))
    return tuple(Option(ident(row) or "", str(row.get("name") or "")) for row in rows)
