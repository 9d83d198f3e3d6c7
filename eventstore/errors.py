"""What can go wrong in the store.

StoreError
├── InvalidEvent     an event that must not be recorded: malformed, a cause that is not earlier (also a ValueError)
├── Conflict         the head is not where the caller expected it
├── Deposed          the caller's epoch is over: another owner has taken the log
├── CommitUnknown    the database did not say, however often it was asked, whether a transaction stands
├── IdTaken          an event id is in the log already, with other content, or only part of a batch is
├── NotRecorded      nothing is recorded at that position (also a KeyError)
├── ErasedSubject    a new personal part for a subject whose key has been destroyed
├── KeysMissing      the vault, or a key that sealed events need, is not there
├── SealBroken       a sealed part does not open under the key of its subject
├── Damaged          the stored head is not what its last event says; `Log.verify` names the place
├── FoldOutdated     another version of the program has rebuilt a read model while this one runs
├── EventTooNew      a recorded event has a version that this program does not know
├── SchemaTooNew     the database was written by a newer program
├── NotMigrated      the database holds no log
└── DriverMissing    the database's driver is not installed, or the database is not supported
"""

# ruff: noqa: N818 - the names are facts about the log, as the rest of the program reads them


class StoreError(Exception):
    """Base of all errors of the store; the message says what happened, to which record, and what to do next."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InvalidEvent(StoreError, ValueError):
    """An event that must not be recorded."""


class Conflict(StoreError):
    """The head of the log is not at the position that the caller expected."""


class Deposed(StoreError):
    """The epoch under which the caller writes is over."""


class CommitUnknown(StoreError):
    """Nobody knows whether a transaction was committed; what it would have done is a no-op when it is done again."""


class IdTaken(StoreError):
    """An event id is recorded already, and not by the same append."""


class NotRecorded(StoreError, KeyError):
    """Nothing is recorded at a position."""


class ErasedSubject(StoreError):
    """The key of the subject has been destroyed; nothing personal can be recorded about it again."""


class KeysMissing(StoreError):
    """The keys that sealed events need are not there: lost, or not yet restored."""


class SealBroken(StoreError):
    """A sealed part does not open: another vault, or changed bytes."""


class Damaged(StoreError):
    """The stored log contradicts itself."""


class FoldOutdated(StoreError):
    """The read model in the database belongs to another version of its fold."""


class EventTooNew(StoreError):
    """A recorded event has a version that this program does not know."""


class SchemaTooNew(StoreError):
    """The database has a schema revision that this program does not know."""


class NotMigrated(StoreError):
    """The database holds no log yet."""


class DriverMissing(StoreError):
    """The driver of the database is not installed, or there is none."""
