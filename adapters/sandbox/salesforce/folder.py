"""An org in a folder, and the changes that lead from what there is to it.

`describe/<Object>.json` descriptions (lean ones will do), `records/<Object>.json` lists of records with every field,
deleted and archived ones included, `bodies/<record id>` file bodies, `tooling/<things>.json` what the Tooling API
answers, under "records". What a folder has no files of (descriptions, tooling) stays as it is: a later picture of the
same org may hold records and bodies only.
"""

import base64
from pathlib import Path
from typing import Any

import msgspec

from adapters.sandbox.salesforce import describes, standard, times
from adapters.sandbox.salesforce.state import Row, State
from adapters.sandbox.world import Change


class OrgError(ValueError):
    """A folder holds no org that can be used; the message names the file."""


def stamp(row: Row) -> str:
    """When a record last changed, as far as it says."""
    return str(row.get("SystemModstamp") or row.get("LastModifiedDate") or row.get("CreatedDate") or "")


def newest(path: Path) -> float:
    """The time of the newest change in an org. Raises OrgError."""
    stamps = [stamp(row) for file in _files(path, "records") for row in _read(file)]
    return max((times.seconds(text) for text in stamps if text), default=0.0)


def changes(state: State, path: Path) -> list[Change]:
    """The changes that make the org of a folder out of the present state. Raises OrgError.

    Records that are no longer there enter the delete log. Nobody wrote down when they went: the newest stamp of the
    folder stands for it.
    """
    described = {one["name"]: one for one in _described(path)}
    if described:
        described = {one["name"]: describes.whole(one) for one in standard.OBJECTS} | described
    out: list[Change] = [["put", "describes", name, one] for name, one in sorted(described.items())]
    gone_at = newest(path)
    found: dict[str, dict[str, Row]] = {}
    for file in _files(path, "records"):
        found[file.stem] = {row["Id"]: _plain(row) for row in _read(file)}
    if not found:
        raise OrgError(f"{path} holds no org: it has no records/<Object>.json")
    for name, rows in {**standard.rows(found), **found}.items():
        out += _records(name, state.rows.get(name, {}), rows, gone_at)
    bodies = {file.name: base64.b64encode(file.read_bytes()).decode() for file in _files(path, "bodies", "")}
    before = state.tables.get("bodies", {})
    out += [["put", "bodies", key, None] for key in before.keys() - bodies.keys()]
    out += [["put", "bodies", key, body] for key, body in bodies.items() if before.get(key) != body]
    for file in _files(path, "tooling"):
        out.append(["put", "tooling", _camel(file.stem), _read(file)["records"]])
    return out


def _records(name: str, before: dict[str, Row], after: dict[str, Row], gone_at: float) -> list[Change]:
    out: list[Change] = []
    for key in before.keys() - after.keys():
        out.append(["row", name, key, None])
        if not before[key].get("IsDeleted"):
            out.append(["put", "gone", key, {"object": name, "at": gone_at}])
    for key, row in after.items():
        if before.get(key) != row:
            out.append(["row", name, key, row])
    return out


def _described(path: Path) -> list[Row]:
    out = []
    for file in _files(path, "describe"):
        try:
            out.append(describes.whole(_read(file)))
        except (KeyError, TypeError, AttributeError):
            raise OrgError(f"{file} describes no object: it needs a name and fields, each with a name") from None
    return out


def _files(path: Path, part: str, ending: str = ".json") -> list[Path]:
    inside = path / part
    return sorted(f for f in inside.iterdir() if f.is_file() and f.suffix == ending) if inside.is_dir() else []


def _read(file: Path) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise OrgError(f"{file} cannot be read: {error}") from None


def _plain(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "attributes"}


def _camel(stem: str) -> str:
    """`validation_rules` is ValidationRule."""
    return "".join(part.capitalize() for part in stem.split("_")).removesuffix("s")
