"""The writer's bench: a log and an account of shelves."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Fields, Request
from engine.account import Account
from engine.changes import Change
from engine.events import RunStarted
from engine.journal import Journal
from engine.view import Part, View
from engine.write import Writer
from tests.engine.shelf import Shelf, ShelfWire
from tests.engine.world import journal_at, view_of


class Bench:
    """A writer, its log and the shelves that it writes to."""

    def __init__(self, shelf: Any = None) -> None:
        self.journal: Journal = journal_at()
        self.view: View = view_of(self.journal)
        self.wire = ShelfWire()
        shelf = shelf or Shelf()
        self.account = Account(
            target="production",
            destination=shelf,
            costs=shelf,
            wire=self.wire,
            settle_seconds=30.0,
            visible_seconds=5.0,
            now=self.wire.now,
            sleep=self.wire.sleep,
        )
        self.journal.own()

    def writer(self) -> Writer:
        """A writer for a new run."""
        started = self.journal.record(RunStarted(verb="run", target="production", map_version=3))
        return Writer(self.journal, self.view, self.account, run=started.position, map_version=3)

    def kinds(self) -> list[str]:
        """The kinds of events about writes, in order."""
        return [e.kind for e in self.journal.log.read() if e.kind.startswith("Write")]

    def shelf(self) -> dict[str, Fields]:
        """The persons on the shelf."""
        return self.wire.shelves.get("person", {})

    def hurt(self, harm: str, times: int = 1, where: Callable[[Request], bool] = lambda r: r.unsafe) -> None:
        """Hurt the next requests of a kind."""
        left = [times]

        def hurting(request: Request) -> str:
            if not where(request) or left[0] == 0:
                return ""
            left[0] -= 1
            return harm

        self.wire.hurt = hurting


def create(number: int) -> Change:
    """A person to be."""
    fields = {"first_name": f"F{number}"}
    return Change(
        action="create", part=Part("person", "Contact", f"contact:{number}"), fields={**fields, "$mark": "mark"},
        whole=fields, whole_hash=f"h{number}",
    )  # fmt: skip
