"""Torn images of the SQLite store: a sample, the disk that makes them, and proof that they can lose something."""

import random
from pathlib import Path

import pytest

from tests.soak.appending import Violation
from tests.soak.conftest import Soak, apart
from tests.soak.disk import SECTOR, Disk
from tests.soak.torn import tear


def test_six_hundred_images(soak: Soak) -> None:
    """Power cuts at any moment of a store's life, its making included: nothing acknowledged is lost."""
    figures = soak("torn", "--images", "600", "--jobs", "1", "--seed", "1")
    assert figures["images"] == 600
    assert figures["before_the_first_append"] > 20
    assert figures["doubt_stands"] > 5
    assert figures["doubt_absent"] > 300


def pretend(folder: Path) -> None:
    """Images of a disk that only says that it has synced."""
    with pytest.raises(Violation, match="image"):
        tear(50, 1, 1, folder, obeys=False)


def test_a_disk_that_pretends_to_sync_is_caught(tmp_path: Path) -> None:
    """Without real syncs acknowledged events are lost, and the images show it: synchronous=FULL is what saves them."""
    apart(pretend, tmp_path)


def images(disk: Disk) -> list[dict[str, bytes]]:
    """Many images of one moment."""
    dice = random.Random(7)
    return [disk.image(dice) for _ in range(200)]


def test_what_is_synced_is_in_every_image_and_what_is_not_in_any_shape() -> None:
    """Bytes of before the sync stay, those since then are there, absent, cut, or noise; never outside their place."""
    disk = Disk()
    disk.do(("open", "f", True))
    disk.do(("write", "f", 0, b"a" * 700))
    disk.do(("sync", "f"))
    disk.do(("write", "f", 600, b"b" * 1000))
    found = [image["f"] for image in images(disk)]
    assert all(content[:600] == b"a" * 600 for content in found)
    assert all(set(content[600:700]) for content in found)
    kinds = {content[600:1600] for content in found}
    assert b"a" * 100 in kinds
    assert b"b" * 1000 in kinds
    assert any(set(kind[: SECTOR * 2 - 600]) == {ord("b")} and len(kind) < 1000 for kind in kinds)
    assert any(kind[500:600] == bytes(100) for kind in kinds)
    assert any(not set(kind) <= set(b"ab\0") for kind in kinds)


def test_a_file_is_sure_to_be_there_once_its_folder_was_synced() -> None:
    """A new file may be missing, and a deleted one may be back, until the folder is synced."""
    disk = Disk()
    disk.do(("open", "f", False))
    disk.do(("sync", "f"))
    assert {"f" in image for image in images(disk)} == {True, False}
    disk.do(("open", "f-wal", True))
    disk.do(("sync", "f-wal"))
    assert all(image.keys() == {"f", "f-wal"} for image in images(disk))
    disk.do(("delete", "f-wal", False))
    assert {"f-wal" in image for image in images(disk)} == {True, False}
    disk.do(("open", "g-journal", True))
    disk.do(("sync", "g-journal"))
    assert not any("f-wal" in image for image in images(disk))
