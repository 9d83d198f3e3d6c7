"""Placing: on which record a total stands, as the map says or as a person chose, and which fields that makes."""

from engine.history import History
from engine.mapping import Total


def review(history: History, name: str) -> str:
    """The id of the review item about where an object's total stands."""
    return f"placement-{history.token(name)[:10]}"


def placement(history: History, name: str, total: Total) -> str:
    """The relation whose record has the total; empty while a person has not chosen."""
    if len(total.on) == 1:
        return total.on[0]
    answer = history.answers.get(review(history, name), "")
    return answer if answer in total.on else ""


def labels(history: History, entity: str) -> list[str]:
    """The fields that totals make at an entity, as far as it is known where they stand."""
    found: list[str] = []
    for name, object_map in history.mapping.object.items():
        relation = placement(history, name, object_map.total) if object_map.total else ""
        if object_map.total and relation and entity in _lands(history, name, relation):
            found.append(object_map.total.new)
    return list(dict.fromkeys(found))


def _lands(history: History, name: str, path: str) -> set[str]:
    """The entities of the records at the end of a chain of links."""
    at = {name}
    for step in path.split("."):
        schemas = filter(None, (history.source.object(one) for one in at))
        at = {to for schema in schemas for link in schema.links if link.name == step for to in link.to}
    return {history.mapping.object[one].to for one in at if one in history.mapping.object}
