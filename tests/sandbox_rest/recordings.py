"""The recorded exchanges of the test bundles, and worlds of the sandbox that are built from them."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from adapters.sandbox.rest.data import Data, parse
from adapters.sandbox.rest.settings import FIXTURE_PRO_SALES, FIXTURE_PROMOX, RestSettings
from adapters.sandbox.rest.shapes import PRO_SALES, PROMOX, Api

BUNDLES = Path(__file__).parents[1] / "bundles"
FOLDERS = {
    ("promoxcrm", "base"): BUNDLES / "promoxcrm",
    ("promoxcrm", "delta"): BUNDLES / "promoxcrm" / "delta",
    ("pro-sales-crm", "base"): BUNDLES / "pro_sales_crm" / "export",
    ("pro-sales-crm", "delta"): BUNDLES / "pro_sales_crm" / "delta" / "export",
}
APIS: dict[str, Api] = {"promoxcrm": PROMOX, "pro-sales-crm": PRO_SALES}


def settings(vendor: str, **more: Any) -> RestSettings:
    """The settings under which the sandbox misbehaves as in the recordings."""
    chosen = {**(FIXTURE_PROMOX if vendor == "promoxcrm" else FIXTURE_PRO_SALES), **more}
    return RestSettings(**chosen)


@cache
def exchanges(vendor: str, day: str) -> list[dict[str, Any]]:
    """The recorded exchanges, each with its body."""
    folder = FOLDERS[vendor, day] / "api"
    found = json.loads((folder / "_exchanges.json").read_text())
    for one in found:
        if "body_file" in one:
            one["body_json"] = json.loads((folder / one["body_file"]).read_text())
    return found


def world(vendor: str, day: str = "base") -> Data:
    """The data that the recordings show, without the misbehaviour."""
    api = APIS[vendor]
    lists: dict[str, list[dict[str, Any]]] = {}
    answers: dict[str, Any] = {}
    files: dict[str, Any] = {}
    gone: list[str] = []
    for one in exchanges(vendor, day):
        path, body = one["path"], one.get("body_json")
        below = path.removeprefix(api.base).strip("/")
        if one["status"] == 410:
            gone.append(path)
        elif one["status"] == 200 and body is None and "html" not in one["headers"]["Content-Type"]:
            files[path] = {"text": one["body"], "mime": one["headers"]["Content-Type"]}
        elif one["status"] != 200 or body is None or (isinstance(body, dict) and body.get("success") is False):
            continue
        elif (rows := _rows(api, below, body)) is None:
            answers[below] = body
        else:
            seen = lists.setdefault(below, [])
            seen += [row for row in rows if row not in seen]
    if vendor == "pro-sales-crm":
        _uncover(lists, FOLDERS[vendor, day] / "csv")
    return parse({"lists": lists, "answers": answers, "files": files, "gone": gone})


def _rows(api: Api, below: str, body: Any) -> list[dict[str, Any]] | None:
    shape = next((s for s in api.shapes if s.path == below), None)
    if shape is None and not below.endswith("/records"):
        return None
    rows = body if isinstance(body, list) else body[shape.rows] if shape else None
    return [dict(row) for row in rows] if isinstance(rows, list) else None


def _uncover(lists: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    """What the API hides and cuts, from the CSV: the contact c12 and the long note."""
    first = {**lists["contacts"][0], "id": "c12", "email": "xgarrity@saffron-table.example"}
    lists["contacts"].insert(11, first)
    with (folder / "activities.csv").open(encoding="utf-8") as file:
        bodies = {row["Subject"]: row["Body"] for row in csv.DictReader(file)}
    for row in lists["activities"]:
        if row["body"].endswith("…"):
            row["body"] = bodies[row["subject"]]
