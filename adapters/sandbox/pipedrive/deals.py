"""What v2 deals do beyond plain fields: stage and pipeline, won and lost, archive, the plan's cap (facts 7.3, 12)."""

from adapters.sandbox.pipedrive.answers import bad_request, invalid, v2_error
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.worth import deal_value

_PER_SEAT = {"lite": 2_500, "growth": 5_000, "premium": 15_000, "ultimate": 20_000}
_MOST = 300_000
_CLOSING = {
    "won_time": (("won",), "Can only be set if deal status is won."),
    "lost_time": (("lost",), "Can only be set if deal status is lost."),
    "lost_reason": (("lost",), "Can only be set if deal status is lost."),
    "close_time": (("won", "lost"), "Can only be set if deal status is won or lost."),
}


def settle(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """Stage, value, status, times and archive in step. Raises the v2 refusals."""
    if given.get("is_deleted"):
        raise bad_request("'is_deleted' cannot be set. Use DELETE to delete a deal.")
    row = row | {"is_deleted": False}
    if old is None:
        row |= {"creator_user_id": draft.user, "currency": row["currency"] or draft.settings.currency}
        row |= {"status": row["status"] or "open", "_first_won": None}
    if row["status"] == "open" and (old is None or old["status"] != "open") and full(draft):
        raise v2_error(403, f"Couldn't add the deal. {FULL}", FULL_CODE)
    row["value"] = row["value"] or 0
    if old is not None and draft.parts("lines", row["id"]):
        row["value"] = deal_value(draft, row)  # a value that is sent is passed over: the lines make it
    row = _closed(draft, old, _staged(draft, old, row, given), given)
    row = _archived(draft, old, row, given)
    _accompanied(draft, row, given)
    return row


def _accompanied(draft: Draft, row: Row, given: Row) -> None:
    """The deal's own person counts as a participant."""
    person = given.get("person_id")
    if person is not None and person not in draft.state.people.get(row["id"], ()):
        join(draft, row["id"], person)


def join(draft: Draft, deal: int, person: int) -> Row:
    """A person becomes a participant of a deal."""
    key = draft.next("participants")
    row = {"id": key, "deal_id": deal, "person_id": person, "added_by": draft.user, "add_time": draft.at}
    return draft.put("participants", key, row)


FULL, FULL_CODE = "Open deals limit reached.", "feature_capping_deals_limit"
"""The words and the code of the plan's 403."""


def full(draft: Draft) -> bool:
    """Whether the company holds all the leads and open deals that its plan and seats allow (facts 12)."""
    cap = min(_MOST, _PER_SEAT[draft.settings.plan] * draft.settings.seats)
    return draft.state.busy.get("deals", 0) + draft.state.busy.get("leads", 0) >= cap


def _staged(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    if "stage_id" in given:
        stage = draft.live("stages", given["stage_id"])
    elif old is None or ("pipeline_id" in given and given["pipeline_id"] != old["pipeline_id"]):
        stage = _first_stage(draft, row["pipeline_id"])
    else:
        return row
    if stage is None:
        raise bad_request("The deal's pipeline has no stage that it could stand in.")
    changed = old is None or old["stage_id"] != stage["id"]
    row = row | {"stage_id": stage["id"], "pipeline_id": stage["pipeline_id"]}
    return row | {"stage_change_time": draft.at} if changed else row


def _first_stage(draft: Draft, pipeline: int | None) -> Row | None:
    if pipeline is None:
        pipeline = min(draft.rows("pipelines"), key=lambda p: (p["order_nr"], p["id"]))["id"]
    stages = [s for s in draft.rows("stages") if s["pipeline_id"] == pipeline]
    return min(stages, key=lambda s: (s["order_nr"], s["id"]), default=None)


def _closed(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    status = row["status"]
    for key, (allowed, message) in _CLOSING.items():
        if given.get(key) is not None and status not in allowed:
            raise invalid([(key, message)])
    if old is None or old["status"] != status:
        row = row | {key: given.get(key) for key in _CLOSING}
        if status != "open":
            own = f"{status}_time"
            row[own] = row[own] or row["close_time"] or draft.at
    if status == "open":
        row = row | dict.fromkeys(_CLOSING)
    else:
        row["close_time"] = given.get("close_time") or row[f"{status}_time"]
    if status == "won" and row["_first_won"] is None:
        row["_first_won"] = row["won_time"]
    local = {"won": row["won_time"], "lost": row["lost_time"], "close": row["close_time"]}
    return row | {f"local_{name}_date": time and time[:10] for name, time in local.items()}


def _archived(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    if given.get("archive_time") is not None and not row["is_archived"]:
        raise invalid([("archive_time", "Can only be set if the deal is archived.")])
    if not row["is_archived"]:
        return row | {"archive_time": None}
    if given.get("archive_time") is None:
        before = old["archive_time"] if old else None
        row = row | {"archive_time": before or draft.at}
    return row


def shown(draft: Draft, row: Row, out: Row) -> Row:
    """A deal as answers show it: deleted ones say so, the probability only where the pipeline has it."""
    if row["is_deleted"]:
        out["status"] = "deleted"
    pipeline = draft.get("pipelines", row["pipeline_id"])
    if pipeline is None or not pipeline["is_deal_probability_enabled"]:
        out["probability"] = None
    return out
