"""Every field of every entity, written and read back; changes, deletions and what is refused before it is sent."""

from typing import Any

import pytest

from adapters.destinations.nutshell.catalogue import ENTITIES
from adapters.protocols import Fields, RefusedError
from tests.destinations_nutshell.account import RECORDS, Account, Furnished

UNREAD = {("activity", "location")}
"""What no answer shows."""


@pytest.mark.parametrize("entity", RECORDS)
def test_every_field_reads_back_as_it_was_written(furnished: Furnished, entity: str) -> None:
    """A record with a value in each field reads back the same, mark and labelled lines included."""
    ours, theirs = furnished.fields[entity], furnished.values(entity, furnished.ids[entity])
    differ = {key for key, value in ours.items() if not furnished.adapter.same(entity, key, value, theirs.get(key))}
    assert not differ


def test_the_records_cover_every_field() -> None:
    """No field that can be written is left out of the records that the tests write, but for these."""
    left = {("contact", "name"), ("activity", "location")}
    furnished = {e: {k for k in RECORDS[e](Furnished()) if not k.startswith("cf:")} for e in ("account", "contact")}
    for name, keys in furnished.items():
        wanted = {c.key for c in ENTITIES[name].columns if not c.readonly}
        assert wanted - keys <= {key for entity, key in left if entity == name}


CHANGES: list[tuple[str, str, Any]] = [
    ("product", "name", "Saw"),
    ("product", "price", 20),
    ("account", "name", "Beta"),
    ("account", "owner_id", "3"),
    ("account", "owner_id", None),
    ("account", "emails", [{"value": "new@beta.example", "label": "work", "primary": True}]),
    ("account", "emails", None),
    ("account", "phones", [{"value": "+12025550199", "label": "", "primary": True}]),
    ("account", "urls", ["beta.example", "https://b.example/x"]),
    ("account", "address", {"value": "2 Side St", "route": "2 Side St", "country": "DE"}),
    ("account", "address", None),
    ("account", "description", None),
    ("account", "tags", []),
    ("account", "industry", None),
    ("contact", "name", "Eva Lund"),
    ("contact", "first_name", "Eva"),
    ("contact", "last_name", "Lund"),
    ("contact", "job_title", "CTO"),
    ("contact", "job_title", None),
    ("contact", "account_id", None),
    ("contact", "description", "Plain"),
    ("lead", "title", "Small one"),
    ("account", "territory", None),
    ("lead", "contact_ids", []),
    ("lead", "owner_id", "4"),
    ("lead", "value", 12),
    ("lead", "currency", "USD"),
    ("lead", "confidence", 70),
    ("lead", "sources", []),
    ("lead", "competitors", []),
    ("lead", "due_time", None),
    ("lead", "priority", False),
    ("lead", "status", "open"),
    ("lead", "status", "won"),
    ("lead", "status", "cancelled"),
    ("lead_product", "quantity", 5),
    ("lead_product", "price", 21),
    ("lead_product", "currency", "USD"),
    ("activity", "subject", "Call Bo"),
    ("activity", "start_time", "2018-01-02T03:04:05Z"),
    ("activity", "duration", "00:05"),
    ("activity", "all_day", True),
    ("activity", "done", False),
    ("activity", "text", "Otherwise"),
    ("activity", "block", {"Notes": "changed"}),
    ("activity", "contact_id", None),
    ("activity", "lead_id", None),
    ("activity", "owner_id", "4"),
    ("task", "owner_id", "3"),
    ("task", "owner_id", None),
    ("note", "text", "Otherwise"),
    ("note", "add_time", "2021-12-31T23:59:00Z"),
    ("note", "block", {}),
]


@pytest.mark.parametrize(("entity", "key", "value"), CHANGES)
def test_one_field_changes_and_no_other(furnished: Furnished, entity: str, key: str, value: Any) -> None:
    """A change sets its field and leaves all others as they were; put back, everything is as before."""
    id = furnished.ids[entity]
    before = furnished.values(entity, id)
    furnished.update(entity, id, {key: value})
    after = furnished.values(entity, id)
    assert furnished.adapter.same(entity, key, value, after.get(key))
    assert _moved(furnished, entity, before, after) <= {key} | MOVES.get((entity, key), set())
    back = {"status": "lost", "outcome": before["outcome"]} if key == "status" else {key: before.get(key)}
    furnished.update(entity, id, back)
    assert _moved(furnished, entity, before, furnished.values(entity, id)) <= MOVES.get((entity, key), set())


MOVES = {
    ("contact", "name"): {"first_name", "last_name"},
    ("contact", "first_name"): {"name"},
    ("contact", "last_name"): {"name"},
    ("contact", "account_id"): set(),
    ("lead", "status"): {"outcome", "closed_time"},
}
"""What changes with a field."""


def _moved(account: Account, entity: str, before: Fields, after: Fields) -> set[str]:
    told = {"rev", "modified_time", "url_labels"}
    return {k for k in before if k not in told and not account.adapter.same(entity, k, before[k], after.get(k))}


@pytest.mark.parametrize("kind", ["text", "longtext", "number", "money", "date", "boolean", "enum", "multienum"])
def test_custom_fields_change_and_are_emptied(furnished: Furnished, kind: str) -> None:
    """A custom field of each kind takes another value, none, and the first again."""
    key, id = furnished.keys[kind], furnished.ids["lead"]
    other: dict[str, Any] = {"money": {"value": 8, "currency": "USD"}, "date": "1999-12-31", "boolean": False}
    other |= {"enum": "A", "multienum": ["A"], "number": 7}
    for value in (other.get(kind, "changed"), None, furnished.custom[key]):
        furnished.update("lead", id, {key: value})
        assert furnished.adapter.same("lead", key, value, furnished.values("lead", id).get(key))


def test_further_addresses_and_companies_survive_a_change(furnished: Furnished) -> None:
    """Of several addresses and companies we show the first; a change of it keeps the others."""
    account, contact = furnished.ids["account"], furnished.ids["contact"]
    second = furnished.create("account", {"name": "Second"}).id
    for method, key, payload in (
        ("editAccount", "account", {"address": {"work": {"city": "Boise"}, "home": {"city": "Nampa"}}}),
        ("editContact", "contact", {"accounts": [{"id": int(account)}, {"id": int(second), "relationship": "CFO"}]}),
    ):
        from adapters.destinations.nutshell.ask import call

        id = account if key == "account" else contact
        params = {f"{key}Id": int(id), "rev": "REV_IGNORE", key: payload}
        assert furnished.answer(call(method, params)).body["error"] is None
    furnished.update("account", account, {"address": {"value": "New"}})
    assert furnished.values("account", account)["further_addresses"] == {"home": {"city": "Nampa"}}
    furnished.update("contact", contact, {"job_title": "Chair"})
    kept = furnished.values("contact", contact)
    assert [a["relationship"] for a in kept["further_accounts"]] == ["CFO"]
    assert (kept["account_id"], kept["job_title"]) == (account, "Chair")


def test_a_job_title_without_a_company_heads_the_description() -> None:
    """The API knows no job title without a company: it stands in the description, and moves when a company comes."""
    account = Account()
    made = account.create("contact", {"name": "Bo", "job_title": "Founder", "description": "Tall"})
    raw = account.exchanges[-1][1].body["result"]
    assert raw["description"] == "Job title: Founder\nTall"
    there = account.values("contact", made.id)
    assert (there["job_title"], there["description"]) == ("Founder", "Tall")
    company = account.create("account", {"name": "A"}).id
    account.update("contact", made.id, {"account_id": company})
    raw = account.exchanges[-1][1].body["result"]
    assert (raw["description"], raw["accounts"][0]["relationship"]) == ("Tall", "Founder")


def test_a_change_that_is_given_its_companions_reads_nothing(furnished: Furnished) -> None:
    """The before-image holds the revision and what travels along, so that one request is enough."""
    for entity, fields in {"contact": {"last_name": "Q"}, "activity": {"text": "x"}, "lead": {"title": "y"}}.items():
        there = furnished.values(entity, furnished.ids[entity])
        before = {k: there.get(k) for k in (*fields, *furnished.adapter.companions(entity, fields))}
        furnished.run(furnished.adapter.update(entity, furnished.ids[entity], fields, before))
        assert len(furnished.exchanges) == 1
        furnished.update(entity, furnished.ids[entity], {k: there[k] for k in fields})


def test_what_the_api_cannot_change_is_left_out(furnished: Furnished) -> None:
    """A change of nothing but fixed fields sends nothing and gives the record as it is."""
    id = furnished.ids["task"]
    made = furnished.run(furnished.adapter.update("task", id, {"title": "Other", "mark": "x"}))
    assert not furnished.unsafe
    assert made.values["title"] == "Send papers"


@pytest.mark.parametrize(
    ("entity", "fields", "code"),
    [
        ("account", {"nosuch": 1}, "unknown-field"),
        ("account", {"created_time": "2020-01-01T00:00:00Z"}, "readonly-field"),
        ("account", {"industry": "x"}, "bad-value"),
        ("account", {"cf:No such field": "x"}, "unknown-field"),
        ("lead", {"title": "x", "currency": "ZZZ"}, "no-market"),
        ("lead", {"title": "x", "value": 5}, "several-steps"),
        ("note", {"text": "x"}, "one-parent"),
        ("note", {"text": "x", "lead_id": "1", "contact_id": "2"}, "one-parent"),
        ("activity", {"subject": "x", "start_time": "2020-01-01T00:00:00Z", "duration": "long"}, "bad-value"),
        ("lead_product", {"product_id": "1"}, "required"),
        ("account", {"owner_id": "1"}, "required"),
        ("contact", {"name": "x", "account_id": "no number"}, "bad-value"),
        ("note", {"text": "x", "lead_id": "no number"}, "bad-value"),
        ("lead", {"title": "x", "stage_id": "no number"}, "bad-value"),
        ("product", {"name": "x", "price": 5, "currency": "ZZZ"}, "no-market"),
    ],
)
def test_a_bad_record_is_refused_before_it_is_sent(entity: str, fields: Fields, code: str) -> None:
    """What the server would refuse, or misunderstand, is refused in a sentence, and nothing is sent."""
    account = Account()
    with pytest.raises(RefusedError) as refused:
        account.run(account.adapter.create(entity, fields))
    assert refused.value.verdict.code == code
    assert not account.unsafe


@pytest.mark.parametrize("entity", [*reversed(RECORDS)])
def test_a_record_is_deleted_once(entity: str) -> None:
    """A deleted record is gone from reads and lists, and to delete it again is a success that changes nothing."""
    account = Furnished()
    id = account.ids[entity]
    assert account.run(account.adapter.delete(entity, id)).answer is not None
    assert account.read(entity, id) is None
    assert id not in [r.id for r in account.run(account.adapter.list(entity, None)).records]
    assert account.run(account.adapter.delete(entity, id)).answer is None


def test_a_deleted_record_is_not_changed() -> None:
    """An update of a record that is gone says so, and sends no change."""
    account = Account()
    id = account.create("account", {"name": "A"}).id
    account.run(account.adapter.delete("account", id))
    with pytest.raises(RefusedError, match="deleted"):
        account.run(account.adapter.update("account", id, {"name": "B"}))


def test_a_lead_of_a_team(furnished: Furnished) -> None:
    """A team may be the assignee of a lead: its id says that it is one."""
    from adapters.destinations.nutshell.values import read, write

    assert write("assignee", "team:5") == {"entityType": "Teams", "id": 5}
    assert read("assignee", {"entityType": "Teams", "id": 5}) == "team:5"
    assert read("assignee", {"entityType": "Users", "id": 5}) == "5"
