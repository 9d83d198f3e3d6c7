"""Projects, v2, an add-on (facts 7.12): what they do beyond plain fields, and their archive."""

from adapters.sandbox.pipedrive import records
from adapters.sandbox.pipedrive.answers import Reply, bad_request, missing, ok
from adapters.sandbox.pipedrive.entities import PROJECTS
from adapters.sandbox.pipedrive.state import Draft


def archive(draft: Draft, key: int) -> Reply:
    """POST /projects/{id}/archive: off the main list; there is no way back over the API."""
    row = draft.live("projects", key)
    if row is None:
        raise missing("Project")
    if row["archive_time"] is not None:
        raise bad_request("The project is archived already.")
    row = draft.put("projects", key, row | {"is_archived": True, "archive_time": draft.at, "update_time": draft.at})
    return ok(records.public(draft, PROJECTS, row))


def permitted(draft: Draft, key: int) -> Reply:
    """GET /projects/{id}/permittedUsers: everybody who is active."""
    if draft.live("projects", key) is None:
        raise missing("Project")
    return ok([row["id"] for row in draft.rows("users") if row["active_flag"]])
