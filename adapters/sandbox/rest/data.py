"""The data of a REST sandbox: one JSON file, or one folder with `world.json` in it.

{"lists": {"clients": [...], "custom-objects/kit/records": [...]},     rows by path below the base
"answers": {"me": {...}, "custom-objects": [...]},                    whole answers by path below the base
"files": {"/api/v1/presentations/p-0/file": {"text": "...", "mime": "application/pdf"}},
"gone": ["/signed/abc"]}                                              addresses that answer 410
"""

from pathlib import Path
from typing import Any

import msgspec

from adapters.protocols import Json


class WorldError(ValueError):
    """The data cannot be used; the message says what is wrong with it."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A file: its text, and what it is."""

    text: str
    mime: str = "application/octet-stream"


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account holds."""

    lists: dict[str, list[dict[str, Json]]] = {}
    answers: dict[str, Json] = {}
    files: dict[str, Content] = {}
    gone: list[str] = []


def load(path: Path) -> Data:
    """Read the data. Raises WorldError, with the path and what to do."""
    file = path / "world.json" if path.is_dir() else path
    try:
        return parse(msgspec.json.decode(file.read_bytes()))
    except OSError as error:
        raise WorldError(f"{file} cannot be read ({error.strerror}); name a world of the sandbox") from None
    except msgspec.MsgspecError as error:
        raise WorldError(f"{file} is no world of a REST sandbox: {error}") from None


def parse(body: Any) -> Data:
    """The data of a JSON value. Raises msgspec.MsgspecError."""
    return msgspec.convert(body, Data)
