"""Computed values: what the destination works out by itself from other records of ours, such as a deal's value.

Such a value is no person's edit and no difference, whatever we wrote before the lines were there.
"""

from collections.abc import Mapping

from adapters.protocols import Schema
from engine.events import WriteIntended
from engine.journal import Journal
from engine.rebind import as_part
from engine.view import Linked, Part

Computed = Mapping[Part, frozenset[str]]
"""Keys of computed fields by the record that holds them."""


def computed(journal: Journal, schema: Schema, links: Mapping[Part, Linked]) -> Computed:
    """The fields of our records whose values the server works out, from the live records that point at them."""
    found: dict[Part, frozenset[str]] = {}
    for thing in schema.objects:
        for field in thing.fields:
            makers = [link.intent for part, link in links.items() if field.computed and part.entity == field.computed]
            for event in journal.log.many({intent for intent in makers if intent}).values():
                body = journal.body(event, WriteIntended)
                for ref in body.refs if body else ():
                    if (part := as_part(ref)).entity == thing.name:
                        found[part] = found.get(part, frozenset()) | {field.key}
    return found
