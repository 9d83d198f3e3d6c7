"""Exports as folders, files and archives, harmless and not."""

import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from adapters.sources import UnreadableError
from adapters.sources.bundle import Limits, open_bundle
from tests.sources.reading import BUNDLE


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.trap("S39")
def test_archive_below_a_top_folder() -> None:
    """The archive gives the tables of the folder, without the operating system's litter, and says what it left out."""
    bundle = open_bundle(BUNDLE / "export.zip")
    assert [table.name for table in bundle.tables] == sorted(path.name for path in (BUNDLE / "export").iterdir())
    assert [(finding.code, "._companies.csv" in finding.where) for finding in bundle.findings] == [("litter", True)]


def test_digest_is_of_names_and_contents() -> None:
    """A folder and an archive of the same files have one digest; another export has another."""
    assert open_bundle(BUNDLE / "export").digest() == open_bundle(BUNDLE / "export.zip").digest()
    assert open_bundle(BUNDLE / "export").digest() != open_bundle(BUNDLE / "delta" / "export").digest()


def test_digest_follows_a_renamed_file(tmp_path: Path) -> None:
    """The digest tells two files of one content and different names apart."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "calls.csv").write_text("x\n1\n")
    (tmp_path / "b" / "deals.csv").write_text("x\n1\n")
    assert open_bundle(tmp_path / "a").digest() != open_bundle(tmp_path / "b").digest()


def test_single_file(tmp_path: Path) -> None:
    """One CSV file is an export of one table."""
    (tmp_path / "deals.csv").write_text("Deal Name\nx\n")
    assert [table.name for table in open_bundle(tmp_path / "deals.csv").tables] == ["deals.csv"]


def test_folder_with_a_top_folder_and_other_files(tmp_path: Path) -> None:
    """A lone folder in between is looked through; what is no table is named and left out."""
    inner = tmp_path / "export-2025"
    inner.mkdir()
    (inner / "deals.csv").write_text("Deal Name\nx\n")
    (inner / "readme.pdf").write_bytes(b"%PDF")
    (inner / ".DS_Store").write_bytes(b"x")
    (inner / "old.zip").write_bytes(b"PK")
    bundle = open_bundle(tmp_path)
    assert [table.name for table in bundle.tables] == ["deals.csv"]
    assert sorted(finding.code for finding in bundle.findings) == ["litter", "other-file", "other-file"]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"../evil.csv": b"a"}, "leads out of"),
        ({"/etc/evil.csv": b"a"}, "leads out of"),
        ({"a\\..\\..\\evil.csv": b"a"}, "leads out of"),
        ({"C:evil.csv": b"a"}, "leads out of"),
        ({"inner.zip": b"PK", "a.csv": b"a"}, "another archive, inner.zip"),
        ({}, "empty"),
        ({"readme.pdf": b"a"}, "holds no table"),
        ({"a.csv": b"0" * (9 << 20)}, "300 times its size"),
    ],
    ids=["parent", "absolute", "backslash", "drive", "nested", "empty", "no-table", "bomb"],
)
@pytest.mark.promise("F-011")
def test_archives_that_are_refused(tmp_path: Path, members: dict[str, bytes], says: str) -> None:
    """What leaves its folder, is nested, empty or a bomb is refused with the file's name and the reason."""
    with pytest.raises(UnreadableError, match=says) as refused:
        open_bundle(packed(tmp_path / "export.zip", members))
    assert "export.zip" in str(refused.value)


def test_limits_on_count_and_total(tmp_path: Path) -> None:
    """Too many files and too many bytes are refused, with both numbers."""
    path = packed(tmp_path / "export.zip", {f"{n}.csv": b"a,b\n1,2\n" for n in range(5)})
    with pytest.raises(UnreadableError, match="5 files, more than 4"):
        open_bundle(path, Limits(files=4))
    with pytest.raises(UnreadableError, match="40 bytes, more than 39"):
        open_bundle(path, Limits(unpacked_bytes=39))


def test_link_and_twin_members(tmp_path: Path) -> None:
    """A link inside an archive, and a name that stands twice, are refused."""
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadableError, match="is a link"):
        open_bundle(tmp_path / "link.zip")
    with zipfile.ZipFile(tmp_path / "twin.zip", "w") as archive:
        archive.writestr("a.csv", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", "2")
    with pytest.raises(UnreadableError, match=r"a\.csv twice"):
        open_bundle(tmp_path / "twin.zip")


def test_password(tmp_path: Path) -> None:
    """A protected archive is refused with the way round it."""
    raw = bytearray(packed(tmp_path / "plain.zip", {"a.csv": b"a,b\n"}).read_bytes())
    raw[6] |= 1  # the flag in the local header …
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # … and in the directory
    (tmp_path / "locked.zip").write_bytes(raw)
    with pytest.raises(UnreadableError, match="protected by a password; unpack it yourself"):
        open_bundle(tmp_path / "locked.zip")


@pytest.mark.promise("F-011")
def test_archive_cut_short(tmp_path: Path) -> None:
    """An archive without its end is refused; so is one whose content is damaged, when it is read."""
    whole = (BUNDLE / "export.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableError, match="cut short"):
        open_bundle(tmp_path / "cut.zip")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("calls.csv", b"Subject,Date\nabc,2025-01-01\n")
    (tmp_path / "bad.zip").write_bytes(buffer.getvalue().replace(b"abc,", b"abd,"))
    with pytest.raises(UnreadableError, match=r"calls\.csv is damaged inside the archive"):
        open_bundle(tmp_path / "bad.zip").digest()


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    """A missing path and a folder that vanished are told apart from an empty export."""
    with pytest.raises(UnreadableError, match="no such file or folder"):
        open_bundle(tmp_path / "nowhere")
    shutil.copy(BUNDLE / "export" / "calls.csv", tmp_path / "calls.csv")
    bundle = open_bundle(tmp_path)
    (tmp_path / "calls.csv").unlink()
    with pytest.raises(UnreadableError, match=r"calls\.csv cannot be read: No such file"):
        bundle.digest()


def test_an_archive_that_another_takes_the_place_of(tmp_path: Path) -> None:
    """A new export put in place of the one that is being read is told, and is no fault of the program."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("companies.csv", "Company ID\nC-1\n")
    (table,) = open_bundle(path).tables
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/companies.csv", "Company ID\nC-1\n")
    with pytest.raises(UnreadableError, match=r"another export has taken its place"), table.open():
        pass
