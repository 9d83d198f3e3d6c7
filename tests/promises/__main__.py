"""`make promises`: runs the tests that stand for promises, and prints what became of each of the promises."""

import sys
from pathlib import Path

import click
import pytest

from tests.promises.catalogue import PROMISES
from tests.promises.table import Results, lines, rows

TESTS = Path(__file__).resolve().parents[1]


@click.command()
@click.argument("ids", nargs=-1)
@click.option("--processes", "-n", default="3", show_default=True, help="How many tests run at once.")
def main(ids: tuple[str, ...], processes: str) -> None:
    """Run the tests of the promises whose ids begin like IDS (all without any), and print the table.

    Example: python -m tests.promises F-03 F-141
    """
    chosen = [promise for promise in PROMISES if promise.id.startswith(ids or ("",))]
    if not chosen:
        raise click.UsageError(f"no promise has an id that begins with {' or '.join(ids)}")
    results = Results()
    options = [
        "-q",
        "-n",
        processes,
        "--dist",
        "loadgroup",
        "-p",
        "tests.promises.marking",
        "--promises",
        " ".join(ids),
    ]
    code = pytest.main([*options, str(TESTS)], plugins=[results])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise click.ClickException("pytest did not come to an end (see above): how the promises stand is not known")
    table = rows(chosen, results.by_promise)
    click.echo("\n".join(lines(table)))
    # pytest fails for more than a test's result: a skip without leave, a warning at the end
    sys.exit(code is pytest.ExitCode.TESTS_FAILED or any(row.state == "failing" for row in table))


if __name__ == "__main__":
    main()
