"""Files that are no workbook of this map are refused with words: what they are, and what to do."""

import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from adapters.sources import UnreadableError
from ops.errors import ConfigError
from ops.mapbook import cells, take, write
from tests.engine.shapes import MAPPING
from tests.mapbook.books import edited, material, written


def repacked(path: Path, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """The file with other contents of its parts."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", method) as new:
        for name, content in parts.items():
            new.writestr(name, change(name, content))
    return path


def cut(path: Path) -> None:
    """The second half is lost."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def bomb(path: Path) -> None:
    """A part that unpacks to a hundred megabytes."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.xml", "w") as part:
        for _ in range(100):
            part.write(bytes(1 << 20))


def entities(path: Path) -> None:
    """A part whose text multiplies itself while it is read."""
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "haha">{lines}]>'.encode()
    worse = lambda content: head + content.replace(b"<t>", b"<t>&e8;", 1)  # noqa: E731
    repacked(path, lambda name, content: worse(content) if name == "xl/worksheets/sheet5.xml" else content)


def half_a_sheet(path: Path) -> None:
    """A sheet that ends in the middle."""
    repacked(path, lambda name, c: c[: len(c) // 2] if name == "xl/worksheets/sheet5.xml" else c)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (cut, "is no .xlsx workbook"),
        (bomb, "unpacks to"),
        (entities, "document type, as an attack would"),
        (half_a_sheet, "is damaged"),
        (lambda path: path.write_bytes(b""), "is no .xlsx workbook"),
        (lambda path: path.write_text("Field,Decision\n"), "is no .xlsx workbook"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)), "locked by a password"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "cannot be opened as a workbook"),
        (lambda path: path.write_bytes(bytes(17 << 20)), "17 MB, more than the 16"),
        (lambda path: path.unlink(), "No such file"),
        (lambda path: (path.unlink(), path.mkdir()), "no .xlsx workbook"),
        (lambda path: edited(path, lambda book: book.remove(book["Made of"])), "no workbook of a map"),
        (lambda path: edited(path, lambda book: book["Made of"].cell(1, 1, "{}")), "no workbook of a map"),
    ],
    ids=["cut short", "zip bomb", "entities", "half a sheet", "empty", "text", "locked", "no parts", "too large",
         "gone", "folder", "not of a map", "nothing said"],
)  # fmt: skip
def test_what_is_no_workbook_of_a_map(tmp_path: Path, harm: Callable[[Path], object], words: str) -> None:
    """What cannot be read is refused, whatever is wrong with the file."""
    of = material()
    path = written(tmp_path, of)
    harm(path)
    with pytest.raises(UnreadableError, match=words):
        take(path, of)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"migration": "other"}, "of another migration: it is of the migration 'other', this is 'acme'"),
        ({"source": "results"}, "of another migration: it is of the source 'results'"),
        ({"destination": "nutshell"}, "the destination 'nutshell'"),
        ({"target": "staging"}, "the account 'staging'"),
        (
            {"digest": "0", "version": 2},
            "made of map version 2, and the map has changed since .now it is map version 3",
        ),
        ({"digest": "0", "version": 0}, "made of a map that nobody had confirmed, and the map has changed"),
    ],
)
def test_a_workbook_of_another_map(tmp_path: Path, made: dict[str, str | int], words: str) -> None:
    """A workbook belongs to the very map that it was made of."""
    of = material()
    with pytest.raises(ConfigError, match=words):
        take(written(tmp_path, msgspec.structs.replace(of, made=msgspec.structs.replace(of.made, **made))), of)


def test_a_workbook_of_another_form(tmp_path: Path) -> None:
    """A layout of another version is refused before it is read."""
    with pytest.raises(UnreadableError, match=r"another version of Cutover \(form 2, not 1\)"):
        take(written(tmp_path, material(form=2)), material())


def test_the_map_decides_and_not_how_its_file_is_laid_out(tmp_path: Path) -> None:
    """A workbook fits the map that says the same; one decision more, and it does not."""
    path = written(tmp_path, material())
    assert take(path, material(version=9)).problems == []
    with pytest.raises(ConfigError, match="changed since"):
        take(path, material(MAPPING))


def test_very_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet with more rows than any map has is refused; empty ones far below are not even looked at."""
    of = material()
    path = edited(written(tmp_path, of), lambda book: book["Stages"].cell(1_048_576, 1, "far away"))
    assert take(path, of).problems == []
    monkeypatch.setattr(cells, "ROWS_MAX", 3)
    with pytest.raises(UnreadableError, match="more than 3 rows"):
        take(path, of)


def test_very_long_texts(tmp_path: Path) -> None:
    """A cell with more text than a spreadsheet holds is named."""
    of = material()
    path = edited(written(tmp_path, of), lambda book: book["Settings"].cell(3, 2, "x" * 32_500))
    assert [str(p) for p in take(path, of).problems] == [
        "Settings!B3: Value: it has 32500 characters; 32000 are the most."
    ]


@pytest.mark.parametrize("seed", range(6))
def test_no_damage_shows_a_traceback(tmp_path: Path, seed: int) -> None:
    """Whatever bytes are hit, the answer is a map, or problems, or a refusal in words."""
    dice = random.Random(seed)
    of = material()
    whole = written(tmp_path, of).read_bytes()

    def hurt(_: str, content: bytes) -> bytes:
        found = bytearray(content)
        for _ in range(dice.choice((0, 0, 1, 3))):
            place = dice.randrange(len(found))
            found[place : place + dice.choice((1, 1, 30))] = bytes([dice.randrange(256)])
        return bytes(found)

    for _ in range(8):
        path = tmp_path / "map.xlsx"
        path.write_bytes(whole)
        repacked(path, hurt)
        try:
            taken = take(path, of)
        except (UnreadableError, ConfigError) as error:
            assert len(str(error)) > 20
        else:
            assert all(p.wrong and p.remedy for p in taken.problems)
            assert msgspec.json.encode(taken)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are an extra; who lacks it is told how to install it."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UnreadableError, match=r'pip install "cutover\[xlsx\]"'):
        write(material())
    with pytest.raises(UnreadableError, match=r'pip install "cutover\[xlsx\]"'):
        take(Path(__file__), material())
