"""The journal of a sandbox: every change is in the file before the answer leaves, so a killed server forgets nothing.

One JSON line per request. A write reaches the operating system before the reply, which survives the death of the
process (not of the machine). At the start the file is read, a torn last line is dropped, and a compact copy takes its
place.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from adapters.sandbox.world import Change

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[list[object]]).decode


class JournalError(RuntimeError):
    """The state file cannot be used; the message says why and what to do."""


def read(path: Path) -> list[list[Change]]:
    """The batches of changes that the file holds, oldest first; a torn last line is left out.

    Raises JournalError when a line before the last cannot be read.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    batches: list[list[Change]] = []
    for number, line in enumerate(lines[:-1], 1):  # what follows the last newline is torn, or empty
        try:
            batches.append(_decode(line))
        except msgspec.MsgspecError as error:
            raise JournalError(
                f"{path}, line {number}: not a journal line ({error}); restore it or delete it"
            ) from None
    return batches


class Journal:
    """An open journal: one process at a time may append to it."""

    def __init__(self, path: Path) -> None:
        """Take the file for this process. Raises JournalError when another process has it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise JournalError(f"{path}: another sandbox is running on this state; stop it or name another") from None
        self._file = -1

    def rewrite(self, batches: Iterable[list[Change]]) -> None:
        """Replace the file by these batches, atomically, and open it for appending."""
        copy = self._path.with_name(self._path.name + ".new")
        with copy.open("wb") as out:
            out.writelines(_encode(batch) + b"\n" for batch in batches)
            out.flush()
            os.fsync(out.fileno())
        copy.replace(self._path)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def append(self, changes: list[Change]) -> None:
        """Add one batch; it is with the operating system when this returns."""
        line = _encode(changes) + b"\n"
        while line:
            line = line[os.write(self._file, line) :]

    def close(self) -> None:
        """Give the file back."""
        if self._file >= 0:
            os.close(self._file)
        os.close(self._lock)
