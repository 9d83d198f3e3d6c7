"""Texts: what heads them, what follows them, and links that nobody meant."""

import itertools

import pytest

from adapters.destinations.nutshell import texts
from adapters.destinations.nutshell.texts import Text
from tests.destinations_nutshell.account import Account, Furnished

BODIES = (
    "", "Hello", "2019-05-06 07:08 UTC:", "By Ann:\nx", "\\By Ann:\nx", "\\\\By Ann:", "x\n--- Migrated data ---\nA: b",
    "see Lead-123, lead\u20134, Lead-\u20605 and @[Users:3], \\@[Users:4]", "ends\n", "\n\nstart",
    "--- Migrated data ---",
)  # fmt: skip
HEADS = [("", ""), ("2019-05-06T07:08:00Z", ""), ("2019-05-06T07:08:09Z", "Ann Lee"), ("", "O: Brien, X")]
TAILS = [({}, ""), ({"A:b=c": "x\ny"}, ""), ({"Z": ""}, "m/1"), ({}, "m/Lead-7")]


@pytest.mark.parametrize("body", BODIES)
def test_a_text_is_taken_apart_exactly(body: str) -> None:
    """Whatever a text holds, heading, body, lines and mark come back as they were put together."""
    for (time, author), (block, mark) in itertools.product(HEADS, TAILS):
        text = Text(body=body, time=time, author=author, block=block, mark=mark)
        assert texts.split(texts.join(text)) == text
        assert texts.split(texts.join(text).replace("\n", "\r\n")) == text


def test_a_heading_reads_well() -> None:
    """The date and the author stand in the first line, for people."""
    text = Text(body="Hello", time="2019-05-06T07:08:00Z", author="Ann Lee")
    assert texts.join(text) == "2019-05-06 07:08 UTC, Ann Lee:\nHello"
    assert texts.join(Text(body="Hello", author="Ann Lee")) == "By Ann Lee:\nHello"
    assert texts.join(Text(body="Hello")) == "Hello"


def test_a_trailer_reads_well() -> None:
    """Labelled lines and the mark stand behind the body, for people."""
    text = Text(body="Hello", block={"Outcome": "Connected"}, mark="m/1")
    assert texts.join(text) == "Hello\n\n--- Migrated data ---\nOutcome: Connected\nMigration key = m/1"


@pytest.mark.parametrize("body", ["@[Users:3] please", "Lead-1000 and lead-1000", "\\@[Users:3]"])
def test_no_text_becomes_a_link(body: str) -> None:
    """Mentions and numbers of leads in a note are not made links, and read back as they were."""
    account = Account()
    contact = account.create("contact", {"name": "A"}).id
    id = account.create("note", {"text": body, "contact_id": contact}).id
    raw = account.exchanges[-1][1].body["result"]
    assert "<a " not in raw["noteHtml"]
    assert account.values("note", id)["text"] == body


def test_the_date_of_a_note_heads_it_and_its_author_is_kept() -> None:
    """The API dates a note to now: the original date heads it, and the key acts for the author."""
    account = Furnished()
    raw = next(x.body["result"] for r, x in account.said if (r.body or {}) and r.path.endswith("json")
               and r.body["method"] == "newNote")  # fmt: skip
    assert raw["note"].startswith("2020-01-02 03:04:05 UTC:\n")
    assert raw["user"]["id"] == 3


@pytest.mark.parametrize("entity", ["note", "activity"])
def test_where_the_key_may_not_act_for_others_the_author_heads_the_text(entity: str) -> None:
    """With impersonate = "no" nobody is acted for; the text names the author and reads back as author and text."""
    account = Furnished(impersonate=False, impersonation=False)
    assert not [r for r, _ in account.said if r.actor]
    there = account.values(entity, account.ids[entity])
    ours = account.fields[entity]
    assert there["author"] == "3"
    assert account.adapter.same(entity, "text", ours["text"], there["text"])
    account.update(entity, account.ids[entity], {"text": "Anew"})
    raw = account.exchanges[-1][1].body["result"]
    written = raw["noteMarkup"] if entity == "note" else raw["logNote"]["noteMarkup"]
    assert "Priya Raman:\nAnew" in written
    assert account.values(entity, account.ids[entity])["author"] == "3"


def test_a_user_who_has_left_heads_the_text() -> None:
    """Nobody can act for a disabled user: the text names them, whatever the key may do."""
    from adapters.sandbox.settings import Person

    users = (
        Person(1, "Maya", "m@b.example"),
        Person(2, "Gone", "g@b.example", active=False),
        Person(3, "P", "p@b.example"),
    )
    account = Account(users=users)
    contact = account.create("contact", {"name": "A"}).id
    id = account.create("note", {"text": "x", "contact_id": contact, "author": "2"}).id
    assert account.exchanges[-1][0].actor == ""
    assert account.exchanges[-1][1].body["result"]["note"] == "By Gone:\nx"
    assert account.values("note", id)["author"] == "2"


def test_an_author_without_a_name_of_their_own_is_named_with_an_address() -> None:
    """Two users of one name are told apart in a heading by their addresses."""
    from adapters.sandbox.settings import Person

    users = (Person(1, "Ann", "a@b.example"), Person(2, "Ann", "b@b.example"))
    account = Account(impersonate=False, users=users)
    contact = account.create("contact", {"name": "A"}).id
    id = account.create("note", {"text": "x", "contact_id": contact, "author": "2"}).id
    assert account.exchanges[-1][1].body["result"]["note"] == "By Ann <b@b.example>:\nx"
    assert account.values("note", id)["author"] == "2"
