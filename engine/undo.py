"""Undo: the writes since a position, taken back by compensating writes that follow from the log alone.

For each destination record, what it was at the position is compared with what it is now: made since → deleted, changed
since → its before-images restored, deleted since → made again. A record that people changed after our last write is
held, with everything that it stands on; so is whatever records that stay stand on. Nothing is looked up at the source.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from adapters.protocols import Fields, Json, Record, Schema
from engine.account import Account
from engine.binding import encoded
from engine.changes import Change
from engine.computed import computed, refills
from engine.events import WriteIntended
from engine.findings import Draft
from engine.history import destination_schema
from engine.journal import Journal
from engine.limits import lack_of
from engine.optionids import options_id
from engine.past import Added, Past, options, pasts
from engine.rebind import Rebinder
from engine.standing import Standing
from engine.view import Linked, Part, View
from engine.written import base, intent, unseen


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One compensation to come. `base`: the values by which a later edit is told, the before-image of a restore.

    A change that makes or restores is spelled with the ids of then (`refs`); they are rebound when it is sent.
    """

    action: Literal["recreate", "restore", "delete", "refill"]
    change: Change
    base: Fields = {}


class Undoing(msgspec.Struct, kw_only=True):
    """What taking back would do: steps in order, and what is held and why.

    `residue`: what the destination's API cannot take back, known beforehand. `impossible`: what it refused. `again`:
    what was deleted since and stands, or will stand, under a new id.
    """

    to: int
    steps: list[Step] = []
    again: set[Part] = set()
    held: list[Draft] = []
    residue: list[dict[str, str]] = []
    impossible: list[dict[str, str]] = []

    def count(self, action: str) -> int:
        """How many steps of a kind there are."""
        return sum(s.action == action for s in self.steps)


class Undo:
    """Derives the compensations of one account.

    Args:
        order: entities in the order in which they are taken back.
        answers: choices by review id.
        key_label: the label of the custom field that carries our key; held records stand on it.
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
        self.account = account
        self.order = tuple(order)
        self.answers = answers
        self.key_label = key_label
        self.schema: Schema = destination_schema(journal, account.target)
        self.links = view.links(account.target, alive_only=False)
        alive = {part: link for part, link in self.links.items() if link.alive}
        self._rebinder = Rebinder(self.schema, alive)
        self.computed = computed(journal, self.schema, self.links)
        self.standing = Standing(journal, account, self.schema, self.links, key_label)

    def plan(self, to: int) -> Undoing:
        """What must be written so that the destination is as it was at a position."""
        past = pasts(self.journal, self.account.target, to)
        steps = [s for part, p in past.items() if (s := self._step(part, p, self.links.get(part))) is not None]
        then, now = options(self.journal, self.account.target, to)
        steps += self._options_again(then, now)
        undoing = Undoing(to=to)
        steps = self._possible(steps, undoing)
        free, kept = self._unedited(steps, undoing)
        new = {_option(a.part, n): id for a in now.values() for n, id in self._new_labels(then, a).items()}
        stays = self._stays(free, kept, new, undoing)
        free = [s for s in free if s.action != "delete" or s.change.part not in stays]
        gone = {s.change.part.key for s in free if s.action == "delete" and s.change.part.entity == "field"}
        free += self._options_away(then, now, gone, stays)
        deletes = [s for s in free if s.action == "delete"]
        free += [*self._unlinked(deletes), *self._refilled(deletes)]
        undoing.steps = sorted(free, key=self._rank)
        undoing.again = {s.change.part for s in free if s.action == "recreate"} | self._again(past)
        return undoing

    def _unlinked(self, deletes: list[Step]) -> Iterator[Step]:
        """Relations between records of one kind are rows of their own that no delete takes along: they go first."""
        for step in deletes:
            part, link = step.change.part, step.change.link
            body = intent(self.journal, link)
            schema = self.schema.object(part.entity)
            keys = [f.key for f in schema.fields if f.detail and f.target == part.entity] if schema and body else []
            fields: Fields = {key: None for key in keys if body and body.whole.get(key)}
            if body is not None and fields:
                whole = {k: v for k, v in body.whole.items() if k not in fields}
                change = msgspec.structs.replace(
                    step.change, action="update", fields=fields, whole=whole, refs=body.refs
                )
                yield Step(action="restore", change=change, base=step.base)

    def _refilled(self, deletes: list[Step]) -> Iterator[Step]:
        """Values that the server had worked out from records that go now, written again at records that stay."""
        going = {s.change.part for s in deletes}
        for change in refills(self.journal, self.schema, self.links, going):
            if change.part not in going:
                yield Step(action="refill", change=change)

    def _possible(self, steps: list[Step], undoing: Undoing) -> list[Step]:
        """Without the deletes that the destination's API has not; what they would have taken away is listed."""
        found: list[Step] = []
        for step in steps:
            change = step.change
            lack = lack_of(self.schema, "delete", change.part.entity) if step.action == "delete" else None
            if lack is None:
                found.append(step)
            else:
                why = f"{change.part.key}: {lack.what} {lack.instead}"
                undoing.residue.append({"entity": change.part.entity, "id": change.id, "why": why})
        return found

    def _again(self, past: dict[Part, Past]) -> set[Part]:
        """What an earlier taking back, perhaps a broken one, has made again."""
        alive = {part: link.id for part, link in self.links.items() if link.alive}
        return {part for part, p in past.items() if p.alive and alive.get(part, p.id) != p.id}

    def _rank(self, step: Step) -> tuple[int, int, int]:
        """First what is made again, parents before children; then what is restored; then deletes, children first.

        Last what the server had worked out from what is deleted.
        """
        place = self.order.index(step.change.part.entity)
        if step.action == "recreate":
            return 0, -place, step.change.cause
        return {"restore": 1, "delete": 2, "refill": 3}[step.action], place, -step.change.cause

    def as_left(
        self, steps: list[Step], links: Mapping[Part, Linked], undoing: Undoing
    ) -> tuple[list[Step], set[Part]]:
        """Read records again right before they are written: the steps that may go; what stays, with all under it.

        `links`: as they are now; of some of the records an earlier step has changed something.
        """
        now = [msgspec.structs.replace(s, base=base(self.journal, links.get(s.change.part))) for s in steps]
        free, kept = self._unedited(now, undoing)
        return free, self.standing.under(kept)

    # --- one record ------------------------------------------------------------------------------------------------

    def _step(self, part: Part, past: Past, link: Linked | None) -> Step | None:
        """The compensation of one record; None when it is as it was."""
        if link is None or part.entity == "options":
            return None
        then = self.journal.at(past.intent, WriteIntended) if past.intent else None
        if link.adopted:
            return self._restored(part, past, then, link)  # it was there before us: never deleted
        if link.alive and not past.alive:
            change = Change(action="delete", part=part, id=link.id, cause=link.applied, link=link)
            return Step(action="delete", change=change, base=base(self.journal, link))
        if not past.alive or then is None:
            return None
        if link.alive:
            return self._restored(part, past, then, link)
        change = Change(action="create", part=part, fields=then.whole, whole=then.whole, refs=then.refs)
        return Step(action="recreate", change=msgspec.structs.replace(change, cause=past.intent))

    def _restored(self, part: Part, past: Past, then: WriteIntended | None, link: Linked) -> Step | None:
        """The values of then put back: before-images, or the whole where the record has been made again since."""
        fields = past.restore if then is None or past.id == link.id else then.whole
        if not fields or link.whole_hash == self._hash_now(part, then):
            return None
        change = Change(
            action="update",
            part=part,
            id=link.id,
            fields=fields,
            whole=then.whole if then else {},
            refs=then.refs if then else {},
            cause=link.applied,
            link=link,
        )
        return Step(action="restore", change=change, base=base(self.journal, link))

    def _hash_now(self, part: Part, then: WriteIntended | None) -> str:
        """The hash of the whole of then, spelled with the ids of now; that of an adopted record is empty."""
        if then is None:
            return ""
        return self.journal.log.vault.hash(encoded(self._rebinder.fields(part.entity, then.whole, then.refs)))

    # --- labels of pick-lists --------------------------------------------------------------------------------------

    def _options_again(self, then: dict[int, Added], now: dict[int, Added]) -> Iterator[Step]:
        """Labels that were there and are not: added again, a step for each write that had added them."""
        present = {(a.part.key, label) for a in now.values() for label in a.labels}
        for added in then.values():
            labels = [label for label in added.labels if (added.part.key, label) not in present]
            if labels:
                entity, _, field = added.place.partition("/")
                fields: Fields = {"entity": entity, "field": field, "labels": labels}
                yield Step(
                    action="recreate",
                    change=Change(action="create", part=added.part, fields=fields, cause=added.applied),
                )

    def _options_away(
        self, then: dict[int, Added], now: dict[int, Added], fields_that_go: set[str], stays: set[Part]
    ) -> Iterator[Step]:
        """Labels that are there and were not, unless their whole field goes or something stands on them."""
        for added in now.values():
            new = self._new_labels(then, added)
            ids = [id for label, id in new.items() if _option(added.part, label) not in stays]
            if ids and added.part.key not in fields_that_go:
                id = options_id(added.place, ids)
                change = Change(action="delete", part=added.part, id=id, cause=added.applied)
                yield Step(action="delete", change=change)

    def _new_labels(self, then: dict[int, Added], added: Added) -> dict[str, str]:
        before = {label for a in then.values() if a.part.key == added.part.key for label in a.labels}
        return {label: id for label, id in added.labels.items() if label not in before}

    # --- what people did meanwhile ---------------------------------------------------------------------------------

    def _unedited(self, steps: list[Step], undoing: Undoing) -> tuple[list[Step], set[Part]]:
        """The steps whose records are as we left them; the others are held, unless a person said to go on."""
        free: list[Step] = []
        kept: set[Part] = set()
        for entity in dict.fromkeys(s.change.part.entity for s in steps):
            mine = [s for s in steps if s.change.part.entity == entity]
            there = self._fetch(entity, {s.change.id: {**s.base, **s.change.fields} for s in mine if s.change.id})
            for step in mine:
                edited = self._edited(step, there)
                if edited and not self._goes(step.change, _edited_question(step.change, edited), "edited", undoing):
                    kept.add(step.change.part)
                else:
                    free.append(_as_read(step, there.get(step.change.id)))
        return free, kept

    def _stays(self, free: list[Step], kept: set[Part], new: dict[Part, str], undoing: Undoing) -> set[Part]:
        """Everything that what stays stands on: what is held, and other people's records. `new`: options by part."""
        deletes = {s.change.part: s.change for s in free if s.action == "delete"}
        deletes |= {part: Change(action="delete", part=part, id=id) for part, id in new.items()}
        if not deletes:
            return set()
        stays = self.standing.under(kept)
        going = {(part.entity, c.id) for part, c in deletes.items() if part not in stays}
        changing = {(s.change.part.entity, s.change.id): s.change.fields for s in free if s.action == "restore"}
        for part, who in sorted(self.standing.leaning(going, changing).items()):
            change = deletes.get(part)
            if change and part not in stays and not self._goes(change, _used_question(change, who), "in-use", undoing):
                stays |= self.standing.under([part])
        return stays

    def _goes(self, change: Change, question: str, kind: str, undoing: Undoing) -> bool:
        """Whether a person has said that it may go all the same; if not, it is held for review."""
        part = change.part
        id = f"{kind}-{self.journal.log.vault.hash('/'.join((*part, change.id)))[:10]}"
        if self.answers.get(id) == "undo":
            return True
        draft = Draft(
            id=id,
            kind=kind,
            subject=(part.object, part.key),
            question=question,
            choices=("keep", "undo"),
            proposed="keep",
            blocking=False,
        )
        undoing.held.append(draft)
        return False

    def _fetch(self, entity: str, wanted: dict[str, Fields]) -> dict[str, Record]:
        return {} if entity == "options" else self.account.fetch(self.schema, entity, wanted)

    def _edited(self, step: Step, there: dict[str, Record]) -> list[str]:
        """Fields of a record that are not as our last write left them. A record that is gone has none."""
        record = there.get(step.change.id)
        if record is None or step.action == "recreate":
            return []
        schema = self.schema.object(step.change.part.entity)
        readonly = {f.key for f in schema.fields if f.readonly} if schema else set()
        watched = step.base.keys() - readonly - self.computed.get(step.change.part, frozenset())
        if step.action == "restore":
            watched &= step.change.fields.keys()
        elif step.action == "delete":
            watched |= unseen(schema, step.base, record.values)
        return [k for k in sorted(watched) if not self._as_left(step, k, record.values.get(k))]

    def _as_left(self, step: Step, key: str, theirs: Json) -> bool:
        part = step.change.part
        if part.entity == "field" and key == "options":
            options = (p.key for p in self.links if p.entity == "option")  # labels may hold slashes
            ours = {key.removeprefix(f"{part.key}/") for key in options if key.startswith(f"{part.key}/")}
            return set(theirs or ()) <= ours
        return self.account.destination.same(part.entity, key, step.base.get(key), theirs)


def _as_read(step: Step, there: Record | None) -> Step:
    """A step that knows how its record was read."""
    if there is None:
        return step
    return msgspec.structs.replace(step, change=msgspec.structs.replace(step.change, read=there.values))


def _edited_question(change: Change, edited: list[str]) -> str:
    part = change.part
    return (
        f"People changed {', '.join(edited)} of {part.entity} {change.id} ({part.object} {part.key}) since our last "
        "write. It stays, with all that it stands on. Answer `undo` to take it back all the same."
    )


def _used_question(change: Change, who: list[str]) -> str:
    part = change.part
    more = f" and {len(who) - 3} more" if len(who) > 3 else ""
    thing = f"{part.entity} {change.id} ({part.object} {part.key})"
    return (
        f"{', '.join(who[:3])}{more} at the destination stand on {thing} and are not ours to take back. "
        "It stays. Answer `undo` to take it back all the same."
    )


def _option(options: Part, label: str) -> Part:
    return Part("option", "Option", f"{options.key}/{label}")
