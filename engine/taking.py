"""What every way of extracting shares: how a record is taken into the log, and when a source looks like a part."""

from collections.abc import Callable, Mapping

import msgspec

from adapters.protocols import Record
from engine.attachments import Stored
from engine.events import RecordExtracted

BATCH = 500
"""Records appended in one transaction."""

VANISHED_SHARE, VANISHED_LEAST = 0.05, 10
"""A snapshot in which more of an object is missing than this share (and this many) is taken for a short file."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class ExtractionRefusedError(Exception):
    """The source cannot be taken as a complete new state; the message says why and what to do."""


def looks_short(missing: int, live: int) -> bool:
    """Whether more is missing than people delete between two looks."""
    return missing > max(VANISHED_LEAST, VANISHED_SHARE * live)


def extracted(record: Record, files: Mapping[str, Stored]) -> RecordExtracted:
    """The event's body for a record, without what only the log knows."""
    return RecordExtracted(
        number=0,
        fingerprint="",
        aliases=[],
        identity="id",
        where=record.where,
        deleted=record.deleted,
        merged=record.merged,
        values={key: str(value) for key, value in record.values.items()},
        files={field: msgspec.to_builtins(stored) for field, stored in files.items()},
        raw=record.raw,
    )
