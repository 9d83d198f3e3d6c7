"""Computed values: what the destination works out by itself from other records of ours, such as a deal's value.

Such a value is no person's edit and no difference, whatever we wrote before the lines were there. When the last line
goes the destination forgets what the value was, so it is written again.
"""

from collections.abc import Iterable, Iterator, Mapping

from adapters.protocols import Schema
from engine.changes import Change
from engine.events import WriteIntended
from engine.journal import Journal
from engine.rebind import as_part
from engine.view import Linked, Part
from engine.written import intent

Computed = Mapping[Part, frozenset[str]]
"""Keys of computed fields by the record that holds them."""


def computed(journal: Journal, schema: Schema, links: Mapping[Part, Linked]) -> Computed:
    """The fields of our records whose values the server works out from the records of `links`, dead ones included."""
    found: dict[Part, frozenset[str]] = {}
    for thing in schema.objects:
        for field in (f for f in thing.fields if f.computed):
            for part, link in links.items():
                if part.entity == field.computed:
                    owners = (p for p in map(as_part, _refs(journal, part, link)) if p.entity == thing.name)
                    found |= {owner: found.get(owner, frozenset()) | {field.key} for owner in owners}
    return found


def refills(journal: Journal, schema: Schema, links: Mapping[Part, Linked], gone: Iterable[Part]) -> Iterator[Change]:
    """The values to write again at records that stay, when `gone` are deleted and none of their kind is left there."""
    makers = {f.computed for o in schema.objects for f in o.fields if f.computed}
    going = {part for part in gone if part.entity in makers}
    still = computed(journal, schema, {p: k for p, k in links.items() if k.alive and p not in going}) if going else {}
    for part, keys in computed(journal, schema, {p: links[p] for p in going if p in links}).items():
        link = links.get(part)
        body = intent(journal, link) if link and link.alive else None
        fields = {k: body.whole[k] for k in keys if body and k in body.whole and k not in still.get(part, ())}
        if link is not None and fields:
            yield refill(journal, Change(action="update", part=part, fields=fields, alone=True), link)


def refill(journal: Journal, change: Change, link: Linked) -> Change:
    """A refill as things stand: of the record's newest whole, which stays what it is."""
    body = intent(journal, link)
    whole = body.whole if body else {}
    return Change(
        action="update",
        part=change.part,
        id=link.id,
        fields={key: whole[key] for key in change.fields if key in whole},
        whole=whole,
        whole_hash=link.whole_hash,
        refs=body.refs if body else {},
        cause=link.applied,
        link=link,
        alone=True,
    )


def _refs(journal: Journal, part: Part, link: Linked) -> Iterable[str]:
    """What a record points at, or pointed at before it was deleted."""
    body = intent(journal, link)
    if body is not None and body.action != "delete":
        return body.refs
    events = journal.log.read(kinds=["WriteIntended"], object=part.object, key=part.key, newest_first=True)
    for _, older in journal.open_all(events, WriteIntended):
        if older is not None and older.entity == part.entity and older.action != "delete":
            return older.refs
    return ()
