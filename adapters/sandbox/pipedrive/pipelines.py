"""Pipelines and their stages (facts 7.5)."""

from adapters.sandbox.pipedrive.answers import bad_request
from adapters.sandbox.pipedrive.state import Draft, Row

DEFAULT_STAGES = ("Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started")
"""The stages of a fresh account's pipeline."""


def settle_pipeline(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """A new pipeline goes last; whether it comes with stages is a setting, for it is not documented."""
    del given
    if old is not None:
        return row
    if draft.settings.pipeline_comes_with_stages:
        add_stages(draft, row["id"])
    return row | {"order_nr": 1 + max((p["order_nr"] for p in draft.rows("pipelines")), default=0)}


def settle_stage(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """A new stage, and one that changes its pipeline, goes last in its pipeline."""
    del given
    if old is None and row["deal_probability"] is None:
        row = row | {"deal_probability": 100}
    if old is not None and old["pipeline_id"] == row["pipeline_id"]:
        return row
    order = [s["order_nr"] for s in draft.rows("stages") if s["pipeline_id"] == row["pipeline_id"]]
    return row | {"order_nr": 1 + max(order, default=0)}


def add_stages(draft: Draft, pipeline: int) -> None:
    """The default stages in a pipeline."""
    for order, name in enumerate(DEFAULT_STAGES, 1):
        key = draft.next("stages")
        row = {"id": key, "name": name, "pipeline_id": pipeline, "order_nr": order, "deal_probability": 100}
        row |= {"is_deal_rot_enabled": False, "days_to_rotten": None}
        row |= {"add_time": draft.at, "update_time": draft.at, "is_deleted": False}
        draft.put("stages", key, row)


def refuse_while_used(draft: Draft, table: str, key: int) -> None:
    """Raise a refusal while deals stand in the pipeline or stage: what else would happen is not documented."""
    column = "pipeline_id" if table == "pipelines" else "stage_id"
    if any(deal[column] == key for deal in draft.rows("deals")):
        raise bad_request(f"The {table[:-1]} holds deals. Move or delete them first.")
