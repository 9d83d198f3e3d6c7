"""Options of pick-lists that the API can extend: tags of companies, people and leads, and sources of leads.

One label a request. An id is "entity/field/option": the option of a source is its number, that of a tag its name,
percent-encoded, since records name their tags by name. What is there already is not made again: `newTag` fails for such
a name, and `newSource` would give the account's own, which a rollback must not take for ours.
"""

from collections.abc import Sequence
from urllib.parse import quote, unquote

from adapters.destinations.nutshell.ask import call, listed, named, result
from adapters.destinations.nutshell.catalogue import ENTITIES
from adapters.destinations.nutshell.records import refuse
from adapters.destinations.nutshell.values import ident
from adapters.destinations.nutshell.writing import delete_at
from adapters.protocols import Applied, Fields, Flow, Json, Record

_PLACES = (("account", "tags"), ("contact", "tags"), ("lead", "tags"), ("lead", "sources"))
_TAG_TYPES = {"1": "leads", "2": "contacts", "3": "accounts"}


def create(fields: Fields) -> Flow[Applied]:
    """Add one label to a pick-list; one that it has already is not added, and the answer is None."""
    entity, field = _place(fields.get("entity", ""), fields.get("field", ""))
    labels: list[str] = list(dict.fromkeys(fields["labels"]))
    if len(labels) != 1:
        refuse("one-label", "Nutshell makes tags and sources one at a time: create options label by label.")
    label = labels[0]
    present = yield from _present(entity, field)
    if label in present:
        return _applied(entity, field, {label: _option(field, label, present[label])}, None)
    if field == "sources":
        response = yield call("newSource", {"name": label})
    else:
        response = yield call("newTag", {"tag": {"name": label, "entityType": ENTITIES[entity].plural}})
    row = named(result(response), f"a new {'source' if field == 'sources' else 'tag'}")
    return _applied(entity, field, {label: _option(field, label, ident(row) or "")}, response.body)


def delete(id: str) -> Flow[Applied]:
    """Delete the option of an id, where it is still there."""
    entity, field, option = split_id(id)
    number: str | None = option
    if field == "tags":
        number = (yield from _present(entity, field)).get(unquote(option))
        if number is None:
            return Applied(id=id, answer=None)
    return (yield from delete_at(f"/{field}/{number}-{field}", id))


def fetch(ids: Sequence[str]) -> Flow[dict[str, Record]]:
    """The ids of which the option is still there."""
    there = {record.id: record for record in (yield from read_all({split_id(id)[:2] for id in ids}))}
    return {id: there[id] for id in ids if id in there}


def read_all(places: set[tuple[str, str]] | None = None) -> Flow[list[Record]]:
    """Every option of the pick-lists (of some places where they are named), each by itself."""
    records: list[Record] = []
    for entity, field in _PLACES:
        if places is None or (entity, field) in places:
            present = yield from _present(entity, field)
            for label, id in present.items():
                values = {"entity": entity, "field": field, "labels": [label]}
                records.append(Record(id=f"{entity}/{field}/{_id(field, label, id)}", values=values))
    return records


def find(fields: Fields) -> Flow[list[Applied]]:
    """The options that an intent was to add, when all of them are there."""
    entity, field = _place(fields.get("entity", ""), fields.get("field", ""))
    present = yield from _present(entity, field)
    if any(label not in present for label in fields["labels"]):
        return []
    return [_applied(entity, field, {x: _option(field, x, present[x]) for x in fields["labels"]}, None)]


def split_id(id: str) -> tuple[str, str, str]:
    """Entity, field and option of an id."""
    entity, field, option = [*id.split("/", 2), "", ""][:3]
    if (entity, field) not in _PLACES or not option:
        refuse("bad-id", f"{id!r} is no id of an option: those read like 'lead/sources/7'.")
    return entity, field, option


def _place(entity: str, field: str) -> tuple[str, str]:
    if (entity, field) not in _PLACES:
        refuse(
            "no-api", f"Nutshell's API cannot add values to {entity} {field}: an administrator adds them in the app."
        )
    return entity, field


def _present(entity: str, field: str) -> Flow[dict[str, str]]:
    """The numbers of a pick-list's options by label."""
    rows = yield from listed(f"/{field}", field)
    if field == "tags":
        rest = ENTITIES[entity].rest
        rows = [row for row in rows if _TAG_TYPES.get(str(row.get("tagType")), row.get("tagType")) == rest]
    return {str(row["name"]): ident(row) or "" for row in rows if row.get("name")}


def _option(field: str, label: str, id: str) -> str:
    """What a record holds of an option."""
    return label if field == "tags" else id


def _id(field: str, label: str, id: str) -> str:
    return quote(label, safe="") if field == "tags" else id


def _applied(entity: str, field: str, options: dict[str, str], answer: Json) -> Applied:
    label, option = next(iter(options.items()))
    values = {"entity": entity, "field": field, "labels": list(options)}
    id = f"{entity}/{field}/{_id(field, label, option)}"
    return Applied(id=id, answer=answer, values=values, children=options)
