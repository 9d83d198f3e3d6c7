"""What we wrote of a record, and what the destination made of it: read from the events that its link names."""

from adapters.protocols import Fields
from engine.events import WriteApplied, WriteIntended
from engine.journal import Journal
from engine.view import Linked


def intent(journal: Journal, link: Linked | None) -> WriteIntended | None:
    """The newest intent of a record; None where it came with its parent, was adopted, or its person was erased."""
    return journal.at(link.intent, WriteIntended) if link and link.intent else None


def whole(journal: Journal, link: Linked | None) -> Fields:
    """All values of ours that the record has since our newest write."""
    body = intent(journal, link)
    return body.whole if body else {}


def base(journal: Journal, link: Linked | None) -> Fields:
    """The record's values as the answers to our writes have shown them: by these a later edit is told."""
    body = journal.at(link.applied, WriteApplied) if link and link.applied else None
    return body.values if body else {}
