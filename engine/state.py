"""The fold: read models made from the log in the transaction of each append, and rebuilt from it at will."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

from engine import tables as t
from engine.optionids import option_ids
from engine.rows import Row, Rows, SqlRows, Where, having
from engine.tables import TABLES
from eventstore.codec import Recorded


class StateFold:
    """Folds every event of a migration into the tables of `engine.tables`."""

    name = "state"
    version = 5
    tables: Sequence[Table] = TABLES

    def apply(self, connection: Connection, migration: str, events: Sequence[Recorded]) -> None:
        """Fold a batch, in order."""
        fold(SqlRows(connection, migration), events)


def fold(rows: Rows, events: Sequence[Recorded]) -> None:
    """Fold events, in order, into the rows of their migration."""
    for event in events:
        handler = _HANDLERS.get(event.kind)
        if handler:
            handler(_Context(rows, event), event.data())


class _Context:
    """One event being folded."""

    def __init__(self, rows: Rows, event: Recorded) -> None:
        self.rows = rows
        self.event = event

    @property
    def position(self) -> int:
        return self.event.position

    @property
    def subject(self) -> dict[str, str]:
        return {"object": self.event.object or "", "key": self.event.key or ""}

    @property
    def about(self) -> tuple[Where, Where]:
        """The rows of the subject."""
        return Where("object", "is", self.event.object), Where("key", "is", self.event.key)

    def put(self, table: Table, **row: Any) -> None:
        self.rows.put(table, row)

    def fact(self, name: str, value: Any) -> None:
        self.put(t.facts, name=name, value=msgspec.json.encode(value).decode(), position=self.position)

    def settle(self, intent: int) -> None:
        self.rows.remove(t.intents, Where("position", "is", intent))

    def dispose(self, target: str, disposition: str, *, review: str = "", reason: str = "") -> None:
        self.put(
            t.dispositions,
            target=target,
            disposition=disposition,
            position=self.position,
            review=review,
            reason=reason,
            **self.subject,
        )


def _extracted(ctx: _Context, data: Row) -> None:
    known = ctx.rows.first(t.records, *ctx.about)
    ctx.put(
        t.records,
        number=data["number"],
        first=known["first"] if known else ctx.position,
        position=ctx.position,
        fingerprint=data["fingerprint"],
        vanished=ctx.position if data.get("deleted") else None,
        seen=0,
        told=bool(data.get("deleted")),
        merged=data.get("merged", ""),
        **ctx.subject,
    )
    if known is not None:
        ctx.rows.remove(t.aliases, *ctx.about)
    rows = [{**ctx.subject, "alias": a} for a in dict.fromkeys(data["aliases"])]
    if rows:
        ctx.rows.add(t.aliases, rows)


def _vanished(ctx: _Context, data: Row) -> None:
    gone = {"vanished": ctx.position, "told": bool(data.get("told")), "merged": data.get("merged", "")}
    ctx.rows.change(t.records, gone, *ctx.about)


def _page(ctx: _Context, data: Row) -> None:
    """The records of a page were seen; where the reading goes on is a fact of the object."""
    for first, last in spans(data.get("seen", "")):
        here = Where("number", "from", first), Where("number", "below", last + 1)
        ctx.rows.change(t.records, {"seen": data["extraction"]}, Where("object", "is", data["object"]), *here)
    place = {name: data.get(name) or "" for name in ("since", "shape")}
    ctx.fact(f"page:{data['object']}", {"extraction": data["extraction"], "next": data.get("next"), **place})


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of numbers as an event writes them: "1-500,620"."""
    for piece in filter(None, text.split(",")):
        first, _, last = piece.partition("-")
        yield int(first), int(last or first)


def _intended(ctx: _Context, data: Row) -> None:
    ctx.put(t.intents, position=ctx.position, target=data["target"])


def _applied(ctx: _Context, data: Row) -> None:
    ctx.settle(data["intent"])
    if data["action"] == "create" and data["how"] == "found":
        _doubted(ctx, data)
    if data["entity"] != "options":
        _link(ctx, data)
    for label, child in data.get("children", {}).items():
        _child(ctx, data, label, child)
    if data["action"] == "delete" and data["entity"] in _CHILD:
        _unlink_children(ctx, data)
    if (ctx.event.object or "") not in CONFIGURATION:
        _dispose_applied(ctx, data)


def _dispose_applied(ctx: _Context, data: Row) -> None:
    if data.get("undoes") is not None:
        ctx.dispose(data["target"], "pending", reason="taken back")
    elif data["action"] == "delete":
        # as it is by the decision that asked for the delete, or because it stands there as something else
        if _disposition(ctx, data["target"]) != "skipped" and not _is_alive(ctx, data["target"]):
            ctx.dispose(data["target"], "skipped", reason="no longer wanted; deleted at the destination")
    elif data.get("partial"):
        if _disposition(ctx, data["target"]) not in ("held", "rejected"):
            ctx.dispose(data["target"], "pending", reason="more of it is to be written")
    else:
        ctx.dispose(data["target"], "written")


def _is_alive(ctx: _Context, target: str) -> bool:
    """Whether a record of the subject is at the destination."""
    here = having(target=target, alive=True)
    return ctx.rows.first(t.links, *here, *ctx.about) is not None


def _disposition(ctx: _Context, target: str) -> str:
    found = ctx.rows.first(t.dispositions, Where("target", "is", target), *ctx.about)
    return found["disposition"] if found else ""


CONFIGURATION = frozenset({"Field", "Options", "Pipeline", "Stage", "ActivityType", "Option"})
"""Objects of subjects that are configuration, not source records."""


def _link(ctx: _Context, data: Row) -> None:
    identity = {"target": data["target"], "entity": data["entity"], "part": data.get("part", ""), **ctx.subject}
    known = ctx.rows.first(t.links, *having(**identity))
    made = data["action"] in ("create", "adopt") or known is None
    ctx.put(
        t.links,
        **identity,
        id=data["id"],
        alive=data["action"] != "delete",
        adopted=data["action"] == "adopt" or bool(known and not made and known["adopted"]),
        applied=ctx.position,
        intent=data["intent"],
        whole_hash=data.get("whole_hash", ""),
        created=ctx.position if made or known is None else known["created"],
    )


_CHILD = {"field": ("option", "Option"), "options": ("option", "Option"), "pipeline": ("stage", "Stage")}


def _child(ctx: _Context, data: Row, label: str, child: str) -> None:
    """A thing that was made with its parent: an option of a field, a stage of a pipeline."""
    entity, obj = _CHILD[data["entity"]]
    ctx.put(
        t.links,
        target=data["target"],
        entity=entity,
        object=obj,
        key=f"{ctx.event.key}/{label}",
        part="",
        id=child,
        alive=True,
        adopted=data["action"] == "adopt",
        applied=ctx.position,
        intent=data["intent"],
        whole_hash="",
        created=ctx.position,
    )


def _unlink_children(ctx: _Context, data: Row) -> None:
    """What was made with its parent goes with it; a delete of options names those that go ("deal/<field>/7,8")."""
    entity, _ = _CHILD[data["entity"]]
    of = f"{ctx.event.key}/"
    here = [
        *having(target=data["target"], entity=entity),
        Where("key", "from", of),
        Where("key", "below", _after(of)),
    ]
    if data["entity"] == "options":
        here.append(Where("id", "in", option_ids(data["id"])))
    ctx.rows.change(t.links, {"alive": False, "applied": ctx.position}, *here)


def _after(prefix: str) -> str:
    """The first text behind all that begin with a prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _rejected(ctx: _Context, data: Row) -> None:
    ctx.settle(data["intent"])
    if (ctx.event.object or "") not in CONFIGURATION and data.get("undoes") is None:
        ctx.dispose(data["target"], "rejected", reason=f"{data['status']} {data.get('code', '')}".strip())


def _absent(ctx: _Context, data: Row) -> None:
    ctx.settle(data["intent"])
    if data.get("action", "") in ("", "create") and data.get("how", "") != "unsent":
        _doubted(ctx, data)


def _doubted(ctx: _Context, data: Row) -> None:
    """A create was in doubt: until a sweep, nobody knows whether a second one of it comes late."""
    ctx.put(
        t.doubts, intent=data["intent"], target=data["target"], entity=data["entity"], position=ctx.position
    )  # fmt: skip


def _swept(ctx: _Context, data: Row) -> None:
    covered = *having(target=data["target"], entity=data["entity"]), Where("position", "below", data["until"] + 1)
    ctx.rows.remove(t.doubts, *covered)


def _bounds(ctx: _Context, data: Row) -> None:
    kept = ("settle", "visible", "slowest_answer", "slowest_witness")
    ctx.fact(f"bounds:{data['target']}", {k: data[k] for k in kept} | {"at": ctx.event.at})
    for entity, seconds in data.get("probes", {}).items():
        ctx.fact(f"probe:{data['target']}:{entity}", {"seconds": seconds, "at": ctx.event.at})


def _settled(ctx: _Context, data: Row) -> None:
    reason = data["reason"] + (f" ({data['survivor']})" if data.get("survivor") else "")
    ctx.dispose(data["target"], data["disposition"], review=data.get("review", ""), reason=reason)


def _review_opened(ctx: _Context, data: Row) -> None:
    ctx.put(
        t.reviews,
        id=data["review"],
        kind=data["kind"],
        blocking=data["blocking"],
        proposed=data.get("proposed", ""),
        opened=ctx.position,
        status="open",
        resolved=0,
        **ctx.subject,
    )


def _review_ended(status: str) -> Callable[[_Context, Row], None]:
    def handler(ctx: _Context, data: Row) -> None:
        ctx.rows.change(t.reviews, {"status": status, "resolved": ctx.position}, Where("id", "is", data["review"]))

    return handler


def _fact(name: str, *keep: str) -> Callable[[_Context, Row], None]:
    """Keep the newest event of a kind as a fact; `{field}` in the name makes one for each value."""

    def handler(ctx: _Context, data: Row) -> None:
        value = {k: data.get(k) for k in keep} | {"at": ctx.event.at}
        ctx.fact(name.format(**data), value)

    return handler


def _hold(on: bool) -> Callable[[_Context, Row], None]:
    return lambda ctx, data: ctx.fact("hold", {"on": on, "reason": data.get("reason", ""), "at": ctx.event.at})


def _run_finished(ctx: _Context, data: Row) -> None:
    value = {k: data.get(k) for k in ("run", "outcome", "tokens", "left", "detail")} | {"at": ctx.event.at}
    ctx.fact(f"{data['verb']}:{data['target']}", value)
    ctx.fact(f"finished:{data['target']}", value)


_HANDLERS: Mapping[str, Callable[[_Context, Row], None]] = {
    "RecordExtracted": _extracted,
    "RecordVanished": _vanished,
    "PageExtracted": _page,
    "WriteIntended": _intended,
    "WriteApplied": _applied,
    "WriteRejected": _rejected,
    "WriteAbsent": _absent,
    "BoundsMeasured": _bounds,
    "SweepFinished": _swept,
    "SubjectSettled": _settled,
    "ReviewOpened": _review_opened,
    "ReviewResolved": _review_ended("resolved"),
    "ReviewWithdrawn": _review_ended("withdrawn"),
    "MigrationStarted": _fact("started", "source", "destination"),
    "MigrationHeld": _hold(True),
    "MigrationResumed": _hold(False),
    "SourceDescribed": _fact("source", "system", "fingerprint", "counts"),
    "SourceProbed": _fact("probed:{method}", "usable", "objects"),
    "MethodDecided": _fact("methods", "methods", "reasons"),
    "ExtractionStarted": _fact("extraction-started", "fingerprint", "mark", "since"),
    "ExtractionFinished": _fact("extraction", "fingerprint", "counts", "created", "changed", "vanished", "mark"),
    "DestinationDescribed": _fact("destination:{target}", "system", "account"),
    "MapProposed": _fact("map-proposed", "digest"),
    "MapConfirmed": _fact("map", "version", "digest"),
    "GateApproved": _fact("gate:{target}:{gate}", "digest", "reason"),
    "RunStarted": _fact("run-started:{target}", "verb", "map_version", "to"),
    "RunFinished": _run_finished,
    "PhaseReported": _fact("phase:{target}:{entity}", "run", "written", "found", "explained", "since"),
}
