"""A soak: seeds played one after the other on every core, and what they came to."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED as FIRST, Future, ProcessPoolExecutor, wait
from itertools import count, repeat
from typing import NamedTuple

from tests.simulation.mutants import MUTANTS, hunt
from tests.simulation.seeds import BILLION, STAGES, Stage, judged, made

CHUNK = 50
"""Seeds that a worker plays before it reports."""

FAULTS = ("refused", "vanished", "late", "lost", "turned away", "freeze", "another comes", "by hand", "power cut")
"""What counts as a fault besides a death, as the machine tells it."""

SHOWN = 20
"""Bad seeds that are named."""

YEAR = 365.25 * 86_400


class Figures(NamedTuple):
    """What some seeds came to: virtual seconds, seconds of CPU, counts by what happened, bad seeds with the reasons."""

    plays: int
    virtual: float
    cpu: float
    counts: Counter[str]
    bad: dict[int, list[str]]


def chunk(stage: Stage, first: int, many: int) -> Figures:
    """Play seeds in this process."""
    started = time.process_time()
    counts, bad, virtual = Counter[str](), dict[int, list[str]](), 0.0
    for n in range(first, first + many):
        seed = BILLION * STAGES.index(stage) + n
        played = made(seed)
        played.run()
        if found := judged(seed, played):
            bad[seed] = found
        counts.update(played.machine.counts)
        virtual += played.machine.now
        played.close()
    return Figures(many, virtual, time.process_time() - started, counts, bad)


def soak(stage: Stage, first: int, seeds: int, minutes: float) -> int:
    """Play seeds until there are enough, or the time is over; print what came of them. 1 when one was bad."""
    total = Figures(0, 0.0, 0.0, Counter(), {})
    began = time.monotonic()
    for found in _figures(stage, first, seeds, began + 60 * minutes):
        total = Figures(
            total.plays + found.plays, total.virtual + found.virtual, total.cpu + found.cpu,
            total.counts + found.counts, total.bad | found.bad,
        )  # fmt: skip
        for seed, reasons in found.bad.items():
            if len(total.bad) <= SHOWN:
                print(f"seed {seed} is bad: {reasons[0]}", flush=True)  # noqa: T201
    report(stage, first, total, time.monotonic() - began)
    return 1 if total.bad else 0


def _figures(stage: Stage, first: int, seeds: int, until: float) -> Iterator[Figures]:
    cores = os.cpu_count() or 1
    starts = count(first, CHUNK)
    with ProcessPoolExecutor(cores) as pool:
        running: set[Future[Figures]] = set()
        while True:
            while len(running) < 2 * cores and time.monotonic() < until and (at := next(starts)) < first + seeds:
                running.add(pool.submit(chunk, stage, at, min(CHUNK, first + seeds - at)))
            if not running:
                return
            done, running = wait(running, return_when=FIRST)
            for future in done:
                yield future.result()


def report(stage: Stage, first: int, total: Figures, seconds: float) -> None:
    """Print the figures as a table."""
    faults = sum(total.counts[f] for f in FAULTS)
    rows = [
        ("stage", stage),
        ("seeds from", f"{BILLION * STAGES.index(stage) + first}"),
        ("plays", f"{total.plays:,}"),
        ("process deaths", f"{total.counts['death']:,}"),
        ("faults", f"{faults:,}"),
        *((f"  {name}", f"{total.counts[name]:,}") for name in FAULTS if total.counts[name]),
        ("simulated years", f"{total.virtual / YEAR:.3f}"),
        ("seconds, of CPU", f"{seconds:,.0f}, {total.cpu:,.0f}"),
        ("bad seeds", f"{len(total.bad):,}"),
    ]  # fmt: skip
    for name, value in rows:
        print(f"{name:<20}{value:>40}")  # noqa: T201


def hunts(first: int, seconds: float) -> int:
    """Hunt every mutant from a seed on, over all cores; print what caught it. 1 when one was not caught."""
    missed = 0
    with ProcessPoolExecutor() as pool:
        for found in pool.map(hunt, MUTANTS, repeat(first), repeat(seconds)):
            missed += found.seed is None
            what = "was not caught" if found.seed is None else f"is caught by {found.seed}"
            print(f"{found.seconds:6.1f} s {found.played:6,} seeds  {found.mutant.name!r} {what}", flush=True)  # noqa: T201
    print(f"{len(MUTANTS)} mutants, {missed} not caught within {seconds:g} s of CPU")  # noqa: T201
    return 1 if missed else 0
