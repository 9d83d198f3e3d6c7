"""A Pipedrive sandbox account in memory, and the adapter that talks to it."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import Applied, Fields, Flow, Intent, Record, Request, Response
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from tests.destinations.flows import drive

T = TypeVar("T")


class Stored:
    """A file that is only in memory."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read_bytes(self) -> bytes:
        """Its bytes."""
        return self.content


class Account:
    """Runs flows against a fresh sandbox account, one second a request, and keeps what was said.

    `exchanges` are those of the last flow, `said` all.
    """

    def __init__(self, **settings: Any) -> None:
        self.world = in_memory(Settings(**{"burst": 100_000, "daily_budget": 10_000_000} | settings))
        self.adapter = Pipedrive(plan="growth")
        self.stored: dict[str, Stored] = {}
        self.world.files = self.stored.__getitem__  # type: ignore[assignment]
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

    def create(self, entity: str, fields: Fields) -> Applied:
        """Create one record."""
        return self.run(self.adapter.create(entity, fields))

    def read(self, entity: str, id: str, *keys: str) -> Record | None:
        """One live record with these of its details, None when it is gone."""
        return self.run(self.adapter.fetch(entity, [id], keys)).get(id)

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Applied:
        """One step of a change."""
        return self.run(self.adapter.update(entity, id, fields, before))

    def content(self, name: str, content: bytes) -> Fields:
        """The canonical value of a file that can be uploaded from now on."""
        digest = hashlib.sha256(content).hexdigest()
        self.stored[digest] = Stored(content)
        return {"digest": digest, "name": name, "size": len(content), "mime": "text/plain"}

    def write(self, entity: str, fields: Fields, id: str = "", before: Fields | None = None) -> str:
        """A record written step by step, created where it has no id; its id."""
        step = self.adapter.step
        if not id:
            first = step(entity, None, fields)
            id, before = self.create(entity, first).id, first
        before = dict(before or {})
        for _ in range(50):
            left = {key: value for key, value in fields.items() if before.get(key) != value}
            if not left:
                return id
            now = step(entity, {key: before.get(key) for key in left}, left)
            self.update(entity, id, now, {key: before.get(key) for key in now})
            assert len(self.unsafe) <= 1
            before |= now
        raise AssertionError(f"{entity} {id} is never finished")

    def find(self, action: Any, entity: str, **more: Any) -> list[Applied]:
        """What became of an intent."""
        return self.run(self.adapter.find(Intent(action=action, entity=entity, **more)))

    @property
    def tokens(self) -> int:
        """What the last flow cost."""
        return sum(self.adapter.price(request) for request, _ in self.exchanges)

    @property
    def unsafe(self) -> list[int]:
        """Where in the last flow its unsafe requests were, counted from the end (-1 is the last)."""
        return [index - len(self.exchanges) for index, (request, _) in enumerate(self.exchanges) if request.unsafe]


class Furnished(Account):
    """An account with a mark field on each entity, a field of every kind on deals, and a record of each entity."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.keys: dict[str, str] = {}
        self.options: dict[str, str] = {}
        for entity in ("product", "organization", "person", "deal"):
            made = self.create("field", {"entity": entity, "label": "Source key", "kind": "text"})
            self.keys[entity] = made.values["key"]
        self.keys["lead"] = self.keys["deal"]
        for kind in (
            "number",
            "money",
            "date",
            "time",
            "enum",
            "multienum",
            "user",
            "reference",
            "address",
            "longtext",
        ):
            fields = {"entity": "deal", "label": f"A {kind}", "kind": kind}
            made = self.create("field", fields | ({"options": ["A", "B"]} if "enum" in kind else {}))
            self.keys[kind] = made.values["key"]
            self.options |= {f"{kind} {label}": id for label, id in made.children.items()}
        categories = {"entity": "product", "field": "category", "labels": ["Software", "Hardware"]}
        self.options["category"] = self.create("options", categories).children["Hardware"]
        self.ids: dict[str, str] = {}
        self.fields: dict[str, Fields] = {}
        for entity, fields in self._records().items():
            self.fields[entity] = fields(self)
            self.ids[entity] = self.write(entity, self.fields[entity])

    def mark(self, entity: str) -> str:
        """The correlation key of the record of an entity."""
        return str(self.fields[entity].get("mark") or self.fields[entity][self.keys[entity]])

    @property
    def custom(self) -> Fields:
        """A value for a deal field of every kind."""
        return {
            self.keys["number"]: 12.5,
            self.keys["money"]: {"value": 5.5, "currency": "EUR"},
            self.keys["date"]: "2024-01-02",
            self.keys["time"]: "09:15",
            self.keys["enum"]: self.options["enum A"],
            self.keys["multienum"]: [self.options["multienum B"], self.options["multienum A"]],
            self.keys["user"]: "2",
            self.keys["reference"]: self.ids["person"],
            self.keys["address"]: {"value": "2 Side St, Boise", "locality": "Boise"},
            self.keys["longtext"]: "two\nlines",
        }

    @staticmethod
    def _records() -> dict[str, Callable[["Furnished"], Fields]]:
        return {
            "product": lambda a: {
                "name": "Licence", "code": "L-1", "description": "One\nseat", "unit": "seat", "tax": 8.5,
                "owner_id": "2", "category": a.options["category"],
                "is_linkable": True, "visible_to": "3", "billing_frequency": "weekly", "billing_frequency_cycles": 4,
                "prices": [{"value": 99.5, "currency": "USD"}, {"value": 90, "currency": "EUR"}],
                "costs": [{"value": 40, "currency": "USD"}], "direct_costs": [{"value": 5, "currency": "EUR"}],
                a.keys["product"]: "m:product",
            },
            "variation": lambda a: {
                "product_id": a.ids["product"], "name": "Annual", "prices": [{"value": 900, "currency": "USD"}],
                "costs": [{"value": 1, "currency": "USD"}], "direct_costs": None, "price_notes": {"USD": "a year"},
            },
            "organization": lambda a: {
                "name": "Acme & Söhne", "owner_id": "2", "add_time": "2019-05-06T07:08:09Z", "website": "https://a.example",
                "address": {"value": "1 Main St, Boise", "locality": "Boise"}, "annual_revenue": 1_000_000,
                "visible_to": "3", "label_ids": [], a.keys["organization"]: "m:organization",
            },
            "person": lambda a: {
                "first_name": "Ann", "last_name": "Lee", "name": "Ann Lee", "owner_id": "2",
                "org_id": a.ids["organization"], "add_time": "2019-05-06T07:08:09Z", "job_title": "CEO",
                "birthday": "1970-02-03", "notes": "hello",
                "emails": [{"value": "a@b.example", "label": "work", "primary": True},
                           {"value": "c@b.example", "label": "home", "primary": False}],
                "phones": [{"value": "+1 555 0100", "label": "mobile", "primary": True}],
                a.keys["person"]: "m:person",
            },
            "deal": lambda a: {
                "title": "Big", "owner_id": "2", "person_id": a.ids["person"], "org_id": a.ids["organization"],
                "pipeline_id": "1", "stage_id": "2", "value": 189, "currency": "USD", "status": "lost",
                "lost_reason": "price", "lost_time": "2024-02-03T04:05:06Z", "expected_close_date": "2024-02-03",
                a.keys["deal"]: "m:deal", **a.custom,
            },
            "lead": lambda a: {
                "title": "Maybe", "person_id": a.ids["person"], "org_id": a.ids["organization"], "owner_id": "2",
                "value": {"value": 10, "currency": "USD"}, "expected_close_date": "2024-02-03", "visible_to": "3",
                "was_seen": True, a.keys["deal"]: "m:lead", **a.custom,
            },
            "deal_product": lambda a: {
                "deal_id": a.ids["deal"], "product_id": a.ids["product"], "product_variation_id": a.ids["variation"],
                "item_price": 99.5, "quantity": 2, "tax": 5, "tax_method": "inclusive", "discount": 10,
                "discount_type": "amount", "is_enabled": True, "comments": "as agreed\nby phone",
                "block": {"Ordered by": "Ann: Lee"}, "mark": "m:deal_product", "billing_frequency": "monthly",
                "billing_frequency_cycles": 12, "billing_start_date": "2026-01-02",
            },
            "activity": lambda a: {
                "subject": "Call Ann", "type": "call", "owner_id": "2", "deal_id": a.ids["deal"],
                "person_id": a.ids["person"], "org_id": a.ids["organization"], "due_date": "2024-02-03",
                "due_time": "09:15", "duration": "00:30", "done": True, "busy": False,
                "location": {"value": "1 Main St"},
                "note": "<p>We spoke &amp; agreed</p>", "block": {"Outcome": "Connected <b>", "Notes": "a\nb"},
                "mark": "m:activity", "attendees": [{"value": "z@z.example", "label": "Zoe", "primary": False}],
            },
            "note": lambda a: {
                "content": "<p>Hello <b>there</b></p>", "deal_id": a.ids["deal"], "org_id": a.ids["organization"],
                "user_id": "3", "add_time": "2020-01-02T03:04:05Z", "block": {"From": "x"}, "mark": "m:note",
            },
            "file": lambda a: {
                "content": a.content("offer.txt", b"The offer"), "deal_id": a.ids["deal"], "lead_id": a.ids["lead"],
                "description": "signed", "block": {"Uploaded": "2020-01-02"}, "mark": "m:file",
            },
            "remote_file": lambda a: {
                "remote_id": "1mT6jshiv6537Iirw", "org_id": a.ids["organization"], "name": "Plan",
                "description": "shared", "block": {"By": "Ann"}, "mark": "m:remote_file",
            },
        }  # fmt: skip
