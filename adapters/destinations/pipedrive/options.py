"""Options of pick-lists: custom fields (v2), system fields such as labels (v1, all options in one PUT), lead labels.

An id is "entity/field/option", several options of one batch are separated by commas: "person/label_ids/7,8".
"""

from collections.abc import Sequence

from adapters.destinations.pipedrive.ask import Row, data, get, rows_v1, rows_v2
from adapters.destinations.pipedrive.catalogue import FIELD_OWNERS, FIELD_PATHS, V1_FIELD_PATHS
from adapters.destinations.pipedrive.columns import V1
from adapters.destinations.pipedrive.fields import is_custom
from adapters.destinations.pipedrive.records import refuse
from adapters.destinations.pipedrive.writing import delete as delete_at
from adapters.protocols import Applied, Fields, Flow, InDoubtError, Json, Record, Request

LEAD_LABELS = f"{V1}/leadLabels"
_COLOR = "gray"
_V1_KEYS = {"label_ids": "label"}


def create(fields: Fields) -> Flow[Applied]:
    """Add labels to a pick-list, in one request. Labels that it has already are not added twice.

    Lead labels are made one by one: `labels` of more than one are refused there.
    """
    entity, field = _place(fields["entity"], fields["field"])
    labels: list[str] = list(dict.fromkeys(fields["labels"]))
    system = None if entity == "lead" or is_custom(field) else (yield from _system_field(entity, field))
    present = _ids(system) if system else (yield from _present(entity, field))
    new = [label for label in labels if label not in present]
    if not new:
        return _applied(entity, field, [], {label: present[label] for label in labels}, None)
    if entity == "lead":
        if len(new) > 1:
            refuse("one-label", "Pipedrive makes lead labels one at a time: create an options entity for each.")
        body = {"name": new[0], "color": fields.get("color") or _COLOR}
        response = yield Request(method="POST", path=LEAD_LABELS, body=body)
        made = [{"id": data(response)["id"], "label": new[0]}]
    elif system is None:
        path = f"{FIELD_PATHS[entity]}/{field}/options"
        response = yield Request(method="POST", path=path, body=[{"label": label} for label in new])
        made = data(response) or []
    else:
        kept = [{"id": option["id"], "label": option["label"]} for option in system.get("options") or []]
        body = {"options": [*kept, *({"label": label} for label in new)]}
        response = yield Request(method="PUT", path=f"{V1_FIELD_PATHS[entity]}/{system['id']}", body=body)
        made = data(response).get("options") or []
    ids = {option["label"]: str(option["id"]) for option in made if option["label"] in new}
    if ids.keys() != set(new):
        raise InDoubtError(f"Pipedrive said yes to options of {entity} {field} but did not name all of them.")
    children = {label: ids[label] if label in ids else present[label] for label in labels}
    return _applied(entity, field, list(ids.values()), children, response.body)


def delete(id: str) -> Flow[Applied]:
    """Delete the options of an id that are still there."""
    entity, field, ids = split_id(id)
    if entity == "lead":
        if len(ids) > 1:
            refuse("one-label", "Pipedrive deletes lead labels one at a time: give one id.")
        return (yield from delete_at(f"{LEAD_LABELS}/{ids[0]}", id))
    if is_custom(field):
        present = {option for _, option in (yield from _all(entity, field))}
        left = [option for option in ids if option in present]
        if not left:
            return Applied(id=id, answer=None)
        body = [{"id": int(option)} for option in left]
        return (yield from delete_at(f"{FIELD_PATHS[entity]}/{field}/options", id, body))
    row = yield from _system_field(entity, field)
    options = row.get("options") or []
    kept = [{"id": o["id"], "label": o["label"]} for o in options if str(o["id"]) not in ids]
    if len(kept) == len(options):
        return Applied(id=id, answer=None)
    response = yield Request(method="PUT", path=f"{V1_FIELD_PATHS[entity]}/{row['id']}", body={"options": kept})
    return Applied(id=id, answer=response.body)


def fetch(ids: Sequence[str]) -> Flow[dict[str, Record]]:
    """The ids of which at least one option is still there, with the labels that are left."""
    records: dict[str, Record] = {}
    present: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for id in ids:
        entity, field, options = split_id(id)
        if (entity, field) not in present:
            present[entity, field] = yield from _all(entity, field)
        labels = [label for label, option in present[entity, field] if option in options]
        if labels:
            records[id] = Record(id=id, values={"entity": entity, "field": field, "labels": labels})
    return records


def find(fields: Fields) -> Flow[list[Applied]]:
    """The options that an intent was to add, when all of them are there (a batch is applied as a whole).

    A pick-list that has a label several times holds several copies; a label that it has once is of the first.
    """
    entity, field = _place(fields["entity"], fields["field"])
    ids: dict[str, list[str]] = {label: [] for label in fields["labels"]}
    for label, id in (yield from _all(entity, field)):
        if label in ids:
            ids[label].append(id)
    copies = max(map(len, ids.values()), default=0) if all(ids.values()) else 0
    return [_copy(entity, field, ids, place) for place in range(copies)]


def _copy(entity: str, field: str, ids: dict[str, list[str]], place: int) -> Applied:
    own = [found[place] for found in ids.values() if place < len(found)]
    children = {label: found[min(place, len(found) - 1)] for label, found in ids.items()}
    return _applied(entity, field, own, children, None)


def read_all() -> Flow[list[Record]]:
    """Every option of every custom pick-list and of the labels, each by itself."""
    records: list[Record] = []
    for entity, path in FIELD_PATHS.items():
        for row in (yield from rows_v2(path)):
            if is_custom(row["field_code"]) or row["field_code"] == "label_ids":
                records += _records(entity, row["field_code"], row.get("options") or [])
    labels = (yield from get(LEAD_LABELS)) or []
    return records + _records("lead", "label_ids", [{"id": row["id"], "label": row["name"]} for row in labels])


def split_id(id: str) -> tuple[str, str, list[str]]:
    """Entity, field and option ids of an id."""
    entity, field, options = [*id.split("/", 2), "", ""][:3]
    if entity not in FIELD_OWNERS or not field or not options:
        refuse("bad-id", f"{id!r} is no id of options: those read like 'deal/<field>/<option>'.")
    return entity, field, options.split(",")


def _place(entity: str, field: str) -> tuple[str, str]:
    """Where a pick-list lives: a lead's custom fields are those of deals, only its labels are its own."""
    if entity not in FIELD_OWNERS:
        refuse("no-options", f"Pipedrive takes no new options on {entity!r} through its API.")
    return (entity if field == "label_ids" else FIELD_OWNERS[entity]), field


def _present(entity: str, field: str) -> Flow[dict[str, str]]:
    """The ids of a pick-list's options by label."""
    return dict((yield from _all(entity, field)))


def _all(entity: str, field: str) -> Flow[list[tuple[str, str]]]:
    """Label and id of all options of a pick-list."""
    if entity == "lead":
        rows: list[Row] = (yield from get(LEAD_LABELS)) or []
        return [(row["name"], str(row["id"])) for row in rows]
    if is_custom(field):
        row = yield from get(f"{FIELD_PATHS[entity]}/{field}")
    else:
        row = yield from _system_field(entity, field)
    return [(option["label"], str(option["id"])) for option in row.get("options") or []]


def _ids(row: Row) -> dict[str, str]:
    """The ids of a field's options by label."""
    return {option["label"]: str(option["id"]) for option in row.get("options") or []}


def _system_field(entity: str, field: str) -> Flow[Row]:
    """A system field as v1 knows it: its number is what a PUT needs."""
    keys = {field, _V1_KEYS.get(field, field)}
    for row in (yield from rows_v1(V1_FIELD_PATHS[entity])):
        if row["key"] in keys:
            return row
    refuse("unknown-field", f"Pipedrive's {entity} has no field {field!r}: read the schema again.")


def _applied(entity: str, field: str, ids: list[str], children: dict[str, str], answer: Json) -> Applied:
    values = {"entity": entity, "field": field, "labels": list(children)}
    return Applied(id=f"{entity}/{field}/{','.join(ids) or '-'}", answer=answer, values=values, children=children)


def _records(entity: str, field: str, options: list[Row]) -> list[Record]:
    return [
        Record(
            id=f"{entity}/{field}/{option['id']}",
            values={"entity": entity, "field": field, "labels": [option["label"]]},
        )
        for option in options
    ]
