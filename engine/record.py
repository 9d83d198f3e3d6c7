"""One source record under the map: its links, owner and cells become the fields that its destination record wants."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Fields, ObjectSchema
from engine.caps import NONE, Overflow, note_of
from engine.currencies import denominate
from engine.filing import Filing
from engine.findings import Draft, Notes
from engine.hanging import Hanging
from engine.history import History, Item
from engine.journal import Subject
from engine.links import Resolution
from engine.mapping import AS, EMPTY, ObjectMap, Pipeline, Rule, constant, place_of
from engine.orphans import Orphans
from engine.owners import Owners
from engine.resolve import Resolver, is_left, left_by, left_review, link_review, vanished_review
from engine.spellings import Spellings
from engine.standins import borrowed, stand_in
from engine.totals import Totals
from engine.transform import Cell, alike, beside, clock, day_start, finish, keep, moment, place
from engine.view import Part
from engine.want import Stop, Verdict, Want, held, skipped


class Recorder:
    """Makes wants from records, in dependency order: `settled` already says what became of the records before."""

    def __init__(
        self,
        history: History,
        resolver: Resolver,
        notes: Notes,
        settled: dict[Subject, Verdict],
        overflow: Overflow = NONE,
    ) -> None:
        self.history = history
        self.resolver = resolver
        self.notes = notes
        self.settled = settled
        self.overflow = overflow
        self.totals = Totals(history, resolver, notes)
        self.filing = Filing(history, notes)
        self.orphans = Orphans(history, resolver, notes, settled)
        self.spellings = Spellings(history)
        self.owners = Owners(history, resolver, notes)
        self.hanging = Hanging(history, resolver, notes, settled)

    def wants(self, item: Item) -> list[Want]:
        """What the record asks for: its own record first, then what else it becomes. Raises Stop when nothing."""
        lines: Fields = {}
        self.hanging.begin()
        want = self._want(item, lines)
        wants = [want, *self.hanging.further(want)]
        note = note_of(self.history, want, dict(sorted(lines.items()))) if lines else None
        if note is not None:
            return [*wants, note]
        for label in lines:
            detail = f"{label}: the plan has no room for the field, and no note can hang on a {want.part.entity}"
            self.notes.tell("over-the-cap", detail, item.subject, label)
        return wants

    def _want(self, item: Item, lines: Fields) -> Want:
        object_map = self.history.mapping.object[item.object]
        schema = self.history.source.object(item.object)
        entity = self.history.destination.object(object_map.to)
        assert schema is not None and entity is not None  # noqa: S101 - checked when the map was confirmed
        if item.values is None:
            raise skipped("the person was erased")
        if item.vanished:
            self._vanished(item)
        else:
            self._twin(item)
        fields: Fields = {key: constant(entity, key, value) for key, value in object_map.set.items()}
        if left := left_by(self.history, item):
            self._leave(item, schema, left, object_map.leave[left])
        self._links(item, object_map, schema, fields)
        if review := self.totals.waiting.get(item.object):
            raise held("placement", review)
        for key, rule in object_map.fields.items():
            if rule.made and (entity.name, rule.made) in self.overflow.fields:
                self._overflow(item, schema, key, rule, lines)
                rule = msgspec.structs.replace(rule, new="", also="")
            if rule.verb:
                self._cell(item, object_map, schema, entity, key, rule, fields)
        for rule in object_map.fields.values():
            self._when(rule, fields)
        denominate(fields, object_map, entity, self.history.mapping.currency, lambda key: self._read(item, schema, key))
        self.totals.put(item.subject, entity, fields, self.overflow)
        for targets, key in object_map.instead.items():
            stand_in(fields, targets, self._read(item, schema, key), entity)
        finish(fields, entity, lambda code, detail: self.notes.tell(code, detail, item.subject))
        self._check(item, object_map, entity, fields)
        if (name := next((f.key for f in entity.fields if f.kind == "file"), "")) and entity.name != "note":
            return self.filing.want(item, entity, name, fields)
        return Want(part=Part(entity.name, *item.subject), fields=fields, cause=item.position)

    def _twin(self, item: Item) -> None:
        if review := self.resolver.undecided_twins.get(item.subject):
            raise held("duplicate", review)
        if verdict := self.resolver.asked.get(item.subject):
            raise Stop(verdict)
        if survivor := self.resolver.survivors.get(item.subject):
            raise Stop(Verdict(disposition="skipped", reason="merged duplicate", survivor="/".join(survivor)))

    def _vanished(self, item: Item) -> None:
        """A record that the source no longer has: kept as it is unless a person, or the policy, lets it go.

        One of which the source itself says that it is deleted is not moved any more, if it was not yet.
        """
        id = vanished_review(self.history, item)
        survivor = "/".join(self.resolver.survivors.get(item.subject, ()))
        reason = "merged at the source" if survivor else "deleted at the source"
        if item.told and item.subject not in self.history.written:
            raise Stop(Verdict(disposition="skipped", reason=reason, survivor=survivor))
        policy = {"ignore": "keep", "propagate": "delete"}.get(self.history.policies.get("deletions", "propose"), "")
        answer = self.history.answers.get(id) or policy
        if answer == "delete":
            raise Stop(Verdict(disposition="skipped", reason=reason, review=id, survivor=survivor))
        if not answer:
            told = f"was merged into {survivor} at the source" if survivor else "was deleted at the source"
            how = told if item.told else "is missing from what the source last gave"
            question = f"{item.object} {item.key} {how}. Delete it at the destination too?"
            proposed = "delete" if item.told else "keep"
            self._ask("vanished", id, item, question, ("keep", "delete"), proposed=proposed, blocking=False)

    def _leave(self, item: Item, schema: ObjectSchema, key: str, reason: str) -> None:
        """A record that stays behind, for the one that it names; one that was moved goes only if a person says so."""
        link = next((one for one in schema.links if key in (one.id_field, one.name_field)), None)
        survivor = "/".join((self.resolver.link(item, link).subject if link else None) or ())
        id = left_review(self.history, item)
        if is_left(self.history, item):
            review = id if item.subject in self.history.written else ""
            raise Stop(Verdict(disposition="skipped", reason=reason, review=review, survivor=survivor))
        if not self.history.answers.get(id) and self.history.policies.get("deletions") != "ignore":
            became = f", see {survivor}" if survivor else ""
            question = f"{item.object} {item.key} was moved; now the map leaves it behind: {reason}{became}. Delete it?"
            self._ask("vanished", id, item, question, ("keep", "delete"), proposed="keep", blocking=False)

    # --- links -----------------------------------------------------------------------------------------------------

    def _links(self, item: Item, object_map: ObjectMap, schema: ObjectSchema, fields: Fields) -> None:
        resolutions = {link.name: self.resolver.link(item, link) for link in schema.links}
        kept: set[str] = set()
        named = [(link.name, r) for link in schema.links for r in self.resolver.all(item, link)]
        for name, resolution in (*named, *borrowed(item, object_map, resolutions, self.resolver, self.notes)):
            self._doubt(item, object_map, name, resolution)
            if resolution.subject and self._breaks_ring(item, name):
                continue
            if name not in object_map.links and name not in object_map.needs:
                continue  # it names a record, and nothing at the destination does
            if resolution.subject and self._parent_moves(item, name, resolution.subject):
                target = object_map.links.get(name)
                if not target or self.hanging.put(item, object_map, target, name, resolution, fields):
                    kept.add(name)
        for path, target in object_map.links.items():
            first, _, more = path.partition(".")
            if more and first in kept and target not in fields:
                resolution = self.resolver.path(item, path)
                if resolution.subject and self._parent_moves(item, path, resolution.subject):
                    self.hanging.put(item, object_map, target, path, resolution, fields)
        for needs, required in self._lacking(object_map, kept):
            adopted = self.orphans.parent(item, object_map, needs, resolutions, required=required)
            if adopted is not None:
                self.hanging.put(item, object_map, object_map.links[needs[0]], needs[0], adopted, fields)

    def _lacking(self, object_map: ObjectMap, kept: set[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Relations that a record is without: of these it needs one, or the destination requires it."""
        if object_map.needs and not kept & set(object_map.needs):
            yield object_map.needs, False
        entity = self.history.destination.object(object_map.to)
        for name, target in object_map.links.items():
            field = entity.field(target) if entity else None
            if field is not None and field.required and name not in kept:
                yield (name,), True

    def _breaks_ring(self, item: Item, name: str) -> bool:
        """Whether a record's link closes a ring and is the one to be left out; that is told."""
        if ring := self.resolver.ring(item, name):
            names = " → ".join((*ring, item.key))
            self.notes.tell("ring", f"{name}: {names} is a ring; this link is left out", item.subject)
        return bool(ring)

    def _parent_moves(self, item: Item, name: str, parent: Subject) -> bool:
        """Whether the linked record is moved; one that waits makes this one wait, one that is skipped is let go."""
        verdict = self.settled.get(parent)
        if verdict is None:
            return True
        if verdict.disposition == "held":
            raise held(f"waits for {parent[0]} {parent[1]}", verdict.review)
        self.notes.tell(
            "link-to-skipped", f"{name}: {parent[0]} {parent[1]} is not moved ({verdict.reason})", item.subject
        )
        return False

    def _doubt(self, item: Item, object_map: ObjectMap, name: str, resolution: Resolution) -> None:
        """A link that cannot be followed: an ambiguous one waits for a person, a missing one is told."""
        if resolution.state == "missing":
            self.notes.tell(
                "link-missing", f"{name}: nothing at the source is called {resolution.named!r}", item.subject
            )
        if resolution.state != "ambiguous" or name not in object_map.links:
            return
        id = link_review(self.history, item, name)
        answer = self.history.answers.get(id, "")
        if answer == "without":
            return
        if answer == "skip":
            raise skipped(f"ambiguous {name}, skipped by decision", id)
        choices = (*(f"link:{key}" for _, key in resolution.candidates), "without", "skip")
        many = len(resolution.candidates)
        question = f"{item.object} {item.key}: its {name} {resolution.named!r} fits {many} records. Which one is it?"
        self._ask("ambiguous", id, item, question, choices)
        raise held(f"ambiguous {name}", id)

    # --- cells -----------------------------------------------------------------------------------------------------

    def _cell(
        self,
        item: Item,
        object_map: ObjectMap,
        schema: ObjectSchema,
        entity: ObjectSchema,
        key: str,
        rule: Rule,
        fields: Fields,
    ) -> None:
        cell = self._read(item, schema, key)
        if cell is None or rule.exclude:
            if cell is not None and cell.raw and rule.exclude == EMPTY:
                detail = f"{key} was empty in every record when the map was made, and is not any more; it is not moved"
                self.notes.tell("no-longer-empty", detail, item.subject, key)
            return
        if rule.over and (other := self._read(item, schema, rule.over)):
            cell = self._over(rule, cell, other)
        named = self._named(cell)
        if rule.link:
            beside(fields, rule, named, entity)
            return
        if rule.at:
            cell = self._at(cell, self._read(item, schema, rule.at))
        cell.tell()
        self.spellings.tell(rule, cell)
        if rule.owner:
            self.owners.place(item, rule, cell, entity, fields)
            if cell.raw and self.resolver.user(cell.raw) is None:
                beside(fields, rule, named, entity)
        elif rule.values:
            self._value_map(item, object_map, entity, rule, cell, fields)
            if not rule.block:  # where a line is all that there is, it has what the pair says
                keep(fields, rule, cell, entity)
        elif rule.empty and not cell.raw:
            detail = f"{key} is empty; {rule.empty} stands in its place until somebody fills it in"
            self.notes.tell(f"no-{(rule.to or rule.new).casefold().replace('_', '-')}", detail, item.subject, key)
            place(fields, rule, Cell(item, cell.field, rule.empty, self.history.mapping, self.notes), entity)
        elif rule.since:
            self._since(rule, cell, self._read(item, schema, rule.since), fields)
            keep(fields, rule, cell, entity)
        else:
            place(fields, rule, named if named is not cell and not rule.at else cell, entity)

    def _named(self, cell: Cell) -> Cell:
        """A cell that names users or records, with their names; any other as it is."""
        words = self.resolver.words(cell.item, cell.field.key)
        return Cell(cell.item, cell.field, words, self.history.mapping, self.notes) if words else cell

    def _at(self, day: Cell, clock: Cell | None) -> Cell:
        """A day with the time of day that another field has: an instant, of the source's zone."""
        if clock is None or not clock.raw or not isinstance(day.parsed.value, str):
            return day
        timed = moment(day, clock.raw, self.history.mapping)
        if timed is None:
            self.notes.tell("not-a-time", f"{clock.field.key}: {clock.raw!r} is no time of day", day.item.subject)
        return timed or day

    def _overflow(self, item: Item, schema: ObjectSchema, key: str, rule: Rule, lines: Fields) -> None:
        """A value whose field the plan does not allow: a line of a note, or left out by decision."""
        cell = self._read(item, schema, key)
        if cell is not None and cell.raw and self.overflow.answer == "note":
            lines[rule.made] = cell.raw
        elif cell is not None and cell.raw:
            self.notes.tell("over-the-cap", f"{key}: the plan has no room for the field", item.subject, key)

    def _read(self, item: Item, schema: ObjectSchema, key: str) -> Cell | None:
        field = schema.field(key)
        raw = (item.values or {}).get(key, "")
        return Cell(item, field, raw, self.history.mapping, self.notes) if field else None

    def _over(self, rule: Rule, cell: Cell, other: Cell) -> Cell:
        """The cell that stands of two columns for one thing: this one, or the other where this one is empty."""
        if not cell.raw and other.raw:
            return Cell(cell.item, cell.field, other.raw, self.history.mapping, self.notes)
        if other.raw and not alike(cell.raw, other.raw):
            detail = f"{cell.field.key} and {rule.over} are not the same; by the map {cell.field.key} stands"
            self.notes.tell("two-sources", detail, cell.item.subject, cell.field.key)
        return cell

    def _since(self, rule: Rule, end: Cell, start: Cell | None, fields: Fields) -> None:
        """A span from another field to this one; an end before its start gives none."""
        if start is None or not isinstance(start.parsed.value, str) or not isinstance(end.parsed.value, str):
            return
        if len(end.parsed.value) != len(start.parsed.value):
            detail = f"{end.field.key} or {rule.since} has no time of day; no duration is written"
            self.notes.tell("no-time-of-day", detail, end.item.subject, end.field.key)
            return
        span = datetime.fromisoformat(end.parsed.value) - datetime.fromisoformat(start.parsed.value)
        if span.total_seconds() < 0:
            detail = f"{end.field.key} is before {rule.since}; no duration is written"
            self.notes.tell("end-before-start", detail, end.item.subject, end.field.key)
        else:
            fields[rule.to] = clock(int(span.total_seconds()))

    def _when(self, rule: Rule, fields: Fields) -> None:
        """Further fields that take the value under a status: the close date of a won deal is its won time."""
        extra = rule.when.get(str(fields.get("status", "")))
        value = fields.get(rule.to)
        if extra and isinstance(value, str):
            fields[extra] = day_start(value, ZoneInfo(self.history.mapping.zone)) if len(value) == 10 else value

    def _value_map(
        self, item: Item, object_map: ObjectMap, entity: ObjectSchema, rule: Rule, cell: Cell, fields: Fields
    ) -> None:
        """A value that travels through pairs; one without a pair stops its record."""
        if not cell.raw:
            if not (rule.new or rule.block):  # there is no default of something that is ours alone
                detail = f"{cell.field.key} is empty; the account's own default will stand there"
                self.notes.tell("empty-value", detail, item.subject, cell.field.key)
            return
        if cell.field.kind == "multienum" and isinstance(cell.parsed.value, list):
            pairs = [self._pair(item, object_map, rule, cell, value) for value in cell.parsed.value]
            place(fields, rule, cell.saying([str(pair.get(AS, "")) for pair in pairs]), entity)
            return
        pair = self._pair(item, object_map, rule, cell, cell.raw)
        pipelines = self.history.mapping.pipeline
        for key, value in pair.items():
            if key == "stage" and pipelines:
                pipeline = str(pair.get("pipeline") or pipelines[0].name)
                fields["pipeline_id"] = {"$ref": ["pipeline", "Pipeline", pipeline]}
                fields["stage_id"] = {"$ref": ["stage", "Stage", f"{pipeline}/{value}"]}
            elif key == AS:
                place(fields, rule, cell.saying([str(value)]), entity)
            elif key != "pipeline":
                fields[key] = constant(entity, key, value)

    def _pair(self, item: Item, object_map: ObjectMap, rule: Rule, cell: Cell, value: str) -> dict[str, Any]:
        """The pair of one value, by the map or by an answer."""
        pairs = {k.strip().casefold(): v for k, v in object_map.values[rule.values].items()}
        id = f"value-{self._token(item.object, cell.field.key, value.casefold())}"
        verb, _, answer = self.history.answers.get(id, "").partition(":")
        pair = pairs.get(value.casefold()) or (pairs.get(answer.casefold()) if verb == "as" else None)
        if pair is None and verb == "stage" and all(where := place_of(self.history.mapping.pipeline, answer)):
            pair = dict(zip(("pipeline", "stage"), where, strict=True))
        if verb == "new":
            pair = {AS: value}
        if pair is None:
            raise held(f"unknown value in {cell.field.key}", self._ask_value(id, item, object_map, rule, cell, value))
        return pair

    def _ask_value(self, id: str, item: Item, object_map: ObjectMap, rule: Rule, cell: Cell, value: str) -> str:
        pairs = object_map.values[rule.values]
        pipelines = self.history.mapping.pipeline if any("stage" in v for v in pairs.values()) else ()
        own = [p for p in pipelines if value.startswith(f"{p.name} / ")]
        of_the_map = {p.name for v in pairs.values() if (p := _pipeline(v, self.history.mapping.pipeline))}
        places = own or [p for p in pipelines if p.name in of_the_map]
        several = len(self.history.mapping.pipeline) > 1
        new = tuple(f"stage:{f'{p.name}/' if several else ''}{_bare(value, p)}" for p in places)
        if rule.to or rule.new or rule.block:
            new += (f"new:{value}",)
        question = f"{item.object} {cell.field.key} has the value {value!r}, for which the map has no pair. What is it?"
        draft = Draft(
            id=id,
            kind="value",
            subject=(item.object, cell.field.key),
            question=question,
            choices=(*(f"as:{k}" for k in pairs), *new),
        )
        return self.notes.ask(draft)

    # --- the whole -------------------------------------------------------------------------------------------------

    def _check(self, item: Item, object_map: ObjectMap, entity: ObjectSchema, fields: Fields) -> None:
        """Tell of what people should look at, or miss; nothing is cut, a value that does not fit stops its record."""
        if object_map.flag:
            self.notes.tell("flagged", object_map.flag, item.subject)
        for key in object_map.expected:
            if key not in fields:
                self.notes.tell(f"no-{key.replace('_', '-')}", f"the record has no {key}", item.subject)
        for key, value in fields.items():
            field = entity.field(key)
            limit = field.max_length if field else None
            if limit and isinstance(value, str) and len(value) > limit:
                id = f"too-long-{self._token(*item.subject, key)}"
                if self.history.answers.get(id) == "skip":
                    raise skipped(f"{key} is too long, skipped by decision", id)
                question = (
                    f"{item.object} {item.key}: {key} takes {limit} characters, the value has {len(value)}. "
                    "Shorten it at the source, map the field elsewhere, or skip the record."
                )
                self._ask("too-long", id, item, question, ("skip",))
                raise held("too long", id)

    def _token(self, *parts: str) -> str:
        return self.history.token("/".join(parts))[:10]

    def _ask(
        self,
        kind: str,
        id: str,
        item: Item,
        question: str,
        choices: tuple[str, ...],
        *,
        proposed: str = "",
        blocking: bool = True,
    ) -> None:
        self.notes.ask(
            Draft(
                id=id,
                kind=kind,
                subject=item.subject,
                question=question,
                choices=choices,
                proposed=proposed,
                blocking=blocking,
            )
        )


def _pipeline(pair: dict[str, Any], pipelines: tuple[Pipeline, ...]) -> Pipeline | None:
    """The pipeline of a pair that leads to a stage."""
    named = [p for p in pipelines if "stage" in pair and p.name == pair.get("pipeline", p.name)]
    return named[0] if named else None


def _bare(stage: str, pipeline: Pipeline) -> str:
    """The name of a stage inside its pipeline, where its text reads "Pipeline / Stage"."""
    return stage.removeprefix(f"{pipeline.name} / ")
