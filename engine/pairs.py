"""Pairs: what a map proposes for a field whose values travel through a value map. A person confirms each of them."""

from collections import Counter
from typing import Any

from adapters.protocols import Schema
from engine.history import Item
from engine.mapping import AS

Pairs = dict[str, dict[str, Any]]

OTHERS = ""
"""Of a preset's pairs: the one for every value that it does not name."""
SELDOM = 10
"""A value that one record in this many has alone is odd."""


def pairs(known: Pairs, field: str, source: Schema, items: dict[str, Item]) -> Pairs:
    """The pairs of a field: those that the preset knows, the others as they stand. An odd value gets none."""
    by_name = {name.casefold(): pair for name, pair in known.items()}
    told = [
        f"{pipeline['label']} / {stage['label']}"
        for pipeline in source.account.get("pipelines") or ()
        for stage in pipeline["stages"]
    ]
    return {
        value: by_name.get(value.casefold()) or by_name.get(OTHERS) or {AS: value}
        for value in usual(field, items, (*known, *told))
    }


def usual(field: str, items: dict[str, Item], known: tuple[str, ...] = ()) -> list[str]:
    """The values of a field in the order in which records have them, each once in whatever case, without the odd ones.

    Odd is a value that one record alone has, where such are few and nobody knows it: a slip, more likely than not.
    """
    texts = [text for item in items.values() if (text := (item.values or {}).get(field, "").strip())]
    counts = Counter(text.casefold() for text in texts)
    odd = {text for text, count in counts.items() if count == 1} - {name.casefold() for name in known}
    if len(odd) * SELDOM > len(texts):
        odd = set()
    spelled: dict[str, str] = {}
    for text in texts:
        if text.casefold() not in odd:
            spelled.setdefault(text.casefold(), text)
    return list(spelled.values())
