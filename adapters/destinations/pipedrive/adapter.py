"""Pipedrive as a destination."""

from collections.abc import Iterable, Sequence

from adapters.destinations.pipedrive import (
    configuration,
    details,
    finding,
    nested,
    prices,
    reading,
    steps,
    verdicts,
    writing,
)
from adapters.destinations.pipedrive.caps import PLANS
from adapters.destinations.pipedrive.catalogue import ENTITIES, ENTITY_ORDER, ROLLBACK_ORDER
from adapters.destinations.pipedrive.comparing import same
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import CustomFields
from adapters.destinations.pipedrive.schema import read_schema
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
    Verdict,
)


class Pipedrive:
    """The Pipedrive adapter, for `adapters.driver.Driver` with the company's address as its base.

    `plan` ("lite", "growth", "premium", "ultimate") cannot be read from the account; it says what `visible_to`
    means. An adapter belongs to one account: it remembers the types of that account's custom fields.
    """

    name = "pipedrive"
    unit = "token"
    entity_order: tuple[str, ...] = ENTITY_ORDER
    rollback_order: tuple[str, ...] = ROLLBACK_ORDER

    def __init__(self, plan: str | None = None) -> None:
        if plan and plan.lower() not in PLANS:  # it would have no caps, and the pace of the smallest
            raise ValueError(f"There is no plan {plan!r} at Pipedrive; there is {', '.join(PLANS)}.")
        self.plan = plan
        self._custom = CustomFields()

    def schema(self) -> Flow[Schema]:
        """The account as it is now; see `schema.READINGS` for the requests and `schema_price` for their cost."""
        return (yield from read_schema(self._custom, self.plan))

    def prepare(self, entity: str, keys: Iterable[str]) -> Flow[None]:
        """Read the entity's field list where one of the keys is a custom field that is not known yet."""
        record = ENTITIES.get(entity)
        if record is not None:
            yield from self._custom.codecs(record.owner, keys, ask_again=True)

    def companions(self, entity: str, keys: Iterable[str]) -> frozenset[str]:
        """The fields that share a wire field with the given ones, and the participants that a deal's person changes."""
        record = ENTITIES.get(entity)
        return frozenset(writing.companions(record, keys)) if record is not None else frozenset()

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        """Create one record: one unsafe request, the last (after a pipeline its stages are read)."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.create(entity, fields, self._custom))
        return (yield from writing.create(record, fields, self._custom))

    def together(self, entity: str, several: Sequence[Fields]) -> list[list[int]]:
        """Which creates share a request: six lines of one deal or more; each index in exactly one group."""
        if entity == "deal_product":
            return nested.together(ENTITIES[entity], several)
        return [[index] for index in range(len(several))]

    def create_many(self, entity: str, several: Sequence[Fields]) -> Flow[list[Applied]]:
        """Create the lines of one deal, in their order: one unsafe request."""
        return (yield from writing.create_many(ENTITIES[entity], several))

    def step(self, entity: str, before: Fields | None, fields: Fields) -> Fields:
        """What the next request writes of these fields; see `steps`."""
        record = ENTITIES.get(entity)
        if record is None:
            return steps.labels(fields) if entity == "options" else fields
        return steps.step(record, before, fields)

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        """Change the fields of a step: one unsafe request, the last."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.update(entity, id, fields))
        return (yield from writing.change(record, id, fields, before, self._custom))

    def delete(self, entity: str, id: str) -> Flow[Applied]:
        """Delete one record: one unsafe request. A record that is gone already is a success."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.delete(entity, id))
        return (yield from writing.delete(record.at(id), id))

    def fetch(self, entity: str, ids: Sequence[str], keys: Iterable[str] = ()) -> Flow[dict[str, Record]]:
        """The live records among `ids`; deleted and unknown ones are missing. See `details` for what `keys` cost."""
        record = ENTITIES.get(entity)
        if record is None:
            return (yield from configuration.fetch(entity, ids))
        found = yield from reading.fetch(record, ids, self._custom)
        wanted, live = list(keys), {}
        for id, there in found.items():
            if (whole := (yield from details.complete_or_none(record, there, wanted))) is not None:
                live[id] = whole
        return live

    def list(self, entity: str, at: str | None) -> Flow[Page]:
        """One page of all live records of an entity; archived deals, their lines and archived leads come last."""
        record = ENTITIES.get(entity)
        if record is None:
            return Page(records=tuple((yield from configuration.read_all(entity))))
        return (yield from reading.list_page(record, at, self._custom))

    def find(self, intent: Intent) -> Flow[Copies]:
        """All live copies of what the intent may have made; see `finding` for the witness of each entity."""
        return (yield from finding.find(intent, self._custom))

    def shows_at_once(self, entity: str) -> bool:
        """Lines, variations and options are read with what they belong to; all else by lists of the whole account."""
        record = ENTITIES.get(entity)
        return entity == "options" if record is None else bool(record.parent)

    def same(self, entity: str, key: str, ours: Json, theirs: Json) -> bool:
        """Whether a value read back is the value we wrote, as Pipedrive spells it."""
        return same(entity, key, ours, theirs)

    def price(self, request: Request) -> int:
        """What a request costs, in tokens."""
        return prices.price(request)

    def cost(self, entity: str, action: prices.Action, fields: Fields | None = None) -> float:
        """What an action costs a record, in tokens, for estimates."""
        return prices.cost(entity, action, fields)

    def shared(self, entity: str, count: int) -> float:
        """What creating so many lines of one deal by one request costs, in tokens."""
        return prices.shared(entity, count)

    def reading(self, entity: str, count: int, held: int) -> float:
        """What reading `count` records by their ids costs, of `held` that the account has, in tokens."""
        return prices.reading(entity, count, held)

    def learning(self, entities: Iterable[str]) -> float:
        """What a fresh process asks once before it writes records of these entities, in tokens."""
        return prices.learning(entities)

    def pace(self, seats: int) -> tuple[float, int]:
        """Requests a second and tokens a day with so many users."""
        return prices.pace(self.plan, seats)

    def schema_price(self) -> int:
        """What one reading of the schema costs, in tokens, while no list is longer than a page."""
        return prices.schema_price(self.plan)

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request."""
        return verdicts.verdict(request, response)

    def entity(self, name: str) -> Entity | None:
        """The catalogue entry of a record entity."""
        return ENTITIES.get(name)
