"""Drafts of the map: the last one that the log has, one that a person suggests, and the owners that records name."""

from collections import Counter
from collections.abc import Iterator

from adapters.protocols import Schema
from adapters.sources.names import fold
from engine.events import MapConfirmed, MapProposed
from engine.history import Item
from engine.journal import Journal
from engine.mapping import Mapping, digest, parse
from engine.resolve import meant


def latest(journal: Journal) -> str | None:
    """The text of the map that was confirmed or proposed last; None where there is none."""
    found = [f for f in (journal.latest(MapConfirmed), journal.latest(MapProposed)) if f is not None]
    return max(found, key=lambda each: each[0].position)[1].text if found else None


def confirmed(journal: Journal) -> tuple[Mapping, int] | None:
    """The confirmed map and its version; None before there is one."""
    found = journal.latest(MapConfirmed)
    return (parse(found[1].text), found[1].version) if found else None


def suggest(journal: Journal, text: str) -> None:
    """Record a map that a person brought, as a proposal: it decides nothing before it is confirmed."""
    journal.record(MapProposed(digest=digest(parse(text)), text=text))


def owners(
    mapping: Mapping, source: Schema, destination: Schema, items: dict[str, dict[str, Item]]
) -> Iterator[tuple[str, int, str]]:
    """Every owner that a record names: the name, in how many records, and the user there that it means ("" for none).

    The most frequent first.
    """
    theirs = {fold(user.id): user for user in source.users}
    counts: Counter[str] = Counter()
    for name, object_map in mapping.object.items():
        fields = [field for field, rule in object_map.fields.items() if rule.owner]
        for item in items.get(name, {}).values():
            texts = {(item.values or {}).get(field, "").strip() for field in fields}
            counts.update(theirs[fold(t)].name if fold(t) in theirs else t for t in texts if t)
    named = {user.name: user for user in source.users}
    for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        words = [named[name].email, name] if name in named else [name]
        user = next((u for word in words if word and (u := meant(destination.users, word))), None)
        yield name, count, f"{user.name} <{user.email}>" if user else ""
