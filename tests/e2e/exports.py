"""Exports for tests: the bundle's own, changed."""

import csv
import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.workspace import EXPORT

Row = Mapping[str, str]


def changed(folder: Path, *, added: Mapping[str, list[Row]] = {}, replaced: Mapping[str, dict[str, str]] = {}) -> Path:
    """A copy of the export. `added`: rows by file, by column name. `replaced`: text by text, by file."""
    shutil.copytree(EXPORT, folder)
    for name, rows in added.items():
        path = folder / name
        text = path.read_bytes().decode("utf-8-sig")
        headers = next(csv.reader(io.StringIO(text)))
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([[r.get(h, "") for h in headers] for r in rows])
        head, footer = text, ""
        if name == "deals.csv":  # its last line is no record
            head, _, footer = text.rstrip("\r\n").rpartition("\r\n")
            head, footer = head + "\r\n", footer + "\r\n"
        path.write_bytes((head + out.getvalue() + footer).encode("utf-8-sig"))
    for name, pairs in replaced.items():
        path = folder / name
        text = path.read_bytes().decode("utf-8")
        for old, new in pairs.items():
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        path.write_bytes(text.encode("utf-8"))
    return folder


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """A ZIP of some files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
