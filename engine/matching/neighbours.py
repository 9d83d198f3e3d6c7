"""Neighbours: what a column is beside the others of its object."""

import re
from collections import Counter

from engine.matching.columns import ADDRESS_PARTS, ADDRESS_SETS, Column
from engine.matching.concepts import concepts
from engine.matching.reading import fold, read


def settled(found: list[Column]) -> list[Column]:
    """The columns, each changed where its neighbours say more than its own words."""
    _addresses(found)
    _regions(found)
    _labels(found)
    _keys(found)
    _names(found)
    return found


def _addresses(found: list[Column]) -> None:
    """The first address of a record is the main one, the second the other one; a third is a further one."""
    parts = [c for c in found if c.concept in ADDRESS_PARTS and c.whole]
    sets = {c.address for c in parts if c.concept in ("address", "street", "city", "zip")}
    ranked = sorted(sets, key=ADDRESS_SETS.index)
    split = {c.address for c in found if c.concept in ADDRESS_PARTS and c.concept != "address"}
    streets = {c.address for c in found if c.concept == "street"}
    for column in parts:
        alone = 1 if column.address and ranked else 0
        rank = ranked.index(column.address) if column.address in sets else alone
        part = column.concept
        if part == "address" and column.address in split - streets:
            part = "street"  # what else would be in it
        column.concept = f"{('main', 'other')[rank] if rank < 2 else 'further'} {part}"


_QUALIFIERS = {"mobile": "mobile", "work": "work", "home": "home", "other": "other", "fax": "fax", "phone": "work"}


def _regions(found: list[Column]) -> None:
    """A region beside a state of the same address is a territory."""
    states = [c for c in found if c.concept in ("main state", "other state")]
    plain = {c.concept for c in states if "region" not in c.head}
    for column in states:
        if column.concept in plain and "region" in column.head:
            column.concept = "territory"


def _labels(found: list[Column]) -> None:
    """A column that only says which phone or e-mail its neighbour is."""
    by_stem: dict[str, Column] = {}
    for column in found:
        if column.concept == "element label":
            by_stem[_stem(column.name)] = column
    for column in found:
        label = by_stem.get(_stem(column.name))
        if label is None or label is column or column.concept.split(" ")[0] not in ("phone", "email"):
            continue
        most = Counter(w for value in label.profile.values for w in read(value)).most_common(1)
        if most and (word := _QUALIFIERS.get(most[0][0])):
            concept = "fax" if word == "fax" else f"{column.concept.split(' ')[0]} {word}"
            column.concept = concept if concept in concepts() else column.concept


def _stem(name: str) -> str:
    return re.sub(r"[\W_]*(value|number|email|address|type|category|label)$", "", fold(name))


def _keys(found: list[Column]) -> None:
    """Of several that could be the record's own id, the barest is; the others are numbers that people know it by."""
    keys = [c for c in found if c.concept == "key" and c.whole]
    keys.sort(key=lambda c: (c.profile.kind == "code", len(c.head), found.index(c)))
    for column in keys[1:]:
        if column.profile.values != keys[0].profile.values:
            column.concept = "second key"
    for column in found:
        if keys and column.concept == "source key" and column.whole:
            column.concept = "older key"


def _names(found: list[Column]) -> None:
    """Beside a first name, a "name" of single words is the last one; and the other way round."""
    concepts_there = {c.concept for c in found if c.whole}
    if not {"first name", "last name"} & concepts_there:
        return
    customers = [c for c in found if set(c.head) <= {"customer", "name", "id"} and "customer" in c.head]
    if "company" not in concepts_there and any("id" not in c.head for c in customers):
        for column in customers:  # people with names of their own, at customers
            column.concept, column.extra, column.against = "company", frozenset(), ""
    for column in found:
        if column.concept == "name" and column.head == ("title",):
            column.concept = "salutation" if column.profile.kind == "salutation" else "job title"
            continue
        missing = {"first name", "last name"} - concepts_there
        if column.concept == "name" and len(missing) == 1:
            single = [v for v in column.profile.values if not re.search(r"[\s,]", v)]
            if len(single) * 2 > column.profile.distinct:
                column.concept = missing.pop()
