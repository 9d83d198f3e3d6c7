"""A vendor's API as a table: what a new vendor has to fill in. Data and small pure functions, no classes to inherit.

A *place* is where a value stands in a JSON object: keys joined by dots ("related.id"). Field keys are labels, those of
the vendor's CSV export where it has the same column, so that one map serves both ways.
"""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from adapters.protocols import Field, Identity, Json, Kind, Lack, Link, User
from adapters.sources.standard import Standard

ISO = "%Y-%m-%dT%H:%M:%S%z"
"""`Field.format` of times with their own zone."""

Style = Literal["single", "auto", "page", "offset", "cursor", "next", "link"]
"""How an API pages: not at all; as the answers show; by number; by rows to skip; by a mark; by an address in the
answer's body; by an address in its Link header."""

Convert = Literal["", "epoch", "epoch-ms", "cents", "unescape", "list", "file"]
"""What is done to a value: seconds or milliseconds since 1970 to RFC 3339, hundredths to a decimal, HTML entities to
characters, a list to a JSON list of texts, an address of a file to a reference."""


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """How to ask for the next page.

    parameter: that of the page's number, of the rows to skip, of the mark. first: the first page's number. size: rows
    asked for, by size_parameter; nothing where the parameter is empty. query: of the first request, where the next ones
    are given as addresses. at: the place of the mark or of the address in an answer. last: of the number of the last
    page, whatever it is called; offset: of whether there is more.
    """

    style: Style
    parameter: str = ""
    first: int = 1
    size_parameter: str = ""
    size: int = 100
    query: dict[str, str] = {}
    at: str = ""
    last: str = ""
    more: str = ""


class Learned:
    """What the lookups told, by the time that records are read: users, stages, the account. Filled by `schema`."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.stages: dict[str, str] = {}
        self.pipelines: dict[str, str] = {}
        self.account: dict[str, Json] = {}
        self.custom: dict[str, tuple[Column, ...]] = {}

    def user(self, email_or_name: str) -> str:
        """The id of the user with that e-mail address or name; the text itself where there is none, or several."""
        wanted = email_or_name.strip().casefold()
        found = [u.id for u in self.users.values() if wanted and wanted in (u.email.casefold(), u.name.casefold())]
        return found[0] if len(found) == 1 else email_or_name


Remark = tuple[str, str]
"""A finding's code and its sentence."""
Work = Callable[[dict[str, Json], Learned], str]
"""Works a field out from the whole record: its text."""
Check = Callable[[dict[str, Json], Learned], Iterable[Remark]]
"""Looks at a whole record for what a person should know."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One field: its label, its kind, and where its value stands. `work` makes the text instead of a place.

    format: see `Field`. needs: the places that `work` reads, so that they are not taken for unknown fields.
    """

    label: str
    kind: Kind = "text"
    at: str = ""
    convert: Convert = ""
    format: str | None = None
    target: str | None = None
    options: tuple[str, ...] = ()
    custom: bool = False
    calculated: bool = False
    work: Work | None = None
    needs: tuple[str, ...] = ()
    key: str = ""

    def field(self, position: int) -> Field:
        """The field without what only a survey can tell."""
        return Field(
            key=self.key or self.label, label=self.label, kind=self.kind, custom=self.custom, target=self.target,
            calculated=self.calculated, many=self.convert == "list", format=self.written, position=position,
        )  # fmt: skip

    @property
    def written(self) -> str | None:
        """`Field.format`: what the column says, else what its kind is written like in JSON."""
        if self.format is not None or self.kind == "datetime":
            return self.format or ISO
        if self.convert == "list":
            return "json"
        return "%Y-%m-%d" if self.kind == "date" else "." if self.kind in ("number", "money", "percent") else None


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """How a CSV export fills in what the API keeps back of an object.

    object: the export's name of it, where it has another. where: the column that tells the object, where a file holds
    several (see `Endpoint.only`). keys: recipes of field keys; the first that is filled on both sides matches.
    texts: the fields that the API cuts. rework: the row's cells by label to the object's values by field key.
    """

    keys: tuple[tuple[str, ...], ...]
    object: str = ""
    where: str = ""
    texts: tuple[str, ...] = ()
    rework: Callable[[dict[str, str], Learned], dict[str, str]] | None = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One object and where its records are.

    path: below the table's base. rows: the place of the list in an answer; "" where the answer is the list. total: the
    place of the number of all rows. deleted, merged: places that are filled in a record that is deleted, or merged into
    the one named. only: a place and the words that a record must have there, where one path gives several objects; with
    `others`, the words it must not have. custom, custom_at: the name by which described custom fields know the object,
    and the place of their values. ignored: places that are no fields. automations: the key of the field that names the
    automation that made a record: those that are seen go into the account's inventory. fills: how an export fills in.
    """

    object: str
    label: str
    path: str
    rows: str
    paging: Paging
    columns: tuple[Column, ...]
    id: str = "id"
    id_label: str = "ID"
    total: str = ""
    identity: Identity = Identity()
    links: tuple[Link, ...] = ()
    owner: str | None = None
    title: tuple[str, ...] = ()
    deleted: str = ""
    merged: str = ""
    only: tuple[str, tuple[str, ...]] | None = None
    others: bool = False
    custom: str = ""
    custom_at: str = ""
    ignored: tuple[str, ...] = ()
    automations: str = ""
    check: Check | None = None
    fills: Fill | None = None

    def wants(self, record: dict[str, Json]) -> bool:
        """Whether a row of the path is a record of this object."""
        if self.only is None:
            return True
        place, words = self.only
        return (str(record.get(place) or "").strip().lower() in words) is not self.others


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """An object that the API has not: a record for each different text in a field of other objects.

    of: (object, field) pairs, read in this order. The id is "prefix:" and the folded text.
    """

    object: str
    label: str
    prefix: str
    of: tuple[tuple[str, str], ...]


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """A list that explains others (users, stages, the account), read whole before the records."""

    path: str
    learn: Callable[[Json, Learned], None]


class Customs(msgspec.Struct, frozen=True, kw_only=True):
    """Custom fields that an API describes: where, and what its words for kinds mean.

    object, key, label, type, options, target: the names of these in a description. kinds: kind and conversion by type;
    a type that is not there is text. targets: our objects by the API's words; `lookup` is the prefix of a type that
    names its target ("lookup_contact").
    """

    path: str
    kinds: dict[str, tuple[Kind, Convert]]
    targets: dict[str, str] = {}
    lookup: str = ""


class CustomObjects(msgspec.Struct, frozen=True, kw_only=True):
    """Custom objects that an API describes: the path of their schemas, and that of the records, with {key} in it."""

    path: str
    records: str
    kinds: dict[str, tuple[Kind, Convert]]
    targets: dict[str, str] = {}


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor. base: the path under which all others lie. bases: where the probe looks for it, best first.

    me: the path that tells who we are. extra: paths that the probe asks for besides. standards: the CSV export's
    objects. lacks: what cannot be had.
    """

    system: str
    label: str
    base: str
    endpoints: tuple[Endpoint, ...]
    bases: tuple[str, ...] = ()
    me: str = "me"
    extra: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    customs: Customs | None = None
    objects: CustomObjects | None = None
    derived: tuple[Derived, ...] = ()
    standards: tuple[Standard, ...] = ()
    lacks: tuple[Lack, ...] = ()


def place(value: Json, at: str) -> Json:
    """The value at a place; None where there is none. A key that itself has a dot is found, too."""
    if not at:
        return value
    if not isinstance(value, dict):
        return None
    if at in value:
        return value[at]
    head, dot, rest = at.partition(".")
    return place(value.get(head), rest) if dot else None
