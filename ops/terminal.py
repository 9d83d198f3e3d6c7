"""What people see: data on standard output, talk and progress on standard error, bars only on a terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDEST = 10_000
"""Columns of the widest table."""

Report = Callable[[str, int, int], None]


class Terminal:
    """One command's voice.

    Args:
        as_json: print one JSON document on standard output, and nothing else there.
        quiet: no talk.
    """

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.out = Console(file=sys.stdout, highlight=False, soft_wrap=True, markup=False, emoji=False)
        self.err = Console(file=sys.stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)

    def document(self, value: Any, text: str | Callable[[], None] | None = None) -> None:
        """The answer: as JSON where that was asked for, else as text."""
        if self.as_json:
            sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
        elif callable(text):
            text()
        elif text:
            self.out.print(text)

    def say(self, text: str) -> None:
        """Talk, on standard error."""
        if not self.quiet:
            self.err.print(text)

    def error(self, text: str) -> None:
        """What went wrong, on standard error."""
        self.err.print(text)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table on standard output, as wide as it is: no cell is broken into pieces, nor cut."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for i, header in enumerate(headers):
            numeric = bool(rows) and all(isinstance(r[i], int | float) for r in rows)
            table.add_column(header, justify="right" if numeric else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        options = self.out.options.update(max_width=WIDEST)
        table.width = Measurement.get(self.out, options, table).maximum
        self.out.print(table, crop=False)

    @contextmanager
    def progress(self) -> Iterator[Report]:
        """Progress bars, where standard error is a terminal and nobody asked for quiet."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda _what, _done, _total: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True) as bars:
            tasks: dict[str, TaskID] = {}

            def report(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=total)
                bars.update(tasks[what], completed=done, total=total)

            yield report
