"""Status: where a migration stands, for people and programs; every figure is read from the read models."""

from typing import Any

from engine import gates, history
from engine.load import GateShutError
from engine.migration import Migration
from engine.times import rfc3339


def status_of(migration: Migration) -> dict[str, Any]:
    """The status document of CONTRACT."""
    view, target = migration.view, migration.target
    head = migration.journal.log.head()
    last_sync = _last(view.fact(f"sync:{target}"), view.fact(f"run:{target}"))
    lag = None if last_sync is None else max(0, (migration.journal.now() - last_sync["at"]) / 1e6)
    finished = view.fact(f"finished:{target}")
    return {
        "migration": migration.journal.log.migration,
        "position": head.position,
        "digest": head.digest.hex(),
        "phase": _phase(migration),
        "on_hold": view.on_hold() is not None,
        "last_sync": None if last_sync is None else rfc3339(last_sync["at"], timespec="seconds"),
        "lag_seconds": lag,
        "budget": {"unit": migration.account.destination.unit, "left": finished["left"] if finished else None},
        "next": next_step(migration),
        "in_doubt": len(view.in_doubt(target)),
        "unswept": view.unswept(target),
        "reviews": {"open": len(view.reviews())},
        "objects": view.dispositions(target),
    }


def _last(*facts: dict[str, Any] | None) -> dict[str, Any] | None:
    done = [f for f in facts if f is not None]
    return max(done, key=lambda f: f["position"]) if done else None


def _phase(migration: Migration) -> str:
    """The phase in a word or two."""
    view, target = migration.view, migration.target
    moved = _last(*(view.fact(f"{verb}:{target}") for verb in ("sync", "run", "sample", "retry")))
    back = _last(view.fact(f"rewind:{target}"), view.fact(f"rollback:{target}"))
    if back and (moved is None or back["position"] > moved["position"]):
        return "taken back"
    for name, word in ((f"sync:{target}", "in step"), (f"run:{target}", "run"), (f"sample:{target}", "sample")):
        if view.fact(name):
            return word
    for name, word in (("map", "mapped"), ("extraction", "discovered")):
        if view.fact(name):
            return word
    return "new"


def next_step(migration: Migration) -> str:
    """What to do now, in words."""
    view, target = migration.view, migration.target
    if hold := view.on_hold():
        return f"on hold ({hold}): `cutover resume` lets it write again"
    if view.fact("extraction") is None:
        return "run `cutover discover`"
    if view.fact("map") is None:
        return "run `cutover map propose`, read mapping.toml, then `cutover map confirm`"
    try:
        past, replayed = migration.replayed()
        gates.check(view, target, replayed, past.map_version, ("configuration", "sample", "data"))
    except (GateShutError, history.NotReadyError) as error:
        return str(error)
    blocking = [r for r in view.reviews() if r.blocking]
    if blocking:
        return f"decide {len(blocking)} review items: `cutover review`"
    if view.in_doubt(target):
        return "a write is in doubt: the next `cutover run` or `sync` settles it"
    if view.fact(f"run:{target}") is None:
        return "run `cutover run`"
    if any(c["pending"] for c in view.dispositions(target).values()):
        return "some records are pending: `cutover run`"
    return "`cutover reconcile` proves it; `cutover sync` brings the next delta"
