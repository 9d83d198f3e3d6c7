"""The workbook says what the map says: written and read back, by us and by other programs, it is the same map."""

import random
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage
from ops.mapbook import take, write
from tests.engine.shapes import DESTINATION, MAPPING, SOURCE
from tests.engine.test_mapping import ODD
from tests.mapbook.books import RICH, RICH_SOURCE, Material, cell, edited, material, written

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def same(path: Path, of: Material) -> None:
    """The file gives the very map, and no change."""
    taken = take(path, of)
    assert [str(problem) for problem in taken.problems] == []
    assert taken.changes == []
    assert taken.mapping == of.mapping


@pytest.mark.parametrize(("mapping", "source"), [(MAPPING, SOURCE), (RICH, RICH_SOURCE)], ids=["small", "rich"])
def test_what_is_written_is_read_back(tmp_path: Path, mapping: Mapping, source: Any) -> None:
    """Nothing is lost on the way into a workbook and out of it."""
    of = material(mapping, source)
    same(written(tmp_path, of), of)


def test_another_program_saves_it(tmp_path: Path) -> None:
    """Opened and saved by openpyxl, it is the same map."""
    of = material()
    same(edited(written(tmp_path, of), lambda _: None), of)


def shared(path: Path) -> Path:
    """The file as spreadsheet programs store texts: apart from the cells, in runs where part of one is bold."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts: list[bytes] = []

    def moved(found: re.Match[bytes]) -> bytes:
        texts.append(found[2])
        return found[1] + b't="s"><v>%d</v></c>' % (len(texts) - 1)

    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        inline = rb'(<c [^>]*)t="inlineStr"[^>]*><is><t(?: [^>]*)?>([^<]*)</t></is></c>'
        parts[name] = re.sub(inline, moved, parts[name])
    run = b'<r><t xml:space="preserve">%s</t></r><r><rPr><b/></rPr><t xml:space="preserve">%s</t></r>'
    items = b"".join(b"<si>" + run % _halves(text) + b"</si>" for text in texts)
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="' + main + b'">' + items + b"</sst>"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    assert len(texts) > 100
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _halves(text: bytes) -> tuple[bytes, bytes]:
    return (text[:1], text[1:]) if text[:1].isalnum() else (text, b"")


def test_texts_may_be_stored_apart_and_in_pieces(tmp_path: Path) -> None:
    """However a program stores its texts, formatted or not, they are the same."""
    of = material()
    same(shared(written(tmp_path, of)), of)


def office(path: Path, folder: Path) -> Path:
    """The file as LibreOffice saves it."""
    assert OFFICE is not None
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    out = folder / "saved"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, path]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / path.name


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_saves_it(tmp_path: Path) -> None:
    """Opened and saved by LibreOffice it is the same map; an edit that it saves survives, and no other comes of it."""
    of = material()
    path = written(tmp_path, of)
    same(office(path, tmp_path), of)

    def leave_out(book: Any) -> None:
        cell(book, "Companies", "Website", "Decision").value = "Leave out"
        cell(book, "Companies", "Website", "Reason").value = "=not a formula"
        cell(book, "Companies", "Website", "Reason").data_type = "s"

    taken = take(office(edited(path, leave_out), tmp_path), of)
    assert [str(problem) for problem in taken.problems] == []
    assert [str(change) for change in taken.changes] == [
        "Company.Website: goes to website → is left out (=not a formula)"
    ]


@pytest.mark.promise("F-014")
def test_the_same_map_gives_the_same_bytes() -> None:
    """A workbook can be thrown away and made again."""
    assert write(material()) == write(material())


def test_rows_may_be_sorted(tmp_path: Path) -> None:
    """A row is known by its field, wherever it stands; columns and sheets of one's own are not read."""
    of = material()

    def sort(book: Any) -> None:
        for name in ("Companies", "Deals values"):
            sheet = book[name]
            lines = [[c.value for c in line] for line in sheet.iter_rows(min_row=3) if line[0].value is not None]
            for row, line in enumerate(reversed(lines), start=3):
                for place, value in enumerate(line, start=1):
                    sheet.cell(row, place).value = value
        book["Companies"].insert_rows(1)
        book["Companies"].cell(3, 30).value = "My notes"
        book["Companies"].cell(4, 30).value = "=A1"
        book.create_sheet("Mine")["A1"] = "=1/0"

    same(edited(written(tmp_path, of), sort), of)


@pytest.mark.parametrize("seed", range(12))
def test_odd_names_survive(tmp_path: Path, seed: int) -> None:
    """Quotes, formulas, control characters, line breaks and blanks in any text come back as they were."""
    dice = random.Random(seed)
    odd = (*ODD, "=1+1", "@SUM(A1)", "+1", "-", "'quoted", "\x01control", "_x000D_", "a\r\nb", "x" * 300, "trail ")
    pick = lambda: dice.choice(odd)  # noqa: E731
    rules = {
        pick(): dice.choice(
            (
                Rule(to=pick() or "x", part=pick(), label=pick()),
                Rule(exclude=pick() or "why"),
                Rule(new="N", kind="text", when={pick(): pick()}, at=pick()),
                Rule(to="a", exclude="b"),
            )
        )
        for _ in range(8)
    }
    made = Mapping(
        zone="UTC",
        currency=pick(),
        key_field=pick() or "key",
        automation_owners=(pick(),),
        pipeline=(Pipeline(name=pick() or "p", stages=(Stage(name=pick() or "s", probability=12.5),)),),
        object={
            pick() or "O": ObjectMap(
                to=pick(), fields=rules, set={"n": 1.5}, leave={pick(): pick()},
                values={pick(): {text: {pick(): pick()} for text in {pick(), pick(), pick()}}},
            )
        },
    )  # fmt: skip
    of = material(made, msgspec.structs.replace(SOURCE, objects=()), DESTINATION)
    same(edited(written(tmp_path, of), lambda _: None), of)
