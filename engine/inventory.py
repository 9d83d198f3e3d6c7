"""The inventory: what of a source does not move and must be built again by hand, with what could rebuild it.

Automations, rules and integrations, as far as the source shows them ("read"), as people have told of them ("declared")
or as the data lets guess ("inferred"); and what no interface gives at all ("left behind").
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

import msgspec

from adapters.protocols import Json, Schema
from engine import history
from engine.events import InventoryTaken, RebuildDeclared, RebuildWithdrawn
from engine.journal import Journal
from engine.migration import Migration
from engine.patterns import Pattern, patterns
from engine.presets import PRESETS
from engine.presets.leftovers import ALL, LEFT
from engine.rebuild import KINDS, included, rebuild_of

SCOPE = (
    "Rebuilding is outside the scope of the migration: nothing of this list is moved, and none of it is built again by "
    "Cutover. An administrator does it, or it is agreed on separately."
)
"""The sentence that every inventory carries."""

READ, DECLARED, INFERRED, LEFT_BEHIND = "read", "declared", "inferred", "left behind"

_KINDS = {
    "flow": "automation", "process": "automation", "workflow rule": "automation", "assignment rule": "assignment",
    "trigger": "code", "package": "integration", "made by": "automation", "validation rule": "validation",
}  # fmt: skip
"""What a thing of a source is, where its own word is another."""


class InventoryError(Exception):
    """Something that cannot be declared or withdrawn; the message says why."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to rebuild.

    id: stable while the thing is the same. kind: of `engine.rebuild.KINDS`; called: the source's own word for it.
    known: "read", "declared", "inferred" or "left behind". evidence: on what a guess rests, or why a thing is left.
    feature, plan, note, source: what could rebuild it and on which plan; feature is empty where nothing does.
    included: whether the account's plan has it; None where nobody knows.
    """

    id: str
    kind: str
    called: str
    name: str
    object: str
    does: str
    known: str
    evidence: str
    feature: str
    plan: str
    included: bool | None
    note: str
    source: str


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """All entries, those that were read first. destination: its kind; account_plan: empty where nobody knows it."""

    source: str
    destination: str
    account_plan: str
    entries: tuple[Entry, ...]

    def of(self, *known: str) -> list[Entry]:
        """The entries that are known in these ways."""
        return [entry for entry in self.entries if entry.known in known]


class _Thing(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    known: str
    object: str = ""
    does: str = ""
    evidence: str = ""
    id: str = ""


def inventory(migration: Migration) -> Inventory:
    """The inventory as the log has it now; changes nothing. Raises NotReadyError before the source was looked at."""
    journal = migration.journal
    source = history.source_schema(journal)
    destination = history.destination_schema(journal, migration.target)
    preset = PRESETS.get(source.system)
    items = history.load_items(journal, migration.view)
    systems = preset.automation_owners if preset else ()
    things = [
        *_shown(source),
        *_declared(journal),
        *_inferred(patterns(source, items, migration.settings["zone"], systems)),
        *_left(source),
    ]
    plan = str(destination.account.get("plan") or "")
    entries = {entry.id: entry for entry in (_entry(t, destination.system, plan) for t in things)}
    return Inventory(
        source=source.system, destination=destination.system, account_plan=plan, entries=tuple(entries.values())
    )


def _entry(thing: _Thing, destination: str, plan: str) -> Entry:
    kind = _KINDS.get(thing.kind, thing.kind if thing.kind in KINDS else "automation")
    made = rebuild_of(destination, kind)
    words = "/".join((thing.known, thing.kind, thing.object, thing.name, "" if thing.known == DECLARED else thing.does))
    return Entry(
        id=thing.id or f"{thing.known.split()[0]}-{blake2b(words.encode(), digest_size=5).hexdigest()}",
        kind=kind,
        called=thing.kind,
        name=thing.name,
        object=thing.object,
        does=thing.does,
        known=thing.known,
        evidence=thing.evidence,
        feature=made.feature,
        plan=made.plan,
        included=included(destination, plan, made),
        note=made.note,
        source=made.source,
    )


# --- where things are known from ---------------------------------------------------------------------------------


def _shown(source: Schema) -> Iterator[_Thing]:
    """What the source tells of by itself."""
    for told in _maps(source.account.get("automations")):
        does = ". ".join(filter(None, (_text(told, "when"), _text(told, "does"))))
        makes = _text(told, "makes")
        yield _Thing(
            kind=_text(told, "kind") or "automation",
            name=_text(told, "name", "label"),
            object=_text(told, "object") or makes,
            does=does or (f"makes {makes}" if makes else ""),
            known=READ,
        )
    for told in _maps(source.account.get("validation_rules")):
        if told.get("active", True):
            where = f" (at {_text(told, 'field')})" if _text(told, "field") else ""
            yield _Thing(
                kind="validation rule",
                name=_text(told, "name"),
                object=_text(told, "object"),
                does=f"{_text(told, 'message')}{where}",
                known=READ,
            )
    for told in _maps(source.account.get("integrations")):
        yield _Thing(kind=_text(told, "kind") or "integration", name=_text(told, "name"), known=READ)


def _maps(told: Json) -> Iterator[Mapping[str, Json]]:
    yield from (one for one in told or () if isinstance(one, dict))


def _text(told: Mapping[str, Json], *keys: str) -> str:
    return next((str(told[key]) for key in keys if told.get(key)), "")


def _declared(journal: Journal) -> Iterator[_Thing]:
    gone = {body.declaration for _, body in journal.bodies(RebuildWithdrawn)}
    for _, body in journal.bodies(RebuildDeclared):
        if body.declaration not in gone:
            yield _Thing(
                id=body.declaration, kind=body.of, name=body.name, object=body.about, does=body.does, known=DECLARED
            )


def _inferred(found: Iterable[Pattern]) -> Iterator[_Thing]:
    for one in found:
        yield _Thing(
            kind=one.kind, name=one.name, object=one.object, does=one.does, evidence=one.evidence, known=INFERRED
        )


def _left(source: Schema) -> Iterator[_Thing]:
    """What stays behind: by what is known of the source, and by its adapter's own word where that tells more."""
    known = LEFT.get(source.system, ALL)
    for one in known:
        yield _Thing(kind=one.kind, name=one.name, does=one.instead, evidence=one.why, known=LEFT_BEHIND)
    told = {one.kind for one in known}
    for lack in source.lacks:
        if lack.action == "export" and lack.entity not in told:
            kind = lack.entity if lack.entity in KINDS else "other"
            name = f"{lack.entity.replace('_', ' ').capitalize()}s"
            yield _Thing(kind=kind, name=name, does=lack.instead, evidence=lack.what, known=LEFT_BEHIND)


# --- what is recorded --------------------------------------------------------------------------------------------


def declare(journal: Journal, kind: str, name: str, about: str, does: str) -> str:
    """Record what a person has told of; its id. Raises InventoryError."""
    if kind not in KINDS:
        raise InventoryError(f"there is no kind {kind!r}; there is {', '.join(KINDS)}")
    if not name.strip():
        raise InventoryError("a thing needs a name")
    standing = list(_declared(journal))
    if any((t.kind, t.name, t.object) == (kind, name.strip(), about) for t in standing):
        raise InventoryError(f"the {kind} {name.strip()!r} is declared already; withdraw it to declare it anew")
    number = 1 + sum(1 for _ in journal.bodies(RebuildDeclared))
    body = RebuildDeclared(declaration=f"declared-{number}", of=kind, name=name.strip(), about=about, does=does)
    journal.record(body)
    return body.declaration


def withdraw(journal: Journal, declaration: str, reason: str) -> None:
    """Take a declaration back. Raises InventoryError."""
    known = {thing.id for thing in _declared(journal)}
    if declaration not in known:
        raise InventoryError(
            f"no declaration {declaration!r} stands; there is {', '.join(sorted(known)) or 'none'}: what was read or "
            "inferred cannot be withdrawn"
        )
    journal.record(RebuildWithdrawn(declaration=declaration, reason=reason))


def keep(journal: Journal, target: str, found: Inventory) -> None:
    """Record an inventory, where it is another than the last one."""
    entries = [msgspec.to_builtins(entry) for entry in found.entries]
    digest = journal.log.vault.hash(msgspec.json.encode(entries, order="sorted").decode())
    known = next((b for _, b in journal.bodies(InventoryTaken, newest_first=True) if b.target == target), None)
    if known is None or known.digest != digest:
        counts = {way: len(found.of(way)) for way in (READ, DECLARED, INFERRED, LEFT_BEHIND)}
        journal.record(InventoryTaken(target=target, digest=digest, counts=counts, entries=entries))
