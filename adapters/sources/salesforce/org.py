"""One org: its API version, the objects that our user may see, and how it is asked."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from adapters.protocols import AdapterError, Finding, Flow, Json, RefusedError, Request, Response
from adapters.sources import UnreadableError
from adapters.sources.salesforce.answers import VERSIONS_PATH
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.describing import Info, info_of
from adapters.sources.salesforce.login import server_time
from adapters.sources.salesforce.soql import batches

TESTED = 61.0
"""The API version that all this was written for; where an org is older, its newest is taken."""

DESCRIBES = 25
"""Describes in one batch: the most that Salesforce takes."""

COUNTS = 100
"""Objects that one request asks the counts of."""

RESTARTS = 2
"""How often a query is begun again when Salesforce has forgotten how far it was."""

LOCATOR_GONE = "INVALID_QUERY_LOCATOR"
_NO_COLUMN = re.compile(r"No such column '([^']+)' on (?:entity|sobject of type) '?(\w+)", re.IGNORECASE)


class Sobject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One line of the global describe: an object that our user may see."""

    name: str
    label: str = ""
    custom: bool = False
    custom_setting: bool = False
    queryable: bool = True
    deprecated_and_hidden: bool = False
    key_prefix: str | None = None


class Org:
    """What is known of an org, and the requests that ask for more. `connect` comes first."""

    def __init__(self) -> None:
        self.version = ""
        self.sobjects: dict[str, Sobject] = {}

    def path(self, rest: str) -> str:
        """The path of a resource of the API."""
        return f"/services/data/v{self.version}/{rest}"

    # --- what there is ---------------------------------------------------------------------------------------------

    def choose_version(self) -> Flow[Response]:
        """Ask for the versions and take one. Raises `UnreadableError` for a host that is no Salesforce."""
        answer = yield Request(method="GET", path=VERSIONS_PATH)
        listed = answer.body if isinstance(answer.body, list) else []
        versions = [str(v["version"]) for v in listed if isinstance(v, dict) and "version" in v]
        usable = [v for v in versions if float(v) <= TESTED]
        if not usable:
            raise UnreadableError(
                f"{VERSIONS_PATH} lists no API version up to {TESTED}: this is no Salesforce org. Set the org's own "
                "address, https://<My Domain>.my.salesforce.com."
            )
        self.version = max(usable, key=float)
        return answer

    def list_objects(self) -> Flow[None]:
        """Ask for every object that our user may see."""
        answer = yield Request(method="GET", path=self.path("sobjects"))
        lines = answer.body.get("sobjects") if isinstance(answer.body, dict) else None
        if not lines:
            raise UnreadableError("Our user may see no object of the org: give it the right API Enabled and View All.")
        found = msgspec.convert(lines, list[Sobject], strict=False)
        self.sobjects = {line.name: line for line in found if line.queryable and not line.deprecated_and_hidden}

    def now(self) -> Flow[datetime]:
        """The org's own clock."""
        return server_time((yield Request(method="GET", path=VERSIONS_PATH)))

    def describe(self, names: Sequence[str]) -> Flow[tuple[dict[str, Info], list[Finding]]]:
        """The describes of these objects, by name; one that is refused is a finding."""
        found: dict[str, Info] = {}
        findings: list[Finding] = []
        for some in batches(names, DESCRIBES):
            for name, (status, body) in zip(some, (yield from self._described(some)), strict=True):
                if status == 200 and isinstance(body, dict):
                    found[name] = info_of(body)
                else:
                    findings.append(_undescribed(name, status, body))
        return found, findings

    def _described(self, names: Sequence[str]) -> Flow[list[tuple[int, Json]]]:
        paths = [self.path(f"sobjects/{name}/describe") for name in names]
        body = {"haltOnError": False, "batchRequests": [{"method": "GET", "url": path} for path in paths]}
        try:
            answer = yield Request(method="POST", path=self.path("composite/batch"), body=body, reads=True)
        except RefusedError:
            return (yield from self._one_by_one(paths))
        results = answer.body.get("results") if isinstance(answer.body, dict) else None
        if not isinstance(results, list) or len(results) != len(names):
            return (yield from self._one_by_one(paths))
        return [(int(result.get("statusCode") or 0), result.get("result")) for result in results]

    def _one_by_one(self, paths: Sequence[str]) -> Flow[list[tuple[int, Json]]]:
        found: list[tuple[int, Json]] = []
        for path in paths:
            try:
                answer = yield Request(method="GET", path=path)
            except RefusedError as error:
                found.append((error.verdict.status, [{"message": error.verdict.message}]))
            else:
                found.append((answer.status, answer.body))
        return found

    def rough_counts(self, names: Sequence[str]) -> Flow[dict[str, int]]:
        """About how many records objects have; those that Salesforce does not say are missing."""
        found: dict[str, int] = {}
        for some in batches(names, COUNTS):
            try:
                answer = yield Request(
                    method="GET", path=self.path("limits/recordCount"), query={"sObjects": ",".join(some)}
                )
            except RefusedError:
                continue
            lines = answer.body.get("sObjects") if isinstance(answer.body, dict) else None
            found.update({str(line["name"]): int(line["count"]) for line in lines or ()})
        return found

    # --- queries ---------------------------------------------------------------------------------------------------

    def query(self, soql: str, *, everything: bool = False, tooling: bool = False) -> Flow[Response]:
        """One page of a query. everything: deleted and archived records as well."""
        rest = "tooling/query" if tooling else "queryAll" if everything else "query"
        return (yield Request(method="GET", path=self.path(rest), query={"q": soql}))

    def scan(
        self, soql: str, take: Callable[[Row], None], *, everything: bool = False, tooling: bool = False
    ) -> Flow[None]:
        """Hand over each row of a query; where it must be begun again, rows come twice."""
        for attempt in range(RESTARTS + 1):
            answer = yield from self.query(soql, everything=everything, tooling=tooling)
            try:
                while True:
                    for row in rows_of(answer):
                        take(row)
                    following = next_path(answer)
                    if following is None:
                        return
                    answer = yield Request(method="GET", path=following)
            except RefusedError as error:
                if error.verdict.code != LOCATOR_GONE or attempt == RESTARTS:
                    raise

    def rows(self, soql: str, *, everything: bool = False, tooling: bool = False) -> Flow[list[Row]]:
        """All rows of a query that is known to have few, each once."""
        found: list[Row] = []
        yield from self.scan(soql, found.append, everything=everything, tooling=tooling)
        if found and "Id" in found[0]:
            return list({str(row["Id"]): row for row in found}.values())
        return found

    def rows_if_any(self, soql: str, *, tooling: bool = False) -> Flow[list[Row] | None]:
        """All rows of a query that may be refused: None then."""
        try:
            return (yield from self.rows(soql, tooling=tooling))
        except RefusedError:
            return None


def rows_of(answer: Response) -> list[Row]:
    """The records of a page."""
    records = answer.body.get("records") if isinstance(answer.body, dict) else None
    if not isinstance(records, list):
        raise UnreadableError("Salesforce answers a query without records: this is no answer of its API.")
    return records


def next_path(answer: Response) -> str | None:
    """Where the next page is; None at the end. Only `done` and this say so: a page may hold fewer than asked for."""
    following = answer.body.get("nextRecordsUrl")
    if answer.body.get("done") is not False or not following:
        return None
    if not str(following).startswith(VERSIONS_PATH):
        raise UnreadableError(f"Salesforce sends us to {following!r} for the next page, which is no path of its API.")
    return str(following)


def hidden_column(error: RefusedError, selected: Iterable[str]) -> str | None:
    """The column that a refused query names as missing; None where it was refused for something else.

    A field may go away, or be hidden from our user, between the describe and the query.
    """
    named = _NO_COLUMN.search(error.verdict.message)
    return named.group(1) if named and named.group(1) in set(selected) else None


def reason(error: AdapterError) -> str:
    """An error in words, with Salesforce's code where it has one."""
    if isinstance(error, RefusedError):
        said = error.verdict
        return f"{said.code or said.status}: {said.message}"
    return str(error)


def _undescribed(name: str, status: int, body: Json) -> Finding:
    words = body[0].get("message", "") if isinstance(body, list) and body and isinstance(body[0], dict) else ""
    detail = f"{name} is listed, but its describe is refused ({status}: {words}): it is not read."
    return Finding(code="object-refused", object=name, detail=detail)
