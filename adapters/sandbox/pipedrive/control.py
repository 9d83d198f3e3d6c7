"""The control address `/sandbox/...`: for tests and people, unauthenticated, outside the API."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json, Request, Response
from adapters.sandbox import faults
from adapters.sandbox.pipedrive import (
    activity_types,
    core,
    custom,
    deliveries,
    files,
    leads,
    lines,
    notes,
    records,
    users,
)
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.state import Draft, Row, State
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Call, Outcome

_EDITED_OVER_V1 = {
    "notes": ("PUT", "/v1/notes"),
    "leads": ("PATCH", "/v1/leads"),
    "files": ("PUT", "/v1/files"),
    "activityTypes": ("PUT", "/v1/activityTypes"),
    "leadLabels": ("PATCH", "/v1/leadLabels"),
    "organizationRelationships": ("PUT", "/v1/organizationRelationships"),
    "callLogs": ("PUT", "/v1/callLogs"),
}
_PARTS = {
    "lines": ("deal_id", "/api/v2/deals/{}/products"),
    "discounts": ("deal_id", "/api/v2/deals/{}/discounts"),
    "installments": ("deal_id", "/api/v2/deals/{}/installments"),
    "variations": ("product_id", "/api/v2/products/{}/variations"),
    "participants": ("deal_id", "/v1/deals/{}/participants"),
}
"""What lies below another record: the column that names it, and the path."""
_SINGULAR = {
    "organization": "organizations", "person": "persons", "deal": "deals", "activity": "activities",
    "product": "products", "pipeline": "pipelines", "stage": "stages", "note": "notes", "lead": "leads",
    "activity_type": "activityTypes", "lead_label": "leadLabels", "file": "files", "line": "lines",
    "discount": "discounts", "installment": "installments", "variation": "variations", "participant": "participants",
    "relationship": "organizationRelationships", "call_log": "callLogs",
}  # fmt: skip


def answer(state: State, settings: Settings, method: str, path: str, body: Json, now: float) -> Outcome:
    """The answer of the control address; nothing here costs tokens or counts as a request."""
    draft = Draft(state, settings, now, settings.users[0].id)
    handler = _HANDLERS.get((method, path))
    if handler is None:
        known = ", ".join(f"{m} {p}" for m, p in _HANDLERS)
        return _outcome(draft, 404, {"error": f"there is no {method} {path}; there are {known}"})
    try:
        status, out = handler(draft, body if isinstance(body, dict) else {})
    except (KeyError, TypeError, ValueError) as error:
        return Outcome(changes=[], response=Response(status=400, body={"error": f"{type(error).__name__}: {error}"}))
    return _outcome(draft, status, out)


def _outcome(draft: Draft, status: int, body: Json) -> Outcome:
    return Outcome(changes=draft.changes if status < 400 else [], response=Response(status=status, body=body))


def _requests(draft: Draft, _body: Row) -> tuple[int, Json]:
    return 200, {
        "requests": dict(sorted(draft.state.routes.items())),
        "total": draft.value("next request") or 0,
        "tokens": draft.value("tokens") or 0,
        "writes": draft.value("writes") or 0,
        "faults": draft.value("faults") or 0,
    }


_PLAIN = (
    "fields", "lead_labels", "participants", "followers", "relationships", "comments", "variations", "discounts",
    "installments", "call_logs", "boards", "phases", "projects", "tasks",
)  # fmt: skip
"""The tables whose rows are shown as they are kept."""


def _records(draft: Draft, _body: Row) -> tuple[int, Json]:
    out: dict[str, Json] = {}
    for table, entity in ENTITIES.items():
        known = custom.live_fields(draft, table)
        out[table] = [records.public(draft, entity, row, known) for row in draft.rows(table)]
    out["notes"] = [notes.public(draft, row) for row in draft.rows("notes")]
    out["activity_types"] = [activity_types.public(row) for row in draft.rows("activity_types")]
    out["users"] = [users.public(draft, row) for row in draft.rows("users")]
    out["leads"] = [leads.public(draft, row) for row in draft.rows("leads")]
    out["files"] = [files.public(draft, row) for row in draft.rows("files")]
    out["lines"] = [lines.public(draft, row) for row in draft.rows("lines")]
    for table in _PLAIN:
        out[table] = [{k: v for k, v in row.items() if not k.startswith("_")} for row in draft.rows(table)]
    live = {row["id"] for row in out["deals"]}
    out["participants"] = [row for row in out["participants"] if row["deal_id"] in live]
    return 200, out


def _by_hand(draft: Draft, method: str, path: str, body: Json) -> tuple[int, Json]:
    version = "v2" if path.startswith("/api/v2") else "v1"
    found = core.ROUTER.find(version, method, path.removeprefix("/api/v2").removeprefix("/v1"))
    if found is None:
        raise ValueError(f"{method} {path} is not known")
    request = Request(method=method, path=path, body=body)  # type: ignore[arg-type]
    kind = found[0].takes or Call(request=request).kind
    reply, changes = core.application(draft, *found, Call(request=request, kind=kind))
    draft.changes[:] = [c for c in changes if c[:2] != ["set", "writes"]]
    return reply.status, reply.body


def _place(draft: Draft, body: Row) -> tuple[str, str]:
    """The verb of an update and the path. A follower has the path of its record: `deals/1/followers/2` as its id."""
    name = _SINGULAR.get(str(body["entity"]), str(body["entity"]))
    if name == "follower":
        return "PATCH", f"/api/v2/{body['id']}"
    if name in _PARTS:
        column, root = _PARTS[name]
        row = draft.get(name, body["id"])
        if row is None:
            raise ValueError(f"there is no {body['id']} in {name}")
        return "PATCH", f"{root.format(row[column])}/{body['id']}"
    update, root = _EDITED_OVER_V1.get(name, ("PATCH", f"/api/v2/{name}"))
    return update, f"{root}/{body['id']}"


def _edit(draft: Draft, body: Row) -> tuple[int, Json]:
    return _by_hand(draft, *_place(draft, body), body["fields"])


def _remove(draft: Draft, body: Row) -> tuple[int, Json]:
    return _by_hand(draft, "DELETE", _place(draft, body)[1], None)


def _faults(draft: Draft, body: Row) -> tuple[int, Json]:
    spec, seed = str(body.get("spec", "")), int(body.get("seed", 0))
    faults.parse(spec, seed)
    started = [draft.settings.faults, draft.settings.seed]
    draft.set("posted faults", {"started": started, "now": [spec, seed]})
    draft.set("struck", [spec, seed, 0])
    return 200, {"spec": spec, "seed": seed}


def _clock(draft: Draft, body: Row) -> tuple[int, Json]:
    seconds = float(body["advance"])
    draft.set("advance", float(draft.value("advance")) + seconds)
    return 200, {"now": draft.now + seconds}


_HANDLERS: dict[tuple[str, str], Callable[[Draft, Any], tuple[int, Json]]] = {
    ("GET", "/sandbox/requests"): _requests,
    ("GET", "/sandbox/records"): _records,
    ("GET", "/sandbox/webhooks"): lambda draft, _: (200, {"deliveries": deliveries.shown(draft)}),
    ("POST", "/sandbox/edit"): _edit,
    ("POST", "/sandbox/remove"): _remove,
    ("POST", "/sandbox/faults"): _faults,
    ("POST", "/sandbox/clock"): _clock,
}
