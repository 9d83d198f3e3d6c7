"""The control address `/sandbox/...`: for tests and people, unauthenticated, outside the API."""

from collections.abc import Callable

from adapters.protocols import Json, Response
from adapters.sandbox import faults
from adapters.sandbox.nutshell import custom, founding, leads, records
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.rest import reading, views
from adapters.sandbox.nutshell.rpc import writing
from adapters.sandbox.nutshell.rpc.reading import READERS
from adapters.sandbox.nutshell.settings import NutshellSettings
from adapters.sandbox.nutshell.state import Draft, Row, State, ref
from adapters.sandbox.world import Outcome

_SINGULAR = {
    "account": "accounts", "contact": "contacts", "lead": "leads", "activity": "activities", "task": "tasks",
    "note": "notes", "product": "products", "tag": "tags", "source": "sources", "user": "users",
    "custom_field": "customFields", "custom_fields": "customFields", "pipeline": "stagesets",
    "pipelines": "stagesets", "stage": "stages",
}  # fmt: skip
_SHOWN = {
    "accounts": "accounts", "contacts": "contacts", "leads": "leads", "activities": "activities", "tasks": "tasks",
    "notes": "notes", "tags": "tags", "sources": "sources", "products": "products", "pipelines": "stagesets",
    "stages": "stages", "users": "users", "outcomes": "outcomes", "markets": "markets",
    "competitors": "competitors", "industries": "industries", "activity_types": "activityTypes",
    "account_types": "accountTypes", "product_maps": "productMaps",
}  # fmt: skip
_MADE = {
    "outcome": "outcomes", "market": "markets", "competitor": "competitors", "activity_type": "activityTypes",
    "industry": "industries", "territory": "territories", "team": "teams",
}  # fmt: skip


def answer(state: State, settings: NutshellSettings, method: str, path: str, body: Json, now: float) -> Outcome:
    """The answer of the control address; nothing here counts as a call. Edits are those of the first user."""
    draft = Draft(state, settings, now, ref("users", settings.users[0].id))
    handler = _HANDLERS.get((method, path))
    if handler is None:
        known = ", ".join(f"{m} {p}" for m, p in _HANDLERS)
        return _outcome(draft, 404, {"error": f"there is no {method} {path}; there are {known}"})
    try:
        out = handler(draft, body if isinstance(body, dict) else {})
    except (KeyError, StopIteration, TypeError, ValueError, RefusedError) as error:
        detail = getattr(error, "detail", None) or ""
        return _outcome(draft, 400, {"error": f"{type(error).__name__}: {error} {detail}".strip()})
    return _outcome(draft, 200, out)


def _outcome(draft: Draft, status: int, body: Json) -> Outcome:
    return Outcome(changes=draft.changes if status < 400 else [], response=Response(status=status, body=body))


def _requests(draft: Draft, _body: Row) -> Json:
    """Counts of calls; "doubts" are those that lean on what nobody has seen the API do, or that it passes over."""
    return {
        "requests": dict(sorted(draft.state.routes.items())),
        "total": draft.value("calls") or 0,
        "tokens": draft.value("calls") or 0,
        "writes": draft.value("writes") or 0,
        "faults": draft.value("faults") or 0,
        "doubts": dict(sorted(draft.state.doubts.items())),
    }


def _records(draft: Draft, _body: Row) -> Json:
    out: dict[str, Json] = {
        name: [_shown(draft, table, row) for row in draft.rows(table)] for name, table in _SHOWN.items()
    }
    fields = draft.rows("customFields")
    out["custom_fields"] = [{"entity": row["entity"], "kind": row["kind"], **custom.attribute(row)} for row in fields]
    return out


def _shown(draft: Draft, table: str, row: Row) -> Json:
    """A record as REST shows it, with what only JSON-RPC tells."""
    shown = views.view(draft, table, row)
    if "rev" in row:
        shown["rev"] = str(row["rev"])
    if table in custom.ENTITIES:
        known = custom.fields(draft, table)
        values = {f["name"]: custom.as_text(row["custom"].get(str(f["id"]))) for f in known}
        shown["customFields"] = {name: value for name, value in values.items() if value is not None}
    if table == "contacts":
        shown["jobTitles"] = {ref("accounts", link["id"]): link["relationship"] for link in row["accounts"]}
    if table == "notes":
        shown["author"] = row["author"]
    return shown


def _place(body: Row) -> tuple[str, int]:
    name = str(body["entity"])
    text = str(body["id"]).partition("-")[0]
    return _SINGULAR.get(name, name), int(text)


def _edit(draft: Draft, body: Row) -> Json:
    """Change a record: `fields` by their JSON-RPC names, or by their REST names where JSON-RPC has none."""
    table, key = _place(body)
    fields = dict(body["fields"])
    if table == "notes":
        row = draft.live(table, key)
        if row is None:
            raise KeyError(f"there is no {ref(table, key)}")
        return views.view(draft, table, records.update(draft, table, row, {"markup": str(fields["note"])}))
    readers = reading.ATTRIBUTES.get(table, {})
    extra = {name: fields.pop(name) for name in list(fields) if name in readers and name not in READERS[table]}
    if fields:
        writing.edit(draft, table, key, writing.ANY_REV, fields)
    row = draft.live(table, key)
    if row is None:
        raise KeyError(f"there is no {ref(table, key)}")
    for name, value in extra.items():
        values = readers[name](draft, row, value)
        row = leads.update(draft, row, values) if table == "leads" else records.update(draft, table, row, values)
    return views.view(draft, table, row)


def _remove(draft: Draft, body: Row) -> Json:
    """Delete a record, or what only the web application deletes: a custom field, a pipeline, a stage."""
    table, key = _place(body)
    row = draft.live(table, key)
    if row is None:
        raise KeyError(f"there is no {ref(table, key)}")
    if table in records.DEFAULTS:
        records.delete(draft, table, row)
    elif table == "users":
        draft.put(table, {**row, "active": False, "rev": row["rev"] + 1})
    else:
        draft.put(table, {**row, "deleted": draft.now})
    return {"removed": ref(table, key)}


def _admin(draft: Draft, body: Row) -> Json:
    """Make what only the web application makes (facts 9 and 10), or {"delete": "custom_field", "id"}."""
    if "delete" in body:
        return _remove(draft, {"entity": body["delete"], "id": body["id"]})
    kind = str(body["make"])
    if kind == "pipeline":
        stages = [(str(one["name"]), one.get("probability", 0)) for one in body["stages"]]
        if not stages:
            raise ValueError("a pipeline has stages")
        made = founding.add_pipeline(draft, str(body["name"]), stages)
        return {"id": ref("stagesets", made["id"])}
    if kind in _ADDED:
        return _ADDED[kind](draft, body)
    if kind == "user":
        row = founding.make(draft, "users", {"name": str(body["name"]), "email": str(body["email"]), "active": True})
        return {"id": ref("users", row["id"])}
    if kind not in _MADE:
        raise ValueError(f"there is no {kind!r}; there are pipeline, user, {', '.join((*_ADDED, *_MADE))}")
    values: Row = {"name": str(body["name"])}
    if kind == "outcome":
        values["type"] = {"won": 10, "lost": 11, "cancelled": 12}[str(body["type"])]
    if kind == "market":
        values["currency"] = str(body["currency"])
    return {"id": ref(_MADE[kind], founding.make(draft, _MADE[kind], values)["id"])}


def _stage(draft: Draft, body: Row) -> Json:
    """Add a stage at the end of the pipeline of that name."""
    pipeline = next(row for row in draft.rows("stagesets") if row["name"] == body["pipeline"])
    position = 1 + max(row["position"] for row in draft.rows("stages") if row["stageset"] == pipeline["id"])
    stage = {"name": str(body["name"]), "position": position, "probability": body.get("probability", 0)}
    return {"id": ref("stages", founding.make(draft, "stages", {**stage, "stageset": pipeline["id"]})["id"])}


def _choice(draft: Draft, body: Row) -> Json:
    """Add a choice to a custom pick-list, named by its entity and its display name."""
    field = custom.by_name(draft, str(body["entity"]), str(body["field"]))
    if field is None or field["kind"] != "enum":
        raise ValueError(f"{body['entity']} has no pick-list {body['field']!r}")
    draft.put("customFields", {**field, "choices": [*field["choices"], str(body["name"])]})
    return {"id": ref("customFields", field["id"])}


_ADDED: dict[str, Callable[[Draft, Row], Json]] = {"stage": _stage, "choice": _choice}
"""What is added to something that is there."""


def _faults(draft: Draft, body: Row) -> Json:
    spec, seed = str(body.get("spec", "")), int(body.get("seed", 0))
    faults.parse(spec, seed)
    started = [draft.settings.faults, draft.settings.seed]
    draft.set("posted faults", {"started": started, "now": [spec, seed]})
    draft.set("struck", [spec, seed, 0])
    return {"spec": spec, "seed": seed}


def _clock(draft: Draft, body: Row) -> Json:
    seconds = float(body["advance"])
    draft.set("advance", float(draft.value("advance")) + seconds)
    return {"now": draft.now + seconds}


_HANDLERS: dict[tuple[str, str], Callable[[Draft, Row], Json]] = {
    ("GET", "/sandbox/requests"): _requests,
    ("GET", "/sandbox/records"): _records,
    ("POST", "/sandbox/edit"): _edit,
    ("POST", "/sandbox/remove"): _remove,
    ("POST", "/sandbox/admin"): _admin,
    ("POST", "/sandbox/faults"): _faults,
    ("POST", "/sandbox/clock"): _clock,
}
