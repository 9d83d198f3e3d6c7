"""The fold: six dispositions that add up whatever happens, and read models that are nothing but the log folded."""

import random
from itertools import pairwise

import pytest

from engine import reviews
from engine.auditor import Query, why_of
from engine.events import (
    Body,
    RecordExtracted,
    RecordVanished,
    ReviewOpened,
    ReviewResolved,
    RunStarted,
    SubjectSettled,
    WriteAbsent,
    WriteApplied,
    WriteIntended,
    WriteRejected,
)
from engine.journal import Entry, Journal
from engine.status import status_of
from engine.tables import TABLES
from engine.view import DISPOSITIONS, Part
from eventstore.tables import marks
from tests.engine.world import DELTA, World, journal_at, view_of

TARGETS = ("production", "staging")


class Chance:
    """Appends events as they might really come, drawn by a seed."""

    def __init__(self, journal: Journal, seed: int) -> None:
        self.journal = journal
        self.dice = random.Random(seed)
        self.known: dict[str, int] = {}
        self.doubt: list[tuple[int, str, str, str]] = []
        self.run = journal.record(RunStarted(verb="run", target="production", map_version=1)).position

    def step(self) -> None:
        """One event, of a kind that may come now."""
        self.dice.choice(
            (self.extract, self.extract, self.vanish, self.settle, self.intend, self.intend, self.outcome, self.outcome)
        )()

    def _entry(self, body: Body, key: str, cause: int | None = None) -> int:
        return self.journal.record_all([Entry(body, ("Contact", key), cause)])[0].position

    def extract(self) -> None:
        """A record, new or changed."""
        key = f"contact:{self.dice.randint(1, 12)}"
        number = self.known.setdefault(key, len(self.known) + 1)
        fingerprint = str(self.dice.random())
        aliases = [f"alias {self.dice.randint(1, 5)}"]
        self._entry(
            RecordExtracted(
                number=number, fingerprint=fingerprint, aliases=aliases, identity="new", where="", values={"a": "b"}
            ),
            key,
        )

    def vanish(self) -> None:
        """A record that is missing."""
        if self.known:
            self._entry(RecordVanished(extraction=1), self.dice.choice(list(self.known)))

    def settle(self) -> None:
        """A record that is not written."""
        if self.known:
            what = self.dice.choice(("unchanged", "skipped", "held"))
            body = SubjectSettled(target=self.dice.choice(TARGETS), disposition=what, reason="because")  # type: ignore[arg-type]
            self._entry(body, self.dice.choice(list(self.known)), self.run)

    def intend(self) -> None:
        """A write, or a compensation, about to be sent."""
        if self.known:
            key, target = self.dice.choice(list(self.known)), self.dice.choice(TARGETS)
            action = self.dice.choice(("create", "update", "delete"))
            undoes = self.dice.choice((None, None, 1))
            body = WriteIntended(target=target, entity="person", action=action, id="5", undoes=undoes)  # type: ignore[arg-type]
            self.doubt.append((self._entry(body, key), target, action, key))

    def outcome(self) -> None:
        """What became of a write."""
        if not self.doubt:
            return
        intent, target, action, key = self.doubt.pop(self.dice.randrange(len(self.doubt)))
        undoes = self.dice.choice((None, None, 1))
        body: Body = self.dice.choice(
            (
                WriteApplied(target=target, entity="person", action=action, id="5", intent=intent, undoes=undoes),  # type: ignore[arg-type]
                WriteRejected(target=target, entity="person", intent=intent, status=422, undoes=undoes),
                WriteAbsent(target=target, entity="person", intent=intent),
            )
        )
        self._entry(body, key, intent)


@pytest.mark.parametrize("seed", range(8))
def test_the_six_add_up_at_every_moment(seed: int) -> None:
    """After each of many random events the six dispositions of each account add up to what was extracted."""
    journal = journal_at()
    view, chance = view_of(journal), Chance(journal, seed)
    for _ in range(60):
        chance.step()
        for target in TARGETS:
            for counts in view.dispositions(target).values():
                assert sum(counts[d] for d in DISPOSITIONS) == counts["extracted"] == len(chance.known)
        assert sorted(view.in_doubt()) == sorted(d[0] for d in chance.doubt)
    assert journal.log.rebuild(check=True) == []
    journal.log._engine.dispose()


def answers(world: World) -> list[str]:
    """What the program answers to every question that it takes from the log."""
    migration = world.migration
    status = status_of(migration)
    deal = next(i for o, _, e, i in migration.crosswalk() if e == "deal")
    found = (
        status | {"lag_seconds": 0},
        migration.crosswalk(), migration.rejects(), migration.reviews(None), migration.plan(),
        migration.undoing(0), why_of(migration, "deal", deal, ""), migration.replayed()[1], migration.reconcile(),
        migration.journal.log.marks(), [*Query(ref=f"deal/{deal}").run(migration)],
    )  # fmt: skip
    return [repr(answer) for answer in found]


@pytest.mark.promise("F-184")
def test_dropping_the_read_models_loses_nothing(moved: World) -> None:
    """Every row of every other table, deleted and folded again from the log, is as it was, and so is every answer."""
    moved.migration.checkpoint("here")
    engine = moved.journal.log._engine
    tables = (*TABLES, marks)
    expected = answers(moved)
    with engine.begin() as connection:
        before = {t.name: connection.execute(t.select().order_by(*t.primary_key)).all() for t in tables}
        for table in tables:
            connection.execute(table.delete())
    assert moved.view.dispositions("production") == {}
    assert moved.journal.log.rebuild()
    with engine.connect() as connection:
        after = {t.name: connection.execute(t.select().order_by(*t.primary_key)).all() for t in tables}
    assert after == before
    assert answers(moved) == expected


def test_a_whole_migration_folds_to_what_stands(moved: World) -> None:
    """After run, delta, rewind and another delta the read models are the fold of the log, row by row."""
    position = moved.migration.checkpoint("before").position
    moved.export = DELTA
    moved.migration.sync()
    assert moved.journal.log.rebuild(check=True) == []
    moved.migration.rewind(position, "rewind")
    assert moved.journal.log.rebuild(check=True) == []
    moved.migration.resume("")
    moved.migration.sync()
    assert moved.journal.log.rebuild(check=True) == []
    for counts in moved.counts().values():
        assert sum(counts[d] for d in DISPOSITIONS) == counts["extracted"]


def extracted(journal: Journal, key: str, fingerprint: str = "f") -> int:
    """A contact is extracted."""
    body = RecordExtracted(
        number=1, fingerprint=fingerprint, aliases=["a"], identity="new", where="", values={"x": "y"}
    )
    return journal.record(body, ("Contact", key)).position


def test_a_record_extracted_again_is_pending_again() -> None:
    """What became of a record counts until it is extracted with other content."""
    journal = journal_at()
    view = view_of(journal)
    extracted(journal, "contact:1")
    journal.record(SubjectSettled(target="production", disposition="skipped", reason="x"), ("Contact", "contact:1"))
    assert view.dispositions("production")["Contact"]["skipped"] == 1
    extracted(journal, "contact:1", "g")
    assert view.dispositions("production")["Contact"]["pending"] == 1
    assert view.dispositions("staging")["Contact"]["pending"] == 1
    assert view.disposed("production") == {}
    journal.log._engine.dispose()


def test_a_vanished_record_keeps_its_last_state() -> None:
    """Vanishing changes nothing about what was written, and is undone by the record's return."""
    journal = journal_at()
    view = view_of(journal)
    start = extracted(journal, "contact:1")
    journal.record(SubjectSettled(target="production", disposition="held", reason="x"), ("Contact", "contact:1"))
    gone = journal.record(RecordVanished(extraction=start), ("Contact", "contact:1")).position
    assert view.dispositions("production")["Contact"]["held"] == 1
    assert [r["vanished"] for r in view.records()] == [gone]
    extracted(journal, "contact:1", "g")
    assert [(r["vanished"], r["first"]) for r in view.records()] == [(None, start)]
    journal.log._engine.dispose()


def applied(journal: Journal, action: str, id: str, **more: object) -> int:
    """A write to a person that was applied."""
    body = WriteApplied(target="production", entity="person", action=action, id=id, intent=1, **more)  # type: ignore[arg-type]
    return journal.record(body, ("Contact", "contact:1")).position


def test_links_follow_creates_updates_and_deletes() -> None:
    """A link has the newest write, the position of its id, and whether it lives; a new create is a new id."""
    journal = journal_at()
    view = view_of(journal)
    part = Part("person", "Contact", "contact:1")
    extracted(journal, "contact:1")
    made = applied(journal, "create", "5")
    changed = applied(journal, "update", "5")
    link = view.links("production")[part]
    assert (link.id, link.created, link.applied, link.adopted) == ("5", made, changed, False)
    applied(journal, "delete", "5")
    assert view.links("production") == {}
    assert view.links("production", alive_only=False)[part].alive is False
    again = applied(journal, "create", "6")
    assert view.links("production")[part].created == again
    assert view.by_id("production", "person", "6") == part
    journal.log._engine.dispose()


def test_what_was_there_before_us_stays_so() -> None:
    """An adopted record is still adopted after we have updated it, and is not after we made it ourselves."""
    journal = journal_at()
    view = view_of(journal)
    part = Part("person", "Contact", "contact:1")
    applied_at = journal.record(
        WriteApplied(target="production", entity="person", action="adopt", id="5", intent=0), ("Contact", "contact:1")
    )
    assert view.links("production")[part].created == applied_at.position
    applied(journal, "update", "5")
    assert view.links("production")[part].adopted is True
    applied(journal, "delete", "5")
    applied(journal, "create", "6")
    assert view.links("production")[part].adopted is False
    journal.log._engine.dispose()


def test_options_come_and_go_with_their_field() -> None:
    """Options made with a field are links of their own; they go with the field, or alone when they are named."""
    journal = journal_at()
    view = view_of(journal)

    def field(action: str, entity: str = "field", id: str = "deal/abc", **children: str) -> None:
        body = WriteApplied(target="production", entity=entity, action=action, id=id, intent=1, children=children)  # type: ignore[arg-type]
        journal.record(body, ("Field", "deal/So_100%"))

    def options() -> dict[str, str]:
        return {p.key.rpartition("/")[2]: k.id for p, k in view.links("production").items() if p.entity == "option"}

    field("create", Fair="1", Ads="2")
    field("create", "options", "deal/abc/3", Mail="3")
    assert options() == {"Fair": "1", "Ads": "2", "Mail": "3"}
    field("delete", "options", "deal/abc/1,3")
    assert options() == {"Ads": "2"}
    field("delete")
    assert options() == {}
    assert journal.log.rebuild(check=True) == []
    journal.log._engine.dispose()


def test_reviews_keep_their_answer() -> None:
    """A review row says whether it is open and what was answered, and no words."""
    journal = journal_at()
    view = view_of(journal)
    body = ReviewOpened(review="r", kind="owner", blocking=True, question="Who is Ann Lee?", choices=["skip"])
    journal.record(body, ("Owner", "r"))
    journal.record(ReviewResolved(review="r", choice="skip"), ("Owner", "r"))
    (review,) = view.reviews(status=None)
    assert (review.status, review.kind) == ("resolved", "owner")
    assert reviews.answers(journal, view) == {"r": "skip"}
    journal.log._engine.dispose()


def test_events_of_a_run_have_earlier_causes(moved: World) -> None:
    """Every event that names a cause names an earlier one, and positions count without a gap."""
    events = list(moved.journal.log.read())
    assert all(b.position == a.position + 1 for a, b in pairwise(events))
    assert all(e.cause is None or 0 < e.cause < e.position for e in events)


def test_a_delete_by_decision_keeps_the_decision(moved: World) -> None:
    """A record deleted because a person said so stays skipped by that answer, and the next delta has nothing to do."""
    moved.export = DELTA
    moved.migration.sync()
    question = next(q for q in moved.migration.reviews() if q.kind == "vanished" and q.object == "Deal")
    moved.migration.resolve([question.id], "delete", "gone for good")
    moved.migration.sync()
    assert moved.view.disposed("production")[question.object, question.key][:2] == ("skipped", question.id)
    head = moved.journal.log.head().position
    moved.migration.sync()
    assert moved.kinds(after=head) == ["RunStarted", "RunFinished"]
