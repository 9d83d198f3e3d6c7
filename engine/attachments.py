"""Attachments: what becomes of the files that source records name. Pure; `engine.filestore` keeps the files.

What is larger than the map allows, or of a kind that it refuses, is not uploaded: a note on the same parent says where
it is. So is every file for a destination whose API takes none.
"""

from pathlib import PurePosixPath
from urllib.parse import quote

import msgspec

NAME_MOST = 200


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept: SHA-256 of its content (hex), size in bytes, the name it had, its media type."""

    digest: str
    size: int
    name: str
    mime: str = "application/octet-stream"


class FilesMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the map says of files.

    limit_bytes: what is larger becomes a link; 0 for no limit. refuse: endings (".exe") that become a link, too. link:
    where such files will lie, with {digest} and {name}; empty when they are only kept in the workspace.
    """

    limit_bytes: int = 0
    refuse: tuple[str, ...] = ()
    link: str = ""


def bare_name(name: str) -> str:
    """The name of a file without any folder and without what no system takes in a name."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')
    return kept.strip(". ")[-NAME_MOST:] or "file"


def becomes_link(rules: FilesMap, stored: Stored) -> str:
    """Why a file is not uploaded but linked; empty when it is uploaded."""
    if rules.limit_bytes and stored.size > rules.limit_bytes:
        return f"{stored.size} bytes are more than the {rules.limit_bytes} that are uploaded"
    ending = PurePosixPath(stored.name).suffix.lower()
    refused = {refuse.lower() for refuse in rules.refuse}
    return f"files that end in {ending} are not uploaded" if ending and ending in refused else ""


def address(link: str, digest: str, name: str) -> str:
    """The address of a file by the template of the map. Raises KeyError, IndexError or ValueError for a bad one."""
    return link.format(digest=digest, name=quote(name))


def described(rules: FilesMap, stored: Stored) -> str:
    """A file in words, for a note: its name, size and digest, and where it lies."""
    where = address(rules.link, stored.digest, stored.name) if rules.link else "kept with the migration"
    return f"File: {stored.name} ({stored.size} bytes, SHA-256 {stored.digest}): {where}"
