"""The protocols: what an adapter author reads.

An adapter never does I/O. Each of its methods is a *flow*: a generator that yields a `Request`, is sent the
`Response` and returns its result. `adapters.driver` drives flows over HTTP, a test drives them by hand, and a
sandbox answers them in memory. Files are read through the same `Page`, by flows that yield nothing.

Values in a destination record are *canonical*, one form for every destination, so that the engine can compare
what it asked for with what it reads back:

    text str · number int or float · money {"value", "currency"} · boolean bool · date "2025-03-14" · datetime
    "2025-03-14T09:00:00Z" (UTC, whole seconds) · time "09:15" · duration "00:05" (hours:minutes) · option id str ·
    options list of ids · reference id str (list where `many`) · emails, phones [{"value", "label", "primary"}] ·
    address {"value", ...parts} · block {label: text} · file {"digest", "name", "size", "mime"}

A value of `None` asks for the field to be emptied. Ids are strings on this side of an adapter, whatever the wire says.
A key that is missing from the values of a record that was read cannot be read there.
"""

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Literal, Protocol, runtime_checkable

import msgspec

from adapters.schema import (
    Cap as Cap,
    Field as Field,
    Finding as Finding,
    Identity as Identity,
    Kind as Kind,
    Lack as Lack,
    Link as Link,
    ObjectSchema as ObjectSchema,
    Option as Option,
    Schema as Schema,
    User as User,
)
from adapters.wire import (
    AdapterError as AdapterError,
    BudgetSpentError as BudgetSpentError,
    CredentialsError as CredentialsError,
    Done as Done,
    Encoding as Encoding,
    Flow as Flow,
    InDoubtError as InDoubtError,
    Json as Json,
    Refused as Refused,
    RefusedError as RefusedError,
    Request as Request,
    Response as Response,
    StaleError as StaleError,
    Unknown as Unknown,
    UnreachableError as UnreachableError,
    Upload as Upload,
    Verdict as Verdict,
    Wait as Wait,
)

Fields = dict[str, Json]
"""Canonical values by field key."""


# --- reading -----------------------------------------------------------------------------------------------------


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record as read. Source: text by field key, `where` it stood. Destination: canonical values.

    Source: `raw` is the record as an API gave it, where `values` are not all of that. `deleted`: the source still gives
    the record, or its id, and says that it is deleted. `merged`: then, the id of the record that it was merged into.
    """

    values: Fields
    id: str = ""
    where: str = ""
    raw: Json = None
    deleted: bool = False
    merged: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some records and the cursor of the next page (None at the end)."""

    records: tuple[Record, ...]
    next: str | None = None
    findings: tuple[Finding, ...] = ()


class Source(Protocol):
    """A system that records are read from. There is no method that writes."""

    def schema(self) -> Flow[Schema]:
        """Objects, fields, types, options, links; raises `UnreadableError` (adapters.sources) for bad input."""
        ...

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page of an object: all of it, or what changed since a mark, from a cursor on.

        A cursor outlives the process: it is stored, and the next run goes on with it. The same record may come twice.
        """
        ...


@runtime_checkable
class Closing(Protocol):
    """The power of a source that holds something open between its pages: a file, a query."""

    def close(self) -> None:
        """Let go of it."""
        ...


class RemoteSource(Source, Protocol):
    """A source with a network: what the driver must know of it besides."""

    unit: str

    def price(self, request: Request) -> int:
        """What a request costs, in `unit` (calls, where the source names none)."""
        ...

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request. A login page with status 200 is no answer."""
        ...


@runtime_checkable
class Incremental(Protocol):
    """The power of a source to give what changed since a mark, of its objects that are `incremental`."""

    def mark(self) -> Flow[str]:
        """The present by the source's own clock, RFC 3339 UTC: what the next delta is given as `since`.

        Asked once, before anything is read. It is the adapter that reads from some time before `since` on, as much as
        its source needs (records that were stamped earlier and committed later); the engine drops what it has already.
        """
        ...

    def deleted(self, object: str, since: str, at: str | None) -> Flow[Page]:
        """One page of the records deleted since a mark: id, `deleted`, `merged`; no values.

        Raises `GapError` (adapters.sources) where the source no longer knows: the object is then read whole.
        """
        ...


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a probe: what was asked ("GET /api/v1/clients"), what was found, in words, and whether it serves.

    object: the object that it is about, where it is about one.
    """

    asked: str
    found: str
    serves: bool
    object: str = ""


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe found out about one way to read a source.

    method: the way. usable: whether anything can be read by it. objects: those that can, by name. facts: what was
    learned, as plain JSON: "authentication", "paging" (by object), "limits", "incremental", "deletions", "files",
    "version", "date" (the server's Date header, RFC 3339), whatever was found of these. risks: what may be incomplete,
    as sentences.
    """

    method: Literal["api", "bundle", "database", "workbook"]
    usable: bool
    steps: tuple[Step, ...]
    objects: tuple[str, ...] = ()
    facts: dict[str, Json] = {}
    risks: tuple[str, ...] = ()


@runtime_checkable
class Probing(Protocol):
    """The power of a source to find out, by reading alone, what it can be asked."""

    def probe(self) -> Flow[Probed]:
        """Ask step by step. Raises nothing for what is not there: that is a finding."""
        ...


@runtime_checkable
class Attachments(Protocol):
    """The power of a source to hand out the files that its records name, in fields of the kind "file"."""

    def open(self, reference: str) -> BinaryIO:
        """The content of a file. Raises FileNotFoundError where the source has it not; its text says why."""
        ...


@runtime_checkable
class Downloads(Protocol):
    """The same power over a network: the answer to the last request of the flow is the file."""

    def download(self, reference: str) -> Flow[Response]:
        """Ask for a file by a request with `Request.save`.

        Raises FileNotFoundError where the source has it not, or it lies where our credentials must not go; its text
        says why.
        """
        ...


# --- writing -----------------------------------------------------------------------------------------------------


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What the destination made of one write: its whole answer (JSON, as it came), and in canonical form.

    `children` are the ids of what came with it: the options of a new field, the stages of a new pipeline, by label.
    """

    id: str
    answer: Json
    values: Fields = {}
    children: dict[str, str] = {}


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A write that may have happened: what `Destination.find` looks for.

    `mark` is the correlation key that the write carried (empty where nothing can carry one). `at` is when the intent
    was recorded, RFC 3339 UTC. `fields` are the canonical values that were to be written, `before` those that the
    record had (of an update).
    """

    action: Literal["create", "update", "delete"]
    entity: str
    id: str = ""
    mark: str = ""
    at: str = ""
    fields: Fields = {}
    before: Fields = {}


Copies = list[Applied]
"""What a `find` found."""


class Destination(Protocol):
    """A system that records are written to, and read back from.

    Entities are the destination's objects by their schema name. Besides record entities there are entities of
    configuration: "field" {entity, label, kind, options: [labels]}, "options" {entity, field, labels} (adds labels to
    an existing pick-list), "pipeline" {label}, "stage" {label, pipeline, probability}, "activity_type" {label}.
    They are created and deleted like any record; their `children` carry the ids made with them. An id of options is
    "entity/field/option,option", each option percent-encoded.

    A record's correlation key: where an entity takes custom fields, the engine prepares a text field for it and the key
    is that field's value. Where it takes none, the key travels as `mark` in `fields`, and the adapter writes it as a
    visible last line of the record's text, reads it back as `mark`, and leaves it out of the text's own value. Labelled
    lines for which there is no field travel likewise, as a dict under the key that `ObjectSchema.block` names.
    """

    name: str
    unit: str
    entity_order: tuple[str, ...]
    """Every entity, configuration first, in the order of a load: what is pointed at before what points at it."""
    rollback_order: tuple[str, ...]
    """Every entity in the order in which writes are taken back."""

    def schema(self) -> Flow[Schema]:
        """The account as it is now."""
        ...

    def prepare(self, entity: str, keys: Iterable[str]) -> Flow[None]:
        """Learn what writing these fields needs to know; run once, before many such writes go out side by side."""
        ...

    def companions(self, entity: str, keys: Iterable[str]) -> frozenset[str]:
        """The fields that travel along when these are updated; an `update` that is not given them reads them first.

        So do those that such an update changes by itself and that `step` writes apart: they are put back afterwards.
        """
        ...

    def step(self, entity: str, before: Fields | None, fields: Fields) -> Fields:
        """What the next request writes of `fields`: all of it where one request is enough, else the first part.

        `before`: the values of these fields that the record has; None when it is to be created. A lead that must be
        archived is first created without `is_archived`; a list that takes one request an item grows by one item. Pure.
        """
        ...

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        """Create one record with the fields of a `step`: one unsafe request."""
        ...

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        """Change fields of one record by a `step`: one unsafe request.

        `before`: the values, as read right before, of these fields and of their companions; what is not given is read
        first. Raises StaleError where the API tells that the record has changed since.
        """
        ...

    def delete(self, entity: str, id: str) -> Flow[Applied]:
        """Delete one record: one unsafe request. A record that is gone already is a success."""
        ...

    def fetch(self, entity: str, ids: list[str], keys: Iterable[str] = ()) -> Flow[dict[str, Record]]:
        """The live records among `ids`, as cheaply as the API allows; deleted and unknown ones are missing.

        `keys`: of the fields that lists leave out (`Field.detail`), those that are wanted all the same.
        """
        ...

    def list(self, entity: str, at: str | None) -> Flow[Page]:
        """One page of all live records of an entity."""
        ...

    def find(self, intent: Intent) -> Flow[Copies]:
        """All live copies of what the intent may have made, by a strongly consistent read. Empty: not there now."""
        ...

    def same(self, entity: str, key: str, ours: Json, theirs: Json) -> bool:
        """Whether a value read back is the value we wrote, as the destination spells it."""
        ...

    def price(self, request: Request) -> int:
        """What a request costs, in `unit`."""
        ...

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request."""
        ...


@runtime_checkable
class Batches(Protocol):
    """The power to create several records with one unsafe request: an intent each, one answer for all."""

    def together(self, entity: str, several: Sequence[Fields]) -> list[list[int]]:
        """Which of these creates share a request: groups of their indexes, each index in exactly one group."""
        ...

    def create_many(self, entity: str, several: Sequence[Fields]) -> Flow[list[Applied]]:
        """Create the records of one group, in their order: one unsafe request. Refused: none of them was created."""
        ...
