"""What is known for an appraisal: of a migration by its log, or of a pair by counts alone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import msgspec

from adapters.protocols import Batches, Destination, Schema
from adapters.sources.kinds import source_kinds
from engine import estimate, replay
from engine.account import Costs
from engine.appraise import Counted, Known, summed
from engine.classes import classes, preset_classes
from engine.forecast import Forecast, Made, entity_of, forecast
from engine.grade import Clarity, Ways
from engine.history import History
from engine.lists import measured
from engine.migration import Migration
from engine.presets import PRESETS
from engine.replay import Replayed
from engine.timeline import Size

ACTIVITIES = ("activity", "call", "email", "meeting", "task", "note")
"""The things that make up an activity history."""

_MAKE_PIPELINES = ("pipedrive",)
"""Destinations whose API makes pipelines and stages: known from the account's own lacks once it is described."""

_ABOUT = "about"
"""How the method of a count begins that is an estimate."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a counts file says: records by object, those that are guessed, and what else is known of the source.

    seats: users of the account, by which its daily budget is counted. method: how the source is to be read, where that
    is known. Object names are those of the source, or words ("contacts", "deals", "activities").
    """

    records: Mapping[str, int]
    estimated: frozenset[str] = frozenset()
    custom_fields: int | None = None
    pipelines: int | None = None
    seats: int = 1
    method: str = ""


# --- of a migration ----------------------------------------------------------------------------------------------


def known_of(migration: Migration) -> Known:
    """What a migration's log says, under the confirmed map or a proposal; changes nothing."""
    past = migration.present()
    replayed = replay.replay(past)
    source = _measured(past)
    preset = PRESETS.get(source.system)
    things = {name: words.thing for name, words in preset.objects.items()} if preset else {}
    there = {name: tally["there"] for name, tally in migration.view.tally(0).items()}
    counts = tuple(
        Counted(
            object=obj.label,
            records=there.get(obj.name) if obj.count is None else obj.count,
            method=obj.method,
            estimated=obj.method.startswith(_ABOUT),
        )
        for obj in source.objects
        if obj.fields or obj.count
    )
    by_thing = [
        (things.get(obj.name, ""), there.get(obj.name) if obj.count is None else obj.count) for obj in source.objects
    ]
    guessed = {things.get(obj.name, "") for obj in source.objects if obj.method.startswith(_ABOUT)}
    fact = migration.view.fact("methods")
    methods = Counter(fact["methods"].values()) if fact else Counter({"bundle": len(source.objects)})
    others = [obj for obj in source.objects if obj.name not in things and (obj.count or there.get(obj.name))]
    return Known(
        source=source.system,
        destination=past.destination.system,
        rows=tuple(classes(source, past.destination, past.mapping, list(replayed.every()))),
        clarity=_clarity(source, past),
        size=Size(
            contacts=summed(by_thing, ("contact",)),
            deals=summed(by_thing, ("deal",)),
            activities=summed(by_thing, ACTIVITIES),
            custom_fields=sum(f.custom and f.filled > 0 for obj in source.objects for f in obj.fields),
            custom_objects=len(others),
            pipelines=len(past.mapping.pipeline),
            guessed=_guessed(guessed),
        ),
        ways=Ways(
            methods=methods,
            documented=_documented(source.system),
            in_bulk=_in_bulk(migration.account.destination, [m.to for m in past.mapping.object.values()]),
        ),
        basis=_basis(migration, past),
        counts=counts,
        forecast=_planned(migration, past, replayed),
    )


def _measured(past: History) -> Schema:
    """The source with how many records have each field, where it did not count that itself."""
    objects = tuple(measured(obj, past.items.get(obj.name, {})) for obj in past.source.objects)
    return msgspec.structs.replace(past.source, objects=objects)


def _basis(migration: Migration, past: History) -> str:
    by = f"map version {past.map_version}" if past.map_version else "a proposed map that nobody has confirmed yet"
    return f"the log at position {migration.journal.log.head().position}, under {by}"


def _clarity(source: Schema, past: History) -> Clarity:
    preset = PRESETS.get(source.system)
    fields = unknown = undecided = 0
    for obj in source.objects:
        rules = past.mapping.object.get(obj.name)
        if rules and rules.leave.get(obj.identity.id_field or ""):
            continue  # its records stay behind, and so do its fields
        known = preset.objects[obj.name].fields if preset and obj.name in preset.objects else {}
        for field in obj.fields:
            if not field.filled:
                continue
            rule = rules.fields.get(field.key) if rules else None
            fields += 1
            undecided += rule is None or bool(rule.undecided)
            unknown += rule is not None and not rule.undecided and field.key not in known
    return Clarity(
        preset=preset is not None,
        described=True,
        fields=fields,
        unknown=unknown,
        undecided=undecided,
        confirmed=past.map_version > 0,
    )


def _planned(migration: Migration, past: History, replayed: Replayed) -> Forecast:
    """The plan's own figures, and the records that wait for a person as if they were let go."""
    account, seats = migration.account, sum(user.active for user in past.destination.users)
    entities = {name: m.to for name, m in past.mapping.object.items()}
    plan = estimate.plan(migration.view, account, replayed, migration.differ(past, replayed), entities, seats)
    per_second, per_day = account.costs.pace(seats)
    held = {entity: counts.hold for entity, counts in plan.entities.items() if counts.hold}
    total, requests = plan.total, len(plan.lines) + sum(held.values())
    for entity, count in held.items():
        total += count * account.costs.cost(entity, "create") + account.costs.reading(entity, count, count)
    seconds = estimate.run_seconds(requests, total, per_second, per_day) if held else plan.seconds
    return Forecast(
        unit=plan.unit, total=round(total, 2), seconds=round(seconds, 1), requests=requests, per_day=per_day
    )


def _documented(source: str) -> bool:
    connector = source_kinds().get(source)
    return connector is not None and connector.documented


def _in_bulk(destination: Destination, entities: Sequence[str]) -> bool:
    """Whether the records of most entities are created several with one request."""
    if not isinstance(destination, Batches) or not entities:
        return False
    shared = [len(destination.together(entity, [{}, {}])) == 1 for entity in dict.fromkeys(entities)]
    return sum(shared) * 2 > len(shared)


# --- of counts alone ---------------------------------------------------------------------------------------------


def known_of_counts(source: str, system: str, destination: Destination, costs: Costs, counts: Counts) -> Known:
    """What counts alone say of a pair. system: the destination's kind."""
    names = {name: _preset_objects(source, name) for name in counts.records}
    things = {name: thing for name, (thing, _) in names.items()}
    entities: Counter[str] = Counter()
    for name, records in counts.records.items():
        if entity := entity_of(system, things[name]):
            entities[entity] += records
    by_thing = [(things[name], records) for name, records in counts.records.items()]
    others = [name for name, (_, known) in names.items() if not known]
    mine = {known for _, known in names.values() if known}
    rows = [row for row in preset_classes(source, system, others) if row.object in mine or row.object in others]
    ways = planned_ways(source, counts.method)
    made = Made(
        fields=_fields(counts.custom_fields, entities),
        pipelines=counts.pipelines or 1,
        by_api=system in _MAKE_PIPELINES,
    )
    return Known(
        source=source,
        destination=system,
        rows=tuple(rows),
        clarity=Clarity(preset=bool(preset_classes(source, system)), described="api" in ways.methods),
        size=Size(
            contacts=summed(by_thing, ("contact",)),
            deals=summed(by_thing, ("deal",)),
            activities=summed(by_thing, ACTIVITIES),
            custom_fields=counts.custom_fields,
            custom_objects=len(others),
            pipelines=counts.pipelines,
            guessed=_guessed({things[name] for name in counts.estimated}),
        ),
        ways=msgspec.structs.replace(ways, in_bulk=_in_bulk(destination, list(entities))),
        basis="counts alone: nobody has looked at the source yet",
        counts=tuple(
            Counted(object=name, records=records, method="as given", estimated=name in counts.estimated)
            for name, records in counts.records.items()
        ),
        forecast=forecast(system, destination.unit, costs, entities, made, counts.seats),
    )


def planned_ways(source: str, method: str = "") -> Ways:
    """How a source is to be read, best way first, before anything was tried: by its connector, or as it is given."""
    connector = source_kinds().get(source)
    if not method and connector is not None:
        given = (("api", connector.api), ("bundle", connector.bundle), ("database", connector.database))
        method = next((name for name, way in given if way is not None), "workbook")
    return Ways(
        methods={method or "workbook": 1},
        documented=_documented(source),
        in_bulk=False,
        planned=True,
    )


def _guessed(things: Collection[str]) -> frozenset[str]:
    """The figures of a size that rest on counts of these things."""
    of = {"contacts": ("contact",), "deals": ("deal",), "activities": ACTIVITIES}
    return frozenset(name for name, kinds in of.items() if set(kinds) & set(things))


def _fields(custom: int | None, entities: Mapping[str, int]) -> dict[str, int]:
    """Custom fields to make: those of the source, and the key that each entity carries."""
    return {"": custom or 0} | dict.fromkeys(entities, 1)


_WORDS = {
    "people": "contact", "persons": "contact", "organizations": "company", "accounts": "company",
    "opportunities": "deal", "activities": "activity", "line items": "line", "attachments": "file", "emails": "email",
}  # fmt: skip


def _preset_objects(source: str, name: str) -> tuple[str, str]:
    """The thing that a counted object is and the preset's name for it; ("", "") where nobody knows it.

    A name may be the object's own in any spelling, its plural, or the word for what it is.
    """
    preset = PRESETS.get(source)
    if preset is None:
        return "", ""
    told = {_bare(known): known for known in reversed(preset.objects)}
    bare = _bare(name)
    if found := next((told[word] for word in _singulars(bare) if word in told), ""):
        return preset.objects[found].thing, found
    words = (_WORDS.get(bare, ""), *_singulars(bare))
    for known, there in preset.objects.items():
        if there.thing in words:
            return there.thing, known
    return (_WORDS[bare], next(iter(preset.objects))) if bare == "activities" else ("", "")


def _bare(name: str) -> str:
    """A name without namespace, suffix and underscores, in small letters: "i360__Lead_Source__c" is "lead source"."""
    return name.removesuffix("__c").rpartition("__")[2].replace("_", " ").strip().casefold()


def _singulars(word: str) -> tuple[str, ...]:
    """What a word may be the plural of, itself first."""
    return (word, word.removesuffix("s"), word.removesuffix("es"), f"{word.removesuffix('ies')}y")
