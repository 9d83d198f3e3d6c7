"""The past: what an update changed is what its taking back restores."""

from typing import Literal

from adapters.protocols import Fields
from engine.events import WriteApplied, WriteIntended
from engine.journal import Journal
from engine.past import pasts
from engine.view import Part
from tests.engine.world import journal_at

SUBJECT = ("Company", "C-1")


def written(journal: Journal, action: Literal["create", "update"], fields: Fields, before: Fields) -> int:
    """Record a write and its answer; the position of the answer."""
    intent = WriteIntended(target="production", entity="account", action=action, fields=fields, before=before)
    position = journal.record(intent, SUBJECT).position
    body = WriteApplied(target="production", entity="account", action=action, id="7", intent=position)
    return journal.record(body, SUBJECT, position).position


def test_what_only_travelled_along_is_not_restored() -> None:
    """A revision or another part of one value, sent with an update, stays out; the oldest of what changed returns."""
    journal = journal_at()
    there = written(journal, "create", {"phone": "1", "city": "Rome"}, {})
    written(journal, "update", {"phone": "2"}, {"phone": "1", "city": "Rome", "rev": "0"})
    written(journal, "update", {"phone": "3"}, {"phone": "2", "city": "Rome", "rev": "1"})
    assert pasts(journal, "production", there)[Part("account", *SUBJECT)].restore == {"phone": "1"}
