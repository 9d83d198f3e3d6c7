"""What was deleted since a mark: what lies in the recycle bin, then what only the log of deletions knows."""

from datetime import datetime, timedelta

from adapters.protocols import Flow, Page, Record, RefusedError, Request
from adapters.sources import GapError
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.describing import Info
from adapters.sources.salesforce.org import Org, reason
from adapters.sources.salesforce.reading import smaller_and_smaller
from adapters.sources.salesforce.soql import among, batches, earlier, instant, literal, quoted, select

REACH = timedelta(days=15)
"""How far back the log of deletions goes at most."""

OVERLAP = timedelta(hours=2)
"""How much earlier than the mark is asked for: the log lags behind, by what its `latestDateCovered` tells."""

PAGE_IDS = 2000
"""Ids of the log a page."""

_BIN, _LOG = "bin", "log"


def deleted_page(org: Org, info: Info, since: str, at: str | None) -> Flow[Page]:
    """One page of deleted records, by id. Cursors: "bin:<last id>", "log:<end>|<how many are done>".

    Raises GapError where the log does not reach back to the mark, or lags behind it.
    """
    stage, _, place = (at or f"{_BIN}:").partition(":")
    if stage == _BIN:
        if info.has("IsDeleted") and info.stamp:
            return (yield from _in_the_bin(org, info, since, place))
        return Page(records=(), next=f"{_LOG}:")
    end, _, done = place.partition("|")
    return (yield from _in_the_log(org, info, since, end, int(done or 0)))


def _in_the_bin(org: Org, info: Info, since: str, after: str) -> Flow[Page]:
    merges = ["MasterRecordId"] if info.has("MasterRecordId") else []
    wanted = [
        *info.conditions,
        "IsDeleted = true",
        f"{info.stamp} >= {literal(earlier(since, OVERLAP))}",
        *([f"Id > {quoted(after)}"] if after else []),
    ]

    def ask(most: int) -> Flow[tuple[list[Row], bool]]:
        soql = select(["Id", *merges], info.sobject, wanted, tail=f"ORDER BY Id LIMIT {most}")
        answer = yield from org.query(soql, everything=True)
        rows: list[Row] = answer.body["records"]
        return rows, bool(rows) and (len(rows) == most or answer.body.get("done") is False)

    rows, more = yield from smaller_and_smaller(info.name, ask)
    records = tuple(_gone(info, str(r["Id"]), str(r.get("MasterRecordId") or "")) for r in rows)
    return Page(records=records, next=f"{_BIN}:{rows[-1]['Id']}" if more else f"{_LOG}:")


def _in_the_log(org: Org, info: Info, since: str, end: str, done: int) -> Flow[Page]:
    now = instant(end) if end else (yield from org.now())
    start = _start(info, since, now)
    answer = yield from _ask_the_log(org, info, start, now)
    if instant(answer["earliestDateAvailable"]) > instant(since):
        raise GapError(
            f"{info.name}: the log of deletions begins at {answer['earliestDateAvailable']}, after {since}: what was "
            "deleted in between is not known. The object is read whole."
        )
    if instant(answer["latestDateCovered"]) < now - OVERLAP:
        raise GapError(
            f"{info.name}: the log of deletions is only kept up to {answer['latestDateCovered']}. It is read whole."
        )
    ids = [str(line["id"]) for line in answer["deletedRecords"]]
    some = ids[done : done + PAGE_IDS]
    records = yield from _looked_up(org, info, some)
    more = done + len(some) < len(ids)
    return Page(records=tuple(records), next=f"{_LOG}:{literal(now)}|{done + len(some)}" if more else None)


def _start(info: Info, since: str, now: datetime) -> datetime:
    if instant(since) < now - REACH:
        raise GapError(f"{info.name}: the log of deletions reaches back {REACH.days} days, not to {since}.")
    # the log takes no window that begins earlier than it reaches, nor one of less than a minute
    return max(earlier(since, OVERLAP), now - REACH + timedelta(minutes=1))


def _ask_the_log(org: Org, info: Info, start: datetime, end: datetime) -> Flow[Row]:
    query = {"start": _utc(start), "end": _utc(end)}
    try:
        answer = yield Request(method="GET", path=org.path(f"sobjects/{info.sobject}/deleted/"), query=query)
    except RefusedError as error:
        # too many ids, a window that is too old, an object without a log: all of them mean that it cannot be known
        raise GapError(f"{info.name}: the log of deletions cannot be read ({reason(error)}).") from error
    found: Row = answer.body
    return found


def _looked_up(org: Org, info: Info, ids: list[str]) -> Flow[list[Record]]:
    """The records of these ids that are gone. One that was restored since it was deleted is alive."""
    known = ["Id", *(c for c in ("IsDeleted", "MasterRecordId") if info.has(c))]
    records: list[Record] = []
    for some in batches(ids):
        soql = select(known, info.sobject, [among("Id", some)])
        there = {str(r["Id"]): r for r in (yield from org.rows(soql, everything=info.has("IsDeleted")))}
        for id in some:
            row = there.get(id)
            if row is None or row.get("IsDeleted") is True:
                records.append(_gone(info, id, str((row or {}).get("MasterRecordId") or "")))
    return records


def _gone(info: Info, id: str, merged: str) -> Record:
    return Record(values={}, id=id, where=f"{info.sobject}/{id}", deleted=True, merged=merged)


def _utc(moment: datetime) -> str:
    return literal(moment).replace("Z", "+00:00")
