"""One account under test: flows are run by the real driver, and every request on its way can be watched or lost."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, TypeVar

import msgspec

from adapters.conformance.bench import Bench, Open, Rules
from adapters.conformance.samples import Samples
from adapters.driver import Driver
from adapters.protocols import (
    AdapterError,
    Applied,
    Destination,
    Field,
    Fields,
    Flow,
    InDoubtError,
    Intent,
    Json,
    ObjectSchema,
    Record,
    Refused,
    RefusedError,
    Request,
    Response,
    Schema,
    Verdict,
)
from adapters.throttle import Throttle
from adapters.transport import Files, LostError, no_files

T = TypeVar("T")

Fate = Literal["", "lost", "cut", "twice"] | Response
"""What becomes of the next unsafe request: "lost", applied and its answer lost; "cut", it never arrives; "twice", a
proxy sends it two times and its answer is lost; an answer, which somebody gives who does not pass the request on."""

MOST_STEPS = 100
MOST_PAGES = 1_000


class Step(msgspec.Struct, frozen=True):
    """One request of a write that may take several: the record, what was written of it, what is left, what was sent."""

    id: str
    fields: Fields
    left: Fields
    sent: list[Request]


class Scene:
    """Runs flows against a bench. `said`: every request that was sent so far, with what came back (None: nothing)."""

    def __init__(self, name: str, open: Open, files: Files = no_files) -> None:
        self.destination = name
        self.bench: Bench = open(files)
        self.rules: Rules = self.bench.rules
        self.adapter: Destination = self.bench.adapter()
        self.said: list[tuple[Request, Response | None]] = []
        self.fate: Fate = ""
        self.interrupt: Callable[[], Awaitable[None]] | None = None
        self.throttle = Throttle(now=self.bench.now, sleep=self.bench.wait)
        self.driver = Driver(
            self._send,
            self,
            throttle=self.throttle,
            sleep=self.bench.wait,
            random=lambda: 0.5,
            deadline_seconds=60.0,
            close=self.bench.close,
        )
        self._schema: Schema | None = None
        self._records: dict[tuple[str, int], str] = {}
        self._marks: dict[str, str] = {}
        self._names = 0
        self._made: list[tuple[str, str]] = []
        self._last: list[tuple[str, str]] = []
        self.samples = Samples(self)

    def close(self) -> None:
        """Delete what is left of ours, and close the driver, which closes the bench."""
        self._made += self._last
        self.tidy()
        self.driver.close()

    # --- running flows ---------------------------------------------------------------------------------------------

    def run(self, flow: Flow[T]) -> T:
        """A flow's result. Raises the AdapterError that the driver raises."""
        return self.driver.drive(flow)

    def again(self) -> Destination:
        """Start over with an adapter that remembers nothing, as after a crash."""
        self.adapter = self.bench.adapter()
        return self.adapter

    def price(self, request: Request) -> int:
        """What a request costs, for the driver."""
        return self.adapter.price(request)

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request, for the driver."""
        return self.adapter.verdict(request, response)

    def watch(self, flow: Flow[T]) -> tuple[T, list[Request]]:
        """A flow's result, and the unsafe requests that it sent, but for those that were refused: they did nothing."""
        start = len(self.said)
        result = self.run(flow)
        said = [(request, answer) for request, answer in self.said[start:] if request.unsafe]
        return result, [
            request
            for request, answer in said
            if answer is None or not isinstance(self.adapter.verdict(request, answer), Refused)
        ]

    def unsafe(self, start: int) -> list[Request]:
        """The unsafe requests from a place in `said` on."""
        return [request for request, _ in self.said[start:] if request.unsafe]

    def create(self, entity: str, fields: Fields) -> tuple[Applied, list[Request]]:
        """The answer to a create of one request, and the unsafe requests that it sent."""
        made, sent = self.watch(self.adapter.create(entity, fields))
        self._made.append((entity, made.id))
        return made, sent

    def made(self, entity: str, *ids: str) -> None:
        """Remember records that came into being in another way, to delete them with the rest."""
        self._made += [(entity, id) for id in ids]

    def all_made(self) -> list[tuple[str, str]]:
        """Entity and id of what was made since the last tidying and will not last, the newest first."""
        return list(reversed(self._made))

    def tidy(self) -> None:
        """Delete what was made since the last time, in the order of a rollback, but for what is kept to point at."""
        self.fate, self.interrupt = "", None
        order = {entity: place for place, entity in enumerate(self.adapter.rollback_order)}
        for entity, id in sorted(self.all_made(), key=lambda made: order[made[0]]):
            if self.deletable(entity):
                self.attempt(self.adapter.delete(entity, id))
        self._made.clear()

    def doubt(self, fate: Fate, flow: Flow[T]) -> list[Request]:
        """Run a flow whose unsafe request meets a fate, and must end in doubt; the unsafe requests that it sent."""
        self.fate, start = fate, len(self.said)
        try:
            self.run(flow)
        except InDoubtError:
            return self.unsafe(start)
        finally:
            self.fate = ""
        raise AssertionError(
            f"the answer to {self.unsafe(start) or 'nothing'} was {fate}, and the flow took it for done"
        )

    async def _send(self, request: Request) -> Response:
        if not request.unsafe:
            return await self._pass(request)
        if self.interrupt is not None:
            act, self.interrupt = self.interrupt, None
            await act()
        fate, self.fate = self.fate, ""
        if isinstance(fate, Response):
            self.said.append((request, fate))
            return fate
        if fate == "cut":
            self.said.append((request, None))
            raise LostError("the suite let the request fall")
        answer = await self._pass(request)
        if fate and isinstance(self.adapter.verdict(request, answer), Refused):
            return answer  # there is no doubt about what was not done
        if fate == "twice":
            await self._pass(request)
        if fate:
            self.said[-1] = (request, None)
            raise LostError("the suite let the answer fall")
        return answer

    async def _pass(self, request: Request) -> Response:
        self.said.append((request, None))
        index = len(self.said) - 1
        answer = await self.bench.send(request)
        self.said[index] = (request, answer)
        return answer

    # --- the account -----------------------------------------------------------------------------------------------

    @property
    def now(self) -> str:
        """The account's time, RFC 3339, whole seconds."""
        return datetime.fromtimestamp(self.bench.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def schema(self) -> Schema:
        """The account as it was when it was last looked at."""
        return self._schema or self.look()

    def look(self) -> Schema:
        """Look at the account."""
        self._schema = self.run(self.adapter.schema())
        return self._schema

    def entity(self, name: str) -> ObjectSchema:
        """The schema of a record entity."""
        found = self.schema.object(name)
        assert found is not None, f"the schema has no {name}"
        return found

    def field(self, entity: str, key: str) -> Field:
        """A field of a record entity."""
        found = self.entity(entity).field(key)
        assert found is not None, f"the schema has no {entity}.{key}"
        return found

    def read(self, entity: str, id: str, keys: Iterable[str] = ()) -> Record | None:
        """One live record with these details, None when it is gone."""
        found = self.run(self.adapter.fetch(entity, [id], list(keys)))
        assert found.keys() <= {id}, f"fetch was asked for {id} and gave {sorted(found)}"
        return found.get(id)

    def values(self, entity: str, id: str) -> Fields:
        """All values of a live record, details included."""
        schema = self.schema.object(entity)
        record = self.read(entity, id, [f.key for f in schema.fields if f.detail] if schema else [])
        assert record is not None, f"{entity} {id} was written and is not there"
        return record.values

    def listed(self, entity: str) -> dict[str, Record]:
        """All live records of an entity by id, page by page."""
        records: dict[str, Record] = {}
        at: str | None = None
        for _ in range(MOST_PAGES):
            page = self.run(self.adapter.list(entity, at))
            for record in page.records:
                assert record.id not in records, f"the list of {entity} gives {record.id} twice"
                records[record.id] = record
            at = page.next
            if at is None:
                return records
        raise AssertionError(f"the list of {entity} does not end within {MOST_PAGES} pages")

    # --- making records --------------------------------------------------------------------------------------------

    def steps(self, entity: str, id: str | None, fields: Fields) -> Iterator[Step]:
        """Create (without an id) or update a record as the engine does, and stop after each of its requests."""
        written: Fields = {}
        left = fields
        for _ in range(MOST_STEPS):
            if id is None:
                part = self.adapter.step(entity, None, left)
                made, sent = self.create(entity, part)
            else:
                present = self.before(entity, id, left)
                part = self.adapter.step(entity, {k: present[k] for k in left}, left)
                made, sent = self.watch(self.adapter.update(entity, id, part, self.before(entity, id, part)))
            id, written = made.id, written | part
            left = {k: v for k, v in left.items() if k not in written or written[k] != v}
            yield Step(id, part, left, sent)
            if not left:
                return
        raise AssertionError(f"{entity}: {left} is still not written after {MOST_STEPS} requests")

    def write(self, entity: str, id: str | None, fields: Fields) -> tuple[str, list[Step]]:
        """Create (without an id) or update a record to its end; its id and the steps."""
        done = list(self.steps(entity, id, fields))
        return done[-1].id, done

    def before(self, entity: str, id: str, fields: Iterable[str]) -> Fields:
        """The before-image of an update: the values of its fields and of their companions."""
        keys = set(fields) | self.adapter.companions(entity, fields)
        record = self.read(entity, id, keys)
        assert record is not None, f"{entity} {id} is to be updated and is not there"
        return {key: record.values.get(key) for key in keys}

    def make(self, entity: str, fields: Fields | None = None, number: int = 0) -> str:
        """Create a record with what it needs and these fields; its id."""
        return self.write(entity, None, self.samples.with_these(entity, fields or {}, number))[0]

    def record(self, entity: str, number: int = 0) -> str:
        """The id of a record to point at, made once; one of those that are there where the API makes none."""
        if (entity, number) not in self._records:
            if self.creatable(entity):
                with self.lasting():
                    self._records[entity, number] = self.make(entity, number=number)
            else:
                there = list(self.listed(entity))
                assert there, f"records of {entity} cannot be made, and there is none to point at"
                self._records[entity, number] = there[number % len(there)]
        return self._records[entity, number]

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """What is made meanwhile is still there when the test is over."""
        start = len(self._made)
        yield
        self._last += self._made[start:]
        del self._made[start:]

    def creatable(self, entity: str) -> bool:
        """Whether records of an entity can be made through the API."""
        if any(lack.action == "create" and lack.entity == entity and not lack.field for lack in self.schema.lacks):
            return False
        schema = self.schema.object(entity)
        return schema is None or schema.creatable

    def deletable(self, entity: str) -> bool:
        """Whether records of an entity can be deleted through the API."""
        return not any(
            lack.action == "delete" and lack.entity == entity and not lack.field for lack in self.schema.lacks
        )

    def name(self, what: str = "Conformance") -> str:
        """A name that the account does not hold yet."""
        self._names += 1
        return f"{what} {int(self.bench.now()):x}.{self._names}"

    def custom(self, entity: str, kind: str, **more: Json) -> str:
        """The key of a new custom field."""
        label = self.name(f"{kind} field")
        self.write("field", None, {"entity": entity, "label": label, "kind": kind, **more})
        self.look()
        [key] = [f.key for f in self.entity(entity).fields if f.custom and f.label == label]
        return key

    # --- marks and doubt -------------------------------------------------------------------------------------------

    def marking(self, entity: str) -> str:
        """The key under which records of an entity carry our mark; "" where none can."""
        schema = self.schema.object(entity)
        if schema is None or not (schema.custom_fields or schema.block):
            return ""
        if not schema.custom_fields:
            return "mark"
        if entity not in self._marks:
            with self.lasting():
                self._marks[entity] = self.custom(entity, "text")
        return self._marks[entity]

    def mark(self, entity: str) -> Fields:
        """A new mark for a record of an entity; empty where it can carry none."""
        key = self.marking(entity)
        return {key: self.name("conformance/mark")} if key else {}

    def find(self, intent: Intent) -> list[Applied]:
        """What became of an intent, as a process learns that has just started."""
        found = self.run(self.again().find(intent))
        assert len({copy.id for copy in found}) == len(found), f"find gives a copy twice: {[c.id for c in found]}"
        return found

    def attempt_make(self, entity: str, fields: Fields) -> str | None:
        """Create a record with these fields, if they go together; its id."""
        try:
            return self.make(entity, fields)
        except RefusedError:
            return None

    def attempt(self, flow: Flow[T]) -> T | AdapterError:
        """A flow's result, or what it raised."""
        try:
            return self.run(flow)
        except AdapterError as error:
            return error
