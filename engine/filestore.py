"""The file store: attachments in the workspace, each under the digest of its content."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from engine.attachments import Stored, bare_name

CHUNK = 1 << 20
"""Bytes held in memory at once."""


class FileStore:
    """A folder of files by digest. No name from outside becomes a path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file of a digest lies. Raises ValueError for what is no digest."""
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError(f"{digest!r} is no digest of a file")
        return self.folder / digest

    def _settle(self) -> None:
        """Make the name of a new file as durable as its content."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def adopt(self, there: Mapping[str, Any], name: str, mime: str = "") -> Stored:
        """Take a file that lies in the folder already ({"path", "sha256", "size"}) under its digest."""
        digest = str(there["sha256"])
        Path(there["path"]).replace(self.path(digest))
        self._settle()
        kind = {"mime": mime} if mime else {}
        return Stored(digest=digest, size=int(there["size"]), name=bare_name(name), **kind)

    def keep(self, content: BinaryIO, name: str, mime: str = "") -> Stored:
        """Copy a stream into the folder, a piece at a time; whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, beside = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                while piece := content.read(CHUNK):
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())  # the log will name it, and the log is durable
            Path(beside).replace(self.path(digest.hexdigest()))
            self._settle()
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        kind = {"mime": mime} if mime else {}
        return Stored(digest=digest.hexdigest(), size=size, name=bare_name(name), **kind)
