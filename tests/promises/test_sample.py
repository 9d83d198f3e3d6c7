"""Section 11: what the sample shows and does not, where it is, and how it is taken back."""

import pytest
from msgspec.structs import replace

from engine.mapping import Rule
from engine.sample import choose, coverage
from ops.sampling import sample_of
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS
from tests.promises.test_rollback import TABLES, begun, fields, opened, rollback, rows


@pytest.mark.promise("F-142")
def test_a_sample_says_what_it_shows_and_names_what_it_does_not(ready: World) -> None:
    """All fields, stages and owners where there is room; of a small one each value that is missing is named."""
    past, replayed = ready.migration.replayed()
    covered, missing = coverage(replayed, past.mapping, past.destination, choose(replayed, 60))
    assert {word: shown == of for word, (shown, of) in covered.items()} == {
        "fields": True,
        "stages": True,
        "owners": True,
    }
    assert all(of > 3 for _, of in covered.values())
    assert missing == []
    chosen = choose(replayed, 5)
    covered, missing = coverage(replayed, past.mapping, past.destination, chosen)
    small = [m for m in missing if m.why == "the sample is too small for it"]
    assert len(small) == sum(of - shown for shown, of in covered.values()) > 0
    assert {m.value for m in small if m.field == "Stage" and m.value} <= {
        f"Smart CRM Online/{stage.name}" for stage in past.mapping.pipeline[0].stages
    } | {"Smart CRM Online/Verbal Yes (pending PO)"}
    assert {m.value for m in small if m.field == "Owner" and m.value} <= {user.name for user in past.destination.users}
    report = ready.migration.sample(5).sample
    assert report is not None
    assert (report["covered"], report["missing"]) == (covered, missing)
    text = sample_of(report)
    assert all(f"| {m.object} | {m.field} |" in text for m in missing)


@pytest.mark.promise("F-142")
def test_a_field_that_no_record_has_is_named(ready: World) -> None:
    """Nobody can look at it in any sample."""
    past, replayed = ready.migration.replayed()
    company = past.mapping.object["Company"]
    rules = company.fields | {"Notes (2)": Rule(new="Further notes", kind="text")}
    mapping = replace(past.mapping, object=past.mapping.object | {"Company": replace(company, fields=rules)})
    _, missing = coverage(replayed, mapping, past.destination, choose(replayed, 60))
    assert [(m.object, m.field, m.why) for m in missing] == [
        ("Company", "Further notes", "no record that is moved has it")
    ]


@pytest.mark.promise("F-144")
def test_the_report_names_the_account_that_it_is_made_at() -> None:
    """In its document and in its heading; the log has it, too."""
    world = World()
    world.account.target = "staging"
    world.map()
    world.migration.approve("configuration", "")
    report = world.migration.sample(5)
    assert report.sample is not None
    assert report.sample["target"] == "staging"
    assert sample_of(report.sample).startswith("# Sample at staging\n")
    *_, finished = world.journal.log.read(kinds=["RunFinished"])
    assert (world.journal.log.open(finished) or {})["target"] == "staging"
    world.close()


@pytest.mark.promise("F-148")
@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_sample_is_taken_back_before_the_full_run(name: str) -> None:
    """The account is as it was before it; what cannot be deleted is listed; then another sample, and the run."""
    world = opened(name)
    before, known = rows(world, name), fields(world, name)
    begun(world)
    assert len(before[TABLES[name][0]]) == 1
    world.migration.sample(2)
    world.migration.approve("sample", "test")
    assert rows(world, name) != before
    undoing = rollback(world)
    assert rows(world, name) == before
    assert (undoing.held, undoing.impossible) == ([], [])
    assert {r["id"].rpartition("/")[2].removeprefix("cf:") for r in undoing.residue} == fields(world, name) - known
    world.migration.resume("it looks right")
    world.migration.sample(2)
    world.migration.approve("sample", "test")
    assert world.migration.run().outcome == "done"
    assert world.migration.reconcile().ok
    world.close()
