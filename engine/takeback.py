"""Taking back: the compensations of an undo, sent in order, each under the write protocol."""

from collections.abc import Iterator

import msgspec

from adapters.protocols import Fields, Record
from engine.account import Account
from engine.binding import encoded
from engine.changes import Change
from engine.computed import refill
from engine.events import WriteIntended, WriteRejected
from engine.journal import Journal
from engine.rebind import Rebinder, as_part
from engine.steps import Stepper
from engine.taking import Progress
from engine.undo import Step, Undo, Undoing
from engine.view import Linked, Part, View
from engine.write import Writer
from engine.written import base

Links = dict[Part, Linked]

AT_ONCE = 100
"""Records that are read again and then taken back: what a person changes while more wait for their turn is seen."""

STALE = 5
"""How often a restore is read again because the record has changed since."""


class TakeBack:
    """Sends the steps of an undoing to one account.

    Args:
        writer: of the run that takes back.
        undo: what the undoing was derived by.
    """

    def __init__(self, journal: Journal, view: View, writer: Writer, undo: Undo, progress: Progress) -> None:
        self.journal = journal
        self.view = view
        self.account: Account = writer.account
        self.stepper = Stepper(writer)
        self.undo = undo
        self.schema = undo.schema
        self.progress = progress
        self._stays: set[Part] = set()

    def run(self, undoing: Undoing) -> None:
        """All steps, group by group. What points at records that were made again is linked again before any delete."""
        done = 0
        for action in ("recreate", "restore", "delete", "refill"):
            steps = [s for s in undoing.steps if s.action == action]
            for group in _by_entity(steps):
                free = [s for s in group if s.change.part not in self._stays]
                if action in ("restore", "delete"):  # hours may have passed since the plan: people have gone on working
                    free, more = self.undo.as_left(free, self.view.links(self.account.target), undoing)
                    self._stays |= more
                if free:
                    self._send(free, undoing)
                done += len(group)
                self.progress("undo", done, len(undoing.steps))
            if action == "restore":
                self._relink(undoing)

    def _send(self, steps: list[Step], undoing: Undoing) -> None:
        """Send steps of one action at one entity; what changed between its reading and its writing is read again."""
        there: dict[str, Record] = {}
        for _ in range(STALE):
            links = self.view.links(self.account.target)
            changes = [self._bound(s.change, links) for s in steps]
            befores = {i: self._before(c, s.base, there) for i, (c, s) in enumerate(zip(changes, steps, strict=True))}
            restores = steps[0].action == "restore"
            changes = [msgspec.structs.replace(c, read=there[c.id].values) if c.id in there else c for c in changes]
            stale = self._write(changes, befores if restores else {}, undoing)
            steps = self._as_of_now([s for s, c in zip(steps, changes, strict=True) if c.part in stale])
            if steps and restores:
                there = self._fetch(steps)
            again = [s for s in steps if restores and self._is_as_left(s, there.get(s.change.id))]
            self._tell_stale([s for s in steps if s not in again], undoing)
            steps = again
            if not steps:
                return
        self._tell_stale(steps, undoing)

    def _as_of_now(self, steps: list[Step]) -> list[Step]:
        """Steps that know what a first request of theirs has left, where a further one came too late."""
        links = self.view.links(self.account.target) if steps else {}
        return [msgspec.structs.replace(s, base=base(self.journal, links.get(s.change.part))) for s in steps]

    def _fetch(self, steps: list[Step]) -> dict[str, Record]:
        entity = steps[0].change.part.entity
        return self.account.fetch(self.schema, entity, {s.change.id: s.change.fields for s in steps})

    def _is_as_left(self, step: Step, there: Record | None) -> bool:
        """Whether what is restored is as we left it: our own later writes, too, give a record another revision."""
        same, entity = self.account.destination.same, step.change.part.entity
        return there is not None and all(
            same(entity, key, step.base.get(key), there.values.get(key)) for key in step.change.fields
        )

    def _before(self, change: Change, base: Fields, there: dict[str, Record]) -> Fields:
        """The values before a restore: as read again, else as we left them; of companions what we know of them."""
        known = base | (there[change.id].values if change.id in there else {})
        along = self.account.destination.companions(change.part.entity, change.fields) & known.keys()
        return {k: known.get(k) for k in (*change.fields, *sorted(along))}

    def _write(self, changes: list[Change], befores: dict[int, Fields], undoing: Undoing) -> set[Part]:
        """Write, and tell what was refused; what had changed since it was read."""
        stale: set[Part] = set()
        for outcome in self.stepper.write(changes, befores, undoes=undoing.to):
            part = outcome.change.part
            if isinstance(outcome.body, WriteRejected):
                why = f"{outcome.body.message} ({outcome.body.status})"
                undoing.impossible.append({"entity": part.entity, "id": outcome.change.id or part.key, "why": why})
            elif outcome.stale:
                stale.add(part)
        return stale

    def _tell_stale(self, steps: list[Step], undoing: Undoing) -> None:
        why = "it was being changed at the same time and was left alone; run again"
        undoing.impossible += [
            {"entity": s.change.part.entity, "id": s.change.id or s.change.part.key, "why": why} for s in steps
        ]

    # --- ids of now ------------------------------------------------------------------------------------------------

    def _bound(self, change: Change, links: Links) -> Change:
        """A change with the ids of now: what it points at may have been made again."""
        if change.action == "delete":
            return change
        if change.alone:
            return refill(self.journal, change, links[change.part])
        if change.part.entity == "options":
            return msgspec.structs.replace(change, fields=self._options(change, links))
        binder, entity = Rebinder(self.schema, links), change.part.entity
        whole = binder.fields(entity, change.whole, change.refs)
        fields = binder.fields(entity, change.fields, change.refs)
        if change.action == "create" and (mark := self._mark_field(entity, links)):
            fields["$mark"] = mark
        digest = self.journal.log.vault.hash(encoded(whole)) if whole else ""
        refs = binder.refs(change.refs)
        return msgspec.structs.replace(change, fields=fields, whole=whole, whole_hash=digest, refs=refs)

    def _options(self, change: Change, links: Links) -> Fields:
        field = links.get(Part("field", *change.part[1:]))
        return {**change.fields, "field": field.id.rpartition("/")[2]} if field else change.fields

    def _mark_field(self, entity: str, links: Links) -> str:
        """Where a record carries our key; configuration carries none, nor does what has neither fields nor text."""
        schema = self.schema.object(entity)
        if schema is None:
            return ""
        if not schema.custom_fields:
            return "mark" if schema.block else ""
        link = links.get(Part("field", "Field", f"{entity}/{self.undo.key_label}"))
        return link.id.rpartition("/")[2] if link else ""

    def _relink(self, undoing: Undoing) -> None:
        """Records that stay and point at one that was made again get its new id, where nobody has changed the link."""
        if not undoing.again:
            return
        going = {s.change.part for s in undoing.steps if s.action == "delete"}
        stale = [(c, old) for c, old in self._stale(undoing.again) if c.part not in going]
        for entity in dict.fromkeys(c.part.entity for c, _ in stale):
            mine = [(c, old) for c, old in stale if c.part.entity == entity]
            there = self.account.fetch(self.schema, entity, {c.id: c.fields for c, _ in mine})
            changes = [self._untouched(c, old, there[c.id].values) for c, old in mine if c.id in there]
            changes = [c for c in changes if c.fields]
            befores = {i: {k: there[c.id].values.get(k) for k in c.fields} for i, c in enumerate(changes)}
            left = self._write(changes, befores, undoing)
            self._tell_stale([Step(action="restore", change=c) for c in changes if c.part in left], undoing)

    def _stale(self, again: set[Part]) -> Iterator[tuple[Change, Fields]]:
        """Updates of records that were bound with other ids than those of now, each with its values as bound."""
        links = self.view.links(self.account.target)
        binder = Rebinder(self.schema, links)
        intents = self.journal.log.many({link.intent for link in links.values() if link.intent})
        for part, link in links.items():
            body = self.journal.body(intents[link.intent], WriteIntended) if link.intent else None
            if body is None or body.entity != part.entity:  # erased, or made with its parent
                continue
            refs = binder.refs(body.refs)
            if not any(refs[ref] != old and as_part(ref) in again for ref, old in body.refs.items()):
                continue
            whole = binder.fields(part.entity, body.whole, body.refs)
            change = Change(
                action="update",
                part=part,
                id=link.id,
                fields={k: v for k, v in whole.items() if body.whole.get(k) != v},
                whole=whole,
                whole_hash=self.journal.log.vault.hash(encoded(whole)),
                refs=refs,
                cause=link.applied,
                link=link,
            )
            yield change, body.whole

    def _untouched(self, change: Change, old: Fields, theirs: Fields) -> Change:
        """Without the fields in which a person has put something else meanwhile."""
        same, entity = self.account.destination.same, change.part.entity
        fields = {
            k: v
            for k, v in change.fields.items()
            if same(entity, k, None, theirs.get(k)) or same(entity, k, old.get(k), theirs.get(k))
        }
        return msgspec.structs.replace(change, fields=fields)


def _by_entity(steps: list[Step]) -> Iterator[list[Step]]:
    """Steps in order, those of one entity together.

    One at a time: stages that are made again, which take their order from it, and labels, whose list is written whole.
    """
    for entity in dict.fromkeys(s.change.part.entity for s in steps):
        group = [s for s in steps if s.change.part.entity == entity]
        if entity == "options" or (entity == "stage" and group[0].action == "recreate"):
            yield from ([s] for s in group)
        else:
            yield from (group[at : at + AT_ONCE] for at in range(0, len(group), AT_ONCE))
