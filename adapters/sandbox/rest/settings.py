"""What a sandbox of an undocumented REST API is like: its data, its limits, and each way in which it may misbehave."""

from typing import Literal

from adapters.sandbox.settings import Common


class RestSettings(Common, frozen=True, kw_only=True):
    """Settings of a REST sandbox. All misbehaviour is off; lists of paths are separated by commas.

    world: the path of the data, a JSON file (`adapters.sandbox.rest.data`). auth: where the key travels. rate: requests
    a minute, None for no limit. page_size: rows a page at most, None for what each path allows.
    login_page: without a key, a login page with status 200 instead of 401. repeats: paths whose last row of the first
    page comes again as the first of the second. shifts: paths that gain a row at the top once their first page was
    read. totals: what is added to the totals of paths, as "projects=-1". hidden: records that no list shows but the
    totals count, as "contacts/c12". stuck: paths whose last mark is given again and again. cut: fields that are cut, as
    "activities/body=255". first: what the first attempt of each request to a path meets (429, 500, failed, truncated,
    page), as "leads=429", or "projects=500@offset:9" of those requests alone that have this parameter.
    """

    plan: str = "any"
    world: str = ""
    auth: Literal["header", "bearer", "basic"] = "header"
    rate: int | None = 60
    page_size: int | None = None
    login_page: bool = False
    repeats: str = ""
    shifts: str = ""
    totals: str = ""
    hidden: str = ""
    stuck: str = ""
    cut: str = ""
    first: str = ""


def listed(text: str) -> frozenset[str]:
    """The entries of a list."""
    return frozenset(filter(None, (part.strip() for part in text.split(","))))


def pairs(text: str) -> dict[str, str]:
    """The entries of a list of NAME=VALUE."""
    return {name: value for name, _, value in (part.partition("=") for part in listed(text))}


FIXTURE_PROMOX: dict[str, str | bool] = {
    "login_page": True, "repeats": "clients", "totals": "projects=-1", "stuck": "tasks",
    "first": "leads=429@page:1,projects=500@offset:9,commissions=failed@page:1",
}  # fmt: skip
"""The settings under which the sandbox misbehaves as in the planted traps of PromoXcrm."""

FIXTURE_PRO_SALES: dict[str, str | bool] = {
    "repeats": "deals", "hidden": "contacts/c12", "cut": "activities/body=255",
}  # fmt: skip
"""The same of Pro-Sales CRM."""
