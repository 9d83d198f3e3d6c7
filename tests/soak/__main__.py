"""`python -m tests.soak PART`: real crashes until so many have happened, and the figures as a table.

A broken promise ends the part with its words and exit code 1.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from tests.soak.appending import Violation
from tests.soak.figures import Figures

MEMORY = Path("/dev/shm")
"""Where files cost no disk, if the system has it."""


@click.group()
def main() -> None:
    """Kill, cut and stop, and look at what is left."""


def part(title: str, work: Callable[[Path], Figures], seed: int, as_json: bool) -> None:
    """Do a part in a folder of its own, which stays when a promise was broken."""
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=MEMORY if MEMORY.is_dir() else None))
    started = time.monotonic()
    try:
        figures = work(folder)
    except Violation as error:
        raise click.ClickException(f"{error}\nWhat is left lies in {folder}") from error
    shutil.rmtree(folder)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        figures.show(title, seed, time.monotonic() - started)


SEED = click.option("--seed", default=1, show_default=True, help="What gives the contents and the moments.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")


@main.command()
@click.option("--kills", default=20_000, show_default=True)
@SEED
@JSON
def store(kills: int, seed: int, as_json: bool) -> None:
    """SIGKILL loops on the SQLite store."""
    from tests.soak.store import kill_writers

    part("SQLite store, writers killed", lambda folder: kill_writers(kills, seed, folder), seed, as_json)


@main.command()
@click.option("--images", default=100_000, show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Cores.")
@SEED
@JSON
def torn(images: int, jobs: int, seed: int, as_json: bool) -> None:
    """Images of the SQLite store as a power cut leaves them."""
    from tests.soak.torn import tear

    part("SQLite store, torn images", lambda folder: tear(images, seed, jobs, folder), seed, as_json)


STORES = ("sqlite", "postgresql")
ON = click.option("--on", "stores", type=click.Choice(STORES), multiple=True, default=STORES, help="Which stores.")


@main.command()
@click.option("--kills", default=100, show_default=True, help="Of each command, on each store.")
@click.option("--a-life", default=12, show_default=True, help="Kills of each command in one migration, at most.")
@ON
@SEED
@JSON
def processes(kills: int, a_life: int, stores: tuple[str, ...], seed: int, as_json: bool) -> None:
    """SIGKILL loops on run, sync, rewind and rollback."""
    _lives("run, sync, rewind, rollback, killed", kills, a_life, stores, seed, as_json, 0.08, 0.0)


@main.command()
@click.option("--kills", default=20, show_default=True, help="Of each command or of its sandbox, on each store.")
@click.option("--a-life", default=6, show_default=True, help="Kills during each command in one migration, at most.")
@ON
@SEED
@JSON
def sandboxes(kills: int, a_life: int, stores: tuple[str, ...], seed: int, as_json: bool) -> None:
    """The account's server killed and started again under the commands, alone or together with them."""
    _lives("sandboxes killed under the commands", kills, a_life, stores, seed, as_json, 0.3, 0.4)


def _lives(
    title: str, kills: int, a_life: int, stores: tuple[str, ...], seed: int, as_json: bool, both: float, alone: float
) -> None:
    from tests.soak.lives import Plan, live

    def work(folder: Path) -> Figures:
        figures = Figures()
        for store in stores:
            figures.add(
                live(store, kills, a_life, seed, folder, Plan(kills=kills, with_sandbox=both, sandbox_alone=alone))
            )
        return figures

    part(title, work, seed, as_json)


@main.command()
@click.option("--stops", default=500, show_default=True)
@SEED
@JSON
def postgres(stops: int, seed: int, as_json: bool) -> None:
    """PostgreSQL stopped at once under its writers."""
    from tests.soak.postgres import stop_servers

    part("PostgreSQL, immediate stops", lambda _folder: stop_servers(stops, seed), seed, as_json)


if __name__ == "__main__":
    main()
