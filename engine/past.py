"""The past: what the log knows of the records of an account as they were at a position, and what was changed since."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from adapters.protocols import Fields
from engine.events import WriteApplied, WriteIntended
from engine.journal import Journal
from engine.optionids import option_ids
from engine.view import Part


class Past(msgspec.Struct, kw_only=True):
    """What the log knows of one record: as it was at the position, and the before-images of what was changed since."""

    id: str = ""
    alive: bool = False
    intent: int = 0
    restore: Fields = {}


class Added(NamedTuple):
    """Labels that one write added to a pick-list, by id."""

    part: Part
    place: str
    labels: dict[str, str]
    applied: int


def pasts(journal: Journal, target: str, to: int) -> dict[Part, Past]:
    """Every record that was written since the position, with what it was then."""
    touched = {part: Past() for _, body, part in _writes(journal, target, after=to) if body.entity != "options"}
    oldest: dict[Part, Fields] = {}  # what only travelled along counts: it may be changed by a later step
    changed: dict[Part, set[str]] = {}  # and is put back only then: a revision must not be
    for position, body, part in _writes(journal, target, after=0) if touched else ():
        past = touched.get(part)
        if past is None:
            continue
        if position <= to:
            past.id, past.alive, past.intent = body.id, body.action != "delete", body.intent
        elif body.action == "update":
            intent = journal.at(body.intent, WriteIntended)
            if intent is not None:
                oldest[part] = intent.before | oldest.get(part, {})
                changed.setdefault(part, set()).update(intent.fields)
    for part, keys in changed.items():
        touched[part].restore = {key: value for key, value in oldest[part].items() if key in keys}
    return touched


def options(journal: Journal, target: str, to: int) -> tuple[dict[int, Added], dict[int, Added]]:
    """Labels added to pick-lists that were there at the position, and those that are there now, by the adding write."""
    now: dict[int, Added] = {}
    then: dict[int, Added] | None = None
    for position, body, part in _writes(journal, target, after=0):
        if position > to and then is None:
            then = {k: added._replace(labels=dict(added.labels)) for k, added in now.items()}
        _fold_options(now, position, body, part)
    return (now if then is None else then), now


def _fold_options(now: dict[int, Added], position: int, body: WriteApplied, part: Part) -> None:
    place = body.id.rpartition("/")[0]
    if body.entity == "field" and body.action == "delete":
        for added in now.values():
            if added.part.key == part.key:
                added.labels.clear()
    elif body.entity == "options" and body.action == "delete":
        gone = set(option_ids(body.id))
        for added in now.values():
            if added.part.key == part.key:
                for label in [k for k, id in added.labels.items() if id in gone]:
                    del added.labels[label]
    elif body.entity == "options":
        new = set(option_ids(body.id))
        now[position] = Added(part, place, {k: id for k, id in body.children.items() if id in new}, position)


def _writes(journal: Journal, target: str, *, after: int) -> Iterator[tuple[int, WriteApplied, Part]]:
    for recorded, body in journal.bodies(WriteApplied, after=after):
        if body.target == target:
            yield recorded.position, body, Part(body.entity, recorded.object or "", recorded.key or "", body.part)
