"""Who asks: HTTP Basic with a user's e-mail address (or the company's domain) and the key (facts 3)."""

from adapters.sandbox.nutshell.state import Draft, ref
from adapters.sandbox.world import Call


def actor(draft: Draft, call: Call, token: str) -> str | None:
    """The reference of who writes, "1-users" or an origin's; None for wrong credentials.

    A key that may impersonate counts as the user named; under the domain, which names nobody, it counts as its origin.
    """
    if call.token != token or not token:
        return None
    name = call.user.casefold()
    user = next((row for row in draft.rows("users") if row["email"].casefold() == name and row["active"]), None)
    if user is None and name != draft.settings.domain.casefold():
        return None
    if user is not None and draft.settings.impersonation:
        return ref("users", user["id"])
    return ref("origins", draft.rows("origins")[0]["id"])
