"""Entities of configuration: fields, options, pipelines, stages, activity types.

Ids tell where each lives:

| entity                           | id                                 | children of a create            |
| -------------------------------- | ---------------------------------- | ------------------------------- |
| field {entity, label, kind, options, target} | "deal/<40 hex>"        | option ids by label             |
| options {entity, field, labels}  | "deal/<field>/<option>[,<option>]" | option ids by label             |
| pipeline {label, probability: shown?} | number                        | ids of stages it came with      |
| stage {label, pipeline, probability} | number                         |                                 |
| activity_type {label}            | number                             | its key (what `type` holds) by label |
"""

from collections.abc import Sequence
from typing import Any, Literal

from adapters.destinations.pipedrive import options
from adapters.destinations.pipedrive.ask import Row, data, get, rows_v1, rows_v2
from adapters.destinations.pipedrive.catalogue import (
    FIELD_OWNERS,
    FIELD_PATHS,
    TYPE_OF_KIND,
    TYPE_OF_TARGET,
    V1_FIELD_PATHS,
)
from adapters.destinations.pipedrive.columns import V1, V2
from adapters.destinations.pipedrive.fields import CustomFields, is_custom
from adapters.destinations.pipedrive.records import refuse
from adapters.destinations.pipedrive.schema import custom_field
from adapters.destinations.pipedrive.values import moment
from adapters.destinations.pipedrive.writing import delete as delete_at
from adapters.protocols import (
    AdapterError,
    Applied,
    Fields,
    Flow,
    InDoubtError,
    Intent,
    Record,
    Request,
    Response,
)

PATHS = {"pipeline": f"{V2}/pipelines", "stage": f"{V2}/stages", "activity_type": f"{V1}/activityTypes"}

_WIRE = {
    "pipeline": {"label": "name", "probability": "is_deal_probability_enabled"},
    "stage": {"label": "name", "pipeline": "pipeline_id", "probability": "deal_probability"},
    "activity_type": {"label": "name", "icon": "icon_key", "color": "color"},
}
_ICON = "task"
_YES_NO = ("Yes", "No")


def create(entity: str, fields: Fields, custom: CustomFields) -> Flow[Applied]:
    """Create one entity of configuration."""
    if entity == "options":
        return (yield from options.create(fields))
    if entity == "field":
        return (yield from _create_field(fields, custom))
    response = yield Request(method="POST", path=PATHS[entity], body=_body(entity, fields, create=True))
    made = _applied(entity, response)
    if entity == "pipeline":
        return Applied(id=made.id, answer=made.answer, values=made.values, children=(yield from _own_stages(made.id)))
    return made


def update(entity: str, id: str, fields: Fields) -> Flow[Applied]:
    """Rename, or change the probability of a stage. Options are added and deleted, never changed."""
    if entity == "options":
        refuse("options-update", "Options are created and deleted; to rename one is not supported.")
    if entity == "field":
        owner, key = _parted(id)
        path = f"{FIELD_PATHS[owner]}/{key}"
        response = yield Request(method="PATCH", path=path, body={"field_name": fields["label"]})
        return _applied_field(owner, response)
    method: Literal["PUT", "PATCH"] = "PUT" if entity == "activity_type" else "PATCH"
    body = _body(entity, fields, create=False)
    response = yield Request(method=method, path=f"{PATHS[entity]}/{id}", body=body)
    return _applied(entity, response)


def delete(entity: str, id: str) -> Flow[Applied]:
    """Delete one entity of configuration; what is gone already is a success."""
    if entity == "options":
        return (yield from options.delete(id))
    if entity == "field":
        owner, key = _parted(id)
        return (yield from delete_at(f"{FIELD_PATHS[owner]}/{key}", id))
    return (yield from delete_at(f"{PATHS[entity]}/{id}", id))


def fetch(entity: str, ids: Sequence[str]) -> Flow[dict[str, Record]]:
    """The live ones among `ids`."""
    if entity == "options":
        return (yield from options.fetch(ids))
    owners = {_parted(id)[0] for id in ids} if entity == "field" else set()
    rows = yield from _rows(entity, owners)
    return {id: Record(id=id, values=_values(entity, rows[id])) for id in ids if id in rows}


def read_all(entity: str) -> Flow[list[Record]]:
    """All live ones of an entity: fields are the custom ones, options those of every pick-list."""
    if entity == "options":
        return (yield from options.read_all())
    rows = yield from _rows(entity, set(FIELD_PATHS))
    return [Record(id=id, values=_values(entity, row)) for id, row in rows.items()]


def find(intent: Intent, since: str, custom: CustomFields) -> Flow[list[Applied]]:
    """What became of an intent: by label, parent and time of creation; updates and deletes by reading."""
    if intent.action != "create":
        live = yield from fetch(intent.entity, [intent.id])
        if intent.action == "delete":
            return [] if live else [Applied(id=intent.id, answer=None)]
        return [
            Applied(id=record.id, answer=None, values=record.values)
            for record in live.values()
            if all(str(record.values.get(key)) == str(value) for key, value in intent.fields.items())
        ]
    if intent.entity == "options":
        return (yield from options.find(intent.fields))
    if intent.entity == "field":
        return (yield from _find_field(intent.fields, since, custom))
    found = []
    for id, row in (yield from _rows(intent.entity, set())).items():
        if _young(row, since) and _matches(row, _body(intent.entity, intent.fields, create=False)):
            children = (yield from _own_stages(id)) if intent.entity == "pipeline" else _children(intent.entity, row)
            found.append(Applied(id=id, answer={"data": row}, values=_values(intent.entity, row), children=children))
    return found


def _create_field(fields: Fields, custom: CustomFields) -> Flow[Applied]:
    owner = FIELD_OWNERS.get(fields["entity"])
    if owner is None:
        refuse("no-custom-fields", f"Pipedrive takes no custom fields on {fields['entity']!r} through its API.")
    body: Row = {"field_name": fields["label"], "field_type": field_type(fields)}
    if labels := _labels(fields):
        body["options"] = [{"label": label} for label in labels]
    response = yield Request(method="POST", path=FIELD_PATHS[owner], body=body)
    made = _applied_field(owner, response)
    custom.remember(owner, [data(response)])
    return made


def field_type(fields: Fields) -> str:
    """Pipedrive's type of a new field of a kind; a reference to neither person nor organization is kept as text."""
    kind, target = fields["kind"], fields.get("target")
    if kind not in TYPE_OF_KIND:
        refuse("no-type", f"Pipedrive has no custom field for a {kind}.")
    if kind == "reference" and target:
        return TYPE_OF_TARGET.get(target, "varchar")
    return TYPE_OF_KIND[kind]


def _labels(fields: Fields) -> list[str]:
    if field_type(fields) not in ("enum", "set"):
        return []
    return list(fields.get("options") or (_YES_NO if fields["kind"] == "boolean" else ()))


def _applied_field(owner: str, response: Response) -> Applied:
    row = data(response)
    if not isinstance(row, dict) or not row.get("field_code"):
        raise InDoubtError("Pipedrive said yes to a field but named no field.")
    return _field(owner, row, response.body)


def _field(owner: str, row: Row, answer: Any) -> Applied:
    children = {option["label"]: str(option["id"]) for option in row.get("options") or []}
    return Applied(
        id=f"{owner}/{row['field_code']}", answer=answer, values=_field_values(owner, row), children=children
    )


def _field_values(owner: str, row: Row) -> Fields:
    field = custom_field(row)
    return {
        "entity": owner,
        "key": field.key,
        "label": field.label,
        "kind": field.kind,
        "options": [option.label for option in field.options],
    }


def _find_field(fields: Fields, since: str, custom: CustomFields) -> Flow[list[Applied]]:
    """A field by label, type and time of creation, from the v1 list: that of v2 does not tell when a field was made."""
    owner = FIELD_OWNERS.get(fields["entity"])
    if owner is None:
        return []
    found = []
    for row in (yield from rows_v1(V1_FIELD_PATHS[owner])):
        row = {**row, "field_code": row["key"], "field_name": row["name"]}
        alike = row["name"] == fields["label"] and row["field_type"] == field_type(fields) and is_custom(row["key"])
        if alike and _young(row, since) and row.get("active_flag") is not False:
            custom.remember(owner, [row])
            found.append(_field(owner, row, {"data": row}))
    return found


def _body(entity: str, fields: Fields, *, create: bool) -> Row:
    body = {_WIRE[entity][key]: value for key, value in fields.items() if value is not None}
    if "pipeline_id" in body:
        body["pipeline_id"] = int(body["pipeline_id"])
    if "deal_probability" in body:
        body["deal_probability"] = round(float(body["deal_probability"]))
    if create and entity == "activity_type":
        body = {"icon_key": _ICON, **body}
    return body


def _applied(entity: str, response: Response) -> Applied:
    row = data(response)
    if not isinstance(row, dict) or row.get("id") is None:
        raise InDoubtError(f"Pipedrive said yes to a {entity.replace('_', ' ')} but named none.")
    values = _values(entity, row)
    return Applied(id=str(row["id"]), answer=response.body, values=values, children=_children(entity, row))


def _children(entity: str, row: Row) -> dict[str, str]:
    return {row["name"]: row["key_string"]} if entity == "activity_type" else {}


def _own_stages(pipeline: str) -> Flow[dict[str, str]]:
    """The stages that a new pipeline came with. The pipeline exists, so a failure to look is no failure to create."""
    try:
        rows = yield from rows_v2(PATHS["stage"], {"pipeline_id": pipeline})
    except AdapterError:
        return {}
    return {row["name"]: str(row["id"]) for row in rows if not row.get("is_deleted")}


def _values(entity: str, row: Row) -> Fields:
    if entity == "field":
        return _field_values(row["owner"], row)
    values: Fields = {"label": row["name"]}
    if entity == "stage":
        values |= {"pipeline": str(row["pipeline_id"]), "probability": row.get("deal_probability")}
    if entity == "activity_type":
        values["key"] = row.get("key_string")
    return values


def _rows(entity: str, owners: set[str]) -> Flow[dict[str, Row]]:
    if entity == "field":
        found: dict[str, Row] = {}
        for owner in sorted(owners):
            rows = yield from rows_v2(FIELD_PATHS[owner])
            custom = (row for row in rows if is_custom(row["field_code"]))
            found |= {f"{owner}/{row['field_code']}": {**row, "owner": owner} for row in custom}
        return found
    if entity == "activity_type":
        rows = (yield from get(PATHS[entity])) or []
    else:
        rows = yield from rows_v2(PATHS[entity])
    return {str(row["id"]): row for row in rows if not row.get("is_deleted") and row.get("active_flag") is not False}


def _young(row: Row, since: str) -> bool:
    return (moment(row.get("add_time") or "") or since) >= since


def _matches(row: Row, body: Row) -> bool:
    return all(row.get(key) == value for key, value in body.items() if key != "icon_key")


def _parted(id: str) -> tuple[str, str]:
    owner, _, key = id.partition("/")
    if owner not in FIELD_PATHS or not is_custom(key):
        refuse("bad-id", f"{id!r} is no id of a custom field: those read like 'deal/<40 hex digits>'.")
    return owner, key
