"""improveit 360 into Nutshell: sales are leads there, and prospects their parties."""

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.pairs.conftest import Played
from tests.pairs.passage import Passage
from tests.pairs.sides import IMPROVEIT

pytestmark = pytest.mark.xdist_group("improveit-360-nutshell")

PROSPECT, SALE = "i360__Prospect__c", "i360__Sale__c"


@pytest.fixture
def story(played: Played) -> Passage:
    """The passage, played once."""
    return played(IMPROVEIT, NUTSHELL)


@pytest.mark.promise("F-061")
def test_a_sale_becomes_a_lead_that_bears_its_old_id(story: Passage) -> None:
    """Name, amount and stage are those of the sale; a custom field holds the id that it had."""
    stages = {row["id"]: row["name"] for row in story.base.account["stages"]}
    sales = [key for kind, o, key, _ in story.events if (kind, o) == ("RecordExtracted", SALE)]
    for key in set(sales) & {k.partition("/")[2] for k in story.base.places}:
        lead, sale = story.base.record(SALE, key, "leads"), story.extracted(SALE, key)[0]["values"]
        assert f"/{SALE}/{key}/" in lead["customFields"]["Cutover key"]
        assert lead["description"] == sale["Name"]
        assert lead["value"]["amount"] == float(sale["i360__Sold_Price__c"] or 0)
        if sale["i360__Status__c"] in stages.values():
            assert stages[lead["links"]["stage"]] == sale["i360__Status__c"]
    assert len(set(sales)) == 9


@pytest.mark.promise("F-062")
def test_who_has_a_deal_is_on_it_and_who_has_none_is_there(story: Passage) -> None:
    """The prospect of a sale is a party of its lead; one without is a person all the same; each is there once."""
    contacts = {row["id"]: row for row in story.base.account["contacts"]}
    keys = [row["customFields"].get("Cutover key", "") for row in contacts.values()]
    ours = ["/".join(key.split("/")[1:3]) for key in keys if key]
    assert len(ours) == len(set(ours))
    tied = {contact for row in story.base.account["leads"] for contact in row["links"]["contacts"]}
    lead = story.base.record(SALE, "a045f000000010LAAQ", "leads")
    prospect = story.extracted(SALE, "a045f000000010LAAQ")[0]["values"]["i360__Prospect__c"]
    assert lead["links"]["contacts"] == [story.base.record(PROSPECT, prospect, "contacts")["id"]]
    alone = story.base.record("Contact", "0035f000000010UAAQ", "contacts")["id"]
    assert alone not in tied
    assert tied
    assert tied < set(contacts)
