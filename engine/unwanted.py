"""What is at the destination and is not wanted there any more."""

from engine.changes import Change
from engine.replay import Replayed
from engine.view import Linked, Part


def unwanted(replayed: Replayed, links: dict[Part, Linked], entity: str) -> list[Change]:
    """Deletes of what stands for records that are not to be moved any more. What was there before us stays."""
    wanted = {want.part for want in replayed.every()}
    return [
        Change(action="delete", part=part, id=link.id, link=link)
        for part, link in links.items()
        if part.entity == entity and not link.adopted and _is_unwanted(replayed, part, wanted)
    ]


def _is_unwanted(replayed: Replayed, part: Part, wanted: set[Part]) -> bool:
    """By the record's own verdict, or because a record that is moved no longer becomes this, too."""
    verdict = replayed.settled.get((part.object, part.key))
    if verdict is not None:
        return verdict.disposition == "skipped" and verdict.reason != "the person was erased"
    return (part.object, part.key) in replayed.wants and part not in wanted


def leftovers(replayed: Replayed, links: dict[Part, Linked]) -> list[str]:
    """The entities of records that only an earlier map made, or an earlier answer (the note that stood for a file)."""
    subjects = replayed.wants.keys() | replayed.settled.keys()
    found = dict.fromkeys(p.entity for p, link in links.items() if (p.object, p.key) in subjects and link.alive)
    return [entity for entity in found if entity not in replayed.order]
