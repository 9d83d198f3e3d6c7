"""Nutshell as a destination."""

from collections.abc import Iterable, Sequence

from adapters.destinations.nutshell import (
    configuration,
    finding,
    lead_products,
    limits,
    prices,
    reading,
    steps,
    verdicts,
    writing,
)
from adapters.destinations.nutshell.ask import call, result
from adapters.destinations.nutshell.catalogue import (
    DISCOVERY,
    ENTITIES,
    ENTITY_ORDER,
    LEAD_PRODUCT,
    ROLLBACK_ORDER,
    Entity,
)
from adapters.destinations.nutshell.comparing import same
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.schema import read_schema
from adapters.protocols import (
    Applied,
    Copies,
    Fields,
    Flow,
    Intent,
    Json,
    Page,
    Record,
    Request,
    Response,
    Schema,
    UnreachableError,
    Verdict,
)


class Nutshell:
    """The Nutshell adapter, for `adapters.driver.Driver` with the account's API host (see `locate`) as its base.

    `plan` ("foundation", "growth", "pro", "business", "enterprise") cannot be read from the account; it says what is
    capped. `impersonate`: the key may act for other users, which keeps the authors of notes and activities. An adapter
    belongs to one account: it remembers its custom fields, users, markets, outcomes and stages.
    """

    name = "nutshell"
    unit = "call"
    entity_order: tuple[str, ...] = ENTITY_ORDER
    rollback_order: tuple[str, ...] = ROLLBACK_ORDER

    def __init__(self, plan: str | None = None, *, impersonate: bool = True) -> None:
        if plan is not None and plan not in limits.PLANS:
            raise ValueError(f"There is no plan {plan!r} at Nutshell; there is {', '.join(limits.PLANS)}.")
        self.plan = plan
        self._learned = Learned(acting=impersonate)

    def schema(self) -> Flow[Schema]:
        """The account as it is now."""
        return (yield from read_schema(self._learned, self.plan))

    def prepare(self, entity: str, keys: Iterable[str]) -> Flow[None]:
        """Read the lists that writing these fields needs and that are not known yet."""
        if entity in ENTITIES:
            yield from self._learned.learn(entity, list(keys), ask_again=True)

    def companions(self, entity: str, keys: Iterable[str]) -> frozenset[str]:
        """The revision, and the fields that are one thing on the wire with the given ones."""
        record = ENTITIES.get(entity)
        return frozenset(writing.companions(record, keys)) if record is not None else frozenset()

    def step(self, entity: str, before: Fields | None, fields: Fields) -> Fields:
        """What the next request writes of these fields."""
        return steps.step(entity, before, fields)

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        """Create one record: one unsafe request that is applied, the last."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.create(entity, fields, self._learned))
        return (yield from writing.create(record, fields, self._learned))

    def together(self, entity: str, several: Sequence[Fields]) -> list[list[int]]:
        """Which creates share a request: the products of one lead."""
        return writing.together(entity, several)

    def create_many(self, entity: str, several: Sequence[Fields]) -> Flow[list[Applied]]:
        """Create the products of one lead with one request."""
        if entity != LEAD_PRODUCT.name:
            raise ValueError(f"Nutshell creates each {entity} by itself.")
        return (yield from lead_products.create(several))

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        """Change the given fields of one record: one unsafe request. Raises StaleError where its revision has risen."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.update(entity, fields))
        return (yield from writing.update(record, id, fields, before or {}, self._learned))

    def delete(self, entity: str, id: str) -> Flow[Applied]:
        """Delete one record: one unsafe request. A record that is gone already is a success."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.delete(entity, id))
        return (yield from writing.delete(record, id))

    def fetch(self, entity: str, ids: Sequence[str], keys: Iterable[str] = ()) -> Flow[dict[str, Record]]:
        """The live records among `ids`; deleted and unknown ones are missing.

        Lists leave out the author of a note and the territory of a company, which take requests of their own.
        """
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.fetch(entity, ids, self._learned))
        return (yield from reading.fetch(record, ids, self._learned, keys))

    def list(self, entity: str, at: str | None) -> Flow[Page]:
        """One page of all live records of an entity, oldest first."""
        record = ENTITIES.get(entity)
        if record is None:
            return Page(records=tuple((yield from configuration.read_all(entity, self._learned))))
        return (yield from reading.list_page(record, at, self._learned))

    def find(self, intent: Intent) -> Flow[Copies]:
        """All live copies of what the intent may have made; see `finding` for the witness of each entity."""
        return (yield from finding.find(intent, self._learned))

    def shows_at_once(self, entity: str) -> bool:
        """The products of a lead are read with the lead; all else by lists, a feed or a timeline."""
        return entity == LEAD_PRODUCT.name

    def same(self, entity: str, key: str, ours: Json, theirs: Json) -> bool:
        """Whether a value read back is the value we wrote, as Nutshell spells it."""
        return same(entity, key, ours, theirs)

    def price(self, request: Request) -> int:
        """What a request costs, in calls: one."""
        return prices.price(request)

    def cost(self, entity: str, action: prices.Action, fields: Fields | None = None) -> float:
        """What an action costs a record, in calls, for estimates."""
        return prices.cost(entity, action, fields)

    def reading(self, entity: str, count: int, held: int) -> float:
        """What reading `count` records by their ids costs, of `held` that the account has, in calls."""
        return prices.reading(entity, count, held)

    def learning(self, entities: Iterable[str]) -> float:
        """What a fresh process asks once before it writes records of these entities, in calls."""
        return prices.learning(entities)

    def pace(self, seats: int) -> tuple[float, int]:
        """Requests a second that we allow ourselves, and calls a day: Nutshell documents no limit of either."""
        return prices.pace(seats)

    def schema_price(self) -> int:
        """What one reading of the schema costs, in calls, while no list is longer than a page."""
        return prices.schema_price(counted=self.plan in limits.OPEN_LEADS)

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request."""
        return verdicts.verdict(request, response)

    def entity(self, name: str) -> Entity | None:
        """The catalogue entry of a record entity."""
        return ENTITIES.get(name)


def locate(user: str) -> Flow[str]:
    """The host that holds the account of a user, asked of the directory without credentials.

    Raises RefusedError for a user that nobody knows, UnreachableError for an answer without a host.
    """
    found = result((yield call("getApiForUsername", {"username": user}, path=DISCOVERY)))
    host = found.get("api") if isinstance(found, dict) else None
    if not isinstance(host, str) or not host:
        raise UnreachableError("Nutshell's directory names no host for this user: check the address and the user.")
    return host
