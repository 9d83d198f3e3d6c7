"""One REST account as a world: data, settings, key, faults and the control address."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from adapters.protocols import Json, Response
from adapters.sandbox import strikes
from adapters.sandbox.rest import data
from adapters.sandbox.rest.core import State, answer
from adapters.sandbox.rest.settings import RestSettings
from adapters.sandbox.rest.shapes import Api
from adapters.sandbox.world import Call, Change, InMemory, Outcome, hurt

_CONTROL = "GET /sandbox/requests, GET /sandbox/records, POST /sandbox/world, POST /sandbox/clock"


class Account:
    """A sandbox account (see `adapters.sandbox.world.World`)."""

    def __init__(self, api: Api, state: State, settings: RestSettings, token: str) -> None:
        self.api = api
        self.state = state
        self.settings = settings
        self.token = token
        self._force()  # a bad specification is told at the start

    def outcome(self, call: Call, now: float) -> Outcome:
        """What becomes of a call, faults included."""
        response, changes = answer(self.api, self.state, self.settings, self.token, call, now)
        answered = Outcome(changes=changes, response=response)
        number = int(self.state.meta.get("total", 0)) + 1
        struck = strikes.strike(self.state.meta, self._force(), number, unsafe=call.request.method != "GET")
        if struck is None:
            return answered
        fault, counted = struck
        answered = Outcome(changes=changes + counted, response=response)
        spared = Outcome(changes=[["set", "total", number], *counted], response=None)
        return hurt(fault, answered, spared, _BROKEN)

    def control(self, method: str, path: str, body: Json, now: float) -> Outcome:
        """The control address: counts, data, the data of a day later, the clock."""
        del now
        match (method, path):
            case ("GET", "/sandbox/requests"):
                counts = {"requests": dict(sorted(self.state.routes.items()))}
                counts |= {name: self.state.meta.get(name, 0) for name in ("total", "writes", "faults")}
                return Outcome(changes=[], response=Response(status=200, body=counts))
            case ("GET", "/sandbox/records"):
                return Outcome(changes=[], response=Response(status=200, body=self.state.data.lists))
            case ("POST", "/sandbox/clock"):
                seconds = float(self.state.meta["advance"]) + float((body or {}).get("seconds", 0))
                return Outcome(changes=[["set", "advance", seconds]], response=Response(status=200, body={}))
            case ("POST", "/sandbox/world"):
                return self._replaced(body)
        return Outcome(changes=[], response=Response(status=404, body={"error": f"there are {_CONTROL}"}))

    def _replaced(self, body: Json) -> Outcome:
        """The data of another day: in the body itself, or in the file that its "path" names."""
        try:
            path = body.get("path") if isinstance(body, dict) else None
            found = data.load(Path(str(path))) if path else data.parse(body)
        except (data.WorldError, msgspec.MsgspecError) as error:
            return Outcome(changes=[], response=Response(status=400, body={"error": str(error)}))
        changes: list[Change] = [["world", msgspec.to_builtins(found)]]
        return Outcome(changes=changes, response=Response(status=200, body={"lists": sorted(found.lists)}))

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

    def _force(self) -> tuple[str, int]:
        return strikes.in_force(self.state.meta, self.settings.faults, self.settings.seed)


_HTML = {"content-type": "text/html; charset=utf-8"}
_BROKEN = {
    "429": Response(status=429, headers={"retry-after": "2"}, body={"message": "Too Many Attempts."}),
    "500": Response(status=500, headers=_HTML, text="Server Error"),
    "503": Response(status=503, headers=_HTML, text="Service Unavailable"),
    "html403": Response(status=403, headers=_HTML, text="<html><body>Forbidden</body></html>"),
    "null": Response(status=200, headers={"content-type": "application/json"}, body=None),
}


def founder(api: Api) -> Callable[[list[list[Any]], Any, str, float, str], Account]:
    """What founds the accounts of a vendor: from journaled batches, else from the settings' world.

    Raises WorldError for data that cannot be used, FaultError for a bad fault specification.
    """

    def found(batches: list[list[Any]], settings: RestSettings, token: str, now: float, account: str) -> Account:
        del account
        state = State()
        for batch in batches:
            state.apply(batch)
        if "born" not in state.meta:
            state = State()
            start = data.load(Path(settings.world)) if settings.world else data.Data()
            state.apply([["set", "born", now], ["set", "advance", 0.0], ["world", msgspec.to_builtins(start)]])
        return Account(api, state, settings, token)

    return found


def in_memory(
    api: Api,
    world: data.Data,
    settings: RestSettings | None = None,
    *,
    token: str = "sandbox",  # noqa: S107  the sandbox's public default
    now: float = 1_780_000_000.0,
) -> InMemory:
    """An account without sockets, with data of one's own. now: seconds since 1970."""
    made = founder(api)([], settings or RestSettings(rate=None), token, now, "memory")
    made.apply([["world", msgspec.to_builtins(world)]])
    return InMemory(made, token, now)
