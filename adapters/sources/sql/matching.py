"""The objects that tables stand for: a product's own, where names fit, and others under their own names."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from adapters.protocols import Finding, Identity, Link
from adapters.sources import UnreadableError
from adapters.sources.sql.columns import Column
from adapters.sources.sql.guesses import is_users, owner_of, spaced, title_of, words
from adapters.sources.sql.keys import KEY_JOINT
from adapters.sources.sql.layout import Place, Table
from adapters.sources.standard import Column as Standardised, Standard, identity_in, links_in, named, object_of

_ID_WORDS = frozenset({"id", "fk", "key", "no", "nr", "code"})


class Derived(msgspec.Struct, frozen=True):
    """A field that is no column: the values of several, joined. `target`: the object that they point at, if any."""

    key: str
    columns: tuple[str, ...]
    target: str | None = None


class Object(msgspec.Struct, frozen=True, kw_only=True):
    """One object: the table that it is read from, and its names, links and identity in terms of field keys.

    standards: the standard column of each column that has one, by the column's name in the database.
    """

    name: str
    label: str
    table: Table
    derived: tuple[Derived, ...] = ()
    links: tuple[Link, ...] = ()
    targets: Mapping[str, str] = {}
    identity: Identity = Identity()
    owner: str | None = None
    users: frozenset[str] = frozenset()
    title: tuple[str, ...] = ()
    standards: Mapping[str, Standardised] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are read: no files where no key says whose they are."""
        return tuple(each for each in self.table.columns if self.table.key or not each.file)


def objects_of(tables: Sequence[Table], standards: Sequence[Standard]) -> tuple[list[Object], list[Finding]]:
    """Name every table, rename the columns that a standard knows, and say what was renamed or cannot be linked."""
    chosen = _assigned(tables, standards)
    names: dict[Place, str] = {}
    for table in tables:
        names[table.place] = _free(chosen[table.place][0].name if table.place in chosen else table.name, names.values())
    by_place = {table.place: table for table in tables}
    people = {table.place for table in tables if is_users(table)}
    found: list[Object] = []
    findings: list[Finding] = []
    for table in tables:
        standard, columns = chosen.get(table.place, (None, {}))
        renamed = _renamed(table, columns)
        object, said = _object(renamed, standard, columns, names, by_place, people)
        found.append(object)
        findings += said
    return found, findings


def _assigned(
    tables: Sequence[Table], standards: Sequence[Standard]
) -> dict[Place, tuple[Standard, dict[str, Standardised]]]:
    """Each standard's table: of those whose name tells it, the one with most of its columns and all required ones."""
    best: dict[str, tuple[int, int, Place, Standard, dict[str, Standardised]]] = {}
    for table in tables:
        words_said = re.sub(r"[.\s]", "_", spaced(table.place[1]))
        standard = object_of(words_said, standards)
        if standard is None:
            continue
        labels = {spaced(each.name): each.name for each in reversed(table.columns)}
        try:
            known = named(standard, list(labels), table.name)
        except UnreadableError:
            continue
        columns = {labels[label]: column for label, column in known.items()}
        claim = (len(columns), -len(table.name), table.place, standard, columns)
        if standard.name not in best or claim[:2] > best[standard.name][:2]:
            best[standard.name] = claim
    return {place: (standard, columns) for _, _, place, standard, columns in best.values()}


def _renamed(table: Table, standards: Mapping[str, Standardised]) -> Table:
    """The table with its columns' field keys: the standard's label, else the column's name; no two alike."""
    taken: set[str] = {column.label for column in standards.values()}
    columns: list[Column] = []
    for each in table.columns:
        key = standards[each.name].label if each.name in standards else _free(each.name, taken)
        taken.add(key)
        columns.append(msgspec.structs.replace(each, key=key))
    return msgspec.structs.replace(table, columns=tuple(columns))


def _object(
    table: Table,
    standard: Standard | None,
    standards: dict[str, Standardised],
    names: Mapping[Place, str],
    tables: Mapping[Place, Table],
    people: set[Place],
) -> tuple[Object, list[Finding]]:
    keys = {each.name: each.key for each in table.columns}
    read = [each.key for each in table.columns if table.key or not each.file]
    own_links = links_in(standard.links, read) if standard else ()
    links = {link.name: link for link in own_links}
    derived: list[Derived] = []
    targets: dict[str, str] = {}
    users: set[str] = set()
    findings: list[Finding] = []
    for reference in table.references:
        target = tables.get(reference.table)
        if target is None:
            continue
        if len(reference.columns) != len(target.key) or set(reference.referred) != set(target.key):
            findings.append(_not_by_key(table, reference.columns, target))
            continue
        in_order = [reference.columns[reference.referred.index(column)] for column in target.key]
        key = keys[in_order[0]]
        if len(in_order) > 1:
            key = _free(KEY_JOINT.join(keys[column] for column in in_order), {*read, *(d.key for d in derived)})
            derived.append(Derived(key, tuple(in_order), names[target.place]))
        if target.place in people:
            users.add(key)
            continue
        targets[key] = names[target.place]
        name = _link_name(links, names[target.place], key, in_order[0])
        before = links.get(name)
        links[name] = Link(
            name=name, to=(names[target.place],), id_field=key,
            name_field=before.name_field if before else None, within=before.within if before else None,
        )  # fmt: skip
    identity, own = _identity(table, standard, tuple(links.values()), read)
    if own is not None:
        derived = [*(each for each in derived if each.key != own.key), own]
    return Object(
        name=names[table.place],
        label=standard.label if standard else spaced(table.name) if table.place[0] is None else table.name,
        table=table, derived=tuple(derived), links=tuple(links.values()), targets=targets, identity=identity,
        owner=_owner(standard, read, users),
        users=frozenset(users),
        title=tuple(label for label in standard.title if label in read) if standard
        else title_of(table.place[1], [each.key for each in table.columns if each.key in read]),
        standards=standards,
    ), findings  # fmt: skip


def _identity(
    table: Table, standard: Standard | None, links: Sequence[Link], read: Sequence[str]
) -> tuple[Identity, Derived | None]:
    natural = identity_in(standard.identity, read, links) if standard else Identity()
    key = [table.column(name).key for name in table.key]
    if len(key) > 1:
        joint = KEY_JOINT.join(key)
        return msgspec.structs.replace(natural, id_field=joint), Derived(joint, table.key)
    if key:
        return msgspec.structs.replace(natural, id_field=key[0]), None
    whole = tuple(read)
    return Identity(natural=(*natural.natural, whole) if whole else natural.natural, rematch=natural.rematch), None


def _owner(standard: Standard | None, read: Sequence[str], users: set[str]) -> str | None:
    if standard and standard.owner in read:
        return standard.owner
    return owner_of(sorted(users)) or (min(users) if len(users) == 1 else None) or owner_of(read)


def _link_name(links: Mapping[str, Link], target: str, key: str, column: str) -> str:
    """The standard's link to that object, by this field or without an id; else the column's name without "id"."""
    for name, link in links.items():
        if link.to == (target,) and link.type_field is None and link.id_field is None:
            return name
        if link.to == (target,) and link.id_field == key:
            return name
    said = words(column)
    while len(said) > 1 and said[-1] in _ID_WORDS:
        said.pop()
    return _free(" ".join(said), links)


def _free(name: str, taken: object) -> str:
    """The name, with a number where it is taken already."""
    used = set(taken)  # type: ignore[call-overload]
    choice, turn = name, 1
    while choice in used:
        turn += 1
        choice = f"{name} ({turn})"
    return choice


def _not_by_key(table: Table, columns: Sequence[str], target: Table) -> Finding:
    names = ", ".join(columns)
    return Finding(
        code="link-not-by-key", object=table.name, where=f"{table.name}, column {names}",
        detail=f"{names} points at {target.name} by columns that are not its key; it is read as values, not as a link.",
    )  # fmt: skip
