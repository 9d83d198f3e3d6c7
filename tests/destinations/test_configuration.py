"""Fields, options, pipelines, stages and activity types: made, found again, changed and taken back."""

import pytest

from adapters.destinations.pipedrive.catalogue import TYPE_OF_KIND
from adapters.protocols import InDoubtError, RefusedError, Response, UnreachableError
from tests.destinations.account import Account
from tests.destinations.flows import ok

KINDS = {
    "text": "text", "longtext": "longtext", "html": "longtext", "block": "longtext", "url": "longtext", "email": "text",
    "phone": "text", "number": "number", "percent": "number", "money": "money", "date": "date", "datetime": "text",
    "time": "time", "duration": "text", "boolean": "enum", "enum": "enum", "multienum": "multienum",
    "address": "address", "user": "user", "reference": "reference",
}  # fmt: skip


def field(kind, entity="deal", **more):
    """A new field of a kind."""
    return {"entity": entity, "label": f"My {kind}", "kind": kind, **more}


def options(account, entity, key, *labels):
    """New options of a pick-list."""
    return {"entity": entity, "field": key, "labels": list(labels)}


@pytest.mark.parametrize("kind", list(TYPE_OF_KIND))
@pytest.mark.parametrize("entity", ["product", "organization", "person", "deal", "lead"])
def test_a_field_of_every_kind(kind, entity):
    """It is made with the nearest type there is, found again by label, type and time, and deleted."""
    account = Account()
    started = account.now
    fields = field(kind, entity, **({"options": ["A", "B"]} if kind in ("enum", "multienum") else {}))
    assert account.find("create", "field", at=started, fields=fields) == []
    made = account.create("field", fields)
    owner = "deal" if entity == "lead" else entity
    assert made.id == f"{owner}/{made.values['key']}"
    assert made.values["kind"] == KINDS[kind]
    assert list(made.children) == {"boolean": ["Yes", "No"], "enum": ["A", "B"], "multienum": ["A", "B"]}.get(kind, [])
    [found] = account.find("create", "field", at=started, fields=fields)
    assert (found.id, found.children, found.values) == (made.id, made.children, made.values)
    assert account.read("field", made.id).values == made.values
    account.run(account.adapter.delete("field", made.id))
    assert account.read("field", made.id) is None
    assert account.find("create", "field", at=started, fields=fields) == []
    assert [gone.id for gone in account.find("delete", "field", id=made.id)] == [made.id]
    assert account.run(account.adapter.delete("field", made.id)).id == made.id


def test_a_reference_to_an_organization():
    """The target says which of the two types of reference it is."""
    account = Account()
    made = account.create("field", field("reference", target="organization"))
    schema = account.run(account.adapter.schema())
    assert schema.object("deal").field(made.values["key"]).target == "organization"


@pytest.mark.parametrize(
    ("target", "kind"), [("person", "reference"), ("organization", "reference"), ("deal", "text"), ("product", "text")]
)
def test_a_reference_to_anything_else_is_kept_as_text(target, kind):
    """There are custom fields for persons and organizations alone."""
    made = Account().create("field", field("reference", target=target))
    assert made.values["kind"] == kind


def test_there_is_no_custom_field_for_a_file():
    """It is refused in a sentence."""
    with pytest.raises(RefusedError, match="file"):
        Account().create("field", field("file"))


def test_a_category_of_products():
    """An option of a system field: all options are put, and what was made is taken away again."""
    account = Account()
    made = account.create("options", options(account, "product", "category", "Software", "Hardware"))
    product = account.create("product", {"name": "x", "category": made.children["Hardware"]}).id
    assert account.read("product", product).values["category"] == made.children["Hardware"]
    labels = [o.label for o in account.run(account.adapter.schema()).object("product").field("category").options]
    assert labels == ["Software", "Hardware"]
    account.run(account.adapter.delete("options", made.id))
    assert account.read("options", made.id) is None


def test_an_older_field_of_the_same_name_is_not_ours():
    """Pipedrive refuses no name twice, so only one made since the intent counts."""
    account = Account()
    account.create("field", field("text"))
    account.world.now += 3600
    assert account.find("create", "field", at=account.now, fields=field("text")) == []


def test_activities_take_no_fields():
    """Their field list is read-only."""
    with pytest.raises(RefusedError, match="activity"):
        Account().create("field", field("text", "activity"))


def test_options_of_a_custom_field():
    """One request for all, their ids by label; deleting takes those that are left."""
    account = Account()
    key = account.create("field", field("enum", options=["A"])).values["key"]
    fields = options(account, "deal", key, "B", "C")
    assert account.find("create", "options", fields=fields) == []
    made = account.create("options", fields)
    assert account.unsafe == [-1]
    assert list(made.children) == ["B", "C"]
    assert made.id == f"deal/{key}/{made.children['B']},{made.children['C']}"
    [found] = account.find("create", "options", fields=fields)
    assert (found.id, found.children) == (made.id, made.children)
    one = f"deal/{key}/{made.children['B']}"
    account.run(account.adapter.delete("options", one))
    assert account.read("options", one) is None
    assert account.read("options", made.id).values["labels"] == ["C"]
    account.run(account.adapter.delete("options", made.id))
    assert account.read("options", made.id) is None
    account.run(account.adapter.delete("options", made.id))
    assert account.unsafe == []


@pytest.mark.parametrize("entity", ["organization", "person"])
def test_labels_are_added_with_all_that_are_there(entity):
    """The documented way is one PUT of all options: none that was there is lost, on the way in and out."""
    account = Account()
    before = account.run(account.adapter.schema()).object(entity).field("label_ids").options
    made = account.create("options", options(account, entity, "label_ids", "VIP", "Gold"))
    assert account.unsafe == [-1]
    assert [request.method for request, _ in account.exchanges][-1] == "PUT"
    after = account.run(account.adapter.schema()).object(entity).field("label_ids").options
    assert [*before, *((id, label) for label, id in made.children.items())] == [
        *after[: len(before)], *((option.id, option.label) for option in after[len(before) :])
    ]  # fmt: skip
    record = account.create(entity, {"name": "x", "label_ids": [made.children["VIP"]]})
    assert account.read(entity, record.id).values["label_ids"] == [made.children["VIP"]]
    account.run(account.adapter.delete("options", made.id))
    assert account.run(account.adapter.schema()).object(entity).field("label_ids").options == before


def test_a_label_that_is_there_is_not_added_twice():
    """Its id is given, and deleting what was made leaves it alone."""
    account = Account()
    made = account.create("options", options(account, "person", "label_ids", "Customer", "VIP"))
    assert list(made.children) == ["Customer", "VIP"]
    assert made.id == f"person/label_ids/{made.children['VIP']}"
    again = account.create("options", options(account, "person", "label_ids", "Customer"))
    assert account.unsafe == []
    assert again.children == {"Customer": made.children["Customer"]}
    account.run(account.adapter.delete("options", again.id))
    assert account.find("create", "options", fields=options(account, "person", "label_ids", "Customer"))


def test_lead_labels_are_made_one_by_one():
    """They are records of their own, with ids of their own."""
    account = Account()
    made = account.create("options", options(account, "lead", "label_ids", "VIP"))
    [found] = account.find("create", "options", fields=options(account, "lead", "label_ids", "VIP"))
    assert found.id == made.id
    org = account.create("organization", {"name": "x"}).id
    lead = account.create("lead", {"title": "x", "org_id": org, "label_ids": [made.children["VIP"]]})
    assert account.read("lead", lead.id).values["label_ids"] == [made.children["VIP"]]
    account.run(account.adapter.delete("options", made.id))
    assert account.read("options", made.id) is None
    with pytest.raises(RefusedError, match="one at a time"):
        account.create("options", options(account, "lead", "label_ids", "X", "Y"))


def test_a_pipeline_with_stages_that_it_came_with():
    """Their ids are its children."""
    account = Account(pipeline_comes_with_stages=True)
    started = account.now
    made = account.create("pipeline", {"label": "Sales"})
    assert list(made.children)[:2] == ["Qualified", "Contact Made"]
    [found] = account.find("create", "pipeline", at=started, fields={"label": "Sales"})
    assert (found.id, found.children) == (made.id, made.children)


def test_a_pipeline_whose_stages_cannot_be_read():
    """It exists all the same: the create is a success without children."""
    account = Account()
    flow = account.adapter.create("pipeline", {"label": "Sales"})
    next(flow)
    flow.send(ok({"id": 7, "name": "Sales"}))
    with pytest.raises(StopIteration) as stop:
        flow.throw(UnreachableError("the network is gone"))
    assert stop.value.value.id == "7"
    assert stop.value.value.children == {}


@pytest.mark.parametrize(
    ("entity", "fields", "changed"),
    [
        ("pipeline", {"label": "Sales"}, {"label": "Sales 2"}),
        ("stage", {"label": "Offer", "pipeline": "1", "probability": 40}, {"label": "Offer 2", "probability": 50}),
        ("activity_type", {"label": "Site visit"}, {"label": "Visit"}),
        ("field", field("text"), {"label": "Renamed"}),
    ],
)
def test_made_found_changed_deleted(entity, fields, changed):
    """The whole life of each, every step settled by a read."""
    account = Account()
    started = account.now
    made = account.create(entity, fields)
    assert [copy.id for copy in account.find("create", entity, at=started, fields=fields)] == [made.id]
    assert account.find("update", entity, id=made.id, fields=changed) == []
    account.run(account.adapter.update(entity, made.id, changed))
    assert account.unsafe == [-1]
    assert [copy.id for copy in account.find("update", entity, id=made.id, fields=changed)] == [made.id]
    assert {key: account.read(entity, made.id).values[key] for key in changed} == changed
    assert made.id in {record.id for record in account.run(account.adapter.list(entity, None)).records}
    assert account.find("delete", entity, id=made.id) == []
    account.run(account.adapter.delete(entity, made.id))
    assert account.unsafe == [-1]
    assert account.read(entity, made.id) is None
    assert [gone.id for gone in account.find("delete", entity, id=made.id)] == [made.id]
    account.run(account.adapter.delete(entity, made.id))


def test_an_activity_type_is_named_by_its_key():
    """What an activity's `type` holds is the key, which is the child."""
    account = Account()
    key = account.create("activity_type", {"label": "Site visit"}).children["Site visit"]
    made = account.create("activity", {"subject": "x", "type": key})
    assert account.read("activity", made.id).values["type"] == key


def test_all_options_are_listed():
    """Each by itself, custom ones, labels and lead labels."""
    account = Account()
    key = account.create("field", field("enum", options=["A", "B"])).values["key"]
    listed = account.run(account.adapter.list("options", None)).records
    labels = {(record.values["entity"], record.values["field"], record.values["labels"][0]) for record in listed}
    assert {
        ("deal", key, "A"),
        ("deal", key, "B"),
        ("person", "label_ids", "Customer"),
        ("lead", "label_ids", "Hot"),
    } <= labels
    assert account.read("options", listed[0].id) == listed[0]


@pytest.mark.parametrize(
    ("entity", "id"), [("field", "f" * 40), ("field", "note/" + "f" * 40), ("options", "deal"), ("options", "note/x/1")]
)
def test_a_wrong_id_is_refused(entity, id):
    """With the form that ids have."""
    with pytest.raises(RefusedError, match="read like 'deal/"):
        Account().run(Account().adapter.delete(entity, id))


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("pipeline", {"label": "x"}),
        ("field", field("text")),
        ("organization", {"name": "x"}),
        ("note", {"content": "x"}),
    ],
)
def test_a_success_that_names_nothing_is_in_doubt(entity, fields):
    """A 2xx without an id is no proof of anything."""
    flow = Account().adapter.create(entity, fields)
    next(flow)
    with pytest.raises(InDoubtError):
        flow.send(Response(status=200, body={"success": True, "data": None}))
