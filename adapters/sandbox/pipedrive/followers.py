"""Followers of deals, persons, organizations and products, v2 (facts 7.11)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.lists import offset_page
from adapters.sandbox.pipedrive.records import require
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec, WrongError, check


def _parent(draft: Draft, table: str, key: int) -> None:
    if draft.live(table, key) is None:
        raise missing(ENTITIES[table].noun)


def listing(draft: Draft, table: str, key: int, query: dict[str, Any]) -> Reply:
    """GET /{entity}/{id}/followers: one page."""
    _parent(draft, table, key)
    rows = [row for row in draft.rows("followers") if row["entity"] == table and row["record"] == key]
    page, more = offset_page(rows, query)
    out = [{"user_id": row["user_id"], "add_time": row["add_time"]} for row in page]
    return ok(out, additional_data={"next_cursor": more})


def add(draft: Draft, table: str, key: int, body: Json) -> Reply:
    """POST /{entity}/{id}/followers: who follows already is refused."""
    _parent(draft, table, key)
    if not isinstance(body, dict) or set(body) != {"user_id"}:
        raise invalid([("user_id", "Parameter 'user_id' is required, and no other is allowed")])
    try:
        user = check(body["user_id"], Spec(kind="integer"))
    except WrongError as error:
        raise invalid([("user_id", str(error))]) from None
    require(draft, "users", user, "user_id")
    follower = f"{table}:{key}:{user}"
    if draft.get("followers", follower) is not None:
        raise bad_request(f"User {user} is already a follower.")
    row = {"entity": table, "record": key, "user_id": user, "add_time": draft.at}
    draft.put("followers", follower, row)
    return ok({"user_id": user, "add_time": draft.at}, 201)


def delete(draft: Draft, table: str, key: int, user: str) -> Reply:
    """DELETE /{entity}/{id}/followers/{user id}."""
    _parent(draft, table, key)
    follower = f"{table}:{key}:{user}"
    if draft.get("followers", follower) is None:
        raise missing("Follower")
    draft.drop("followers", follower)
    return ok({"user_id": int(user)})
