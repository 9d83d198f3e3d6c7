"""The daemon: one migration kept in step on a schedule. APScheduler is its clockwork; all that it does is `tick`."""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from adapters.protocols import AdapterError, BudgetSpentError
from adapters.sources import UnreadableError
from engine.discover import NoWayError
from engine.history import NotReadyError
from engine.load import GateShutError
from engine.taking import ExtractionRefusedError
from eventstore.errors import Deposed
from ops import errors
from ops.compose import check_begun, opened
from ops.logs import configure
from ops.terminal import Terminal
from ops.workspace import Workspace

log = structlog.get_logger()


class _StopError(Exception):
    """The daemon is to stop; raised between two waves of writes, when nothing is under way."""


def tick(
    workspace: Workspace,
    target: str,
    actor: str,
    now: datetime,
    epoch: int | None = None,
    stopping: threading.Event | None = None,
) -> str:
    """One delta, if there is anything to do; what came of it in a word.

    `epoch`: the one that this daemon owns. `stopping`: when set, the tick ends after the wave of writes that is under
    way; a later one goes on. Raises Deposed when another process owns the log.
    """

    def progress(_what: str, _done: int, _total: int) -> None:
        if stopping is not None and stopping.is_set():
            raise _StopError

    with opened(workspace, target, actor, progress, epoch) as migration:
        check_begun(migration, workspace)
        migration.journal.check_owned()
        if migration.view.on_hold() is not None:
            return "hold"
        try:
            report = migration.sync()
        except _StopError:
            return "stopped"
        except (GateShutError, NotReadyError) as error:
            log.info("waiting for a person", migration=workspace.config.migration, why=str(error), at=now.isoformat())
            return "gate"
        except BudgetSpentError as error:
            log.info("the budget is spent", migration=workspace.config.migration, why=str(error), at=now.isoformat())
            return "budget"
        except (AdapterError, UnreadableError, ExtractionRefusedError, NoWayError) as error:
            log.warning("the tick failed", migration=workspace.config.migration, why=str(error), at=now.isoformat())
            return "failed"
        waits = {"why": report.message} if report.outcome == "gate" else {}
        log.info(
            "waiting for a person" if waits else "in step", migration=workspace.config.migration,
            position=report.position, tokens=report.tokens, outcome=report.outcome, at=now.isoformat(), **waits,
        )  # fmt: skip
        return report.outcome


def _own(workspace: Workspace, target: str, actor: str) -> int | None:
    """Take the migration, unless it is on hold: whoever holds it (a rollback, say) is not to be disturbed."""
    with opened(workspace, target, actor, lambda _what, _done, _total: None) as migration:
        return None if migration.view.on_hold() else migration.journal.own()


def serve(workspace: Workspace, target: str, actor: str, terminal: Terminal, *, once: bool) -> int:
    """Tick until SIGTERM or SIGINT; the wave of writes that has begun is finished. An exit code."""
    configure()
    if once:
        outcome = tick(workspace, target, actor, datetime.now(UTC))
        terminal.document({"tick": outcome}, f"tick: {outcome}")
        return {"gate": errors.GATE, "hold": errors.GATE, "budget": errors.BUDGET, "failed": errors.FAILED}.get(
            outcome, 0
        )
    scheduler = BlockingScheduler(timezone=UTC)
    ended: list[int] = []
    stopping = threading.Event()
    epoch: int | None = None

    def work() -> None:
        nonlocal epoch
        try:
            epoch = epoch or _own(workspace, target, actor)
            tick(Workspace(workspace.folder), target, actor, datetime.now(UTC), epoch, stopping)
        except Deposed as error:
            terminal.error(f"cutover: {error}")
            ended.append(errors.OWNED)
            threading.Thread(target=scheduler.shutdown, kwargs={"wait": False}).start()
        except Exception:
            log.exception("the tick broke", migration=workspace.config.migration)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if stopping.is_set():  # said once is enough: a terminal and a supervisor may both say it
            return
        stopping.set()
        threading.Thread(target=scheduler.shutdown, kwargs={"wait": True}).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    seconds = workspace.config.daemon.every_seconds
    scheduler.add_job(
        work, "interval", seconds=seconds, max_instances=1, coalesce=True, next_run_time=datetime.now(UTC)
    )
    terminal.say(f"{workspace.config.migration}: a tick every {seconds:g} seconds")
    scheduler.start()
    return ended[0] if ended else errors.DONE
