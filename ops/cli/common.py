"""What every command shares: its options, its workspace, and how errors become messages and exit codes."""

import functools
import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from adapters.protocols import AdapterError, BudgetSpentError, CredentialsError
from adapters.sources import UnreadableError
from engine.discover import NoWayError
from engine.history import NotReadyError
from engine.load import GateShutError
from engine.mapping import MapError
from engine.migration import HeldError, Migration
from engine.propose import NoPresetError
from engine.reviews import ReviewError
from engine.taking import ExtractionRefusedError
from eventstore.errors import Deposed, SchemaTooNew, StoreError
from ops import errors
from ops.compose import opened
from ops.terminal import Terminal
from ops.workspace import Workspace


class App:
    """One command's options and what they open."""

    def __init__(self, directory: str, as_json: bool, quiet: bool, by: str, reason: str, target: str) -> None:
        self.directory = Path(directory)
        self.terminal = Terminal(as_json=as_json, quiet=quiet)
        self.actor = by or os.environ.get("CUTOVER_ACTOR") or _user()
        self.reason = reason
        self.target = target

    def workspace(self) -> Workspace:
        """The workspace that -C names."""
        return Workspace(self.directory)

    @contextmanager
    def migration(self, workspace: Workspace | None = None) -> Iterator[Migration]:
        """The workspace's migration, at the target."""
        with (
            self.terminal.progress() as progress,
            opened(workspace or self.workspace(), self.target, self.actor, progress) as migration,
        ):
            yield migration


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


OPTIONS = (
    click.option("-C", "directory", metavar="DIR", default=None, help="The workspace (default: the current folder)."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    click.option("--by", metavar="WHO", default="", help="Who asks (default: CUTOVER_ACTOR, else the login name)."),
    click.option("--reason", metavar="TEXT", default="", help="Why, for the log."),
    click.option("--target", metavar="NAME", default="production", show_default=True, help="The destination account."),
    click.option("--quiet", is_flag=True, help="Say nothing but the answer."),
)


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command the shared options, its App, and its ending. The function gives an exit code (None: 0)."""

    @functools.wraps(function)
    def run(**given: Any) -> None:
        ctx = click.get_current_context()
        parent = ctx.find_root().params
        directory = given.pop("directory") or parent.get("directory") or "."
        as_json = given.pop("as_json") or bool(parent.get("as_json"))
        app = App(directory, as_json, given.pop("quiet"), given.pop("by"), given.pop("reason"), given.pop("target"))
        ctx.exit(_ending(app, lambda: function(app, **given)))

    decorated: Callable[..., None] = run
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


FAILURES: tuple[tuple[type[Exception], int], ...] = (
    (errors.ConfigError, errors.USAGE),
    (CredentialsError, errors.USAGE),
    (MapError, errors.USAGE),
    (ReviewError, errors.USAGE),
    (NoPresetError, errors.USAGE),
    (HeldError, errors.USAGE),
    (SchemaTooNew, errors.USAGE),
    (GateShutError, errors.GATE),
    (NotReadyError, errors.GATE),
    (NoWayError, errors.FAILED),
    (BudgetSpentError, errors.BUDGET),
    (Deposed, errors.OWNED),
    (ExtractionRefusedError, errors.FAILED),
    (UnreadableError, errors.FAILED),
    (AdapterError, errors.FAILED),
    (StoreError, errors.FAILED),
    (OperationalError, errors.FAILED),
)
"""Which error ends a command how; the first that fits counts."""


def _ending(app: App, work: Callable[[], int | None]) -> int:
    try:
        return work() or errors.DONE
    except KeyboardInterrupt:
        app.terminal.error("interrupted; a later run goes on from here")
        return errors.INTERRUPTED
    except Exception as error:
        for kind, code in FAILURES:
            if isinstance(error, kind):
                _tell(app, error)
                return code
        raise


def _said(error: Exception) -> str:
    """An error's words; of the database's own only what the driver said, for the statement may name people."""
    if isinstance(error, OperationalError):
        return f"the store does not answer ({str(error.orig).strip()}): see that it is there, and run again"
    return str(error)


def _tell(app: App, error: Exception) -> None:
    problems = getattr(error, "problems", None) or [_said(error)]
    for problem in problems:
        app.terminal.error(f"cutover: {problem}")
    if app.terminal.as_json:
        app.terminal.document({"error": "; ".join(problems)})
