"""Our own sources with one deliberate fault each: the suite must find every one.

`MUTANTS` names the bench, what is done to its source, and the topic in which that is found.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from adapters.conformance.sources.bench import Open
from adapters.conformance.sources.benches import improveit_360, pro_sales_crm, promoxcrm
from adapters.protocols import Flow, Page, Refused, Request, Response, Verdict
from adapters.sources.rest.answers import rows_at, total_at
from adapters.sources.rest.deriving import _UnderWay
from adapters.sources.salesforce.soql import instant, literal
from adapters.wire import T


def stands(source: Any) -> None:
    """The cursor does not advance after the second page."""
    read = source.read

    def mutant(object: str, since: str | None, at: str | None) -> Flow[Page]:
        page = yield from read(object, since, at)
        return msgspec.structs.replace(page, next=at) if at and page.next else page

    source.read = mutant


def skips(source: Any) -> None:
    """A page that begins with a row of the page before is taken for that page, and left out."""
    read = source.read
    last: dict[str, list[str]] = {}

    def mutant(object: str, since: str | None, at: str | None) -> Flow[Page]:
        page, answers = yield from watched(read(object, since, at))
        ids = [str(row.get("id")) for row in rows_at(answers[-1].body, "") or ()] if answers else []
        again = at is not None and bool(ids) and ids[0] in last.get(object, ())
        last[object] = ids
        return msgspec.structs.replace(page, records=()) if again else page

    source.read = mutant


def believes(source: Any) -> None:
    """Reading ends when as many rows came as the API states there are."""
    read = source.read
    came: dict[str, int] = {}

    def mutant(object: str, since: str | None, at: str | None) -> Flow[Page]:
        page, answers = yield from watched(read(object, since, at))
        came[object] = len(page.records) + (came[object] if at else 0)
        total = total_at(answers[-1].body, "total") if answers else None
        return page if total is None or came[object] < total else msgspec.structs.replace(page, next=None)

    source.read = mutant


def revives(source: Any) -> None:
    """A record that is given as deleted is taken for a living one."""
    each(source, lambda record: msgspec.structs.replace(record, deleted=False, merged=""))


def folds(source: Any) -> None:
    """Ids are the same whatever their case."""
    each(
        source,
        lambda record: msgspec.structs.replace(
            record, id=record.id.lower(), values={**record.values, "ID": record.values["ID"].lower()}
        ),
    )


def tells_strangers(source: Any) -> None:
    """The path of a file at another host is asked for, and our key goes along."""
    download = source.download

    def mutant(reference: str) -> Flow[Response]:
        if reference.startswith("http"):
            return (yield Request(method="GET", path=urlsplit(reference).path, save=True))
        return (yield from download(reference))

    source.download = mutant


def forgets(source: Any) -> None:
    """What was given of a derived object is known to one process alone: another begins with nothing behind it."""

    def mutant(made: object, pages: int) -> Flow[_UnderWay]:
        yield from ()
        return _UnderWay()

    source._deriver._again = mutant


def begins_at_the_mark(source: Any) -> None:
    """What was stamped before a mark, and committed after it, is in no reading."""
    read = source.read

    def mutant(object: str, since: str | None, at: str | None) -> Flow[Page]:
        return read(object, literal(instant(since) + timedelta(minutes=15)) if since else None, at)

    source.read = mutant


def looks_into_the_bin(source: Any) -> None:
    """Only what lies in the recycle bin was deleted."""
    deleted = source.deleted

    def mutant(object: str, since: str, at: str | None) -> Flow[Page]:
        page = yield from deleted(object, since, at)
        return msgspec.structs.replace(page, next=None)

    source.deleted = mutant


def stays_outside(source: Any) -> None:
    """The end of a session is taken for a want of rights."""
    verdict = source.verdict

    def mutant(request: Request, response: Response) -> Verdict:
        found = verdict(request, response)
        return msgspec.structs.replace(found, status=403) if isinstance(found, Refused) else found

    source.verdict = mutant


def takes_one_part(source: Any) -> None:
    """Of the results of a Bulk job the first part is read."""
    read = source.read

    def mutant(object: str, since: str | None, at: str | None) -> Flow[Page]:
        page = yield from read(object, since, at)
        return msgspec.structs.replace(page, next=None) if page.records else page

    source.read = mutant


MUTANTS: dict[str, tuple[Open, Callable[[Any], None], str]] = {
    "stands": (pro_sales_crm.bench, stands, "pages"),
    "skips": (pro_sales_crm.bench, skips, "schema"),
    "believes": (pro_sales_crm.bench, believes, "schema"),
    "revives": (promoxcrm.bench, revives, "records"),
    "revives-merged": (pro_sales_crm.bench, revives, "records"),
    "folds": (pro_sales_crm.bench, folds, "records"),
    "tells-strangers": (promoxcrm.bench, tells_strangers, "files"),
    "forgets": (promoxcrm.bench, forgets, "pages"),
    "begins-at-the-mark": (improveit_360.bench, begins_at_the_mark, "delta"),
    "looks-into-the-bin": (improveit_360.bench, looks_into_the_bin, "delta"),
    "stays-outside": (improveit_360.bench, stays_outside, "login"),
    "takes-one-part": (improveit_360.bench_by_bulk, takes_one_part, "schema"),
}


def each(source: Any, change: Callable[[Any], Any]) -> None:
    """Change every record that is read."""
    read = source.read

    def mutant(object: str, since: str | None, at: str | None) -> Flow[Page]:
        page = yield from read(object, since, at)
        return msgspec.structs.replace(page, records=tuple(map(change, page.records)))

    source.read = mutant


def watched(flow: Flow[T]) -> Flow[tuple[T, list[Response]]]:
    """The result of a flow, with the answers that it was sent."""
    answers: list[Response] = []
    try:
        request = next(flow)
        while True:
            answers.append((yield request))
            request = flow.send(answers[-1])
    except StopIteration as stop:
        return stop.value, answers


def __getattr__(name: str) -> Open:
    """The bench of a mutant, as an entry point names it: "bench_" and its name, with underscores."""
    mutant = MUTANTS.get(name.removeprefix("bench_").replace("_", "-"))
    if mutant is None:
        raise AttributeError(name)
    open, spoil, _ = mutant

    def opened(folder: Any) -> Any:
        bench: Any = open(folder)
        fresh = bench.source

        def source() -> Any:
            made = fresh()
            spoil(made)
            return made

        bench.source = source
        return bench

    return opened
