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


def levels(objects: Iterable[ObjectSchema]) -> list[list[ObjectSchema]]:
    """Objects in layers: each after all that it links to, and those of one layer free of each other but for rings."""
    done: dict[str, int] = {}
    layers: list[list[ObjectSchema]] = []
    for obj in in_order(objects):
        named = [done[name] for link in obj.links for name in link.to if name in done]
        done[obj.name] = max(named, default=-1) + 1
        if done[obj.name] == len(layers):
            layers.append([])
        layers[done[obj.name]].append(obj)
    return layers
