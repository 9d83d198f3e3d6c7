"""Files, v1: uploads, links to files elsewhere, their content (facts 7.9).

The bytes of a file are a row of their own, in base64, so that a new name does not write them again.
"""

import base64
from pathlib import PurePosixPath
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import RefusedError, Reply, ok, v1_error
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.lists import v1_page, v1_sort
from adapters.sandbox.pipedrive.records import gone
from adapters.sandbox.pipedrive.state import Draft, Row

MOST_A_PAGE = 100
"""Files on one page of a list, fewer than of anything else."""
_PARENTS = {
    "deal_id": ("deals", "deal_name", "title"),
    "person_id": ("persons", "person_name", "name"),
    "org_id": ("organizations", "org_name", "name"),
    "product_id": ("products", "product_name", "name"),
    "activity_id": ("activities", "", "subject"),
    "lead_id": ("leads", "lead_name", "title"),
    "project_id": ("projects", "project_name", "title"),
}
"""What a file can hang on: table, and the key and column of the parent's name in answers."""
_ITEMS = {"deal": "deal_id", "organization": "org_id", "person": "person_id"}
"""What a remote file can hang on."""
_REMOTE_TYPES = ("gdoc", "gslides", "gsheet", "gform", "gdraw")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
_SORTS = ("id", "update_time")


def _missing() -> RefusedError:
    return v1_error(404, "File not found", info="Object was not found.")


def upload(draft: Draft, body: Json, content: bytes) -> Reply:
    """POST /files: a form in parts with the file and what it hangs on.

    An upload limit is documented nowhere; over `max_file_bytes` of the settings it is 413, as HTTP has it.
    """
    given = v1.mapping(body)
    name = v1.text(given, "file")
    if not name:
        raise v1.refuse("No files were found or provided.")
    if len(content) > draft.settings.max_file_bytes:
        raise v1_error(413, f"The file is too large: {draft.settings.max_file_bytes} bytes are the most.")
    parents = _parents(draft, given)
    name = name.replace("\\", "/").rpartition("/")[2]
    place = PurePosixPath(name)
    row = _new(draft) | parents | {"name": name, "remote_id": name, "remote_location": "s3"}
    row |= {"file_name": f"{place.stem}_{draft.digest('file').hex()[:40]}{place.suffix}", "file_size": len(content)}
    row |= {"file_type": "img" if place.suffix.lower() in _PICTURES else place.suffix[1:].lower()}
    draft.put("blobs", row["id"], {"base64": base64.b64encode(content).decode()})
    return ok(public(draft, draft.put("files", row["id"], row)))


def _new(draft: Draft) -> Row:
    row: Row = {"id": draft.next("files"), "user_id": draft.user, "description": "", "is_deleted": False}
    return row | dict.fromkeys(_PARENTS) | {"add_time": draft.at, "update_time": draft.at}


def _parents(draft: Draft, given: dict[str, Any]) -> Row:
    found: Row = {}
    for key, (table, *_) in _PARENTS.items():
        value = v1.text(given, key) if key == "lead_id" else v1.integer(given, key)
        if value is not None and draft.live(table, value) is None:
            raise v1.refuse(f"{key} is {value}, and there is no such record.")
        found[key] = value
    return found


def create_remote(draft: Draft, body: Json) -> Reply:
    """POST /files/remote: a new empty file at Google Drive."""
    given = v1.mapping(body)
    if given.get("file_type") not in _REMOTE_TYPES:
        raise v1.refuse(f"file_type must be one of {', '.join(_REMOTE_TYPES)}.")
    title = v1.text(given, "title")
    if not title:
        raise v1.refuse("title must be given.")
    return _remote(draft, given, title, str(given["file_type"]), draft.digest("drive").hex()[:44])


def link_remote(draft: Draft, body: Json) -> Reply:
    """POST /files/remoteLink: a file that is at Google Drive already; what it is called there is not known here."""
    given = v1.mapping(body)
    remote = v1.text(given, "remote_id")
    if not remote:
        raise v1.refuse("remote_id must be given.")
    return _remote(draft, given, remote, "", remote)


def _remote(draft: Draft, given: dict[str, Any], name: str, kind: str, remote: str) -> Reply:
    if given.get("remote_location") != "googledrive":
        raise v1.refuse("remote_location must be googledrive.")
    if given.get("item_type") not in _ITEMS:
        raise v1.refuse(f"item_type must be one of {', '.join(_ITEMS)}.")
    if v1.integer(given, "item_id") is None:
        raise v1.refuse("item_id must be given.")
    parents = _parents(draft, {_ITEMS[given["item_type"]]: given["item_id"]})
    row = _new(draft) | parents | {"name": name, "file_name": "", "file_type": kind, "file_size": 0}
    row |= {"remote_id": remote, "remote_location": "googledocs"}
    return ok(public(draft, draft.put("files", row["id"], row)))


def public(draft: Draft, row: Row) -> Row:
    """A file as v1 shows it."""
    out: Row = {key: value for key, value in row.items() if not key.startswith("_") and key != "is_deleted"}
    out |= {"active_flag": not row["is_deleted"], "inline_flag": False, "log_id": None}
    out |= dict.fromkeys(("cid", "s3_bucket", "mail_message_id", "mail_template_id"), "")
    for key, (table, name, column) in _PARENTS.items():
        parent = None if row[key] is None else draft.get(table, row[key])
        if name:
            out[name] = "" if parent is None else parent[column]
    out |= {"add_time": v1.stamp(row["add_time"]), "update_time": v1.stamp(row["update_time"])}
    return out | {"url": f"https://app.pipedrive.com/api/v1/files/{row['id']}/download"}


def listing(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /files: one page of all files."""
    return _page(draft, draft.rows("files"), query)


def of(draft: Draft, column: str, key: int, query: dict[str, Any]) -> Reply:
    """GET /{entity}/{id}/files: one page of the files that hang on a record."""
    table = _PARENTS[column][0]
    if draft.live(table, key) is None:
        raise v1_error(404, f"{ENTITIES[table].noun} not found", info="Object was not found.")
    return _page(draft, [row for row in draft.rows("files") if row[column] == key], query)


def _page(draft: Draft, rows: list[Row], query: dict[str, Any]) -> Reply:
    return v1_page(v1_sort(rows, query.get("sort", ""), _SORTS), query, lambda row: public(draft, row), MOST_A_PAGE)


def get(draft: Draft, key: int) -> Reply:
    """GET /files/{id}: a deleted one answers with `active_flag` false until it is purged."""
    row = draft.get("files", key)
    if row is None or gone(row, draft.now):
        raise _missing()
    return ok(public(draft, row))


def _live(draft: Draft, key: int) -> Row:
    row = draft.live("files", key)
    if row is None:
        raise _missing()
    return row


def update(draft: Draft, key: int, body: Json) -> Reply:
    """PUT /files/{id}: name and description, as a form."""
    row, given = _live(draft, key), v1.mapping(body)
    name = v1.text(given, "name")
    if name == "":
        raise v1.refuse("name must not be empty.")
    description = v1.text(given, "description")
    row = row | {"name": name or row["name"], "update_time": draft.at}
    row["description"] = row["description"] if description is None else description
    return ok(public(draft, draft.put("files", key, row)))


def delete(draft: Draft, key: int) -> Reply:
    """DELETE /files/{id}: marked, and purged 30 days later."""
    row = _live(draft, key)
    draft.put("files", key, row | {"is_deleted": True, "_deleted": draft.now, "update_time": draft.at})
    return ok({"id": key})


def download(draft: Draft, key: int) -> Reply:
    """GET /files/{id}/download: the bytes. What lies at Google Drive is not here to be had."""
    blob = draft.get("blobs", _live(draft, key)["id"])
    if blob is None:
        raise _missing()
    return Reply(200, None, base64.b64decode(blob["base64"]))
