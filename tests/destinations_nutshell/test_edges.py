"""Refusals of single values, answers that say little, and the further looks that are rarely needed."""

from typing import Any

import pytest

from adapters.destinations.nutshell import Nutshell, fields
from adapters.destinations.nutshell.ask import listed
from adapters.destinations.nutshell.values import read_address, write, write_address
from adapters.protocols import Fields, Intent, RefusedError, Request, Response
from tests.destinations_nutshell.account import Account, Furnished
from tests.destinations_nutshell.flows import drive, missing, ok, rest


def test_authors_of_several_notes_of_one_parent_take_one_call() -> None:
    """REST does not tell who wrote a note: the timeline of a parent does, for all of its notes."""
    account = Furnished()
    contact = account.ids["contact"]
    ids = [account.create("note", {"text": str(n), "contact_id": contact, "author": str(n)}).id for n in (1, 2, 3)]
    found = account.run(account.adapter.fetch("note", ids, ["author"]))
    assert [found[id].values["author"] for id in ids] == ["1", "2", "3"]
    assert len(account.exchanges) == 2
    assert "author" not in account.run(account.adapter.fetch("note", ids))[ids[0]].values


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"status": "pending"}, "bad-value"),
        ({"status": "won", "outcome": "999"}, "bad-value"),
        ({"stage_id": None}, "required"),
        ({"title": "x", "value": 5}, "several-steps"),
        ({"cf:A number 50%25 %2F new": {"no": "value"}}, "bad-value"),
    ],
)
def test_a_change_of_a_lead_that_makes_no_sense_is_refused(furnished: Furnished, update: Fields, code: str) -> None:
    """Nothing is sent for a state, an outcome or a stage that there is not."""
    with pytest.raises(RefusedError) as refused:
        furnished.run(furnished.adapter.update("lead", furnished.ids["lead"], update))
    assert refused.value.verdict.code == code
    assert not furnished.unsafe


def test_an_outcome_of_another_state_is_refused(furnished: Furnished) -> None:
    """A won lead does not end as lost."""
    lost = next(o["id"] for o in furnished.found.account["outcomes"] if o["status"] == "lost")
    with pytest.raises(RefusedError, match="does not go with"):
        furnished.run(furnished.adapter.update("lead", furnished.ids["lead"], {"status": "won", "outcome": lost}))


def test_a_state_without_an_outcome_is_an_administrators_affair() -> None:
    """Where the account has no outcome for a state, a lead cannot be closed so."""
    with pytest.raises(RefusedError, match="administrator"):
        drive(Nutshell().update("lead", "1", {"status": "won"}), [ok([])])


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (lambda a: a.adapter.create("lead_product", {"lead_id": "1", "product_id": "2", "colour": "x"}), "no field"),
        (lambda a: a.adapter.create("lead_product", a.fields["lead_product"]), "holds product"),
        (lambda a: a.adapter.create_many("lead_product", [a.fields["lead_product"]] * 2), "twice"),
        (lambda a: a.adapter.update("lead_product", f"{a.ids['lead']}/999", {"quantity": 2}), "no more"),
        (lambda a: a.adapter.update("lead_product", "odd", {"quantity": 2}), "no id"),
        (lambda a: a.adapter.create("lead_product", {"lead_id": "999999", "product_id": "2"}), "deleted"),
        (lambda a: a.adapter.delete("options", "lead/outcome/1"), "no id"),
    ],
)
def test_products_of_leads_that_cannot_be_are_refused(furnished: Furnished, action: Any, words: str) -> None:
    """Twice the same product, one that is gone, a lead that is gone: a sentence, and nothing is sent."""
    with pytest.raises(RefusedError, match=words):
        furnished.run(action(furnished))
    assert not furnished.unsafe


def test_only_products_of_leads_share_a_request() -> None:
    """Everything else is created by itself."""
    with pytest.raises(ValueError, match="by itself"):
        drive(Nutshell().create_many("note", [{}]), [])


def test_the_filter_is_the_last_look() -> None:
    """What the feed does not show may be found by the key's field; hits of a fuzzy filter are held against the key."""
    known = ok({"Accounts": [{"name": "Key", "type": "Text"}], "Contacts": [], "Leads": []})
    intent = Intent(action="create", entity="account", mark="m/1", fields={"name": "A", "cf:Key": "m/1"})
    hits = rest({"accounts": [{"id": "7-accounts"}, {"id": "8-accounts"}]})
    rows = [
        ok({"id": id, "rev": "0", "name": "A", "customFields": {"Key": key}}) for id, key in ((7, "m/10"), (8, "m/1"))
    ]
    found, asked = drive(Nutshell().find(intent), [known, rest({"events": []}), hits, *rows])
    assert [copy.id for copy in found] == ["8"]
    assert asked[2].query == {"filter[Key]": "m/1"}
    refused = Response(status=400, body={"errors": [{"title": "Invalid filter"}]})
    assert not drive(Nutshell().find(intent), [known, rest({"events": []}), refused])[0]


def test_configuration_that_was_to_be_deleted_or_changed_is_looked_at() -> None:
    """An option that is gone was deleted; of a change there is nothing to find, as there is none."""
    account = Account()
    made = account.create("options", {"entity": "lead", "field": "sources", "labels": ["Fair"]})
    assert not account.find("delete", "options", id=made.id)
    account.run(account.adapter.delete("options", made.id))
    assert [c.id for c in account.find("delete", "options", id=made.id)] == [made.id]
    assert not account.find("update", "pipeline", id="1", fields={"label": "x"})
    assert not account.find("create", "stage", fields={"label": "x"})


def test_a_custom_field_of_an_unknown_type_is_read_only() -> None:
    """What a new server calls otherwise is shown as text and never written."""
    row = {"name": "Map", "type": "Polygon", "isMultiple": False}
    assert fields.field_of(fields.custom_of(row)).readonly
    known = ok({"Accounts": [row], "Contacts": [], "Leads": []})
    with pytest.raises(RefusedError, match="Polygon"):
        drive(Nutshell().create("account", {"name": "A", "cf:Map": "x"}), [known])


def test_a_list_is_read_to_its_last_page() -> None:
    """Where a small list names a next page, that one is read, too; a list that repeats itself ends."""

    def answer(request: Request) -> Response:
        page = int(request.query.get("page[page]", "0"))
        rows = [{"id": f"{page}-users"}] if page < 2 else [{"id": "1-users"}]
        return rest({"users": rows, "meta": {"next": f"https://x/rest/users?page[page]={page + 1}"}})

    rows, asked = drive(listed("/users", "users"), answer)
    assert ([r["id"] for r in rows], len(asked)) == (["0-users", "1-users"], 3)


def test_addresses_take_codes_of_countries() -> None:
    """A country in words becomes its code; one that nobody knows stands in a line, and nothing is lost."""
    assert write_address({"country": "Deutschland"}) == {"country": "DE"}
    assert write_address({"country": "us"}) == {"country": "US"}
    assert write_address({"country": "UK"}) == {"country": "GB"}
    assert write_address({"locality": "X", "country": "Freedonia"}) == {"city": "X", "address_3": "Freedonia"}
    assert read_address("odd") == {"value": "odd"}
    assert read_address("") is None


def test_labels_are_unique_on_the_wire() -> None:
    """Two values of one label, and labels that the wire would take for numbers or for the primary entry."""
    items = [
        {"value": str(n), "label": label, "primary": False} for n, label in enumerate(["a", "a", "7", "--primary", ""])
    ]
    assert write("emails", items) == {"a": "0", "a 2": "1", "email 7": "2", "email --primary": "3", "email": "4"}


def test_what_is_told_of_a_tasks_end_is_read() -> None:
    """How a completed task reads is not described: what may tell is read, and nothing is made up."""
    for row, expected in (({"isCompleted": True}, True), ({"completedTime": None}, False), ({}, None)):
        task = {"id": "5-tasks", "title": "T", "links": {"relatedEntity": {"id": "3-leads", "type": "leads"}}, **row}
        found, _ = drive(Nutshell().fetch("task", ["5"]), [rest({"tasks": [task]})])
        assert found["5"].values.get("done") is expected
        assert found["5"].values["lead_id"] == "3"


def test_names_in_one_text_are_read() -> None:
    """An answer that shows a person's name as one text is read as the name."""
    found, _ = drive(Nutshell().fetch("contact", ["5"]), [ok({"id": 5, "rev": "0", "name": "Ann Lee"})])
    assert found["5"].values["name"] == "Ann Lee"


def test_ids_that_are_none_are_missing() -> None:
    """An id of another form names no record: nothing is asked."""
    found, asked = drive(Nutshell().fetch("account", ["odd"]), [])
    assert not found
    assert not asked


def test_a_refusal_of_a_delete_is_raised() -> None:
    """Only what is gone already counts as deleted."""
    with pytest.raises(RefusedError):
        drive(Nutshell().delete("account", "5"), [Response(status=403, text="no")])
    assert drive(Nutshell().delete("account", "5"), [missing()])[0].answer is None


def test_estimates_of_other_actions() -> None:
    """What deleting, verifying and settling cost, and that an unknown record costs the least."""
    adapter = Nutshell()
    assert adapter.cost("activity", "delete") == 2
    assert adapter.cost("account", "delete") == 1
    assert adapter.cost("account", "verify") == 0.01
    assert adapter.cost("account", "find") == 2
    assert adapter.cost("lead", "update", {"title": "x", "value": 1, "status": "won"}) == 3
    assert adapter.cost("activity", "update", {"location": "x"}) == 2
    assert adapter.cost("options", "create", {"labels": ["a"]}) == 2
    assert adapter.reading("account", 0, 0) == 0
    assert adapter.reading("field", 3, 3) == 1
