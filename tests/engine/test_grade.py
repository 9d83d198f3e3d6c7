"""The grade and the calendar, rule by rule: each letter has its bound, and the printed figures come out of them."""

from typing import Any

import pytest

from adapters.destinations.pipedrive import Pipedrive
from engine.appraise import Known, appraise, known_of_page
from engine.forecast import Forecast
from engine.grade import Clarity, Graded, Ways, calendar, clarity, compatibility, duration, limits, overall, volume
from engine.known import Counts, known_of_counts, planned_ways
from engine.presets.cited import CITED
from engine.quote import Rates, RatesError, quote
from engine.timeline import Size, longer, timeline

PAIRS = tuple(CITED)
PRINTED = {
    ("pro-sales-crm", "nutshell"): ("B", 6, 8),
    ("improveit-360", "nutshell"): ("B", 12, 12),
    ("promoxcrm", "pipedrive"): ("C", 6, 10),
    ("smart-crm-online", "pipedrive"): ("B", 9, 12),
    ("results", "pipedrive"): ("B", 7, 10),
}
"""What the five pages print: grade, objects one to one, objects."""
RATES = Rates(currency="USD", grade={"A": 900, "B": 1500, "C": 2500, "D": 4000, "E": 6000, "F": 9000},
              extra={"custom objects": 700.0, "pipelines": 300.0})  # fmt: skip
BASE = {"Contact": 9_000, "Company": 2_000, "Deal": 1_500, "Call": 30_000}
LEAST, MOST = (3, 5), (8, 12)


def counted(plan: str = "growth", **given: Any) -> Known:
    """What counts alone say of the fourth pair."""
    destination = Pipedrive(plan=plan)
    records = given.pop("records", BASE)
    return known_of_counts("smart-crm-online", "pipedrive", destination, destination, Counts(records=records, **given))


@pytest.mark.promise("F-175")
@pytest.mark.parametrize("pair", PAIRS, ids=[":".join(pair) for pair in PAIRS])
def test_the_five_printed_grades_come_out_of_the_rules(pair: tuple[str, str]) -> None:
    """From the objects of a page and the ways to read its source, the same rules as for any migration give its grade.

    Of the page that prints its five parts all five come out.
    """
    found = appraise(known_of_page(*pair, planned_ways(pair[0])))
    assert len(found.parts) == 5
    assert all(part.reason.endswith(".") for part in found.parts)
    assert found.grade == PRINTED[pair][0] == CITED[pair].grade
    if printed := CITED[pair].parts:
        assert {part.part: part.grade for part in found.parts} == printed


@pytest.mark.promise("F-176")
@pytest.mark.parametrize("pair", PAIRS, ids=[":".join(pair) for pair in PAIRS])
def test_the_printed_shares_come_out_of_the_pages_own_tables(pair: tuple[str, str]) -> None:
    """The objects that move one to one are counted in the page's table, and are as many as its head says."""
    found = appraise(known_of_page(*pair, planned_ways(pair[0])))
    cited = CITED[pair]
    assert (found.one_to_one, len(found.objects)) == PRINTED[pair][1:] == (cited.one_to_one, cited.objects)


@pytest.mark.promise("F-175")
def test_only_the_page_that_prints_parts_is_said_to() -> None:
    """Where a page prints no parts none are cited; what it contradicts itself in is cited as it stands."""
    assert [pair for pair in PAIRS if CITED[pair].parts] == [("smart-crm-online", "pipedrive")]
    assert CITED["improveit-360", "nutshell"].mapped == "2 of 8"
    assert ("Further down the page", "2 of 8 objects need a mapping") in CITED["improveit-360", "nutshell"].words()


@pytest.mark.promise("F-177")
@pytest.mark.parametrize(
    ("name", "below", "above"),
    [
        ("contacts", 9_999, 10_000), ("deals", 1_999, 2_000), ("activities", 100_000, 100_001),
        ("custom_fields", 30, 31), ("pipelines", 1, 2), ("custom_objects", 0, 1),
    ],
)  # fmt: skip
def test_each_threshold_has_two_ranges(name: str, below: int, above: int) -> None:
    """On this side of a threshold the calendar is the base case, on that side the longer one, with the reason."""
    short, long = timeline(Size(**{name: below})), timeline(Size(**{name: above}))
    assert ((short.least, short.most), (long.least, long.most)) == (LEAST, MOST)
    assert (short.longer, len(long.longer)) == ((), 1)
    assert f"{above:,}" in long.longer[0]


@pytest.mark.promise("F-177")
def test_the_phases_add_up_to_the_range() -> None:
    """What goes on beside another phase adds nothing; every other phase does."""
    for size in (Size(), Size(contacts=50_000)):
        made = timeline(size)
        assert sum(p.least for p in made.phases if not p.beside) == made.least
        assert sum(p.most for p in made.phases if not p.beside) == made.most
        assert [p.name for p in made.phases if p.beside] == ["configuration of the destination"]


@pytest.mark.promise("F-177")
def test_a_run_of_weeks_stretches_the_last_phase() -> None:
    """The calendar is never shorter than the machine needs."""
    made = timeline(Size(), seconds=9 * 7 * 86_400 + 1)
    assert made.phases[-1].least == made.phases[-1].most == 10
    assert (made.least, made.most) == (12, 13)


@pytest.mark.promise("F-179")
def test_above_two_million_records_there_is_no_number() -> None:
    """One record more than two million: no price, no cost, no time, no weeks, and a person is named who decides."""
    most = appraise(counted(records={"Contact": 2_000_000}), RATES)
    assert most.price is not None
    assert most.weeks is not None
    assert most.forecast is not None
    more = appraise(counted(records={"Contact": 2_000_000, "Deal": 1}), RATES)
    assert (more.price, more.forecast, more.weeks) == (None, None, None)
    assert "a person scopes it" in more.by_hand
    assert "weeks" not in " ".join(part.reason for part in more.parts)


@pytest.mark.promise("F-179")
def test_the_price_follows_rules_and_not_records() -> None:
    """Ten times the records of the same grade cost the same; what makes the calendar longer adds what the list says."""
    few, many = (appraise(counted(records={"Contact": n, "Deal": n // 10}), RATES) for n in (900, 9_000))
    assert few.grade == many.grade
    assert few.price == many.price
    assert few.price is not None
    two = appraise(counted(pipelines=2), RATES).price
    assert two is not None
    assert ("2 pipelines (more than one)", 300.0) in two.lines
    assert two.amount == sum(price for _, price in two.lines)
    assert appraise(counted()).price is None


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (Rates(currency="USD", grade={"A": 1}), "no price for grade B"),
        (Rates(currency="USD", grade={"B": 1}, extra={"moons": 2}), "no extra moons"),
    ],
    ids=["grade", "extra"],
)
def test_a_price_list_that_cannot_be_used_says_why(rates: Rates, said: str) -> None:
    """A grade without a price and an extra that there is not are named."""
    with pytest.raises(RatesError, match=said):
        quote(rates, "B", ())


def graded(*letters: str) -> list[Graded]:
    """Parts of these grades."""
    return [Graded(part=str(n), grade=letter, reason="") for n, letter in enumerate(letters)]


@pytest.mark.parametrize(
    ("letters", "whole"),
    [("AAAAA", "A"), ("ABABA", "A"), ("CBBBA", "B"), ("AAAAF", "D"), ("AAAAE", "C"), ("FFFAA", "F"), ("BBCCC", "C")],
)
def test_the_whole_is_the_middle_and_near_the_worst(letters: str, whole: str) -> None:
    """The middle part counts, but no more than two letters better than the worst; the order of the parts is nothing."""
    assert overall(graded(*letters)) == overall(graded(*reversed(letters))) == whole


@pytest.mark.parametrize(
    ("count", "grade"), [(100, "A"), (95, "A"), (94, "B"), (70, "B"), (69, "C"), (50, "C"), (49, "D"), (30, "D"),
                         (29, "E"), (10, "E"), (9, "F"), (0, "F")],
)  # fmt: skip
def test_compatibility_by_share(count: int, grade: str) -> None:
    """Each letter has the least share that it takes."""
    assert compatibility(count, 100).grade == grade


@pytest.mark.parametrize(
    ("known", "grade"),
    [
        (Clarity(preset=False, described=True), "E"),
        (Clarity(preset=True, described=True), "B"),
        (Clarity(preset=True, described=False), "C"),
        (Clarity(preset=True, described=True, fields=100, confirmed=True), "A"),
        (Clarity(preset=True, described=True, fields=100), "B"),
        (Clarity(preset=True, described=True, fields=100, unknown=10), "B"),
        (Clarity(preset=True, described=True, fields=100, unknown=5, undecided=6), "C"),
        (Clarity(preset=True, described=True, fields=100, unknown=31), "D"),
        (Clarity(preset=True, described=True, fields=100, unknown=51), "E"),
        (Clarity(preset=True, described=True, fields=100, undecided=76), "F"),
        (Clarity(preset=True, described=True, fields=100, undecided=1, confirmed=True), "B"),
    ],
)
def test_clarity_by_what_is_undecided(known: Clarity, grade: str) -> None:
    """Nobody's word is worth A but a person's; the more is open, the worse."""
    assert clarity(known).grade == grade


@pytest.mark.parametrize(
    ("methods", "documented", "grade"),
    [
        ({"api": 3}, True, "B"), ({"api": 3}, False, "C"), ({"bundle": 3}, False, "B"), ({"database": 1}, False, "B"),
        ({"workbook": 1}, False, "D"), ({"api": 2, "none": 1}, True, "F"), ({"api": 2, "bundle": 1}, False, "C"),
        ({}, True, "F"),
    ],
)  # fmt: skip
def test_limits_by_the_dearest_way(methods: dict[str, int], documented: bool, grade: str) -> None:
    """The worst way that is used counts, and a destination that takes one record a request is at best B."""
    assert limits(Ways(methods=methods, documented=documented, in_bulk=False)).grade == grade


def test_only_both_sides_in_bulk_are_an_a() -> None:
    """A documented API into a destination that takes many at once has no limit worth a word."""
    assert limits(Ways(methods={"api": 1}, documented=True, in_bulk=True)).grade == "A"


@pytest.mark.parametrize(
    ("hours", "grade"), [(1, "A"), (1.01, "B"), (24, "B"), (25, "C"), (73, "D"), (169, "E"), (721, "F")]
)
def test_volume_by_machine_time(hours: float, grade: str) -> None:
    """An hour, a day, three, seven, thirty days."""
    made = Forecast(unit="token", total=5, seconds=hours * 3600, requests=1, per_day=1)
    assert volume(10, made).grade == grade
    assert volume(None, None).grade == "B"


@pytest.mark.parametrize(("pipelines", "objects", "grade"), [(1, 0, "B"), (2, 0, "C"), (2, 1, "D")])
def test_the_calendars_letter_by_what_makes_it_longer(pipelines: int, objects: int, grade: str) -> None:
    """Each thing that makes it longer is a letter."""
    size = Size(pipelines=pipelines, custom_objects=objects)
    assert calendar(timeline(size), compatible=False).grade == grade
    assert len(longer(size)) == ord(grade) - ord("B")
    assert calendar(timeline(Size()), compatible=True).grade == "A"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(40, "40 seconds"), (150, "2.5 minutes"), (3000, "50 minutes"), (19_800, "5.5 hours"), (276_480, "3.2 days"),
     (1_728_000, "20 days")],
)  # fmt: skip
def test_durations_as_people_say_them(seconds: float, text: str) -> None:
    """The unit is the largest of which there are two."""
    assert duration(seconds) == text
