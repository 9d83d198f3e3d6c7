"""Matching: for each source field a ranked list of what it could become, with a confidence and a reason in words."""

from collections.abc import Iterable

import msgspec

from engine.matching.columns import ADDRESS_PARTS, Column
from engine.matching.concepts import concepts
from engine.matching.data import table
from engine.matching.places import Place, Places
from engine.matching.profile import custom, fits, overlap

SKIP = "skip"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a field could become: a destination key, "custom:<type>" or "skip". confidence: that it is right, 0 to 1.

    transform: what the value goes through on its way: "values" (a value map), "owner" (people are matched), "link" (the
    record that it names is looked up), empty where it is only read by its type.
    """

    target: str
    confidence: float
    reason: str
    transform: str = ""


def propose(columns: list[Column], places: Places, *, custom_fields: bool) -> dict[str, list[Proposal]]:
    """Proposals for each column, best first."""
    taken = {c.concept for c in columns if c.whole and not c.against}
    return {column.name: _ranked(column, places, taken, custom_fields) for column in columns}


def _ranked(column: Column, places: Places, taken: set[str], custom_fields: bool) -> list[Proposal]:
    """The candidates of one column; each target once, at its best."""
    best = _shaped(_best(column, places, custom_fields), places)
    others = _others(column, places, taken, custom_fields)
    ranked = [best]
    for target, reason in others:
        same_class = target.partition(":")[0]
        if all(p.target != target and (same_class != "custom" or not p.target.startswith("custom")) for p in ranked):
            share = max((1 - best.confidence) * (0.6 if len(ranked) == 1 else 0.3), 0.01)
            other = Proposal(target=target, confidence=round(min(share, best.confidence), 3), reason=reason)
            ranked.append(_shaped(other, places))
    return ranked


_TRANSFORMS = {
    "enum": "values",
    "multienum": "values",
    "user": "owner",
    **dict.fromkeys(("org", "person", "persons", "deal", "lead", "products", "related", "reference"), "link"),
}


def _shaped(proposal: Proposal, places: Places) -> Proposal:
    """The proposal with the transform that the type of its field asks for."""
    kind = places.types.get(proposal.target, proposal.target.removeprefix("custom:"))
    if any(place.key == proposal.target for c in ("stage", "pipeline") if (place := places.of([c]))):
        kind = "enum"  # a list, though a destination may call it a record
    return msgspec.structs.replace(proposal, transform=_TRANSFORMS.get(kind, ""))


def _made(target: str, evidence: str, reason: str) -> Proposal:
    return Proposal(target=target, confidence=table("confidence")[evidence], reason=reason)


def _best(column: Column, places: Places, custom_fields: bool) -> Proposal:
    new = f"custom:{custom(column.profile, _kind(column))}" if custom_fields else SKIP
    if there := _existing(column, places):
        return there
    if column.against:
        return _against(column, new)
    if not column.concept:
        return _unknown(column, places, new)
    if column.extra:
        return _partial(column, new)
    return _whole(column, places, new, custom_fields)


def _kind(column: Column) -> str:
    """The kind that the concept or the source's own type gives."""
    kind = _concept_kind(column) if column.concept and not column.against else ""
    if kind and (not column.extra or kind in ("text", "address") or fits(column.profile, kind) > 0):
        return kind
    return _TYPES.get(column.type, "")


_TYPES = {"picklist": "enum", "multipicklist": "multienum", "textarea": "longtext", "currency": "money",
          "phone": "phone", "email": "email", "url": "url", "boolean": "boolean", "date": "date",
          "datetime": "datetime"}  # fmt: skip


def _concept_kind(column: Column) -> str:
    head, _, part = column.concept.partition(" ")
    if head in ("main", "other", "further") and part in ADDRESS_PARTS:
        return "address"
    known = concepts().get(column.concept)
    return known.kind if known else "text"


def _existing(column: Column, places: Places) -> Proposal | None:
    """A custom field of the account whose label means the same."""
    best: tuple[float, Place] | None = None
    for words, concept, place in places.custom:
        if fits(column.profile, _DESTINATION.get(place.type, place.type)) < 0:
            continue
        likeness = max((_likeness(frozenset(w), words) for w in column.words), default=0.0)
        if column.whole and concept == column.concept and concept not in _OWN and concepts()[concept].rest == "new":
            likeness = max(likeness, 0.95)
        shared = any(words & set(w) for w in column.words)
        if place.options and shared and overlap(column.profile, list(place.options)) >= 0.5:
            likeness = max(likeness, 0.9)
        if likeness >= 0.5 and (best is None or likeness > best[0]):
            best = (likeness, place)
    if best is None or (best[0] < 0.9 and column.whole and places.of(_wanted(column))):
        return None
    evidence = "existing" if best[0] >= 0.9 else "existing alike"
    return _made(best[1].key, evidence, f"the account has a field {best[1].label!r}, which says the same")


_DESTINATION = {"text": "", "multienum": "enum", "longtext": "", "datetime": "date"}
_OWN = ("", "key", "type", "name")
_SOFT = frozenset(table("sets")["soft"].split())


def _likeness(one: frozenset[str], two: frozenset[str]) -> float:
    """How much two headers say the same, 0 to 1."""
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    common, differing = one & two, one ^ two
    if common - _SOFT and differing <= _SOFT:
        return 0.9
    return len(common - _SOFT) / len(one | two) if common - _SOFT else 0.0


def _wanted(column: Column) -> list[str]:
    """The concepts whose field will do, in order."""
    head, _, part = column.concept.partition(" ")
    if head in ("main", "other", "further") and part in ADDRESS_PARTS:
        return [column.concept, *(f"{head} {to}" for to in concepts()[part].to)]
    known = concepts().get(column.concept)
    return [column.concept, *known.to] if known else [column.concept]


def _whole(column: Column, places: Places, new: str, custom_fields: bool) -> Proposal:
    """The header is understood."""
    known = concepts().get(column.concept)
    name = column.concept.removeprefix("main ")
    place = places.of(_wanted(column))
    how = "pack" if column.known else "whole" if column.exact else "let"
    if place is not None and not (known and known.rest == "never"):
        exact = _wanted(column)[0] in places.by_concept
        if column.profile.kind == "blank" and not (exact or known is None):
            return _made(SKIP, "blank", "every sample is empty, and no standard field is meant")
        if column.profile.kind == "blank":
            return _made(place.key, "blank place", f"it is the {name}, though every sample is empty")
        sure = fits(column.profile, known.kind) > 0 if known else False
        evidence = how if exact else f"{how} near"
        return _made(place.key, evidence, f"it is the {name}" + (", and its values look like it" if sure else ""))
    said = column.exact or column.known
    if known and known.rest != "new":
        evidence = "skip loose" if known.loose else "skip" if said else "skip let"
        return _made(SKIP, evidence, f"the source works it out or keeps it for itself ({name})")
    if column.profile.kind == "blank":
        return _made(SKIP, "blank", "every sample is empty, and no standard field is meant")
    if not custom_fields:
        return _made(SKIP, "no room", f"it is the {name}, for which there is no field, and none can be made")
    evidence = "vague new" if known and known.vague else "known new" if said else "let new"
    return _made(new, evidence, f"it is the {name}, for which there is no standard field")


def _partial(column: Column, new: str) -> Proposal:
    """A header with words that make it another thing than its head noun."""
    if column.profile.kind == "blank":
        return _made(SKIP, "blank", "every sample is empty, and no standard field is meant")
    if column.profile.kind == "image":
        return _made(SKIP, "skip", "its values are addresses of images")
    words = " ".join(sorted(column.extra))
    evidence = "partial no room" if new == SKIP else "partial"
    return _made(new, evidence, f"it is some {column.concept}, but “{words}” makes it another thing")


def _against(column: Column, new: str) -> Proposal:
    reason = f"its header says {column.concept}, but its values are of the kind {column.against}"
    return _made(new, "against", reason)


def _unknown(column: Column, places: Places, new: str) -> Proposal:
    """Nobody knows the header: the values decide."""
    kind = column.profile.kind
    if kind == "blank":
        return _made(SKIP, "blank", "every sample is empty, and the header says nothing known")
    if kind == "image":
        return _made(SKIP, "skip", "its values are addresses of images")
    if column.profile.values <= _CURRENCIES and "currency" in places.by_concept:
        return _made(places.by_concept["currency"].key, "by values", "its values are currencies")
    if column.profile.distinct == 1 and column.profile.filled == 1 and column.profile.count >= 5:
        return _made(SKIP, "constant", "it is the same in every record")
    if kind == "id" and any("id" in words for words in column.words):
        return _made(SKIP, "unknown id", "it holds machine-made ids of nothing that is moved")
    if new == SKIP:
        return _made(SKIP, "no room unknown", "there is no field for it, and none can be made")
    return _made(new, "unknown", "no standard field says this; its values differ from record to record")


_CURRENCIES = frozenset(table("sets")["currencies"].split())


def _others(column: Column, places: Places, taken: set[str], custom_fields: bool) -> Iterable[tuple[str, str]]:
    """What else it could be, in order."""
    if place := places.of(_wanted(column)):
        yield place.key, f"it may be the {column.concept}"
    for words, _, there in places.custom:
        if any(_likeness(frozenset(w), words) >= 0.3 for w in column.words):
            yield there.key, f"the account has a field {there.label!r}"
    if not column.concept or column.extra or column.against:
        for concept in table("guesses").get(column.profile.kind, ()):
            if concept in places.by_concept and concept not in taken:
                yield places.by_concept[concept].key, f"its values could be the {concept}"
                break
    if custom_fields:
        yield f"custom:{custom(column.profile, _kind(column))}", "a custom field keeps it"
    yield SKIP, "it may not be worth moving"
    for reading in column.readings:
        known = concepts()[reading.concept]
        if place := places.of([reading.concept, *known.to]):
            yield place.key, f"it may be the {reading.concept}"
    if not custom_fields and (place := places.of(["note", "description"])):
        yield place.key, "a line in the text keeps it"
