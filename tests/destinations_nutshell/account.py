"""A Nutshell sandbox account in memory, and the adapter that talks to it."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from adapters.destinations.nutshell import Nutshell
from adapters.protocols import Applied, Fields, Flow, Intent, Record, Request, Response, Schema
from adapters.sandbox.nutshell import NutshellSettings, in_memory
from tests.destinations_nutshell.flows import drive

T = TypeVar("T")


class Account:
    """Runs flows against a fresh sandbox account, one second a request, and keeps what was said.

    `exchanges` are those of the last flow, `said` all.
    """

    def __init__(self, *, impersonate: bool = True, plan: str | None = None, **settings: Any) -> None:
        self.world = in_memory(NutshellSettings(**settings))
        self.adapter = Nutshell(plan=plan, impersonate=impersonate)
        self.exchanges: list[tuple[Request, Response]] = []
        self.said: list[tuple[Request, Response]] = []

    @property
    def now(self) -> str:
        """The account's time, RFC 3339."""
        return datetime.fromtimestamp(self.world.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def answer(self, request: Request) -> Response:
        """One exchange."""
        self.world.now += 1
        response = self.world.answer(request)
        self.exchanges.append((request, response))
        self.said.append((request, response))
        return response

    def run(self, flow: Flow[T]) -> T:
        """A flow's result; the exchanges start anew."""
        self.exchanges.clear()
        return drive(flow, self.answer)[0]

    def schema(self) -> Schema:
        """The account as it is now."""
        return self.run(self.adapter.schema())

    def create(self, entity: str, fields: Fields) -> Applied:
        """Create one record, in as many steps as it takes; what the last of them made of it."""
        first = self.adapter.step(entity, None, fields)
        made = self.run(self.adapter.create(entity, first))
        left = {key: value for key, value in fields.items() if key not in first}
        return self.update(entity, made.id, left) if left else made

    def update(self, entity: str, id: str, fields: Fields) -> Applied:
        """Change a record, in as many steps as it takes."""
        while True:
            there = self.read(entity, id)
            before = {key: there.values.get(key) for key in fields} if there else {}
            part = self.adapter.step(entity, before, fields)
            made = self.run(self.adapter.update(entity, id, part))
            fields = {key: value for key, value in fields.items() if key not in part}
            if not fields:
                return made

    def read(self, entity: str, id: str) -> Record | None:
        """One live record with all of its fields, None when it is gone."""
        return self.run(self.adapter.fetch(entity, [id], ["author", "territory"])).get(id)

    def values(self, entity: str, id: str) -> Fields:
        """The values of one live record."""
        record = self.read(entity, id)
        assert record is not None, f"{entity} {id} is gone"
        return record.values

    def find(self, action: Any, entity: str, **more: Any) -> list[Applied]:
        """What became of an intent."""
        return self.run(self.adapter.find(Intent(action=action, entity=entity, **more)))

    @property
    def unsafe(self) -> list[Request]:
        """The unsafe requests of the last flow."""
        return [request for request, _ in self.exchanges if request.unsafe]


KINDS = ("text", "longtext", "number", "money", "date", "datetime", "boolean", "enum", "multienum", "url", "percent")
"""The kinds of custom fields that are tried."""


class Furnished(Account):
    """An account with mark fields, a lead field of every kind, and a record of each entity."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.found = self.schema()
        self.keys: dict[str, str] = {}
        for entity in ("account", "contact", "lead"):
            self.keys[entity] = self._field(entity, "Source key", "text")
        for kind in KINDS:
            self.keys[kind] = self._field("lead", f"A {kind} 50% / new", kind)
        self.options = {
            entity: self.create("options", {"entity": entity, "field": "tags", "labels": ["VIP"]}).children["VIP"]
            for entity in ("account", "contact", "lead")
        }
        made = self.create("options", {"entity": "lead", "field": "sources", "labels": ["Trade fair"]})
        self.options["sources"] = made.children["Trade fair"]
        self.ids: dict[str, str] = {}
        self.fields: dict[str, Fields] = {}
        for entity, fields in RECORDS.items():
            self.fields[entity] = fields(self)
            self.ids[entity] = self.create(entity, self.fields[entity]).id

    def _field(self, entity: str, label: str, kind: str) -> str:
        options = {"options": ["A", "B/2"]} if "enum" in kind else {}
        made = self.create("field", {"entity": entity, "label": label, "kind": kind} | options)
        return made.id.rpartition("/")[2]

    def option(self, entity: str, field: str, number: int = -1) -> str:
        """An option of a pick-list that the account came with."""
        thing = self.found.object(entity)
        known = thing.field(field) if thing else None
        assert known is not None
        return known.options[number].id

    def mark(self, entity: str) -> str:
        """The correlation key of the record of an entity."""
        fields = self.fields[entity]
        return str(fields.get("mark") or fields.get(self.keys.get(entity, "")) or "")

    @property
    def custom(self) -> Fields:
        """A value for a lead field of every kind."""
        return {
            self.keys["text"]: "Zoë & Søn",
            self.keys["longtext"]: "two\nlines",
            self.keys["number"]: 12.5,
            self.keys["money"]: {"value": 5.5, "currency": "EUR"},
            self.keys["date"]: "2024-02-29",
            self.keys["datetime"]: "2020-03-29T01:30:00Z",
            self.keys["boolean"]: True,
            self.keys["enum"]: "B/2",
            self.keys["multienum"]: ["B/2", "A"],
            self.keys["url"]: "https://a.example/b",
            self.keys["percent"]: 35,
        }


def _product(_: Furnished) -> Fields:
    return {"name": "Drill", "price": 19.5, "currency": "EUR"}


def _account(a: Furnished) -> Fields:
    return {
        "name": "Acme & Söhne",
        "owner_id": "2",
        "emails": [
            {"value": "info@acme.example", "label": "work", "primary": True},
            {"value": "sales@acme.example", "label": "work", "primary": False},
        ],
        "phones": [{"value": "(202) 555-0143 ext. 7", "label": "work", "primary": True}],
        "urls": "acme.example",
        "address": {
            "value": "1 Main St, Boise, ID 83701, United States",
            "route": "1 Main St",
            "locality": "Boise",
            "admin_area_level_1": "ID",
            "postal_code": "83701",
            "country": "United States",
        },
        "description": "We met at the fair.\nTwice.",
        "tags": ["VIP"],
        "industry": a.option("account", "industry"),
        "account_type": a.option("account", "account_type"),
        "territory": a.option("account", "territory"),
        a.keys["account"]: "m/account",
    }


def _contact(a: Furnished) -> Fields:
    return {
        "first_name": "Ann Maria",
        "last_name": "van der Berg",
        "owner_id": "3",
        "account_id": a.ids["account"],
        "job_title": "CEO",
        "emails": [{"value": "ann@acme.example", "label": "work", "primary": True}],
        "phones": [
            {"value": "+44 (0)20 7946 0958", "label": "mobile", "primary": False},
            {"value": "+49 30 901820", "label": "work", "primary": True},
        ],
        "urls": [{"value": "https://ann.example/", "label": "blog", "primary": True}],
        "address": {"value": "Hauptstraße 5, Köln"},
        "description": "Job title: said so herself",
        "tags": ["VIP"],
        "territory": a.option("contact", "territory"),
        a.keys["contact"]: "m/contact",
    }


def _lead(a: Furnished) -> Fields:
    second = a.create("contact", {"name": "Bo Li"}).id
    stage = a.found.account["pipelines"][0]["stages"][2]
    return {
        "title": "Big one",
        "account_id": a.ids["account"],
        "contact_id": a.ids["contact"],
        "contact_ids": [second],
        "owner_id": "2",
        "pipeline_id": a.found.account["pipelines"][0]["id"],
        "stage_id": stage["id"],
        "status": "lost",
        "outcome": next(o["id"] for o in a.found.account["outcomes"] if o["label"] == "Lost on price"),
        "value": 99.5,
        "currency": "EUR",
        "confidence": 40,
        "tags": ["VIP"],
        "sources": [a.options["sources"]],
        "competitors": [a.option("lead", "competitors")],
        "due_time": "2024-02-03T04:05:06Z",
        "priority": True,
        a.keys["lead"]: "m/lead",
        **a.custom,
    }


def _lead_product(a: Furnished) -> Fields:
    return {
        "lead_id": a.ids["lead"],
        "product_id": a.ids["product"],
        "quantity": 3,
        "price": 17.25,
        "currency": "EUR",
    }


def _activity(a: Furnished) -> Fields:
    return {
        "subject": "Call Ann",
        "type": a.option("activity", "type", 0),
        "start_time": "2019-05-06T07:08:09Z",
        "duration": "01:45",
        "all_day": False,
        "done": True,
        "text": "We spoke of Lead-12 & @[Users:3]\nBy Ann:",
        "block": {"Call outcome": "Connected <b>", "Notes": "a\nb"},
        "mark": "m/activity",
        "account_id": a.ids["account"],
        "contact_id": a.ids["contact"],
        "participants": [],
        "lead_id": a.ids["lead"],
        "owner_id": "2",
        "author": "3",
    }


def _task(a: Furnished) -> Fields:
    return {
        "title": "Send papers",
        "text": "By post",
        "due_time": "2030-01-02T03:04:05Z",
        "owner_id": "2",
        "lead_id": a.ids["lead"],
        "block": {"Priority": "High"},
        "mark": "m/task",
    }


def _note(a: Furnished) -> Fields:
    return {
        "text": "Hello \\@[Users:2], see Lead-9",
        "contact_id": a.ids["contact"],
        "author": "3",
        "add_time": "2020-01-02T03:04:05Z",
        "block": {"From": "x"},
        "mark": "m/note",
    }


RECORDS = {
    "product": _product,
    "account": _account,
    "contact": _contact,
    "lead": _lead,
    "lead_product": _lead_product,
    "activity": _activity,
    "task": _task,
    "note": _note,
}
"""A record of each entity with every field that can be written, in load order."""
