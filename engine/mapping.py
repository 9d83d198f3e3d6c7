"""The field map: what each source field becomes, as people read, edit and confirm it in `mapping.toml`."""

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from adapters.protocols import Json, Kind, ObjectSchema, Schema
from engine.attachments import FilesMap, address

EMPTY = "empty in every record"
"""The reason with which a proposed map leaves out a field that nothing was in; what comes into it later is told."""

AS = "as"
"""Of a pair in a value map: the text that goes where the rule of the field says."""


class MapError(Exception):
    """The map cannot be used. `problems` are sentences that name the object, the field and what to change."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """What becomes of one source field: exactly one of `to`, `new`, `block`, `link`, `owner`, `exclude`, `undecided`.

    to: a field of the destination entity; `part` names a part of it (an address's "locality"), `label` the label of
        one element (a phone's "mobile"), by which several source fields may share it.
    new: a custom field to create, of `kind`.
    block: a labelled line in the text of an entity that takes no custom fields.
    link: the relation that this field names; where it lands stands under `links`.
    owner: the field names a person who becomes the destination user of that field ("owner_id").
    values: the field's values travel through the value map of that name; with `to` or `new` it is what a pair has under
        `as` that goes there.
    at: the field is a day, and that other field has its time of day.
    since: the field is an end, and the value is the span since that other field (minutes and hours).
    empty: the text that stands for an empty one; that it does is told.
    keep: besides, the text is kept as a labelled line of that name.
    also: besides, the value goes to a custom field of that label, of `kind` (what the destination would overwrite).
        Both, of an `owner`, only where somebody else takes the record. Users and records are named, not numbered.
    over: that other field holds the same thing. Where the two differ this one stands, and it is told; where this one
        is empty, that one's text stands here, too.
    when: further destination fields that get the value for a given status, e.g. {won = "won_time"}.
    """

    to: str = ""
    new: str = ""
    kind: Kind | None = None
    part: str = ""
    label: str = ""
    block: str = ""
    link: str = ""
    owner: str = ""
    values: str = ""
    at: str = ""
    since: str = ""
    empty: str = ""
    keep: str = ""
    also: str = ""
    over: str = ""
    when: dict[str, str] = {}
    exclude: str = ""
    undecided: str = ""

    @cached_property
    def verb(self) -> str:
        """Which of the kinds of rule it is; empty or several joined by "+" when it is not exactly one."""
        names = ("to", "new", "block", "link", "owner", "exclude", "undecided", "values")
        given = [n for n in names if getattr(self, n)]
        if "values" in given and len(given) > 1:
            given.remove("values")
        return "+".join(given)

    @property
    def made(self) -> str:
        """The label of the custom field that the rule makes; empty when it makes none."""
        return self.new or self.also


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question about each record in which a field is filled, or has one of `values`: whether it is moved at all.

    what: what such a record is ("is a job of a customer"), as the question says it. say: a field whose text the
    question quotes. into: a field that names a record of the same object, into which this one may be merged.
    """

    what: str
    values: tuple[str, ...] = ()
    say: str = ""
    into: str = ""


class Total(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number that the records of an object add up to on a record that they name.

    of: the field with the amounts. new: the number field that holds their sum. on: the relations whose record has it;
    of several a person chooses one. currency: the field that says in which currency an amount is; only those in the
    map's own are added up.
    """

    of: str
    new: str
    on: tuple[str, ...]
    currency: str = ""


class ObjectMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one source object becomes.

    fields: rule by source field. links: destination field by relation; "deal.company" is the company of the deal,
    "contact_id+contact_ids" the first of several and the others. set:
    constant values. values: value maps, each from the source's text to destination fields. duplicates: how twins are
    told ("domain:Website", "email:Email", "name:Name", which heeds no legal form). leave: records that are not moved:
    source field to reason; a record in which that field is filled stays behind. ask: records that are moved only by a
    person's word: source field to the question. total: what they add up to elsewhere.
    needs: relations of which at least one must be resolved, or the record waits for a person. alone: whether a person
    may let it go without. similar: fields by which possible twins are found, where all of them say the same; merged
    only by a person's word. flag: what people should look at in every record of it. expected: destination fields whose
    absence is told. instead: where all of some destination fields ("name|last_name") are empty, the source field whose
    text stands in the first of them. borrow: a relation that the record may leave out, to the relation whose records
    are asked for theirs (a deal's company: its contacts).
    """

    to: str
    fields: dict[str, Rule]
    links: dict[str, str] = {}
    set: dict[str, Any] = {}
    values: dict[str, dict[str, dict[str, str | bool]]] = {}
    duplicates: str = ""
    leave: dict[str, str] = {}
    ask: dict[str, Ask] = {}
    needs: tuple[str, ...] = ()
    alone: bool = True
    expected: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    flag: str = ""
    total: Total | None = None
    instead: dict[str, str] = {}
    borrow: dict[str, str] = {}


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stage of the pipeline, in order."""

    name: str
    probability: float | None = None


class Pipeline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pipeline that deals land in."""

    name: str
    stages: tuple[Stage, ...]


def place_of(pipelines: tuple[Pipeline, ...], words: str) -> tuple[str, str]:
    """The pipeline and the stage that an answer names: "Stage" where there is one pipeline, else "Pipeline/Stage".

    Nothing where it was given under another map, whose pipeline this one has not, or that had but one.
    """
    for pipeline in sorted(pipelines, key=lambda p: -len(p.name)):  # "Sales/EU" is not the stage "EU" of "Sales"
        if words.startswith(f"{pipeline.name}/"):
            return pipeline.name, words.removeprefix(f"{pipeline.name}/")
    return (pipelines[0].name, words) if len(pipelines) == 1 else ("", "")


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole map.

    zone: the zone of the source's naive times. currency: of amounts without one. key_field: the label of the custom
    field that carries the source key. owner_gate: entities that wait until every owner is matched. automation_owners:
    owner names that are no person. files: which files are uploaded, and where the others lie.
    """

    zone: str
    currency: str
    object: dict[str, ObjectMap]
    key_field: str = "Cutover key"
    pipeline: tuple[Pipeline, ...] = ()
    files: FilesMap = FilesMap()
    owner_gate: tuple[str, ...] = ()
    automation_owners: tuple[str, ...] = ()


def digest(mapping: Mapping) -> str:
    """A digest of what the map says, not of how the file is laid out."""
    return hashlib.blake2b(msgspec.json.encode(_spelled_out(mapping), order="sorted"), digest_size=16).hexdigest()


def _spelled_out(value: Any) -> Any:
    """A map with its defaults, so that it is one whether or not the file states them."""
    if isinstance(value, msgspec.Struct):
        return {k: _spelled_out(getattr(value, k)) for k in value.__struct_fields__}
    if isinstance(value, dict):
        return {k: _spelled_out(v) for k, v in value.items()}
    return [_spelled_out(v) for v in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=4)
def parse(text: str) -> Mapping:
    """A map from TOML. Raises MapError with where and what. A run asks for the same map at each step."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MapError([f"mapping.toml is not valid TOML: {error}"]) from None
    if isinstance(document.get("pipeline"), dict):  # maps that were confirmed when there could be only one
        document["pipeline"] = [document["pipeline"]]
    try:
        return msgspec.convert(document, Mapping)
    except msgspec.ValidationError as error:
        raise MapError(list(_located(document)) or [f"mapping.toml: {error}"]) from None


def _located(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with objects and their rules, one by one, so that each is named."""
    objects = document.get("object")
    for name, object_map in objects.items() if isinstance(objects, dict) else ():
        rules = object_map.get("fields") if isinstance(object_map, dict) else None
        faults = [_fault(f"{name}.{k}", v, Rule) for k, v in rules.items()] if isinstance(rules, dict) else []
        yield from filter(None, faults if any(faults) else [_fault(f"[object.{name}]", object_map, ObjectMap)])


def _fault(at: str, value: Any, kind: type[msgspec.Struct]) -> str:
    """Why a piece of the file cannot be read, empty when it can."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return f"mapping.toml: {at}: {error}; what may stand there: {', '.join(kind.__struct_fields__)}"
    return ""


def check(mapping: Mapping, source: Schema, destination: Schema) -> list[str]:
    """What stands against the map: fields that do not exist, that nobody decided, that collide. Sentences."""
    problems = _check_zone(mapping.zone) + _check_files(mapping.files)
    problems += [
        f"{name}: the source has no such object (it has {', '.join(o.name for o in source.objects)})"
        for name in mapping.object
        if source.object(name) is None
    ]
    problems += [
        f"{o.name}: not in the map; add [object.{o.name}]"
        for o in source.objects
        if o.name not in mapping.object and o.count
    ]
    for name, object_map in mapping.object.items():
        there = source.object(name)
        if there is None:
            continue
        entity = destination.object(object_map.to)
        if entity is None:
            problems.append(f"{name}: the destination has no entity {object_map.to!r}")
            continue
        problems += _check_object(name, object_map, there, entity, mapping.pipeline)
    return problems + _check_new_fields(mapping)


def _check_zone(zone: str) -> list[str]:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [f"zone: there is no time zone {zone!r}; write it as America/New_York"]
    return []


def _check_files(files: FilesMap) -> list[str]:
    try:
        address(files.link, "0" * 64, "a name")
    except (KeyError, IndexError, ValueError):
        return [f"files.link: {files.link!r} may hold {{digest}} and {{name}}, and no other braces"]
    return [f"files.refuse: {ending!r} is no ending; write it as .exe" for ending in files.refuse if ending[:1] != "."]


def _check_new_fields(mapping: Mapping) -> list[str]:
    """A custom field is one field however many objects fill it, and the field of our key is nobody's."""
    problems = []
    kinds: dict[tuple[str, str], tuple[str, str]] = {}
    for name, object_map in mapping.object.items():
        for field, rule in object_map.fields.items():
            at = f"{name}.{field}"
            if rule.made and rule.made == mapping.key_field:
                problems.append(f"{at}: {rule.made!r} is the field that carries the source key; give it another label")
            elif rule.made and rule.kind:
                kind, first = kinds.setdefault((object_map.to, rule.made), (rule.kind, at))
                if kind != rule.kind:
                    problems.append(f"{at} makes {rule.made!r} a {rule.kind} and {first} a {kind}: it is one field")
    return problems


def _check_object(
    name: str, object_map: ObjectMap, source: ObjectSchema, entity: ObjectSchema, pipelines: tuple[Pipeline, ...]
) -> list[str]:
    problems = []
    known = {f.key for f in source.fields}
    problems += [f"{name}.{f}: the source has no such field" for f in object_map.fields if f not in known]
    problems += [
        f"{name}.{f}: nobody has decided; give it to/new/block, or exclude it with a reason"
        for f in sorted(known - set(object_map.fields))
    ]
    taken: dict[str, str] = {}
    for field, rule in object_map.fields.items():
        at = f"{name}.{field}"
        problems += _check_rule(at, rule, object_map, source, entity)
        pairs = object_map.values.get(rule.values, {}).values()
        problems += [problem for pair in pairs for problem in _check_stage(at, pair, pipelines)]
        for place in _places(rule):
            if place in taken and taken[place] != field:
                problems.append(f"{at} and {name}.{taken[place]} both go to {place}: give each a part, label or name")
            taken[place] = field
    problems += [f"{name}.leave.{f}: the source has no such field" for f in object_map.leave if f not in known]
    problems += [f"{name}.similar: the source has no field {f!r}" for f in object_map.similar if f not in known]
    asked = [(f, word) for f, ask in object_map.ask.items() for word in (f, ask.say, ask.into) if word]
    problems += [f"{name}.ask.{f}: the source has no field {word!r}" for f, word in asked if word not in known]
    problems += _check_stand_ins(name, object_map, known, source, entity)
    for key, value in object_map.set.items():
        there = entity.field(key)
        if there is None:
            problems.append(f"{name}.set.{key}: {entity.name} has no such field")
        elif there.options and constant(entity, key, value) not in {o.id for o in there.options}:
            problems.append(f"{name}.set.{key}: {value!r} is none of {', '.join(o.label for o in there.options)}")
    problems += _check_total(name, object_map.total, source) + _check_values(name, object_map.values)
    for relation, target in object_map.links.items():
        if relation.partition(".")[0] not in {link.name for link in source.links}:
            problems.append(f"{name}.links.{relation}: the source has no such relation")
        problems += [
            f"{name}.links.{relation}: {object_map.to} has no field {part!r}"
            for part in target.replace("+", "|").split("|")
            if entity.field(part) is None
        ]
    return problems


def _check_values(name: str, values: dict[str, dict[str, dict[str, str | bool]]]) -> list[str]:
    """No two texts of a value map are one but for case and blanks, and mean something else: one would win unseen."""
    problems = []
    for value_map, pairs in values.items():
        first: dict[str, str] = {}
        for text, pair in pairs.items():
            other = first.setdefault(text.strip().casefold(), text)
            if pairs[other] != pair:
                problems.append(
                    f"{name}.values.{value_map}: {other!r} and {text!r} are one text; give them one meaning"
                )
    return problems


def _check_total(name: str, total: Total | None, source: ObjectSchema) -> list[str]:
    if total is None:
        return []
    known = {f.key for f in source.fields}
    asked = filter(None, (total.of, total.currency))
    problems = [f"{name}.total: the source has no field {field!r}" for field in asked if field not in known]
    first = {link.name for link in source.links}
    return problems + [
        f"{name}.total.on: the source has no relation {relation!r}"
        for relation in total.on
        if relation.partition(".")[0] not in first
    ]


def _check_stand_ins(
    name: str, object_map: ObjectMap, known: set[str], source: ObjectSchema, entity: ObjectSchema
) -> list[str]:
    """What stands in for what is empty, and what is taken from another record, exists."""
    relations = {link.name for link in source.links}
    problems = [
        f"{name}.instead.{targets}: {entity.name} has no field {key!r}"
        for targets in object_map.instead
        for key in targets.split("|")
        if entity.field(key) is None
    ]
    problems += [
        f"{name}.instead: the source has no field {f!r}" for f in object_map.instead.values() if f not in known
    ]
    return problems + [
        f"{name}.borrow.{to}: the source has no relation {relation!r}"
        for to, via in object_map.borrow.items()
        for relation in (to, via)
        if relation not in relations
    ]


def constant(entity: ObjectSchema, key: str, value: Json) -> Json:
    """A value that the map sets: of a pick-list the id of the option, which may be given by its label."""
    field = entity.field(key)
    if field is None or not field.options or not isinstance(value, str):
        return value
    ids = [o.id for o in field.options if value == o.id]
    ids += [o.id for o in field.options if value.strip().casefold() == o.label.strip().casefold()]
    return ids[0] if ids else value


def _places(rule: Rule) -> Iterator[str]:
    """Where at the destination a rule puts something, so that two rules are seen to meet."""
    if rule.to or rule.new:
        yield f"{rule.to or rule.new}/{rule.part or rule.label}".strip("/")
    if rule.also:
        yield rule.also
    if rule.block or rule.keep:
        yield f"the line {rule.block or rule.keep!r}"
    if rule.owner:
        yield rule.owner
    yield from rule.when.values()


def _check_stage(at: str, pair: dict[str, str | bool], pipelines: tuple[Pipeline, ...]) -> list[str]:
    """A value map's stage stands in a pipeline of the map."""
    if "stage" not in pair:
        return []
    named = [p for p in pipelines if p.name == pair.get("pipeline", p.name)]
    if any(stage.name == pair["stage"] for p in named for stage in p.stages):
        return [] if len(named) == 1 else [f"{at}: say in which pipeline the stage {pair['stage']!r} is"]
    return [f"{at}: no pipeline {pair.get('pipeline', '')!r} of the map has a stage {pair['stage']!r}"]


def _check_rule(at: str, rule: Rule, object_map: ObjectMap, source: ObjectSchema, entity: ObjectSchema) -> list[str]:
    if rule.verb.count("+") or not rule.verb:
        words = "to, new, block, link, owner, values, exclude, undecided"
        return [f"{at}: must say exactly one of {words} (it says {rule.verb or 'none'})"]
    problems = []
    if rule.undecided:
        problems.append(f"{at}: undecided ({rule.undecided}); give it to/new/block, or exclude it with a reason")
    for key in filter(None, [rule.to, rule.owner, *rule.when.values()]):
        field = entity.field(key)
        if field is None:
            problems.append(f"{at}: {entity.name} has no field {key!r}")
        elif field.readonly:
            problems.append(f"{at}: {entity.name}.{key} is read-only")
    if rule.made and not entity.custom_fields:
        problems.append(f"{at}: {entity.name} takes no custom fields; use block = {rule.made!r}")
    if rule.made and rule.kind is None:
        problems.append(f"{at}: a new field needs a kind")
    if (rule.block or rule.keep) and entity.block is None:
        problems.append(f"{at}: {entity.name} takes no labelled lines; use new = {rule.block or rule.keep!r}")
    if rule.link and rule.link not in {link.name for link in source.links}:
        problems.append(f"{at}: the source has no relation {rule.link!r}")
    others = {rule.since: "to count from", rule.over: "to stand over"}
    problems += [
        f"{at}: the source has no field {other!r} {why}"
        for other, why in others.items()
        if other and source.field(other) is None
    ]
    if rule.values and rule.values not in object_map.values:
        problems.append(f"{at}: there is no value map [object.{source.name}.values.{rule.values!r}]")
    return problems
