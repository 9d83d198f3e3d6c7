"""The two bounds within which a write in doubt shows itself, measured at each account.

*settle*: from the last moment at which a request of ours may have left until the server has applied it, if it ever
does. *visible*: from then on until the witness that `find` asks shows it. Absence is proof only when both have passed.

Each is the largest that was ever seen at the account, doubled, and never less than its floor: how long answers to
writes take, and how long an acknowledged create takes to be found. The floors hold what cannot be seen from here: our
own deadline and a server that goes on after it. What is measured is an event, and a proof of absence names it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from adapters.protocols import AdapterError, Witnesses
from engine.account import Account, Sent
from engine.events import BoundsMeasured, WriteApplied, WriteIntended
from engine.journal import Journal
from engine.outcome import question
from engine.view import View
from eventstore.codec import Recorded

FACTOR = 2.0
PROBE_AGAIN_MICROSECONDS = 86_400 * 1_000_000
"""How old a measurement of an entity is when its next acknowledged create is looked for."""
PATIENCE_SECONDS = 60.0
"""How long an acknowledged create is looked for; a witness that trails by more is believed to trail by this."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 5.0


class Bounds(msgspec.Struct, frozen=True):
    """The bounds in seconds, and the position of the event that measured them (0: nothing was measured yet)."""

    settle: float
    visible: float
    measured: int = 0

    @property
    def total(self) -> float:
        """How long after the last of our requests may have left its absence proves something."""
        return self.settle + self.visible


class Acknowledged(NamedTuple):
    """A create that the account has just acknowledged: its intent, what came of it, and the exchange."""

    intent: Recorded
    body: WriteIntended
    applied: WriteApplied
    sent: Sent


class Gauge:
    """Measures an account while a run writes to it.

    Args:
        run: the position of the run, for the events.
    """

    def __init__(self, journal: Journal, view: View, account: Account, *, run: int) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.run = run
        self._fresh: set[str] = set()

    def bounds(self) -> Bounds:
        """The bounds as of now; what this process has seen besides is recorded first."""
        known = self._known()
        if self.account.wire.slowest > known["slowest_answer"]:
            self._record({}, [])
            known = self._known()
        return self._bounds(known["slowest_answer"], known["slowest_witness"], int(known["position"]))

    def _known(self) -> dict[str, float]:
        nothing = {"slowest_answer": 0.0, "slowest_witness": 0.0, "position": 0}
        return self.view.fact(f"bounds:{self.account.target}") or nothing

    def _bounds(self, answer: float, witness: float, measured: int) -> Bounds:
        return Bounds(
            settle=max(self.account.settle_seconds, FACTOR * answer),
            visible=max(self.account.visible_seconds, FACTOR * witness),
            measured=measured,
        )

    # --- probes ----------------------------------------------------------------------------------------------------

    def probe(self, creates: Sequence[Acknowledged]) -> None:
        """Look for one acknowledged create of each entity whose measurement is due, the youngest, until it is seen.

        It costs one `find` an entity and day, where the witness does not trail. What fails is left for another day.
        """
        chosen = {c.body.entity: c for c in sorted(creates, key=lambda c: c.sent.answered) if self._due(c.body.entity)}
        probes: dict[str, float] = {}
        unseen: list[str] = []
        for entity, create in chosen.items():
            self._fresh.add(entity)
            try:
                seconds, seen = self._look(create)
            except AdapterError:
                continue
            probes[entity] = seconds
            unseen += [] if seen else [entity]
        if probes:
            self._record(probes, unseen)

    def _due(self, entity: str) -> bool:
        """Whether the witness of an entity may trail and was not measured for a day."""
        destination = self.account.destination
        if entity in self._fresh or (isinstance(destination, Witnesses) and destination.shows_at_once(entity)):
            return False
        known = self.view.fact(f"probe:{self.account.target}:{entity}")
        if known is not None and self.journal.now() - known["at"] < PROBE_AGAIN_MICROSECONDS:
            self._fresh.add(entity)
            return False
        return True

    def _look(self, create: Acknowledged) -> tuple[float, bool]:
        """Seconds from the acknowledgement until `find` showed the record, and whether it did (or it is gone)."""
        pause = FIRST_PAUSE_SECONDS
        wire, destination = self.account.wire, self.account.destination
        while True:
            found = wire.one(destination.find(question(create.intent, create.body)))
            seconds = self.account.now() - create.sent.answered
            if any(copy.id == create.applied.id for copy in found):
                return seconds, True
            if seconds >= PATIENCE_SECONDS:
                there = wire.one(destination.fetch(create.body.entity, [create.applied.id]))
                return (PATIENCE_SECONDS, False) if there else (0.0, True)
            self.account.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _record(self, probes: dict[str, float], unseen: list[str]) -> None:
        known = self._known()
        answer = max(known["slowest_answer"], self.account.wire.slowest)
        witness = max(known["slowest_witness"], *probes.values(), 0.0)
        bounds = self._bounds(answer, witness, 0)
        body = BoundsMeasured(
            run=self.run,
            target=self.account.target,
            settle=bounds.settle,
            visible=bounds.visible,
            slowest_answer=answer,
            slowest_witness=witness,
            probes=probes,
            unseen=unseen,
        )
        self.journal.record(body, cause=self.run)
