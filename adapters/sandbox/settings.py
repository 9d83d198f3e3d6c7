"""What a sandbox account is like: its plan, its clock, its limits, its people."""

from typing import Literal

import msgspec

Plan = Literal["lite", "growth", "premium", "ultimate"]


class Person(msgspec.Struct, frozen=True):
    """A user of the sandbox account."""

    id: int
    name: str
    email: str
    active: bool = True


STAFF = (
    Person(1, "Maya Ortiz", "maya.ortiz@brightpath.example"),
    Person(2, "Tom Becker", "tom.becker@brightpath.example"),
    Person(3, "Priya Raman", "Priya.Raman@brightpath.example"),
    Person(4, "Sam Whitlock", "sam.whitlock@brightpath.example"),
    Person(9, "Migration Fallback", "migration@brightpath.example"),
)
"""The invented staff of a fresh account. The first one owns the API token and is an administrator."""


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that every sandbox has. Times are in virtual seconds, which run `clock_rate` times as fast as real ones.

    `lag`: seconds until search sees a change. `faults` and `seed`: see `adapters.sandbox.faults`. `account`: names the
    account for reproducible ids and field keys; empty for a random one. It counts only when a state file is founded.
    """

    lag: float = 10.0
    clock_rate: float = 1.0
    users: tuple[Person, ...] = STAFF
    currency: str = "USD"
    faults: str = ""
    seed: int = 0
    account: str = ""


class Settings(Common, frozen=True, kw_only=True):
    """Settings of a Pipedrive sandbox.

    `burst`: requests in two seconds, None for what the plan allows. `daily_budget`: tokens a day, None for what plan
    and seats give. `create_status`: what a create answers where the description and observation differ.
    `accept_deal_add_time`: whether deals take `add_time`. `contact_sync`: whether persons have job title, postal
    address, notes, birthday and instant messengers. `pipeline_comes_with_stages`: whether a new pipeline brings the
    default stages along. `max_file_bytes`: the largest upload; no limit is documented, so a generous one.
    `conversion_seconds`: virtual seconds that turning a lead into a deal, or back, takes.
    `owner_follows`: whether the owner of a new record follows it at once: known of the web app, inferred for the API.
    `projects`: whether the company has that add-on; to be set from the start, for the default board comes then.
    """

    plan: Plan = "growth"
    seats: int = 5
    burst: int | None = None
    daily_budget: int | None = None
    create_status: Literal[200, 201] = 201
    accept_deal_add_time: bool = False
    contact_sync: bool = True
    pipeline_comes_with_stages: bool = False
    max_file_bytes: int = 100 * 2**20
    conversion_seconds: float = 4.0
    owner_follows: bool = False
    projects: bool = False
