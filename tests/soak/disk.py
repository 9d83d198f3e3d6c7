"""A disk that loses power: what was synced is on it; of what was written since, any sectors are, or parts of them.

Folders are disks, too: a file that was made or deleted since its folder was synced may be there or not.
"""

import random
from itertools import pairwise
from typing import Any

import msgspec

SECTOR = 512
"""Bytes that a disk writes as one. What lies in a sector outside a write is never hurt by it: SQLite counts on that."""


class Kept(msgspec.Struct):
    """One file: the synced bytes, and what was done to it since, oldest first: (offset, bytes), or (size, None)."""

    synced: bytearray
    since: list[tuple[int, bytes | None]] = []
    syncs_folder: bool = False


class Disk:
    """The files of one folder, operation by operation.

    `obeys` says whether a sync is one; a disk that only pretends shows that the images can lose something.
    """

    def __init__(self, *, obeys: bool = True) -> None:
        self.files: dict[str, Kept] = {}
        self.unsure: set[str] = set()  # made since the folder was synced
        self.gone: dict[str, Kept] = {}  # deleted since then
        self.obeys = obeys

    def do(self, op: tuple[Any, ...]) -> None:
        """Do one traced operation."""
        kind, name, *rest = op
        if kind == "delete":
            if (file := self.files.pop(name, None)) is not None and name not in self.unsure:
                self.gone[name] = file
            self.unsure.discard(name)
            if rest[0]:
                self._sync_folder()
            return
        if kind == "open":
            self.files[name] = Kept(bytearray(), syncs_folder=rest[0])
            self.unsure.add(name)
            return
        file = self.files[name]
        if kind == "write":
            file.since.append((rest[0], rest[1]))
        elif kind == "truncate":
            file.since.append((rest[0], None))
        elif self.obeys:
            self._sync(file)

    def _sync(self, file: Kept) -> None:
        for step in file.since:
            _apply(file.synced, *step)
        file.since.clear()
        if file.syncs_folder:
            file.syncs_folder = False
            self._sync_folder()

    def _sync_folder(self) -> None:
        if self.obeys:
            self.unsure.clear()
            self.gone.clear()

    def image(self, dice: random.Random) -> dict[str, bytes]:
        """What the disk may hold after the power went now: the bytes by file name."""
        found = {name: file for name, file in self.files.items() if name not in self.unsure or dice.random() < 0.8}
        found |= {n: f for n, f in self.gone.items() if n not in found and dice.random() < 0.5}
        hurt = dice.choice((_cut, _scattered, _scribbled))
        return {name: bytes(hurt(file, dice)) for name, file in found.items()}


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    """A write (beyond the end it leaves zeros between), or, without data, a new size."""
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _cut(file: Kept, dice: random.Random) -> bytearray:
    """In the order of the writes up to some moment; the last one up to some sector, or some byte."""
    content = bytearray(file.synced)
    whole = dice.randint(0, len(file.since))
    for step in file.since[:whole]:
        _apply(content, *step)
    if whole < len(file.since) and (data := file.since[whole][1]):
        offset = file.since[whole][0]
        size = dice.randrange(len(data))
        if dice.random() < 0.5:
            size = max(0, (offset + size) // SECTOR * SECTOR - offset)
        _apply(content, offset, data[:size])
    return content


def _scattered(file: Kept, dice: random.Random) -> bytearray:
    """In any order: each sector of each write is there or not; where a later one is, what lies before it is zeros."""
    content = bytearray(file.synced)
    share = dice.choice((0.1, 0.5, 0.9, 0.98))
    for offset, data in file.since:
        if data is None:
            if dice.random() < share:
                _apply(content, offset, None)
            continue
        for start, end in _sectors(offset, len(data)):
            if dice.random() < share:
                _apply(content, offset + start, data[start:end])
    return content


def _scribbled(file: Kept, dice: random.Random) -> bytearray:
    """The same, and some of the sectors that were being written hold noise, or the beginning of what they should."""
    content = _scattered(file, dice)
    for offset, data in file.since:
        for start, end in _sectors(offset, len(data or b"")):
            if dice.random() < 0.1:
                noise = dice.randbytes(end - start)
                if dice.random() < 0.5:
                    cut = dice.randrange(end - start)
                    noise = (data or b"")[start : start + cut] + noise[cut:]
                _apply(content, offset + start, noise)
    return content


def _sectors(offset: int, size: int) -> list[tuple[int, int]]:
    """The parts of a write by the sectors that they fall into: (start, end) within the write."""
    first = -offset % SECTOR
    edges = sorted({0, size, *range(first, size, SECTOR)})
    return list(pairwise(edges))
