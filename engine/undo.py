"""Undo: the writes since a position, taken back by compensating writes that follow from the log alone.

For each destination record, what it was at the position is compared with what it is now: made since → deleted, changed
since → its before-images restored, deleted since → made again. A record that people changed after our last write is
held, with everything that it stands on. Nothing is looked up at the source.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from adapters.protocols import Fields, Json, Record, Schema
from engine.account import Account
from engine.changes import Change
from engine.events import WriteApplied, WriteIntended
from engine.findings import Draft
from engine.history import destination_schema
from engine.journal import Journal
from engine.view import Linked, Part, View


class Past(msgspec.Struct, kw_only=True):
    """What the log knows of one record: as it was at the position, and the before-images of what was changed since."""

    id: str = ""
    alive: bool = False
    intent: int = 0
    adopted: bool = False
    restore: Fields = {}
    touched: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One compensation to come. `base`: the values that our last write left, by which a later edit is told."""

    action: Literal["delete", "restore", "recreate"]
    change: Change
    base: Fields = {}


class Undoing(msgspec.Struct, kw_only=True):
    """What taking back would do: steps in order, what is held and why, what cannot be taken back."""

    to: int
    steps: list[Step] = []
    held: list[Draft] = []
    impossible: list[dict[str, str]] = []

    def count(self, action: str) -> int:
        """How many steps of a kind there are."""
        return sum(s.action == action for s in self.steps)


class Undo:
    """Derives the compensations of one account.

    Args:
        key_label: the label of the custom field that carries our key; held records stand on it.
        order: entities in the order in which they are taken back.
    """

    def __init__(
        self,
        journal: Journal,
        view: View,
        account: Account,
        order: Iterable[str],
        answers: dict[str, str],
        key_label: str,
    ) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.order = tuple(order)
        self.answers = answers
        self.key_label = key_label
        self.schema: Schema = destination_schema(journal, account.target)

    def plan(self, to: int) -> Undoing:
        """What must be written so that the destination is as it was at a position."""
        pasts = self._pasts(to)
        links = self.view.links(self.account.target, alive_only=False)
        undoing = Undoing(to=to)
        steps = [s for part, past in pasts.items() if (s := self._step(part, past, links.get(part))) is not None]
        steps += self._options(to, {s.change.part.key for s in steps if s.change.part.entity == "field"})
        steps.sort(key=lambda s: (self.order.index(s.change.part.entity), -s.change.cause))
        standing = self._check(steps, links, undoing)
        undoing.steps = [s for s in undoing.steps if s.change.part not in standing]
        return undoing

    # --- the past --------------------------------------------------------------------------------------------------

    def _pasts(self, to: int) -> dict[Part, Past]:
        """Every record that was written since the position, with what it was then."""
        touched: dict[Part, Past] = {}
        for _, _body, part in self._writes(after=to):
            touched.setdefault(part, Past()).touched = True
        for position, body, part in self._writes(after=0) if touched else ():
            past = touched.get(part)
            if past is None:
                continue
            if position <= to:
                past.id, past.alive, past.intent = body.id, body.action != "delete", body.intent
                past.adopted = body.action == "adopt"
            elif body.action == "update":
                intent = self.journal.at(body.intent, WriteIntended)
                for key, value in (intent.before if intent else {}).items():
                    past.restore.setdefault(key, value)  # the oldest before-image is what it was
        return touched

    def _writes(self, *, after: int) -> Iterator[tuple[int, WriteApplied, Part]]:
        for recorded, body in self.journal.bodies(WriteApplied, after=after):
            if body.target == self.account.target and body.entity != "options":
                yield recorded.position, body, Part(body.entity, recorded.object or "", recorded.key or "", body.part)

    def _step(self, part: Part, past: Past, link: Linked | None) -> Step | None:
        """The compensation of one record; None when it is as it was."""
        if link is None or link.adopted:
            return None
        base = self._base(link)
        if link.alive and not past.alive:
            change = Change(action="delete", part=part, id=link.id, cause=link.applied, link=link)
            return Step(action="delete", change=change, base=base)
        then = self.journal.at(past.intent, WriteIntended) if past.intent else None
        if not past.alive or then is None:
            return None
        if not link.alive:
            change = self._again(part, then, link)
            return Step(action="recreate", change=change)
        fields = past.restore if past.id == link.id else then.whole
        if not fields or link.whole_hash == then.whole_hash:
            return None
        change = Change(
            action="update",
            part=part,
            id=link.id,
            fields=fields,
            whole=then.whole,
            whole_hash=then.whole_hash,
            refs=then.refs,
            cause=link.applied,
            link=link,
        )
        return Step(action="restore", change=change, base=base)

    def _again(self, part: Part, then: WriteIntended, link: Linked) -> Change:
        """A create of what was deleted, pointing at the records that stand for its parents now."""
        links = self.view.links(self.account.target)
        by_ref = {"/".join(p[:3]): current.id for p, current in links.items()}
        moved = {old: by_ref[ref] for ref, old in then.refs.items() if ref in by_ref and by_ref[ref] != old}
        schema = self.schema.object(part.entity)
        references = {f.key for f in schema.fields if f.kind == "reference"} if schema else set()
        whole = {k: moved.get(str(v), v) if k in references else v for k, v in then.whole.items()}
        refs = {ref: by_ref.get(ref, old) for ref, old in then.refs.items()}
        fields: Fields = {**whole, "$mark": self._mark_field(part.entity)}
        return Change(
            action="create",
            part=part,
            fields=fields,
            whole=whole,
            whole_hash=then.whole_hash,
            refs=refs,
            cause=link.applied,
        )

    def _mark_field(self, entity: str) -> str:
        schema = self.schema.object(entity)
        if schema is None or not schema.custom_fields:
            return "mark"
        link = self.view.links(self.account.target).get(Part("field", "Field", f"{entity}/{self.key_label}"))
        return link.id.rpartition("/")[2] if link else ""

    def _base(self, link: Linked) -> Fields:
        """What the server made of our last write."""
        body = self.journal.at(link.applied, WriteApplied) if link.applied else None
        return body.values if body else {}

    def _options(self, to: int, fields_that_go: set[str]) -> Iterator[Step]:
        """Labels that were added to pick-lists since, unless their whole field goes."""
        deleted: set[str] = set()
        added: dict[str, tuple[int, str, str]] = {}
        for recorded, body in self.journal.bodies(WriteApplied, after=to):
            if body.target != self.account.target or body.entity != "options":
                continue
            if body.action == "delete":
                deleted.add(body.id)
            elif not body.id.endswith("/-"):
                added[body.id] = (recorded.position, recorded.object or "", recorded.key or "")
        for id, (position, obj, key) in added.items():
            if id not in deleted and key not in fields_that_go:
                part = Part("options", obj, key)
                yield Step(action="delete", change=Change(action="delete", part=part, id=id, cause=position))

    # --- what people did meanwhile ---------------------------------------------------------------------------------

    def _check(self, steps: list[Step], links: dict[Part, Linked], undoing: Undoing) -> set[Part]:
        """Sort out what people changed; what those records stand on, which stays too."""
        standing: set[Part] = set()
        for entity in dict.fromkeys(s.change.part.entity for s in steps):
            mine = [s for s in steps if s.change.part.entity == entity]
            there = self._fetch(entity, [s.change.id for s in mine if s.change.id])
            for step in mine:
                edited = self._edited(step, there, links)
                if edited and self.answers.get(draft_id(self.journal, step)) != "undo":
                    undoing.held.append(self._draft(step, edited))
                    standing |= self._stands_on(step.change.part, links)
                else:
                    undoing.steps.append(step)
        return standing

    def _fetch(self, entity: str, ids: list[str]) -> dict[str, Record]:
        if not ids or entity == "options":
            return {}
        return self.account.wire.one(self.account.destination.fetch(entity, ids))

    def _edited(self, step: Step, there: dict[str, Record], links: dict[Part, Linked]) -> list[str]:
        """Fields of a record that are not as our last write left them. A record that is gone has none."""
        record = there.get(step.change.id)
        if record is None or step.action == "recreate":
            return []
        entity = step.change.part.entity
        schema = self.schema.object(entity)
        readonly = {f.key for f in schema.fields if f.readonly} if schema else set()
        watched = step.base.keys() - readonly
        if step.action == "restore":
            watched &= step.change.fields.keys()
        return [k for k in sorted(watched) if not self._as_left(step, k, record.values.get(k), links)]

    def _as_left(self, step: Step, key: str, theirs: Json, links: dict[Part, Linked]) -> bool:
        entity = step.change.part.entity
        if entity == "field" and key == "options":
            prefix = step.change.part.key + "/"
            ours = {p.key.removeprefix(prefix) for p in links if p.entity == "option" and p.key.startswith(prefix)}
            return set(theirs or ()) <= ours
        return self.account.destination.same(entity, key, step.base.get(key), theirs)

    def _stands_on(self, part: Part, links: dict[Part, Linked]) -> set[Part]:
        """Everything that a record that stays points at, and what that points at."""
        found: set[Part] = set()
        todo = [part]
        while todo:
            current = todo.pop()
            link = links.get(current)
            if current in found or link is None:
                continue
            found.add(current)
            body = self.journal.at(link.intent, WriteIntended) if link.intent else None
            refs = [Part(*ref.split("/", 2)) for ref in (body.refs if body else ())]
            todo += [*refs, *(_field_of(r) for r in refs if r.entity == "option")]
            todo.append(Part("field", "Field", f"{current.entity}/{self.key_label}"))
        return found

    def _draft(self, step: Step, edited: list[str]) -> Draft:
        part = step.change.part
        question = (
            f"People changed {', '.join(edited)} of {part.entity} {step.change.id} ({part.object} {part.key}) "
            f"since our last write. It stays, with all that it stands on. Answer `undo` to take it back all the same."
        )
        return Draft(
            id=draft_id(self.journal, step),
            kind="edited",
            subject=(part.object, part.key),
            question=question,
            choices=("keep", "undo"),
            proposed="keep",
            blocking=False,
        )


def draft_id(journal: Journal, step: Step) -> str:
    """The id of the review item about a record that people changed."""
    return f"edited-{journal.log.vault.hash('/'.join((*step.change.part, step.change.id)))[:10]}"


def _field_of(option: Part) -> Part:
    return Part("field", "Field", option.key.rpartition("/")[0])
