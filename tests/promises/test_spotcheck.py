"""Section 11: records for people to check, drawn by a seed, old and new side by side."""

import pytest

from engine.events import SpotChecked
from engine.spotcheck import Check, SpotcheckError, checks, draw, mark
from tests.engine.world import World


def by_id(found: list[Check]) -> dict[str, Check]:
    """Checks by their record."""
    return {check.id: check for check in found}


@pytest.mark.promise("F-145")
@pytest.mark.parametrize("size", [25, 50])
def test_a_draw_is_that_of_its_seed(moved: World, size: int) -> None:
    """The same seed draws the same records, another seed others; each object has its turn."""
    found = checks(moved.migration, size, "friday")
    assert found == checks(moved.migration, size, "friday")
    assert len(by_id(found)) == size
    assert by_id(found).keys() != by_id(checks(moved.migration, size, "monday")).keys()
    written = {name for name, counts in moved.counts().items() if counts["written"]}
    assert {check.id.partition("/")[0] for check in found} == written


@pytest.mark.promise("F-145")
def test_old_and_new_stand_side_by_side(moved: World) -> None:
    """What the source said, word by word, and what stands at the destination now, by the names that people know."""
    found = by_id(checks(moved.migration, 500, ""))
    deal = {(x.field, x.there): (x.old, x.new) for x in found["Deal/deal:1"].lines}
    assert deal["Deal Name", "Title"] == ("Harborlight - Fit-out", "Harborlight - Fit-out")
    assert deal["Value", "Value"] == ("$58,750.00", "58750")
    assert deal["Owner", "Owner"] == ("Maya Ortiz", "Maya Ortiz")
    assert deal["Stage", "Stage"] == ("New", "Smart CRM Online/New")
    assert deal["Company", "Organization"] == ("Harborlight", "Company/C-1001")
    assert deal["Lead Source", "Lead Source"] == ("Referral", "Referral")
    assert deal["Competitors", "Competitors"] == ("Acme Corp; Globex", "Acme Corp; Globex")
    company = {x.there: (x.old, x.new) for x in found["Company/C-1001"].lines}
    assert company["Industry"] == ("Professional Services", "Professional Services")
    call = {x.there: (x.old, x.new) for x in found["Call/call:1"].lines}
    assert call["the line 'Disposition'"] == ("Left voicemail", "Left voicemail")
    assert all(check.lines for check in found.values())


@pytest.mark.promise("F-145")
def test_what_a_person_changed_or_deleted_is_seen(moved: World) -> None:
    """The reading is fresh."""
    before = by_id(checks(moved.migration, 500, ""))
    moved.wire.edit("deal", before["Deal/deal:1"].there, title="Another")
    moved.wire.sandbox.control("POST", "/sandbox/remove", {"entity": "deal", "id": int(before["Deal/deal:2"].there)})
    after = by_id(checks(moved.migration, 500, ""))
    assert [(x.old, x.new) for x in after["Deal/deal:1"].lines if x.there == "Title"] == [
        ("Harborlight - Fit-out", "Another")
    ]
    assert (before["Deal/deal:2"].gone, after["Deal/deal:2"].gone) == (False, True)


@pytest.mark.promise("F-145")
def test_a_finding_is_on_record_with_who_and_why(moved: World) -> None:
    """The last one stands beside the record; what has not been moved cannot be marked."""
    mark(moved.migration, "Deal/deal:1", "fail", "the amount is that of last year")
    mark(moved.migration, "Deal/deal:1", "pass", "")
    found = by_id(checks(moved.migration, 500, ""))
    assert (found["Deal/deal:1"].verdict, found["Deal/deal:1"].by) == ("pass", "tester")
    assert found["Deal/deal:2"].verdict == ""
    events = [(e.actor, e.key, b.verdict, b.note) for e, b in moved.journal.bodies(SpotChecked)]
    assert events == [
        ("tester", "deal:1", "fail", "the amount is that of last year"),
        ("tester", "deal:1", "pass", ""),
    ]
    with pytest.raises(SpotcheckError, match="Deal/deal:999 has not been moved"):
        mark(moved.migration, "Deal/deal:999", "pass", "")
    assert moved.journal.log.rebuild(check=True) == []


def test_fewer_than_asked_for_are_all_there_are() -> None:
    """And none of none."""
    assert draw([], 5, "") == []
    assert set(draw([("A", "1"), ("B", "1")], 5, "")) == {("A", "1"), ("B", "1")}
