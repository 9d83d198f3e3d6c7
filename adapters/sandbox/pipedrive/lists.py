"""Lists: v2 by cursor, v1 by start and limit (facts 5)."""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from adapters.protocols import Json
from adapters.sandbox.pipedrive import counts, custom, filters, records
from adapters.sandbox.pipedrive.answers import Reply, invalid, ok, v1_error
from adapters.sandbox.pipedrive.entities import Entity
from adapters.sandbox.pipedrive.state import Draft, Row

Test = Callable[[Row], bool]

_MOST_IDS = 100
_MOST_CUSTOM = 15


def list_records(draft: Draft, entity: Entity, query: dict[str, Any], *, archived: bool = False) -> Reply:
    """GET /{entity}: one page of the records that the query selects, deleted ones left out unless asked for."""
    tests = _tests(draft, entity, query, archived=archived)
    limit = query.get("limit", 100)
    by, direction = query.get("sort_by", "id"), query.get("sort_direction", "asc")
    after = _cursor(query["cursor"], by, direction) if "cursor" in query else None
    if by == "id":
        found = _by_id(draft, entity, query, direction, after)
    else:
        found = _sorted(draft, entity, query, by, direction, after)
    picked = list(islice((row for row in found if all(test(row) for test in tests)), limit + 1))
    page = picked[:limit]
    more = _write_cursor(by, direction, page[-1]) if len(picked) > limit else None
    return ok(shown(draft, entity, page, query), additional_data={"next_cursor": more})


def _tests(draft: Draft, entity: Entity, query: dict[str, Any], *, archived: bool) -> list[Test]:
    tests: list[Test] = [_status_test(draft, query if entity.table == "deals" else {})]
    if "is_archived" in (*entity.fields, *entity.readonly):
        tests.append(lambda row: bool(row["is_archived"]) == archived)
    if "filter_id" in query:
        tests.append(filters.test(draft, query["filter_id"], entity.table))
    else:
        tests += [_equals(draft, entity, key, query[key]) for key in entity.filters if key in query]
    if "updated_since" in query:
        since = query["updated_since"]
        tests.append(lambda row: row["update_time"] >= since)
    if "updated_until" in query:
        until = query["updated_until"]
        tests.append(lambda row: row["update_time"] < until)
    return tests


def _status_test(draft: Draft, query: dict[str, Any]) -> Test:
    statuses = [part.strip() for part in query.get("status", "").split(",") if part.strip()]
    for status in statuses:
        if status not in ("open", "won", "lost", "deleted"):
            raise invalid([("status", "The value you selected is not a valid choice.")])
    if not statuses:
        return lambda row: not row["is_deleted"]

    def test(row: Row) -> bool:
        if row["is_deleted"]:
            return "deleted" in statuses and not records.gone(row, draft.now)
        return row["status"] in statuses

    return test


def _equals(draft: Draft, entity: Entity, key: str, wanted: Json) -> Test:
    if entity.table == "persons" and key == "deal_id":  # the deal's participants, its main person among them
        people = draft.state.people.get(wanted, set())
        return lambda row: row["id"] in people
    if entity.table == "projects" and key in ("deal_id", "person_id", "org_id"):
        return lambda row: wanted in row[f"{key}s"]
    return lambda row: row[key] == wanted


def _by_id(draft: Draft, entity: Entity, query: dict[str, Any], direction: str, after: Row | None) -> Iterator[Row]:
    order = ids(query) if "ids" in query and "filter_id" not in query else draft.state.order.get(entity.table, [])
    rows = draft.state.rows(entity.table)
    if direction == "asc":
        start = bisect_right(order, after["id"]) if after else 0
        keys: Iterable[int] = (order[i] for i in range(start, len(order)))
    else:
        start = bisect_left(order, after["id"]) if after else len(order)
        keys = (order[i] for i in range(start - 1, -1, -1))
    return (rows[key] for key in keys if key in rows)


def _sorted(
    draft: Draft, entity: Entity, query: dict[str, Any], by: str, direction: str, after: Row | None
) -> Iterator[Row]:
    return iter(_after(list(_by_id(draft, entity, query, "asc", None)), by, direction, after))


def _after(rows: list[Row], by: str, direction: str, after: Row | None) -> list[Row]:
    """Rows by a column, then by id, those behind the cursor only."""

    def place(row: Row) -> tuple[Any, int]:
        value = row.get(by)
        return ("" if value is None else value, row["id"])

    rows = sorted(rows, key=place, reverse=direction == "desc")
    if after is not None:
        edge = ("" if after[by] is None else after[by], after["id"])
        rows = [row for row in rows if (place(row) > edge if direction == "asc" else place(row) < edge)]
    return rows


def cursor_page(rows: list[Row], query: dict[str, Any]) -> tuple[list[Row], str | None]:
    """One page of rows by `sort_by`, `sort_direction`, `limit` and `cursor`, and the cursor of the next page."""
    limit, by, direction = query.get("limit", 100), query.get("sort_by", "id"), query.get("sort_direction", "asc")
    rows = _after(rows, by, direction, _cursor(query["cursor"], by, direction) if "cursor" in query else None)
    page = rows[:limit]
    return page, _write_cursor(by, direction, page[-1]) if len(rows) > limit else None


def ids(query: dict[str, Any], key: str = "ids") -> list[int]:
    """A query parameter that lists ids, at most 100, ascending. Raises the v2 refusal."""
    try:
        found = sorted({int(part) for part in query[key].split(",")})
    except ValueError:
        raise invalid([(key, "This value is not a list of integers.")]) from None
    if len(found) > _MOST_IDS:
        raise invalid([(key, f"This collection should contain {_MOST_IDS} elements or less.")])
    return found


def _write_cursor(by: str, direction: str, row: Row) -> str:
    cursor = {"field": by, "fieldValue": row.get(by), "sortDirection": direction, "id": row["id"]}
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _cursor(text: str, by: str, direction: str) -> Row:
    """Where the page starts. Raises the v2 refusal for a cursor of another list."""
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if cursor["field"] == by and cursor["sortDirection"] == direction and isinstance(cursor["id"], int):
            return {by: cursor["fieldValue"], "id": cursor["id"]}
    except (binascii.Error, msgspec.DecodeError, KeyError, TypeError, ValueError):
        pass
    raise invalid([("cursor", "This value is not a valid cursor.")])


def offset_page(items: list[Row], query: dict[str, Any]) -> tuple[list[Row], str | None]:
    """One page of a small v2 list whose cursor only says how far it got."""
    limit = query.get("limit", 100)
    start = _cursor(query["cursor"], "id", "asc")["id"] if "cursor" in query else 0
    more = _write_cursor("id", "asc", {"id": start + limit}) if len(items) > start + limit else None
    return items[start : start + limit], more


def shown(draft: Draft, entity: Entity, rows: list[Row], query: dict[str, Any]) -> list[Row]:
    """Rows as answers show them, with what the query asks for: some custom fields only, labels, counters."""
    fields = custom.live_fields(draft, entity.table) if entity.custom else {}
    out = [records.public(draft, entity, row, fields) for row in rows]
    if "custom_fields" in query:
        _pick(out, query["custom_fields"].split(","))
    if query.get("include_option_labels"):
        for row in out:
            values = row["custom_fields"]
            row["custom_fields"] = {
                code: custom.labelled(fields[code], value) if fields[code]["type"] in ("enum", "set") else value
                for code, value in values.items()
            }
    if query.get("include_labels"):
        labels = {o["id"]: o for o in records.system_field(draft, entity.table, "label_ids")["options"]}
        for row in out:
            row["labels"] = [labels[label] for label in row["label_ids"]]
    if "include_fields" in query:
        counts.include(draft, entity, rows, out, query["include_fields"].split(","))
    return out


def _pick(out: list[Row], keys: list[str]) -> None:
    if len(keys) > _MOST_CUSTOM:
        raise invalid([("custom_fields", f"This collection should contain {_MOST_CUSTOM} elements or less.")])
    for row in out:
        row["custom_fields"] = {key: value for key, value in row["custom_fields"].items() if key in keys}


def v1_page(items: list[Row], query: dict[str, Any], render: Callable[[Row], Json], most: int = 500) -> Reply:
    """One page of a v1 list: `start` and `limit` in, `additional_data.pagination` out."""
    start, limit = query.get("start", 0), query.get("limit", 100)
    if start < 0 or limit < 1:
        raise v1_error(400, "Bad request")
    limit = min(limit, most)
    more = len(items) > start + limit
    paging: Row = {"start": start, "limit": limit, "more_items_in_collection": more}
    if more:
        paging["next_start"] = start + limit
    return ok([render(row) for row in items[start : start + limit]], additional_data={"pagination": paging})


def v1_sort(items: list[Row], sort: str, allowed: tuple[str, ...]) -> list[Row]:
    """Items by a v1 `sort=field ASC,field2 DESC`. Raises the v1 refusal for a field that is not sortable."""
    for part in reversed([p for p in sort.split(",") if p.strip()]):
        name, _, direction = part.strip().partition(" ")
        if name not in allowed or direction.upper() not in ("", "ASC", "DESC"):
            raise v1_error(400, f"Bad request: cannot sort by '{part.strip()}'")
        items = sorted(items, key=lambda row: _v1_place(row.get(name)), reverse=direction.upper() == "DESC")
    return items


def _v1_place(value: Json) -> tuple[bool, Any]:
    return (value is not None, "" if value is None else value)
