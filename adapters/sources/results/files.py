"""Results CRM: the files of a manifest, compared with what lies in the folder. What is doubtful waits for a person."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from adapters.protocols import Finding
from adapters.sources import content, numbers
from adapters.sources.bundle import Table
from adapters.sources.names import fold
from adapters.sources.standard import Column

Cells = Mapping[str, str]

FILE, DOUBTFUL, NAME, TYPE, PROBLEM, NOTE = (
    "File", "File To Confirm", "File Name", "Detected Type", "Problem", "Source Note",
)  # fmt: skip
ADDED = (
    Column(FILE, "file"), Column(DOUBTFUL, "file"), Column(NAME, "text"), Column(TYPE, "text"),
    Column(PROBLEM, "multienum"), Column(NOTE, "text"),
)  # fmt: skip
"""The fields that this room adds to attachments.

File: the reference of a file that can be moved as it is. File To Confirm: of one that only a person's word can let
through. File Name: the last part of its original name. Problem: what is wrong with it, by the words below.
"""

_SAID = {
    "missing-file": "is not in the export's folder",
    "empty-file": "has not a single byte",
    "size-differs": "is of another size than the manifest says ({there} bytes, not {stated})",
    "digest-differs": "is not the file of the manifest, by its SHA-1",
    "program-file": "is a program",
    "type-differs": "is {kind} by its content, which its name does not say",
    "climbing-name": "has a name that leads out of its folder; only its last part is used",
}
_NOWHERE = frozenset({"missing-file", "empty-file"})
_TO_CONFIRM = frozenset({"size-differs", "digest-differs", "program-file"})
_CHUNK_BYTES = 1 << 20


class Checked(NamedTuple):
    """What a look at a file gave: the problems by code, its media type, its size in bytes."""

    problems: tuple[str, ...]
    kind: str
    size: int


class Folder:
    """The files of an export, by the names under which a manifest may know them."""

    def __init__(self, files: Sequence[Table]) -> None:
        self._files: dict[str, Table | None] = {}
        for file in files:
            self._files[fold(file.name)] = file
            below = fold(file.name.partition("/")[2])
            if below:  # the same name in two folders is none: only the whole path tells them apart
                self._files[below] = None if below in self._files else file
        self._unnamed = {file.name: None for file in files}

    def find(self, reference: str) -> Table | None:
        """The file that a manifest names; None where there is none."""
        return self._files.get(fold(reference.replace("\\", "/")))

    def open(self, reference: str) -> BinaryIO:
        """The content of a file. Raises FileNotFoundError where there is none by that name."""
        found = self.find(reference)
        if found is None:
            raise FileNotFoundError(f"the export holds no file {reference!r}")
        return found.handle()

    def check(self, cells: Cells) -> Checked:
        """Look at the file of a manifest's row, whole."""
        stored = self.find(cells.get("Stored Name", "").strip())
        original = cells.get("Original Name", "").strip()
        climbs = ("climbing-name",) if ".." in original.replace("\\", "/").split("/") else ()
        if stored is None:
            return Checked(("missing-file", *climbs), "", 0)
        self._unnamed.pop(stored.name, None)
        head, size, digest = _read(stored)
        if not size:
            return Checked(("empty-file", *climbs), "", 0)
        kind, name = content.kind_of(head), last_part(original) or stored.name
        stated, _ = numbers.read(cells.get("Size (bytes)", ""), ".")
        sha1 = fold(cells.get("SHA-1", ""))
        wrong = {
            "size-differs": stated is not None and stated != size,
            "digest-differs": bool(sha1) and sha1 != digest,
            "program-file": content.is_program(name, kind),
            "type-differs": not content.fits(name, kind),
        }
        return Checked((*(code for code, so in wrong.items() if so), *climbs), kind, size)

    def unnamed(self) -> list[str]:
        """The files that no row which was looked at names."""
        return list(self._unnamed)


def last_part(name: str) -> str:
    """A name without any folder."""
    return PurePosixPath(name.replace("\\", "/")).name


def added(cells: Cells, checked: Checked) -> dict[str, str]:
    """The cells of the fields that this room adds."""
    reference, problems = cells.get("Stored Name", "").strip(), set(checked.problems)
    source = cells.get("Source", "").strip()
    product, _, what = source.rpartition(" ")
    return {
        FILE: "" if problems & (_NOWHERE | _TO_CONFIRM) else reference,
        DOUBTFUL: reference if problems & _TO_CONFIRM and not problems & _NOWHERE else "",
        NAME: last_part(cells.get("Original Name", "").strip()) or last_part(reference),
        TYPE: checked.kind,
        PROBLEM: ";".join(checked.problems),
        NOTE: f"Taken with {product}: {what}" if fold(product) == "field service" else "",
    }


def findings(id: str, cells: Cells, checked: Checked, where: str) -> list[Finding]:
    """A sentence for each problem of a file."""
    stated = cells.get("Size (bytes)", "").strip()
    parent = " ".join(filter(None, (cells.get("Parent Type", "").strip(), cells.get("Parent ID", "").strip())))
    said = (
        (code, _SAID[code].format(there=checked.size, stated=stated, kind=checked.kind)) for code in checked.problems
    )
    return [
        Finding(
            code=code, object="Attachment", key=id, where=where, detail=f"File {id} of {parent or 'no record'} {what}."
        )
        for code, what in said
    ]


def unreferenced(folder: Folder, shown: int = 20) -> list[Finding]:
    """The files that no row of the manifest names, once all rows were looked at."""
    names = folder.unnamed()
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    listed = ", ".join(names[:shown]) + more
    detail = f"Files that no row of the manifest names, left out: {len(names)} ({listed})."
    return [Finding(code="unreferenced-file", object="Attachment", where=names[0], detail=detail)] if names else []


def _read(file: Table) -> tuple[bytes, int, str]:
    """The first bytes of a file, its size, its SHA-1 (hex)."""
    digest, size, head = hashlib.sha1(usedforsecurity=False), 0, b""
    with file.open() as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            head = head or chunk[: content.HEAD_BYTES]
            size += len(chunk)
            digest.update(chunk)
    return head, size, digest.hexdigest()
