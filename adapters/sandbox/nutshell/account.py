"""One Nutshell account as a world: state, settings, key, faults and the control address."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox import strikes
from adapters.sandbox.nutshell import control
from adapters.sandbox.nutshell.core import answer, headers_of, unsafe
from adapters.sandbox.nutshell.errors import broken
from adapters.sandbox.nutshell.founding import found
from adapters.sandbox.nutshell.settings import NutshellSettings
from adapters.sandbox.nutshell.state import State
from adapters.sandbox.world import Call, Change, InMemory, Outcome, hurt


class Account:
    """A sandbox account (see `adapters.sandbox.world.World`)."""

    def __init__(self, state: State, settings: NutshellSettings, token: str) -> None:
        self.state = state
        self.settings = settings
        self.token = token
        self._force()  # a bad specification is told at the start

    def __repr__(self) -> str:
        return f"Account({self.settings.plan!r}, {len(self.state.tables)} tables)"

    def outcome(self, call: Call, now: float) -> Outcome:
        """What becomes of a call, faults included."""
        response, changes = answer(self.state, self.settings, self.token, call, now)
        answered = Outcome(changes=changes, response=response)
        number = int(self.state.meta.get("calls", 0)) + 1
        struck = strikes.strike(self.state.meta, self._force(), number, unsafe=unsafe(call))
        if struck is None:
            return answered
        fault, counted = struck
        answered = Outcome(changes=changes + counted, response=response)
        spared = Outcome(changes=[["set", "calls", number], *counted], response=None)
        return hurt(fault, answered, spared, broken(headers_of(self.state, call, number)))

    def _force(self) -> tuple[str, int]:
        return strikes.in_force(self.state.meta, self.settings.faults, self.settings.seed)

    def control(self, method: str, path: str, body: Json, now: float) -> Outcome:
        """The answer of the control address."""
        return control.answer(self.state, self.settings, method, path, body, now)

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


def world(batches: list[list[Any]], settings: NutshellSettings, token: str, now: float, account: str) -> Account:
    """The account that the batches lead to; a fresh one when there are none, its ids drawn from `account`.

    Raises FaultError for a bad fault specification.
    """
    state = State(settings.lag)
    for batch in batches:
        state.apply(batch)
    if "seed" not in state.meta:
        state = State(settings.lag)
        state.apply(found(settings, settings.account or account, now))
    return Account(state, settings, token)


def in_memory(
    settings: NutshellSettings | None = None,
    *,
    token: str = "sandbox",  # noqa: S107  the sandbox's public default
    now: float = 1_780_000_000.0,
) -> InMemory:
    """A fresh account without sockets, reached as its first user; the same settings give the same ids.

    now: seconds since 1970.
    """
    settings = settings or NutshellSettings()
    return InMemory(world([], settings, token, now, "memory"), token, now, settings.users[0].email)
