"""The probe of an API that nobody has documented: a ladder of GETs, each with what was found, and what it comes to."""

from contextlib import suppress
from email.utils import parsedate_to_datetime

import msgspec

from adapters.protocols import (
    CredentialsError,
    Flow,
    Json,
    Probed,
    RefusedError,
    Request,
    Response,
    Step,
    UnreachableError,
)
from adapters.sources.rest.addresses import ElsewhereError, followed, is_signed
from adapters.sources.rest.answers import rows_at
from adapters.sources.rest.describing import custom_endpoints
from adapters.sources.rest.discover import Found, discover
from adapters.sources.rest.paging import Where, ids_of
from adapters.sources.rest.table import Endpoint, Table, place

DENIALS_MAX = 3
"""After so many refusals for want of rights the probe stops: more of them look like an attack."""
CUSTOM_MAX = 50
"""So many custom objects are probed at most."""
_SINCE = ("updated_since", "modified_since", "updated_after")
_FAR = "2999-01-01T00:00:00Z"
_MARKUPS = ("/swagger.json", "/openapi.json")


class _Log(msgspec.Struct):
    """What the probe has found so far."""

    steps: list[Step] = []
    objects: list[str] = []
    risks: list[str] = []
    facts: dict[str, Json] = {}
    denials: int = 0

    @property
    def stopped(self) -> bool:
        return self.denials >= DENIALS_MAX

    def step(self, asked: str, found: str, *, serves: bool, object: str = "") -> None:
        self.steps.append(Step(asked=asked, found=found, serves=serves, object=object))


def probe(table: Table, where: Where) -> Flow[Probed]:
    """Climb the ladder. What is not there is a finding; nothing is raised but what ends a day's budget."""
    log = _Log([], [], [], {"paging": {}, "limits": {}, "incremental": {}, "deletions": {}, "files": "none named"}, 0)
    for path in (*table.bases, *_MARKUPS):
        yield from _ask(log, path)
    me = yield from _ask(log, f"{table.base}/{table.me}")
    if me is not None:
        log.facts["authentication"] = f"the credentials are accepted: GET {table.base}/{table.me} says who we are"
    log.facts |= _server(me) if me is not None else {}
    for path in table.extra:
        yield from _ask(log, f"{table.base}/{path}")
    done: dict[str, Found | None] = {}
    for endpoint in table.endpoints:
        if log.stopped:
            break
        if endpoint.path not in done:
            done[endpoint.path] = yield from _endpoint(log, table, endpoint, where)
        elif done[endpoint.path] is not None:
            log.objects.append(endpoint.object)
    yield from _custom(log, table, where)
    usable = bool(log.objects)
    log.facts.setdefault("authentication", "not authenticated" if log.denials or not usable else "not asked for")
    if log.stopped:
        log.risks.append(
            f"The probe stopped after {log.denials} refusals for want of rights: check the key and its header."
        )
    yield from _since(log, table, done)
    yield from _file(log, table, done, where)
    return Probed(
        method="api", usable=usable, steps=tuple(log.steps), objects=tuple(log.objects), facts=log.facts,
        risks=tuple(dict.fromkeys(log.risks)),
    )  # fmt: skip


def _ask(log: _Log, path: str) -> Flow[Response | None]:
    """Ask for one path; the answer where it is JSON."""
    if log.stopped:
        return None
    try:
        answer = yield Request(method="GET", path=path)
    except (RefusedError, UnreachableError) as error:
        _refused(log, path, error, "")
        return None
    log.step(f"GET {path}", f"JSON, status {answer.status}", serves=True)
    return answer


def _refused(log: _Log, path: str, error: RefusedError | UnreachableError, object: str) -> None:
    if isinstance(error, CredentialsError):
        log.denials += 1
        page = "login page" in str(error)
        found = "not authenticated: " + ("a login page with status 200" if page else "status 401")
    elif isinstance(error, RefusedError):
        log.denials += error.verdict.status == 403
        found = f"status {error.verdict.status}: {error.verdict.message}"
    else:
        found = f"no usable answer: {error}"
    log.step(f"GET {path}", found, serves=False, object=object)


def _endpoint(log: _Log, table: Table, endpoint: Endpoint, where: Where) -> Flow[Found | None]:
    """Find out how one path answers; what it says is told of the first object that is there."""
    path = f"{table.base}/{endpoint.path}"
    try:
        found = yield from discover(path, where, endpoint.id)
    except (RefusedError, UnreachableError) as error:
        _refused(log, path, error, endpoint.object)
        log.risks.append(f"{endpoint.label}: the API does not give them; they must come from CSV or a workbook.")
        return None
    if found is None:
        log.step(f"GET {path}", "JSON without records; nothing can be said of its paging", serves=True,
                 object=endpoint.object)  # fmt: skip
        log.objects.append(endpoint.object)
        log.risks.append(f"{endpoint.label}: there are no records to see the paging by.")
        return None
    log.objects.append(endpoint.object)
    log.step(f"GET {path}", found.words(), serves=True, object=endpoint.object)
    log.facts["paging"][endpoint.object] = found.paging.style if found.paging else "unknown"
    _limits(log, endpoint, found)
    if not found.known:
        log.risks.append(
            f"{endpoint.label}: how they page is unknown, {found.size} records came at once; if there are more, they"
            " are missed. Compare the count with the screen before the scope is agreed."
        )
    elif found.proven and found.paging and found.paging.style not in (endpoint.paging.style, "auto"):
        log.risks.append(
            f"{endpoint.label}: the API pages by {found.paging.style}, the table says {endpoint.paging.style}."
        )
    marker = endpoint.deleted or endpoint.merged
    if marker:
        visible = any(marker in row for row in found.records)
        log.facts["deletions"][endpoint.object] = f"marked in {marker}" if visible else "not visible"
    return found


def _custom(log: _Log, table: Table, where: Where) -> Flow[None]:
    """Find out how the custom objects answer that the API describes."""
    answer = (yield from _ask(log, f"{table.base}/{table.objects.path}")) if table.objects else None
    if answer is None or table.objects is None:
        return
    found = custom_endpoints(table.objects, rows_at(answer.body, "") or ())
    if len(found) > CUSTOM_MAX:
        names = ", ".join(endpoint.label for endpoint, _ in found[CUSTOM_MAX:])
        log.risks.append(f"Only {CUSTOM_MAX} custom objects were probed; how these page is not known: {names}.")
    for endpoint, _ in found[:CUSTOM_MAX]:
        if not log.stopped:
            yield from _endpoint(log, table, endpoint, where)


def _limits(log: _Log, endpoint: Endpoint, found: Found) -> None:
    headers = {k: v for k, v in found.first.headers.items() if "ratelimit" in k.replace("-", "")}
    log.facts["limits"] |= headers
    if not headers:
        log.risks.append("No rate limits are shown: the pace is a guess until a 429 tells it.")
    if found.proven:
        log.facts["limits"].setdefault("page_size", {})[endpoint.object] = found.size
    if found.total is None:
        log.risks.append(f"{endpoint.label}: no total is stated, so a count check must come from the screen.")


def _since(log: _Log, table: Table, done: dict[str, Found | None]) -> Flow[None]:
    """Whether a list can be asked for what changed since: with a time far ahead, a filter that works gives nothing."""
    endpoint = next((e for e in table.endpoints if done.get(e.path) is not None), None)
    if endpoint is None or log.stopped:
        return
    found = done[endpoint.path]
    assert found is not None  # noqa: S101
    path = f"{table.base}/{endpoint.path}"
    said = "no filter for changes was found"
    for name in _SINCE:
        try:
            answer = yield Request(method="GET", path=path, query={name: _FAR})
        except (RefusedError, UnreachableError) as error:
            log.step(f"GET {path}?{name}=…", f"refused: {error}", serves=False, object=endpoint.object)
            continue
        heeded = not ids_of(answer.body, found.rows, found.id)
        log.step(f"GET {path}?{name}=…", "heeded" if heeded else "not heeded", serves=heeded, object=endpoint.object)
        if heeded:
            said = f"{name} is heeded"
            break
    log.facts["incremental"] = said
    log.risks.append(
        f"Deltas are full readings ({said}): changes are known to leave the time of the last change as it was."
    )


def _file(log: _Log, table: Table, done: dict[str, Found | None], where: Where) -> Flow[None]:
    """Whether a file can be fetched: its first byte is asked for."""
    for endpoint in table.endpoints:
        found = done.get(endpoint.path)
        column = next((c for c in endpoint.columns if c.convert == "file"), None)
        if found is None or column is None or log.stopped:
            continue
        addresses = [a for row in found.records if isinstance(a := place(row, column.at), str) and a]
        for address in addresses:
            try:
                path, query = followed(address, where.account, "/")
            except ElsewhereError:
                continue
            if is_signed(address):
                continue
            request = Request(method="GET", path=path, query=query, headers={"range": "bytes=0-0"}, digest=True)
            try:
                yield request
            except (RefusedError, UnreachableError) as error:
                log.facts["files"] = f"not downloadable: {error}"
                log.step(f"GET {path}", log.facts["files"], serves=False, object=endpoint.object)
                return
            log.facts["files"] = "downloadable with the key"
            log.step(f"GET {path}", "a file", serves=True, object=endpoint.object)
            return
        log.facts["files"] = "no file lies where the key may go"
        log.risks.append(f"{endpoint.label}: their files lie elsewhere and must be saved by hand.")


def _server(answer: Response) -> dict[str, Json]:
    out: dict[str, Json] = {}
    with suppress(KeyError, ValueError):
        out["date"] = parsedate_to_datetime(answer.headers["date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(answer.body, dict) and answer.body.get("version"):
        out["version"] = str(answer.body["version"])
    return out
