"""Adapters with one deliberate fault each, made of the real Pipedrive adapter: the suite must find every one.

`MUTANTS` names the topic in which each is found.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from adapters.conformance.bench import Bench, Open
from adapters.conformance.benches import pipedrive
from adapters.conformance.benches.memory import MemoryBench
from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import (
    Applied,
    Copies,
    Fields,
    Flow,
    InDoubtError,
    Intent,
    Json,
    Page,
    Record,
    RefusedError,
    Request,
)
from adapters.transport import Files


class WritesAll(Pipedrive):
    """An update sends fields that it was not given, empty."""

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        if entity == "organization":
            fields = dict.fromkeys(("website", "linkedin", "address", "industry")) | fields
        return (yield from super().update(entity, id, fields, before))


class Lagging(Pipedrive):
    """A create in doubt is looked for by the search, which trails."""

    def find(self, intent: Intent) -> Flow[Copies]:
        if intent.action != "create" or intent.entity not in ("organization", "person", "deal"):
            return (yield from super().find(intent))
        [field] = [key for key, value in intent.fields.items() if value == intent.mark]
        query = {"term": intent.mark, "entity_type": intent.entity, "field": field, "match": "exact"}
        response = yield Request(method="GET", path="/api/v2/itemSearch/field", query=query)
        ids = [str(item["id"]) for item in response.body["data"]]
        records = yield from self.fetch(intent.entity, ids)
        return [Applied(id=id, answer=None, values=record.values) for id, record in records.items()]


class Surprised(Pipedrive):
    """A record that is gone already cannot be deleted."""

    def delete(self, entity: str, id: str) -> Flow[Applied]:
        if entity != "organization":
            return (yield from super().delete(entity, id))
        response = yield Request(method="DELETE", path=f"/api/v2/organizations/{id}")
        return Applied(id=id, answer=response.body)


class Shifted(Pipedrive):
    """A date is read as midnight in New York and given in UTC."""

    def fetch(self, entity: str, ids: Iterable[str], keys: Iterable[str] = ()) -> Flow[dict[str, Record]]:
        records = yield from super().fetch(entity, list(ids), keys)
        return {id: Record(id=id, values={k: _shifted(v) for k, v in r.values.items()}) for id, r in records.items()}


class Twice(Pipedrive):
    """A create sends its owner in a second request."""

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        made = yield from super().create(entity, fields)
        if entity == "organization" and "owner_id" in fields:
            return (yield from self.update(entity, made.id, {"owner_id": fields["owner_id"]}))
        return made


class Easy(Pipedrive):
    """Every two values are the same."""

    def same(self, entity: str, key: str, ours: Json, theirs: Json) -> bool:
        return True


class Unmarked(Pipedrive):
    """The mark is dropped."""

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        return (yield from super().create(entity, {k: v for k, v in fields.items() if k != "mark"}))


class Stubborn(Pipedrive):
    """A write without an answer is sent again."""

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        try:
            return (yield from super().create(entity, fields))
        except InDoubtError:
            return (yield from super().create(entity, fields))


class Short(Pipedrive):
    """The archives are not listed."""

    def list(self, entity: str, at: str | None) -> Flow[Page]:
        page = yield from super().list(entity, at)
        return Page(records=page.records, next=None if (page.next or "").startswith("archived") else page.next)


class Cheap(Pipedrive):
    """A list costs what a single record costs."""

    def price(self, request: Request) -> int:
        return min(super().price(request), 5)


class Gullible(Pipedrive):
    """A refusal is taken for done."""

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        try:
            return (yield from super().create(entity, fields))
        except RefusedError:
            return Applied(id="1", answer=None)


class Forgetful(Pipedrive):
    """An update of a text does not think of what shares its wire field."""

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        shared = dict.fromkeys(self.companions(entity, fields))
        return (yield from super().update(entity, id, shared | fields))


class Sure(Pipedrive):
    """A delete in doubt is always taken for done."""

    def find(self, intent: Intent) -> Flow[Copies]:
        if intent.action == "delete":
            return [Applied(id=intent.id, answer=None)]
        return (yield from super().find(intent))


MUTANTS: dict[str, tuple[type[Pipedrive], str]] = {
    "writes-all": (WritesAll, "update"),
    "lagging": (Lagging, "doubt"),
    "surprised": (Surprised, "delete"),
    "shifted": (Shifted, "round_trip"),
    "twice": (Twice, "requests"),
    "easy": (Easy, "round_trip"),
    "unmarked": (Unmarked, "round_trip"),
    "stubborn": (Stubborn, "requests"),
    "short": (Short, "round_trip"),
    "cheap": (Cheap, "prices"),
    "gullible": (Gullible, "errors"),
    "forgetful": (Forgetful, "update"),
    "sure": (Sure, "doubt"),
}


def _opening(mutant: type[Pipedrive]) -> Open:
    """How a bench with a mutant is opened."""

    def open(files: Files) -> Bench:
        return MemoryBench(pipedrive.sandbox(), lambda: mutant(plan="ultimate"), pipedrive.RULES, files)

    return open


def __getattr__(name: str) -> Open:
    """The bench of a mutant, as an entry point names it: "bench_" and its name, with underscores."""
    mutant = MUTANTS.get(name.removeprefix("bench_").replace("_", "-"))
    if mutant is None:
        raise AttributeError(name)
    return _opening(mutant[0])


def _shifted(value: Json) -> Json:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    return (date.fromisoformat(value) - timedelta(days=1)).isoformat()
