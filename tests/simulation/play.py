"""A play: one scenario in one weather, from a point to its end; processes die and start again until all is done."""

import asyncio
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

from adapters.destinations.pipedrive import Pipedrive
from adapters.driver import Driver
from adapters.protocols import BudgetSpentError, Request, Response, UnreachableError
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.pipedrive import world
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import InMemory
from adapters.throttle import Throttle
from adapters.transport import LostError, NotSentError
from engine.account import Account
from engine.discover import Way
from engine.journal import Journal
from engine.migration import Migration
from engine.state import StateFold
from engine.view import View
from eventstore.codec import Recorded
from eventstore.errors import Deposed
from eventstore.log import Log
from eventstore.store import open_engine
from ops.wire import LazyWire
from tests.engine.tables import Rows, Tables
from tests.engine.world import TOKEN, Bytes
from tests.simulation import plot
from tests.simulation.loop import VirtualLoop
from tests.simulation.machine import Machine, Process
from tests.simulation.people import People
from tests.simulation.weather import CLEARS, DEADLINE, SETTLE, TRAILS, Weather

GIVEN_UP = 4 * 3600.0
"""Virtual seconds after which a play that has not come to its end never will."""

MIGRATION = "acme"


class SimulatedLog(Log):
    """The log of a process, which can die on each side of each commit."""

    def __init__(self, play: "Play") -> None:
        self.play = play
        super().__init__(play.store, MIGRATION, folds=[StateFold()], entropy=play.entropy)
        seal = self.vault.seal

        def sealed(events: Any) -> Any:
            made = seal(events)
            play.machine.point("keys kept")
            return made

        self.vault.seal = sealed  # type: ignore[method-assign]

    def append(self, events: Any, *, epoch: int | None = None, expect: int | None = None) -> list[Recorded]:
        """As in life; the judge is told who appended under which epoch."""
        machine = self.play.machine
        machine.point("before a commit")
        made = super().append(events, epoch=epoch, expect=expect)
        for event in made:
            machine.tell(event.kind, event.position, event.object, event.key)
        if epoch is not None and epoch != self.head().epoch:
            self.play.wrong.append(f"appended at {made[-1].position} under epoch {epoch}, which is over")
        machine.point("after a commit")
        return made

    def take(self) -> int:
        """As in life."""
        self.play.machine.point("before taking")
        epoch = super().take()
        self.play.machine.tell("epoch", epoch)
        self.play.machine.point("after taking")
        return epoch


Verb = Callable[[Migration], str]
"""What a process does; how it came out ("done", "gate")."""


class Play:
    """One play.

    Args:
        seed: of the dice. point: where it starts. rows: what the source holds. verb: what each process does.
        weather: None for a calm day. crash_at: the only point at which a process dies.
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
    ) -> None:
        self.machine = Machine(seed, crash_at)
        self.weather = weather or Weather()
        self.entropy = Bytes()
        self.store = open_engine("sqlite://")
        with self.store.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.deserialize(point.log)
            raw.deserialize(point.keys, name="vault")
        self.settings = Settings(burst=10**6, daily_budget=10**8, faults=self.weather.http, seed=seed)
        self.sandbox = InMemory(world(point.account, self.settings, TOKEN, 0, "memory"), TOKEN, point.now)
        self.offset = point.now
        self.people = People(self.machine, self.sandbox)
        self.rows = rows
        self.verb = verb
        self.rivals = rivals
        self.wrong: list[str] = []
        self.outcomes: list[str] = []
        self.sent = 0
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
            machine.at(CLEARS, self._clear)
            machine.run(lambda: self._over() or machine.now > GIVEN_UP)
        finally:
            signal.signal(signal.SIGINT, before)

    def _people_come(self) -> None:
        """Some were there before the first process, others come while it is at work."""
        machine, often = self.machine, self.weather.edits
        for _ in range(machine.dice.randint(0, 2) if often else 0):
            self.people.act()
        at = 0.0
        while often and (at := at + machine.dice.expovariate(often / 60)) < CLEARS / 2:
            machine.at(at, lambda: None if self.done else self.people.act())

    def _over(self) -> bool:
        return self.done and not any(not (p.dead or p.ended) for p in self.machine.processes)

    def _clear(self) -> None:
        self.machine.tell("the weather clears")
        self.machine.crash_rate = self.machine.freeze_rate = 0.0
        self.sandbox.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
        self.weather = Weather()

    def _died(self, process: Process) -> None:
        self._again(process.name, self.machine.dice.uniform(0.5, 5))

    def _ended(self, process: Process) -> None:
        error = process.error
        if error is None:
            self.done = True
        elif isinstance(error, BudgetSpentError | UnreachableError | Deposed):
            self.machine.tell("stops", process.name, type(error).__name__)
            if not self.done:
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
        log = SimulatedLog(self)
        clock = lambda: int((self.offset + machine.now + skew) * 1e6)  # noqa: E731
        journal = Journal(log, actor=name, now=clock, new_id=lambda: f"e{next(self._ids)}")
        destination = Pipedrive(plan="ultimate")
        wire = LazyWire(lambda: self._driver(destination, journal), in_flight=3)
        account = Account(
            target="production",
            destination=destination,
            costs=destination,
            wire=wire,
            settle_seconds=SETTLE + TRAILS,
            sleep=machine.sleep,
        )
        source = Tables(plot.OBJECTS, self.rows)
        source.reading = machine.dice.getrandbits(30)  # each process reads anew
        migration = Migration(
            journal,
            View(self.store, MIGRATION),
            account,
            lambda _dialects: [Way(method="bundle", source=source)],
            plot.POLICIES,
            lambda _what, _done, _total: None,
        )
        return migration, wire

    def _driver(self, destination: Pipedrive, journal: Journal) -> Driver:
        machine = self.machine

        def permit() -> None:
            journal.check_owned()
            machine.point("permitted")

        driver = Driver(
            self._transport,
            destination,
            throttle=Throttle(now=lambda: machine.now, sleep=asyncio.sleep, burst=10**6, search=10**6),
            sleep=asyncio.sleep,
            random=machine.dice.random,
            deadline_seconds=DEADLINE,
            permit=permit,
        )
        driver._runner = asyncio.Runner(loop_factory=lambda: VirtualLoop(machine))
        return driver

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that the account holds."""
        found: dict[str, list[dict[str, Any]]] = self.sandbox.control("GET", "/sandbox/records")
        return found

    # --- the network -----------------------------------------------------------------------------------------------

    async def _transport(self, request: Request) -> Response:
        """One request: the server acts on it by itself, whatever becomes of the process meanwhile."""
        machine, weather, dice = self.machine, self.weather, self.machine.dice
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        there, back = dice.uniform(0.02, 0.2), dice.uniform(0.02, 0.2)
        if dice.random() < weather.refused:
            machine.tell("refused", request.method, request.path)
            await asyncio.sleep(there)
            raise NotSentError("no connection")
        self.sent += request.unsafe
        answer: asyncio.Future[Response] = loop.create_future()
        if dice.random() < weather.vanished:
            machine.tell("vanished", request.method, request.path)
        else:
            lost = dice.random() < weather.lost
            if dice.random() < weather.late:
                there, lost = dice.uniform(DEADLINE, weather.latest), True
                machine.tell("late", request.method, request.path)
            machine.at(machine.now + there, lambda: self._arrives(request, loop, answer, back, lost=lost))
        response = await answer
        machine.point("answered")
        return response

    def _arrives(
        self, request: Request, loop: VirtualLoop, answer: "asyncio.Future[Response]", back: float, *, lost: bool
    ) -> None:
        """The server acts on a request."""
        machine = self.machine
        self.sandbox.now = now = self.offset + machine.now
        result: Response | Exception
        try:
            result = self.sandbox.answer(request)
        except ConnectionCutError as error:
            result = LostError(str(error))
        if isinstance(result, Response) and result.status < 300:
            self.people.saw(request)
        machine.tell("arrives", request.method, request.path, result.status if isinstance(result, Response) else "cut")
        if lost:
            machine.tell("lost", request.method, request.path)
            return
        back += self.sandbox.now - now
        machine.at(machine.now + back, lambda: loop.soon(_deliver, answer, result))


def _deliver(answer: "asyncio.Future[Response]", result: Response | Exception) -> None:
    if answer.done():
        return
    if isinstance(result, Response):
        answer.set_result(result)
    else:
        answer.set_exception(result)
