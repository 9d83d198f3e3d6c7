"""Small APIs that nobody has described, each paging in its own way; they count what is written to them."""

from collections.abc import Callable

from adapters.protocols import Flow, Json, Refused, RefusedError, Request, Response
from adapters.wire import T

ROWS: list[Json] = [{"id": n, "name": f"Item {n}"} for n in range(1, 24)]
"""What each fake holds: 23 records."""


class Fake:
    """Answers GETs by a function of the query; everything else is counted as written."""

    def __init__(self, answer: Callable[[dict[str, str]], Response]) -> None:
        self._answer = answer
        self.asked: list[Request] = []
        self.written = 0

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        try:
            request = next(flow)
            while True:
                self.asked.append(request)
                self.written += request.method != "GET"
                response = self._answer(request.query)
                if response.status >= 400:
                    request = flow.throw(RefusedError(Refused(status=response.status, message="no")))
                else:
                    request = flow.send(response)
        except StopIteration as stop:
            result: T = stop.value
            return result


def _json(body: Json, **headers: str) -> Response:
    return Response(status=200, headers=headers, body=body)


def by_cursor(query: dict[str, str]) -> Response:
    """Ten at once, and a mark."""
    start = int(query.get("cursor", "m0")[1:])
    rows = ROWS[start : start + 10]
    return _json({"items": rows, "meta": {"next_cursor": f"m{start + 10}" if start + 10 < len(ROWS) else None}})


def by_offset(query: dict[str, str]) -> Response:
    """Ten at once, and whether there is more."""
    start = int(query.get("offset", "0"))
    return _json({"records": ROWS[start : start + 10], "has_more": start + 10 < len(ROWS)})


def by_page(query: dict[str, str]) -> Response:
    """Ten at once, counted from 1, and nothing that shows it."""
    start = (int(query.get("page", "1")) - 1) * 10
    return _json(ROWS[start : start + 10])


def by_page_from_0(query: dict[str, str]) -> Response:
    """Ten at once, counted from 0."""
    page = int(query.get("page", "0"))
    return _json({"results": ROWS[page * 10 : page * 10 + 10], "page": page, "total_pages": 3})


def by_link(query: dict[str, str]) -> Response:
    """Ten at once, and a Link header."""
    page = int(query.get("page", "1"))
    rows = ROWS[(page - 1) * 10 : page * 10]
    link = {"link": f'</api/items?page={page + 1}>; rel="next"'} if page < 3 else {}
    return _json(rows, **link)


def by_next(query: dict[str, str]) -> Response:
    """Ten at once, and an address without a path."""
    page = int(query.get("page", "1"))
    rows = ROWS[(page - 1) * 10 : page * 10]
    return _json({"data": {"list": rows}, "next": f"?page={page + 1}" if page < 3 else None})


def by_nothing(_query: dict[str, str]) -> Response:
    """Always the same twenty, whatever is asked for."""
    return _json({"data": ROWS[:20]})


def strict_about_parameters(query: dict[str, str]) -> Response:
    """Refuses each parameter that it does not know, and knows none."""
    return Response(status=400, body={"error": "unknown parameter"}) if query else _json(ROWS[:20])
