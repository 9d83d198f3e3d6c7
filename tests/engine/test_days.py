"""Days: a day stays the day that people saw in the old system, whatever the zone; a cell without its clock is told."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.protocols import Kind
from engine.mapping import Mapping, ObjectMap, Rule
from engine.transform import local_day
from tests.engine.tables import KEY, Tables, migrated
from tests.engine.test_hanging import table
from tests.engine.world import World


def moved(to: str, kinds: dict[str, Kind], rules: dict[str, Rule], *, zone: str, **cells: str) -> World:
    """A world in which one visit has been moved."""
    fields = {"ID": KEY, "Name": Rule(to="subject" if to == "activity" else "title"), **rules}
    mapping = Mapping(zone=zone, currency="USD", object={"Visit": ObjectMap(to=to, fields=fields)})
    rows = {"Visit": [{"ID": "1", "Name": "A visit", **cells}]}
    return migrated(Tables([table("Visit", *kinds, **kinds)], rows), mapping)


def codes(world: World) -> set[str]:
    """What people are told."""
    return {finding.code for finding in world.migration.findings()}


def only(world: World, list: str) -> dict[str, Any]:
    """The one record of a list."""
    (found,) = world.wire.records()[list]
    world.close()
    return found


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Pacific/Auckland", "UTC"])
@pytest.mark.parametrize("clock", ["00:00:00", "12:00:00", "23:59:59"])
def test_the_day_of_a_time_is_the_day_where_the_source_is(zone: str, clock: str) -> None:
    """A column with times in a field that holds days: the day as it is written, not that of UTC."""
    world = moved("deal", {"Close": "datetime"}, {"Close": Rule(to="expected_close_date")}, zone=zone,
                  Close=f"2025-03-14 {clock}")  # fmt: skip
    assert only(world, "deals")["expected_close_date"] == "2025-03-14"


def test_a_clock_beside_a_day_that_is_written_with_midnight() -> None:
    """Midnight of March 14 and "3:00 PM" are three in the afternoon of that day; neither is lost."""
    kinds: dict[str, Kind] = {"Day": "datetime", "Clock": "text"}
    rules = {"Day": Rule(to="due_date", at="Clock"), "Clock": Rule(block="Clock")}
    world = moved("activity", kinds, rules, zone="America/New_York", Day="2025-03-14 00:00", Clock="3:00 PM")
    visit = only(world, "activities")
    assert (visit["due_date"], visit["due_time"]) == ("2025-03-14", "19:00:00")


@pytest.mark.parametrize(("start", "end"), [("2025-03-14 10:00", "2025-03-14"), ("2025-03-14", "2025-03-14 10:00")])
def test_no_span_between_a_day_and_a_time(start: str, end: str) -> None:
    """Where one of the two has no time of day there is no duration; that is told, and everything else goes on."""
    kinds: dict[str, Kind] = {"Start": "datetime", "End": "datetime"}
    rules = {"Start": Rule(to="due_date"), "End": Rule(to="duration", since="Start")}
    world = moved("activity", kinds, rules, zone="America/New_York", Start=start, End=end)
    assert "no-time-of-day" in codes(world)
    visit = only(world, "activities")
    assert (visit["due_date"], visit["duration"]) == ("2025-03-14", None)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
def test_the_first_day_of_all_is_no_date(zone: str) -> None:
    """What programs write for "no date" is none in any zone; that is told."""
    rules = {"Close": Rule(to="expected_close_date", when={"open": "won_time"})}
    world = moved("deal", {"Close": "date"}, rules, zone=zone, Close="0001-01-01")
    assert "sentinel-date" in codes(world)
    assert only(world, "deals")["expected_close_date"] is None


def test_a_day_at_the_end_of_the_calendar() -> None:
    """An instant whose local day the calendar does not have keeps the day that it is written with."""
    assert local_day("0001-01-01T00:11:00Z", ZoneInfo("America/New_York")) == "0001-01-01"
