"""Order: what is named comes before what names it."""

from collections.abc import Iterable

from adapters.protocols import ObjectSchema


def in_order(objects: Iterable[ObjectSchema]) -> list[ObjectSchema]:
    """Objects so that each comes after what it links to; those in a ring keep the order that they came in."""
    todo = list(objects)
    done: list[ObjectSchema] = []
    while todo:
        names = {o.name for o in todo}
        free = [o for o in todo if not any(p in names and p != o.name for link in o.links for p in link.to)]
        done.append(free[0] if free else todo[0])
        todo.remove(done[-1])
    return done
