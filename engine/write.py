"""The write protocol: an intent is durable before its request leaves; a write in doubt is settled before anything else.

One intent is one unsafe request. Intents are recorded in waves, one commit for a wave; then the requests go out side by
side; then their outcomes are recorded, one commit again. What has an intent and no outcome is in doubt, after a lost
answer as after a crash: the destination is asked for the record that carries our key. Presence is proof at once;
absence only when the settle time has passed since the intent.
"""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from adapters.protocols import (
    AdapterError,
    Applied,
    BudgetSpentError,
    Fields,
    Flow,
    InDoubtError,
    Intent,
    RefusedError,
    UnreachableError,
)
from engine.account import Account, Sent
from engine.changes import Change
from engine.events import WriteAbsent, WriteApplied, WriteIntended, WriteRejected
from engine.journal import Entry, Journal, Subject
from engine.times import rfc3339
from engine.view import Part, View
from eventstore.codec import Recorded

WAVE = 50
"""Intents in one commit."""

ATTEMPTS = 5
"""How often a write that was proven absent is sent again."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one change: the recorded body, or None when the write was not sent or not settled."""

    change: Change
    body: WriteApplied | WriteRejected | WriteAbsent | None
    error: AdapterError | None = None


class Writer:
    """Writes changes to one account under the protocol.

    Args:
        journal: must own the epoch.
        run: the position of the run that the writes belong to.
    """

    def __init__(self, journal: Journal, view: View, account: Account, *, run: int, map_version: int) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.run = run
        self.map_version = map_version

    # --- writing ---------------------------------------------------------------------------------------------------

    def write(
        self, changes: Sequence[Change], befores: dict[int, Fields] | None = None, undoes: int | None = None
    ) -> list[Outcome]:
        """Write changes, in order of waves. `befores`: before-images by index of the change.

        Raises BudgetSpentError and UnreachableError after recording what became of the wave; InDoubtError when a write
        could not be settled.
        """
        outcomes: list[Outcome] = []
        indexed = list(enumerate(changes))
        for start in range(0, len(indexed), WAVE):
            wave = indexed[start : start + WAVE]
            outcomes += self._attempts([(c, (befores or {}).get(i, {})) for i, c in wave], undoes)
        return outcomes

    def _attempts(self, wave: list[tuple[Change, Fields]], undoes: int | None) -> list[Outcome]:
        """Send a wave; what was in doubt and proved absent is sent again as a new intent."""
        done: list[Outcome] = []
        for attempt in range(1, ATTEMPTS + 1):
            outcomes = self._wave(wave, attempt, undoes)
            again = [(o, w) for o, w in zip(outcomes, wave, strict=True) if isinstance(o.body, WriteAbsent)]
            done += [o for o in outcomes if not isinstance(o.body, WriteAbsent)]
            stop = next((o.error for o in outcomes if isinstance(o.error, BudgetSpentError | UnreachableError)), None)
            if stop:
                raise stop
            if not again:
                return done
            wave = [w for _, w in again]
        raise UnreachableError(
            f"{len(wave)} writes to {self.account.target} were proven absent {ATTEMPTS} times over, "
            f"the first for {'/'.join(wave[0][0].part[1:3])}: the account loses requests; try again later"
        )

    def _prepare(self, wave: list[tuple[Change, Fields]]) -> None:
        """Let the adapter learn once what all writes of a wave need to know; what refuses that refuses them as well."""
        keys: dict[str, set[str]] = {}
        for change, _ in wave:
            if change.action != "delete":
                keys.setdefault(change.part.entity, set()).update(change.fields, [change.fields.get("$mark", "")])
        for entity, names in keys.items():
            with suppress(RefusedError):
                self.account.wire.one(self.account.destination.prepare(entity, sorted(names)))

    def _wave(self, wave: list[tuple[Change, Fields]], attempt: int, undoes: int | None) -> list[Outcome]:
        self._prepare(wave)
        bodies = [self._intent(change, before, attempt, undoes) for change, before in wave]
        entries = [
            Entry(body, _subject(change), change.cause or self.run)
            for body, (change, _) in zip(bodies, wave, strict=True)
        ]
        intents = self.journal.record_all(entries, fenced=True)
        sent = [Sent() for _ in wave]
        flows = [s.watch(self._flow(body)) for s, body in zip(sent, bodies, strict=True)]
        results = self.account.wire.many(flows)
        outcomes = [
            self._outcome(change, intent, body, s, result)
            for (change, _), intent, body, s, result in zip(wave, intents, bodies, sent, results, strict=True)
        ]
        self._record(outcomes, intents)
        doubtful = [i for i, o in enumerate(outcomes) if o.body is None]
        settled = self.settle([(intents[i], bodies[i]) for i in doubtful])
        for i, body in zip(doubtful, settled, strict=True):
            outcomes[i] = Outcome(change=outcomes[i].change, body=body)
        return outcomes

    def _intent(self, change: Change, before: Fields, attempt: int, undoes: int | None) -> WriteIntended:
        mark, fields = "", change.fields
        if change.action == "create" and (key := change.fields.get("$mark")):
            mark = f"{self.journal.log.migration}/{'/'.join(change.part[1:3])}/{self.run}.{attempt}"
            fields = {k: v for k, v in fields.items() if k != "$mark"} | {key: mark}
        return WriteIntended(
            target=self.account.target,
            entity=change.part.entity,
            action=change.action,
            id=change.id,
            part=change.part.part,
            attempt=attempt,
            mark=mark,
            map_version=self.map_version,
            run=self.run,
            undoes=undoes,
            whole_hash=change.whole_hash,
            refs=change.refs,
            fields=fields,
            whole={k: v for k, v in change.whole.items() if k != "$mark"},
            before=before,
        )

    def _flow(self, body: WriteIntended) -> Flow[Applied]:
        destination = self.account.destination
        if body.action == "create":
            return destination.create(body.entity, body.fields)
        if body.action == "update":
            return destination.update(body.entity, body.id, body.fields, body.before)
        return destination.delete(body.entity, body.id)

    def _outcome(
        self, change: Change, intent: Recorded, body: WriteIntended, sent: Sent, result: Applied | AdapterError
    ) -> Outcome:
        if isinstance(result, Applied):
            how = "gone" if body.action == "delete" and result.answer is None else "answered"
            return Outcome(change=change, body=_applied(body, intent.position, result, how, sent))
        if isinstance(result, RefusedError):
            verdict = result.verdict
            rejected = WriteRejected(
                target=body.target,
                entity=body.entity,
                intent=intent.position,
                status=verdict.status,
                code=verdict.code,
                message=verdict.message,
                undoes=body.undoes,
                request=sent.body(),
            )
            return Outcome(change=change, body=rejected)
        if isinstance(result, InDoubtError):
            return Outcome(change=change, body=None, error=result)
        absent = WriteAbsent(target=body.target, entity=body.entity, intent=intent.position)
        return Outcome(change=change, body=absent, error=result)

    def _record(self, outcomes: list[Outcome], intents: list[Recorded]) -> None:
        self.journal.record_all(
            [
                Entry(o.body, _subject(o.change), i.position)
                for o, i in zip(outcomes, intents, strict=True)
                if o.body is not None
            ],
            fenced=True,  # who was deposed leaves its writes to the new owner, who may have settled them already
        )

    # --- settling --------------------------------------------------------------------------------------------------

    def settle_all(self) -> int:
        """Settle everything in doubt at this account; how many there were."""
        positions = self.view.in_doubt(self.account.target)
        asked = []
        for position in positions:
            recorded = self.journal.log.at(position)
            body = self.journal.body(recorded, WriteIntended)
            if body is None:  # the person was erased: nothing of theirs may be asked for any more
                data = recorded.data()
                absent = WriteAbsent(target=data["target"], entity=data["entity"], intent=position)
                self._settle_as(absent, recorded)
            else:
                asked.append((recorded, body))
        self.settle(asked)
        return len(positions)

    def settle(self, doubtful: Sequence[tuple[Recorded, WriteIntended]]) -> list[WriteApplied | WriteAbsent]:
        """Learn what became of intents and record it. Presence is proof at once; for absence the settle time is waited.

        It is waited from now on, not from the intent: a request may have left long after its intent was recorded (the
        throttle held it back), but none leaves any more: a deposed writer is stopped before each request.
        """
        settled: dict[int, WriteApplied | WriteAbsent] = {}
        for last_look in (False, True):
            asked = [(intent, body) for intent, body in doubtful if intent.position not in settled]
            for (intent, body), found in zip(asked, self._find(asked), strict=True):
                if found or last_look:
                    settled[intent.position] = self._settled(intent, body, found)
            if len(settled) < len(doubtful):
                self.account.sleep(self.account.settle_seconds)
        return [settled[intent.position] for intent, _ in doubtful]

    def _find(self, asked: Sequence[tuple[Recorded, WriteIntended]]) -> list[list[Applied]]:
        """What the account holds of each intent."""
        results = self.account.wire.many([self.account.destination.find(_question(*a)) for a in asked]) if asked else []
        found: list[list[Applied]] = []
        for result in results:
            if isinstance(result, AdapterError):
                raise result
            found.append(result)
        return found

    def _settled(self, intent: Recorded, body: WriteIntended, found: list[Applied]) -> WriteApplied | WriteAbsent:
        if not found:
            absent = WriteAbsent(target=body.target, entity=body.entity, intent=intent.position)
            self._settle_as(absent, intent)
            return absent
        first, *copies = sorted(found, key=lambda a: (len(a.id), a.id))
        applied = _applied(body, intent.position, first, "gone" if body.action == "delete" else "found", Sent())
        self._drop_copies(body, copies, intent.position)  # first: a crash in between leaves the question open
        self._settle_as(applied, intent)
        return applied

    def _settle_as(self, body: WriteApplied | WriteAbsent, intent: Recorded) -> None:
        self.journal.record_all([Entry(body, _of(intent), intent.position)], fenced=True)

    def _drop_copies(self, body: WriteIntended, copies: list[Applied], cause: int) -> None:
        """A second copy of one create is compensated: the lowest id stays."""
        if body.action != "create":
            return
        changes = [
            Change(action="delete", part=Part(body.entity, "Copy", f"{body.entity}/{c.id}"), id=c.id, cause=cause)
            for c in copies
        ]
        self.write(changes)


def _applied(body: WriteIntended, intent: int, result: Applied, how: str, sent: Sent) -> WriteApplied:
    return WriteApplied(
        target=body.target,
        entity=body.entity,
        action=body.action,
        id=result.id if body.action == "create" else body.id,
        intent=intent,
        part=body.part,
        how=how,  # type: ignore[arg-type]
        map_version=body.map_version,
        whole_hash=body.whole_hash,
        undoes=body.undoes,
        children=result.children,
        request=sent.body(),
        answer=result.answer,
        values=result.values,
    )


def _subject(change: Change) -> Subject:
    return change.part.object, change.part.key


def _of(recorded: Recorded) -> Subject:
    return recorded.object or "", recorded.key or ""


def _question(intent: Recorded, body: WriteIntended) -> Intent:
    return Intent(
        action=body.action,
        entity=body.entity,
        id=body.id,
        mark=body.mark,
        at=rfc3339(intent.at, timespec="seconds"),
        fields=body.fields,
        before=body.before,
    )
