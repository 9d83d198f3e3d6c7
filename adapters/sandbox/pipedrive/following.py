"""Who follows what: the rows of followers, and the log of their coming and going (facts 7.11)."""

from adapters.sandbox.pipedrive.state import Draft, Row

FOLLOWED = ("deals", "persons", "organizations", "products")
"""What can be followed."""


def follow(draft: Draft, table: str, key: int, user: int) -> Row:
    """A user follows a record from now on."""
    row: Row = {"id": draft.next("followers"), "entity": table, "record": key, "user_id": user, "add_time": draft.at}
    _log(draft, table, key, "added", user)
    return draft.put("followers", f"{table}:{key}:{user}", row)


def unfollow(draft: Draft, table: str, key: int, user: int) -> None:
    """A user follows a record no longer."""
    draft.drop("followers", f"{table}:{key}:{user}")
    _log(draft, table, key, "removed", user)


def follows(draft: Draft, table: str, key: int, user: int | str) -> bool:
    """Whether a user follows a record."""
    return draft.get("followers", f"{table}:{key}:{user}") is not None


def _log(draft: Draft, table: str, key: int, action: str, user: int) -> None:
    row: Row = {"entity": table, "record": key, "action": action, "actor_user_id": draft.user}
    draft.put("followings", draft.next("followings"), row | {"follower_user_id": user, "time": draft.at})
