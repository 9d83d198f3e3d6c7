"""The revision: named in every change by JSON-RPC, and what happens when it has risen."""

import pytest

from adapters.destinations.nutshell.ask import call
from adapters.protocols import Applied, Flow, RefusedError, Request, StaleError
from tests.destinations_nutshell.account import Account, Furnished
from tests.destinations_nutshell.flows import drive, no, ok


def touch(account: Account, entity: str, id: str) -> None:
    """Somebody else changes the record."""
    name = entity.capitalize()
    payload = {"confidence": 1} if entity == "lead" else {"description": "touched"}
    params = {f"{entity}Id": int(id), "rev": "REV_IGNORE", entity: payload}
    assert account.answer(call(f"edit{name}", params)).body["error"] is None


@pytest.mark.parametrize("entity", ["account", "contact", "lead", "activity"])
def test_a_change_of_a_record_that_has_changed_is_not_written(entity: str) -> None:
    """The revision that was read right before is named: where it has risen, StaleError, and nothing is written."""
    account = Furnished()
    id = account.ids[entity]
    key = {"account": "name", "contact": "name", "lead": "title", "activity": "subject"}[entity]
    there = account.values(entity, id)
    before = {k: there.get(k) for k in (key, *account.adapter.companions(entity, [key]))}
    touch(account, entity, id)
    with pytest.raises(StaleError):
        account.run(account.adapter.update(entity, id, {key: "Mine"}, before))
    assert account.values(entity, id)[key] == there[key]
    account.run(account.adapter.update(entity, id, {key: "Mine"}))
    assert account.values(entity, id)[key] == "Mine"


@pytest.mark.parametrize("entity", ["account", "contact", "lead", "lead_product", "activity", "product", "note"])
def test_the_revision_travels_along(entity: str) -> None:
    """It is a companion of every change by JSON-RPC, and no value: any two are the same."""
    adapter = Account().adapter
    assert "rev" in adapter.companions(entity, ["text" if entity == "note" else "quantity"])
    assert adapter.same(entity, "rev", "1", "9")


def test_the_stage_of_a_lead_needs_no_revision() -> None:
    """REST asks for none, so that nothing is read before."""
    adapter = Account().adapter
    assert adapter.companions("lead", ["value"]) == frozenset()
    assert adapter.companions("task", ["owner_id"]) == frozenset()


def test_a_step_by_rest_leaves_no_revision_to_rely_on() -> None:
    """After a patch the revision that is known is not the current one: the next change reads it first."""
    account = Furnished()
    made = account.run(account.adapter.update("lead", account.ids["lead"], {"value": 3}))
    assert made.values == {"value": 3, "rev": None}
    before = {"title": "Big one", "rev": made.values["rev"]}
    account.run(account.adapter.update("lead", account.ids["lead"], {"title": "Small"}, before))
    assert [r.body["method"] for r, _ in account.exchanges] == ["getLead", "editLead"]


def test_products_of_a_lead_are_read_again_after_a_conflict() -> None:
    """Two writers put a product on one lead: the slower one reads the lead again and keeps what the other wrote."""
    lead = {"id": 9, "rev": "3", "entityType": "Leads", "products": []}
    raced = {**lead, "rev": "4", "products": [{"id": 5, "quantity": 1, "price": {"currency": "USD", "amount": 2}}]}
    written = {**raced, "rev": "5", "products": [*raced["products"], {"id": 7, "quantity": 3}]}
    answers = [ok(lead), no(409, "rev key is out-of-date"), ok(raced), ok(written)]
    flow: Flow[Applied] = Account().adapter.create("lead_product", {"lead_id": "9", "product_id": "7", "quantity": 3})
    made, asked = drive(flow, answers)
    assert made.id == "9/7"
    sent = asked[-1].body["params"]
    assert (sent["rev"], [p["id"] for p in sent["lead"]["products"]]) == ("4", [5, 7])
    assert sent["lead"]["products"][0]["price"] == {"currency_shortname": "USD", "amount": 2}


def test_a_conflict_that_does_not_end_is_given_up() -> None:
    """After some attempts the flow says that the record changes, and has written nothing."""

    def answer(request: Request) -> object:
        return ok({"id": 9, "rev": "3", "products": []}) if request.reads else no(409, "rev key is out-of-date")

    flow = Account().adapter.create("lead_product", {"lead_id": "9", "product_id": "7"})
    with pytest.raises(StaleError):
        drive(flow, answer)  # type: ignore[arg-type]


def test_an_activity_is_deleted_by_its_current_revision() -> None:
    """REST cannot delete an activity: the revision is read, then named."""
    account = Furnished()
    account.run(account.adapter.delete("activity", account.ids["activity"]))
    assert [r.body["method"] for r, _ in account.exchanges] == ["getActivity", "deleteActivity"]


def test_a_note_is_edited_by_its_author_only() -> None:
    """A change of a note goes out in its author's name; after 24 hours the server refuses it, and nothing is lost."""
    account = Furnished()
    id = account.ids["note"]
    account.update("note", id, {"text": "Anew"})
    sent = next(r for r, _ in account.said[::-1] if r.unsafe)
    assert sent.actor == "Priya.Raman@brightpath.example"
    account.world.now += 90_000
    with pytest.raises(RefusedError):
        account.update("note", id, {"text": "Too late"})
    assert account.values("note", id)["text"] == "Anew"
