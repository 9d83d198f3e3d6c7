"""The machine: virtual time and processes that take turns; one seed decides who goes next, who dies and when.

A process is a greenlet: synchronous code of the engine that gives up its turn only where a real one would wait or touch
the world (a request, a commit, a pause). Each of those places is a point at which it can die: then it is never switched
to again, so that nothing of it runs any more, no `except` and no `finally`, as after SIGKILL.
"""

import heapq
import random
import zlib
from asyncio import events
from collections import Counter
from collections.abc import Callable

from greenlet import GreenletExit, getcurrent, greenlet

Work = Callable[[], None]


class Process:
    """One simulated process. `dead`: it was killed. `ended`: its work returned or raised. `error`: what it raised."""

    def __init__(self, machine: "Machine", number: int, name: str, work: Work) -> None:
        self.machine = machine
        self.number = number
        self.name = name
        self.dead = False
        self.ended = False
        self.waiting = False
        self.error: BaseException | None = None
        self._work = work
        self._greenlet = greenlet(self._run, machine._hub)

    def _run(self) -> None:
        try:
            self._work()
        except GreenletExit:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the judge hears of it
            self.error = error
        self.ended = True

    def resume(self) -> None:
        """Go on with it, on the turn that it waited for."""
        if self.dead or self.ended:
            return
        self.machine.current = self
        self._greenlet.switch()
        self.machine.current = None
        events._set_running_loop(None)  # a thread has one running event loop: each process brings and takes its own
        if self.ended:
            self.machine.on_end(self)

    def unwind(self) -> None:
        """Let go of its frames. Each point that a `finally` comes to on the way raises again."""
        while self._greenlet and not self._greenlet.dead:
            self._greenlet.throw(GreenletExit)


class Machine:
    """A clock, a queue of turns, and the dice.

    Args:
        seed: decides everything.
        crash_at: the number of the only point at which a process dies, for exhaustive runs; None: by `crash_rate`.
    """

    def __init__(self, seed: int, crash_at: int | None = None) -> None:
        self.dice = random.Random(seed)
        self.now = 0.0
        self.current: Process | None = None
        self.processes: list[Process] = []
        self.points = 0
        self.steps = 0
        self.checksum = 0
        self.counts: Counter[str] = Counter()
        self.crash_at = crash_at
        self.crash_rate = 0.0
        self.freeze_rate = 0.0
        self.longest_freeze = 0.0
        self.story: list[str] | None = None
        self.over = False
        self.on_death: Callable[[Process], None] = lambda _process: None
        self.on_end: Callable[[Process], None] = lambda _process: None
        self._hub = getcurrent()
        self._turns: list[tuple[float, float, int, Work]] = []
        self._made = 0

    # --- what the hub does -----------------------------------------------------------------------------------------

    def at(self, when: float, work: Work) -> None:
        """Do something at a time, after all that is due before it; in an order by lot among what is due then."""
        self._made += 1
        heapq.heappush(self._turns, (max(when, self.now), self.dice.random(), self._made, work))

    def start(self, name: str, work: Work) -> Process:
        """Start a process now."""
        process = Process(self, len(self.processes) + 1, name, work)
        self.processes.append(process)  # kept to the end: a dead one that is collected would run its `finally`
        self.at(self.now, process.resume)
        return process

    def run(self, until: Callable[[], bool]) -> None:
        """Take turns until that holds, or nothing is left to do."""
        while self._turns and not until():
            self.now, _, _, work = heapq.heappop(self._turns)
            self.steps += 1
            work()

    def kill(self, process: Process) -> None:
        """End a process as SIGKILL does."""
        if not (process.dead or process.ended):
            process.dead = True
            self.tell("death", process.name)
            self.on_death(process)

    # --- what a process does ---------------------------------------------------------------------------------------

    def point(self, what: str) -> None:
        """A place where the current process can die, or stand still for a while without noticing."""
        process = self.current
        if process is None:
            if self.over:
                raise GreenletExit
            return
        self.points += 1
        if self.points == self.crash_at or (self.crash_rate and self.dice.random() < self.crash_rate):
            self.tell("dies at", process.name, what)
            self.kill(process)
            self._leave()
        if self.freeze_rate and self.dice.random() < self.freeze_rate:
            pause = self.dice.random() * self.longest_freeze
            self.tell("freeze", process.name, f"{pause:.3f}")
            self._pause(pause)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.point("sleep")
        self._pause(seconds)
        self.point("woken")

    def block(self, seconds: float | None = None) -> None:
        """Wait until woken, at most that long."""
        process = self._must()
        process.waiting = True
        if seconds is not None:
            turn = self._made + 1
            self.at(self.now + seconds, lambda: self._timeout(process, turn))
            process.turn = turn  # type: ignore[attr-defined]
        else:
            process.turn = 0  # type: ignore[attr-defined]
        self._leave()

    def wake(self, process: Process) -> None:
        """End the wait of a process that is blocked."""
        if process.waiting:
            process.waiting = False
            self.at(self.now, process.resume)

    def _timeout(self, process: Process, turn: int) -> None:
        if process.waiting and process.turn == turn:  # type: ignore[attr-defined]
            process.waiting = False
            process.resume()

    def _pause(self, seconds: float) -> None:
        self.at(self.now + seconds, self._must().resume)
        self._leave()

    def _leave(self) -> None:
        """Give up the turn, until the next one."""
        loop = events._get_running_loop()
        self._hub.switch()
        events._set_running_loop(loop)

    def _must(self) -> Process:
        if self.current is None:
            raise GreenletExit if self.over else RuntimeError("only a process can wait")
        return self.current

    # --- the trace -------------------------------------------------------------------------------------------------

    def tell(self, what: str, *detail: object) -> None:
        """One line of the story. Its running checksum is what two runs of a seed must agree on."""
        self.counts[what] += 1
        line = f"{self.now:12.6f} {what:16} {' '.join(map(str, detail))}"
        self.checksum = zlib.crc32(line.encode(), self.checksum)
        if self.story is not None:
            self.story.append(line)

    def close(self) -> None:
        """The end: what is left of dead processes is unwound, and reaches nothing any more.

        The collector does not see into a suspended greenlet: what is not unwound would stay in memory for good.
        """
        self.over = True
        self._turns.clear()
        for process in self.processes:
            process.unwind()
        events._set_running_loop(None)
        self.processes.clear()
