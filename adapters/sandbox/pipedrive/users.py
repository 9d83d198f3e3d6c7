"""Users, currencies and the company, v1 (facts 7.10, 7.13)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import RefusedError, Reply, ok, v1_error
from adapters.sandbox.pipedrive.state import Draft, Row

COMPANY = {"company_id": 1, "company_name": "Brightpath Sandbox", "company_domain": "brightpath-sandbox"}
"""The company of the sandbox account."""


def public(draft: Draft, row: Row) -> Row:
    """A user as v1 shows it."""
    mine = row["id"] == draft.user
    return {
        "id": row["id"],
        "name": row["name"],
        "default_currency": draft.settings.currency,
        "locale": "en_US",
        "lang": 1,
        "email": row["email"],
        "phone": None,
        "activated": True,
        "last_login": v1.stamp(row["update_time"]),
        "created": v1.stamp(row["add_time"]),
        "modified": v1.stamp(row["update_time"]),
        "has_created_company": mine,
        "access": [{"app": app, "admin": mine} for app in ("sales", "global")],
        "active_flag": row["active_flag"],
        "timezone_name": "Etc/UTC",
        "timezone_offset": "+00:00",
        "role_id": 1,
        "icon_url": None,
        "is_you": mine,
        "is_deleted": False,
    }


def listing(draft: Draft) -> Reply:
    """GET /users: all of them, not paged."""
    return ok([public(draft, row) for row in draft.rows("users")])


def get(draft: Draft, key: int) -> Reply:
    """GET /users/{id}."""
    return ok(public(draft, _find(draft, key)))


def _find(draft: Draft, key: int) -> Row:
    row = draft.live("users", key)
    if row is None:
        body = {"success": False, "error": "User not found or not accessible."}
        raise RefusedError(Reply(404, body))
    return row


def me(draft: Draft) -> Reply:
    """GET /users/me: the token's owner, with the company."""
    extra: Row = {"company_country": "US", "company_industry": "Sales"}
    extra |= {"language": {"language_code": "en", "country_code": "US"}}
    return ok(public(draft, _find(draft, draft.user)) | COMPANY | extra)


def update(draft: Draft, key: int, body: Json) -> Reply:
    """PUT /users/{id}: only `active_flag`."""
    row = _find(draft, key)
    active = v1.flag(v1.mapping(body), "active_flag")
    if active is None:
        raise v1.refuse("active_flag must be given.")
    if key == draft.user and not active:
        raise v1_error(403, "You do not have permissions to do this.")
    return ok(public(draft, draft.put("users", key, row | {"active_flag": active, "update_time": draft.at})))


def find(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /users/find: by name, or by e-mail."""
    column = "email" if query.get("search_by_email") else "name"
    term = query["term"].casefold()
    return ok([public(draft, row) for row in draft.rows("users") if term in row[column].casefold()])


def currencies(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /currencies: all, or those whose code or name contains the term."""
    term = query.get("term", "").casefold()
    rows = [row for row in draft.state.rows("currencies").values() if not row.get("is_deleted")]
    rows = [row for row in rows if term in row["code"].casefold() or term in row["name"].casefold()]
    keys = ("id", "code", "name", "decimal_points", "symbol")
    return ok([{key: row[key] for key in keys} | {"active_flag": True, "is_custom_flag": False} for row in rows])


def settings(draft: Draft) -> Reply:
    """GET /userSettings."""
    del draft
    return ok(
        {
            "marketplace_team": False,
            "list_limit": 100,
            "beta_app": False,
            "prevent_salesphone_callto_override": False,
            "file_upload_destination": "pipedrive",
            "callto_link_syntax": "tel:",
            "autofill_deal_expected_close_date": False,
            "person_duplicate_condition": "name",
        }
    )


def permitted(draft: Draft, table: str, key: int | str) -> Reply:
    """GET /{entity}/{id}/permittedUsers: everybody who is active."""
    if draft.live(table, key) is None:
        raise v1_error(404, "Object was not found.")
    return ok([row["id"] for row in draft.rows("users") if row["active_flag"]])
