"""The v2 operations of what is sold: variations, lines, discounts and installments, with their prices (facts 4.2)."""

from collections.abc import Callable
from typing import Any

from adapters.sandbox.pipedrive import deal_discounts, installments, lines, variations
from adapters.sandbox.pipedrive.answers import Reply
from adapters.sandbox.pipedrive.routing import Ask, Route
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec

_TEXT = Spec(kind="text")
_PAGE = {"limit": Spec(kind="integer", low=1, high=500), "cursor": _TEXT}


def _sorted(*columns: str) -> dict[str, Spec]:
    direction = Spec(kind="text", choices=("asc", "desc"))
    return {**_PAGE, "sort_by": Spec(kind="text", choices=columns), "sort_direction": direction}


def _route(method: str, path: str, cost: int, handler: Callable[[Draft, Ask], Reply], **more: Any) -> Route:
    return Route(version="v2", method=method, path=path, cost=cost, handler=handler, **more)


_SORTS = ("id", "add_time", "update_time", "order_nr")
_DEALS: dict[str, Any] = {"needed": ("deal_ids",)}
_LINES, _LINE = "/deals/{id}/products", "/deals/{id}/products/{line}"
_DISCOUNTS, _DISCOUNT = "/deals/{id}/discounts", "/deals/{id}/discounts/{discount}"
_INSTALLMENTS, _INSTALLMENT = "/deals/{id}/installments", "/deals/{id}/installments/{installment}"
_VARIATIONS, _VARIATION = "/products/{id}/variations", "/products/{id}/variations/{variation}"
_OF_DEALS = {"deal_ids": _TEXT} | _sorted("id", "deal_id", "add_time", "update_time", "order_nr")
_PAID = {"deal_ids": _TEXT} | _sorted("id", "billing_date", "deal_id")

ROUTES_SALES: list[Route] = [
    _route("GET", "/deals/products", 10, lambda d, a: lines.of_deals(d, a.query), query=_OF_DEALS, **_DEALS),
    _route("GET", _LINES, 10, lambda d, a: lines.listing(d, a.params["id"], a.query), query=_sorted(*_SORTS)),
    _route("POST", _LINES, 5, lambda d, a: lines.add(d, a.params["id"], a.body)),
    _route("DELETE", _LINES, 15, lambda d, a: lines.delete_many(d, a.params["id"], a.query), query={"ids": _TEXT}),
    _route("POST", _LINES + "/bulk", 25, lambda d, a: lines.add_many(d, a.params["id"], a.body)),
    _route("PATCH", _LINE, 5, lambda d, a: lines.update(d, a.params["id"], a.params["line"], a.body)),
    _route("DELETE", _LINE, 3, lambda d, a: lines.delete(d, a.params["id"], a.params["line"])),
    _route("GET", _DISCOUNTS, 10, lambda d, a: deal_discounts.listing(d, a.params["id"])),
    _route("POST", _DISCOUNTS, 5, lambda d, a: deal_discounts.add(d, a.params["id"], a.body)),
    _route("PATCH", _DISCOUNT, 5, lambda d, a: deal_discounts.update(d, a.params["id"], a.params["discount"], a.body)),
    _route("DELETE", _DISCOUNT, 3, lambda d, a: deal_discounts.delete(d, a.params["id"], a.params["discount"])),
    _route("GET", "/deals/installments", 10, lambda d, a: installments.of_deals(d, a.query), query=_PAID, **_DEALS),
    _route("POST", _INSTALLMENTS, 5, lambda d, a: installments.add(d, a.params["id"], a.body)),
    _route(
        "PATCH",
        _INSTALLMENT,
        5,
        lambda d, a: installments.update(d, a.params["id"], a.params["installment"], a.body),
    ),
    _route("DELETE", _INSTALLMENT, 3, lambda d, a: installments.delete(d, a.params["id"], a.params["installment"])),
    _route("GET", _VARIATIONS, 10, lambda d, a: variations.listing(d, a.params["id"], a.query), query=_PAGE),
    _route("POST", _VARIATIONS, 5, lambda d, a: variations.add(d, a.params["id"], a.body)),
    _route("PATCH", _VARIATION, 5, lambda d, a: variations.update(d, a.params["id"], a.params["variation"], a.body)),
    _route("DELETE", _VARIATION, 3, lambda d, a: variations.delete(d, a.params["id"], a.params["variation"])),
    _route("POST", "/products/{id}/duplicate", 5, lambda d, a: variations.duplicate(d, a.params["id"])),
]
