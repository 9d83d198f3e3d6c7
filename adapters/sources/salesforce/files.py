"""Files and notes: Salesforce Files and classic attachments as one object, enhanced and classic notes as another.

Files are found from the records: a plain query leaves out, without a word, what our user reaches only through a record,
and links may only be asked for by record or by file. Where our user has the right Query All Files, files are read
straight. Found from the records, a file that hangs on several comes once with each of them, each time the same.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from adapters.protocols import Finding, Flow, Page, Record, RefusedError, Request, Response
from adapters.sources import CursorExpiredError
from adapters.sources.salesforce.cells import Row, cell
from adapters.sources.salesforce.describing import Info
from adapters.sources.salesforce.org import Org, reason
from adapters.sources.salesforce.reading import read_ids
from adapters.sources.salesforce.shelf import FILE, NOTE, Shelf
from adapters.sources.salesforce.soql import among, batches, quoted, select

PARENTS = 100
"""Records whose files are asked for in one page."""

PAGE_FILES = 500
"""Files a page, where they are read straight."""

NOTE_BYTES_MOST = 1 << 20
"""A note that is larger is handed out as a file."""

_NOTE_TYPE, _LINK_TYPE = "SNOTE", "LINK"
_LINKS, _VERSIONS, _OLD = "links", "versions", "old"
_BODIES = {"ContentVersion": "VersionData", "Attachment": "Body"}
_SLASHES = re.compile(r"[/\\]")
REFERENCE = re.compile(r"(ContentVersion|Attachment)/([A-Za-z0-9]{15,18})/(\d*)/.*", re.DOTALL)
"""How a record names a body: where it is, its id, its size in bytes, the name that it is to have."""


class Files:
    """Reads the files and notes of an org.

    parents: the objects whose records may have some. kinds: the name of our object by the first characters of an id.
    """

    def __init__(self, org: Org, shelf: Shelf, parents: Sequence[Info], kinds: Mapping[str, str]) -> None:
        self._org = org
        self._shelf = shelf
        self._parents = parents
        self._kinds = kinds

    def page(self, object: str, at: str | None) -> Flow[Page]:
        """One page of files or notes. Cursors: "links:<object>:<last id>", "versions:<last id>", "old:<last id>"."""
        at = at or self._first(object)
        if at is None:
            return Page(records=())
        stage, _, place = at.partition(":")
        if stage == _LINKS:
            name, _, after = place.partition(":")
            return (yield from self._by_records(object, name, after))
        if stage == _VERSIONS:
            return (yield from self._straight(object, place))
        if object == FILE:
            return (yield from self._attachments(place))
        return (yield from self._classic_notes(place))

    def _first(self, object: str) -> str | None:
        if self._shelf.versions is None or (not self._shelf.all_files and not self._parents):
            return self._old(object)
        return f"{_VERSIONS}:" if self._shelf.all_files else f"{_LINKS}:{self._parents[0].name}:"

    def _old(self, object: str) -> str | None:
        """Where the classic ones begin; None where there are none."""
        old = self._shelf.attachments if object == FILE else self._shelf.notes
        return f"{_OLD}:" if old is not None else None

    # --- Salesforce Files --------------------------------------------------------------------------------------------

    def _by_records(self, object: str, name: str, after: str) -> Flow[Page]:
        info = next((p for p in self._parents if p.name == name), None)
        if info is None:
            raise _gone(name)
        ids, more = yield from read_ids(self._org, info, after, PARENTS)
        documents: list[str] = []
        if ids:
            links = yield from self._org.rows(
                select(["Id", "ContentDocumentId"], "ContentDocumentLink", [among("LinkedEntityId", ids)])
            )
            documents = list(dict.fromkeys(str(link["ContentDocumentId"]) for link in links))
        page = yield from self._versions(object, documents)
        place = self._parents.index(info) + 1
        following = self._parents[place].name if place < len(self._parents) else None
        at = f"{_LINKS}:{name}:{ids[-1]}" if more else f"{_LINKS}:{following}:" if following else self._old(object)
        return msgspec.structs.replace(page, next=at)

    def _straight(self, object: str, after: str) -> Flow[Page]:
        behind = [f"Id > {quoted(after)}"] if after else []
        wanted = [*self._kind_of(object), "IsLatest = true", *behind]
        tail = f"ORDER BY Id LIMIT {PAGE_FILES}"
        answer = yield from self._org.query(select(self._shelf.version_columns, "ContentVersion", wanted, tail=tail))
        rows: list[Row] = answer.body["records"]
        page = yield from self._described(object, rows)
        more = bool(rows) and (len(rows) == PAGE_FILES or answer.body.get("done") is False)
        return msgspec.structs.replace(page, next=f"{_VERSIONS}:{rows[-1]['Id']}" if more else self._old(object))

    def _versions(self, object: str, documents: Sequence[str]) -> Flow[Page]:
        rows: list[Row] = []
        for some in batches(documents):
            wanted = [*self._kind_of(object), "IsLatest = true", among("ContentDocumentId", some)]
            rows += yield from self._org.rows(select(self._shelf.version_columns, "ContentVersion", wanted))
        return (yield from self._described(object, rows))

    def _kind_of(self, object: str) -> list[str]:
        return [f"FileType = {quoted(_NOTE_TYPE)}"] if object == NOTE else []

    def _described(self, object: str, rows: Sequence[Row]) -> Flow[Page]:
        """The records of the latest versions, each with all the records that it hangs on."""
        rows = [row for row in rows if is_note(row) == (object == NOTE)]
        parents: dict[str, list[str]] = {}
        for some in batches([str(row["ContentDocumentId"]) for row in rows]):
            for link in (yield from self._org.rows(
                select(["Id", "ContentDocumentId", "LinkedEntityId"], "ContentDocumentLink",
                       [among("ContentDocumentId", some)])
            )):  # fmt: skip
                parents.setdefault(str(link["ContentDocumentId"]), []).append(str(link["LinkedEntityId"]))
        records: list[Record] = []
        findings: list[Finding] = []
        for row in rows:
            id = str(row["ContentDocumentId"])
            values = {**self._shelf.version_values(object, row), **self._hanging_on(parents.get(id, ()))}
            if object == NOTE:
                values["Body"] = yield from self._note(row, findings)
            else:
                values["Body"] = "" if row.get("FileType") == _LINK_TYPE else reference_of("ContentVersion", row)
            records.append(Record(values=values, id=id, where=f"ContentVersion/{row['Id']}", raw=row))
        return Page(records=tuple(records), findings=tuple(findings))

    def _note(self, row: Row, findings: list[Finding]) -> Flow[str]:
        """The text of an enhanced note: HTML."""
        path = self._org.path(f"sobjects/ContentVersion/{row['Id']}/VersionData")
        try:
            answer = yield Request(method="GET", path=path, raw=True)
        except RefusedError as error:
            detail = f"The text of the note {row.get('Title')!r} cannot be read ({reason(error)}); its title is kept."
            findings.append(Finding(code="note-missing", object=NOTE, key=str(row["ContentDocumentId"]), detail=detail))
            return ""
        return (answer.text or (answer.content or b"").decode(errors="replace")).replace("\0", "")

    # --- the classic ones --------------------------------------------------------------------------------------------

    def _attachments(self, after: str) -> Flow[Page]:
        if self._shelf.attachments is None:
            raise _gone("Attachment")
        rows, following = yield from self._old_rows(self._shelf.attachments, self._shelf.attachment_columns, after)
        records = [
            Record(
                values={
                    **self._shelf.attachment_values(row),
                    **self._hanging_on([str(row.get("ParentId") or "")]),
                    "Body": reference_of("Attachment", row),
                },
                id=str(row["Id"]),
                where=f"Attachment/{row['Id']}",
                raw=row,
            )
            for row in rows
        ]
        return Page(records=tuple(records), next=following)

    def _classic_notes(self, after: str) -> Flow[Page]:
        if self._shelf.notes is None:
            raise _gone("Note")
        rows, following = yield from self._old_rows(self._shelf.notes, self._shelf.note_columns, after)
        records = [
            Record(
                values={
                    **self._shelf.note_values(row),
                    **self._hanging_on([str(row.get("ParentId") or "")]),
                    "Body": as_html(cell("textarea", row.get("Body"))),
                },
                id=str(row["Id"]),
                where=f"Note/{row['Id']}",
                raw=row,
            )
            for row in rows
        ]
        return Page(records=tuple(records), next=following)

    def _old_rows(self, info: Info, columns: Sequence[str], after: str) -> Flow[tuple[list[Row], str | None]]:
        behind = [f"Id > {quoted(after)}"] if after else []
        answer = yield from self._org.query(
            select(columns, info.sobject, behind, tail=f"ORDER BY Id LIMIT {PAGE_FILES}")
        )
        rows: list[Row] = answer.body["records"]
        more = bool(rows) and (len(rows) == PAGE_FILES or answer.body.get("done") is False)
        return rows, f"{_OLD}:{rows[-1]['Id']}" if more else None

    def _hanging_on(self, ids: Iterable[str]) -> dict[str, str]:
        """The records that a file hangs on: those of objects that are read. A link to a user is no parent."""
        known = list(dict.fromkeys(id for id in ids if id[:3] in self._kinds))
        return {"Parents": listed(known), "ParentTypes": listed(self._kinds[id[:3]] for id in known)}


def download(org: Org, reference: str) -> Flow[Response]:
    """The body of a file by the reference that its record holds; see `Downloads`."""
    known = REFERENCE.fullmatch(reference)
    if known is None:
        raise FileNotFoundError(f"{reference!r} names no file of Salesforce")
    sobject, id, size = known.groups()
    path = org.path(f"sobjects/{sobject}/{id}/{_BODIES[sobject]}")
    try:
        answer = yield Request(method="GET", path=path, save=True)
    except RefusedError as error:
        raise FileNotFoundError(f"Salesforce lists it with {size} bytes, and gives no body: {reason(error)}") from error
    came = answer.body.get("size") if isinstance(answer.body, dict) else None
    if came is not None and size and int(came) != int(size):
        raise FileNotFoundError(f"Salesforce lists it with {size} bytes, and {came} came")
    return answer


def _gone(name: str) -> CursorExpiredError:
    """For a cursor that another run left in an object that our user no longer sees."""
    return CursorExpiredError(f"{name} is not there any more, or is hidden from our user now: files are read anew.")


def as_html(text: str) -> str:
    """Plain text as HTML."""
    return "<br>".join(html.escape(line, quote=False) for line in text.splitlines())


def is_note(row: Row) -> bool:
    """Whether a version of a file is a note, and not too large for one."""
    return row.get("FileType") == _NOTE_TYPE and int(float(row.get("ContentSize") or 0)) <= NOTE_BYTES_MOST


def reference_of(sobject: str, row: Row) -> str:
    """What `download` is given: where the body is, how large it is, and the name that it is to have."""
    size = row.get("ContentSize") if sobject == "ContentVersion" else row.get("BodyLength")
    name = str(row.get("PathOnClient") or row.get("Title") or row.get("Name") or row["Id"])
    return f"{sobject}/{row['Id']}/{cell('int', size)}/{_SLASHES.sub('_', name)}"


def listed(texts: Iterable[str]) -> str:
    """Texts as a JSON list; nothing for none."""
    found = list(texts)
    return msgspec.json.encode(found).decode() if found else ""
