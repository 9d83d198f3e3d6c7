"""One Pipedrive account as a world: state, settings, token, faults and the control address."""

from typing import Any

import msgspec

from adapters.protocols import Json
from adapters.sandbox import strikes
from adapters.sandbox.pipedrive import control, conversions, deliveries
from adapters.sandbox.pipedrive.answers import broken
from adapters.sandbox.pipedrive.core import answer
from adapters.sandbox.pipedrive.founding import found
from adapters.sandbox.pipedrive.routing import split
from adapters.sandbox.pipedrive.state import Draft, State
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Call, Change, Delivery, InMemory, Outcome, hurt


class Account:
    """A sandbox account (see `adapters.sandbox.world.World`)."""

    def __init__(self, state: State, settings: Settings, token: str) -> None:
        self.state = state
        self.settings = settings
        self.token = token
        self._force()  # a bad specification is told at the start

    def __repr__(self) -> str:
        return f"Account({self.settings.plan!r}, {len(self.state.tables)} tables)"

    def outcome(self, call: Call, now: float) -> Outcome:
        """What becomes of a call, faults included; jobs whose time has come are done before."""
        due = conversions.due(self.state, self.settings, now)
        state = self.state.after(due) if due else self.state
        response, changes = answer(state, self.settings, self.token, call, now)
        changes = due + changes
        answered = Outcome(changes=changes, response=response)
        number = int(self.state.meta.get("next request", 0)) + 1
        struck = strikes.strike(self.state.meta, self._force(), number, unsafe=call.request.unsafe)
        if struck is None:
            return answered
        fault, counted = struck
        place = split(call.request.path)
        answered = Outcome(changes=changes + counted, response=response)
        spared = Outcome(changes=[["set", "next request", number], *counted], response=None)
        return hurt(fault, answered, spared, broken(place[0] if place else "v1"))

    def _force(self) -> tuple[str, int]:
        return strikes.in_force(self.state.meta, self.settings.faults, self.settings.seed)

    def control(self, method: str, path: str, body: Json, now: float) -> Outcome:
        """The answer of the control address."""
        due = conversions.due(self.state, self.settings, now)
        state = self.state.after(due) if due else self.state
        outcome = control.answer(state, self.settings, method, path, body, now)
        return msgspec.structs.replace(outcome, changes=due + outcome.changes)

    def waiting(self) -> list[Delivery]:
        """What waits to be sent to webhooks."""
        return deliveries.waiting(self.state)

    def attempted(self, delivery: int, status: int | None, now: float) -> list[Change]:
        """The changes that the outcome of an attempt makes."""
        draft = Draft(self.state, self.settings, now, self.settings.users[0].id)
        deliveries.attempted(draft, delivery, status)
        return draft.changes

    def apply(self, changes: list[Change]) -> None:
        """Make the changes."""
        self.state.apply(changes)

    def clock(self, real: float) -> float:
        """Virtual time: it ran `clock_rate` times as fast since the account was born, and was moved by hand."""
        born = float(self.state.meta["born"])
        return born + (real - born) * self.settings.clock_rate + float(self.state.meta["advance"])

    def dump(self) -> list[list[Change]]:
        """The whole state as batches of changes."""
        return self.state.dump()


def world(batches: list[list[Any]], settings: Settings, token: str, now: float, account: str) -> Account:
    """The account that the batches lead to; a fresh one when there are none, its keys drawn from `account`.

    Raises FaultError for a bad fault specification.
    """
    state = State()
    for batch in batches:
        state.apply(batch)
    if "seed" not in state.meta:
        state = State()
        state.apply(found(settings, settings.account or account, now))
    return Account(state, settings, token)


def in_memory(settings: Settings | None = None, *, token: str = "sandbox", now: float = 1_780_000_000.0) -> InMemory:  # noqa: S107
    """A fresh account without sockets; the same settings give the same ids and keys. `now`: seconds since 1970."""
    settings = settings or Settings()
    return InMemory(world([], settings, token, now, "memory"), token, now)
