"""Writes whose answer was lost, settled one by one for each entity; what is not there, is not found."""

from typing import Any

import pytest

from adapters.protocols import Applied, Fields
from tests.destinations_nutshell.account import RECORDS, Account, Furnished

CHANGES: dict[str, Fields] = {
    "product": {"name": "Other drill"},
    "account": {"name": "Beta"},
    "contact": {"last_name": "Quist"},
    "lead": {"title": "Other"},
    "lead_product": {"quantity": 9},
    "activity": {"subject": "Other"},
    "task": {"owner_id": "3"},
    "note": {"text": "Other"},
}
WITNESSES = {
    "product": 1,
    "lead_product": 1,
    "activity": 1,
    "task": 1,
    "note": 1,
    "account": 4,
    "contact": 4,
    "lead": 4,
}
"""Calls that it takes to find a create."""


def another(account: Furnished, entity: str) -> tuple[Fields, str]:
    """A second record of an entity as an intent would write it first, with its mark."""
    fields, mark = dict(account.fields[entity]), f"m/2/{entity}"
    if "mark" in fields:
        fields["mark"] = mark
    elif entity in account.keys:
        fields[account.keys[entity]] = mark
    else:
        mark = ""
        fields |= (
            {"name": "New"} if entity == "product" else {"product_id": account.create("product", {"name": "S"}).id}
        )
    return account.adapter.step(entity, None, fields), mark


@pytest.mark.parametrize("entity", RECORDS)
def test_a_create_in_doubt_is_found_once_it_is_there(entity: str) -> None:
    """Before it was applied nothing is found; after, the one record, at once and within the calls of the table."""
    account = Furnished()
    fields, mark = another(account, entity)
    intent = {"mark": mark, "at": account.now, "fields": fields}
    assert not account.find("create", entity, **intent)
    made = account.run(account.adapter.create(entity, fields))
    found = account.find("create", entity, **intent)
    assert [copy.id for copy in found] == [made.id]
    assert len(account.exchanges) <= WITNESSES[entity]


@pytest.mark.parametrize("entity", [e for e in RECORDS if e not in ("lead_product",)])
def test_both_copies_of_a_doubled_create_are_found(entity: str) -> None:
    """A create that was applied twice shows as two copies, of which the engine keeps one."""
    account = Furnished()
    fields, mark = another(account, entity)
    intent = {"mark": mark, "at": account.now, "fields": fields}
    ids = [account.run(account.adapter.create(entity, fields)).id for _ in range(2)]
    assert sorted(copy.id for copy in account.find("create", entity, **intent)) == sorted(ids)


@pytest.mark.parametrize("entity", RECORDS)
def test_an_update_in_doubt_is_settled_by_reading(entity: str) -> None:
    """Before it was applied it is not there; after, it is: one call."""
    account = Furnished()
    id, fields = account.ids[entity], CHANGES[entity]
    there = account.values(entity, id)
    before = {k: there.get(k) for k in (*fields, *account.adapter.companions(entity, fields))}
    intent: dict[str, Any] = {"id": id, "at": account.now, "fields": fields, "before": before}
    assert not account.find("update", entity, **intent)
    account.run(account.adapter.update(entity, id, fields, before))
    assert [copy.id for copy in account.find("update", entity, **intent)] == [id]
    assert len(account.exchanges) == 1


@pytest.mark.parametrize("fields", [{"value": 3}, {"status": "won"}, {"stage_id": "?"}])
def test_each_step_of_a_lead_is_settled_by_itself(fields: Fields) -> None:
    """Value, outcome and stage have requests of their own, and each can be in doubt."""
    account = Furnished()
    if "stage_id" in fields:
        fields = {"stage_id": account.found.account["pipelines"][0]["stages"][-1]["id"]}
    intent: dict[str, Any] = {"id": account.ids["lead"], "at": account.now, "fields": fields}
    assert not account.find("update", "lead", **intent)
    account.run(account.adapter.update("lead", account.ids["lead"], fields))
    assert account.find("update", "lead", **intent)


@pytest.mark.parametrize("entity", [*reversed(RECORDS)])
def test_a_delete_in_doubt_is_settled_by_reading(entity: str) -> None:
    """While the record is there nothing is found; when it is gone, its id."""
    account = Furnished()
    id = account.ids[entity]
    assert not account.find("delete", entity, id=id)
    account.run(account.adapter.delete(entity, id))
    assert [copy.id for copy in account.find("delete", entity, id=id)] == [id]


def test_the_lagging_search_is_only_a_further_look() -> None:
    """A company that nobody's search shows yet is found by the feed of events."""
    account = Furnished(lag=3_600.0)
    fields = {"name": "Fresh", account.keys["account"]: "m/fresh"}
    at = account.now
    made = account.run(account.adapter.create("account", fields))
    assert [c.id for c in account.find("create", "account", mark="m/fresh", at=at, fields=fields)] == [made.id]
    assert not [r for r, _ in account.exchanges if any(key.startswith("filter[Source") for key in r.query)]


def test_a_note_that_the_timeline_does_not_show_is_found_by_the_feed() -> None:
    """The feed of events is the second witness of notes and activities."""
    account = Furnished()
    fields = {"text": "x", "contact_id": account.ids["contact"], "mark": "m/n"}
    at = account.now
    made = account.run(account.adapter.create("note", fields))
    elsewhere = {**fields, "contact_id": account.create("contact", {"name": "Else"}).id}
    assert [c.id for c in account.find("create", "note", mark="m/n", at=at, fields=elsewhere)] == [made.id]


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("field", {"entity": "lead", "label": "New one", "kind": "text"}),
        ("options", {"entity": "lead", "field": "sources", "labels": ["Fair 2"]}),
        ("options", {"entity": "contact", "field": "tags", "labels": ["A/b, c"]}),
    ],
)
def test_configuration_in_doubt_is_settled_by_name(entity: str, fields: Fields) -> None:
    """None of that name was there when the intent was recorded, so one that is there now is ours."""
    account = Account()
    intent = {"at": account.now, "fields": fields}
    assert not account.find("create", entity, **intent)
    made = account.run(account.adapter.create(entity, fields))
    found: list[Applied] = account.find("create", entity, **intent)
    assert [(c.id, c.children) for c in found] == [(made.id, made.children)]


def test_events_are_walked_to_the_time_of_the_intent() -> None:
    """More events than a page holds: the feed is walked back, and stops at the intent's time."""
    account = Furnished()
    fields = {"name": "First", account.keys["account"]: "m/first"}
    at = account.now
    made = account.run(account.adapter.create("account", fields))
    for number in range(130):
        account.run(account.adapter.create("account", {"name": f"Later {number}"}))
    assert [c.id for c in account.find("create", "account", mark="m/first", at=at, fields=fields)] == [made.id]
    events = [r for r, _ in account.exchanges if r.path == "/rest/events"]
    assert 2 <= len(events) <= 4
