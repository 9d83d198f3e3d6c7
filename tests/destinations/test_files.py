"""Files and links to remote files."""

import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import RefusedError


@pytest.mark.parametrize("parent", ["deal_id", "person_id", "org_id", "product_id", "activity_id", "lead_id"])
def test_a_file_hangs_on_anything(account, parent):
    """Its bytes arrive as they were, which a download proves; without it only name and size are known."""
    entity = {"org_id": "organization"}.get(parent, parent.removesuffix("_id"))
    content = account.content("Größe & more.pdf", b"\x00\x01 bytes")
    id = account.create("file", {"content": content, parent: account.ids[entity]}).id
    [(request, _)] = account.exchanges
    assert (request.encoding, request.upload.digest, account.tokens) == ("multipart", content["digest"], 10)
    values = account.read("file", id).values
    assert (values["name"], values["file_size"], values[parent]) == (content["name"], 8, account.ids[entity])
    assert "content" not in values
    assert account.read("file", id, "content").values["content"] == content | {"mime": "application/pdf"}
    assert account.tokens == 2 + 20


def test_a_file_may_be_uploaded_under_another_name(account):
    """That of the field."""
    content = account.content("tmp001.bin", b"x")
    made = account.create("file", {"content": content, "name": "Offer.docx", "deal_id": account.ids["deal"]})
    assert made.values["name"] == "Offer.docx"
    assert account.find("create", "file", at=account.now, fields={"content": content, "name": "Offer.docx"})


def test_a_changed_file_looks_different(account):
    """By digest and size; its name is a field of its own."""
    same = Pipedrive().same
    there = {"digest": "d", "name": "a", "size": 1, "mime": "x/y"}
    assert same("file", "content", there | {"name": "b", "mime": "z"}, there)
    assert not same("file", "content", there | {"digest": "e"}, there)
    assert not same("file", "content", there, None)


def test_links_and_files_are_told_apart(account):
    """They share one list."""
    for entity in ("file", "remote_file"):
        records = account.run(account.adapter.list(entity, None)).records
        assert [record.id for record in records] == [account.ids[entity]]
    assert account.read("file", account.ids["remote_file"]) is None
    assert account.read("remote_file", account.ids["file"]) is None


def test_the_mark_of_a_new_file_waits_for_its_description(account):
    """The upload cannot carry it; the update after it does, and it is read back."""
    fields = {"content": account.content("a.txt", b"a"), "deal_id": account.ids["deal"], "mark": "m:1"}
    made = account.create("file", fields)
    assert made.values["mark"] == ""
    account.update("file", made.id, {"mark": "m:1", "description": "first"}, {"block": {}})
    assert account.unsafe == [-1]
    values = account.read("file", made.id).values
    assert (values["mark"], values["description"], values["block"]) == ("m:1", "first", {})


@pytest.mark.parametrize("parent", ["deal_id", "person_id", "org_id"])
def test_a_link_to_a_remote_file(account, parent):
    """By a form with the item's type."""
    item = {"deal_id": "deal", "person_id": "person", "org_id": "organization"}[parent]
    made = account.create("remote_file", {"remote_id": "abc", parent: account.ids[item]})
    [(request, _)] = account.exchanges
    assert (request.path, request.encoding) == ("/v1/files/remoteLink", "form")
    assert request.body["item_type"] == item
    assert (made.values["remote_id"], made.values[parent]) == ("abc", account.ids[item])


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("remote_file", {"remote_id": "abc"}),
        ("remote_file", {"deal_id": "1"}),
        ("remote_file", {"remote_id": "abc", "deal_id": "1", "org_id": "1"}),
        ("remote_file", {"remote_id": "abc", "deal_id": "1", "name": "x"}),
        ("file", {"deal_id": "1"}),
        ("file", {"content": {"name": "x", "size": 1}, "deal_id": "1"}),
        ("file", {"content": {"digest": "d", "name": "x", "size": 1}, "description": "y"}),
        ("file", {"content": {"digest": "d", "name": "x", "size": 1}, "block": {"A": "b"}}),
    ],
)
def test_what_an_upload_cannot_carry_is_refused(account, entity, fields):
    """Before anything is sent."""
    with pytest.raises(RefusedError):
        account.create(entity, fields)
    assert account.exchanges == []


def test_many_files_are_fetched_the_cheaper_way(account):
    """By pages of a hundred (20 tokens) or one by one (2)."""
    ids = [
        account.create("file", {"content": account.content(f"{n}.txt", b"x" * n), "deal_id": "1"}).id
        for n in range(1, 131)
    ]
    assert list(account.run(account.adapter.fetch("file", ids[:3]))) == ids[:3]
    assert account.tokens == 6
    assert list(account.run(account.adapter.fetch("file", ids))) == ids
    assert account.tokens == 40
