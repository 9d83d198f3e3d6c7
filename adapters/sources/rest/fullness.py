"""Reading an object to its end: the API's pages, then what the export knows and the API did not show."""

from collections.abc import Iterable

import msgspec

from adapters.protocols import Finding, Flow, Page, Record
from adapters.sources.index import Tally
from adapters.sources.rest.naming import Shown, linked_by_name, named
from adapters.sources.rest.paging import Where
from adapters.sources.rest.reading import Read, State, page, start
from adapters.sources.rest.supplement import Supplement, cut_findings, mark_of
from adapters.sources.rest.survey import Surveyed
from adapters.sources.rest.table import Endpoint, Table, place

FINDINGS_MAX = 1000
"""So many findings of a kind are told of an object in one reading."""


class _Cursor(msgspec.Struct, omit_defaults=True):
    """Where reading goes on: in the API at a state, else in the export at its own cursor."""

    api: State | None = None
    export: str = ""


class _Seen:
    """What one reading of an object has seen: natural keys, on disk, and the cursor that it stands at."""

    def __init__(self) -> None:
        self._keys = Tally()
        self.at: str | None = None

    def add(self, endpoint: Endpoint, records: Iterable[Record]) -> None:
        marks = (mark_of(endpoint, record.values) for record in records)
        self._keys.add(endpoint.object, (mark for mark in marks if mark is not None))

    def take(self, endpoint: Endpoint, record: Record) -> bool:
        """Whether the API showed the record; each record that it showed answers for one."""
        mark = mark_of(endpoint, record.values)
        return mark is not None and self._keys.take(endpoint.object, mark)


class Reader:
    """Reads the objects of one account, after one survey."""

    def __init__(self, table: Table, where: Where, surveyed: Surveyed, supplement: Supplement | None) -> None:
        self._table = table
        self._where = where
        self._surveyed = surveyed
        self._supplement = supplement
        self._seen: dict[str, _Seen] = {}
        self._shown = Shown()
        self._told: dict[tuple[str, str], int] = {}
        self._words: dict[tuple[str, str], tuple[set[str], bool]] = {}

    def read(self, object: str, at: str | None) -> Flow[Page]:
        """One page. Raises ValueError for an object that is not there."""
        endpoint = self._surveyed.endpoints.get(object)
        if endpoint is None:
            raise ValueError(f"{self._table.system} has no object {object!r}.")
        if object in self._surveyed.lacking:
            return (yield from self._exported(endpoint, at))
        if at is None and self._is_known_empty(endpoint):
            return Page(records=())
        cursor = msgspec.json.decode(at, type=_Cursor) if at else _Cursor(api=start(endpoint))
        seen = self._seen.setdefault(object, _Seen())
        if at is None:
            seen = self._seen[object] = _Seen()
        whole = at is None or seen.at == at
        if cursor.api is None:
            return (yield from self._hidden(endpoint, seen if whole else None, cursor.export))
        read = yield from self._page(endpoint, cursor.api, first=at is None)
        records, findings = yield from self._completed(endpoint, read)
        if self._supplement is not None and self._supplement.adds_to(endpoint):
            self._shown.add(object, read.records)
            seen.add(endpoint, read.records)
            records = yield from self._named(endpoint, self._supplement, records)
        findings = self._limited(object, findings, first=at is None)
        following: str | None = None
        if read.state is not None:
            following = _encoded(_Cursor(api=read.state))
        elif self._adds_to(endpoint) and read.missing != 0:
            following = _encoded(_Cursor())
        seen.at = following if whole else "?"
        if whole and following is None:
            self._shown.whole(object)
        return Page(records=tuple(records), findings=tuple(findings), next=following)

    def _page(self, endpoint: Endpoint, state: State, *, first: bool) -> Flow[Read]:
        path = f"{self._table.base}/{endpoint.path}"
        columns = self._surveyed.columns(endpoint)
        extra = self._surveyed.extra.get(endpoint.object, ())
        read = yield from page(endpoint, path, columns, extra, self._surveyed.learned, self._where, state)
        if endpoint.only is not None:
            self._learn_words(endpoint, read, first=first)
        return read

    def _limited(self, object: str, findings: list[Finding], *, first: bool) -> list[Finding]:
        """The findings without those of a kind that was told often enough in this reading."""
        if first:
            self._told = {key: told for key, told in self._told.items() if key[0] != object}
        out = []
        for finding in findings:
            key = (object, finding.code)
            self._told[key] = self._told.get(key, 0) + 1
            if self._told[key] <= FINDINGS_MAX:
                out.append(finding)
            if self._told[key] == FINDINGS_MAX:
                detail = f"More records like the {FINDINGS_MAX} named are not listed one by one."
                out.append(Finding(code=finding.code, object=object, detail=detail))
        return out

    def _completed(self, endpoint: Endpoint, read: Read) -> Flow[tuple[list[Record], list[Finding]]]:
        """The page's records with the texts that came cut made whole, and all that is to be said."""
        if endpoint.fills is None or not endpoint.fills.texts:
            return read.records, read.findings
        columns, learned = self._surveyed.columns(endpoint), self._surveyed.learned
        records, findings = [], list(read.findings)
        for record in read.records:
            full = record
            if self._supplement is not None:
                full = yield from self._supplement.whole(endpoint, record, columns, learned)
            findings += cut_findings(endpoint, record, full)
            records.append(full)
        return records, findings

    # --- the export ------------------------------------------------------------------------------------------------

    def _adds_to(self, endpoint: Endpoint) -> bool:
        return self._supplement is not None and self._supplement.adds_to(endpoint)

    def _hidden(self, endpoint: Endpoint, seen: _Seen | None, at: str) -> Flow[Page]:
        """A page of the export's records that the API did not show."""
        if seen is None:
            seen = self._seen[endpoint.object] = yield from self._seen_again(endpoint, at)
        found = yield from self._from_export(endpoint, at or None)
        hidden = [record for record in found.records if not seen.take(endpoint, record)]
        if hidden:
            self._shown.had_more(endpoint.object)
        findings = tuple(
            Finding(
                code="not-shown-by-api", object=endpoint.object, where=record.where,
                detail="The API does not show this record; it is taken from the export.",
            )
            for record in hidden
        )  # fmt: skip
        following = _encoded(_Cursor(export=found.next)) if found.next else None
        seen.at = following
        if following is None:
            self._shown.whole(endpoint.object)
        return Page(records=tuple(hidden), findings=findings, next=following)

    def _seen_again(self, endpoint: Endpoint, until: str | None) -> Flow[_Seen]:
        """See once more, without giving any of it: all that the API shows, and the export up to a cursor.

        until: None for the whole export, unless the API shows as many records as it states.
        """
        seen = _Seen()
        state: State | None = start(endpoint)
        missing: int | None = None
        while state is not None:
            read = yield from self._page(endpoint, state, first=False)
            self._shown.add(endpoint.object, read.records)
            seen.add(endpoint, read.records)
            state, missing = read.state, read.missing
        at: str | None = None if missing == 0 and until is None else ""
        while at is not None and at != until:
            found = yield from self._from_export(endpoint, at or None)
            hidden = [record for record in found.records if not seen.take(endpoint, record)]
            if hidden:
                self._shown.had_more(endpoint.object)
            at = found.next
        return seen

    def _named(self, endpoint: Endpoint, supplement: Supplement, records: list[Record]) -> Flow[list[Record]]:
        """The records, with names where links lead to what the API does not show; what it shows is found out first."""
        for name in linked_by_name(endpoint):
            target = self._surveyed.endpoints.get(name)
            if target is None or self._shown.is_whole(name) or not supplement.adds_to(target):
                continue
            yield from self._seen_again(target, None)
            self._shown.whole(name)
        columns, learned = self._surveyed.columns(endpoint), self._surveyed.learned
        return (yield from named(supplement, endpoint, columns, learned, self._shown, records))

    def _exported(self, endpoint: Endpoint, at: str | None) -> Flow[Page]:
        """A page of an object that only the export has, if that."""
        if self._supplement is None or not self._supplement.has(endpoint):
            return Page(records=())
        return (yield from self._from_export(endpoint, at))

    def _from_export(self, endpoint: Endpoint, at: str | None) -> Flow[Page]:
        assert self._supplement is not None  # noqa: S101
        columns, learned = self._surveyed.columns(endpoint), self._surveyed.learned
        found = yield from self._supplement.read(endpoint, columns, learned, at)
        schema = self._surveyed.schema.object(endpoint.object)
        known = {field.key for field in schema.fields} if schema else set()
        records = tuple(
            msgspec.structs.replace(record, values={k: v for k, v in record.values.items() if k in known})
            for record in found.records
        )
        return Page(records=records, next=found.next)

    # --- several objects at one path ---------------------------------------------------------------------------------

    def _learn_words(self, endpoint: Endpoint, read: Read, *, first: bool) -> None:
        """Remember which kinds a whole pass over a path has met: no pass is made for those that are not there."""
        at = endpoint.only[0] if endpoint.only else ""
        key = (endpoint.path, endpoint.object)
        if first:
            self._words[key] = (set(), False)
        if key in self._words:  # else another process read the first pages
            words, _ = self._words[key]
            words |= {str(place(row, at) or "").strip().lower() for row in read.rows}
            self._words[key] = (words, read.state is None)

    def _is_known_empty(self, endpoint: Endpoint) -> bool:
        passes = [words for (path, _), (words, whole) in self._words.items() if path == endpoint.path and whole]
        if endpoint.only is None or not passes:
            return False
        return not any(endpoint.wants({endpoint.only[0]: word}) for word in passes[-1])


def _encoded(cursor: _Cursor) -> str:
    return msgspec.json.encode(cursor).decode()
