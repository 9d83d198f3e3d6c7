"""PromoXcrm into Pipedrive: what becomes of what belongs to its trade, and what is made before it."""

import tomllib

import pytest

from tests.pairs.promoxcrm.story import Story

pytestmark = pytest.mark.xdist_group("promoxcrm")

TRADE = {
    "Project": "deal", "Commission": "note", "Presentation": "file", "artwork_proof": "note", "sample_kit": "note",
}  # fmt: skip
"""Objects of the trade, and what the proposed map makes of each."""


@pytest.mark.promise("F-023")
def test_each_object_of_the_trade_has_a_treatment(story: Story) -> None:
    """The proposal names one for each; where several are known, all of them are offered to a person."""
    objects = tomllib.loads(story.mapping)["object"]
    assert {name: objects[name]["to"] for name in TRADE} == TRADE
    assert all(count["name"] in objects for count in story.discovered["source"]["objects"] if count["count"])
    assert story.at_gate.one("placement", "Commission", "Commission")["choices"] == ["project", "project.client"]
    assert story.end.asked("file-missing", "Presentation")[0]["choices"] == ["note", "skip"]


@pytest.mark.promise("F-102")
def test_the_statuses_of_leads_are_there_before_leads(story: Story) -> None:
    """The field and each of its values were acknowledged before the first lead was sent."""
    (field,) = [f for f in story.end.account.raw["fields"] if f["name"] == "Lead stage"]
    labels = {o["id"]: o["label"] for o in field["options"]}
    intents = {e["position"]: e["body"] for e in story.log if e["kind"] == "WriteIntended"}
    there: set[str] = set()
    used: set[str] = set()
    for event in story.log:
        if event["kind"] == "WriteApplied" and event["object"] == "Field":
            made = intents[event["body"]["intent"]]["fields"]
            if (
                "Lead stage" in (made.get("label"), event["key"].partition("/")[2])
                or made.get("field") == field["code"]
            ):
                there |= set(made.get("options", ())) | set(made.get("labels", ()))
        if event["kind"] == "WriteIntended" and event["object"] == "Lead" and field["code"] in event["body"]["fields"]:
            stage = labels[int(event["body"]["fields"][field["code"]])]
            assert stage in there
            used.add(stage)
    assert used == {"Corporate / Inquiry", "Qualified??"}
