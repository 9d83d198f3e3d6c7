"""Certainty: a transaction of ours whose end nobody told is repeated until it is known.

The answer to a COMMIT can be lost like any other: the connection breaks, the server stops at once, the disk fails. The
transaction may then stand or not. So only what is a no-op the second time is done under `until_known`: an append names
its events by ids of its writer's own, and taking an epoch twice gives a later one. The head's lock makes the repetition
wait for a first attempt that the server still works on.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from eventstore.errors import CommitUnknown

T = TypeVar("T")

WAITS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each repetition: a server that was stopped at once is back within them."""

_SQLITE = frozenset({5, 6, 10, 13, 14, 15})
"""Primary result codes (sqlite.org/rescode.html): BUSY, LOCKED, IOERR, FULL, CANTOPEN, PROTOCOL."""

_POSTGRESQL = ("08", "40", "53", "57", "58")
"""Classes of SQLSTATE (PostgreSQL's appendix A): connection, rollback, resources, intervention, system."""


def until_known(work: Callable[[], T], sleep: Callable[[float], None], what: str) -> T:
    """Do `work` until it ends, or fails for a reason that will not pass. Raises `CommitUnknown` when patience ends.

    `sleep` waits that many seconds; `what` names the work in the error.
    """
    for wait in WAITS:
        try:
            return work()
        except Exception as error:
            if not _passes(error):
                raise
        sleep(wait)
    try:
        return work()
    except Exception as error:
        if not _passes(error):
            raise
        raise CommitUnknown(
            f"the store did not say whether {what}, asked {len(WAITS) + 1} times ({_cause(error)}). Nothing is sent on "
            "the strength of it: see that the database is reachable and has room, then run again; what was recorded is "
            "found, and what was not is done anew"
        ) from None


def _cause(error: Exception) -> object:
    """The driver's own error: COPY speaks past SQLAlchemy, all else through it."""
    return error.orig if isinstance(error, DBAPIError) else error


def _passes(error: Exception) -> bool:
    """Whether an error leaves the end of a transaction open, or may not come again."""
    cause = _cause(error)
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _SQLITE
    if not {kind.__name__ for kind in type(cause).__mro__} & {"OperationalError", "InterfaceError"}:
        return False
    state = getattr(cause, "sqlstate", None)  # None: the connection broke, or none could be made
    return hasattr(cause, "sqlstate") and (state is None or state[:2] in _POSTGRESQL)
