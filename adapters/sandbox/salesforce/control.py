"""The control address `/sandbox/...`: for tests and people, unauthenticated, outside the API."""

from collections.abc import Callable
from pathlib import Path

from adapters.protocols import Json, Response
from adapters.sandbox import faults
from adapters.sandbox.salesforce import folder, ids, times
from adapters.sandbox.salesforce.errors import FAULTS
from adapters.sandbox.salesforce.settings import SalesforceSettings
from adapters.sandbox.salesforce.state import HOUR, Draft, Row, State
from adapters.sandbox.world import Outcome


def answer(state: State, settings: SalesforceSettings, method: str, path: str, body: Json, now: float) -> Outcome:
    """The answer of the control address; nothing here counts as a call."""
    draft = Draft(state, settings, now, "")
    handler = _HANDLERS.get((method, path))
    if handler is None:
        known = ", ".join(f"{m} {p}" for m, p in _HANDLERS)
        return _outcome(draft, 404, {"error": f"there is no {method} {path}; there are {known}"})
    try:
        out = handler(draft, body if isinstance(body, dict) else {})
    except (KeyError, TypeError, ValueError) as error:
        return _outcome(draft, 400, {"error": f"{type(error).__name__}: {error}"})
    return _outcome(draft, 200, out)


def _outcome(draft: Draft, status: int, body: Json) -> Outcome:
    return Outcome(changes=draft.made if status < 400 else [], response=Response(status=status, body=body))


def _requests(draft: Draft, _body: Row) -> Json:
    """Counts of calls; "writes" are attempts, all of them refused; "doubts" lean on what the facts do not settle."""
    return {
        "requests": dict(sorted(draft.state.counts.items())),
        "total": draft.value("calls") or 0,
        "tokens": draft.state.used(draft.now),
        "writes": draft.value("writes") or 0,
        "faults": draft.value("faults") or 0,
        "doubts": dict(sorted(draft.state.doubts.items())),
    }


def _records(draft: Draft, _body: Row) -> Json:
    """Every record, deleted and archived ones included, by object."""
    return {name: list(rows.values()) for name, rows in sorted(draft.state.rows.items())}


def _org(draft: Draft, body: Row) -> Json:
    """Make the org what another folder holds: {"path", "at"}. The folder lies beside the first one, or below it.

    at: the time that it is then, by default an hour after the newest stamp in the folder; the clock never goes back.
    """
    first = Path(str(draft.value("org")))
    path = (first / str(body["path"])).resolve()
    if first.parent not in path.parents:
        raise ValueError(f"{path} does not lie below {first.parent}")
    draft.made += folder.changes(draft.state, path)
    at = times.seconds(str(body["at"])) if "at" in body else folder.newest(path) + HOUR
    ahead = max(0.0, at - draft.now)
    draft.set("advance", float(draft.value("advance")) + ahead)
    return {"org": str(path), "now": times.rest(draft.now + ahead)}


def _edit(draft: Draft, body: Row) -> Json:
    """Change or make a record: {"object", "id", "fields", "by"}.

    by: "user" moves both stamps, "process" only SystemModstamp, "formula" none.
    """
    name, key = str(body["object"]), str(body["id"])
    if ids.exact(key) != key:
        raise ValueError(f"{key} is no id of 18 characters")
    stamps = {"user": ("SystemModstamp", "LastModifiedDate"), "process": ("SystemModstamp",), "formula": ()}
    now = times.rest(draft.now)
    old = draft.state.rows.get(name, {}).get(key) or {"Id": key, "IsDeleted": False, "CreatedDate": now}
    row = {**old, **dict.fromkeys(stamps[str(body.get("by", "user"))], now), **body["fields"]}
    draft.row(name, key, row)
    return row


def _remove(draft: Draft, body: Row) -> Json:
    """Delete a record: {"object", "id", "hard"}. hard: past the recycle bin."""
    name, key = str(body["object"]), str(body["id"])
    old = draft.state.rows[name][key]
    if body.get("hard"):
        draft.row(name, key, None)
        draft.put("gone", key, {"object": name, "at": draft.now})
    else:
        draft.row(name, key, {**old, "IsDeleted": True, "SystemModstamp": times.rest(draft.now)})
    return {"removed": key}


def _hide(draft: Draft, body: Row) -> Json:
    """Take objects, and fields as "Contact.Phone", from the reading user's sight: {"names"}."""
    names = [str(name) for name in body["names"]]
    draft.set("hidden", names)
    return {"hidden": names}


def _sessions(draft: Draft, _body: Row) -> Json:
    """End every session that a login opened."""
    for token in draft.table("sessions"):
        draft.put("sessions", token, None)
    return {"ended": len(draft.table("sessions"))}


def _faults(draft: Draft, body: Row) -> Json:
    spec, seed = str(body.get("spec", "")), int(body.get("seed", 0))
    faults.parse(spec, seed, FAULTS)
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
    ("POST", "/sandbox/org"): _org,
    ("POST", "/sandbox/edit"): _edit,
    ("POST", "/sandbox/remove"): _remove,
    ("POST", "/sandbox/hide"): _hide,
    ("POST", "/sandbox/sessions"): _sessions,
    ("POST", "/sandbox/faults"): _faults,
    ("POST", "/sandbox/clock"): _clock,
}
