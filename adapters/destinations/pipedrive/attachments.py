"""Files and links to remote files, as data: two entities that share one list.

Source: Pipedrive's API description v1 (August 2026). A file cannot be attached to another record later, nor can its
content be replaced; its description, which holds labelled lines and the mark, is written after the upload.
"""

import msgspec

from adapters.destinations.pipedrive.columns import V1, Column, link, number, spaced
from adapters.destinations.pipedrive.entities import Entity

FILES = f"{V1}/files"
REMOTE_LINK = f"{V1}/files/remoteLink"
GOOGLE = "googledrive"
"""The one place that a remote file may lie in."""

_TIMES = (
    Column(key="user_id", label="Uploaded by", kind="user", codec="id", readonly=True),
    spaced("add_time", "Uploaded"),
    spaced("update_time", "Updated"),
)
_DESCRIPTION = Column(key="description", label="Description", kind="longtext", codec="text", late=True)

FILE = Entity(
    name="file",
    label="File",
    path=FILES,
    text="description",
    plain=True,
    verb="PUT",
    form=True,
    page=100,
    oldest="id ASC",
    newest="update_time DESC",
    title=("name",),
    columns=(
        Column(
            key="content", label="Content", kind="file", codec="content", required=True, create_only=True, detail=True
        ),
        Column(key="name", label="Name", kind="text", codec="text", unclearable=True),
        link("deal_id", "Deal", "deal", create_only=True),
        link("person_id", "Person", "person", create_only=True),
        link("org_id", "Organization", "organization", create_only=True),
        link("product_id", "Product", "product", create_only=True),
        link("activity_id", "Activity", "activity", create_only=True),
        link("lead_id", "Lead", "lead", create_only=True),
        _DESCRIPTION,
        number("file_size", "Size", readonly=True),
        *_TIMES,
    ),
)

REMOTE_FILE = msgspec.structs.replace(
    FILE,
    name="remote_file",
    label="Link to a file on Google Drive",
    columns=(
        Column(
            key="remote_id",
            label="Id on Google Drive",
            kind="text",
            codec="text",
            required=True,
            create_only=True,
        ),
        link("deal_id", "Deal", "deal", create_only=True, alternative="item"),
        link("person_id", "Person", "person", create_only=True, alternative="item"),
        link("org_id", "Organization", "organization", create_only=True, alternative="item"),
        Column(key="name", label="Name", kind="text", codec="text", unclearable=True, late=True),
        _DESCRIPTION,
        *_TIMES,
    ),
)
