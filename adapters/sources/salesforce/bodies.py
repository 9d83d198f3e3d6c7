"""The files of a data export: their rows in CSV, their bodies beside them, each under its id."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from adapters.protocols import Page, Record
from adapters.sources.salesforce.cells import TRUE, Row, cell
from adapters.sources.salesforce.files import REFERENCE, as_html, is_note, listed, reference_of
from adapters.sources.salesforce.shelf import FILE, NOTE, Shelf

PAGE_FILES = 500
"""Files a page."""

_FOLDERS = {"ContentVersion": ("ContentVersion", "ContentVersions"), "Attachment": ("Attachments", "Attachment")}
"""Where an export puts the bodies, below its top."""


class ExportFiles:
    """Reads the objects "File" and "Note" of an export."""

    def __init__(
        self, rows: Callable[[str], Iterator[Row]], shelf: Shelf, kinds: Mapping[str, str], path: Path
    ) -> None:
        self._rows = rows
        self._shelf = shelf
        self._kinds = kinds
        self._path = path

    def page(self, object: str, offset: int) -> Page:
        """A page, from the file number `offset` on."""
        found = list(islice(self._of(object), offset, offset + PAGE_FILES))
        parents = self._parents({str(row.get("ContentDocumentId")) for _, row in found})
        records = tuple(self._record(object, place, row, parents) for place, row in found)
        return Page(records=records, next=str(offset + PAGE_FILES) if len(found) == PAGE_FILES else None)

    def _of(self, object: str) -> Iterator[tuple[str, Row]]:
        """The rows of an object of ours, with the place that they come from."""
        if self._shelf.versions:
            for row in self._rows("ContentVersion"):
                if str(row.get("IsLatest", "true")).lower() in TRUE and is_note(row) == (object == NOTE):
                    yield "ContentVersion", row
        old = "Attachment" if object == FILE else "Note"
        for row in self._rows(old):
            yield old, row

    def _parents(self, documents: set[str]) -> dict[str, list[str]]:
        """The records that files of one page hang on."""
        found: dict[str, list[str]] = {}
        for row in self._rows("ContentDocumentLink"):
            if row.get("ContentDocumentId") in documents:
                found.setdefault(str(row["ContentDocumentId"]), []).append(str(row.get("LinkedEntityId") or ""))
        return found

    def _record(self, object: str, place: str, row: Row, parents: Mapping[str, list[str]]) -> Record:
        if place == "ContentVersion":
            values = self._shelf.version_values(object, row)
            ids = parents.get(values["Id"]) or [str(row.get("FirstPublishLocationId") or "")]
        else:
            values = self._shelf.attachment_values(row) if place == "Attachment" else self._shelf.note_values(row)
            ids = [str(row.get("ParentId") or "")]
        known = list(dict.fromkeys(id for id in ids if id[:3] in self._kinds))
        values |= {"Parents": listed(known), "ParentTypes": listed(self._kinds[id[:3]] for id in known)}
        values["Body"] = self._body(object, place, row)
        return Record(values=values, id=values["Id"], where=f"{place}/{row['Id']}", raw=row)

    def _body(self, object: str, place: str, row: Row) -> str:
        if object == FILE:
            return "" if row.get("FileType") == "LINK" else reference_of(place, row)
        if place == "Note":
            return as_html(cell("textarea", row.get("Body")))
        try:
            with open_body(self._path, reference_of(place, row)) as content:
                return content.read().decode(errors="replace").replace("\0", "")
        except FileNotFoundError:
            return ""


def open_body(path: Path, reference: str) -> BinaryIO:
    """The body that a reference names, in a folder or a ZIP. Raises FileNotFoundError where it was not exported."""
    known = REFERENCE.fullmatch(reference)
    if known is None:
        raise FileNotFoundError(f"{reference!r} names no file of Salesforce")
    names = [f"{folder}/{known.group(2)}" for folder in _FOLDERS[known.group(1)]]
    found = _in_folder(path, names) if path.is_dir() else _in_archive(path, names)
    if found is None:
        raise FileNotFoundError(f"{names[0]} is not in the export: order it with images, documents and attachments")
    return found


def _in_folder(path: Path, names: list[str]) -> BinaryIO | None:
    for name in names:
        for file in (path / name, *path.glob(f"*/{name}")):
            if file.is_file() and file.resolve().is_relative_to(path.resolve()):
                return file.open("rb")
    return None


def _in_archive(path: Path, names: list[str]) -> BinaryIO | None:
    with zipfile.ZipFile(path) as archive:
        tops = {"", *(f"{PurePosixPath(name).parts[0]}/" for name in archive.namelist()[:1])}
        for name in (top + name for top in tops for name in names):
            if name in archive.NameToInfo:
                return cast("BinaryIO", archive.open(name))  # it outlives the archive's own handle
    return None
