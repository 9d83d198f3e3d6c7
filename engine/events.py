"""The catalogue: every event of a migration, and which of its fields are personal.

An event's `SEALED` fields are encrypted under the key of its subject before they are stored; everything else is open,
readable with plain SQL and all that the read models may use. Subjects are (object, key): a source record ("Contact",
"contact:17"), a piece of configuration ("Field", "deal/Lead Source") or nothing.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import msgspec

from adapters.protocols import Fields, Json, Schema


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every event's body. Field names are the stored names."""

    SEALED: ClassVar[frozenset[str]] = frozenset()


# --- the migration itself ----------------------------------------------------------------------------------------


class MigrationStarted(Body, frozen=True, kw_only=True):
    """A workspace was made: where from, where to."""

    source: str
    destination: str


class MigrationHeld(Body, frozen=True, kw_only=True):
    """Nothing is written until a person resumes."""

    reason: str


class MigrationResumed(Body, frozen=True, kw_only=True):
    """A person let the migration go on."""

    reason: str = ""


# --- the source --------------------------------------------------------------------------------------------------


class SourceDescribed(Body, frozen=True, kw_only=True):
    """What discovery saw at the source. Samples in `schema` are personal.

    `dialects`: how each file of an export is written, to which the next export is held.
    """

    SEALED = frozenset({"schema"})
    system: str
    fingerprint: str
    counts: dict[str, int]
    dialects: dict[str, Json] = {}
    schema: Schema | None = None


class SourceProbed(Body, frozen=True, kw_only=True):
    """What one way to read the source was found to be: an `adapters.protocols.Probed`.

    `skew_seconds`: how far the source's clock is ahead of ours, where it told its own.
    """

    method: str
    usable: bool
    steps: list[Json]
    objects: list[str] = []
    facts: dict[str, Json] = {}
    risks: list[str] = []
    skew_seconds: float | None = None


class MethodDecided(Body, frozen=True, kw_only=True):
    """How each object is read ("api", "bundle", "database", "workbook"; "none": not at all), and why, in words."""

    methods: dict[str, str]
    reasons: dict[str, str]


class ExtractionStarted(Body, frozen=True, kw_only=True):
    """A reading of the source began.

    `fingerprint` names the data, where it can be named. `mark`: the present by the source's own clock, where it has
    one; the next delta begins there. `since`: the mark that this one goes on from.
    """

    fingerprint: str
    mark: str = ""
    since: str = ""


class PageExtracted(Body, frozen=True, kw_only=True):
    """One page of an object was taken into the log, by the events before this one.

    `at` and `next`: its cursor and that of the page after it (None: the first, the last). `records`: how many it held.
    `seen`: their numbers ("1-500,620"). `since`: the mark after which changes were asked for; empty where the object is
    read whole. `shape`: a digest of the fields that were read. `findings`: what the reader noticed.
    """

    SEALED = frozenset({"findings"})
    object: str
    extraction: int
    at: str | None
    next: str | None
    records: int
    seen: str = ""
    since: str = ""
    shape: str = ""
    findings: list[Json] = []


class RecordExtracted(Body, frozen=True, kw_only=True):
    """A source record was seen for the first time, or with other content. Kept exactly as read.

    `number` orders the records of an object by first sight. `aliases` are keyed hashes of the keys by which it will
    be recognised again. `identity`: how it was recognised now ("id", "new", "natural", "rematch"). `files`: what was
    kept of the files that it names, by field: {"digest", "size", "name", "mime"}. `raw`: the record as an API gave it.
    `deleted`: the source gives the record and says that it is deleted; `merged`: into the record of this id.
    """

    SEALED = frozenset({"values", "files", "raw"})
    number: int
    fingerprint: str
    aliases: list[str]
    identity: str
    where: str
    deleted: bool = False
    merged: str = ""
    values: dict[str, str] = {}
    files: dict[str, Json] = {}
    raw: Json = None


class RecordVanished(Body, frozen=True, kw_only=True):
    """A record that was there is missing from a complete extraction: a proposal, not a deletion.

    `told`: the source itself says that it is deleted; `merged`: into the record of this id.
    """

    extraction: int
    told: bool = False
    merged: str = ""


class ExtractionFinished(Body, frozen=True, kw_only=True):
    """A reading of the whole source ended. Counts by object; `findings` are what the reader noticed."""

    SEALED = frozenset({"findings"})
    extraction: int
    fingerprint: str
    counts: dict[str, int]
    created: dict[str, int]
    changed: dict[str, int]
    vanished: dict[str, int]
    mark: str = ""
    findings: list[Json] = []


# --- decisions ---------------------------------------------------------------------------------------------------


class MapProposed(Body, frozen=True, kw_only=True):
    """A field map was proposed and written to the workspace."""

    SEALED = frozenset({"text"})
    digest: str
    text: str = ""


class MapConfirmed(Body, frozen=True, kw_only=True):
    """A person confirmed the field map: from here on this version decides."""

    SEALED = frozenset({"text"})
    version: int
    digest: str
    reason: str = ""
    text: str = ""


class ReviewOpened(Body, frozen=True, kw_only=True):
    """Something that a person must decide, or should know. `blocking`: what it names waits for the answer."""

    SEALED = frozenset({"question", "choices"})
    review: str
    kind: str
    blocking: bool
    proposed: str = ""
    question: str = ""
    choices: list[str] = []


class ReviewResolved(Body, frozen=True, kw_only=True):
    """A person (or a policy, named as the actor) answered a review item. Choices may name people: they are sealed."""

    SEALED = frozenset({"choice", "reason"})
    review: str
    choice: str = ""
    reason: str = ""


class ReviewWithdrawn(Body, frozen=True, kw_only=True):
    """The question no longer arises."""

    review: str


class GateApproved(Body, frozen=True, kw_only=True):
    """A person approved what `digest` stands for; void when that changes."""

    gate: Literal["data", "configuration", "sample", "map"]
    digest: str
    target: str
    reason: str = ""


class SpotChecked(Body, frozen=True, kw_only=True):
    """A person held a moved record against the one that it was made from. `note`: what that person found."""

    SEALED = frozenset({"note"})
    target: str
    verdict: Literal["pass", "fail"]
    note: str = ""


class EstimateMade(Body, frozen=True, kw_only=True):
    """The migration was appraised, as things stood: see `engine.appraise.Estimate`. `parts`: the letter of each.

    What has no number is None or empty, for the reason in `by_hand`. weeks: least, most. estimated: some counts are.
    """

    target: str
    grade: str
    parts: dict[str, str]
    one_to_one: int
    objects: int
    records: int | None = None
    estimated: bool = False
    unit: str = ""
    total: float | None = None
    seconds: float | None = None
    weeks: list[int] = []
    price: float | None = None
    currency: str = ""
    by_hand: str = ""


class RebuildDeclared(Body, frozen=True, kw_only=True):
    """A person told of what must be built again and the source does not show. `of`: its kind; `about`: its object."""

    SEALED = frozenset({"name", "about", "does"})
    declaration: str
    of: str
    name: str = ""
    about: str = ""
    does: str = ""


class RebuildWithdrawn(Body, frozen=True, kw_only=True):
    """What was declared is no longer to be built again."""

    SEALED = frozenset({"reason"})
    declaration: str
    reason: str = ""


class InventoryTaken(Body, frozen=True, kw_only=True):
    """What does not move was listed: `engine.inventory.Entry`s, which may name people; `counts` by how it is known."""

    SEALED = frozenset({"entries"})
    target: str
    digest: str
    counts: dict[str, int]
    entries: list[Json] = []


# --- the destination ---------------------------------------------------------------------------------------------


class DestinationDescribed(Body, frozen=True, kw_only=True):
    """What a destination account holds by way of fields, users, pipelines."""

    SEALED = frozenset({"schema"})
    target: str
    system: str
    account: str
    schema: Schema | None = None


class WriteIntended(Body, frozen=True, kw_only=True):
    """One unsafe request is about to be sent.

    `fields` are the values sent; `whole` all values of ours that the record has after it; `before` the destination's
    own values of the fields that an update changes (the before-image). `refs` are the links that `whole` was bound
    with, as "entity/object/key" → id. `undoes`: the position that a compensation goes back to. `partial`: the source
    record is not whole with this write, more are to come. `epoch`: under which it was recorded. `fields_hash`: the
    keyed hash of `fields`, which outlives an erasure. A delete of the subject ("Copy", "entity/id") takes a second copy
    of the causing write away.
    """

    SEALED = frozenset({"fields", "whole", "before"})
    target: str
    entity: str
    action: Literal["create", "update", "delete"]
    id: str = ""
    part: str = ""
    attempt: int = 1
    mark: str = ""
    map_version: int = 0
    run: int = 0
    epoch: int = 0
    undoes: int | None = None
    partial: bool = False
    fields_hash: str = ""
    whole_hash: str = ""
    refs: dict[str, str] = {}
    fields: Fields = {}
    whole: Fields = {}
    before: Fields = {}


class WriteApplied(Body, frozen=True, kw_only=True):
    """The write of the causing intent was applied: the server said so, or the record was found to carry our key.

    `answer` is the server's whole answer; `values` are the record's values in canonical form as far as the answers to
    all our writes have shown them. `request` is what was sent, without credentials. `how`: "answered", "found"
    (settled after a lost answer), "late" (found by a sweep after it had been proven absent), "gone" (a delete of what
    was gone) or "adopted" (it was there before us).
    """

    SEALED = frozenset({"answer", "values", "request"})
    target: str
    entity: str
    action: Literal["create", "update", "delete", "adopt"]
    id: str
    intent: int
    part: str = ""
    how: Literal["answered", "found", "late", "gone", "adopted"] = "answered"
    map_version: int = 0
    whole_hash: str = ""
    undoes: int | None = None
    partial: bool = False
    children: dict[str, str] = {}
    request: Json = None
    answer: Json = None
    values: Fields = {}


class WriteRejected(Body, frozen=True, kw_only=True):
    """The destination refused the write for good, in its own words.

    `wanted_hash`: the keyed hash of all that the record was to hold; the write is not tried again while that is wanted.
    """

    SEALED = frozenset({"message", "request"})
    target: str
    entity: str
    intent: int
    wanted_hash: str = ""
    status: int
    code: str = ""
    undoes: int | None = None
    message: str = ""
    request: Json = None


class WriteAbsent(Body, frozen=True, kw_only=True):
    """A write was not applied: it may be sent again, as a new intent.

    `how`: "unsent" (it certainly did not arrive, or was turned away for now), "waited" (in doubt, looked for, and
    looked for once more after the bounds), "changed" (the same, but the record is not as it was before the write, so
    that it must be merged anew) or "erased" (nobody may look); "" in logs of before there was this. `waited`: seconds
    from the last moment at which the request may have left to the last look. `settle`, `visible`: the bounds that were
    used, `measured` the position of the event that has them (0: their floors).
    """

    target: str
    entity: str
    intent: int
    action: Literal["", "create", "update", "delete"] = ""
    how: Literal["", "unsent", "waited", "changed", "erased"] = ""
    waited: float = 0.0
    settle: float = 0.0
    visible: float = 0.0
    measured: int = 0


class BoundsMeasured(Body, frozen=True, kw_only=True):
    """How long this account takes to show what was written, as seen so far; see `engine.bounds`.

    `settle`, `visible`: the bounds that follow, in seconds. `slowest_answer`: to a write, of all that were ever seen.
    `slowest_witness`: from the answer to a create until it was found, likewise. `probes`: what was measured just now,
    by entity. `unseen`: entities whose witness had not shown an acknowledged create when patience ended.
    """

    run: int
    target: str
    settle: float
    visible: float
    slowest_answer: float
    slowest_witness: float
    probes: dict[str, float] = {}
    unseen: list[str] = []


class SweepFinished(Body, frozen=True, kw_only=True):
    """All records of an entity that carry our key were compared with the log; see `engine.sweep`.

    `since`, `until`: the positions of the doubts that it covers. `read`: records listed; `ours`: those that carry our
    key. By id: `late`, adopted; `copies`, taken away; `held`, for review.
    """

    run: int
    target: str
    entity: str
    since: int
    until: int
    read: int
    ours: int
    late: list[str] = []
    copies: list[str] = []
    held: list[str] = []


class SubjectSettled(Body, frozen=True, kw_only=True):
    """What became of a record without a write: unchanged, skipped (by whose decision) or held (by which review)."""

    target: str
    disposition: Literal["unchanged", "skipped", "held"]
    reason: str
    review: str = ""
    survivor: str = ""


# --- runs --------------------------------------------------------------------------------------------------------


class RunStarted(Body, frozen=True, kw_only=True):
    """A run, sample, sync, rewind or rollback began."""

    verb: str
    target: str
    map_version: int
    to: int | None = None


class PhaseReported(Body, frozen=True, kw_only=True):
    """The row counts of one phase, read back from the destination, before the next phase begins.

    `written` and `found` count what was written after `since`; `explained` of the rest are lost with a person's word.
    """

    run: int
    target: str
    entity: str
    read: int
    written: int
    unchanged: int
    skipped: int
    held: int
    rejected: int
    found: int
    explained: int = 0
    since: int = 0
    tokens: int


class RunFinished(Body, frozen=True, kw_only=True):
    """A run ended.

    outcome: "done", "gate" (a person must decide), "budget" or "unreachable". left: what the account's daily budget had
    left then, where it says so.
    """

    run: int
    verb: str
    target: str
    outcome: str
    tokens: int
    left: int | None = None
    detail: dict[str, Any] = {}


CATALOGUE: Mapping[str, type[Body]] = {
    c.__name__: c
    for c in (
        MigrationStarted, MigrationHeld, MigrationResumed, SourceProbed, MethodDecided, SourceDescribed,
        ExtractionStarted, RecordExtracted, PageExtracted, RecordVanished, ExtractionFinished, MapProposed,
        MapConfirmed, ReviewOpened, ReviewResolved, ReviewWithdrawn, GateApproved, SpotChecked, EstimateMade,
        RebuildDeclared, RebuildWithdrawn, InventoryTaken, DestinationDescribed,
        WriteIntended, WriteApplied, WriteRejected, WriteAbsent, BoundsMeasured, SweepFinished, SubjectSettled,
        RunStarted, PhaseReported, RunFinished,
    )
}  # fmt: skip
"""Every kind of event by its stored name."""
