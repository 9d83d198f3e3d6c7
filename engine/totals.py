"""Totals: the number that the records of one object add up to on a record that each of them names.

On which record it stands may be a person's choice (`Total.on` names several): until it is made, the records wait and
nothing is added up.
"""

from decimal import Decimal
from zoneinfo import ZoneInfo

from adapters.protocols import Fields, ObjectSchema
from adapters.sources import numbers
from adapters.sources.values import parse
from engine.caps import Overflow
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.journal import Subject
from engine.mapping import Total
from engine.placing import placement, review
from engine.resolve import Resolver
from engine.transform import new_field


class Totals:
    """The sums of all totals of a map. `waiting`: the review item that an object's records wait for."""

    def __init__(self, history: History, resolver: Resolver, notes: Notes) -> None:
        self.history = history
        self.resolver = resolver
        self.notes = notes
        self.waiting: dict[str, str] = {}
        self._sums: dict[Subject, dict[str, Decimal]] = {}
        for name, object_map in history.mapping.object.items():
            if (total := object_map.total) is None:
                continue
            if relation := placement(history, name, total):
                self._add_up(name, total, relation)
            else:
                self.waiting[name] = self._ask(name, total)

    def put(self, subject: Subject, entity: ObjectSchema, fields: Fields, overflow: Overflow) -> None:
        """Write what others add up to into the fields of the record that they name."""
        for label, amount in self._sums.get(subject, {}).items():
            if (entity.name, label) in overflow.fields:
                self.notes.tell("over-the-cap", f"{label}: the plan has no room for the field", subject, label)
            elif entity.custom_fields:
                fields[new_field(entity.name, label)] = float(amount)
            else:
                self.notes.tell("not-written", f"{label}: a {entity.label} takes no custom fields", subject, label)

    def _ask(self, name: str, total: Total) -> str:
        question = (
            f"The records of {name} add up to one number, {total.new!r}. On which record shall it stand: "
            f"{' or '.join(total.on)}? What each record says is kept in any case."
        )
        return self.notes.ask(
            Draft(
                id=review(self.history, name),
                kind="placement",
                subject=(name, total.new),
                question=question,
                choices=total.on,
                proposed=total.on[0],
            )
        )

    def _add_up(self, name: str, total: Total, relation: str) -> None:
        for item in self.history.items.get(name, {}).values():
            # a twin's amount is that of the record that it became: counted there, once
            counts = item.subject not in self.resolver.survivors and not self.resolver.stays_behind(item)
            subject = self.resolver.path(item, relation).subject
            amount = self._amount(item, total) if subject and counts else None
            if subject and amount is not None:
                sums = self._sums.setdefault(subject, {})
                sums[total.new] = sums.get(total.new, Decimal(0)) + amount

    def _amount(self, item: Item, total: Total) -> Decimal | None:
        """A record's amount; None where it is doubtful or in another currency, which is told."""
        schema = self.history.source.object(item.object)
        field = schema.field(total.of) if schema else None
        values = item.values or {}
        if field is None or not values.get(total.of, "").strip():
            return None
        currency = values.get(total.currency, "").strip().upper() if total.currency else ""
        currency = currency or numbers.currency(values[total.of]) or ""
        value = parse(field, values[total.of], ZoneInfo(self.history.mapping.zone)).value
        if currency in ("", self.history.mapping.currency) and isinstance(value, int | float):
            return Decimal(str(value))
        detail = f"{total.of} {values[total.of]} {currency}".rstrip() + f" is not part of {total.new}"
        self.notes.tell("not-in-total", detail, item.subject, total.of)
        return None
