"""One org as a world: state, settings, session token, faults and the control address."""

import math
from pathlib import Path
from typing import Any

from adapters.protocols import Json
from adapters.sandbox import strikes
from adapters.sandbox.salesforce import control, folder, times
from adapters.sandbox.salesforce.core import answer, headers_of
from adapters.sandbox.salesforce.errors import FAULTS, broken
from adapters.sandbox.salesforce.settings import SalesforceSettings
from adapters.sandbox.salesforce.state import HOUR, State
from adapters.sandbox.world import Call, Change, InMemory, Outcome, hurt


class Account:
    """A sandbox org (see `adapters.sandbox.world.World`)."""

    def __init__(self, state: State, settings: SalesforceSettings, token: str) -> None:
        self.state = state
        self.settings = settings
        self.token = token
        self._force()  # a bad specification is told at the start

    def __repr__(self) -> str:
        return f"Account({self.state.meta.get('org')!r}, {len(self.state.rows)} objects)"

    def outcome(self, call: Call, now: float) -> Outcome:
        """What becomes of a call, faults included."""
        response, changes = answer(self.state, self.settings, self.token, call, now)
        answered = Outcome(changes=changes, response=response)
        number = int(self.state.meta.get("calls", 0)) + 1
        unsafe = call.request.method != "GET"
        struck = strikes.strike(self.state.meta, self._force(), number, unsafe=unsafe, more=FAULTS)
        if struck is None:
            return answered
        fault, counted = struck
        answered = Outcome(changes=changes + counted, response=response)
        spared = Outcome(changes=[["set", "calls", number], *counted], response=None)
        return hurt(fault, answered, spared, broken(headers_of(self.state, self.settings, call, now)))

    def _force(self) -> tuple[str, int]:
        return strikes.in_force(self.state.meta, self.settings.faults, self.settings.seed, FAULTS)

    def control(self, method: str, path: str, body: Json, now: float) -> Outcome:
        """The answer of the control address."""
        return control.answer(self.state, self.settings, method, path, body, now)

    def apply(self, changes: list[Change]) -> None:
        """Make the changes."""
        self.state.apply(changes)

    def clock(self, real: float) -> float:
        """Virtual time: it ran `clock_rate` times as fast since the org was founded, and was moved by hand."""
        born = float(self.state.meta["born"])
        return born + (real - born) * self.settings.clock_rate + float(self.state.meta["advance"])

    def dump(self) -> list[list[Change]]:
        """The whole state as batches of changes."""
        return self.state.dump()


def world(batches: list[list[Any]], settings: SalesforceSettings, token: str, now: float, account: str) -> Account:
    """The org that the batches lead to; the one in the folder of the settings when there are none.

    Raises FaultError for a bad fault specification, OrgError (a ValueError) for a folder without an org.
    """
    state = State()
    for batch in batches:
        state.apply(batch)
    if "seed" not in state.meta:
        state = State()
        state.apply(_found(settings, settings.account or account, now))
    return Account(state, settings, token)


def _found(settings: SalesforceSettings, seed: str, now: float) -> list[Change]:
    if not settings.org:
        raise folder.OrgError("a Salesforce sandbox needs an org: the folder that holds its records and descriptions")
    path = Path(settings.org).resolve()
    changes = folder.changes(State(), path)
    start = times.seconds(settings.start) if settings.start else folder.newest(path) + HOUR
    head: list[Change] = [["set", "seed", seed], ["set", "born", now], ["set", "advance", math.floor(start) - now]]
    return [*head, ["set", "org", str(path)], *changes]


def in_memory(
    settings: SalesforceSettings,
    *,
    token: str = "sandbox",  # noqa: S107  the sandbox's public default
    now: float = 1_780_000_000.0,
) -> InMemory:
    """An org without sockets; its ids are the same every time. Its own clock starts as the settings say."""
    account = world([], settings, token, now, "memory")
    return InMemory(account, token, account.clock(now))
