"""Conversion of leads into deals and back, v2: a job that is asked for, runs, and can be looked up (facts 7.4).

A job is carried out as soon as the account is spoken to after its time has come: nothing in here runs by itself.
"""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import events, leads, records
from adapters.sandbox.pipedrive.answers import RefusedError, Reply, ok
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.entities import DEALS
from adapters.sandbox.pipedrive.state import Draft, Row, State
from adapters.sandbox.pipedrive.values import Spec
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Change

_KEPT = 3 * 86_400
"""Seconds for which the outcome of a job can be looked up: "a few days"."""
_TABLES = {"lead": "leads", "deal": "deals"}
_TARGET = {"stage_id": Spec(kind="integer", ref="stages"), "pipeline_id": Spec(kind="integer", ref="pipelines")}
_CHILDREN = ("notes", "files", "activities")
"""What goes along with its lead or deal; mails and the like are not in this sandbox."""


def _missing() -> RefusedError:
    body: dict[str, Any] = {"success": False, "error": "Entity was not found", "error_info": "Object was not found."}
    return RefusedError(Reply(404, body | {"data": None, "additional_data": None}))


def _ask(draft: Draft, noun: str, key: int | str, target: Row) -> Reply:
    if draft.live(_TABLES[noun], key) is None:
        raise _missing()
    job = draft.uuid()
    row: Row = {"id": job, "from": noun, "source": key, "target": target, "asked": draft.now, "status": "not_started"}
    draft.put("conversions", job, row | {"due": draft.now + draft.settings.conversion_seconds, "made": None})
    return ok({"conversion_id": job}, additional_data=None)


def lead_to_deal(draft: Draft, key: str, body: Json) -> Reply:
    """POST /leads/{id}/convert/deal: the id of the job. A stage decides the pipeline."""
    return _ask(draft, "lead", key, taken(draft, _TARGET, {} if body is None else body, creating=True))


def deal_to_lead(draft: Draft, key: int) -> Reply:
    """POST /deals/{id}/convert/lead: the id of the job."""
    return _ask(draft, "deal", key, {})


def status(draft: Draft, noun: str, key: int | str, job: str) -> Reply:
    """GET /{leads|deals}/{id}/convert/status/{job}: how far it is, and what it made."""
    row = draft.get("conversions", job)
    if row is None or row["from"] != noun or row["source"] != key or draft.now > row["due"] + _KEPT:
        raise _missing()
    out: Row = {"conversion_id": job, "status": row["status"]}
    if row["status"] == "not_started" and draft.now >= (row["asked"] + row["due"]) / 2:
        out["status"] = "running"
    if row["status"] == "completed":
        out["deal_id" if noun == "lead" else "lead_id"] = row["made"]
    return ok(out, additional_data=None)


def due(state: State, settings: Settings, now: float) -> list[Change]:
    """What the jobs change whose time has come."""
    jobs = [row for row in state.rows("conversions").values() if row["status"] == "not_started" and now >= row["due"]]
    changes: list[Change] = []
    for job in sorted(jobs, key=lambda row: (row["due"], row["id"])):
        before = state.after(changes)
        done = _carried_out(before, settings, job)
        telling = Draft(before.after(done), settings, job["due"], settings.users[0].id)
        events.queue(telling, done, job["id"], before)
        changes += done + telling.changes
    return changes


def _carried_out(state: State, settings: Settings, job: Row) -> list[Change]:
    """The source goes before the target comes, so that a full account can convert too."""
    first = Draft(state, settings, job["due"], settings.users[0].id)
    table = _TABLES[job["from"]]
    source = first.live(table, job["source"])
    if source is None:
        return _ended(first, job, "failed", None)
    if job["from"] == "deal" and source["person_id"] is None and source["org_id"] is None:
        return _ended(first, job, "rejected", None)  # a lead needs a person or an organization
    first.put(table, source["id"], source | {"is_deleted": True, "_deleted": first.now, "update_time": first.at})
    second = Draft(state.after(first.changes), settings, job["due"], settings.users[0].id)
    try:
        made = _MAKERS[job["from"]](second, source, job["target"])
    except RefusedError:
        return _ended(Draft(state, settings, job["due"], settings.users[0].id), job, "failed", None)
    _move(second, job, made)
    return first.changes + _ended(second, job, "completed", made)


def _ended(draft: Draft, job: Row, outcome: str, made: int | str | None) -> list[Change]:
    draft.put("conversions", job["id"], job | {"status": outcome, "made": made})
    return draft.changes


def _move(draft: Draft, job: Row, made: int | str) -> None:
    old, new = ("lead_id", "deal_id") if job["from"] == "lead" else ("deal_id", "lead_id")
    for table in _CHILDREN:
        for row in draft.rows(table):
            if row[old] == job["source"]:
                draft.put(table, row["id"], row | {old: None, new: made, "update_time": draft.at})


def _deal(draft: Draft, lead: Row, target: Row) -> int:
    body: Row = {"title": lead["title"], "owner_id": lead["owner_id"], "visible_to": int(lead["visible_to"])}
    body |= {"person_id": lead["person_id"], "org_id": lead["organization_id"]}
    if lead["value"] is not None:
        body |= {"value": lead["value"]["amount"], "currency": lead["value"]["currency"]}
    if lead["expected_close_date"] is not None:
        body["expected_close_date"] = lead["expected_close_date"]
    body |= {"stage_id": target["stage_id"]} if "stage_id" in target else target
    key = int(records.create(draft, DEALS, body).body["data"]["id"])
    row = draft.get("deals", key) or {}
    inherited = {name: lead[name] for name in ("origin", "origin_id", "channel", "channel_id")}
    draft.put("deals", key, row | inherited | {"source_lead_id": lead["id"], "custom_fields": lead["custom_fields"]})
    return key


def _lead(draft: Draft, deal: Row, _target: Row) -> str:
    body: Row = {"title": deal["title"][:255], "owner_id": deal["owner_id"], "visible_to": str(deal["visible_to"])}
    body |= {"person_id": deal["person_id"], "organization_id": deal["org_id"]}
    body |= {"value": {"amount": deal["value"], "currency": deal["currency"]}}
    if deal["expected_close_date"] not in (None, "0000-00-00"):
        body["expected_close_date"] = deal["expected_close_date"]
    key = str(leads.create(draft, body).body["data"]["id"])
    row = draft.get("leads", key) or {}
    draft.put("leads", key, row | {"custom_fields": deal["custom_fields"], "source_deal_id": deal["id"]})
    return key


_MAKERS: dict[str, Callable[[Draft, Row, Row], int | str]] = {"lead": _deal, "deal": _lead}
