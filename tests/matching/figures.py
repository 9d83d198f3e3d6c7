"""The scorer's figures: how often proposals are right, and how sure they say they are."""

import math
from typing import Any, NamedTuple

import msgspec

from engine.matching.document import answer

SURE = 0.9
"""From this confidence on a proposal counts as one that nobody looks at."""


class Figures(NamedTuple):
    """How good proposals are.

    recall: share of fields whose first proposal (one of whose first three) is right. precision: the same of those whose
    confidence is at least SURE; coverage: the share of fields that these are.
    """

    recall: float
    recall_of_three: float
    precision: float
    coverage: float
    wrong: list[str]


def figures(documents: list[dict[str, Any]], *, labels: bool = True) -> Figures:
    """Over schema pairs or value lists; without `labels` headers and values are all there is."""
    ranks: list[tuple[int, float]] = []
    wrong: list[str] = []
    for document in documents:
        said = answer(msgspec.json.encode(_asked(document, labels)))
        for name, truth in document["truth"].items():
            right = [truth, *document["also_ok"].get(name, [])]
            rank = next((i for i, p in enumerate(said[name], 1) if _same(p["target"], right)), 99)
            ranks.append((rank, said[name][0]["confidence"]))
            if rank > 1:
                wrong.append(f"{document['id']}: {name} is {truth}, not {said[name][0]['target']}")
    sure = [rank for rank, confidence in ranks if confidence >= SURE]
    return Figures(
        recall=sum(rank == 1 for rank, _ in ranks) / len(ranks),
        recall_of_three=sum(rank <= 3 for rank, _ in ranks) / len(ranks),
        precision=sum(rank == 1 for rank in sure) / len(sure) if sure else math.nan,
        coverage=len(sure) / len(ranks),
        wrong=wrong,
    )


def _asked(document: dict[str, Any], labels: bool) -> dict[str, Any]:
    """What a matcher sees."""
    asked = {k: v for k, v in document.items() if k not in ("truth", "also_ok")}
    if not labels:
        hidden = ("label", "type")
        asked["fields"] = [{k: v for k, v in f.items() if k not in hidden} for f in asked["fields"]]
    return asked


def _same(target: str | None, right: list[str | None]) -> bool:
    """Any type of custom field counts where one is right, as in the benchmark."""
    if target is not None and target.startswith("custom:"):
        return any(r is not None and r.startswith("custom:") for r in right)
    return target in right
