"""A destination made by hand that loses answers: what the write protocol is tested with."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from adapters.protocols import (
    AdapterError,
    Applied,
    BudgetSpentError,
    Copies,
    Done,
    Fields,
    Flow,
    InDoubtError,
    Intent,
    Json,
    Page,
    Record,
    Refused,
    RefusedError,
    Request,
    Response,
    Schema,
    UnreachableError,
    Verdict,
)
from tests.engine import inline
from tests.engine.shapes import DESTINATION

T = TypeVar("T")


class Shelf:
    """A destination whose records are dictionaries on a shelf; the key travels as `mark`."""

    name = "shelf"
    unit = "token"

    entity_order: tuple[str, ...] = ()
    rollback_order: tuple[str, ...] = ()

    def schema(self) -> Flow[Schema]:
        """The same for ever."""
        yield from ()
        return DESTINATION

    def prepare(self, entity: str, keys: Iterable[str]) -> Flow[None]:
        """Nothing needs to be known."""
        yield from ()

    def companions(self, entity: str, keys: Iterable[str]) -> frozenset[str]:
        """No field travels with another."""
        return frozenset()

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        """One POST."""
        response = yield Request(method="POST", path=f"/{entity}", body=fields)
        return _applied(response)

    def step(self, entity: str, before: Fields | None, fields: Fields) -> Fields:
        """One request is always enough."""
        return fields

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        """One PATCH, of what travels along, too."""
        response = yield Request(method="PATCH", path=f"/{entity}/{id}", body=(before or {}) | fields)
        return _applied(response)

    def delete(self, entity: str, id: str) -> Flow[Applied]:
        """One DELETE."""
        response = yield Request(method="DELETE", path=f"/{entity}/{id}")
        return Applied(id=id, answer=response.body)

    def fetch(self, entity: str, ids: list[str], keys: Iterable[str] = ()) -> Flow[dict[str, Record]]:
        """Those that are there."""
        response = yield Request(method="GET", path=f"/{entity}")
        return {i: Record(id=i, values=v) for i, v in response.body.items() if i in ids}

    def list(self, entity: str, at: str | None) -> Flow[Page]:
        """All at once."""
        response = yield Request(method="GET", path=f"/{entity}")
        return Page(records=tuple(Record(id=i, values=v) for i, v in response.body.items()))

    def find(self, intent: Intent) -> Flow[Copies]:
        """By the mark, or by the id and what was to be written."""
        response = yield Request(method="GET", path=f"/{intent.entity}")
        there: dict[str, Fields] = response.body
        if intent.action == "create":
            return [
                Applied(id=i, answer={"found": True}, values=v) for i, v in there.items() if v["mark"] == intent.mark
            ]
        if intent.action == "delete":
            return [] if intent.id in there else [Applied(id=intent.id, answer=None)]
        values = there.get(intent.id, {})
        made = intent.fields.items() <= values.items()
        return [Applied(id=intent.id, answer={"found": True}, values=values)] if made else []

    def shows_at_once(self, entity: str) -> bool:
        """A shelf is seen by everybody."""
        return True

    def same(self, entity: str, key: str, ours: Json, theirs: Json) -> bool:
        """Plain equality."""
        return bool(ours == theirs)

    def price(self, request: Request) -> int:
        """One token each."""
        return 1

    def verdict(self, request: Request, response: Response) -> Verdict:
        """Success or refusal."""
        if response.status < 400:
            return Done()
        return Refused(status=response.status, message=str(response.body), code="odd")


def _applied(response: Response) -> Applied:
    return Applied(id=response.body["id"], answer=response.body, values=response.body["values"])


class ShelfWire:
    """Runs flows against shelves. `hurt` says what becomes of a request.

    "lost" (applied, no answer), "cut" (never arrives), "late" (applied only while somebody waits), "twice" (applied
    twice, no answer), "refused", "spent" (the budget is gone), "down" (not reachable).
    """

    def __init__(self, hurt: Callable[[Request], str] = lambda _request: "") -> None:
        self.hurt = hurt
        self.shelves: dict[str, dict[str, Fields]] = {}
        self.requests: list[Request] = []
        self.slept: list[float] = []
        self.spent = 0
        self.left: int | None = None
        self.slowest = 0.0
        self._late: list[Request] = []
        self._ids = 0

    @property
    def writes(self) -> list[Request]:
        """The unsafe requests."""
        return [r for r in self.requests if r.unsafe]

    def now(self) -> float:
        """Seconds that were slept: nothing else takes time here."""
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        """Time passes: what was late arrives."""
        self.slept.append(seconds)
        for request in self._late:
            self._apply(request)
        self._late.clear()

    def one(self, flow: Flow[T]) -> T:
        """A flow's result."""
        return inline.one(flow, self._exchange)

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """The results of flows, one after the other."""
        return inline.many(flows, self._exchange)

    def _exchange(self, request: Request) -> Response:
        self.requests.append(request)
        self.spent += 1
        match self.hurt(request):
            case "spent":
                raise BudgetSpentError("the budget is spent", 60.0)
            case "down":
                raise UnreachableError("nobody there")
            case "refused":
                raise RefusedError(Refused(status=422, message="Ann Lee is not welcome", code="odd"))
            case "cut":
                raise InDoubtError("cut")
            case "late":
                self._late.append(request)
                raise InDoubtError("no answer in time")
            case "lost":
                self._apply(request)
                raise InDoubtError("the answer was lost")
            case "twice":
                self._apply(request)
                self._apply(request)
                raise InDoubtError("a proxy sent it twice")
        return self._apply(request)

    def _apply(self, request: Request) -> Response:
        _, entity, *rest = request.path.split("/")
        shelf = self.shelves.setdefault(entity, {})
        body: Any = request.body
        if request.method == "GET":
            return Response(status=200, body={k: dict(v) for k, v in shelf.items()})
        if request.method == "DELETE":
            return Response(status=200, body={"deleted": shelf.pop(rest[0], None) is not None})
        if request.method == "PATCH":
            shelf[rest[0]] |= body
            return Response(status=200, body={"id": rest[0], "values": dict(shelf[rest[0]])})
        self._ids += 1
        shelf[str(self._ids)] = dict(body)
        return Response(status=200, body={"id": str(self._ids), "values": dict(body)})
