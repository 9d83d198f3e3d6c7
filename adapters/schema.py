"""Schemas: what a system holds, its objects and their fields, and what an adapter noticed while looking."""

from functools import cached_property
from typing import Literal

import msgspec

from adapters.wire import Json

Kind = Literal[
    "text", "longtext", "html", "number", "money", "percent", "date", "datetime", "time", "duration", "boolean",
    "enum", "multienum", "email", "phone", "url", "address", "user", "reference", "block", "file",
]  # fmt: skip


class Option(msgspec.Struct, frozen=True):
    """One value of a pick-list."""

    id: str
    label: str


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of an object, at a source or a destination.

    `many`: the value is a list. `target`: the object a reference names. `custom`: not in the system's standard schema.
    `detail` (destinations): left out of lists; `Destination.fetch` reads it when it is asked for by its key.
    `alternative` (destinations): of the fields of one object with the same word here, a record takes one, the first in
    the schema's order. `requires`: the field without which this one cannot be held. `computed` (destinations): the
    entity whose records, where any point at this one, make the server work out the value by itself.
    `format` (sources): how the column writes its values, for `adapters.sources.values.parse`: a strptime pattern for
    dates, "." or "," for decimals, the separator of a multi-value cell, "json" where such a cell is a JSON list of
    texts. `calculated` (sources): the source works the value out by itself; it can move as a value only. `samples`,
    `filled`, `distinct` (sources) are what discovery saw: at most 5 samples, the count of non-empty cells, the count of
    different ones.
    """

    key: str
    label: str
    kind: Kind
    custom: bool = False
    required: bool = False
    readonly: bool = False
    many: bool = False
    detail: bool = False
    calculated: bool = False
    alternative: str = ""
    requires: str = ""
    computed: str = ""
    target: str | None = None
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    format: str | None = None
    samples: tuple[str, ...] = ()
    filled: int = 0
    distinct: int = 0
    position: int = 0


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """How a source record names another: by id, else by exact folded name, else not at all.

    `name` is the relation's own name ("company"). `to` is the object named, or several where `type_field` says which.
    `id_field` and `name_field` are columns of the naming record. `within` is the name of another link of the same
    record: a name that fits several is resolved inside what that link resolved to (the contact at the deal's company).
    `many`: the column names several, as a JSON list of ids or names; the first of them counts most.
    """

    name: str
    to: tuple[str, ...]
    id_field: str | None = None
    name_field: str | None = None
    type_field: str | None = None
    within: str | None = None
    many: bool = False


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """How a source record is recognised from one extraction to the next.

    `id_field`: a real id column. Else `natural`: key recipes, the first whose fields are all filled wins. What is left
    over on both sides is matched again by `rematch`, one to one or not at all: an identity change. A field written
    `@company` stands for what the link `company` resolved to.
    """

    id_field: str | None = None
    natural: tuple[tuple[str, ...], ...] = ()
    rematch: tuple[tuple[str, ...], ...] = ()


class ObjectSchema(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One object of a source, or one entity of a destination.

    Sources use `identity`, `links`, `owner_field`, `title` (the fields that make up a record's name), `count`
    (records, None when unknown), `estimated` (that is not exact), `method` (how it was counted) and `incremental`
    (`Source.read` heeds its mark, and the source tells of deletions: see `Incremental`; without it each extraction is a
    full snapshot). Destinations use `custom_fields` (whether the entity takes any), `block` (the key of the field that
    takes labelled lines where it does not), `creatable`.
    """

    name: str
    label: str
    fields: tuple[Field, ...]
    identity: Identity = Identity()
    links: tuple[Link, ...] = ()
    owner_field: str | None = None
    title: tuple[str, ...] = ()
    count: int | None = None
    method: str = ""
    estimated: bool = False
    incremental: bool = False
    custom_fields: bool = False
    block: str | None = None
    creatable: bool = True

    def field(self, key: str) -> Field | None:
        """The field of that key, or None."""
        return self._by_key.get(key)

    @property
    def amount(self) -> str:
        """How many records there are, in words: "12", "about 1200", nothing where nobody knows."""
        return "" if self.count is None else f"{'about ' if self.estimated else ''}{self.count}"

    @cached_property
    def _by_key(self) -> dict[str, Field]:
        return {field.key: field for field in reversed(self.fields)}


class User(msgspec.Struct, frozen=True):
    """A user of the account: who may own a record."""

    id: str
    name: str
    email: str
    active: bool = True


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person should know about what was read: a line that is no record, a repaired cell, a doubtful value.

    `code` is a stable word ("blank-line", "totals-line", "mojibake"); `where` is a file and line or a field; `detail`
    a sentence. `object` and `key` name the record where there is one.
    """

    code: str
    detail: str
    object: str = ""
    key: str = ""
    where: str = ""


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a system cannot do, and what is done instead, as sentences. Said before anything moves.

    action: "create" (an administrator makes it by a checklist that is read back; with a `field`: its options), "delete"
    (it stays after a rollback, and is listed), "upload", "date" (`field` cannot be set), "author", "arrange" (how
    things look is left to people), "plan" (the plan, which is named, has it switched off); a source: "export".
    """

    action: Literal["create", "delete", "upload", "date", "author", "arrange", "plan", "export"]
    entity: str
    field: str = ""
    what: str
    instead: str


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """A limit of the account's plan.

    code: "custom-fields", "open-records", "contacts". entities: what counts against it; of records only those whose
    `status`, where they have one, is "open". used: None where nobody knows. source: of the figure, with its date.
    """

    code: str
    entities: tuple[str, ...]
    limit: int
    used: int | None
    plan: str
    source: str


class Schema(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What a system holds: its objects, its users, and what the adapter noticed while looking.

    `fingerprint` names the very data that was described (a digest of the export's files); empty for a live API.
    Destinations: `account` holds plain facts, e.g. {"company": ..., "plan": ..., "currency": "USD", "pipelines":
    [{"id", "label", "stages": [{"id", "label", "probability"}]}]}; `caps` what the plan limits. `lacks`: what the API
    cannot do.
    """

    system: str
    objects: tuple[ObjectSchema, ...]
    users: tuple[User, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    account: dict[str, Json] = {}
    lacks: tuple[Lack, ...] = ()
    caps: tuple[Cap, ...] = ()

    def object(self, name: str) -> ObjectSchema | None:
        """The object of that name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, ObjectSchema]:
        return {found.name: found for found in reversed(self.objects)}
