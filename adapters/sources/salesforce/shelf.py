"""The objects "File" and "Note", which Salesforce keeps in four places: their parts and their description."""

from collections.abc import Sequence

from adapters.protocols import Field, Flow, Identity, Kind, Link, ObjectSchema
from adapters.sources.salesforce.cells import Row, cell
from adapters.sources.salesforce.describing import DATETIME_FORMAT, Info
from adapters.sources.salesforce.org import Org

FILE, NOTE = "File", "Note"
"""The names of our two objects."""

PLACES = ("ContentVersion", "ContentDocumentLink", "Attachment", "Note")
"""The objects of Salesforce that they are read from."""

_Part = tuple[str, str, Kind]
"""A field: key, label, kind."""

_COMMON: tuple[_Part, ...] = (
    ("OwnerId", "Owner ID", "user"),
    ("CreatedById", "Created By ID", "user"),
    ("CreatedDate", "Created Date", "datetime"),
    ("LastModifiedDate", "Last Modified Date", "datetime"),
    ("Parents", "Hangs on", "reference"),
    ("ParentTypes", "Hangs on (objects)", "multienum"),
)
_FILE: tuple[_Part, ...] = (
    ("Id", "Record ID", "text"),
    ("Title", "Title", "text"),
    ("PathOnClient", "File name", "text"),
    ("Body", "File", "file"),
    ("FileType", "File type", "text"),
    ("FileExtension", "Ending", "text"),
    ("ContentType", "Media type", "text"),
    ("ContentSize", "Bytes", "number"),
    ("Checksum", "MD5", "text"),
    ("ContentUrl", "Address", "url"),
    ("Description", "Description", "longtext"),
    *_COMMON,
)
_NOTE: tuple[_Part, ...] = (
    ("Id", "Record ID", "text"),
    ("Title", "Title", "text"),
    ("Body", "Text", "html"),
    *_COMMON,
)
_OF_ATTACHMENTS = {"Title": "Name", "PathOnClient": "Name", "ContentSize": "BodyLength"}
"""What an attachment calls the fields of a file."""

_MANY = frozenset({"Parents", "ParentTypes"})
_MADE = frozenset({"Id", "Body", *_MANY})
"""Fields that no column has under this name."""


class Shelf:
    """Which places of files an org has, and what is read of them.

    all_files: our user has the right Query All Files.
    """

    def __init__(self, infos: dict[str, Info], *, all_files: bool) -> None:
        self.versions = infos.get("ContentVersion") if "ContentDocumentLink" in infos else None
        self.attachments = infos.get("Attachment")
        self.notes = infos.get("Note")
        self.all_files = all_files

    # --- what is asked for -----------------------------------------------------------------------------------------

    @property
    def version_columns(self) -> list[str]:
        """Of a version of a file."""
        fields = [key for key, _, _ in _FILE if key not in _MADE]
        return ["Id", "ContentDocumentId", *_present(self.versions, fields), *self._customs()]

    @property
    def attachment_columns(self) -> list[str]:
        """Of an attachment."""
        fields = [_OF_ATTACHMENTS.get(key, key) for key, _, _ in _FILE if key not in _MADE]
        return list(dict.fromkeys(["Id", "ParentId", *_present(self.attachments, fields)]))

    @property
    def note_columns(self) -> list[str]:
        """Of a classic note."""
        fields = ["Body", *(key for key, _, _ in _NOTE if key not in _MADE)]
        return ["Id", "ParentId", *_present(self.notes, fields)]

    def _customs(self) -> list[str]:
        return [c.name for c in self.versions.shown if c.custom] if self.versions else []

    # --- what it becomes ---------------------------------------------------------------------------------------------

    def version_values(self, object: str, row: Row) -> dict[str, str]:
        """The texts of a version: the file's or the note's, which keeps its id from one version to the next."""
        note = [key for key, _, _ in _NOTE if key not in _MADE]
        names = _present(self.versions, note) if object == NOTE else self.version_columns[2:]
        return {"Id": str(row["ContentDocumentId"]), **_texts(row, self.versions, names)}

    def attachment_values(self, row: Row) -> dict[str, str]:
        """The texts of an attachment, under the names of a file's fields."""
        found = _texts(row, self.attachments, self.attachment_columns[2:])
        as_file = {key: found[_OF_ATTACHMENTS.get(key, key)] for key, _, _ in _FILE
                   if _OF_ATTACHMENTS.get(key, key) in found}  # fmt: skip
        return {"Id": str(row["Id"]), **as_file}

    def note_values(self, row: Row) -> dict[str, str]:
        """The texts of a classic note, but for its body."""
        found = _texts(row, self.notes, self.note_columns[2:])
        return {"Id": str(row["Id"]), **found}

    # --- its description ---------------------------------------------------------------------------------------------

    def schemas(self, parents: Sequence[str]) -> list[ObjectSchema]:
        """Our objects, as far as the org has places for them. parents: the objects whose records may have files."""
        found: list[ObjectSchema] = []
        if self.versions or self.attachments:
            shown = self.versions.shown if self.versions else ()
            customs: list[_Part] = [(c.name, c.label, "text") for c in shown if c.custom]
            found.append(_schema(FILE, "Files", (*_FILE, *customs), parents, len(_FILE)))
        if self.versions or self.notes:
            found.append(_schema(NOTE, "Notes", _NOTE, parents, len(_NOTE)))
        return found


def may_read_all(org: Org) -> Flow[bool]:
    """Whether our user may ask for the links of files without naming a record: the right Query All Files."""
    if "ContentDocumentLink" not in org.sobjects:
        return False
    return (yield from org.rows_if_any("SELECT Id FROM ContentDocumentLink LIMIT 1")) is not None


def _schema(name: str, label: str, fields: Sequence[_Part], parents: Sequence[str], own: int) -> ObjectSchema:
    return ObjectSchema(
        name=name,
        label=label,
        fields=tuple(
            Field(
                key=key,
                label=text,
                kind=kind,
                custom=place >= own,
                many=key in _MANY,
                format=DATETIME_FORMAT if kind == "datetime" else "json" if key in _MANY else None,
                position=place,
            )
            for place, (key, text, kind) in enumerate(fields)
        ),
        identity=Identity(id_field="Id"),
        links=(Link(name="Parents", to=tuple(parents), id_field="Parents", many=True),) if parents else (),
        owner_field="OwnerId",
        title=("Title",),
        method="not counted: files are found from the records that they hang on",
    )


def _present(info: Info | None, names: Sequence[str]) -> list[str]:
    return [name for name in names if info is not None and info.has(name)]


def _texts(row: Row, info: Info | None, names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        column = info.column(name) if info else None
        if column is not None and name in row:
            found[name] = cell(column.type, row[name])
    return found
