"""A feed: a source with a network, page by page; stopped anywhere it goes on, and nothing is taken twice or missed."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from adapters import protocols
from adapters.protocols import Field, Flow, Identity, Link, ObjectSchema, Page, Record, Schema
from adapters.sources import CursorExpiredError, GapError
from adapters.wire import UnreachableError
from engine.asking import NoWire
from engine.events import PageExtracted, RecordExtracted
from engine.extract import Extracted, extract
from engine.history import load_items
from engine.journal import Journal
from engine.taking import ExtractionRefusedError
from tests.engine.world import journal_at, view_of

PAGE = 5

FIRM = ObjectSchema(
    name="Firm",
    label="Firms",
    fields=(Field(key="Name", label="Name", kind="text"),),
    identity=Identity(id_field="id"),
    title=("Name",),
)
PERSON = ObjectSchema(
    name="Person",
    label="People",
    fields=(Field(key="Name", label="Name", kind="text"), Field(key="Firm", label="Firm", kind="reference")),
    identity=Identity(id_field="id"),
    links=(Link(name="firm", to=("Firm",), id_field="Firm"),),
    title=("Name",),
)


class Api:
    """A source that is asked page by page, and remembers which pages."""

    def __init__(self, **rows: list[Record]) -> None:
        self.rows = rows
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.down_at: int | None = None
        self.expired: set[str] = set()

    def schema(self) -> Flow[Schema]:
        """Both objects."""
        yield from ()
        return Schema(system="api", objects=(PERSON, FIRM))

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page."""
        yield from ()
        if len(self.asked) == self.down_at:
            raise UnreachableError("the power went")
        self.asked.append((object, since, at))
        if at in self.expired:
            self.expired.discard(at)
            raise CursorExpiredError("the cursor is two days old")
        start = int(at or 0)
        rows = self.rows.get(object, [])
        more = str(start + PAGE) if start + PAGE < len(rows) else None
        return Page(records=tuple(rows[start : start + PAGE]), next=more)


class Changing(Api):
    """A source that tells what changed and what was deleted."""

    def __init__(self, **rows: list[Record]) -> None:
        super().__init__(**rows)
        self.changed: list[Record] = []
        self.gone: list[Record] = []
        self.gap = False
        self.gap_before = ""
        self.moment = "2025-03-14T18:00:00Z"

    def schema(self) -> Flow[Schema]:
        """One object, incremental."""
        yield from ()
        return Schema(system="api", objects=(msgspec.structs.replace(FIRM, incremental=True),))

    def mark(self) -> Flow[str]:
        """The time."""
        yield from ()
        return self.moment

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """All, or what changed."""
        if since is None:
            return (yield from super().read(object, since, at))
        self.asked.append((object, since, at))
        return Page(records=tuple(self.changed))

    def deleted(self, object: str, since: str, at: str | None) -> Flow[Page]:
        """What was deleted."""
        yield from ()
        if self.gap or since < self.gap_before:
            raise GapError("no log from so long ago")
        return Page(records=tuple(self.gone))


def firm(number: int, name: str = "", **more: Any) -> Record:
    """A firm."""
    id = str(number)
    return Record(id=id, values={"id": id, "Name": name or f"Firm {number}"}, raw={"id": number}, **more)


def person(number: int) -> Record:
    """A person of firm 1."""
    return Record(id=f"p{number}", values={"id": f"p{number}", "Name": f"P{number}", "Firm": "1"})


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = journal_at()
    yield made
    made.log._engine.dispose()


def read(journal: Journal, source: Api, **how: Any) -> Extracted:
    """One extraction."""
    found = extract(journal, view_of(journal), source, lambda *_: None, wire=NoWire(), **how)
    assert found is not None
    return found


def extracted(journal: Journal) -> list[tuple[str | None, str | None]]:
    """The subjects of every extracted record."""
    return [(e.object, e.key) for e in journal.log.read(kinds=["RecordExtracted"])]


@pytest.mark.promise("F-026")
@pytest.mark.promise("F-030")
def test_everything_arrives_once_and_parents_first(journal: Journal) -> None:
    """Each record is one event, and no person comes before the firms."""
    found = read(journal, Api(Firm=[firm(n) for n in range(12)], Person=[person(n) for n in range(7)]))
    assert found.created == found.counts == {"Firm": 12, "Person": 7}
    assert [o for o, _ in extracted(journal)] == ["Firm"] * 12 + ["Person"] * 7


@pytest.mark.promise("F-029")
def test_the_raw_record_lies_beside_its_values(journal: Journal) -> None:
    """What the API gave is kept as it was."""
    read(journal, Api(Firm=[firm(3)]))
    ((_, body),) = journal.bodies(RecordExtracted)
    assert (body.raw, body.values["Name"]) == ({"id": 3}, "Firm 3")


@pytest.mark.promise("F-035")
def test_a_second_extraction_of_the_same_adds_no_record(journal: Journal) -> None:
    """Pages are noted, records are not repeated."""
    source = Api(Firm=[firm(n) for n in range(12)])
    read(journal, source)
    before = extracted(journal)
    again = read(journal, source)
    assert (again.created, again.changed, again.vanished) == ({}, {}, {})
    assert extracted(journal) == before


@pytest.mark.promise("F-028")
@pytest.mark.parametrize("pages", range(6))
def test_a_reading_that_was_stopped_goes_on_at_its_page(journal: Journal, pages: int) -> None:
    """Stopped before any page, the next run asks for that page and not for the first; no event is repeated."""
    source = Api(Firm=[firm(n) for n in range(12)], Person=[person(n) for n in range(12)])
    source.down_at = pages
    with pytest.raises(UnreachableError):
        read(journal, source)
    source.down_at = None
    found = read(journal, source)
    assert found.created == {"Firm": 12, "Person": 12}
    assert len(extracted(journal)) == len(set(extracted(journal))) == 24
    whole = [("Firm", None, None), ("Firm", None, "5"), ("Firm", None, "10")]
    assert source.asked == whole + [("Person", since, at) for _, since, at in whole]


@pytest.mark.promise("F-031")
def test_four_readers_and_one_store_the_same(journal: Journal) -> None:
    """Side by side or one after the other, the same records arrive."""
    rows = {"Firm": [firm(n) for n in range(12)], "Person": [person(n) for n in range(9)]}
    read(journal, Api(**rows), readers=4)
    other = journal_at()
    read(other, Api(**rows), readers=1)
    assert sorted(extracted(journal)) == sorted(extracted(other))
    other.log._engine.dispose()


def test_a_cursor_that_the_source_forgot_begins_the_object_again(journal: Journal) -> None:
    """The object is read from its start; what was read already adds nothing."""
    source = Api(Firm=[firm(n) for n in range(12)])
    source.expired = {"10"}
    assert read(journal, source).created == {"Firm": 12}
    assert len(extracted(journal)) == 12
    assert [at for _, _, at in source.asked][:4] == [None, "5", "10", None]


def test_a_record_that_comes_twice_is_one(journal: Journal) -> None:
    """A page that overlaps the one before adds nothing; a newer state of the same record is a change."""
    source = Api(Firm=[firm(1), firm(2), firm(3), firm(4), firm(5), firm(5), firm(6), firm(2, "Two")])
    found = read(journal, source)
    assert found.counts["Firm"] == 6
    names = [b.values["Name"] for _, b in journal.bodies(RecordExtracted)]
    assert names == ["Firm 1", "Firm 2", "Firm 3", "Firm 4", "Firm 5", "Firm 6", "Two"]


def test_what_a_whole_reading_did_not_see_is_gone(journal: Journal) -> None:
    """Proposed, not told; it comes back under its own number."""
    read(journal, Api(Firm=[firm(n) for n in range(12)]))
    assert read(journal, Api(Firm=[firm(n) for n in range(12) if n != 4])).vanished == {"Firm": 1}
    (gone,) = [i for i in load_items(journal, view_of(journal))["Firm"].values() if i.vanished]
    assert (gone.key, gone.told) == ("4", False)
    assert read(journal, Api(Firm=[firm(n) for n in range(12)])).changed == {"Firm": 1}
    assert [r["number"] for r in view_of(journal).records("Firm")] == list(range(1, 13))


def test_a_short_answer_takes_nothing_for_deleted(journal: Journal) -> None:
    """News of what is there is kept; what is missing is refused until a person says so."""
    read(journal, Api(Firm=[firm(n) for n in range(40)]))
    part = Api(Firm=[firm(0, "Zero"), *(firm(n) for n in range(1, 25))])
    with pytest.raises(ExtractionRefusedError, match=r"Firm: 15 of 40.* --force"):
        read(journal, part)
    items = load_items(journal, view_of(journal))["Firm"]
    assert (items["0"].values or {})["Name"] == "Zero"
    assert not any(i.vanished for i in items.values())
    assert read(journal, part, force=True).vanished == {"Firm": 15}


@pytest.mark.parametrize("sealed", [False, True])
def test_a_record_that_is_told_to_be_deleted(journal: Journal, sealed: bool) -> None:
    """The source says so: the record is gone by its word, with the master that it was merged into."""
    read(journal, Api(Firm=[firm(1), firm(2)]))
    said = firm(2, deleted=True, merged="1") if not sealed else Record(id="2", values={}, deleted=True, merged="1")
    read(journal, Api(Firm=[firm(1), said]))
    item = load_items(journal, view_of(journal))["Firm"]["2"]
    assert (item.vanished, item.told, item.merged) == (True, True, "1")
    head = len(extracted(journal))
    read(journal, Api(Firm=[firm(1), said]))
    assert len(extracted(journal)) == head


def test_a_delta_goes_on_from_the_mark(journal: Journal) -> None:
    """What changed is read since the mark of the last extraction; what was deleted is told, not concluded."""
    source = Changing(Firm=[firm(n) for n in range(12)])
    read(journal, source)
    source.changed = [firm(3, "Three"), firm(20), firm(5)]
    source.gone = [Record(id="7", values={}, deleted=True), Record(id="99", values={}, deleted=True)]
    found = read(journal, source)
    assert (found.created, found.changed, found.vanished) == ({"Firm": 1}, {"Firm": 1}, {"Firm": 1})
    assert source.asked[-1] == ("Firm", "2025-03-14T18:00:00Z", None)
    items = load_items(journal, view_of(journal))["Firm"]
    assert [key for key, item in items.items() if item.vanished] == ["7"]


def test_where_the_source_has_forgotten_the_object_is_read_whole(journal: Journal) -> None:
    """A gap in the deletions makes a full comparison, and people are told."""
    source = Changing(Firm=[firm(n) for n in range(12)])
    read(journal, source)
    source.gap, source.rows = True, {"Firm": [firm(n) for n in range(11)]}
    found = read(journal, source)
    assert (found.vanished, [f.code for f in found.findings]) == ({"Firm": 1}, ["deletions-gap"])


def test_pages_are_in_the_log(journal: Journal) -> None:
    """An auditor sees which page held which records."""
    read(journal, Api(Firm=[firm(n) for n in range(7)]))
    pages = [b for _, b in journal.bodies(PageExtracted)]
    assert [(p.object, p.at, p.next, p.records, p.seen) for p in pages if p.object == "Firm"] == [
        ("Firm", None, "5", 5, "1-5"),
        ("Firm", "5", None, 2, "6-7"),
    ]


@pytest.mark.promise("F-025")
def test_a_source_has_no_way_to_write() -> None:
    """Every method of the protocol asks; none writes."""
    kinds = (
        protocols.Source,
        protocols.RemoteSource,
        protocols.Incremental,
        protocols.Downloads,
        protocols.Attachments,
        protocols.Probing,
    )
    names = {name for kind in kinds for name in vars(kind) if name[0] != "_"}
    assert names <= {"schema", "read", "price", "verdict", "mark", "deleted", "download", "open", "probe", "unit"}
