"""Files and links to remote files: created by forms, found again by what they are and by what is in them.

An upload carries the content and where it hangs, nothing else; the description, and with it the mark, is written by an
update after it. So an upload in doubt is recognised by its place, name and size in the list of the newest files, and,
where its description does not tell whose it is, by the digest of its content (20 tokens for each that looks alike).
"""

from adapters.destinations.pipedrive.ask import Row, page_v1
from adapters.destinations.pipedrive.attachments import GOOGLE, REMOTE_LINK
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.records import encode, refuse
from adapters.destinations.pipedrive.values import moment
from adapters.protocols import Fields, Flow, Request, Upload

ITEMS = {"deal_id": "deal", "org_id": "organization", "person_id": "person"}
"""What a link to a remote file may hang on."""


def belongs(entity: Entity, row: Row) -> bool:
    """Whether a row of the list of files is of this entity: those on Google Drive are links."""
    return str(row.get("remote_location") or "").startswith("google") == (entity.name == "remote_file")


def creation(entity: Entity, fields: Fields) -> Request:
    """The request that creates a file or a link. Raises RefusedError for what it cannot carry."""
    body = encode(entity, fields, {}, create=True)
    if entity.name == "remote_file":
        return _link(fields, body)
    content = fields.get("content") or {}
    if not content.get("digest"):
        refuse("no-content", "A file cannot be created without its content.")
    upload = Upload(
        digest=content["digest"],
        name=body.pop("name", None) or content["name"],
        size=content["size"],
        mime=content.get("mime") or "application/octet-stream",
    )
    return Request(method="POST", path=entity.path, body=body, encoding="multipart", upload=upload)


def newest(entity: Entity, start: str) -> Flow[list[Row]]:
    """All files of an entity that were changed since a second, from the newest on."""
    rows: list[Row] = []
    at: int | None = 0
    while at is not None:
        page, at = yield from page_v1(entity.path, {"sort": entity.newest, "limit": str(entity.page)}, at)
        young = [row for row in page if (moment(row.get("update_time") or "") or start) >= start]
        rows += [row for row in young if belongs(entity, row)]
        if len(young) < len(page):
            break
    return rows


def alike(fields: Fields, values: Fields) -> bool:
    """Whether a file in a list may be the one that was to be created: its place, its name and its size."""
    content = fields.get("content") or {}
    name = fields.get("name") or content.get("name")
    size = content.get("size")
    places = {key: value for key, value in fields.items() if key in values and key.endswith("_id") and value}
    return (
        all(str(values[key]) == str(value) for key, value in places.items())
        and (not content or values.get("name") == name)
        and size in (None, values.get("file_size"))
    )


def _link(fields: Fields, body: Row) -> Request:
    items = [key for key in ITEMS if fields.get(key)]
    if len(items) != 1 or not body.get("remote_id"):
        refuse("one-item", "A link needs the file's id on Google Drive and one deal, person or organization.")
    [key] = items
    form = {"item_type": ITEMS[key], "item_id": body[key], "remote_id": body["remote_id"], "remote_location": GOOGLE}
    return Request(method="POST", path=REMOTE_LINK, body=form, encoding="form")
