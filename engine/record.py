"""One source record under the map: its links, owner and cells become the fields that its destination record wants."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Fields, Json, ObjectSchema
from engine.attachments import Stored, becomes_link, described
from engine.caps import NONE, Overflow, note_of, text_field
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.journal import Subject
from engine.links import Resolution
from engine.mapping import ObjectMap, Rule, constant, place_of
from engine.resolve import Resolver, link_review
from engine.spellings import Spellings
from engine.standins import borrowed, stand_in
from engine.transform import Cell, clock, day_start, finish, keep, place
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
        self.spellings = Spellings(history)

    def wants(self, item: Item) -> list[Want]:
        """What the record asks for: its own record first, then what else it becomes. Raises Stop when nothing."""
        lines: Fields = {}
        want = self._want(item, lines)
        note = note_of(self.history, want, dict(sorted(lines.items()))) if lines else None
        if note is not None:
            return [want, note]
        for label in lines:
            detail = f"{label}: the plan has no room for the field, and no note can hang on a {want.part.entity}"
            self.notes.tell("over-the-cap", detail, item.subject, label)
        return [want]

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
        for key, reason in object_map.leave.items():
            if item.values.get(key, "").strip():
                raise skipped(reason)
        self._links(item, object_map, schema, fields)
        for key, rule in object_map.fields.items():
            if rule.new and (entity.name, rule.new) in self.overflow.fields:
                self._overflow(item, schema, key, rule, lines)
            else:
                self._cell(item, object_map, schema, entity, key, rule, fields)
        for rule in object_map.fields.values():
            self._when(rule, fields)
        for targets, key in object_map.instead.items():
            stand_in(fields, targets, self._read(item, schema, key), entity)
        finish(fields, entity, lambda code, detail: self.notes.tell(code, detail, item.subject))
        self._check(item, object_map, entity, fields)
        if (name := next((f.key for f in entity.fields if f.kind == "file"), "")) and entity.name != "note":
            return self._file(item, entity, name, fields)
        return Want(part=Part(entity.name, *item.subject), fields=fields, cause=item.position)

    def _twin(self, item: Item) -> None:
        if review := self.resolver.undecided_twins.get(item.subject):
            raise held("duplicate", review)
        if survivor := self.resolver.survivors.get(item.subject):
            raise Stop(Verdict(disposition="skipped", reason="merged duplicate", survivor="/".join(survivor)))

    def _vanished(self, item: Item) -> None:
        """A record that the source no longer has: kept as it is unless a person, or the policy, lets it go.

        One of which the source itself says that it is deleted is not moved any more, if it was not yet.
        """
        id = f"vanished-{self._token(*item.subject)}"
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

    def _file(self, item: Item, entity: ObjectSchema, name: str, fields: Fields) -> Want:
        """A file to upload, or the note on the same parent that says where it lies instead."""
        if "digest" not in fields.get(name, {}):
            id = f"file-missing-{self._token(*item.subject)}"
            if self.history.answers.get(id) == "skip":
                raise skipped("the source has not its file; left out by decision", id)
            question = f"{item.object} {item.key} names a file that the source has not. Export it again, or skip it."
            self._ask("file-missing", id, item, question, ("skip",))
            raise held("file missing", id)
        stored = msgspec.convert(fields[name], Stored)
        why = becomes_link(self.history.mapping.files, stored)
        if not why:
            return Want(part=Part(entity.name, *item.subject), fields=fields, cause=item.position)
        self.notes.tell("file-linked", f"{stored.name}: {why}; a note says where it is", item.subject)
        note = self.history.destination.object("note")
        text = text_field(note)
        if note is None or text is None:
            raise skipped(f"{why}, and there are no notes to say where it is")
        kept = {k: v for k, v in fields.items() if (note.field(k) is not None or k == note.block) and k != text}
        words = [described(self.history.mapping.files, stored)]
        for key in fields.keys() - kept.keys() - {name}:
            if isinstance(fields[key], str):
                words.append(fields[key])
            else:
                self.notes.tell("not-written", f"{key}: a note has no place for it", item.subject, key)
        return Want(part=Part("note", *item.subject), fields=kept | {text: "\n".join(words)}, cause=item.position)

    # --- links -----------------------------------------------------------------------------------------------------

    def _links(self, item: Item, object_map: ObjectMap, schema: ObjectSchema, fields: Fields) -> None:
        resolutions = {link.name: self.resolver.link(item, link) for link in schema.links}
        kept: set[str] = set()
        named = [(link.name, r) for link in schema.links for r in self.resolver.all(item, link)]
        for name, resolution in (*named, *borrowed(item, object_map, resolutions, self.resolver, self.notes)):
            self._doubt(item, object_map, name, resolution)
            if name not in object_map.links and name not in object_map.needs:
                continue  # it names a record, and nothing at the destination does
            if resolution.subject and self._breaks_ring(item, name, resolution.subject):
                continue
            if resolution.subject and self._parent_moves(item, name, resolution.subject):
                kept.add(name)
                if target := object_map.links.get(name):
                    self._link(item, object_map, target, name, resolution, fields)
        if object_map.needs and not kept & set(object_map.needs):
            self._orphan(item, object_map, resolutions)

    def _breaks_ring(self, item: Item, name: str, parent: Subject) -> bool:
        """Whether a record's link to another of its kind closes a ring; the last record of the ring goes without."""
        ring = [item]
        while parent[0] == item.object and parent != item.subject:
            above = self.history.items[item.object].get(parent[1])
            onward = self.resolver.named_link(above, name).subject if above else None
            if above is None or above in ring or onward is None:
                return False
            ring.append(above)
            parent = onward
        if parent != item.subject or item.number < max(member.number for member in ring):
            return False
        names = " → ".join(member.key for member in ring)
        self.notes.tell("ring", f"{name}: {names} → {item.key} is a ring; this link is left out", item.subject)
        return True

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

    def _link(
        self, item: Item, object_map: ObjectMap, target: str, name: str, resolution: Resolution, fields: Fields
    ) -> None:
        assert resolution.subject is not None  # noqa: S101 - only found links come here
        entity = self.history.mapping.object[resolution.subject[0]].to
        schema = self.history.destination.object(object_map.to)
        keys = [k for k in target.split("|") if schema and (f := schema.field(k)) and f.target == entity]
        self._put_link(fields, schema, keys[0] if keys else target, {"$ref": [entity, *resolution.subject]})
        if resolution.how == "vanished":
            detail = f"{name}: the record is missing from the newest export; the link stays"
            self.notes.tell("link-to-vanished", detail, item.subject)

    def _put_link(self, fields: Fields, schema: ObjectSchema | None, key: str, ref: Json) -> None:
        """A link in its field; in a list where the field takes several."""
        field = schema.field(key) if schema else None
        if field is None or not field.many:
            fields[key] = ref
        elif ref not in fields.setdefault(key, []):
            fields[key].append(ref)

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

    def _orphan(self, item: Item, object_map: ObjectMap, links: dict[str, Resolution]) -> None:
        """None of the records that it needs exists: it waits for a person, and is never hung on something else."""
        id = f"orphan-{self._token(*item.subject)}"
        answer = self.history.answers.get(id, "")
        without = (link_review(self.history, item, n) for n in object_map.needs)
        if answer == "unlinked" or any(self.history.answers.get(review) == "without" for review in without):
            return
        if answer == "skip":
            raise skipped("orphan, skipped by decision", id)
        named = ", ".join(f"{n} {links[n].named!r}" for n in object_map.needs if links[n].named) or "nothing"
        question = (
            f"{item.object} {item.key} belongs to no record that is moved (it names {named}). What becomes of it?"
        )
        choices = ("skip",) if object_map.alone is False else ("skip", "unlinked")
        self._ask("orphan", id, item, question, choices, proposed="skip")
        raise held("orphan", id)

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
            return
        if rule.link:
            keep(fields, rule, cell, entity)
            return
        cell.tell()
        self.spellings.tell(rule, cell)
        if rule.owner:
            self._owner(item, rule, cell, entity, fields)
        elif rule.values:
            self._value_map(item, object_map, rule, cell, fields)
        elif rule.since:
            self._since(rule, cell, self._read(item, schema, rule.since), fields)
            keep(fields, rule, cell, entity)
        else:
            place(fields, rule, cell, entity)

    def _overflow(self, item: Item, schema: ObjectSchema, key: str, rule: Rule, lines: Fields) -> None:
        """A value whose field the plan does not allow: a line of a note, or left out by decision."""
        cell = self._read(item, schema, key)
        if cell is not None and cell.raw and self.overflow.answer == "note":
            lines[rule.new] = cell.raw
        elif cell is not None and cell.raw:
            self.notes.tell("over-the-cap", f"{key}: the plan has no room for the field", item.subject, key)

    def _read(self, item: Item, schema: ObjectSchema, key: str) -> Cell | None:
        field = schema.field(key)
        raw = (item.values or {}).get(key, "")
        return Cell(item, field, raw, self.history.mapping, self.notes) if field else None

    def _since(self, rule: Rule, end: Cell, start: Cell | None, fields: Fields) -> None:
        """A span from another field to this one; an end before its start gives none."""
        if start is None or not isinstance(start.parsed.value, str) or not isinstance(end.parsed.value, str):
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

    def _value_map(self, item: Item, object_map: ObjectMap, rule: Rule, cell: Cell, fields: Fields) -> None:
        """A value that travels through pairs; one without a pair stops its record."""
        if not cell.raw:
            detail = f"{cell.field.key} is empty; the account's own default will stand there"
            self.notes.tell("empty-value", detail, item.subject, cell.field.key)
            return
        pairs = {k.strip().casefold(): v for k, v in object_map.values[rule.values].items()}
        id = f"value-{self._token(item.object, cell.field.key, cell.raw.casefold())}"
        verb, _, answer = self.history.answers.get(id, "").partition(":")
        pair = pairs.get(cell.raw.casefold()) or (pairs.get(answer.casefold()) if verb == "as" else None)
        pipelines = self.history.mapping.pipeline
        if pair is None and verb == "stage":
            pair = dict(zip(("pipeline", "stage"), place_of(pipelines, answer), strict=True))
        if pair is None:
            raise held(f"unknown value in {cell.field.key}", self._ask_value(id, item, object_map, rule, cell))
        for key, value in pair.items():
            if key == "stage" and pipelines:
                pipeline = pair.get("pipeline") or pipelines[0].name
                fields["pipeline_id"] = {"$ref": ["pipeline", "Pipeline", pipeline]}
                fields["stage_id"] = {"$ref": ["stage", "Stage", f"{pipeline}/{value}"]}
            elif key != "pipeline":
                fields[key] = value

    def _ask_value(self, id: str, item: Item, object_map: ObjectMap, rule: Rule, cell: Cell) -> str:
        pairs = object_map.values[rule.values]
        pipelines = self.history.mapping.pipeline if any("stage" in v for v in pairs.values()) else ()
        where = [f"{p.name}/" if len(pipelines) > 1 else "" for p in pipelines]
        new = tuple(f"stage:{pipeline}{cell.raw}" for pipeline in where)
        question = (
            f"{item.object} {cell.field.key} has the value {cell.raw!r}, for which the map has no pair. What is it?"
        )
        draft = Draft(
            id=id,
            kind="value",
            subject=(item.object, cell.field.key),
            question=question,
            choices=(*(f"as:{k}" for k in pairs), *new),
        )
        return self.notes.ask(draft)

    def _owner(self, item: Item, rule: Rule, cell: Cell, entity: ObjectSchema, fields: Fields) -> None:
        """The user that a record belongs to, or the users where the field takes several."""
        field = entity.field(rule.owner)
        if field is None or not field.many:
            names = [cell.raw]
        else:
            separator = r"[;,\n]" if "@" in cell.raw else r"[;\n]"
            names = [name.strip() for name in re.split(separator, cell.raw) if name.strip()]
        ids = [id for name in names if (id := self._user(item, name, cell.field.key, entity, fields))]
        if ids:
            fields[rule.owner] = list(dict.fromkeys(ids)) if field is not None and field.many else ids[0]

    def _user(self, item: Item, text: str, key: str, entity: ObjectSchema, fields: Fields) -> str:
        """The id of a user; a name that no user bears goes to the queue, and the record waits. Empty: our own user."""
        if text and text.casefold() in {name.casefold() for name in self.history.mapping.automation_owners}:
            detail = f"{key} {text!r} is no person; the record goes to the migration's own user"
            self.notes.tell("automation-owner", detail, item.subject, key)
            if entity.block:
                fields.setdefault(entity.block, {})[key] = text
            return ""
        user = self.resolver.user(text) if text else None
        if user is None:
            id = f"owner-{self._token('owner', text.casefold())}"
            answer = self.history.answers.get(id, "")
            if answer == "migration-user":
                return ""
            user = self.resolver.user(answer.removeprefix("user:")) if answer else None
            if user is None:
                raise held("owner", self.notes.ask(self._owner_draft(id, text)))
        return user.id

    def _owner_draft(self, id: str, text: str) -> Draft:
        steps = "Invite that person there and run `cutover discover` again, or say who takes the records."
        question = f"The owner {self._owner_words(text)} has no user at the destination. {steps}"
        if not text:
            question = "Some records have no owner. Say who takes them."
        users = [u for u in self.history.destination.users if u.active]
        choices = (*(f"user:{u.email}" for u in users), "migration-user")
        return Draft(id=id, kind="owner", subject=("Owner", id), question=question, choices=choices)

    def _owner_words(self, text: str) -> str:
        """An owner as the source knows them: "u5 (Dana Liu, dana@…)", with what stands against them."""
        if not self.history.source.users:
            return repr(text)
        user = self.resolver.source_user(text)
        if user is None:
            return f"{text!r} (no user of the source has that id)"
        known = ", ".join(filter(None, (user.name, user.email or "no e-mail", "" if user.active else "inactive")))
        return f"{text!r} ({known})"

    # --- the whole -------------------------------------------------------------------------------------------------

    def _check(self, item: Item, object_map: ObjectMap, entity: ObjectSchema, fields: Fields) -> None:
        """Tell of what people expect and miss; nothing is cut, a value that does not fit stops its record."""
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
