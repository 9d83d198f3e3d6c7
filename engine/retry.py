"""Which records are tried again: those that were rejected or held, and no others."""

from engine.journal import Subject
from engine.mapping import Mapping
from engine.reviews import ReviewError
from engine.view import View


def chosen(
    view: View, target: str, ids: tuple[str, ...], kind: str, order: tuple[str, ...], mapping: Mapping
) -> frozenset[Subject]:
    """The stuck records: all, those named as Object/key, those of a destination entity; both narrow the choice.

    `order`: the entities that records become. Raises ReviewError for what is not stuck, or becomes nothing.
    """
    stuck = {s for s, (disposition, _, _) in view.disposed(target).items() if disposition in ("rejected", "held")}
    if unknown := sorted(set(ids) - {"/".join(s) for s in stuck}):
        raise ReviewError(
            f"neither rejected nor held: {', '.join(unknown)}; `cutover rejects F.csv` lists what is, as Object/key"
        )
    if kind and kind not in order:
        raise ReviewError(f"nothing becomes a {kind!r}; records become {', '.join(order)}")
    return frozenset(s for s in stuck if (not ids or "/".join(s) in ids) and kind in ("", mapping.object[s[0]].to))
