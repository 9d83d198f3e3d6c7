"""A migration: every verb of the program, over one log and a destination account. `ops` asks here."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from adapters.protocols import BudgetSpentError, Finding, Schema, UnreachableError
from engine import (
    back,
    caps,
    delta,
    discover,
    estimate,
    gates,
    history,
    limits,
    listings,
    mapfile,
    mapping,
    propose,
    reconcile,
    replay,
    retry,
    reviews,
    sample,
)
from engine.account import Account
from engine.changes import Differ
from engine.computed import computed
from engine.discover import Way
from engine.events import (
    DestinationDescribed,
    MapConfirmed,
    MapProposed,
    MigrationHeld,
    MigrationResumed,
    MigrationStarted,
    RunFinished,
    RunStarted,
    SourceDescribed,
)
from engine.extract import Extracted, extract, told
from engine.filestore import FileStore
from engine.history import History, NotReadyError
from engine.journal import Journal, Subject
from engine.limits import Limit
from engine.load import ConfigurationRefusedError, GateShutError, Load
from engine.proposals import Offer, offer
from engine.replay import Replayed
from engine.strays import Found, Strays
from engine.sweep import Sweeper, all_entities
from engine.taking import Progress
from engine.undo import Undo, Undoing
from engine.view import View
from engine.write import Writer
from eventstore.marks import Mark

WaysOf = Callable[[dict[str, Any]], list[Way]]
"""The ways to read the source as it is configured now; its files must be written in the given dialects (empty: any)."""


class HeldError(Exception):
    """The migration is on hold, or not held when it should be."""


class RunReport(msgspec.Struct, kw_only=True):
    """What a run, sample or sync came to. `outcome`: "done" or "gate"."""

    verb: str
    outcome: str
    message: str
    tokens: int
    position: int
    extracted: Extracted | None = None
    sample: dict[str, Any] | None = None
    checkpoint: str = ""


class Migration:
    """One migration at one destination account.

    Args:
        settings: zone, currency, policies ("duplicates", "conflicts", "deletions").
        files: where the files that source records name are kept.
    """

    def __init__(
        self,
        journal: Journal,
        view: View,
        account: Account,
        ways: WaysOf,
        settings: dict[str, str],
        progress: Progress,
        files: FileStore | None = None,
    ) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.ways = ways
        self.settings = settings
        self.progress = progress
        self.files = files

    @property
    def target(self) -> str:
        """The account's name in the workspace."""
        return self.account.target

    # --- before anything moves -------------------------------------------------------------------------------------

    def start(self, source: str, destination: str) -> None:
        """Record that the migration exists, once."""
        if self.view.fact("started") is None:
            self.journal.record(MigrationStarted(source=source, destination=destination))

    def discover(self, *, force: bool = False) -> tuple[Schema, Schema, Extracted | None]:
        """Look at both sides; read the source into the log. Writes nothing to the destination."""
        ways = discover.choose(self.journal, self.view, self.ways({}))
        extracted = self._extract(ways, force=force)
        return history.source_schema(self.journal), self.describe_destination(), extracted

    def _extract(self, ways: Sequence[Way], *, force: bool) -> Extracted | None:
        (source, wire), *more = [(way.source, way.wire) for way in ways if way.source is not None]
        return extract(
            self.journal, self.view, source, self.progress, force=force, files=self.files, wire=wire, more=more
        )

    def describe_destination(self) -> Schema:
        """Read the account and record what it holds, where that is news."""
        schema = self.account.wire.one(self.account.destination.schema())
        try:
            known: Schema | None = history.destination_schema(self.journal, self.target)
        except NotReadyError:
            known = None
        if known != schema:
            company = str(schema.account.get("company") or "")
            body = DestinationDescribed(target=self.target, system=schema.system, account=company, schema=schema)
            self.journal.record(body)
        return schema

    def propose(self) -> str:
        """A map for the pair, as text; recorded as proposed."""
        made = self.offer()
        text = mapfile.render(made.mapping, made.source, made.remarks)
        self.journal.record(MapProposed(digest=mapping.digest(made.mapping), text=text))
        return text

    def offer(self) -> Offer:
        """A map for the pair; for each field how sure it is and why, and what else the field could become."""
        return offer(self.journal, self.view, self.target, self.settings)

    def check_map(self, text: str) -> mapping.Mapping:
        """The map of a text. Raises MapError with everything that stands against it."""
        made = mapping.parse(text)
        source = history.source_schema(self.journal)
        destination = history.destination_schema(self.journal, self.target)
        if problems := mapping.check(made, source, destination):
            raise mapping.MapError(problems)
        return made

    def confirm(self, text: str, reason: str = "") -> tuple[int, bool]:
        """Confirm a map: its version, and whether that is a new one."""
        made = self.check_map(text)
        digest = mapping.digest(made)
        known = self.view.fact("map")
        if known and known["digest"] == digest:
            return int(known["version"]), False
        version = int(known["version"]) + 1 if known else 1
        self.journal.record(MapConfirmed(version=version, digest=digest, text=text, reason=reason))
        self.refresh()
        return version, True

    # --- replay ----------------------------------------------------------------------------------------------------

    def history(self) -> History:
        """The present under the confirmed map."""
        return history.load(self.journal, self.view, self.target, self.settings)

    def replayed(self) -> tuple[History, Replayed]:
        """What the destination should hold, and from what that follows."""
        past = self.history()
        return past, replay.replay(past)

    def refresh(self) -> tuple[History, Replayed]:
        """Replay, and open or withdraw review items accordingly."""
        past, replayed = self.replayed()
        links, described = self.view.links(self.target), self._described()
        over = caps.record_drafts(past, replayed.every(), links, described)
        reviews.sync(self.journal, self.view, [*replayed.drafts.values(), *over])
        return past, replayed

    def _described(self) -> int:
        """The position at which the account was last described."""
        fact = self.view.fact(f"destination:{self.target}")
        return int(fact["position"]) if fact else 0

    def limits(self) -> tuple[list[Limit], list[caps.Need]]:
        """What the account cannot do of what the map asks for, and what its plan has room for."""
        past = self.present()
        replayed = replay.replay(past)
        needs = caps.needs(past, replayed.every(), self.view.links(self.target), self._described())
        return limits.limits(past, replayed.configuration), needs

    def findings(self) -> tuple[Finding, ...]:
        """What people should know about the data, by the confirmed map, or by a proposal before there is one."""
        past = self.present()
        return tuple(dict.fromkeys((*past.source.findings, *told(self.journal), *replay.replay(past).findings)))

    def present(self) -> History:
        """The present under the confirmed map, or under a proposal before there is one."""
        try:
            return self.history()
        except NotReadyError:
            source = history.source_schema(self.journal)
            destination = history.destination_schema(self.journal, self.target)
            items = history.load_items(self.journal, self.view)
            zone, currency = self.settings["zone"], self.settings["currency"]
            made = propose.propose(source, destination, items, zone=zone, currency=currency)
            return history.load(self.journal, self.view, self.target, self.settings, proposed=(made, 0))

    def plan(self) -> estimate.Plan:
        """What a run would do; changes nothing at the destination."""
        past, replayed = self.refresh()
        differ = self._load(past, replayed, run=0).differ()
        entities = {o: m.to for o, m in past.mapping.object.items()}
        seats = sum(user.active for user in past.destination.users)
        return estimate.plan(self.view, self.account, replayed, differ, entities, seats)

    def differ(self, past: History, replayed: Replayed) -> Differ:
        """Changes against what is written now."""
        return self._load(past, replayed, run=0).differ()

    # --- decisions -------------------------------------------------------------------------------------------------

    def reviews(self, status: str | None = "open") -> list[reviews.Question]:
        """Review items, after a fresh replay."""
        settled = self.refresh()[1].settled if self.view.fact("map") else {}
        return reviews.questions(self.journal, self.view, self.target, settled, status=status)

    def resolve(self, ids: list[str], choice: str, reason: str) -> int:
        """Answer review items."""
        count = reviews.resolve(self.journal, self.view, self.target, ids, choice, reason)
        if self.view.fact("map"):
            self.refresh()
        return count

    def approve(self, gate: str, reason: str) -> int:
        """Approve a gate as things stand."""
        past, replayed = self.refresh()
        return gates.approve(self.journal, self.view, self.target, gate, replayed, past.map_version, reason)

    def hold(self, reason: str) -> None:
        """Stop all writing."""
        if self.view.on_hold() is None:
            self.journal.record(MigrationHeld(reason=reason or "held by a person"))

    def resume(self, reason: str) -> None:
        """Let the migration write again."""
        if self.view.on_hold() is None:
            raise HeldError("the migration is not on hold")
        self.journal.record(MigrationResumed(reason=reason))

    # --- moving ----------------------------------------------------------------------------------------------------

    def sample(self, size: int) -> RunReport:
        """Move a slice, read it back and compare it field by field."""
        past, replayed = self.refresh()
        gates.check(self.view, self.target, replayed, past.map_version, ("configuration",))
        only = sample.choose(replayed, size)

        def work(run: int) -> dict[str, Any]:
            self._load(past, replayed, run=run, only=only).run()
            covered, missing = sample.coverage(replayed, past.mapping, past.destination, only)
            return self._compare(past, replayed, only) | {"covered": covered, "missing": missing}

        return self._run("sample", past, work)

    def run(self, planned: str = "") -> RunReport:
        """The production run: every gate open, phase by phase. `planned`: the fingerprint of the plan to keep to."""
        past, replayed = self.refresh()
        if planned and (now := self.plan().fingerprint) != planned:
            raise GateShutError(
                f"the plan no longer fits (it was {planned[:12]}, now it would be {now[:12]}): the source, the map, an "
                "answer or the account has changed since. Make a new one with `cutover plan --save FILE`"
            )
        gates.check(self.view, self.target, replayed, past.map_version, ("data", "configuration", "sample"))
        return self._run("run", past, lambda run: self._everything(past, replayed, run))

    def sync(self, *, force: bool = False) -> RunReport:
        """One delta: extract, replay, write what differs."""
        self.history()  # a map must be confirmed before anything else is worth doing
        if hold := self.view.on_hold():
            raise GateShutError(f"the migration is on hold ({hold}): `cutover resume` lets it write again")
        if self.view.fact(f"run:{self.target}") is None:
            raise GateShutError("no run has been made yet: `cutover run` comes before the first delta")
        known = self.journal.latest(SourceDescribed)
        ways = discover.decided(self.view, self.ways(known[1].dialects if known and not force else {}))
        self.journal.own()  # two processes that read different exports at once would number their records alike
        head = self.journal.log.head().position
        extracted = delta.beside(self._configuring(), lambda: self._extract(ways, force=force))
        past, replayed = self.refresh()
        gates.check(self.view, self.target, replayed, past.map_version, ("configuration", "sample"))
        news = extracted is not None or delta.unfinished(self.view, self.target)
        report = self._run("sync", past, lambda run: self._everything(past, replayed, run))
        report.extracted = extracted
        wrote = any(True for _ in self.journal.log.read(after=head, kinds=["WriteApplied"], limit=1))
        if report.outcome == "done" and (news or wrote):
            report.checkpoint = self.checkpoint(f"sync-{report.position}").name
        return report

    def _configuring(self) -> Callable[[], object] | None:
        """Makes at the destination what the map asks for already; None where that is not approved, or all is there."""
        past, replayed = self.replayed()
        if not gates.is_open(self.view, self.target, "configuration", replayed, past.map_version):
            return None
        if not self._load(past, replayed, run=0).unconfigured():
            return None
        return lambda: self._run("configure", past, lambda run: self._load(past, replayed, run=run).configure())

    def _everything(self, past: History, replayed: Replayed, run: int) -> dict[str, Any]:
        self._load(past, replayed, run=run).run()
        return {"map_version": past.map_version}

    def _load(
        self,
        past: History,
        replayed: Replayed,
        *,
        run: int,
        only: frozenset[Subject] | None = None,
        again: bool = False,
    ) -> Load:
        writer = self._writer(run, past.map_version)
        return Load(self.journal, self.view, self.account, past, replayed, writer, self.progress, only, again=again)

    def _run(self, verb: str, past: History, work: Callable[[int], dict[str, Any]]) -> RunReport:
        """Own the log, settle what is in doubt, do the work, record how it ended."""
        self.journal.own()
        before = self.account.wire.spent
        started = RunStarted(verb=verb, target=self.target, map_version=past.map_version)
        run = self.journal.record(started).position
        sweeper = Sweeper(self._writer(run, past.map_version), past.destination, past.answers)
        detail: dict[str, Any] = {}
        outcome, message = "done", ""
        try:
            sweeper.writer.settle_all()
            sweeper.doubtful()
            try:
                detail = work(run)
            except GateShutError as error:
                outcome, message = "gate", str(error)
                if isinstance(error, ConfigurationRefusedError):  # what an administrator must do goes on the checklist
                    self.describe_destination()
                    self.refresh()
            sweeper.doubtful()
        except (BudgetSpentError, UnreachableError) as error:
            self._finish(run, verb, "budget" if isinstance(error, BudgetSpentError) else "unreachable", before, {})
            raise
        blocking = [r for r in self.view.reviews() if r.blocking]
        if outcome == "done" and verb != "sample" and blocking:
            message = f"{len(blocking)} review items hold records back; `cutover review` lists them"
        self._finish(run, verb, outcome, before, detail)
        head = self.journal.log.head().position
        return RunReport(
            verb=verb,
            outcome="gate" if message else outcome,
            message=message,
            tokens=self.account.wire.spent - before,
            position=head,
            sample=detail if verb == "sample" and outcome == "done" else None,
        )

    def _finish(self, run: int, verb: str, outcome: str, before: int, detail: dict[str, Any]) -> None:
        tokens = self.account.wire.spent - before
        body = RunFinished(
            run=run,
            verb=verb,
            target=self.target,
            outcome=outcome,
            tokens=tokens,
            left=self.account.wire.left,
            # counts, never values: they may be personal
            detail={k: len(v) if isinstance(v, list) else v for k, v in detail.items()},
        )
        self.journal.record(body, cause=run)

    def _writer(self, run: int, map_version: int) -> Writer:
        return Writer(self.journal, self.view, self.account, run=run, map_version=map_version)

    def _compare(self, past: History, replayed: Replayed, only: frozenset[Subject]) -> dict[str, Any]:
        """The sample read back, field by field."""
        load = self._load(past, replayed, run=0)
        records = fields = 0
        different: list[reconcile.Difference] = []
        links = self.view.links(self.target)
        made = computed(self.journal, past.destination, links)
        for entity in replayed.order:
            mine = {p: k for p, k in links.items() if p.entity == entity and (p.object, p.key) in only}
            whole = {
                link.id: {k: v for k, v in load.written(link).items() if k not in made.get(part, ())}
                for part, link in mine.items()
            }
            there = self.account.fetch(past.destination, entity, whole)
            for link in mine.values():
                ours = whole[link.id]
                records, fields = records + 1, fields + len(ours)
                theirs = there[link.id].values if link.id in there else {}
                different += reconcile.compare(self.account, entity, link.id, ours, theirs)
        figures = {"records": records, "fields": fields, "equal": fields - len(different), "different": different}
        return {"target": self.target, "map_version": past.map_version, **figures}

    def retry(self, ids: tuple[str, ...], kind: str) -> RunReport:
        """Write rejected and held records again, and nothing else. Raises ReviewError for what is neither."""
        past, replayed = self.refresh()
        gates.check(self.view, self.target, replayed, past.map_version, ("data", "configuration", "sample"))
        only = retry.chosen(self.view, self.target, ids, kind, replayed.order, past.mapping)

        def work(run: int) -> dict[str, Any]:
            self._load(past, replayed, run=run, only=only, again=True).run()
            return {"records": len(only)}

        return self._run("retry", past, work)

    def crosswalk(self) -> list[tuple[str, str, str, str]]:
        """Every written record: source object and key, destination entity and id. Twins share their survivor's."""
        return listings.crosswalk(self.view, self.target, self.replayed()[1])

    def rejects(self) -> list[tuple[str, str, str, str]]:
        """Every rejected and held record: object, key, disposition, and why, in the server's words where it spoke."""
        return listings.rejects(self.journal, self.view, self.target)

    # --- proof -----------------------------------------------------------------------------------------------------

    def reconcile(self) -> reconcile.Reconciliation:
        """Compare both sides with a fresh read."""
        past, replayed = self.replayed()
        return reconcile.reconcile(self.journal, self.view, self.account, past, replayed)

    def sweep(self, *, act: bool) -> list[Found]:
        """Compare everything under our key with the log, entity by entity; `act`: repair it, which owns the log."""
        past = self.history()
        entities = all_entities(self.view, self.account, past.destination)
        if not act:
            strays = Strays(self.journal, self.view, self.account, past.destination, past.answers)
            return [strays.of(entity) for entity in entities]
        swept: list[Found] = []

        def work(run: int) -> dict[str, Any]:
            writer = self._writer(run, past.map_version)
            swept.extend(Sweeper(writer, past.destination, past.answers).sweep(entities))
            return {what: sum(len(f.of(what)) for f in swept) for what in ("late", "copy", "held")}

        self._run("sweep", past, work)
        return swept

    # --- back ------------------------------------------------------------------------------------------------------

    def checkpoint(self, name: str) -> Mark:
        """Name the present position."""
        return self.journal.log.mark(name, id=self.journal.new_id(), at=self.journal.now(), actor=self.journal.actor)

    def undoing(self, to: int) -> Undoing:
        """What taking back everything since a position would do."""
        return self._undo().plan(to)

    def _undo(self) -> Undo:
        order: tuple[str, ...] = self.account.destination.rollback_order
        answers = reviews.answers(self.journal, self.view)
        past = self.history()
        return Undo(self.journal, self.view, self.account, order, answers, past.mapping.key_field)

    def rewind(self, to: int, verb: str) -> Undoing:
        """Take back everything since a position; the migration is on hold before the first write, and stays so."""
        history.confirmed_map(self.journal)  # without a map nothing was written, and nothing is held for it
        if self.view.on_hold() is None:
            self.journal.record(MigrationHeld(reason=f"{verb} to {to}"))
        self.journal.own()
        before = self.account.wire.spent
        known = self.view.fact("map")
        version = int(known["version"]) if known else 0
        run = self.journal.record(RunStarted(verb=verb, target=self.target, map_version=version, to=to)).position
        try:
            undoing = back.take_back(self._writer(run, version), self._undo, to, self.progress)
            self.describe_destination()
        except (BudgetSpentError, UnreachableError) as error:
            self._finish(run, verb, "budget" if isinstance(error, BudgetSpentError) else "unreachable", before, {})
            raise
        self._finish(run, verb, "done", before, {})
        return undoing
