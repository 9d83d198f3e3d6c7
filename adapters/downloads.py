"""A download: the answer is a file that is to be kept. What breaks off is taken up again where it stopped."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import BinaryIO

import httpx

from adapters.protocols import Json

TAKEN_UP = 8
"""How often one download is taken up again."""
_PARTIAL = 206

Ask = Callable[[dict[str, str]], AbstractAsyncContextManager[httpx.Response]]
"""Sends the request with these headers besides."""


class BrokeOffError(Exception):
    """The download broke off more often than it was taken up again."""


async def keep(folder: Path, ask: Ask) -> tuple[httpx.Response, dict[str, Json] | None]:
    """The answer to a request and, where it succeeded, its file: {"path", "sha256", "size"}, under a name of its own.

    The answer of a refusal is still to be read. Raises BrokeOffError, and what httpx raises before a byte has come.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    done = False
    try:
        with os.fdopen(handle, "w+b") as file:
            answer = await _fill(file, ask)
            if not answer.is_success:
                return answer, None
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            done = True
            return answer, {"path": name, "sha256": digest, "size": os.fstat(file.fileno()).st_size}
    finally:
        if not done:
            Path(name).unlink(missing_ok=True)


async def _fill(file: BinaryIO, ask: Ask) -> httpx.Response:
    tag = ""
    for _ in range(TAKEN_UP + 1):
        there = file.seek(0, os.SEEK_END)
        headers = {"accept-encoding": "identity"}  # a range counts the bytes that are sent
        if there and tag:  # without a mark nobody knows that it is the same file still
            headers |= {"range": f"bytes={there}-", "if-range": tag}
        async with ask(headers) as answer:
            if not answer.is_success:
                await answer.aread()
                return answer
            partial = answer.status_code == _PARTIAL
            goes_on = partial and answer.headers.get("content-range", "").startswith(f"bytes {there}-")
            if there and not goes_on:  # no ranges here, or another file: from the beginning
                file.seek(0)
                file.truncate()
            tag = "" if partial and not goes_on else answer.headers.get("etag", "")
            if partial and not goes_on:
                continue
            try:
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)
            except httpx.HTTPError:
                if file.tell() <= there:
                    raise
                continue
            return answer
    raise BrokeOffError(f"broke off {TAKEN_UP + 1} times")
