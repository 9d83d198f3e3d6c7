"""Lives: a whole migration by real commands that are killed again and again, beside a sandbox that is a process too.

One life: the sandbox is described, the sample approved; then `run`, `sync`, `rewind` and `rollback` are each started,
killed at random moments and started again until they end by themselves; at each end, and after a last `run` that
nobody disturbs, both sides are compared.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.bench.generate import Row, Sizes, change, generate, write
from tests.soak.appending import Violation
from tests.soak.figures import Figures
from tests.soak.servers import serving
from tests.soak.warm import Warm
from tests.undo.scene import Scene

SIZES = Sizes(6, 8, 5, 4, 2, 3, 3, 4)
CHANGES = {"companies.csv": ("City", 4), "contacts.csv": ("Job Title", 5), "deals.csv": ("Lead Source", 3)}
"""What the second export has otherwise, in so many records; and so many companies are new in it."""
NEW = 4

SETTLE_SECONDS = 1.0
GIVEN_UP_SECONDS = 120.0
POLL_SECONDS = 0.002
LATER_SECONDS_MAX = 0.01
EARLY_SECONDS_MAX = 0.35

VERBS = {
    "run": (("run",), 14),
    "sync": (("sync",), 5),
    "rewind": (("rewind", "before-delta", "--yes"), 5),
    "rollback": (("rollback", "--yes"), 14),
}
"""Each command, and the most requests after which a kill by count comes."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a life is: kills of each command; how often one takes the sandbox with it, or takes the sandbox alone."""

    kills: int
    with_sandbox: float = 0.0
    sandbox_alone: float = 0.0


def live(store: str, kills: int, a_life: int, seed: int, folder: Path, plan: Plan) -> Figures:
    """Lives on one kind of store until so many kills of each command have landed. Raises Violation."""
    figures = Figures({f"{store}_{verb}": 0 for verb in VERBS}, lives=0, sandbox=0, doubts=0, late=0, writes=0)
    with ExitStack() as stack:
        server = stack.enter_context(serving()) if store == "postgresql" else None
        while (left := kills - min(figures[f"{store}_{verb}"] for verb in VERBS)) > 0:
            number = figures["lives"]
            home = folder / f"{store}-{number}"
            part = msgspec.structs.replace(plan, kills=min(left, a_life))
            with ExitStack() as life:
                url = life.enter_context(server.database()) if server else ""
                scene = life.enter_context(born(home, url))
                try:
                    Life(scene, store, part, random.Random(f"{store}/{seed}/{number}"), figures).play()
                except Exception as error:
                    raise Violation(f"life {number} on {store}, in {home}: {error!r}") from error
            figures["lives"] += 1
    return figures


@contextmanager
def born(folder: Path, url: str) -> Iterator[Scene]:
    """A scene with two exports and a warm workspace."""
    folder.mkdir(parents=True)
    files = generate(folder / "export", SIZES)
    write(folder / "delta", later(files))
    env = {"CUTOVER_STORE": url} if url else {}
    scene = Scene(folder, env, lag=0.0)
    scene.workspace = Warm(folder / "ws", scene.workspace.sandbox, env, scene.pair)
    try:
        yield scene
    finally:
        scene.stop()


def later(files: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The second export: some values changed, some companies new."""
    found = change(files, CHANGES)
    for n, row in enumerate(files["companies.csv"][:NEW]):
        new = {"Company ID": f"C-9{n:05}", "Company Name": f"New {n}", "Website": f"https://new-{n}.example"}
        found["companies.csv"].append(row | new)
    return found


class Life:
    """One life, with its dice and its counts."""

    def __init__(self, scene: Scene, store: str, plan: Plan, dice: random.Random, figures: Figures) -> None:
        self.scene = scene
        self.workspace = scene.workspace
        self.store = store
        self.plan = plan
        self.dice = dice
        self.figures = figures

    def play(self) -> None:
        """From nothing to the end."""
        workspace = self.workspace
        nothing = self.begin()
        self._through("run")
        first = self.compared()
        workspace.ok("checkpoint", "before-delta")
        self.scene.exports(self.scene.folder / "delta")
        self._through("sync")
        second = self.compared()
        self._through("rewind")
        self.same(first, "the rewind")
        workspace.ok("resume")
        workspace.ok("sync")
        self.same(second, "the sync after the rewind")
        self._through("rollback")
        self.same(nothing, "the rollback")
        workspace.ok("resume")
        workspace.ok("run")
        self.same(second, "the run after the rollback")
        self._count()

    def begin(self) -> Any:
        """Up to the first `run`; what the account held before the first write."""
        workspace = self.workspace
        workspace.init(export=self.scene.folder / "export")
        workspace.configure(settle_seconds=SETTLE_SECONDS)
        workspace.describe()
        nothing = self.scene.dump()
        workspace.approve(sample=5)
        return nothing

    def _through(self, verb: str) -> None:
        """One command, killed until it has had enough, then to its own end."""
        args, most = VERBS[verb]
        for _ in range(self.plan.kills):
            if self._kill(verb, args, most):
                break
        self.workspace.ok(*args, timeout=GIVEN_UP_SECONDS)

    def _kill(self, verb: str, args: tuple[str, ...], most: int) -> bool:
        """Start a command and kill it at a random moment; whether it had come to its end before."""
        by_count = self.dice.random() < 0.75
        wanted = self.dice.randint(1, most) if by_count else 0
        wait = self.dice.uniform(0, LATER_SECONDS_MAX if by_count else EARLY_SECONDS_MAX)
        fate = self.dice.random()
        command = self._started(args, wanted)
        end = time.monotonic() + wait
        while command.poll() is None and time.monotonic() < end:
            time.sleep(POLL_SECONDS)
        struck = fate < self.plan.with_sandbox + self.plan.sandbox_alone
        if struck:
            self.scene.kill_sandbox()
            self.figures["sandbox"] += 1
        if struck and fate >= self.plan.with_sandbox:
            command.wait(GIVEN_UP_SECONDS)  # it has to live with that, or to say that it cannot
            if command.poll() not in (0, 1):
                raise Violation(f"{args} ended with {command.poll()} when the account was away: {command.outputs()[1]}")
        killed = command.kill()
        command.close()
        complaint = command.outputs()[1]
        if "Traceback" in complaint:
            raise Violation(f"{args} broke: {complaint}")
        self.figures[f"{self.store}_{verb}"] += killed or struck
        return not killed and command.poll() == 0

    def _started(self, args: tuple[str, ...], wanted: int) -> Any:
        """A command that has sent so many requests, or has ended."""
        with httpx.Client(base_url=self.scene.url, timeout=30) as client:
            before = self._seen(client) if wanted else 0
            command = self.workspace.begin(*args)  # type: ignore[attr-defined]
            limit = time.monotonic() + GIVEN_UP_SECONDS
            while wanted and command.poll() is None and self._seen(client) - before < wanted:
                if time.monotonic() > limit:
                    raise Violation(f"{args} neither ends nor sends anything")
                time.sleep(POLL_SECONDS)
        return command

    @staticmethod
    def _seen(client: httpx.Client) -> int:
        return int(client.get("/sandbox/requests").json()["total"])

    # --- looking -----------------------------------------------------------------------------------------------------

    def compared(self) -> Any:
        """What the account holds: each of our keys once, the log whole, nothing in doubt, both sides agreed."""
        self.workspace.check()
        twice = {key: n for key, n in self.scene.keys().items() if n > 1}
        if twice:
            raise Violation(f"doubled: {twice}")
        found = self.workspace.run("reconcile", "--json")
        counts = found.document["entities"].values()
        if any(c["missing"] or c["unexpected"] or c["different"] or c["expected"] != c["found"] for c in counts):
            raise Violation(f"the sides differ: {found.stdout}")  # what a rewind has left pending is no difference
        self._writes()
        return self.scene.dump()

    def same(self, expected: Any, after: str) -> None:
        """The account holds what it did at another time, and all else is well. Raises Violation."""
        found = self.compared()
        if found != expected:
            differing = {table: rows for table, rows in found.items() if rows != expected[table]}
            raise Violation(f"after {after} the account is not what it was: {differing}")

    def _writes(self) -> None:
        """The account has made as many changes as the log says were applied."""
        applied = self.scene.control("requests")["writes"]
        said = self.workspace.events("--kind", "WriteApplied")
        if applied != len(said):
            raise Violation(f"the account has made {applied} changes, and the log says {len(said)}")
        if nameless := [e["position"] for e in said if e["actor"] != "tester" or e["body"]["map_version"] != 1]:
            raise Violation(f"events that do not say who wrote them under which map: {nameless}")

    def _count(self) -> None:
        """How the writes of this life became known."""
        how = Counter(e["body"]["how"] for e in self.workspace.events("--kind", "WriteApplied"))
        self.figures["writes"] += how.total()
        self.figures["late"] += how.total() - how["answered"]
        self.figures["doubts"] += how.total() - how["answered"] + len(self.workspace.events("--kind", "WriteAbsent"))
