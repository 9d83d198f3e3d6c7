"""Torn images: the power goes at any moment while the store is made, written, checkpointed and closed.

A writer is traced (`tracing`), a disk (`disk`) is brought to a moment of the trace, and what may be left of it then is
opened by the real store, judged against what had been acknowledged, and written on.
"""

import random
import shutil
from contextlib import closing
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests.soak.appending import Told, Violation, append, batch, judge, opened
from tests.soak.disk import Disk
from tests.soak.figures import Figures
from tests.soak.forking import Child
from tests.soak.tracing import Op, Tracer, traced

APPENDS = 40
"""How long a traced writer lives."""

IMAGES = 250
"""How many images are made of one trace."""

BIRTH = 0.15
"""How many of the images are of the time in which the store is made; it has most of the operations."""

CHECKPOINTS = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")
FILE = "cutover.db"
TRACE_SECONDS = 120.0


def tear(images: int, seed: int, jobs: int, folder: Path, *, obeys: bool = True) -> Figures:
    """Make and judge so many images, on so many cores. Raises Violation."""
    figures = Figures(images=0, traces=0, before_the_first_append=0, doubt_stands=0, doubt_absent=0)
    sizes = [min(IMAGES, images - start) for start in range(0, images, IMAGES)]
    work = partial(_tear_one, seed=seed, folder=folder, obeys=obeys)
    if jobs == 1:
        for numbered in enumerate(sizes):
            figures.add(work(numbered))
        return figures
    with get_context("fork").Pool(jobs) as pool:
        for found in pool.imap_unordered(work, enumerate(sizes)):
            figures.add(found)
    return figures


def _tear_one(numbered: tuple[int, int], *, seed: int, folder: Path, obeys: bool) -> dict[str, int]:
    """One trace and its images."""
    number, images = numbered
    writer = f"t{seed}.{number}"
    dice = random.Random(writer)
    home = folder / f"trace-{number}"
    home.mkdir(parents=True)
    ops = record(home / "traced", writer)
    moments = sorted(_moments(ops, images, dice))
    disk, told, done = Disk(obeys=obeys), Told(), 0
    figures = Figures(images=0, traces=1, before_the_first_append=0, doubt_stands=0, doubt_absent=0)
    for moment in moments:
        for op in ops[done:moment]:
            told.hear(op[1]) if op[0] == "told" else disk.do(op)
        done = moment
        place = home / "image"
        _lay(place, disk.image(dice), dice)
        try:
            stand = _judged(place, writer, told)
        except Exception as error:
            raise Violation(f"image {figures['images']} of trace {number}, operation {moment}: {error!r}") from error
        shutil.rmtree(place)
        figures["images"] += 1
        figures["before_the_first_append"] += told.last < 0
        figures["doubt_stands" if stand > told.last + 1 else "doubt_absent"] += 1
    shutil.rmtree(home)
    return figures


def _moments(ops: list[Op], images: int, dice: random.Random) -> list[int]:
    """Between which operations the power goes."""
    first = next(n for n, op in enumerate(ops) if op[0] == "told" and op[1][0] == "kept")
    return [dice.randint(0, first) if dice.random() < BIRTH else dice.randint(first, len(ops)) for _ in range(images)]


def record(folder: Path, writer: str) -> list[Op]:
    """The operations of a writer from the making of its store to its end."""
    folder.mkdir()

    def work(tell: Any) -> int:
        tell(traced(folder, partial(_write, folder, writer)))
        return 0

    child = Child(work)
    ops: list[Op] = next(iter(child.heard(TRACE_SECONDS)), [])
    code = child.wait(TRACE_SECONDS)
    child.close()
    if code or not ops:
        raise RuntimeError(f"the traced writer ended with {code}")
    return ops


def _write(folder: Path, writer: str, tracer: Tracer) -> None:
    """Open, append, checkpoint at times as a long log does by itself, close, and open again."""
    dice = random.Random(f"{writer}/life")
    first = 0
    for _ in count():
        engine, log = opened(f"sqlite:///{folder / FILE}")
        for number in append(log, writer, first, tracer.tell):
            first = number + 1
            if dice.random() < 0.15:
                _checkpoint(engine, dice)
            if first == APPENDS or dice.random() < 0.07:
                break
        engine.dispose()
        if first == APPENDS:
            return


def _checkpoint(engine: Engine, dice: random.Random) -> None:
    """Bring the WAL into the file, as SQLite does by itself after 4,000 pages."""
    where = dice.choice(("main", "vault"))
    with closing(engine.raw_connection()) as driver:
        driver.cursor().execute(f"PRAGMA {where}.wal_checkpoint({dice.choice(CHECKPOINTS)})")


def _lay(place: Path, image: dict[str, bytes], dice: random.Random) -> None:
    """Write an image down; what the -shm files hold after a power cut is anybody's guess."""
    place.mkdir()
    for name, content in image.items():
        (place / name).write_bytes(content)
        if not name.endswith(("-wal", "-journal")) and dice.random() < 0.5:
            noise = dice.choice((b"", bytes(32768), dice.randbytes(32768), dice.randbytes(dice.randrange(32768))))
            (place / f"{name}-shm").write_bytes(noise)


def _judged(place: Path, writer: str, told: Told) -> int:
    """Open an image, judge it, and append what comes next; how many appends stood."""
    engine, log = opened(f"sqlite:///{place / FILE}")
    try:
        stand = judge(engine, log, writer, told)
        epoch = log.take()
        before = log.head().position
        log.append(batch(writer, told.last + 1), epoch=epoch)  # the one in doubt, under the same ids
        if not log.verify(after=before).ok:
            raise Violation("the log does not verify after the next append")
    finally:
        engine.dispose()
    return stand
