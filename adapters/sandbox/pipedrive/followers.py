"""Followers of deals, persons, organizations and products, in both versions (facts 7.11)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok, v1_error
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.following import follow, follows, unfollow
from adapters.sandbox.pipedrive.lists import offset_page, v1_page
from adapters.sandbox.pipedrive.records import require
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec, WrongError, check

_V1_KEYS = {"deals": "deal_id", "persons": "person_id", "organizations": "org_id", "products": "product_id"}


def _parent(draft: Draft, table: str, key: int) -> None:
    if draft.live(table, key) is None:
        raise missing(ENTITIES[table].noun)


def _of(draft: Draft, rows: str, table: str, key: int) -> list[Row]:
    return [row for row in draft.rows(rows) if row["entity"] == table and row["record"] == key]


def listing(draft: Draft, table: str, key: int, query: dict[str, Any]) -> Reply:
    """GET /{entity}/{id}/followers: one page."""
    _parent(draft, table, key)
    page, more = offset_page(_of(draft, "followers", table, key), query)
    out = [{"user_id": row["user_id"], "add_time": row["add_time"]} for row in page]
    return ok(out, additional_data={"next_cursor": more})


def changelog(draft: Draft, table: str, key: int, query: dict[str, Any]) -> Reply:
    """GET /{entity}/{id}/followers/changelog: who was added and removed, oldest first."""
    _parent(draft, table, key)
    page, more = offset_page(_of(draft, "followings", table, key), query)
    keys = ("action", "actor_user_id", "follower_user_id", "time")
    return ok([{name: row[name] for name in keys} for row in page], additional_data={"next_cursor": more})


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
    if follows(draft, table, key, user):
        raise bad_request(f"User {user} is already a follower.")
    follow(draft, table, key, user)
    return ok({"user_id": user, "add_time": draft.at}, 201)


def delete(draft: Draft, table: str, key: int, user: str) -> Reply:
    """DELETE /{entity}/{id}/followers/{user id}."""
    _parent(draft, table, key)
    if not follows(draft, table, key, user):
        raise missing("Follower")
    unfollow(draft, table, key, int(user))
    return ok({"user_id": int(user)})


def of_user(draft: Draft, key: int, query: dict[str, Any]) -> Reply:
    """GET /users/{id}/followers: nobody, for the API has no way to follow a user."""
    if draft.live("users", key) is None:
        raise missing("User")
    page, more = offset_page([], query)
    return ok(page, additional_data={"next_cursor": more})


def _v1_parent(draft: Draft, table: str, key: int) -> None:
    if draft.live(table, key) is None:
        raise v1_error(404, f"{ENTITIES[table].noun} not found", info="Object was not found.")


def _v1_public(table: str, row: Row) -> Row:
    out: Row = {"user_id": row["user_id"], "id": row["id"], _V1_KEYS[table]: row["record"]}
    return out | {"add_time": v1.stamp(row["add_time"])}


def v1_listing(draft: Draft, table: str, key: int, query: dict[str, Any]) -> Reply:
    """GET /v1/{entity}/{id}/followers."""
    _v1_parent(draft, table, key)
    return v1_page(_of(draft, "followers", table, key), query, lambda row: _v1_public(table, row))


def v1_add(draft: Draft, table: str, key: int, body: Json) -> Reply:
    """POST /v1/{entity}/{id}/followers; that a second time is 400 is known of v2 and taken over."""
    _v1_parent(draft, table, key)
    user = v1.integer(v1.mapping(body), "user_id")
    found = None if user is None else draft.live("users", user)
    if user is None or found is None or not found["active_flag"]:
        raise v1.refuse(f"User {user} was not found.")
    if follows(draft, table, key, user):
        raise v1.refuse(f"User {user} is already a follower.")
    return ok(_v1_public(table, follow(draft, table, key, user)), 201 if table == "products" else 200)


def v1_delete(draft: Draft, table: str, key: int, follower: str) -> Reply:
    """DELETE /v1/{entity}/{id}/followers/{row id}."""
    _v1_parent(draft, table, key)
    row = next((row for row in _of(draft, "followers", table, key) if str(row["id"]) == follower), None)
    if row is None:
        raise v1_error(404, "Follower not found", info="Object was not found.")
    unfollow(draft, table, key, row["user_id"])
    return ok({"id": row["id"]})
