"""Section 10: times of activities, of creation and of the last change, at both destinations."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

import pytest

from adapters.protocols import Fields
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS, ZONE, instant, labelled, parsed, raw, smart_crm, there

pytestmark = pytest.mark.xdist_group("times")

WITH_TIME, DAY, STAMP = "%Y-%m-%d %H:%M", "%m/%d/%Y", "%m/%d/%Y %H:%M"
HAPPENED = {
    "Call": ("Date/Time", WITH_TIME), "Email": ("Sent At", WITH_TIME), "Meeting": ("Start", WITH_TIME),
    "Task": ("Due Date", DAY), "Note": ("Created", STAMP),
}  # fmt: skip
"""When something happened, by source object: the column and how it writes its times."""


@pytest.fixture(scope="module", params=DESTINATIONS)
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Some hundred records of Smart CRM Online, moved."""
    world = smart_crm(request.param, tmp_path_factory.mktemp(request.param))
    assert world.migration.run().outcome == "done"
    yield world
    world.close()


def happened(values: Fields) -> datetime:
    """When an activity took place, a task is due or a note was written, as the destination tells it."""
    if values.get("due_date"):
        clock = time.fromisoformat(values["due_time"]) if values.get("due_time") else time(0)
        zone = UTC if values.get("due_time") else ZONE
        return datetime.combine(datetime.fromisoformat(values["due_date"]), clock, zone).astimezone(UTC)
    # a record that the destination stamps itself tells its own time last
    return parsed(next(values[key] for key in ("start_time", "due_time", "add_time") if values.get(key)))


@pytest.mark.promise("F-138")
@pytest.mark.parametrize("object", HAPPENED)
def test_activities_keep_their_times_and_their_order(moved: World, object: str) -> None:
    """Each has the source's own instant, so that all of them in order of time are in the source's order."""
    column, form = HAPPENED[object]
    source = {key: instant(row[column], form) for key, row in raw(moved, object).items()}
    found = {key: happened(values) for key, values in there(moved, object).items()}
    assert found == source
    assert sorted(found, key=lambda key: (found[key], key)) == sorted(source, key=lambda key: (source[key], key))
    assert len(found) > 5


def kept(world: World, object: str, column: str, label: str) -> dict[str, datetime]:
    """A time by source key: in the destination's own field where the API takes it, else in the field of that label."""
    object_map = world.migration.history().mapping.object[object]
    key = object_map.fields[column].to or labelled(world, object_map.to, label)
    return {one: parsed(values[key]) for one, values in there(world, object).items()}


@pytest.mark.promise("F-139")
@pytest.mark.parametrize("object", ["Company", "Contact", "Deal"])
def test_original_creation_times_are_kept(moved: World, object: str) -> None:
    """The field equals the source's value, record by record, whatever the destination stamps."""
    source = {key: instant(row["Created"], STAMP) for key, row in raw(moved, object).items()}
    assert kept(moved, object, "Created", "Original created") == source


@pytest.mark.promise("F-140")
@pytest.mark.parametrize("object", ["Company", "Contact", "Deal"])
def test_original_times_of_the_last_change_are_kept(moved: World, object: str) -> None:
    """The same of the last change, which no destination lets anybody set."""
    source = {key: instant(row["Modified"], STAMP) for key, row in raw(moved, object).items()}
    assert kept(moved, object, "Modified", "Original modified") == source
