"""Heavy reads at given hours: outside of them a read waits, and says until when."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.protocols import Flow
from engine.asking import NoWire
from engine.hours import InHours, parse, until


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2025-03-14T21:00", None),
        ("2025-03-14T05:59", None),
        ("2025-03-14T06:00", "2025-03-14T20:00"),
        ("2025-03-14T19:59", "2025-03-14T20:00"),
    ],
)
def test_a_night_goes_past_midnight(now: str, begins: str | None) -> None:
    """From eight in the evening to six in the morning."""
    begin = until(datetime.fromisoformat(now).replace(tzinfo=UTC), *parse("20:00-06:00"))
    assert begin == (datetime.fromisoformat(begins).replace(tzinfo=UTC) if begins else None)


def test_a_day_begins_again_tomorrow() -> None:
    """After the hours of one day come those of the next."""
    begin = until(datetime(2025, 3, 14, 18, tzinfo=UTC), *parse("09:00-17:00"))
    assert begin == datetime(2025, 3, 15, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["20:00", "eight-six", "08:00-08:00", ""])
def test_what_are_no_hours_is_refused(text: str) -> None:
    """The message shows how they are written."""
    with pytest.raises(ValueError, match="20:00-06:00"):
        parse(text)


@pytest.mark.promise("F-033")
def test_a_read_outside_its_hours_waits_and_says_until_when() -> None:
    """Nothing is asked before the hour; then it is, without another word."""
    clock = [datetime(2025, 3, 14, 12, tzinfo=UTC)]
    said: list[str] = []
    asked: list[datetime] = []

    def sleep(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)

    def read() -> Flow[int]:
        asked.append(clock[0])
        yield from ()
        return 7

    wire = InHours(NoWire(), parse("20:00-06:00"), lambda: clock[0], sleep, said.append)
    assert wire.one(read()) == 7
    assert wire.many([read(), read()]) == [7, 7]
    assert asked == [datetime(2025, 3, 14, 20, tzinfo=UTC)] * 3
    assert said == ["the source is read between 20:00 and 06:00 only: waiting until Fri 20:00"]
