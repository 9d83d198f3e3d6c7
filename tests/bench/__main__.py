"""`make bench`: measurements on this machine, each a ratio or a rate in one run, as a table."""

import platform
import tempfile
import time
from pathlib import Path

from tests.bench.generate import Sizes, generate
from tests.bench.store import measure
from tests.e2e.workspace import migrating

EVENTS = 20_000
BATCH = 500
SIZES = Sizes(200, 300, 150, 175, 75, 100, 100, 150)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        store = measure(Path(folder) / "store", EVENTS, BATCH)
        run = _run(Path(folder) / "run")
    rows = [
        (f"raw executemany, SQLite, {BATCH} rows a commit", f"{store.raw:,.0f} rows/s"),
        (f"log.append, {BATCH} events a commit", f"{store.append:,.0f} events/s"),
        ("append, share of the raw limit", f"{store.append / store.raw:.2f}"),
        (f"cutover run, {SIZES.total} records over HTTP", f"{run:,.0f} records/s"),
    ]
    print(f"Python {platform.python_version()}, {platform.machine()}")  # noqa: T201
    for name, value in rows:
        print(f"{name:<48}{value:>24}")  # noqa: T201


def _run(folder: Path) -> float:
    """Records a second of `cutover run` against a sandbox without a burst limit, its start included."""
    folder.mkdir()
    generate(folder / "export", SIZES)
    with migrating(folder, export=folder / "export") as workspace:
        workspace.prepare(sample=1)
        started = time.perf_counter()
        workspace.ok("run")
        seconds = time.perf_counter() - started
    return SIZES.total / seconds


if __name__ == "__main__":
    main()
