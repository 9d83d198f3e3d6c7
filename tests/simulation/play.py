"""A play: one scenario in one weather, from a point to its end; processes die and start again until all is done."""

import asyncio
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

from adapters.destinations.pipedrive import Pipedrive
from adapters.driver import Driver
from adapters.protocols import BudgetSpentError, UnreachableError
from adapters.sandbox import world as worlds
from adapters.sandbox.pipedrive import world
from adapters.sandbox.settings import Settings
from adapters.throttle import Throttle
from adapters.transport import Http
from engine.account import Account
from engine.discover import Way
from engine.journal import Journal
from engine.migration import Migration
from engine.strays import Found
from eventstore.errors import Deposed
from ops.wire import LazyWire
from tests.engine.tables import Rows, Tables
from tests.engine.world import TOKEN
from tests.simulation import plot
from tests.simulation.loop import VirtualLoop
from tests.simulation.machine import Machine, Process
from tests.simulation.moving import Moving, Reading, Shifting
from tests.simulation.network import HttpOverLine, Network
from tests.simulation.people import People
from tests.simulation.stores import STORES, InMemory, Kind, Opening
from tests.simulation.weather import CLEARS, DEADLINE, SETTLE, TRAILS, Weather

GIVEN_UP = 4 * 3600.0
"""Virtual seconds after which a play that has not come to its end never will."""

MOST_STEPS = 100_000
"""Turns after which it will not, either: time stands still. A long play has some thousand."""

LANDED = 600.0
"""Virtual seconds after which no request is under way any more, however hostile the world was."""

LOST = 5
"""Commits that a power cut takes away, at most."""

Verb = Callable[[Migration], str]
"""What a process does; how it came out ("done", "gate")."""


class Play:
    """One play.

    Args:
        seed: of the dice. point: where it starts. rows: what the source holds. verb: what each process does.
        weather: None for a calm day. crash_at: the only point at which a process dies. rivals: how many second
        processes start besides. after: what the source comes to hold while it is read; None: it stands still.
        store: what the log is kept in; "file" has the HTTP client between adapter and network, too.
    """

    def __init__(
        self,
        seed: int,
        point: plot.Point,
        rows: Rows,
        verb: Verb,
        *,
        weather: Weather | None = None,
        crash_at: int | None = None,
        rivals: int = 0,
        after: Rows | None = None,
        store: Kind = "memory",
    ) -> None:
        self.machine = Machine(seed, crash_at)
        self.weather = weather or Weather()
        self.client = self._client if store == "file" else None
        self.store = STORES[store](point)
        self.settings = Settings(burst=10**6, daily_budget=10**8, faults=self.weather.http, seed=seed)
        self.sandbox = worlds.InMemory(world(point.account, self.settings, TOKEN, 0, "memory"), TOKEN, point.now)
        self.offset = point.now
        self.people = People(self.machine, self.sandbox)
        self.network = Network(self.machine, self.weather, self.sandbox, self.people, point.now)
        self.rows = rows
        self.shifting = Shifting(self.machine, rows, after) if after is not None else None
        self.verb = verb
        self.rivals = rivals
        self.wrong: list[str] = []
        self.outcomes: list[str] = []
        self.done = False
        self._ids = count(1)
        self.machine.on_death = self._died
        self.machine.on_end = self._ended

    # --- processes -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Play it to its end."""
        machine, weather = self.machine, self.weather
        machine.crash_rate, machine.freeze_rate = weather.crash, weather.freeze
        machine.longest_freeze = weather.longest_freeze
        before = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))  # asyncio leaves it alone
        try:
            self._people_come()
            machine.start("first", self._life)
            for n in range(self.rivals):
                machine.at(machine.dice.uniform(0, 30), lambda n=n: machine.start(f"rival {n}", self._life))
            self._rivals_come()
            self._power_fails()
            machine.at(CLEARS, self._clear)
            machine.run(lambda: self._over() or machine.now > GIVEN_UP or machine.steps > MOST_STEPS)
        finally:
            signal.signal(signal.SIGINT, before)

    def _rivals_come(self) -> None:
        """Somebody starts a second process while one is at work."""
        machine, often = self.machine, self.weather.rival
        at = 0.0
        while often and (at := at + machine.dice.expovariate(often / 60)) < CLEARS / 2:
            machine.at(at, self._another)

    def _another(self) -> None:
        if not self.done:
            self.machine.tell("another comes")
            self.machine.start("another", self._life)

    def _power_fails(self) -> None:
        """All processes die at once, and the last commits were never made."""
        machine, often = self.machine, self.weather.power
        at = 0.0
        while often and (at := at + machine.dice.expovariate(often / 60)) < CLEARS / 2:
            machine.at(at, self._dark)

    def _dark(self) -> None:
        if self.done:
            return
        assert isinstance(self.store, InMemory)
        for process in list(self.machine.processes):
            self.machine.kill(process)
        self.machine.tell("power cut", self.store.lose(self.machine.dice.randint(1, LOST)), "events lost")

    def _people_come(self) -> None:
        """Some were there before the first process, others come while it is at work."""
        machine, often = self.machine, self.weather.edits
        for _ in range(machine.dice.randint(0, 2) if often else 0):
            self.people.act()
        at = 0.0
        while often and (at := at + machine.dice.expovariate(often / 60)) < CLEARS / 2:
            machine.at(at, lambda: None if self.done else self.people.act())

    def _over(self) -> bool:
        return self.done and not self._anybody()

    def _anybody(self) -> bool:
        """Whether a process is at work: who was deposed leaves it to that one."""
        return any(not (p.dead or p.ended) for p in self.machine.processes)

    def _clear(self) -> None:
        self.machine.tell("the weather clears")
        self.machine.crash_rate = self.machine.freeze_rate = 0.0
        self.sandbox.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
        self.weather = self.network.weather = Weather()

    def _died(self, process: Process) -> None:
        self.store.ended(process)
        self._again(process.name, self.machine.dice.uniform(0.5, 5))

    def _ended(self, process: Process) -> None:
        self.store.ended(process)
        error = process.error
        if error is None:
            self.done = True
        elif isinstance(error, BudgetSpentError | UnreachableError | Deposed):
            self.machine.tell("stops", process.name, type(error).__name__)
            if not self.done and not (isinstance(error, Deposed) and self._anybody()):
                self._again(process.name, self.machine.dice.uniform(1, 60))
        else:
            self.wrong.append(f"{process.name} ended with {error!r}")
            self.done = True

    def _again(self, name: str, seconds: float) -> None:
        machine = self.machine
        machine.at(machine.now + seconds, lambda: machine.start(name, self._life))

    def _life(self) -> None:
        """One process: opens the store, does its verb, closes."""
        migration, wire = self.migration()
        try:
            outcome = self.verb(migration)
        finally:
            wire.close()
        self.machine.tell("ends", outcome)
        self.outcomes.append(outcome)

    def migration(self) -> tuple[Migration, LazyWire]:
        """The migration as a process opens it."""
        machine = self.machine
        skew = machine.dice.uniform(-self.weather.skew, self.weather.skew)
        name = machine.current.name if machine.current else "judge"
        clock = lambda: int((self.offset + machine.now + skew) * 1e6)  # noqa: E731
        journal = self.store.journal(Opening(machine, self.wrong, name, clock, lambda: f"e{next(self._ids)}"))
        destination = Pipedrive(plan="ultimate")
        wire = LazyWire(lambda: self._driver(destination, journal), in_flight=3)
        account = Account(
            target="production",
            destination=destination,
            costs=destination,
            wire=wire,
            settle_seconds=SETTLE,
            visible_seconds=TRAILS,
            now=lambda: machine.now,
            sleep=machine.sleep,
        )
        way = self._way()
        migration = Migration(
            journal,
            self.store.view(),
            account,
            lambda _dialects: [way],
            plot.POLICIES,
            lambda _what, _done, _total: None,
        )
        return migration, wire

    def _way(self) -> Way:
        if self.shifting is not None:
            return Way(method="api", source=Moving(plot.OBJECTS, self.shifting), wire=Reading(self.machine))
        source = Tables(plot.OBJECTS, self.rows)
        source.reading = self.machine.dice.getrandbits(30)  # each process reads anew
        return Way(method="bundle", source=source)

    def _driver(self, destination: Pipedrive, journal: Journal) -> Driver:
        machine = self.machine

        def permit() -> None:
            journal.check_owned()
            machine.point("permitted")

        driver = Driver(
            self.network.send if self.client is None else self.client(permit),
            destination,
            throttle=Throttle(now=lambda: machine.now, sleep=asyncio.sleep, burst=10**6, search=10**6),
            sleep=asyncio.sleep,
            random=machine.dice.random,
            deadline_seconds=DEADLINE,
            permit=permit,
        )
        driver._runner = asyncio.Runner(loop_factory=lambda: VirtualLoop(machine))
        return driver

    def _client(self, permit: Callable[[], None]) -> Http:
        return HttpOverLine(self.network, permit)

    def swept(self) -> list[Found]:
        """What an operator's `cutover sweep --yes` finds and does when the last request has landed."""
        machine = self.machine
        found: list[Found] = []

        def life() -> None:
            migration, wire = self.migration()
            try:
                found.extend(migration.sweep(act=True))
            finally:
                wire.close()

        operator: list[Process] = []
        machine.at(max(machine.now, CLEARS) + LANDED, lambda: operator.append(machine.start("operator", life)))
        machine.run(lambda: bool(operator and operator[0].ended))
        return found

    def close(self) -> None:
        """Let go of everything."""
        self.machine.close()
        self.store.close()

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that the account holds."""
        found: dict[str, list[dict[str, Any]]] = self.sandbox.control("GET", "/sandbox/records")
        return found
