"""query and queryAll: pages of records, and locators that outlive them by two days."""

import re
from collections.abc import Iterable
from typing import Any

from adapters.protocols import Json, Response
from adapters.sandbox.salesforce import ids, plans, rights, soql
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import JSON, RefusedError
from adapters.sandbox.salesforce.plans import Plan
from adapters.sandbox.salesforce.state import Draft, Row

MOST_A_PAGE = 2000
_LEAST_A_PAGE = 200
_LOCATOR = re.compile(r"([A-Za-z0-9]{18})-(\d+)")
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)


def query(draft: Draft, ask: Ask) -> Response:
    """GET /query and /queryAll: the first page."""
    text = ask.query.get("q", "")
    everything = ask.path.endswith("/queryAll")
    plan = prepare(draft, text)
    found = plans.rows(draft, plan, everything=everything)
    if plan.statement.counts:
        return Response(status=200, body={"totalSize": len(found), "done": True, "records": []}, headers=JSON)
    keys = [row["Id"] for row in found]
    size = _size(draft, ask)
    key = ""
    if len(keys) > size:
        key = ids.numbered("0r8", draft.next("cursor"))
        kept = {"query": text, "ids": keys, "born": draft.now}
        draft.put("cursors", key, kept)
        _forget_old(draft)
    return _page(draft, plan, key, keys, 0, size)


def more(draft: Draft, ask: Ask) -> Response:
    """GET /query/<locator>: the next page. Which of the two queries it goes on with, the locator knows."""
    read = _LOCATOR.fullmatch(ask.params["locator"])
    cursor = draft.table("cursors").get(read.group(1)) if read else None
    lasts = draft.settings.locator_seconds
    if read is None or cursor is None or draft.now > cursor["born"] + lasts or int(read.group(2)) > len(cursor["ids"]):
        raise RefusedError("INVALID_QUERY_LOCATOR", "invalid query locator")
    plan = prepare(draft, cursor["query"])
    return _page(draft, plan, read.group(1), cursor["ids"], int(read.group(2)), _size(draft, ask))


def prepare(draft: Draft, text: str) -> Plan:
    """A query that may be run by this user. Raises RefusedError."""
    statement = soql.parse(text)
    plan = plans.bind(draft, statement)
    return rights.narrowed(draft, plan)


def record(draft: Draft, described: Row, columns: Iterable[plans.Column], row: Row) -> Row:
    """A record as REST shows it: its attributes, then what was selected, what is related one level deeper."""
    out: Row = {"attributes": _attributes(draft, described["name"], row["Id"])}
    for one in columns:
        place: Row | None = out
        steps: tuple[plans.Step, ...] = ()
        for step in one.steps:
            steps = (*steps, step)
            place = _related(draft, place, steps, row)
            if place is None:
                break
        if place is not None:
            place[one.field["name"]] = plans.value(draft, one, row)
    return out


def _related(draft: Draft, place: Row | None, steps: tuple[plans.Step, ...], row: Row) -> Row | None:
    """The inner object of a relationship, made when it is first met; None where there is no such record."""
    name = steps[-1].name
    if place is None:
        return None
    if name not in place:
        found, kind = plans.follow(draft, steps, row)
        several = steps[-1].target is None
        attributes = _attributes(draft, kind, found["Id"]) if found is not None else {}
        place[name] = {"attributes": {**attributes, "type": "Name"} if several else attributes} if found else None
    inner: Row | None = place[name]
    return inner


def _attributes(draft: Draft, name: str, key: str) -> dict[str, str]:
    return {"type": name, "url": f"{draft.root}/sobjects/{name}/{key}"}


def _size(draft: Draft, ask: Ask) -> int:
    wished = _BATCH_SIZE.search(ask.headers.get("sforce-query-options", ""))
    size = MOST_A_PAGE if wished is None else min(max(int(wished.group(1)), _LEAST_A_PAGE), MOST_A_PAGE)
    return min(size, draft.settings.page)


def _page(draft: Draft, plan: Plan, key: str, keys: list[str], start: int, size: int) -> Response:
    if draft.settings.uneven and start == 0 and len(keys) > size:
        size = max(1, size * 2 // 3)
    end = min(start + size, len(keys))
    table = draft.state.rows.get(plan.described["name"], {})
    body: dict[str, Json] = {"totalSize": len(keys), "done": end == len(keys)}
    if end < len(keys):
        body["nextRecordsUrl"] = f"{draft.root}/query/{key}-{end}"
    shown = (table[key] for key in keys[start:end] if key in table)
    body["records"] = [record(draft, plan.described, plan.columns, row) for row in shown]
    return Response(status=200, body=body, headers=JSON)


def _forget_old(draft: Draft) -> None:
    lasts = draft.settings.locator_seconds
    for key, cursor in draft.table("cursors").items():
        if draft.now > cursor["born"] + lasts:
            draft.put("cursors", key, None)


def everything(draft: Draft, name: str, described: Row, key: str, wanted: tuple[str, ...]) -> Any:
    """One record with all of its fields, or with those that are wanted."""
    row = draft.state.rows[name][key]
    fields = [f for f in described["fields"] if not wanted or f["name"].lower() in wanted]
    return record(draft, described, (plans.Column((), f, name) for f in fields), row)
