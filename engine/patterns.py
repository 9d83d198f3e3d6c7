"""Patterns: what a rule of the source may have done, inferred from the data where the source shows no rules.

Who owns records of a value (an assignment rule), how many days after something a task is always due (a follow-up
habit), fields that another product fills (an integration). Each is a guess with its evidence, and marked as one. The
first two need ten records, and nine in ten of them; an owner besides, that chance would hardly make it, the number of
places that were looked at taken into account.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Field, Link, ObjectSchema, Schema
from adapters.sources.values import parse
from engine.history import Item

LEAST = 10
"""Records that a pattern must be seen in."""
SHARE = 0.9
"""Of the records of a value the share that a pattern must hold for."""
CHANCE = 0.001
"""How likely chance may make any pattern at all, of all that were looked at."""
VALUES_MOST = 30
"""A field with more different values than this is no pick-list."""
DAYS_MOST = 366
"""A task that is due later than this after something is no follow-up of it."""

PRODUCTS = (
    "ActiveCampaign", "Aircall", "Calendly", "Campaign Monitor", "Constant Contact", "DocuSign", "Dropbox",
    "Eventbrite", "FreshBooks", "Google Calendar", "HubSpot", "Intercom", "Jotform", "Klaviyo", "Mailchimp", "Marketo",
    "NetSuite", "Outlook", "PandaDoc", "PayPal", "QuickBooks", "RingCentral", "Sage", "Shopify", "Slack", "Stripe",
    "SurveyMonkey", "Twilio", "Typeform", "Xero", "Zapier", "Zendesk",
)  # fmt: skip
"""Products that CRMs are joined with, by whose names their fields are known."""

Items = Mapping[str, Mapping[str, Item]]


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern: its kind ("assignment", "follow-up", "made by", "integration"), what it is about and the evidence.

    name: a title. does: the rule in words, as if there were one. evidence: on what the guess rests, in numbers.
    """

    kind: str
    object: str
    name: str
    does: str
    evidence: str


def patterns(source: Schema, items: Items, zone: str, systems: Sequence[str] = ()) -> list[Pattern]:
    """All patterns of a source's records. zone: of its naive times. systems: owners that are no persons."""
    found: list[Pattern] = []
    for obj in source.objects:
        records = [item.values for item in items.get(obj.name, {}).values() if item.values and not item.vanished]
        found += _assignments(source, obj, records)
        found += _made_by(obj, records, systems)
        found += _integrations(obj, records)
        if len(records) >= LEAST:
            found += _follow_ups(source, obj, records, items, ZoneInfo(zone))
    return found


Values = Mapping[str, str]


# --- who owns what -----------------------------------------------------------------------------------------------


class _Owned(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one value of a field that one owner has: how many of them, and how likely by chance."""

    field: Field
    value: str
    owner: str
    count: int
    of: int
    usual: float
    chance: float


def _assignments(source: Schema, obj: ObjectSchema, records: Sequence[Values]) -> Iterator[Pattern]:
    """Of each owner the value that most tells the owner, where it does so better than chance."""
    owner = obj.owner_field
    if owner is None:
        return
    owned = [r for r in records if r.get(owner, "").strip()]
    fields = [f for f in obj.fields if f.key != owner and _is_list(f, owned)]
    seen = [one for f in fields for one in _of_field(f, owner, owned)]
    best: dict[str, _Owned] = {}
    for one in seen:
        if one.chance * len(seen) < CHANCE and (one.owner not in best or _stronger(one, best[one.owner])):
            best[one.owner] = one
    names = {user.id: user.name for user in source.users}
    for one in best.values():
        who = names.get(one.owner, one.owner)
        yield Pattern(
            kind="assignment",
            object=obj.name,
            name=f"{obj.label} by {one.field.label}: {one.value}",
            does=f"Where {one.field.label} of {obj.label} is {one.value!r}, the owner is {who}.",
            evidence=f"{one.count} of {one.of} such records; of all others {one.usual:.0%} are owned by {who}.",
        )


def _stronger(one: _Owned, other: _Owned) -> bool:
    return (one.chance, -one.of) < (other.chance, -other.of)


def _is_list(field: Field, records: Sequence[Values]) -> bool:
    """Whether a field's values are few, and each of several records."""
    if field.kind not in ("enum", "multienum", "text", "boolean"):
        return False
    values = {text for r in records if (text := r.get(field.key, "").strip())}
    return 2 <= len(values) <= VALUES_MOST


def _of_field(field: Field, owner: str, records: Sequence[Values]) -> Iterator[_Owned]:
    by_value: dict[str, Counter[str]] = {}
    everyone: Counter[str] = Counter()
    for r in records:
        who = r[owner].strip()
        everyone[who] += 1
        if text := r.get(field.key, "").strip():
            by_value.setdefault(text, Counter())[who] += 1
    for value, owners in by_value.items():
        of = owners.total()
        who, count = owners.most_common(1)[0]
        others = len(records) - of
        if of < LEAST or count < SHARE * of or others < LEAST:
            continue
        usual = (everyone[who] - count) / others
        # one owner more than there are, so that nobody is impossible by chance
        likely = (everyone[who] - count + 1) / (others + len(everyone))
        yield _Owned(
            field=field, value=value, owner=who, count=count, of=of, usual=usual, chance=tail(count, of, likely)
        )  # fmt: skip


def tail(count: int, of: int, likely: float) -> float:
    """The chance of at least `count` of `of` when each is as likely as that."""
    if likely >= 1:
        return 1.0
    logs = (
        math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1)
        + k * math.log(likely) + (of - k) * math.log1p(-likely)
        for k in range(count, of + 1)
    )  # fmt: skip
    return min(sum(map(math.exp, logs)), 1.0)


# --- what is made by itself --------------------------------------------------------------------------------------


def _made_by(obj: ObjectSchema, records: Sequence[Values], systems: Sequence[str]) -> Iterator[Pattern]:
    """Records that belong to no person: something made them."""
    known = {name.casefold() for name in systems}
    owner = obj.owner_field
    found = Counter(r[owner].strip() for r in records if owner and r.get(owner, "").strip().casefold() in known)
    for name, count in found.items():
        yield Pattern(
            kind="made by",
            object=obj.name,
            name=f"{obj.label} of {name}",
            does=f"Something makes {obj.label} by itself, in the name of {name}.",
            evidence=f"{count} of {len(records)} records belong to {name}, who is no person.",
        )


def _integrations(obj: ObjectSchema, records: Sequence[Values]) -> Iterator[Pattern]:
    """Fields named for another product, with values in them."""
    for field in obj.fields:
        words = "".join(c for c in f"{field.key} {field.label}".casefold() if c.isalnum())
        filled = sum(bool(r.get(field.key, "").strip()) for r in records) if records else field.filled
        for product in PRODUCTS:
            bare = product.replace(" ", "").casefold()
            if filled and bare in words and (len(bare) > 4 or bare in _words(field)):
                yield Pattern(
                    kind="integration",
                    object=obj.name,
                    name=product,
                    does=f"{obj.label} are joined with records of {product}.",
                    evidence=f"{field.label} is filled in {filled} of {len(records) or obj.count} records.",
                )
                break


def _words(field: Field) -> set[str]:
    """The words of a field's name; a short product's name must be one of them."""
    text = "".join(c if c.isalnum() else " " for c in f"{field.key} {field.label}")
    return {word.casefold() for word in text.split()}


# --- what follows on what ----------------------------------------------------------------------------------------


def _follow_ups(
    source: Schema, obj: ObjectSchema, records: Sequence[Values], items: Items, zone: ZoneInfo
) -> Iterator[Pattern]:
    """Records of one and the same title that are always dated so many days after a date of what they hang on."""
    title = obj.title[0] if obj.title else ""
    if not title:
        return
    titles: dict[str, list[Values]] = {}
    for r in records:
        titles.setdefault(r.get(title, "").strip().casefold(), []).append(r)
    often = {text: rows for text, rows in titles.items() if text and len(rows) >= LEAST}
    indexes = [made for link in obj.links if often and (made := _index(source, link, items)) is not None]
    for rows in often.values():
        found = [_after(obj, f, obj, g, [(r, r) for r in rows], zone) for f in _dates(obj) for g in _dates(obj)]
        for index in indexes:
            pairs = [(r, there) for r in rows if (there := index.parent(r)) is not None]
            found += [_after(obj, f, index.above, g, pairs, zone) for f in _dates(obj) for g in _dates(index.above)]
        best = max(filter(None, found), key=lambda one: (one.count, -one.days), default=None)
        if best is not None:
            yield _follow_up(obj, rows[0][title].strip(), best)


class _After(msgspec.Struct, frozen=True, kw_only=True):
    field: Field
    since: Field
    above: ObjectSchema
    days: int
    count: int
    of: int


def _dates(obj: ObjectSchema) -> list[Field]:
    return [f for f in obj.fields if f.kind in ("date", "datetime")]


def _after(
    obj: ObjectSchema, field: Field, above: ObjectSchema, since: Field, pairs: Sequence[tuple[Values, Values]],
    zone: ZoneInfo,
) -> _After | None:  # fmt: skip
    """How many days after a date another one always is; None where it is not always so, or is the same day."""
    if obj is above and field.key == since.key:
        return None
    days = Counter(
        (late - early).days
        for one, other in pairs
        if (late := _day(field, one, zone)) is not None and (early := _day(since, other, zone)) is not None
    )
    if not days:
        return None
    of = days.total()
    number, count = days.most_common(1)[0]
    if not 0 < number <= DAYS_MOST or count < LEAST or count < SHARE * of:
        return None
    return _After(field=field, since=since, above=above, days=number, count=count, of=of)


def _day(field: Field, values: Values, zone: ZoneInfo) -> date | None:
    found = parse(field, values.get(field.key, ""), zone).value
    if not isinstance(found, str):
        return None
    if len(found) == len("2025-03-14"):
        return date.fromisoformat(found)
    return datetime.fromisoformat(found.replace("Z", "+00:00")).astimezone(zone).date()


class _Index(msgspec.Struct, frozen=True, kw_only=True):
    """The records that a link may name, by id and by name."""

    link: Link
    above: ObjectSchema
    ids: dict[str, list[Values]]
    names: dict[str, list[Values]]

    def parent(self, values: Values) -> Values | None:
        """What a record names by its id, or by a name that one record alone has."""
        id = values.get(self.link.id_field or "", "").strip()
        name = values.get(self.link.name_field or "", "").strip().casefold()
        there = (self.ids.get(id) if id else None) or (self.names.get(name) if name else None) or ()
        return there[0] if len(there) == 1 else None


def _index(source: Schema, link: Link, items: Items) -> _Index | None:
    """What a link may name; None where it names several, or things of several kinds."""
    above = source.object(link.to[0]) if len(link.to) == 1 else None
    if above is None or link.many:
        return None
    found = _Index(link=link, above=above, ids={}, names={})
    for item in items.get(above.name, {}).values():
        if item.values:
            if above.identity.id_field:
                found.ids.setdefault(item.values.get(above.identity.id_field, "").strip(), []).append(item.values)
            name = " ".join(filter(None, (item.values.get(key, "").strip() for key in above.title)))
            found.names.setdefault(name.casefold(), []).append(item.values)
    return found


def _follow_up(obj: ObjectSchema, title: str, found: _After) -> Pattern:
    whose = "its own" if found.above is obj else f"the {found.above.name}'s"
    days = "1 day" if found.days == 1 else f"{found.days} days"
    return Pattern(
        kind="follow-up",
        object=obj.name,
        name=title,
        does=f"A {obj.name} {title!r} is made, with {found.field.label} {days} after {whose} {found.since.label}.",
        evidence=f"{found.count} of {found.of} records of that title.",
    )
