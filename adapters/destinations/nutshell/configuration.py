"""Entities of configuration: custom fields and options can be made; pipelines and stages can only be read.

| entity                                          | id                      | children of a create |
| ----------------------------------------------- | ----------------------- | -------------------- |
| field {entity, label, kind, options}            | "lead/cf:<name>"        | options by label     |
| options {entity, field, labels: one}            | "lead/sources/<number>" | option by label      |
| pipeline {label}, stage {label, pipeline}       | number                  |                      |

The API neither changes nor deletes a custom field: what was made stays after a rollback.
"""

from collections.abc import Sequence

from adapters.destinations.nutshell import fields as customs, options
from adapters.destinations.nutshell.ask import listed
from adapters.destinations.nutshell.catalogue import ENTITIES, REST
from adapters.destinations.nutshell.fields import Custom
from adapters.destinations.nutshell.learned import Learned, stageset_of
from adapters.destinations.nutshell.records import refuse
from adapters.destinations.nutshell.values import ident
from adapters.protocols import Applied, Fields, Flow, Intent, Record, RefusedError, Request, Response

_IN_APP = "an administrator does it in the app under Setup; then read the schema again."


def create(entity: str, fields: Fields, learned: Learned) -> Flow[Applied]:
    """Create one entity of configuration."""
    if entity == "options":
        return (yield from options.create(fields))
    if entity == "field":
        return (yield from _create_field(fields, learned))
    refuse("no-api", f"Nutshell's API makes no {entity}: {_IN_APP}")


def update(entity: str, fields: Fields) -> Flow[Applied]:
    """Nothing of the configuration can be changed through the API."""
    del fields
    yield from ()
    refuse("no-api", f"Nutshell's API changes no {entity}: {_IN_APP}")


def delete(entity: str, id: str) -> Flow[Applied]:
    """Delete options; nothing else of the configuration can be deleted through the API."""
    if entity == "options":
        return (yield from options.delete(id))
    refuse("no-api", f"Nutshell's API deletes no {entity}: {id} stays, {_IN_APP}")


def fetch(entity: str, ids: Sequence[str], learned: Learned) -> Flow[dict[str, Record]]:
    """The live ones among `ids`."""
    if entity == "options":
        return (yield from options.fetch(ids))
    there = {record.id: record for record in (yield from read_all(entity, learned))}
    return {id: there[id] for id in ids if id in there}


def read_all(entity: str, learned: Learned) -> Flow[list[Record]]:
    """All live ones of an entity."""
    if entity == "options":
        return (yield from options.read_all())
    if entity == "field":
        yield from learned.learn_custom()
        every = ((owner, custom) for owner, known in learned.custom.items() for custom in known.values())
        return [Record(id=_id(owner, custom.name), values=_values(owner, custom)) for owner, custom in every]
    if entity == "pipeline":
        rows = yield from listed("/stagesets", "stagesets")
        return [Record(id=ident(row) or "", values={"label": row.get("name")}) for row in rows]
    rows = yield from listed("/stages", "stages")
    return [
        Record(id=ident(row) or "", values={"label": row.get("name"), "pipeline": stageset_of(row)}) for row in rows
    ]


def find(intent: Intent, learned: Learned) -> Flow[list[Applied]]:
    """What became of an intent: fields and options by name. Neither was there when the intent was recorded."""
    if intent.action == "create":
        if intent.entity == "options":
            return (yield from options.find(intent.fields))
        if intent.entity == "field":
            return (yield from _find_field(intent.fields, learned))
        return []
    live = yield from fetch(intent.entity, [intent.id], learned)
    if intent.action == "delete":
        return [] if live else [Applied(id=intent.id, answer=None)]
    return []


def _create_field(fields: Fields, learned: Learned) -> Flow[Applied]:
    """Create a custom field; where the server refuses the name of its type, once more by the other one."""
    entity = ENTITIES.get(fields["entity"])
    if entity is None or not entity.custom:
        refuse("no-custom-fields", f"Nutshell takes no custom fields on {fields['entity']!r} through its API.")
    yield from learned.learn_custom()
    if fields["label"] in learned.custom[entity.name]:
        refuse("exists", f"Nutshell's {entity.label.lower()} has a field {fields['label']!r} already: use that one.")
    types = customs.TYPES.get(fields["kind"], customs.TEXT)
    left = [type for type in types if type not in learned.refused_types] or list(types[-1:])
    type, *others = left
    path = f"{REST}/{entity.rest}/customfield"
    try:
        response = yield Request(method="POST", path=path, body=_body(fields, type))
    except RefusedError as error:
        if not others or error.verdict.status not in (400, 422):
            raise
        refused, type = type, others[0]
        response = yield Request(method="POST", path=path, body=_body(fields, type))
        learned.refused_types.add(refused)
    custom = _made(fields, type)
    learned.custom[entity.name][custom.name] = custom
    return _applied(entity.name, custom, response)


def _body(fields: Fields, type: str) -> Fields:
    body: Fields = {"name": fields["label"], "type": type}
    if type in ("Enum", "Decision"):
        body |= {"choices": _labels(fields), "isMultiple": fields["kind"] == "multienum"}
    return body


def _labels(fields: Fields) -> list[str]:
    return list(fields.get("options") or (customs.YES_NO if fields["kind"] == "boolean" else ()))


def _made(fields: Fields, type: str) -> Custom:
    """The field as its creation asked for it: the answer is not described."""
    picked = type in ("Enum", "Decision")
    return Custom(
        name=fields["label"],
        type=type,
        kind="multienum" if fields["kind"] == "multienum" else "enum" if picked else customs.KINDS[type],
        labels={label: label for label in _labels(fields)} if picked else {},
    )


def _applied(owner: str, custom: Custom, response: Response | None) -> Applied:
    labels = [option.label for option in customs.field_of(custom).options]
    answer = None if response is None else {"status": response.status, "body": response.body}
    children = {label: label for label in labels}
    return Applied(id=_id(owner, custom.name), answer=answer, values=_values(owner, custom), children=children)


def _values(owner: str, custom: Custom) -> Fields:
    field = customs.field_of(custom)
    return {
        "entity": owner,
        "key": field.key,
        "label": field.label,
        "kind": field.kind,
        "options": [option.label for option in field.options],
    }


def _id(owner: str, name: str) -> str:
    return f"{owner}/{customs.key_of(name)}"


def _find_field(fields: Fields, learned: Learned) -> Flow[list[Applied]]:
    """A field by its name: a create is sent only where there was none of that name."""
    yield from learned.learn_custom()
    custom = learned.custom.get(fields["entity"], {}).get(fields["label"])
    return [] if custom is None else [_applied(fields["entity"], custom, None)]
