"""Leads: number, stage, status and value (facts 7 and 9)."""

from adapters.protocols import Json
from adapters.sandbox.nutshell import events, records
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.settings import OPEN_LEADS
from adapters.sandbox.nutshell.state import Draft, Row, ref

STATUSES = {0: "open", 1: "pending", 10: "won", 11: "lost", 12: "cancelled"}
"""JSON-RPC's numbers and REST's words; of the words only "open" was recorded."""


def create(draft: Draft, values: Row) -> Row:
    """A new lead with its defaults: the next number, the first market, the first stage of its pipeline. RefusedError.

    A "closed" that is not None comes with a status that closes it.
    """
    values = dict(values)
    stages(draft, values, None)
    if values.get("market") is None:
        values["market"] = draft.rows("markets")[0]["id"]
    if values.get("status", 0) in (0, 1):
        room(draft)
    values["number"] = draft.next("number", step=1)
    return records.create(draft, "leads", values)


def room(draft: Draft) -> None:
    """Raise RefusedError when the plan allows no further open lead (the error was never captured)."""
    cap = OPEN_LEADS.get(draft.settings.plan)
    if cap is not None and draft.state.open_leads >= cap:
        raise RefusedError("Open lead limit reached", f"your plan allows {cap} open leads")


def stages(draft: Draft, values: Row, lead: Row | None) -> None:
    """Complete pipeline and stage in `values`: a stage brings its pipeline, a pipeline its first stage.

    Raises RefusedError.
    """
    stage, pipeline = values.get("stage"), values.get("stageset")
    if stage is not None:
        row = draft.live("stages", stage)
        if row is None:
            raise RefusedError("Invalid stage", f"there is no stage {stage}")
        if pipeline is not None and row["stageset"] != pipeline:
            raise RefusedError("Invalid stage", f"stage {stage} is not one of pipeline {pipeline}")
        values["stageset"] = row["stageset"]
        return
    if pipeline is None and lead is not None:
        return
    if pipeline is None:
        pipeline = next(row["id"] for row in draft.rows("stagesets") if row["default"])
    if draft.live("stagesets", pipeline) is None:
        raise RefusedError("Invalid pipeline", f"there is no pipeline {pipeline}")
    values |= {"stageset": pipeline, "stage": stages_of(draft, pipeline)[0]["id"]}


def stages_of(draft: Draft, pipeline: int) -> list[Row]:
    """The stages of a pipeline in order."""
    rows = [row for row in draft.rows("stages") if row["stageset"] == pipeline]
    return sorted(rows, key=lambda row: int(row["position"]))


def update(draft: Draft, lead: Row, values: Row) -> Row:
    """Change a lead; a new stage is an event of its own. Raises RefusedError."""
    values = dict(values)
    stages(draft, values, lead)
    reopens = values.get("status") in (0, 1) and lead["status"] not in (0, 1)
    if reopens:
        room(draft)
    new = records.update(draft, "leads", lead, values)
    if new["stage"] != lead["stage"]:
        shown = [stage_shown(draft, lead["stage"]), stage_shown(draft, new["stage"])]
        events.record(draft, "stagechange", "leads", new, [events.change("stage", *shown)])
    return new


def stage_shown(draft: Draft, key: int | None) -> Json:
    """A stage as an event names it."""
    row = None if key is None else draft.get("stages", key)
    if row is None:
        return None
    return {"id": ref("stages", row["id"]), "type": "stages", "name": row["name"], "position": row["position"]}


def status_values(draft: Draft, lead: Row | None, status: int, outcome: int | None) -> Row:
    """What a status changes: closing sets the time, opening takes outcome and time away. Raises RefusedError."""
    if status not in STATUSES:
        raise RefusedError("Invalid status", f"status is one of {', '.join(map(str, STATUSES))}")
    if status in (0, 1):
        return {"status": status, "outcome": None, "closed": None}
    row = None if outcome is None else draft.live("outcomes", outcome)
    if outcome is not None and (row is None or row["type"] != status):
        raise RefusedError("Invalid outcome", f"outcome {outcome} is none of status {status}")
    closed = lead["closed"] if lead is not None and lead["status"] == status else draft.now
    return {"status": status, "outcome": outcome, "closed": closed}


def closed_by(draft: Draft, outcome: int) -> Row:
    """What closing a lead with an outcome changes. Raises RefusedError."""
    row = draft.live("outcomes", outcome)
    if row is None:
        raise RefusedError("Invalid outcome", f"there is no outcome {outcome}")
    return {"status": row["type"], "outcome": outcome, "closed": draft.now}


def add_product(draft: Draft, lead: Row, values: Row) -> Row:
    """A product on a lead: {"product", "relationship", "quantity", "price": {"currency", "amount"} or None}."""
    product = draft.live("products", values["product"])
    if product is None:
        raise RefusedError("Invalid product", f"there is no product {values['product']}")
    market = draft.get("markets", lead["market"]) or {}
    quantity, relation = values.get("quantity", 1), values.get("relationship")
    if isinstance(quantity, bool) or not isinstance(quantity, int | float) or quantity < 0:
        raise RefusedError("Invalid quantity", f"{quantity!r} is no quantity")
    if relation is not None and not isinstance(relation, str):
        raise RefusedError("Invalid relationship", f"{relation!r} is no text")
    price = values.get("price") or product["prices"].get(str(lead["market"]))
    row = {"id": draft.next("productMaps"), "rev": 0, "deleted": None, "lead": lead["id"], "product": product["id"]}
    row |= {"relationship": relation, "quantity": quantity}
    row["price"] = price or {"currency": market.get("currency", draft.settings.currency), "amount": 0}
    return draft.put("productMaps", row)


def add_competitor(draft: Draft, lead: Row, competitor: int, relationship: str | None = None) -> Row:
    """A competitor on a lead."""
    if draft.live("competitors", competitor) is None:
        raise RefusedError("Invalid competitor", f"there is no competitor {competitor}")
    row = {"id": draft.next("competitorMaps"), "rev": 0, "deleted": None, "lead": lead["id"], "competitor": competitor}
    return draft.put("competitorMaps", {**row, "relationship": relationship, "status": "potential"})


def maps(draft: Draft, table: str, lead: Row) -> list[Row]:
    """The products ("productMaps") or competitors ("competitorMaps") of a lead."""
    return draft.pointing(ref("leads", lead["id"]), table)


def value(draft: Draft, lead: Row) -> Json:
    """What a lead is worth, {"currency", "amount"}: set by hand, or the sum of its products; None for neither."""
    market = draft.get("markets", lead["market"]) or {}
    currency = market.get("currency", draft.settings.currency)
    if lead["manual"] is not None:
        return {"currency": currency, "amount": lead["manual"]}
    products = maps(draft, "productMaps", lead)
    if not products:
        return None
    return {"currency": products[0]["price"]["currency"], "amount": sum(_total(row) for row in products)}


def _total(row: Row) -> float:
    return float(row["price"]["amount"]) * float(row["quantity"])


def completion(draft: Draft, lead: Row) -> int:
    """How far a lead is, in percent of the stages of its pipeline."""
    if lead["status"] not in (0, 1):
        return 100
    steps = stages_of(draft, lead["stageset"])
    position = next((n for n, row in enumerate(steps) if row["id"] == lead["stage"]), 0)
    return round(100 * position / max(1, len(steps)))
