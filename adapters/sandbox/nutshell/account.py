"""One Nutshell account as a world: state, settings, key, faults and the control address."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox import faults
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
        self._plans: dict[tuple[str, int], faults.Plan] = {}
        self._plan(*self._spec())

    def __repr__(self) -> str:
        return f"Account({self.settings.plan!r}, {len(self.state.tables)} tables)"

    def outcome(self, call: Call, now: float) -> Outcome:
        """What becomes of a call, faults included."""
        response, changes = answer(self.state, self.settings, self.token, call, now)
        answered = Outcome(changes=changes, response=response)
        number = int(self.state.meta.get("calls", 0)) + 1
        spec, seed = self._spec()
        struck = self.state.meta.get("struck") or [spec, seed, 0]
        done: int = struck[2] if struck[:2] == [spec, seed] else 0
        fault = faults.decide(self._plan(spec, seed), number, done, unsafe=unsafe(call))
        if fault is None:
            return answered
        total = int(self.state.meta.get("faults", 0)) + 1
        counted: list[Change] = [["set", "faults", total], ["set", "struck", [spec, seed, done + 1]]]
        answered = Outcome(changes=changes + counted, response=response)
        spared = Outcome(changes=[["set", "calls", number], *counted], response=None)
        return hurt(fault, answered, spared, broken(headers_of(self.state, call, number)))

    def _spec(self) -> tuple[str, int]:
        """The faults in force: those set at run time, as long as the sandbox is started with the same settings."""
        started: list[Any] = [self.settings.faults, self.settings.seed]
        posted = self.state.meta.get("posted faults")
        spec, seed = posted["now"] if posted is not None and posted["started"] == started else started
        return str(spec), int(seed)

    def _plan(self, spec: str, seed: int) -> faults.Plan:
        if (spec, seed) not in self._plans:
            self._plans[spec, seed] = faults.parse(spec, seed)
        return self._plans[spec, seed]

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
