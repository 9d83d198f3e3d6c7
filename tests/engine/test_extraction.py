"""Extraction: what is new or different is appended; each record is known again, however the file is sorted."""

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from adapters.protocols import Flow, ObjectSchema, Page, Record, Schema
from engine.events import RecordExtracted
from engine.extract import Extracted, extract
from engine.journal import Entry, Journal
from engine.staging import Row, Staging
from engine.taking import ExtractionRefusedError
from engine.view import View
from eventstore.codec import Recorded
from tests.engine.shapes import COMPANY, CONTACT
from tests.engine.world import journal_at, view_of

Rows = list[dict[str, str]]
PAGE = 7


class Tables:
    """A source of rows in memory, in pages."""

    def __init__(self, **rows: Rows) -> None:
        self.rows = rows
        self.objects: tuple[ObjectSchema, ...] = tuple(o for o in (COMPANY, CONTACT) if o.name in rows)

    def schema(self) -> Flow[Schema]:
        """The objects, and a fingerprint of all rows."""
        yield from ()
        return Schema(system="tables", objects=self.objects, fingerprint=msgspec.json.encode(self.rows).hex())

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page."""
        yield from ()
        start = int(at or 0)
        rows = self.rows[object]
        records = tuple(
            Record(values=r, where=f"{object}:{start + n}") for n, r in enumerate(rows[start : start + PAGE])
        )
        return Page(records=records, next=str(start + PAGE) if start + PAGE < len(rows) else None)


class CrashedError(Exception):
    """The power went."""


class Crashing(Journal):
    """A journal whose power goes after some appends."""

    left = 10**9

    def record_all(self, entries: Any) -> list[Recorded]:
        """Append, while there is power."""
        if self.left == 0:
            raise CrashedError
        self.left -= 1
        return super().record_all(entries)


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = journal_at()
    yield made
    made.log._engine.dispose()


def read(journal: Journal, *, force: bool = False, **rows: Rows) -> Extracted:
    """Extract rows; there must be something new about them."""
    found = extract(journal, view_of(journal), Tables(**rows), lambda *_: None, force=force)
    assert found is not None
    return found


def keys(journal: Journal, object: str = "Contact") -> dict[str, str]:
    """The key of each record by its e-mail, or by its whole row."""
    found = {}
    for recorded, body in journal.bodies(RecordExtracted):
        if recorded.object == object:
            found[body.values.get("Email") or str(sorted(body.values.items()))] = recorded.key or ""
    return found


def person(number: int, **more: str) -> dict[str, str]:
    """A contact."""
    return {"First": f"F{number}", "Last": f"L{number}", "Email": f"p{number}@acme.example"} | more


def test_the_first_extraction_takes_everything(journal: Journal) -> None:
    """Each row becomes one event under a key that says nothing about the person."""
    found = read(journal, Contact=[person(n) for n in range(20)])
    assert found.counts == found.created == {"Contact": 20}
    assert sorted(keys(journal).values(), key=lambda k: int(k.split(":")[1])) == [f"contact:{n + 1}" for n in range(20)]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_rows_in_another_order_are_no_news(journal: Journal, seed: int) -> None:
    """A file that is only sorted differently appends no record and loses none."""
    rows = [person(n) for n in range(30)] + [{"First": "Twin", "Last": "Twin", "Phone": str(n)} for n in range(3)]
    read(journal, Contact=rows)
    turned = random.Random(seed).sample(rows, len(rows))
    assert turned != rows
    found = read(journal, Contact=turned)
    assert (found.created, found.changed, found.vanished) == ({}, {}, {})


@pytest.mark.parametrize("seed", range(5))
def test_twins_keep_their_keys(journal: Journal, seed: int) -> None:
    """Records that share every natural key are told apart by content: a change of one is not a change of both."""
    twins = [{"First": "Ann", "Last": "Lee", "Phone": str(n)} for n in range(4)]
    read(journal, Contact=twins)
    before = keys(journal)
    changed = [*twins[:3], twins[3] | {"Phone": "new"}]
    found = read(journal, Contact=random.Random(seed).sample(changed, 4))
    assert found.changed == {"Contact": 1}
    after = keys(journal)
    assert after[str(sorted(changed[3].items()))] == before[str(sorted(twins[3].items()))]


def test_a_changed_record_keeps_its_key(journal: Journal) -> None:
    """Any cell may change as long as one identity holds; the number stays, too."""
    read(journal, Contact=[person(1), person(2)])
    found = read(journal, Contact=[person(2, Phone="+1 208 555 0142"), person(1)])
    assert (found.created, found.changed) == ({}, {"Contact": 1})
    rows = view_of(journal).records("Contact")
    assert [(r["key"], r["number"]) for r in rows] == [("contact:1", 1), ("contact:2", 2)]


def test_a_rematch_is_one_to_one_and_told(journal: Journal) -> None:
    """A new e-mail on the only person of that name is the same person, and people are told."""
    read(journal, Contact=[person(1), person(2)])
    found = read(journal, Contact=[person(1) | {"Email": "new@acme.example"}, person(2)])
    assert (found.created, found.vanished) == ({}, {})
    assert [f.code for f in found.findings] == ["identity-changed"]
    assert keys(journal)["new@acme.example"] == "contact:1"


def test_a_doubtful_rematch_is_not_made(journal: Journal) -> None:
    """Two candidates on either side mean new records and missing ones, never a guess."""
    same = {"First": "Ann", "Last": "Lee"}
    rows = [person(n) for n in range(100)]
    read(journal, Contact=[same | {"Email": "a@x.example"}, same | {"Email": "b@x.example"}, *rows])
    found = read(journal, Contact=[same | {"Email": "c@x.example"}, *rows])
    assert (found.created, found.vanished) == ({"Contact": 1}, {"Contact": 2})
    again = read(journal, Contact=[same | {"Email": "d@x.example"}, same | {"Email": "e@x.example"}, *rows])
    assert (again.created, again.vanished) == ({"Contact": 2}, {"Contact": 1})


def test_ids_are_keys_and_a_repeated_id_is_told(journal: Journal) -> None:
    """Rows of one id are all kept, told apart by content, whatever their order."""
    rows = [{"ID": "7", "Name": "Acme"}, {"ID": "7", "Name": "Acme West"}, {"ID": "8", "Name": "Beta"}]
    found = read(journal, Company=rows)
    assert [f.code for f in found.findings] == ["repeated-id"]
    assert sorted(keys(journal, "Company").values()) == ["7", "7#2", "8"]
    again = read(journal, Company=rows[::-1])
    assert (again.created, again.changed, again.vanished) == ({}, {}, {})


def test_rows_without_an_id_are_told_apart(journal: Journal) -> None:
    """A blank id is not a key: such rows are known by what else is natural, or are new ones with keys of their own."""
    natural = msgspec.structs.replace(COMPANY.identity, natural=(("Name",),))
    source = Tables(Company=[{"ID": "", "Name": "Acme"}, {"ID": " ", "Name": "Beta"}, {"ID": "8", "Name": "Gamma"}])
    source.objects = (msgspec.structs.replace(COMPANY, identity=natural),)
    first = extract(journal, view_of(journal), source, lambda *_: None)
    assert first is not None
    assert sorted(keys(journal, "Company").values()) == ["8", "company:1", "company:2"]
    source.rows["Company"].reverse()
    second = extract(journal, view_of(journal), source, lambda *_: None)
    assert second is not None
    assert (second.created, second.changed, second.vanished) == ({}, {}, {})


def test_a_short_file_is_refused(journal: Journal) -> None:
    """An export that has lost too many records is taken for a part, and nothing of it is recorded; force takes it."""
    rows = [person(n) for n in range(40)]
    read(journal, Contact=rows)
    head = journal.log.head().position
    with pytest.raises(ExtractionRefusedError, match=r"Contact: 11 of 40 .* --force"):
        read(journal, Contact=rows[:29])
    assert [e.kind for e in journal.log.read(after=head)] == ["SourceDescribed"]
    assert read(journal, Contact=rows[:29], force=True).vanished == {"Contact": 11}
    assert read(journal, Contact=rows[:20]).vanished == {"Contact": 9}


def test_a_table_that_is_not_there_any_more_is_refused(journal: Journal) -> None:
    """An export without a table whose records are known is taken for a part, however small the table.

    A table that never had a record may go; what is taken by force is gone, and not missed again.
    """
    company = {"Company": [{"ID": "C-1", "Name": "Acme"}]}
    contact = {"Contact": [person(n) for n in range(3)]}
    read(journal, **company, Contact=[])
    read(journal, **company)
    read(journal, **company, **contact)
    head = journal.log.head().position
    with pytest.raises(ExtractionRefusedError, match=r"any more: Company \(1 records are known\).*--force"):
        read(journal, **contact)
    assert journal.log.head().position == head
    assert read(journal, force=True, **contact).vanished == {"Company": 1}
    assert read(journal, Contact=contact["Contact"][1:]).vanished == {"Contact": 1}


def test_what_comes_back_is_no_longer_missing(journal: Journal) -> None:
    """A record that vanished and returns has its old key, and counts once."""
    rows = [person(n) for n in range(5)]
    read(journal, Contact=rows)
    assert read(journal, Contact=rows[1:]).vanished == {"Contact": 1}
    back = read(journal, Contact=rows)
    assert (back.created, back.changed) == ({}, {"Contact": 1})
    assert [r["vanished"] for r in view_of(journal).records("Contact")] == [None] * 5


def test_the_same_data_is_read_once(journal: Journal) -> None:
    """A second look at the very same data appends nothing at all."""
    read(journal, Contact=[person(1)])
    head = journal.log.head()
    assert extract(journal, view_of(journal), Tables(Contact=[person(1)]), lambda *_: None) is None
    assert journal.log.head() == head


@pytest.mark.parametrize("appends", range(2, 9))
def test_after_a_crash_only_the_rest_is_appended(appends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the power goes, the next extraction appends what is missing, once, and gives the same keys."""
    monkeypatch.setattr("engine.snapshot.BATCH", 3)
    rows = [person(n) for n in range(10)]
    companies = [{"ID": str(n), "Name": f"C{n}"} for n in range(6)]
    whole = journal_at()
    read(whole, Company=companies, Contact=rows)
    made = journal_at()
    broken = Crashing(made.log, actor="tester", now=made.now, new_id=made.new_id)
    broken.left = appends
    source = Tables(Company=companies, Contact=rows)
    with pytest.raises(CrashedError):
        extract(broken, view_of(broken), source, lambda *_: None)
    broken.left = 10**9
    extract(broken, view_of(broken), source, lambda *_: None)
    extracted = [(e.object, e.key) for e in broken.log.read(kinds=["RecordExtracted"])]
    assert len(extracted) == len(set(extracted)) == 16
    assert keys(broken) == keys(whole)
    numbers = [r["number"] for r in view_of(broken).records("Contact")]
    assert numbers == list(range(1, 11))
    for journal in (whole, made):
        journal.log._engine.dispose()


def test_positions_have_no_gaps(journal: Journal) -> None:
    """However often and however much is extracted, the log counts 1, 2, 3 and each event follows its cause."""
    for size in (5, 8, 6):
        read(journal, Contact=[person(n) for n in range(size)])
    events = list(journal.log.read())
    assert [e.position for e in events] == list(range(1, len(events) + 1))
    assert all(b.at >= a.at for a, b in pairwise(events))
    assert all(e.cause is None or e.cause < e.position for e in events)


def test_rows_that_say_nothing_are_kept_too(journal: Journal) -> None:
    """Rows without any natural key are records all the same, and are counted."""
    found = read(journal, Contact=[{"Phone": "1"}, {"Phone": "2"}, {}])
    assert found.created == {"Contact": 3}


def test_a_view_of_another_migration_sees_nothing(journal: Journal) -> None:
    """Read models are one migration's own."""
    read(journal, Contact=[person(1)])
    journal.record_all(
        [
            Entry(
                RecordExtracted(number=9, fingerprint="f", aliases=[], identity="new", where="", values={}),
                ("Contact", "x"),
            )
        ]
    )
    assert View(journal.log._engine, "other").records() == []


class Moving(Tables):
    """A source that is written to between the two readings of it."""

    def __init__(self, then: Rows, **rows: Rows) -> None:
        super().__init__(**rows)
        self.then = then

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page; the last one of the first reading is the sign to change."""
        page = yield from super().read(object, since, at)
        if page.next is None:
            self.rows = {object: self.then}
        return page


@pytest.mark.parametrize("less", [1, -1])
def test_a_source_that_is_not_what_it_was_a_moment_ago_is_refused(journal: Journal, less: int) -> None:
    """Fewer records than at the first reading, or more: none is passed over in silence."""
    rows = [{"ID": str(n), "Name": f"Firm {n}"} for n in range(9)]
    first, then = (rows, rows[:-1]) if less > 0 else (rows[:-1], rows)
    with pytest.raises(ExtractionRefusedError, match="not as many records"):
        extract(journal, view_of(journal), Moving(then, Company=first), lambda *_: None)


def test_many_rows_of_one_id_are_told_apart_in_time() -> None:
    """By their content first, then by their order: twenty thousand "N/A" take a moment, not a day."""
    staging = Staging("Company")
    count = 20_000
    for n in range(count):
        staging.put(Row(id="N/A", fingerprint=f"f{n}", where=f"row {n}"))
    staging.know([("N/A#2", 1, "f7", False), ("N/A#99999", 2, "f8", False)], [])
    repeated, _ = staging.match()
    rows = list(staging.rows())
    staging.close()
    assert len(repeated) == count - 1
    assert (rows[0].key, rows[7].key, rows[1].key, rows[-1].key) == ("N/A", "N/A#2", "N/A#3", f"N/A#{count}")
    assert len({row.key for row in rows}) == count
