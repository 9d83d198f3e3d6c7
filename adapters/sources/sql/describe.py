"""Describes the objects of a database: every row is seen once, in memory that does not grow with their number."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select, types

from adapters.protocols import (
    AdapterError,
    Field,
    Finding,
    Identity,
    Kind,
    ObjectSchema,
    Option,
    UnreachableError,
    User,
)
from adapters.sources.profile import Profile
from adapters.sources.sql.address import is_rights
from adapters.sources.sql.columns import Column
from adapters.sources.sql.guesses import deleted_marks, email_of, is_users, title_of
from adapters.sources.sql.matching import Derived, Object
from adapters.sources.sql.paging import Reader, table_of
from adapters.sources.sql.readonly import Database
from adapters.sources.values import JSON_LIST, split

USERS_MAX = 1_000
"""Users that are listed, at most."""

COUNTED = "COUNT(*) in one read-only transaction; there is no incremental read, each extraction is a full snapshot"
"""How records are counted, and what an extraction is."""

_MOMENTS = ("date", "datetime")
_NUMBERS = ("number", "money", "percent")


class Described(msgspec.Struct, frozen=True):
    """An object as seen: its schema (None: it cannot be read), users that it holds, and what to know about it."""

    schema: ObjectSchema | None
    users: tuple[User, ...] = ()
    findings: tuple[Finding, ...] = ()


def described(database: Database, object: Object, *, known: bool) -> Described:
    """Count and profile one object. `known`: there are standards, so that what is not in them is custom.

    An object that this login may not read, or that fails, is left out with a finding. Raises `UnreachableError` where
    the database itself is gone.
    """
    seen = _Seen(object)
    undecodable = database.undecodable
    try:
        with database.reading(f"counting {object.table.name}") as connection:
            count = connection.execute(select(func.count()).select_from(table_of(object.table.place))).scalar_one()
            for row in Reader(database, object).rows(connection):
                seen.add({key: str(value) for key, value in row.record.values.items()}, row.record.id)
    except UnreachableError:
        raise
    except AdapterError as error:
        return Described(None, findings=(_left_out(object, str(error)),))
    findings = _findings(object, seen, count)
    if database.undecodable > undecodable:
        findings.append(_finding(object, "undecodable-text", "", f"{database.undecodable - undecodable} texts are not "
                                 "UTF-8; what cannot be read of them stands as \\xNN"))  # fmt: skip
    fields = [_field(object, seen, each, position, known=known) for position, each in enumerate(object.columns)]
    for field in fields:
        findings += seen.profiles[field.key].findings(field, object.name, object.table.name)
    fields += [_derived(seen, each, len(fields) + n) for n, each in enumerate(object.derived)]
    kinds = {field.key: field.kind for field in fields}
    for each in object.columns:
        if each.kind in _MOMENTS and kinds[each.key] in _NUMBERS:
            findings.append(_finding(object, "dates-as-numbers", each.key, "is declared as a date and holds numbers; "
                                     "say which moment they count from, or change the map"))  # fmt: skip
    schema = ObjectSchema(
        name=object.name, label=object.label, fields=tuple(fields), links=object.links,
        identity=_identity(object, seen), owner_field=object.owner, title=object.title, count=count, method=COUNTED,
    )  # fmt: skip
    return Described(schema, tuple(seen.users), tuple(findings))


class _Seen:
    """What went by: a profile for each field, the elements of lists, the users of a users' table."""

    def __init__(self, object: Object) -> None:
        self.rows = 0
        self.without_id = 0
        self.profiles = {key: Profile(key) for key in _keys(object)}
        self.elements = {each.key: Profile(each.key) for each in object.columns if each.kind == "multienum"}
        self.people = 0
        self.users: list[User] = []
        self._people = _people(object)

    def add(self, values: dict[str, str], id: str) -> None:
        self.rows += 1
        self.without_id += not id
        for key, value in values.items():
            self.profiles[key].add(value)
        for key, elements in self.elements.items():
            for value in split(values[key], JSON_LIST if values[key].startswith("[") else ","):
                elements.add(value)
        self.people += bool(self._people and id)
        if self._people and id and len(self.users) < USERS_MAX:
            name, email = self._people
            said = " ".join(filter(None, (values[key] for key in name)))
            self.users.append(User(id=id, name=said or values[email], email=values[email]))


def _field(object: Object, seen: _Seen, each: Column, position: int, *, known: bool) -> Field:
    standard = object.standards.get(each.name)
    profile = seen.profiles[each.key]
    kind = _kind(object, each, profile)
    if standard is not None and kind not in ("file", "user", "reference"):
        kind = standard.kind
    field = profile.field(
        kind=kind, position=position, custom=known and standard is None,
        required=standard is not None and standard.required,
    )  # fmt: skip
    target = object.targets.get(each.key) or (standard.target if standard else None)
    return msgspec.structs.replace(
        field, target=target if field.kind == "reference" or standard else None, **_reading(seen, each, field)
    )  # fmt: skip


def _kind(object: Object, each: Column, profile: Profile) -> Kind | None:
    """The kind by relation, key and type; None where the cells decide, as they may of SQLite's dates."""
    if each.key in object.users:
        return "user"
    if each.key in object.targets:
        return "reference"
    if each.name in object.table.key:
        return "text"
    if each.kind in _MOMENTS and profile.filled:
        guessed = profile.field().kind
        return guessed if guessed in _NUMBERS else each.kind
    return each.kind


def _reading(seen: _Seen, each: Column, field: Field) -> dict[str, object]:
    """How the column's texts are read, where the database's type says it better than they do."""
    if field.kind == "multienum" and each.key in seen.elements:
        listed = each.options or tuple(option.label for option in seen.elements[each.key].field(kind="enum").options)
        form = JSON_LIST if not each.options else ","
        return {"format": form, "options": tuple(Option(word, word) for word in listed)}
    if field.kind == "enum" and each.options:
        return {"options": tuple(Option(word, word) for word in each.options)}
    if field.kind in _NUMBERS and isinstance(each.type, types.Integer | types.Numeric):
        return {"format": field.format or "."}
    return {}


def _derived(seen: _Seen, each: Derived, position: int) -> Field:
    kind: Kind = "reference" if each.target else "text"
    field = seen.profiles[each.key].field(kind=kind, position=position, custom=False)
    return msgspec.structs.replace(field, target=each.target, readonly=True)


def _identity(object: Object, seen: _Seen) -> Identity:
    """An object without a key is known by its whole rows, and where cells are empty by the columns that never are."""
    if object.identity.id_field or not object.identity.natural:
        return object.identity
    filled = tuple(key for key in object.identity.natural[-1] if seen.profiles[key].filled == seen.rows)
    if not filled or filled == object.identity.natural[-1]:
        return object.identity
    return msgspec.structs.replace(object.identity, natural=(*object.identity.natural, filled))


def _findings(object: Object, seen: _Seen, count: int) -> list[Finding]:
    found: list[Finding] = []
    if seen.rows != count:
        found.append(_finding(object, "count-differs", "", f"COUNT(*) says {count}, and {seen.rows} rows were read; "
                              "others write meanwhile, so read again when it is quiet"))  # fmt: skip
    if object.table.key and seen.without_id:
        found.append(_finding(object, "missing-ids", "", f"{seen.without_id} rows have no {object.identity.id_field}"))
    if seen.people > USERS_MAX:
        found.append(_finding(object, "users-left-out", "", f"holds {seen.people} users, of whom the first {USERS_MAX} "
                              "are listed; match the owners among the others by hand"))  # fmt: skip
    if not object.table.key:
        found.append(_finding(object, "no-key", "", "has no key, so rows are known by all that they hold: a change "
                              "looks like a deletion and a new record"))  # fmt: skip
        found += [
            _finding(object, "files-left-out", each.key, "holds files, and without a key nobody can ask for one")
            for each in object.table.columns if each.file
        ]  # fmt: skip
    for key in deleted_marks(each.key for each in object.columns):
        words = {option.label for option in seen.profiles[key].field(kind="enum").options} - {"0", "false", ""}
        if words and seen.profiles[key].filled:
            found.append(_finding(object, "looks-deleted", key, "seems to mark deleted records; these are read like "
                                  "the others, so leave them out in the map if they are not to move"))  # fmt: skip
    return found


def _finding(object: Object, code: str, key: str, detail: str) -> Finding:
    place = f"{object.table.name}, column {key}" if key else object.table.name
    return Finding(code=code, object=object.name, where=place, detail=f"{place}: {detail}.")


def _left_out(object: Object, said: str) -> Finding:
    code, remedy = ("no-rights", "grant SELECT on it") if is_rights(said) else ("table-left-out", "ask who runs it")
    return Finding(
        code=code, object=object.name, where=object.table.name,
        detail=f"{object.table.name} is left out: {said} If it is wanted, {remedy} and discover again.",
    )  # fmt: skip


def _keys(object: Object) -> list[str]:
    return [*(each.key for each in object.columns), *(each.key for each in object.derived)]


def _people(object: Object) -> tuple[Sequence[str], str] | None:
    """The fields that name a user and hold the e-mail address, where the object is a table of users."""
    if not is_users(object.table):
        return None
    keys = {each.name: each.key for each in object.table.columns}
    name = title_of(object.table.place[1], list(keys))
    return [keys[each] for each in name], keys[email_of(object.table) or ""]
