"""PromoXcrm into Pipedrive: every row of the day after, both sides compared, and everything taken back again."""

import pytest

from tests.pairs.promoxcrm.story import Story, chosen, lines
from tests.undo.dumps import dump

pytestmark = pytest.mark.xdist_group("promoxcrm")


def test_day_after_reads_and_writes_only_what_changed(story: Story) -> None:
    """Every row of the delta, and nothing else; a change without a stamp is found, too."""
    read = {f"{e['object']}/{e['key']}" for e in story.events if e["kind"] in ("RecordExtracted", "RecordVanished")} - {
        "Company/company:whistlestop media"
    }
    assert read == {
        *(f"Client/{n}" for n in (101, 106, 118, 119, 170)), *(f"Project/{n}" for n in (703, 713, 720, 740)),
        "Commission/903", "Task/t4", "Task/t30", "Lead/401", "sample_kit/9",
    }  # fmt: skip
    assert (story.wrote_again, story.again["outcome"]) == (0, "done")


def test_changed_clients_are_updated_in_place(story: Story) -> None:
    """One of them without a stamp."""
    assert story.sent("Client", "101") == {"phones", "Original modified"}
    assert story.sent("Client", "106") == {"Supplier Tier"}
    assert story.later.account["Client/101"]["phones"][0]["value"] == "(312) 555-0180"
    assert story.later.account["Client/106"]["Supplier Tier"] == "Silver"


def test_deleted_records_are_proposed_and_go_by_a_persons_word(story: Story) -> None:
    """A soft deletion is proposed to be followed, what is only missing is proposed to stay; nothing goes by itself."""
    proposed = {f"{i['object']}/{i['key']}": i["proposed"] for i in story.asked.asked("vanished")}
    assert proposed == {
        "Client/118": "delete",
        "Client/119": "keep",
        "Project/713": "keep",
        "Company/company:whistlestop media": "keep",
        "Lead/401": "keep",
    }
    assert {"Client/118", "Client/119", "Project/713"} <= story.asked.account.by_key.keys()
    assert not {"Client/118", "Client/119", "Project/713"} & story.later.account.by_key.keys()
    assert "Company/company:whistlestop media" in story.later.account


def test_new_client_comes_first_and_shifts_no_other(story: Story) -> None:
    """Nobody is lost or doubled."""
    assert story.later.account["Client/170"]["name"] == "Fern Fresh"
    assert len([k for k in story.later.account.by_key if k.startswith("Client/")]) == 33 + 1 - 2


def test_filled_value_clears_its_flag(story: Story) -> None:
    """The deal has it, and nobody is told of it any more."""
    assert story.later.account["Project/720"]["value"] == 1800
    assert not chosen(story.findings, "no-value", "Project")
    assert not chosen(story.findings, "no-amount", "Project")


def test_stage_without_a_stamp_moves_the_deal(story: Story) -> None:
    """The update sends the stage alone."""
    assert story.sent("Project", "703") == {"stage_id"}
    assert story.later.account.stage("Project/703")[:2] == ("Schools", "Delivered")


def test_new_project_hangs_on_the_new_client(story: Story) -> None:
    """Both came on the same day."""
    deal = story.later.account["Project/740"]
    assert (deal["title"], deal["person_id"]) == ("Launch kit", "Client/170")


def test_commission_that_changed_without_a_stamp_is_updated(story: Story) -> None:
    """Its line says the new status; the sum stays."""
    before, after = (lines(s.account["Commission/903"])["Commission status"] for s in (story.end, story.later))
    assert before == "earned"
    assert after == story_status(story)
    assert story.later.account["Project/703"]["Commission"] == 78.75


def story_status(story: Story) -> str:
    """The status that the day after gave to the commission."""
    bodies = [e["body"] for e in story.events if (e["kind"], e["key"]) == ("RecordExtracted", "903")]
    return str(bodies[-1]["values"]["Status"])


def test_tasks_of_the_day_arrive(story: Story) -> None:
    """One is done, one is new."""
    assert story.later.account["Task/t4"]["done"] is True
    assert story.later.account["Task/t30"]["subject"] == "New task"


def test_lead_that_was_converted_meanwhile_stays_and_names_its_client(story: Story) -> None:
    """It was moved: whether it goes is for a person, who kept it."""
    question = story.asked.one("vanished", "Lead", "401")["question"]
    assert "became a client, see Client/170" in question
    assert story.later.account.lead("401")["person_id"] == "Client/170"


def test_new_record_of_a_custom_object_arrives(story: Story) -> None:
    """It hangs on its client."""
    assert story.later.account["sample_kit/9"]["person_id"].startswith("Client/")


# --- the whole -------------------------------------------------------------------------------------------------------


@pytest.mark.promise("F-153")
def test_both_sides_agree_on_both_days(story: Story) -> None:
    """Record by record, value by value; the sample had no differences."""
    assert story.reconciled["ok"] is True
    assert story.reconciled_later["ok"] is True
    assert (story.sample.code, story.sample.document["different"]) == (0, [])
    assert story.checked["in_doubt"] == 0


@pytest.mark.promise("F-161")
def test_rollback_leaves_the_account_as_it_was_founded(story: Story) -> None:
    """Nothing is held and nothing is left."""
    assert (story.back["done"], story.back["held"], story.back["impossible"]) == (True, 0, [])
    assert dump(story.after) == dump(story.before)
