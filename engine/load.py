"""The load: configuration, then phase by phase in dependency order, each counted and read back before the next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from adapters.protocols import Fields
from engine.account import Account
from engine.adopting import there
from engine.binding import Binder
from engine.changes import Change, Differ, option_changes
from engine.computed import computed, refills
from engine.events import PhaseReported, ReviewWithdrawn, SubjectSettled, WriteApplied, WriteRejected
from engine.findings import Draft
from engine.history import History
from engine.journal import Entry, Journal, Subject
from engine.merge import KINDS, Merger
from engine.replay import Replayed
from engine.reviews import ask
from engine.steps import Stepper
from engine.taking import Progress
from engine.transform import new_field
from engine.unwanted import leftovers, unwanted
from engine.view import Linked, Part, View
from engine.want import Verdict, Want
from engine.waves import WAVE, waves
from engine.write import Outcome, Writer
from engine.written import whole

STALE = 5
"""How often an update is merged anew because the record has changed since it was read."""

MERGED = 2 * WAVE
"""Updates that are read back and merged at once: what a person changes while more wait for their turn is seen."""


class GateShutError(Exception):
    """The migration stops here until a person decides; the message says what."""


class ConfigurationRefusedError(GateShutError):
    """The destination does not take a part of the configuration; looked at anew, it may say why."""


class Load:
    """One pass over a replay at one account.

    Args:
        only: write only these subjects (a sample); None writes all. again: also those that were rejected.
    """

    def __init__(
        self,
        journal: Journal,
        view: View,
        account: Account,
        history: History,
        replayed: Replayed,
        writer: Writer,
        progress: Progress,
        only: frozenset[Subject] | None = None,
        *,
        again: bool = False,
    ) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.history = history
        self.replayed = replayed
        self.writer = writer
        self.stepper = Stepper(writer)
        self.progress = progress
        self.only = only
        self.again = again
        self.asked: set[str] = set()
        policy = history.policies.get("conflicts", "review")
        self.merger = Merger(journal, account, history.destination, history.answers, policy, history.token)

    def run(self) -> None:
        """Everything, in order. Raises GateShutError where a person must decide first."""
        self.configure()
        for entity in self.replayed.order:
            if self.only is None and (reviews := self.replayed.gates.get(entity)):
                raise GateShutError(
                    f"{entity} records wait: {len(reviews)} owners have no user. `cutover review` lists them with "
                    "their records; answer with `cutover review resolve ID --choose user:EMAIL`, then run again"
                )
            self._phase(entity)
        if self.only is None:
            links = self.view.links(self.account.target)
            for entity in (*leftovers(self.replayed, links), *reversed(self.replayed.order)):
                self._delete_unwanted(entity)

    def differ(self) -> Differ:
        """Changes against the links as they are now."""
        links = self.view.links(self.account.target)
        return Differ(links, self.history.destination, self.written, self.journal.log.vault.hash)

    def written(self, link: Linked) -> Fields:
        """All that we wrote of a record, as of its newest write."""
        return whole(self.journal, link)

    # --- configuration ---------------------------------------------------------------------------------------------

    def unconfigured(self) -> bool:
        """Whether something that the map asks for is not at the destination yet."""
        links = self.view.links(self.account.target)
        made = (want for want in self.replayed.configuration if want.part.entity in ("pipeline", "stage", "field"))
        return any(want.part not in links for want in made)

    def configure(self) -> dict[str, object]:
        """Make what records need: pipelines, stages in their order, fields, options."""
        for entity in ("pipeline", "stage", "field"):
            wants = [w for w in self.replayed.configuration if w.part.entity == entity]
            self._adopt(wants)
            differ = self.differ()
            new = [w for w in wants if w.part not in differ.links]
            changes = [c for c in map(differ.change, new) if c is not None]
            # stages get their order by being made one after the other
            for group in [[c] for c in changes] if entity == "stage" else [changes]:
                self._must(self.stepper.write(group))
        self._add_options()
        return {}

    def _adopt(self, wants: Iterable[Want]) -> None:
        """Take what the account has already under the same name, instead of making it twice."""
        links = self.view.links(self.account.target)
        for want in wants:
            if want.part not in links and (found := there(self.history.destination, want, links)):
                id, children = found
                body = WriteApplied(
                    target=self.account.target,
                    entity=want.part.entity,
                    action="adopt",
                    id=id,
                    intent=0,
                    how="adopted",
                    map_version=self.history.map_version,
                    children=children,
                )
                self.journal.record(body, (want.part.object, want.part.key), self.writer.run)

    def _add_options(self) -> None:
        """Labels that a pick-list lacks: those of fields that existed before, and of the account's own lists."""
        differ = self.differ()
        pick_lists = [w for w in self.replayed.configuration if w.fields.get("options") or w.fields.get("labels")]
        self._must(self.stepper.write(option_changes(pick_lists, differ)))

    def _must(self, outcomes: list[Outcome]) -> None:
        """Configuration that is refused stops the run: records would fall into nothing."""
        for outcome in outcomes:
            if isinstance(outcome.body, WriteRejected):
                part, body = outcome.change.part, outcome.body
                raise ConfigurationRefusedError(
                    f"the destination refused {part.entity} {part.key!r}: {body.message} ({body.status} {body.code}). "
                    "Change the map or the account (`cutover review` may say how), then run again"
                )

    # --- a phase ---------------------------------------------------------------------------------------------------

    def _phase(self, entity: str) -> None:
        before = self.account.wire.spent
        self._forget_lost(entity)
        self.merger.computed = computed(self.journal, self.history.destination, self.view.links(self.account.target))
        wants = [w for w in self.replayed.every() if w.part.entity == entity and self._asked(w)]
        disposed = self.view.disposed(self.account.target)
        self._settle(entity, disposed)
        differ = self.differ()
        changes: list[Change] = []
        unchanged: list[Want] = []
        for want in wants:
            change = differ.change(want)
            if change is None:
                unchanged.append(want)
            elif not self._rejected_before(change, disposed):
                changes.append(change)
        here = {c.part for c in changes if c.action == "create"}
        late = [c for c in changes if c.missing and here.issuperset(c.missing)]
        self._wait([c for c in changes if c.missing and not here.issuperset(c.missing)], disposed)
        self._unchanged(unchanged, disposed, differ)
        for some in one_of_each([c for c in changes if not c.missing]):
            now = self.differ() if changes[0] not in some else differ  # what was written before it counts
            self._write(entity, self._ready(some, now), now.binder)
        self._write_late(entity, [c.part for c in late])
        if self.only is None:
            self._withdraw(wants)
            self._report(entity, before)

    def _asked(self, want: Want) -> bool:
        return self.only is None or (want.part.object, want.part.key) in self.only

    def _rejected_before(self, change: Change, disposed: dict[Subject, tuple[str, str, str]]) -> bool:
        """Refused already as it is wanted now, under this map: only `retry` asks again."""
        state = disposed.get((change.part.object, change.part.key))
        if self.again or state is None or state[0] != "rejected":
            return False
        at, confirmed = self.view.disposed_at(self.account.target, change.part), self.view.fact("map")
        if confirmed is not None and at <= confirmed["position"]:
            return False
        refused = self.journal.log.at(at).data()
        part = self.journal.log.at(refused["intent"]).data().get("part", "")
        # logs of before there was a hash do not say what was refused: the record waits for `retry`
        return part == change.part.part and refused.get("wanted_hash", "") in ("", change.whole_hash)

    def _settle(self, entity: str, disposed: dict[Subject, tuple[str, str, str]]) -> None:
        """Record what is skipped or held, and by what, where that is new."""
        if self.only is not None:
            return
        objects = {name for name, m in self.history.mapping.object.items() if m.to == entity}
        entries = [
            self._settling(subject, verdict)
            for subject, verdict in self.replayed.settled.items()
            if subject[0] in objects and not _known(disposed.get(subject), verdict)
        ]
        self.journal.record_all(entries)

    def _settling(self, subject: Subject, verdict: Verdict) -> Entry:
        body = SubjectSettled(
            target=self.account.target,
            disposition=verdict.disposition,  # type: ignore[arg-type]
            reason=verdict.reason,
            review=verdict.review,
            survivor=verdict.survivor,
        )
        return Entry(body, subject, self.writer.run)

    def _wait(self, changes: list[Change], disposed: dict[Subject, tuple[str, str, str]]) -> None:
        """Records that stand on something which is not there yet (a parent that was refused)."""
        entries = []
        for change in changes:
            subject = (change.part.object, change.part.key)
            parent = change.missing[0]
            verdict = Verdict(disposition="held", reason=f"waits for {parent.entity} {parent.key}")
            stuck = change.part.part and disposed.get(subject, ("",))[0] in ("held", "rejected")
            if not stuck and not _known(disposed.get(subject), verdict):
                entries.append(self._settling(subject, verdict))
        self.journal.record_all(entries)

    def _unchanged(self, wants: list[Want], disposed: dict[Subject, tuple[str, str, str]], differ: Differ) -> None:
        """Records that are as they are wanted: whole, with all that the same source record becomes besides."""
        verdict = Verdict(disposition="unchanged", reason="the destination holds it already")
        subjects = {(w.part.object, w.part.key) for w in wants} - self._unwritten(differ).keys()
        fresh = [s for s in subjects if disposed.get(s, ("",))[0] not in ("written", "unchanged")]
        self.journal.record_all([self._settling(s, verdict) for s in sorted(fresh)])

    def _ready(self, changes: list[Change], differ: Differ) -> list[Change]:
        """What can be written now; of a source record that becomes several, each but the last is a part."""
        more = self._unwritten(differ)
        return [msgspec.structs.replace(c, partial=_is_part(c, more)) for c in changes]

    def _write_late(self, entity: str, parts: list[Part]) -> None:
        """Records that name others of their phase (a company its parent), generation by generation.

        What names a record that was refused is written without that link, and waits.
        """
        wanted = {want.part: want for want in self.replayed.every()} if parts else {}
        while parts:
            differ = self.differ()
            changes = [change for part in parts if (change := differ.change(wanted[part])) is not None]
            free = [c for c in changes if not c.missing]
            self._write(entity, self._ready(free, differ), differ.binder)
            parts = [c.part for c in changes if c.missing]
            if not free:
                loose = [msgspec.structs.replace(c, missing=(), partial=True) for c in changes if c.fields]
                self._write(entity, loose, differ.binder)
                self._wait(changes, self.view.disposed(self.account.target))
                return

    def _unwritten(self, differ: Differ) -> dict[Subject, set[Part]]:
        """Of the source records that become several: what is not at the destination as it is wanted."""
        subjects = {(w.part.object, w.part.key) for w in self.replayed.further}
        found: dict[Subject, set[Part]] = {}
        for want in self.replayed.every() if subjects else ():
            subject = (want.part.object, want.part.key)
            if subject in subjects and differ.change(want) is not None:
                found.setdefault(subject, set()).add(want.part)
        return found

    def _write(self, entity: str, changes: list[Change], binder: Binder) -> None:
        creates = [self._marked(c, binder) for c in changes if c.action == "create"]
        updates = [c for c in changes if c.action == "update"]
        total, done = len(changes), 0
        stale: set[Part] = set()
        for wave in waves(self.account.destination, creates):
            stale |= {o.change.part for o in self.stepper.write([creates[i] for i in wave]) if o.stale}
            done += len(wave)
            self.progress(entity, done, total)
        updates += self._unfinished(stale)
        for start in range(0, len(updates), MERGED):
            self._update(entity, updates[start : start + MERGED], binder)
            self.progress(entity, len(creates) + min(start + MERGED, len(updates)), total)

    def _unfinished(self, parts: set[Part]) -> list[Change]:
        """What is left of records that were made, and of which a further step came too late: updates, to be merged."""
        if not parts:
            return []
        differ = self.differ()
        wants = (want for want in self.replayed.every() if want.part in parts)
        return self._ready([c for want in wants if (c := differ.change(want)) is not None], differ)

    def _update(self, entity: str, changes: list[Change], binder: Binder) -> None:
        """Merge and write; what had changed between its reading and its writing is read and merged again."""
        for _ in range(STALE):
            merged = self.merger.merge(entity, changes)
            again = [self._marked(c, binder) if c.action == "create" else c for c in merged.updates]
            self._ask([draft for _, draft in merged.held])
            self._settle_as([(c, Verdict(disposition="held", reason=d.kind, review=d.id)) for c, d in merged.held])
            self._settle_as(merged.kept)
            stale = {o.change.part for o in self.stepper.write(again, merged.befores) if o.stale}
            links = self.view.links(self.account.target) if stale else {}
            changes = [msgspec.structs.replace(c, link=links[c.part]) for c in changes if c.part in stale]
            if not changes:
                return
        restless = Verdict(disposition="held", reason="it changes faster than it can be written; run again")
        self._settle_as([(change, restless) for change in changes])

    def _ask(self, drafts: list[Draft]) -> None:
        """Open questions of this phase."""
        ask(self.journal, self.view, drafts)
        self.asked |= {d.id for d in drafts}

    def _withdraw(self, wants: list[Want]) -> None:
        """Questions about these records that no longer arise: a value has changed again, on one side or the other."""
        subjects = {(w.part.object, w.part.key) for w in wants}
        entries = [
            Entry(ReviewWithdrawn(review=r.id), (r.object, r.key), r.opened)
            for r in self.view.reviews()
            if r.kind in KINDS and (r.object, r.key) in subjects and r.id not in self.asked
        ]
        self.journal.record_all(entries)

    def _settle_as(self, settled: list[tuple[Change, Verdict]]) -> None:
        """Record what becomes of records without a write, where that is new."""
        if not settled:
            return
        disposed = self.view.disposed(self.account.target)
        entries = []
        for change, verdict in settled:
            subject = (change.part.object, change.part.key)
            if not _known(disposed.get(subject), verdict):
                entries.append(self._settling(subject, verdict))
        self.journal.record_all(entries)

    def _marked(self, change: Change, binder: Binder) -> Change:
        """A create carries our key: in the field made for it, or in the record's text, or nowhere if it has neither."""
        schema = self.history.destination.object(change.part.entity)
        key = "mark" if schema is None or schema.block else ""
        if schema and schema.custom_fields:
            label = new_field(change.part.entity, self.history.mapping.key_field)
            key = next(iter(binder.bind({label: ""}).fields), "")
        fields = {**change.fields, "$mark": key} if key else change.fields
        return msgspec.structs.replace(change, fields=fields)

    def _delete_unwanted(self, entity: str) -> None:
        """Records of ours that are no longer wanted: deleted at the source by decision, or merged into another."""
        links = self.view.links(self.account.target)
        sorted_out = self.merger.leave(entity, unwanted(self.replayed, links, entity))
        self._ask([draft for _, draft in sorted_out.held])
        outcomes = self.stepper.write(sorted_out.updates)
        gone = {o.change.part for o in outcomes if isinstance(o.body, WriteApplied)}
        self.stepper.write(list(refills(self.journal, self.history.destination, links, gone)))

    # --- the report ------------------------------------------------------------------------------------------------

    def _report(self, entity: str, spent_before: int) -> None:
        """Count both sides: what the log says was written since the last report, and what is found there."""
        since = self._counted_until(entity)
        links = self.view.links(self.account.target)
        fresh = {part: link for part, link in links.items() if part.entity == entity and link.applied > since}
        if not fresh:
            return
        ids = [link.id for link in fresh.values()]
        there = self.account.wire.one(self.account.destination.fetch(entity, ids))
        lost = [self._lost(part, link) for part, link in fresh.items() if link.id not in there]
        objects = {name for name, m in self.history.mapping.object.items() if m.to == entity}
        counts = [c for o, c in self.view.dispositions(self.account.target).items() if o in objects]
        sums = {k: sum(c[k] for c in counts) for k in ("extracted", "unchanged", "skipped", "held", "rejected")}
        body = PhaseReported(
            run=self.writer.run,
            target=self.account.target,
            entity=entity,
            read=sums["extracted"],
            written=len(fresh),
            unchanged=sums["unchanged"],
            skipped=sums["skipped"],
            held=sums["held"],
            rejected=sums["rejected"],
            found=len(there),
            explained=sum(draft.id in self.history.answers for draft in lost),
            since=since,
            tokens=self.account.wire.spent - spent_before,
        )
        self.journal.record(body, cause=self.writer.run)
        unexplained = [draft for draft in lost if draft.id not in self.history.answers]
        if unexplained:
            self._ask(unexplained)
            raise GateShutError(
                f"{entity}: {len(fresh)} were written, {len(there)} are found. `cutover review` names each one that is "
                "missing; say for each whether to make it again, then run again"
            )

    def _counted_until(self, entity: str) -> int:
        """The position up to which everything written was found again, or its loss explained."""
        last = self.view.fact(f"phase:{self.account.target}:{entity}")
        if last is None:
            return 0
        whole = last["found"] + last["explained"] >= last["written"]
        return int(last["position"] if whole else last["since"])

    def _lost(self, part: Part, link: Linked) -> Draft:
        """The question about a record that was written and is not found."""
        return Draft(
            id=f"lost-{self.history.token('/'.join((*part, link.id)))[:10]}",
            kind="lost",
            subject=(part.object, part.key),
            question=f"{part.object} {part.key} was written as {part.entity} {link.id}, which is not found any more. "
            "Make it again, or leave it?",
            choices=("recreate", "leave"),
        )

    def _forget_lost(self, entity: str) -> None:
        """Lost records that are to be made again stand for nothing any more."""
        again = {review for review, choice in self.history.answers.items() if choice == "recreate"}
        links = self.view.links(self.account.target).items() if again else ()
        for part, link in links:
            if part.entity == entity and self._lost(part, link).id in again:
                gone = WriteApplied(
                    target=self.account.target, entity=entity, action="delete", id=link.id, intent=0, how="gone",
                    part=part.part,
                )  # fmt: skip
                self.journal.record(gone, (part.object, part.key), self.writer.run)


def one_of_each(changes: Sequence[Change]) -> list[list[Change]]:
    """Changes in rounds: of what one source record becomes at an entity one a round, so that the last is known."""
    rounds: list[list[Change]] = []
    seen: Counter[Subject] = Counter()
    for change in changes:
        subject = (change.part.object, change.part.key)
        rounds += [[]] if seen[subject] == len(rounds) else []
        rounds[seen[subject]].append(change)
        seen[subject] += 1
    return rounds


def _is_part(change: Change, unwritten: Mapping[Subject, set[Part]]) -> bool:
    """Whether other records that the same source record becomes are still to be written."""
    return bool(unwritten.get((change.part.object, change.part.key), set()) - {change.part})


def _known(state: tuple[str, str, str] | None, verdict: Verdict) -> bool:
    return state is not None and state[0] == verdict.disposition and state[1] == verdict.review
