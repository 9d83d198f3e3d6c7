"""A made-up export of Results: a workbook, text files, and a folder of files with their manifest."""

import hashlib
import shutil
from pathlib import Path

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import PEOPLE, LocalBench
from adapters.conformance.sources.benches.memory import SAMPLES
from adapters.sources.results import Results

_FOLDER = SAMPLES / "results"


def bench(folder: Path) -> LocalBench:
    """The export of the demonstration, with so many activities that they take two pages."""
    _copy(_FOLDER / "export", folder)
    files = {file.name: _digest(file) for file in (folder / "attachments").iterdir()}
    counts = {
        "Company": 9,
        "Contact": 10,
        "Deal": 9,
        "LineItem": 8,
        "Activity": 9 + PEOPLE,
        "Product": 6,
        "Attachment": 6,
    }
    return LocalBench(folder, Holds(counts=counts, gone={"Company": {"2007": ""}}, files=files), Results, _later)


def _later(folder: Path) -> Later:
    _copy(_FOLDER / "delta" / "export", folder)
    return Later(changed={"Activity": frozenset({"9103", "9110"}), "Product": frozenset({"401"}),
                          "Attachment": frozenset({"5"})})  # fmt: skip


def _copy(export: Path, folder: Path) -> None:
    shutil.copytree(export, folder, dirs_exist_ok=True)
    with (folder / "Activities.csv").open("a", encoding="cp1252") as file:
        file.writelines(
            f"{n},Call,Call {n},5/2/2025 10:00 AM,5,Complete,Reached,2000,,,MO,Said {n}\n"
            for n in range(20_000, 20_000 + PEOPLE)
        )
    with (folder / "manifest.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in _DOUBTFUL)


_DOUBTFUL = (
    "90,00000199.pdf,Lost.pdf,Deal,7100,229,,2025-03-04 09:30,Documents",
    "91,00000101.pdf,Estimate 2201 again.pdf,Deal,7100,999,,2025-03-04 09:30,Documents",
)
"""Rows of the manifest: one whose file is not there, and one whose file is of another size."""


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
