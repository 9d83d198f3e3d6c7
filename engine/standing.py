"""Standing: what the records that stay at a destination stand on, so that an undo leaves it standing, too."""

from collections.abc import Iterable, Iterator, Mapping

from adapters.protocols import Fields, Json, Record, Schema
from engine.account import Account
from engine.events import WriteIntended
from engine.journal import Journal
from engine.rebind import as_part
from engine.view import Linked, Part

Place = tuple[str, str]
"""An entity and the id of one of its records."""


class Standing:
    """Answers what a record stands on: links, custom fields, options, stages and pipelines that are ours.

    Args:
        links: all links of the account by part, dead ones included.
        key_label: the label of the custom field that carries our key.
    """

    def __init__(
        self, journal: Journal, account: Account, schema: Schema, links: Mapping[Part, Linked], key_label: str
    ) -> None:
        self.journal = journal
        self.account = account
        self.schema = schema
        self.links = links
        self.key_label = key_label
        alive = {part: link for part, link in links.items() if link.alive}
        self._by_id = {(p.entity, link.id): p for p, link in alive.items() if p.entity not in ("field", "option")}
        self._fields = {link.id: p for p, link in alive.items() if p.entity == "field"}
        self._options: dict[tuple[str, str], dict[str, Part]] = {}
        for part, link in alive.items():
            if part.entity == "option":
                self._options.setdefault(self._place(part), {})[link.id] = part

    def _place(self, option: Part) -> tuple[str, str]:
        """The entity and the field key of an option's pick-list."""
        field = self._field_of(option)
        link = self.links.get(field)
        entity, _, name = field.key.partition("/")
        return entity, link.id.rpartition("/")[2] if link and link.alive else name

    def _field_of(self, option: Part) -> Part:
        """The pick-list of an option, by the longest name that one of our fields has (labels may hold slashes, too)."""
        words = option.key.split("/")
        for end in range(len(words) - 1, 1, -1):
            if (part := Part("field", "Field", "/".join(words[:end]))) in self.links:
                return part
        return Part("field", "Field", "/".join(words[:2]))

    def under(self, parts: Iterable[Part]) -> set[Part]:
        """These parts and everything that they point at by our own writes, and what that points at."""
        found: set[Part] = set()
        todo = list(parts)
        while todo:
            current = todo.pop()
            if current in found or current not in self.links:
                continue
            found.add(current)
            todo += self._below(current)
        return found

    def _below(self, part: Part) -> Iterator[Part]:
        if part.entity == "option":
            yield self._field_of(part)
        elif part.entity == "stage":
            yield Part("pipeline", "Pipeline", part.key.rpartition("/")[0])
        elif part.entity not in ("field", "pipeline"):
            link = self.links[part]
            body = self.journal.at(link.intent, WriteIntended) if link.intent else None
            yield from map(as_part, body.refs if body else ())
            yield Part("field", "Field", f"{part.entity}/{self.key_label}")

    def leaning(self, going: set[Place], changing: Mapping[Place, Fields]) -> dict[Part, list[str]]:
        """Our parts that records which stay point at, with those records ("deal 7"): read afresh, all of them.

        `going`: records that are to be deleted. `changing`: values that records are to have.
        """
        found: dict[Part, list[str]] = {}
        for entity in (o.name for o in self.schema.objects):
            for record in self._all(entity):
                place = (entity, record.id)
                if place not in going:
                    for part in set(self.points_at(entity, {**record.values, **changing.get(place, {})})):
                        found.setdefault(part, []).append(" ".join(place))
        return found

    def _all(self, entity: str) -> Iterator[Record]:
        at: str | None = None
        while True:
            page = self.account.wire.one(self.account.destination.list(entity, at))
            yield from page.records
            at = page.next
            if at is None:
                return

    def points_at(self, entity: str, values: Fields) -> Iterator[Part]:
        """Our parts that a record's present values name."""
        schema = self.schema.object(entity)
        for key, value in values.items():
            ids = [v for v in _flat(value) if v]
            if not ids:
                continue
            if part := self._fields.get(f"{entity}/{key}"):
                yield part
            options = self._options.get((entity, key), {})
            yield from (options[i] for i in ids if i in options)
            field = schema.field(key) if schema else None
            if field and field.target:
                yield from (self._by_id[field.target, i] for i in ids if (field.target, i) in self._by_id)


def _flat(value: Json) -> Iterator[str]:
    """The texts of a value: itself, or its items."""
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif value is not None and not isinstance(value, dict):
        yield str(value)
    elif value:
        yield "-"  # an address or the like: it is there, and names nothing
