"""Figures: what a part of the soak has counted, as a table with the command and the seed that gave it."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table


class Figures(dict[str, Any]):
    """Counts by name, in the order in which they are shown."""

    def add(self, other: dict[str, Any]) -> None:
        """Add another's counts to these."""
        for name, value in other.items():
            self[name] = self.get(name, 0) + value

    def show(self, title: str, seed: int, seconds: float) -> None:
        """Print the table, and the command under it."""
        table = Table(title=title)
        table.add_column("figure")
        table.add_column("value", justify="right")
        for name, value in self.items():
            table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
        table.add_row("seed", str(seed))
        table.add_row("seconds", f"{seconds:.1f}")
        console = Console()
        console.print(table)
        console.print(f"python -m tests.soak {' '.join(sys.argv[1:])}", soft_wrap=True)
