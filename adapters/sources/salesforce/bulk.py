"""Pages of an object by Bulk API 2.0: a query job, asked for until it is done, then its CSV in parts.

The query travels in a body, so that any number of columns fits. The job keeps its results for a week: a broken download
is taken up again by job and locator. Jobs are not deleted afterwards, since a source writes nothing.
"""

import csv
import io
from collections.abc import Sequence

import msgspec

from adapters.protocols import Flow, Request, Response
from adapters.sources import UnreadableError
from adapters.sources.dialect import limit_cells
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.org import Org
from adapters.sources.salesforce.soql import select

PART_RECORDS = 1000
"""Records a part."""

POLLS = 100
"""How often a job is asked for within one page, by who drives without waiting."""

_END = "null"
"""What the locator says behind the last part: this word."""


class Job(msgspec.Struct, frozen=True):
    """A query job: done, with results to fetch, or failed, with what Salesforce says."""

    id: str
    failed: str = ""


class Results(msgspec.Struct, frozen=True):
    """A part of the results, and the locator of the next one (None at the end)."""

    rows: list[Row]
    locator: str | None


def start_job(
    org: Org, columns: Sequence[str], sobject: str, conditions: Sequence[str], *, everything: bool
) -> Flow[str]:
    """Begin a query; the job's id. It asks only: nothing of the org changes."""
    body = {
        "operation": "queryAll" if everything else "query",
        # neither ORDER BY nor LIMIT: they switch the cutting into chunks off
        "query": select(columns, sobject, conditions),
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    answer = yield Request(method="POST", path=org.path("jobs/query"), body=body, reads=True)
    return str(answer.body["id"])


def finished_job(org: Org, id: str) -> Flow[Job]:
    """The job, once it is over. Who drives waits between the questions, by the verdict of each."""
    for _ in range(POLLS):
        answer = yield Request(method="GET", path=org.path(f"jobs/query/{id}"))
        state = answer.body.get("state")
        if state == "JobComplete":
            return Job(id)
        if state in ("Failed", "Aborted"):
            return Job(id, failed=str(answer.body.get("errorMessage") or state))
    raise UnreadableError(f"The Bulk job {id} is still running. Run again later: it goes on with the same job.")


def results_of(org: Org, id: str, locator: str) -> Flow[Results]:
    """A part of the job's results; the first one where the locator is empty."""
    query = {"maxRecords": str(PART_RECORDS), **({"locator": locator} if locator else {})}
    answer = yield Request(method="GET", path=org.path(f"jobs/query/{id}/results"), query=query, raw=True)
    rows = parse(answer.text, f"part {locator or '1'} of the Bulk job {id}")
    stated = answer.headers.get("sforce-numberofrecords", "")
    if stated.isdigit() and int(stated) != len(rows):
        raise UnreadableError(f"Bulk job {id}: {len(rows)} rows came of {stated}: the part was cut short. Run again.")
    return Results(rows, _following(answer))


def parse(text: str, where: str) -> list[Row]:
    """The rows of a CSV part, all of them texts. The header comes again with each part and is no row."""
    limit_cells()
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), strict=True)
    try:
        header = next(reader, [])
        lines = list(reader)
    except csv.Error as error:
        raise UnreadableError(f"The {where} is no CSV ({error}). Run again; it is fetched anew.") from error
    if any(len(line) != len(header) for line in lines):
        raise UnreadableError(f"The {where} holds rows of another width than its header. Run again.")
    return [dict(zip(header, line, strict=True)) for line in lines]


def _following(answer: Response) -> str | None:
    locator = answer.headers.get("sforce-locator", _END)
    return None if locator in ("", _END) else locator
