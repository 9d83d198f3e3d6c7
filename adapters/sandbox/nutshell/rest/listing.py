"""GET: one record or several by id, and lists with paging, sorting, search and filters (facts 12)."""

from collections.abc import Callable

from adapters.sandbox.nutshell import index
from adapters.sandbox.nutshell.errors import MissingError, RefusedError
from adapters.sandbox.nutshell.rest import filters
from adapters.sandbox.nutshell.rest.ask import Ask, Reply, number, wrapped
from adapters.sandbox.nutshell.rest.views import view
from adapters.sandbox.nutshell.state import Draft, Row

PAGE, MOST = 50, 10_000
GONE = ("activities", "tasks", "productMaps", "competitorMaps")
"""What does not go to the trash: once deleted, it is not found."""


def by_id(table: str) -> Callable[[Draft, Ask], Reply]:
    """A handler for one id or a comma list of ids; deleted records answer, too. Raises MissingError."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        keys = [number(table, one) for one in ask.params["id"].split(",")]
        found = [draft.get(table, key) for key in keys if key is not None]
        rows = [row for row in found if row is not None and (row.get("deleted") is None or table not in GONE)]
        if not rows:
            raise MissingError(f"{ask.params['id']} not found")
        return wrapped(draft, table, [view(draft, table, row) for row in rows])

    return handler


def every(table: str, collection: str = "") -> Callable[[Draft, Ask], Reply]:
    """A handler that lists a short table whole; `q` searches where the document has it."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        rows = index.search(draft, table, ask.query["q"]) if ask.query.get("q") else draft.rows(table)
        kind = ask.query.get("filter[tagType]")
        rows = [row for row in rows if kind is None or row["kind"] == kind]
        return wrapped(draft, collection or table, [view(draft, table, row) for row in rows])

    return handler


def paged(rows: list[Row], query: dict[str, str]) -> list[Row]:
    """The page that is asked for, 0-based. Raises RefusedError."""
    page, limit = _whole(query.get("page[page]", "0"), "number"), _whole(query.get("page[limit]", str(PAGE)), "limit")
    if page < 0:
        raise RefusedError("Invalid filter", f"Invalid page number: {page}")
    if not 0 < limit <= MOST:
        raise RefusedError("Invalid filter", f"Invalid page limit: {limit}")
    return rows[page * limit : (page + 1) * limit]


def _whole(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise RefusedError("Invalid filter", f"Invalid page {what}: {text}") from None


def records(table: str) -> Callable[[Draft, Ask], Reply]:
    """A handler that lists companies, people or leads; whatever selects works on the index, which lags."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        wanted = filters.conditions(draft, table, ask.query)
        rows = _source(draft, table, ask.query, lagging=bool(wanted) or draft.settings.lists_lag)
        rows = [row for row in rows if all(fits(row) for fits in wanted)]
        rows = filters.ordered(draft, table, rows, ask.query.get("sort", "name" if table != "leads" else ""))
        total = len(draft.rows(table))
        found = [view(draft, table, draft.get(table, row["id"]) or row) for row in paged(rows, ask.query)]
        return wrapped(draft, table, found, count=len(rows), total=total)

    return handler


def _source(draft: Draft, table: str, query: dict[str, str], *, lagging: bool) -> list[Row]:
    if query.get("q"):
        rows = index.search(draft, table, query["q"])
    elif lagging or query.get("email"):
        rows = draft.state.indexed(table, draft.now)
    else:
        return draft.rows(table)
    return [row for row in rows if draft.live(table, row["id"]) is not None]


def notes(draft: Draft, ask: Ask) -> Reply:
    """All notes, newest first; `meta.next` leads to the older ones while there are any."""
    rows = [row for row in reversed(draft.rows("notes")) if row["parent"] is not None]
    found = paged(rows, ask.query)
    page, limit = int(ask.query.get("page[page]", 0)), int(ask.query.get("page[limit]", PAGE))
    more = (page + 1) * limit < len(rows)
    following = f"{draft.base}/rest/notes?page[limit]={limit}&page[page]={page + 1}" if more else None
    return wrapped(draft, "notes", [view(draft, "notes", row) for row in found], next=following)


def tasks(draft: Draft, ask: Ask) -> Reply:
    """Tasks by assignee, record or day of creation."""
    rows = index.search(draft, "tasks", ask.query["q"]) if ask.query.get("q") else draft.rows("tasks")
    wanted: list[Callable[[Row], bool]] = filters.days(ask.query, "created")
    related = ask.query.get("filter[relatedEntity]")
    if related is not None:
        wanted.append(lambda row: row["related"] == related)
    assignees = [one for one in ask.query.get("filter[assignee]", "").split(",") if one]
    if assignees:
        wanted.append(lambda row: row["assignee"] in assignees)
    rows = [row for row in rows if draft.live("tasks", row["id"]) and all(fits(row) for fits in wanted)]
    return wrapped(draft, "tasks", [view(draft, "tasks", row) for row in paged(rows, ask.query)])


_STATES = {"scheduled": (0, -1), "logged": (1,), "cancelled": (2,)}


def activities(draft: Draft, ask: Ask) -> Reply:
    """Activities, the latest start first; there is a limit and no paging."""
    query = ask.query
    rows = index.search(draft, "activities", query["q"]) if query.get("q") else draft.rows("activities")
    wanted: list[Callable[[Row], bool]] = filters.days(query, "start")
    people = [one for one in query.get("filter[participant][]", "").split(",") if one]
    if people:
        wanted.append(lambda row: any(one in people for one in (*row["participants"], *row["leads"])))
    states = [one for one in query.get("filter[status][]", "").split(",") if one]
    if unknown := [one for one in states if one not in _STATES]:
        raise RefusedError("Invalid filter", f"Invalid status: {unknown[0]}")
    if states:
        wanted.append(lambda row: any(row["status"] in _STATES[one] for one in states))
    kinds = [number("activityTypes", one) for one in query.get("filter[activityType]", "").split(",") if one]
    if kinds:
        wanted.append(lambda row: row["type"] in kinds)
    if query.get("filter[flagged]") == "true":
        wanted.append(lambda row: bool(row["flagged"]))
    rows = [row for row in rows if draft.live("activities", row["id"]) and all(fits(row) for fits in wanted)]
    rows.sort(key=lambda row: (row["start"] or row["created"], row["id"]), reverse=True)
    limit = _whole(query.get("limit", str(PAGE)), "limit")
    if not 0 < limit <= MOST:
        raise RefusedError("Invalid filter", f"Invalid limit: {limit}")
    return wrapped(draft, "activities", [view(draft, "activities", row) for row in rows[:limit]])
