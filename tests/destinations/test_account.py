"""The adapter and the sandbox: every entity written, read, found, changed and deleted."""

import pytest

from adapters.destinations import open_destination
from adapters.destinations.pipedrive import ENTITY_ORDER, ROLLBACK_ORDER
from adapters.destinations.pipedrive.ask import get
from adapters.destinations.pipedrive.catalogue import ENTITIES
from adapters.protocols import Destination, RefusedError, Response
from tests.destinations.account import Account, Furnished
from tests.destinations.flows import drive

RECORDS = list(ENTITIES)
MARKED = [name for name in RECORDS if name != "variation"]
"""What carries a mark."""
OTHER = {
    "deal_product": {"quantity": 7},
    "remote_file": {"remote_id": "other"},
} | {
    name: {entity.title[0]: "Other"} for name, entity in ENTITIES.items() if name not in ("deal_product", "remote_file")
}
"""A field with another value."""
CHANGES = [
    ("organization", {"name": "New", "website": None, "address": None}),
    ("person", {"first_name": "Eve", "emails": []}),
    ("person", {"first_name": "Cher", "last_name": None, "job_title": None}),
    ("deal", {"status": "open", "lost_reason": None, "lost_time": None}),
    ("deal", {"status": "won", "won_time": "2024-02-03T04:05:06Z", "lost_reason": None, "lost_time": None}),
    ("deal", {"is_archived": True, "archive_time": "2024-02-03T04:05:06Z"}),
    ("deal", {"person_id": None, "org_id": None}),
    ("lead", {"title": "T2", "is_archived": True, "value": None}),
    ("activity", {"note": "<p>changed</p>"}),
    ("activity", {"block": {"Only": "this"}}),
    ("activity", {"mark": None, "person_id": None}),
    ("product", {"prices": [{"value": 7, "currency": "USD"}], "costs": None, "direct_costs": []}),
    ("product", {"costs": [{"value": 7, "currency": "EUR"}]}),
    ("product", {"billing_frequency": "one-time", "billing_frequency_cycles": None}),
    ("product", {"tax": None, "code": None, "unit": None, "description": None, "is_linkable": False}),
    ("product", {"prices": None, "costs": None, "direct_costs": None}),
    ("variation", {"name": "Monthly"}),
    ("variation", {"prices": [{"value": 7, "currency": "USD"}], "price_notes": {"USD": "less"}}),
    ("deal_product", {"comments": "other"}),
    ("deal_product", {"block": {"Only": "this"}, "tax": None, "discount": None}),
    ("deal_product", {"product_variation_id": None, "quantity": 5, "item_price": 1.5}),
    ("deal_product", {"billing_frequency": "one-time", "billing_frequency_cycles": None}),
    ("deal_product", {"is_enabled": False, "tax_method": "none", "billing_start_date": None}),
    ("file", {"name": "renamed.txt"}),
    ("file", {"description": None}),
    ("file", {"mark": "m:other", "block": {}}),
    ("remote_file", {"name": "Renamed"}),
    ("lead", {"channel": 52, "channel_id": "spring"}),
    ("note", {"content": "changed"}),
    ("note", {"mark": "m:other"}),
]
"""Updates of every entity."""


@pytest.mark.parametrize("entity", RECORDS)
def test_what_is_written_reads_back(account, entity):
    """Every field of a created record is read back as the same value, block and mark exactly."""
    record = account.read(entity, account.ids[entity], *ENTITIES[entity].details)
    different = {
        key: (value, record.values.get(key))
        for key, value in account.fields[entity].items()
        if not account.adapter.same(entity, key, value, record.values.get(key))
    }
    assert different == {}
    for key in ("block", "mark"):
        assert record.values.get(key) == account.fields[entity].get(key)


@pytest.mark.parametrize("entity", RECORDS)
def test_the_answer_to_a_create_has_the_same_values_as_a_read(account, entity):
    """What the server says at once is what it says later, but for times and what a list must be asked for."""
    made = account.create(entity, account.adapter.step(entity, None, account.fields[entity]))
    read = account.read(entity, made.id).values
    late = {"update_time", "attendees", "marked_as_done_time"}
    assert {k: v for k, v in made.values.items() if k not in late} == {k: read[k] for k in made.values if k not in late}
    assert made.answer["success"] is True


@pytest.mark.parametrize("entity", RECORDS)
def test_writes_are_one_unsafe_request_the_last(account, entity):
    """Create, update and delete, whatever they read before."""
    id = account.create(entity, account.adapter.step(entity, None, account.fields[entity])).id
    assert account.unsafe == [-1]
    account.update(entity, id, OTHER[entity] if entity != "remote_file" else {"name": "Other"})
    assert account.unsafe == [-1]
    account.run(account.adapter.delete(entity, id))
    assert account.unsafe == [-1]


@pytest.mark.parametrize("entity", MARKED)
def test_a_create_in_doubt_is_found_by_its_mark(account, entity):
    """All copies, the living ones only, and no record with another mark."""
    started = account.now
    fields, mark = account.fields[entity], account.mark(entity)
    find = {"mark": mark, "at": started, "fields": fields}
    assert [copy.id for copy in account.find("create", entity, **find)] == [account.ids[entity]]
    second = account.write(entity, fields)
    assert {copy.id for copy in account.find("create", entity, **find)} == {account.ids[entity], second}
    assert account.unsafe == []
    account.run(account.adapter.delete(entity, second))
    assert [copy.id for copy in account.find("create", entity, **find)] == [account.ids[entity]]
    assert account.find("create", entity, mark="m:other", at=started, fields=fields) == []


@pytest.mark.parametrize("entity", RECORDS)
def test_a_create_without_a_mark_is_found_by_all_its_fields(account, entity):
    """Where nothing carries a key, every field must fit."""
    fields = account.fields[entity]
    found = account.find("create", entity, at=account.now, fields=fields)
    assert [copy.id for copy in found] == [account.ids[entity]]
    other = fields | OTHER[entity]
    assert account.find("create", entity, at=account.now, fields=other) == []


@pytest.mark.parametrize("entity", MARKED)
def test_an_old_intent_is_found_no_more_than_its_time(account, entity):
    """Only what changed since the intent is read."""
    account.world.now += 3600
    find = {"mark": account.mark(entity), "fields": account.fields[entity]}
    assert account.find("create", entity, at=account.now, **find) == []


@pytest.mark.parametrize(("entity", "fields"), CHANGES)
def test_an_update_changes_what_is_given_and_nothing_else(account, entity, fields):
    """And an update in doubt is settled by comparing."""
    id = account.ids[entity]
    before = account.read(entity, id).values
    assert account.find("update", entity, id=id, at=account.now, fields=fields) == []
    account.run(account.adapter.update(entity, id, fields))
    after = account.read(entity, id).values
    assert all(account.adapter.same(entity, key, value, after[key]) for key, value in fields.items())
    derived = {
        "update_time",
        "sum",
        "tax_method",
        "name",
        "first_name",
        "last_name",
        "close_time",
        "won_time",
        "lost_time",
        "add_time",
    }
    untouched = before.keys() - fields.keys() - derived - ({"block"} if fields == {"content": "changed"} else set())
    assert {key: after.get(key) for key in untouched} == {key: before[key] for key in untouched}
    assert [copy.id for copy in account.find("update", entity, id=id, at=account.now, fields=fields)] == [id]


@pytest.mark.parametrize(("entity", "fields"), CHANGES)
def test_an_update_is_taken_back_by_its_before_image(account, entity, fields):
    """What was read before it, of the fields and of those that the server moves with them, is what is there again."""
    id = account.ids[entity]
    before = account.read(entity, id).values
    account.update(entity, id, fields)
    after = account.read(entity, id).values
    moved = {key for key in before if after[key] != before[key]} - {"update_time", "sum", "close_time"}
    account.update(entity, id, {key: before[key] for key in moved})
    again = account.read(entity, id).values
    late = {"update_time", "close_time"}
    assert {k: v for k, v in again.items() if k not in late} == {k: v for k, v in before.items() if k not in late}


def test_custom_values_are_emptied(account):
    """Every kind of custom field, on deals and in the form of v1 on leads."""
    nothing = dict.fromkeys(account.custom)
    for entity in ("deal", "lead"):
        account.run(account.adapter.update(entity, account.ids[entity], nothing))
        values = account.read(entity, account.ids[entity]).values
        assert {key: values.get(key) for key in nothing} == nothing


@pytest.mark.parametrize("entity", RECORDS)
def test_a_delete(account, entity):
    """Gone for reads and lists, settled by looking, and a second delete is a success."""
    id = account.ids[entity]
    assert account.find("delete", entity, id=id) == []
    account.run(account.adapter.delete(entity, id))
    assert account.read(entity, id) is None
    assert [gone.id for gone in account.find("delete", entity, id=id)] == [id]
    assert account.run(account.adapter.list(entity, None)).records == ()
    assert account.run(account.adapter.delete(entity, id)).id == id


@pytest.mark.parametrize("entity", RECORDS)
def test_a_deleted_record_cannot_be_changed(account, entity):
    """It is refused, not brought back."""
    account.run(account.adapter.delete(entity, account.ids[entity]))
    with pytest.raises(RefusedError):
        account.update(entity, account.ids[entity], OTHER[entity] if entity != "remote_file" else {"name": "Other"})


def test_a_person_who_edits_a_note_does_not_lose_the_mark(account):
    """Somebody writes above the trailer: the mark and the lines are still read."""
    note = account.ids["note"]
    content = account.run(get(f"/v1/notes/{note}"))["content"]
    edited = {"content": content.replace("there", "where")}
    account.world.control("POST", "/sandbox/edit", {"entity": "notes", "id": int(note), "fields": edited})
    values = account.read("note", note).values
    assert values["content"] == "<p>Hello <b>where</b></p>"
    assert (values["block"], values["mark"]) == ({"From": "x"}, "m:note")


def test_a_new_adapter_learns_the_fields_it_meets(account):
    """Without reading the schema first: one list of fields, then the write, then no list any more."""
    fresh = Account()
    fresh.world = account.world
    fresh.create("deal", {"title": "x", account.keys["enum"]: account.options["enum A"]})
    assert [(request.method, request.path) for request, _ in fresh.exchanges] == [
        ("GET", "/api/v2/dealFields"),
        ("POST", "/api/v2/deals"),
    ]
    fresh.create("deal", {"title": "y", account.keys["money"]: {"value": 1, "currency": "USD"}})
    assert len(fresh.exchanges) == 1


def test_a_prepared_adapter_asks_no_more(account):
    """The list of fields is read once beforehand; the writes that follow are one request each."""
    fresh = Account()
    fresh.world = account.world
    fresh.run(fresh.adapter.prepare("deal", ["title", account.keys["enum"]]))
    assert [request.path for request, _ in fresh.exchanges] == ["/api/v2/dealFields"]
    fresh.run(fresh.adapter.prepare("deal", [account.keys["enum"]]))
    assert fresh.exchanges == []
    fresh.create("deal", {"title": "x", account.keys["enum"]: account.options["enum A"]})
    assert len(fresh.exchanges) == 1
    fresh.run(fresh.adapter.prepare("pipeline", ["label"]))
    assert fresh.exchanges == []


@pytest.mark.parametrize(("entity", "key", "value"), [("note", "content", "<p>New</p>"), ("activity", "note", "New")])
def test_an_update_that_is_given_its_companions_reads_nothing(account, entity, key, value):
    """What shares a wire field with the change travels along: one request, and nothing else has changed."""
    before = account.read(entity, account.ids[entity]).values
    given = {name: before.get(name) for name in account.adapter.companions(entity, [key])}
    assert {"block", "mark"} <= given.keys()
    account.run(account.adapter.update(entity, account.ids[entity], given | {key: value}))
    assert len(account.exchanges) == 1
    after = account.read(entity, account.ids[entity]).values
    moved = {name for name in before if after[name] != before[name]}
    assert key in moved
    assert moved <= {key, "update_time"}
    assert account.adapter.companions("deal", ["title"]) == frozenset()


def test_a_field_that_is_gone_is_refused_before_anything_is_sent(account):
    """The map names a field that somebody deleted: the record is refused with the field's key."""
    key = account.keys["number"]
    account.run(account.adapter.delete("field", f"deal/{key}"))
    fresh = Account()
    fresh.world = account.world
    with pytest.raises(RefusedError, match=key):
        fresh.create("deal", {"title": "x", key: 1})
    assert fresh.unsafe == []


def test_an_empty_update_sends_nothing(account):
    """What an update cannot change is left out; the record is returned as it is."""
    made = account.run(
        account.adapter.update("organization", account.ids["organization"], {"add_time": "2001-01-01T00:00:00Z"})
    )
    assert account.unsafe == []
    assert made.values["add_time"] == "2019-05-06T07:08:09Z"


def test_many_are_fetched_by_the_hundred():
    """250 organizations cost three lists."""
    account = Account()
    ids = [account.create("organization", {"name": f"Org {n}"}).id for n in range(250)]
    found = account.run(account.adapter.fetch("organization", [*ids, "999999", ids[0]]))
    assert list(found) == ids
    assert account.tokens == 30


def test_archived_deals_are_fetched_and_listed(account):
    """They are in no list by ids: a few are asked for one by one, many are looked up in the archive."""
    ids = [account.create("deal", {"title": f"Deal {n}", "is_archived": n % 2 == 0}).id for n in range(60)]
    few = account.run(account.adapter.fetch("deal", ids[:10]))
    assert list(few) == ids[:10]
    assert account.tokens == 10 + 5
    many = account.run(account.adapter.fetch("deal", ids))
    assert list(many) == ids
    assert account.tokens == 10 + 20
    first = account.run(account.adapter.list("deal", None))
    second = account.run(account.adapter.list("deal", first.next))
    assert second.next is None
    assert {record.id for record in (*first.records, *second.records)} == {account.ids["deal"], *ids}


def test_notes_and_leads_are_fetched_the_cheaper_way(account):
    """A few by single GETs (2 tokens each), many from a page of the list (20)."""
    notes = [account.create("note", {"content": f"n{n}", "deal_id": account.ids["deal"]}).id for n in range(40)]
    leads = [account.create("lead", {"title": f"l{n}", "org_id": account.ids["organization"]}).id for n in range(40)]
    for entity, ids in (("note", notes), ("lead", leads)):
        assert list(account.run(account.adapter.fetch(entity, ids[:3]))) == ids[:3]
        assert account.tokens == 6
        assert list(account.run(account.adapter.fetch(entity, ids))) == ids
        assert account.tokens == 20


def test_an_archived_lead_is_fetched_listed_and_found(account):
    """The list of leads leaves it out."""
    lead, started = account.ids["lead"], account.now
    account.run(account.adapter.update("lead", lead, {"is_archived": True}))
    assert account.read("lead", lead).values["is_archived"] is True
    first = account.run(account.adapter.list("lead", None))
    assert first.records == ()
    assert [record.id for record in account.run(account.adapter.list("lead", first.next)).records] == [lead]
    fields = account.fields["lead"]
    assert [copy.id for copy in account.find("create", "lead", mark="m:lead", at=started, fields=fields)] == [lead]


def test_the_schema(account):
    """Objects, users and facts of the account, for the price that is told beforehand."""
    schema = account.run(account.adapter.schema())
    assert account.tokens == account.adapter.schema_price()
    assert [o.name for o in schema.objects] == RECORDS
    deal = schema.object("deal")
    assert deal.custom_fields
    assert deal.block is None
    assert deal.field(account.keys["enum"]).kind == "enum"
    assert [option.label for option in deal.field(account.keys["enum"]).options] == ["A", "B"]
    assert deal.field(account.keys["money"]).custom
    assert schema.object("lead").field(account.keys["money"]).kind == "money"
    assert schema.object("activity").block == "block"
    assert not schema.object("activity").custom_fields
    assert {option.id for option in schema.object("activity").field("type").options} >= {"call", "meeting", "task"}
    person = schema.object("person")
    assert [o.label for o in person.field("label_ids").options] == ["Customer", "Hot lead", "Warm lead", "Cold lead"]
    assert person.field("job_title") is not None
    assert [user.name for user in schema.users][:2] == ["Maya Ortiz", "Tom Becker"]
    assert [stage["label"] for stage in schema.account["pipelines"][0]["stages"]][:2] == ["Qualified", "Contact Made"]
    assert schema.account["currency"] == "USD"
    assert "EUR" in schema.account["currencies"]
    assert {"Hot", "Warm", "Cold"} == {label["label"] for label in schema.account["lead_labels"]}


def test_without_contact_sync_its_fields_are_not_there(account):
    """Job title, birthday, notes and postal address are reported only where the account lists them."""
    keys = {"job_title", "birthday", "notes", "postal_address"}

    def without(request):
        response = account.answer(request)
        if request.path.endswith("/personFields"):
            rows = [row for row in response.body["data"] if row["field_code"] not in keys]
            return Response(status=200, body=response.body | {"data": rows})
        return response

    schema, _ = drive(account.adapter.schema(), without)
    assert schema.account["contact_sync"] is False
    assert keys.isdisjoint(field.key for field in schema.object("person").fields)


@pytest.mark.parametrize(("plan", "whole_company"), [("growth", "3"), ("premium", "7"), (None, None)])
def test_visibility_depends_on_the_plan(plan, whole_company):
    """3 means everyone on Growth and one group on Premium."""
    account = Account()
    destination = open_destination("pipedrive", {"plan": plan} if plan else {})
    deal = account.run(destination.schema()).object("deal")
    by_label = {option.label: option.id for option in deal.field("visible_to").options}
    assert by_label.get("Entire company") == whole_company or plan is None


def test_the_index_of_destinations():
    """A kind opens its adapter; a wrong kind or option is named."""
    destination: Destination = open_destination("pipedrive", {"plan": "lite"})
    assert destination.name == "pipedrive"
    with pytest.raises(ValueError, match="nutcracker"):
        open_destination("nutcracker", {})
    with pytest.raises(ValueError, match="plane"):
        open_destination("pipedrive", {"plane": "lite"})


def test_the_orders_name_every_entity():
    """What is loaded can be rolled back, children before parents."""
    assert sorted(ENTITY_ORDER) == sorted(ROLLBACK_ORDER)
    assert ENTITY_ORDER.index("organization") < ENTITY_ORDER.index("person") < ENTITY_ORDER.index("deal")
    assert ROLLBACK_ORDER.index("note") < ROLLBACK_ORDER.index("deal") < ROLLBACK_ORDER.index("person")


def test_the_fixture_is_whole(account):
    """Every record entity has its record."""
    assert isinstance(account, Furnished)
    assert set(account.ids) == set(RECORDS)
