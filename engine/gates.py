"""Gates: what people must have approved before records move, each void when what it approved has changed."""

import hashlib

import msgspec

from engine.events import GateApproved, ReviewResolved
from engine.journal import Entry, Journal
from engine.load import GateShutError
from engine.replay import Replayed
from engine.view import View

COMMANDS = {
    "data": "look at `cutover review` and the findings of `cutover discover`, then `cutover approve data`",
    "configuration": "look at `cutover plan`, then `cutover approve configuration`",
    "sample": "run `cutover sample`, look at its differences, then `cutover approve sample`",
}
"""What opens each gate."""


def check(view: View, target: str, replayed: Replayed, map_version: int, gates: tuple[str, ...]) -> None:
    """Raise GateShutError at the first gate that is not approved as things stand."""
    if hold := view.on_hold():
        raise GateShutError(f"the migration is on hold ({hold}): `cutover resume` lets it write again")
    check_limits(view)
    for gate in gates:
        if not is_open(view, target, gate, replayed, map_version):
            raise GateShutError(f"the {gate} is not approved as it stands now: {COMMANDS[gate]}")


def check_limits(view: View) -> None:
    """Raise GateShutError while the account must be changed, or a person must say what its plan has no room for."""
    open_items = [r for r in view.reviews() if r.kind in ("checklist", "cap")]
    if open_items:
        these = ", ".join(r.id for r in open_items)
        raise GateShutError(
            f"before the first write an administrator must make what is missing there, or a person decide what the "
            f"plan has no room for ({these}): `cutover review` says each"
        )


def is_open(view: View, target: str, gate: str, replayed: Replayed, map_version: int) -> bool:
    """Whether a gate is approved as things stand. The data's approval is for the first run; deltas are for `sync`."""
    if gate == "data" and (done := view.fact(f"run:{target}")) and done["outcome"] == "done":
        return True
    approval = view.fact(f"gate:{target}:{gate}")
    return approval is not None and approval["digest"] == digest(view, gate, replayed, map_version)


def digest(view: View, gate: str, replayed: Replayed, map_version: int) -> str:
    """What an approval stands for."""
    if gate == "data":
        extraction = view.fact("extraction")
        return str(extraction["fingerprint"]) if extraction else ""
    if gate == "configuration":
        kept = [
            [*w.part, {k: v for k, v in w.fields.items() if k != "options"}]
            for w in replayed.configuration
            if w.part.entity != "options"
        ]
        return hashlib.blake2b(msgspec.json.encode(kept, order="sorted"), digest_size=16).hexdigest()
    return _signed(map_version)


def _signed(map_version: int) -> str:
    return f"map {map_version}"


def approve(
    journal: Journal, view: View, target: str, gate: str, replayed: Replayed, map_version: int, reason: str
) -> int:
    """Record an approval; that of the data accepts the proposed answer to every open duplicate. How many those were."""
    if gate == "sample":
        last = view.fact(f"sample:{target}")
        if last is None or last["detail"].get("map_version") != map_version:
            raise GateShutError(f"no sample of map version {map_version} has been run: run `cutover sample` first")
    twins = [r for r in view.reviews() if r.kind == "duplicate"] if gate == "data" else []
    entries = [
        Entry(
            ReviewResolved(review=r.id, choice=r.proposed, reason="approved with the data"), (r.object, r.key), r.opened
        )
        for r in twins
    ]
    body = GateApproved(gate=gate, digest=digest(view, gate, replayed, map_version), target=target, reason=reason)  # type: ignore[arg-type]
    journal.record_all([*entries, Entry(body)])  # one append: merged and approved, or neither
    return len(twins)
