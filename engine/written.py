"""What we wrote of a record, and what the destination made of it: read from the events that its link names."""

from adapters.protocols import Fields, ObjectSchema
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


def unseen(schema: ObjectSchema | None, base: Fields, theirs: Fields) -> frozenset[str]:
    """Custom fields of a record that no answer to our writes has shown: younger than they, and then empty.

    None of a record of which we know no answer (its person was erased).
    """
    standard = {f.key for f in schema.fields if not f.custom} if schema and base else theirs.keys()
    if schema and schema.block:  # a record's text holds our key, which not every answer shows
        standard = standard | {"mark"}
    return frozenset(theirs.keys() - base.keys() - standard)
