"""Caps: what the account's plan limits, held against what the map needs, before the first write.

Custom fields over the cap: the least filled new ones overflow, and a person says whether they are dropped or become
lines of one note at each record, or upgrades the plan. Open records over the cap: the first that fit are kept, or a
person lets it go on. Records of an entity that the plan counts (contacts) likewise.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from adapters.protocols import Cap, Fields, ObjectSchema
from engine.findings import Draft
from engine.history import History
from engine.placing import labels as placed_labels
from engine.view import Linked, Part
from engine.want import Want

CAP = "cap"
FIELDS = "custom-fields"

NewField = tuple[str, str]
"""Entity and label of a custom field that the map makes."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A cap and what the map needs of it. `over`: how much it is too little, 0 where it is enough or nobody knows."""

    code: str
    plan: str
    limit: int
    used: int | None
    needed: int
    over: int
    source: str


class Overflow(msgspec.Struct, frozen=True, kw_only=True):
    """New fields that the plan does not allow, and what a person said of them ("drop", "note", nothing yet)."""

    fields: tuple[NewField, ...] = ()
    answer: str = ""
    draft: Draft | None = None


NONE = Overflow()


# --- custom fields -----------------------------------------------------------------------------------------------


def overflow(history: History) -> Overflow:
    """The new fields that the plan does not allow: the least filled ones, of equals the last ones of the map."""
    fields = new_fields(history)
    for cap in history.destination.caps:
        counted = [f for f in fields if counts(cap, f[0])]
        if cap.code == FIELDS and (over := need(cap, len(counted)).over):
            filled = _filled(history)
            spare = [f for f in counted if f[1] != history.mapping.key_field]
            places = {f: n for n, f in enumerate(spare)}
            out = sorted(spare, key=lambda f: (filled[f], -places[f]))[:over]
            return _asked(history, cap, sorted(out, key=places.__getitem__), len(counted))
    return NONE


def _asked(history: History, cap: Cap, out: list[NewField], needed: int) -> Overflow:
    id = f"cap-fields-{history.token('/'.join('|'.join(f) for f in out))[:10]}"
    answer = history.answers.get(id, "")
    listed = ", ".join(f"{entity} {label!r}" for entity, label in out)
    room = max(cap.limit - (cap.used or 0), 0)
    question = (
        f"The map makes {needed} custom fields; the plan {cap.plan!r} has room for {room} ({cap.limit}, of which "
        f"{cap.used} are used; {cap.source}). Too many by {len(out)}: {listed}, which are filled least. Upgrade the "
        "plan (change `plan` in cutover.toml, then `cutover discover`), drop them, or keep them as lines of one note "
        "at each record on which notes can hang."
    )
    draft = Draft(id=id, kind=CAP, subject=("Cap", cap.code), question=question, choices=("drop", "note"))
    return Overflow(fields=tuple(out), answer=answer, draft=None if answer else draft)


def new_fields(history: History) -> list[NewField]:
    """The custom fields that the map makes and the account has not, in the map's order; that of our key first."""
    found: dict[NewField, None] = {}
    for object_map in history.mapping.object.values():
        entity = history.destination.object(object_map.to)
        if entity is None or not entity.custom_fields:
            continue
        there = {f.label for f in entity.fields if f.custom}
        made = (r.made for r in object_map.fields.values() if r.made)
        labels = (history.mapping.key_field, *made, *placed_labels(history, object_map.to))
        found |= {(object_map.to, label): None for label in labels if label not in there}
    return list(found)


def _filled(history: History) -> Counter[NewField]:
    """How many source records have a value for each new field."""
    found: Counter[NewField] = Counter()
    for name, object_map in history.mapping.object.items():
        rules = {key: rule for key, rule in object_map.fields.items() if rule.made}
        for item in history.items.get(name, {}).values():
            for key, rule in rules.items():
                found[object_map.to, rule.made] += bool((item.values or {}).get(key, "").strip())
    return found


def note_of(history: History, want: Want, lines: Fields) -> Want | None:
    """The note that carries the overflowing values of a record; None where notes cannot hang on its entity."""
    note = history.destination.object("note")
    parent = next((f.key for f in note.fields if f.target == want.part.entity), None) if note else None
    text = text_field(note)
    if note is None or parent is None or text is None or not note.block:
        return None
    fields: Fields = {text: "Further fields", note.block: lines, parent: {"$ref": list(want.part[:3])}}
    return Want(part=Part("note", want.part.object, want.part.key, "overflow"), fields=fields, cause=want.cause)


def text_field(note: ObjectSchema | None) -> str | None:
    """The field that holds a note's text."""
    fields = note.fields if note else ()
    return next((f.key for f in fields if f.kind in ("html", "longtext") and not f.readonly), None)


# --- records -----------------------------------------------------------------------------------------------------


def counts(cap: Cap, entity: str) -> bool:
    """Whether a cap counts things of an entity ("field" stands for the custom fields of all)."""
    return entity in cap.entities or "field" in cap.entities


def is_counted(cap: Cap, want: Want) -> bool:
    """Whether a cap on records counts a wanted one: leads and deals only while they are open."""
    return want.part.entity in cap.entities and want.fields.get("status", "open") == "open"


def need(cap: Cap, needed: int) -> Need:
    """A cap held against a number."""
    over = 0 if cap.used is None else max(needed - max(cap.limit - cap.used, 0), 0)
    return Need(
        code=cap.code, plan=cap.plan, limit=cap.limit, used=cap.used, needed=needed, over=over, source=cap.source
    )


def needs(history: History, wants: Iterable[Want], links: Mapping[Part, Linked], described: int) -> list[Need]:
    """Every cap with what is still to be made under it. `described`: the position of the account's description."""
    every = list(wants)
    found = []
    for cap in history.destination.caps:
        if cap.code == FIELDS:
            found.append(need(cap, sum(counts(cap, f[0]) for f in new_fields(history))))
        else:
            found.append(need(cap, len(_to_make(cap, every, links, described))))
    return found


def _to_make(cap: Cap, wants: Sequence[Want], links: Mapping[Part, Linked], described: int) -> list[Want]:
    """The wanted records that a cap counts and that its `used` does not know of."""
    return [
        w for w in wants if is_counted(cap, w) and ((link := links.get(w.part)) is None or link.created > described)
    ]


def record_drafts(history: History, wants: Iterable[Want], links: Mapping[Part, Linked], described: int) -> list[Draft]:
    """A question for each cap on records that what is wanted does not fit under."""
    every = list(wants)
    drafts = []
    for cap in history.destination.caps:
        to_make = [] if cap.code == FIELDS else _to_make(cap, every, links, described)
        over = need(cap, len(to_make)).over if any(w.part not in links for w in to_make) else 0
        if over and history.answers.get(review(cap)) != "go-on":
            keep = sum(is_counted(cap, w) for w in every) - over
            drafts.append(_record_draft(cap, len(to_make), over, max(keep, 0)))
    return drafts


def review(cap: Cap) -> str:
    """The id of the question about a cap on records."""
    return f"cap-{cap.code}"


def _record_draft(cap: Cap, needed: int, over: int, keep: int) -> Draft:
    words = " and ".join(cap.entities)
    question = (
        f"The plan {cap.plan!r} allows {cap.limit} {cap.code.replace('-', ' ')} ({words}), {cap.used} are there, and "
        f"{needed} are to come: {over} too many ({cap.source}). Upgrade the plan (change `plan` in cutover.toml, then "
        f"`cutover discover`), keep only the first {keep} of this migration (the rest are skipped), or go on: the "
        "account then refuses what is too much."
    )
    choices = (f"keep:{keep}", "go-on")
    return Draft(id=review(cap), kind=CAP, subject=("Cap", cap.code), question=question, choices=choices)


class Keeper:
    """Counts wanted records under the caps for which a person said how many are kept.

    What stands at the destination is kept whatever the count: an answer about what is to come deletes nothing.
    """

    def __init__(self, history: History) -> None:
        self._written = history.written
        self._left: dict[str, int] = {}
        self._caps = [c for c in history.destination.caps if c.code != FIELDS]
        for cap in self._caps:
            verb, _, number = history.answers.get(review(cap), "").partition(":")
            if verb == "keep":
                self._left[cap.code] = int(number)

    def leaves_out(self, want: Want) -> str:
        """The question by whose answer this record is left out; empty when it is kept."""
        for cap in self._caps:
            if cap.code in self._left and is_counted(cap, want):
                self._left[cap.code] -= 1
                if self._left[cap.code] < 0 and (want.part.object, want.part.key) not in self._written:
                    return review(cap)
        return ""
