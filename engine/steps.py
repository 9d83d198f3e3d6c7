"""Steps: a change that takes several requests is written one request at a time, each an intent of its own.

What is written between two steps is no whole record and never passes for one: the intent says `partial`, the record
counts as pending, and its hash is not that of what is wanted, so that a later run goes on where a broken one stopped.
"""

from collections.abc import Mapping, Sequence

import msgspec

from adapters.protocols import Fields, UnreachableError
from engine.binding import encoded
from engine.changes import Change
from engine.events import WriteApplied, WriteIntended
from engine.waves import MARK
from engine.write import Outcome, Writer
from engine.written import base, whole

MOST = 500
"""Steps of one change, at most: a list of more items than this is not written item by item."""


class Stepper:
    """Writes changes of one account to their end."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.account = writer.account
        self.journal = writer.journal

    def write(
        self, changes: Sequence[Change], befores: Mapping[int, Fields] | None = None, undoes: int | None = None
    ) -> list[Outcome]:
        """Write changes, step by step; the outcome of each is that of its last step. See `Writer.write`."""
        given = dict(befores or {})
        seen = {i: {**change.read, **given.get(i, {})} for i, change in enumerate(changes)}
        ended: dict[int, Outcome] = {}
        steps = {i: self._first(change, given.get(i, {})) for i, change in enumerate(changes)}
        for _ in range(MOST):
            present = {n: given[i] for n, i in enumerate(steps) if i in given}
            outcomes = dict(zip(steps, self.writer.write(list(steps.values()), present, undoes), strict=True))
            ended |= outcomes
            following = {i: self._next(steps[i], o, seen[i]) for i, o in outcomes.items()}
            steps = {i: s for i, s in following.items() if s is not None}
            given = {i: self._before(s, seen[i]) for i, s in steps.items() if s.action == "update"}
            if not steps:
                return [ended[i] for i in range(len(changes))]
        first = next(iter(steps.values()))
        raise UnreachableError(
            f"{'/'.join(first.part[1:3])} is not finished after {MOST} requests; run again to go on with it"
        )

    def _first(self, change: Change, present: Fields) -> Change:
        if change.action == "delete":
            return change
        if change.action == "create":
            return self._cut(change, {}, None)
        goal, disturbed = self._disturbing(change, present)
        written = {k: v for k, v in whole(self.journal, change.link).items() if k not in disturbed}
        return self._cut(goal, written, {k: present.get(k) for k in goal.fields})

    def _disturbing(self, change: Change, present: Fields) -> tuple[Change, set[str]]:
        """The change with what its first step disturbs put back, and the fields that are not sure meanwhile.

        Those are companions of ours that do not go out with the step itself: who was the main person of a deal is left
        as a participant. The record is not whole before.
        """
        entity, step = change.part.entity, self.account.destination.step
        fields = {k: v for k, v in change.fields.items() if k != MARK}
        along = self.account.destination.companions(entity, step(entity, present, fields)) & change.whole.keys()
        back = {k: present[k] for k in sorted(along) if k not in fields and present.get(k) is not None}
        disturbed = along & (fields | back).keys() - step(entity, present, fields | back).keys()
        more = {k: v for k, v in back.items() if k in disturbed}
        return msgspec.structs.replace(change, fields=change.fields | more), set(disturbed)

    def _cut(self, change: Change, written: Fields, present: Fields | None) -> Change:
        """The change down to what one request writes of it; itself where that is all."""
        fields = {k: v for k, v in change.fields.items() if k != MARK}
        step = self.account.destination.step(change.part.entity, present, fields)
        if step == fields:
            return change
        there = {k: v for k, v in (written | step).items() if v is not None}
        mark = {MARK: change.fields[MARK]} if MARK in change.fields else {}
        if all(there.get(key) == value for key, value in fields.items()):  # an earlier run has written the others
            return msgspec.structs.replace(change, fields=step | mark)
        return msgspec.structs.replace(
            change,
            fields=step | mark,
            whole=there,
            whole_hash=self.journal.log.vault.hash(encoded(there)),
            partial=True,
            goal=change,
        )

    def _next(self, done: Change, outcome: Outcome, seen: Fields) -> Change | None:
        """The step after one that was applied. `seen`: the record as read, written and answered so far; it grows."""
        body, goal = outcome.body, done.goal
        if goal is None or not isinstance(body, WriteApplied):
            return None
        if goal.part.entity == "options":  # labels are added, each step by itself
            labels = [label for label in goal.fields["labels"] if label not in done.fields["labels"]]
            return self._cut(msgspec.structs.replace(goal, fields={**goal.fields, "labels": labels}), {}, None)
        left = {k: v for k, v in goal.fields.items() if k != MARK and done.whole.get(k) != v}
        known = done.base or base(self.journal, done.link)
        # what the answer did not show is still as it was read, not as our earlier answers had it
        seen |= {k: v for k, v in body.values.items() if k not in seen or known.get(k) != v} | done.fields
        change = msgspec.structs.replace(
            goal, action="update", id=body.id, fields=left, base=body.values, read=dict(seen)
        )
        step = self._cut(change, done.whole, {k: seen.get(k) for k in left})
        return self._marked(step, goal, body, seen)

    def _before(self, step: Change, seen: Fields) -> Fields:
        """The before-image of a step: its fields and what travels along with them."""
        companions = self.account.destination.companions(step.part.entity, step.fields)
        return {key: seen.get(key) for key in (*step.fields, *sorted(companions)) if key != MARK}

    def _marked(self, step: Change, goal: Change, body: WriteApplied, seen: Fields) -> Change:
        """A step that writes the text in which our key stands brings it along where the create could not (a file's)."""
        key = goal.fields.get(MARK, "")
        if key not in self.account.destination.companions(step.part.entity, step.fields) or seen.get(key):
            return step
        intent = self.journal.at(body.intent, WriteIntended)
        fields = step.fields | {key: intent.mark} if intent and intent.mark else step.fields
        return msgspec.structs.replace(step, fields=fields)
