"""A delta holds only for what the last extraction read: new objects and fields are read whole, namesakes stay two."""

from collections.abc import Iterator

import msgspec
import pytest

from adapters.protocols import Field, Flow, Identity, ObjectSchema, Record, Schema
from adapters.wire import UnreachableError
from engine.events import RecordExtracted
from engine.journal import Journal
from engine.taking import ExtractionRefusedError
from tests.engine.test_feed import FIRM, PERSON, Changing, extracted, firm, person, read
from tests.engine.world import journal_at, view_of

CITY = Field(key="City", label="City", kind="text")


class Growing(Changing):
    """A source in which our user comes to see more: further objects and fields, whose records bear old stamps."""

    def __init__(self, *objects: ObjectSchema, **rows: list[Record]) -> None:
        super().__init__(**rows)
        self.objects = objects or (FIRM,)

    def schema(self) -> Flow[Schema]:
        """What our user sees now."""
        yield from ()
        return Schema(system="api", objects=tuple(msgspec.structs.replace(o, incremental=True) for o in self.objects))


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = journal_at()
    yield made
    made.log._engine.dispose()


@pytest.mark.promise("F-035")
@pytest.mark.parametrize("stopped", [False, True])
def test_an_object_that_comes_into_sight_is_read_whole(journal: Journal, stopped: bool) -> None:
    """Its records were changed long before the mark; so it is when the reading stops between its pages."""
    source = Growing(Firm=[firm(n) for n in range(3)], Person=[person(n) for n in range(12)])
    read(journal, source)
    source.objects = (FIRM, PERSON)
    if stopped:
        source.down_at = len(source.asked) + 2
        with pytest.raises(UnreachableError):
            read(journal, source)
        source.down_at = None
    assert read(journal, source).counts["Person"] == 12
    assert read(journal, source).counts["Person"] == 12
    assert [since for name, since, _ in source.asked if name == "Person"] == [None] * 3 + ["2025-03-14T18:00:00Z"]


@pytest.mark.promise("F-035")
def test_a_field_that_comes_into_sight_is_read_for_all_records(journal: Journal) -> None:
    """To see a field changes no stamp: the object is read whole once, and by its changes from then on."""
    source = Growing(Firm=[firm(n) for n in range(3)])
    read(journal, source)
    source.objects = (msgspec.structs.replace(FIRM, fields=(*FIRM.fields, CITY)),)
    source.rows = {"Firm": [Record(id=str(n), values={**firm(n).values, "City": "Wien"}) for n in range(3)]}
    assert read(journal, source).changed == {"Firm": 3}
    read(journal, source)
    assert [since for _, since, _ in source.asked] == [None, None, "2025-03-14T18:00:00Z"]


@pytest.mark.promise("F-035")
def test_a_refused_reading_is_no_ground_to_go_on_from(journal: Journal) -> None:
    """What looked short stays to be settled: by --force the records are gone, whatever the mark."""
    source = Changing(Firm=[firm(n) for n in range(40)])
    read(journal, source)
    source.moment, source.gap_before = "2025-04-14T18:00:00Z", "2025-04-01T00:00:00Z"
    source.rows = {"Firm": [firm(n) for n in range(25)]}
    with pytest.raises(ExtractionRefusedError, match="15 of 40"):
        read(journal, source)
    assert read(journal, source, force=True).vanished == {"Firm": 15}


NAMED = msgspec.structs.replace(PERSON, identity=Identity(id_field="id", natural=(("Name",),)))


def namesake(firm: str) -> Record:
    """A person without an id who is called like another."""
    return Record(values={"Name": "Ann Lee", "Firm": firm}, where=f"people.csv:{firm}")


@pytest.mark.promise("F-030")
@pytest.mark.parametrize("between", [0, 7])
def test_two_of_one_name_without_ids_are_two(journal: Journal, between: int) -> None:
    """On one page or on two; the next reading knows both again, and a change of one is its own."""
    some = [person(n) for n in range(between)]
    source = Growing(NAMED, Person=[namesake("1"), *some, namesake("2")])
    assert read(journal, source).created == {"Person": 2 + between}
    source.objects = (msgspec.structs.replace(NAMED, fields=(*NAMED.fields, CITY)),)  # so that it is read whole
    assert (again := read(journal, source)).created == {} and again.changed == {}
    source.objects, source.rows["Person"] = (NAMED,), [namesake("1"), *some, namesake("3")]
    assert read(journal, source).changed == {"Person": 1}
    assert len(set(extracted(journal))) == 2 + between
    assert {b.values["Firm"] for _, b in journal.bodies(RecordExtracted) if b.values["Name"] == "Ann Lee"} == set("123")


def test_two_states_of_one_record_on_a_page_are_told(journal: Journal) -> None:
    """The last one counts; that there was another is a finding."""
    found = read(journal, Growing(Firm=[firm(1), firm(2), firm(2, "Two")]))
    assert (found.counts, [f.code for f in found.findings]) == ({"Firm": 2}, ["repeated-id"])
    assert [r["key"] for r in view_of(journal).records("Firm")] == ["1", "2"]
