"""Reading an object page by page: what a cursor remembers, and what the counting of rows comes to at the end."""

import base64
import hashlib
from collections.abc import Sequence

import msgspec

from adapters.protocols import Finding, Flow, Json, Record, Response
from adapters.sources import UnreadableError
from adapters.sources.cells import text
from adapters.sources.rest import paging
from adapters.sources.rest.answers import rows_at, total_at
from adapters.sources.rest.converting import record
from adapters.sources.rest.describing import known_keys
from adapters.sources.rest.paging import Where
from adapters.sources.rest.table import Column, Endpoint, Learned, Paging, place

REMEMBERED = 100
"""How many rows of a page are known again on the next one."""
_MARK_BYTES = 6


class State(msgspec.Struct, omit_defaults=True):
    """What a cursor keeps.

    at: the position of the page to come. rows, repeats: seen so far. total: as last stated. before: marks of the last
    page's ids and contents. style: the paging, where answers showed it. slow, steps, turn: a position kept from
    earlier, how many pages ago, and when to take the next one: a ring of positions comes back to it.
    """

    at: Json = None
    rows: int = 0
    repeats: int = 0
    total: int | None = None
    before: tuple[str, str] = ("", "")
    style: Paging | None = None
    slow: Json = None
    steps: int = 0
    turn: int = 1


class Read(msgspec.Struct):
    """One page as read: its records, findings, the state to go on with (None at the end).

    rows: all that came; fresh: those of them that are no exact repeats of the page before. missing: at the end, how
    many rows the stated total has more than came.
    """

    records: list[Record]
    findings: list[Finding]
    state: State | None
    rows: list[dict[str, Json]]
    fresh: list[dict[str, Json]] = []
    missing: int | None = None


def start(endpoint: Endpoint) -> State:
    """The state before the first page."""
    return State(at=paging.begin(endpoint.paging))


def page(
    endpoint: Endpoint, path: str, columns: Sequence[Column], extra: Sequence[str], learned: Learned, where: Where,
    state: State,
) -> Flow[Read]:  # fmt: skip
    """Read the page at a state. Raises UnreadableError for an answer without a list of records."""
    style = state.style or endpoint.paging
    asked = paging.request(style, path, state.at)
    response = yield asked
    rows = _rows(endpoint, path, response)
    if style.style == "auto":
        style = state.style = paging.shown_by(response) or Paging(style="single")
        if state.at is None:
            state.at = paging.begin(style)
    read = Read([], [], None, rows)
    _keep(endpoint, columns, extra, learned, state, read)
    state.total = total_at(response.body, endpoint.total) if endpoint.total else state.total
    following = paging.after(style, asked, state.at, response, len(rows), where)
    if following.position is not None and rows and _same_page(state, rows, endpoint):
        detail = "the answer to the next page is this page again, so that the paging is not heeded"
        following = paging.Next(None, detail, "paging-ignored")
    if following.position is not None and _ring(state, following.position):
        following = paging.Next(None, "the pages come round in a ring; the reading ends here", "cursor-stuck")
    state.before = _marks(rows, endpoint)
    state.at = following.position
    if following.why:
        read.findings.append(_finding(following.code, endpoint, following.why))
    if following.position is not None:
        read.state = state
    else:
        read.findings += _counted(endpoint, state)
        read.missing = None if state.total is None else state.total - (state.rows - state.repeats)
    return read


def _rows(endpoint: Endpoint, path: str, response: Response) -> list[dict[str, Json]]:
    rows = rows_at(response.body, endpoint.rows)
    if rows is None:
        there = place(response.body, endpoint.rows) if endpoint.rows else response.body
        if there is None and isinstance(response.body, dict) and endpoint.rows in response.body:
            return []
        raise UnreadableError(
            f"{path}: the answer holds no list of records at {endpoint.rows or 'its top'}; it is not the API that "
            f"{endpoint.label} were described for. Probe it again (cutover discover) and compare the paths."
        )
    return rows


def _keep(
    endpoint: Endpoint, columns: Sequence[Column], extra: Sequence[str], learned: Learned, state: State, read: Read
) -> None:
    """Turn the page's rows to records; exact repeats of the page before are left out, and counted."""
    ids, contents = (_split(marks) for marks in state.before)
    known = {*extra, *known_keys(endpoint, columns)}
    odd: set[str] = set()
    for row in read.rows:
        state.rows += 1
        if _mark(text(place(row, endpoint.id))) in ids:
            state.repeats += 1
            if _mark(_bytes(row)) in contents:
                continue
        read.fresh.append(row)
        if not endpoint.wants(row):
            continue
        made = record(endpoint, columns, extra, row, learned)
        read.records.append(made)
        read.findings += [
            Finding(code=code, detail=detail, object=endpoint.object, key=made.id, where=made.where)
            for code, detail in (endpoint.check(row, learned) if endpoint.check else ())
        ]
        odd |= row.keys() - known
    for key in sorted(odd):
        detail = f"The API gives {key!r}, which no earlier record had; it is kept with the record as it came."
        read.findings.append(_finding("unknown-field", endpoint, detail))


def _counted(endpoint: Endpoint, state: State) -> list[Finding]:
    """What the counting comes to at the end of an object."""
    found = []
    different = state.rows - state.repeats
    if state.repeats:
        detail = f"{state.repeats} rows came again on the next page, as when the list moves while it is read."
        found.append(_finding("repeated-rows", endpoint, detail))
    if state.total is not None and state.total != different:
        detail = f"The API states {state.total} rows and gave {different} different ones; those that came count."
        found.append(_finding("total-differs", endpoint, detail))
    return found


def _finding(code: str, endpoint: Endpoint, detail: str) -> Finding:
    sentence = detail[:1].upper() + detail[1:]
    return Finding(code=code, object=endpoint.object, where=endpoint.path, detail=sentence)


def _same_page(state: State, rows: Sequence[dict[str, Json]], endpoint: Endpoint) -> bool:
    return state.before[0] != "" and state.before == _marks(rows, endpoint)


def _ring(state: State, position: Json) -> bool:
    """Whether the positions run in a ring (Brent's way: one earlier position is kept, at growing distances)."""
    if position == state.slow:
        return True
    state.steps += 1
    if state.steps == state.turn:
        state.slow, state.steps, state.turn = position, 0, state.turn * 2
    return False


def _marks(rows: Sequence[dict[str, Json]], endpoint: Endpoint) -> tuple[str, str]:
    last = rows[-REMEMBERED:]
    return "".join(_mark(text(place(row, endpoint.id))) for row in last), "".join(_mark(_bytes(row)) for row in last)


def _mark(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return base64.b64encode(hashlib.blake2b(data, digest_size=_MARK_BYTES).digest()).decode()


def _bytes(row: dict[str, Json]) -> bytes:
    return msgspec.json.encode(row, order="sorted")


def _split(marks: str) -> set[str]:
    size = _MARK_BYTES * 4 // 3
    return {marks[place : place + size] for place in range(0, len(marks), size)}
