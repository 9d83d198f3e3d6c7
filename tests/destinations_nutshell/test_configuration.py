"""Custom fields and options: made, found, deleted where the API allows it."""

import pytest

from adapters.destinations.nutshell import fields as customs
from adapters.protocols import Kind, RefusedError
from tests.destinations_nutshell.account import Account
from tests.destinations_nutshell.flows import drive, ok, rest

EMPTY = ok({"Leads": [], "Contacts": [], "Accounts": []})


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("text", ("Text", "String")), ("number", ("Text", "String")), ("datetime", ("Text", "String")),
        ("longtext", ("LongText", "Text")), ("boolean", ("Enum", "Decision")), ("multienum", ("Enum", "Decision")),
    ],
)  # fmt: skip
def test_a_type_that_is_refused_is_tried_by_its_other_name(kind: Kind, types: tuple[str, str]) -> None:
    """Two lists of types contradict each other: what one server refuses, the other list calls differently; once."""
    adapter = Account().adapter
    fields = {"entity": "lead", "label": "F", "kind": kind, "options": ["A"] if kind == "multienum" else []}
    made, asked = drive(adapter.create("field", fields), [EMPTY, rest({"errors": []}, 400), rest({})])
    assert tuple(request.body["type"] for request in asked[1:]) == types
    assert made.id == "lead/cf:F"
    _, asked = drive(adapter.create("field", {**fields, "entity": "contact"}), [EMPTY, rest({})])
    assert [request.body["type"] for request in asked[1:]] == [types[1]]
    with pytest.raises(RefusedError):
        drive(Account().adapter.create("field", fields), [EMPTY, rest({}, 400), rest({}, 400)])


def test_a_yes_or_no_is_a_pick_list_of_both() -> None:
    """No list of types has one for a boolean: its options are yes and no, and it reads and writes either form."""
    account = Account()
    made = account.create("field", {"entity": "lead", "label": "Hot?", "kind": "boolean"})
    assert made.children == {"Yes": "Yes", "No": "No"}
    key = made.values["key"]
    for value in (True, "No"):
        lead = account.create("lead", {"title": "x", key: value}).id
        assert account.adapter.same("lead", key, value, account.values("lead", lead)[key])


def test_a_field_of_that_name_is_not_made_twice() -> None:
    """Names are keys at Nutshell, so a second field of one name would be unreachable."""
    account = Account()
    fields = {"entity": "account", "label": "Rank", "kind": "text"}
    account.create("field", fields)
    with pytest.raises(RefusedError, match="already"):
        account.create("field", fields)
    with pytest.raises(RefusedError, match="no custom fields"):
        account.create("field", {**fields, "entity": "note"})


def test_a_created_field_stays() -> None:
    """The API deletes and renames no field: that is refused locally, in a sentence, and the field is still listed."""
    account = Account()
    id = account.create("field", {"entity": "account", "label": "Rank", "kind": "text"}).id
    for flow in (account.adapter.delete("field", id), account.adapter.update("field", id, {"label": "x"})):
        with pytest.raises(RefusedError) as refused:
            account.run(flow)
        assert refused.value.verdict.code == "no-api"
    assert id in account.run(account.adapter.fetch("field", [id]))


@pytest.mark.parametrize(
    ("entity", "field"), [("account", "tags"), ("contact", "tags"), ("lead", "tags"), ("lead", "sources")]
)
def test_an_option_is_made_once_and_deleted(entity: str, field: str) -> None:
    """One label a request; one that is there already is given, not made, since a rollback would delete it."""
    account = Account()
    fields = {"entity": entity, "field": field, "labels": ["A/b, c & d"]}
    made = account.run(account.adapter.create("options", fields))
    assert [r.unsafe for r, _ in account.exchanges] == [False, True]
    again = account.run(account.adapter.create("options", fields))
    assert (again.answer, again.id, again.children) == (None, made.id, made.children)
    assert made.id in account.run(account.adapter.fetch("options", [made.id]))
    assert account.run(account.adapter.delete("options", made.id)).answer is not None
    assert not account.run(account.adapter.fetch("options", [made.id]))
    assert account.run(account.adapter.delete("options", made.id)).answer is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"entity": "lead", "field": "tags", "labels": ["a", "b"]}, "one-label"),
        ({"entity": "lead", "field": "outcome", "labels": ["a"]}, "no-api"),
        ({"entity": "account", "field": "sources", "labels": ["a"]}, "no-api"),
    ],
)
def test_options_that_cannot_be_made_are_refused(fields: dict[str, object], code: str) -> None:
    """Nothing is sent for what the API cannot do."""
    account = Account()
    with pytest.raises(RefusedError) as refused:
        account.run(account.adapter.create("options", fields))
    assert refused.value.verdict.code == code
    assert not account.unsafe


def test_pipelines_and_stages_are_read() -> None:
    """What an administrator made is there to be verified, each stage with its pipeline."""
    account = Account()
    pipeline = account.run(account.adapter.list("pipeline", None)).records[0]
    stages = account.run(account.adapter.list("stage", None)).records
    assert {s.values["pipeline"] for s in stages} == {pipeline.id}
    assert account.run(account.adapter.fetch("stage", [stages[0].id, "999"])).keys() == {stages[0].id}


@pytest.mark.parametrize("name", ["plain", "50% / half", "a%2Fb", "ü:ber", "%"])
def test_any_name_makes_a_key(name: str) -> None:
    """A key holds no slash and gives its name back."""
    key = customs.key_of(name)
    assert "/" not in key
    assert customs.name_of(key) == name


def test_values_in_forms_of_old_and_new_servers_are_read() -> None:
    """Pick-lists by label or by number, dates as text or as an object, yes and no in any spelling."""
    row = {"name": "F", "type": "Enum", "isMultiple": False, "enumElements": {"1": "A", "2": "B"}}
    one, several = customs.custom_of(row), customs.custom_of({**row, "isMultiple": True})
    assert [customs.read(one, v) for v in ("A", "2", 2, {"id": 1, "name": "A"})] == ["A", "B", "B", "A"]
    assert [customs.read(several, v) for v in ("A", ["1", "B"], {"1": "A"})] == [["A"], ["A", "B"], ["A"]]
    date = customs.custom_of({"name": "D", "type": "Date"})
    forms = ("2024-02-29", {"timestamp": 1709164800}, {"value": "2024-02-29", "timestamp": 0}, 1709164800)
    assert {customs.read(date, v) for v in forms} == {"2024-02-29"}
    decision = customs.custom_of({"name": "D", "type": "Decision"})
    assert [customs.read(decision, v) for v in ("Yes", True, "1", "No", False)] == [True, True, True, False, False]
    phone = customs.custom_of({"name": "P", "type": "Phone"})
    assert customs.read(phone, {"E164": "+12025550143", "number": "2"}) == "+12025550143"
    assert customs.read(phone, ["odd"]) == ["odd"]
