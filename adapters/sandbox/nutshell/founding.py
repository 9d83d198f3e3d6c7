"""A fresh account: its people, one pipeline, outcomes, markets and the other lists, no custom field, no record."""

import hashlib
from typing import Any

from adapters.sandbox.nutshell.settings import NutshellSettings
from adapters.sandbox.nutshell.state import STEP, Draft, Row, State
from adapters.sandbox.world import Change

STAGES = (("Qualifying", 10), ("Presenting", 30), ("Proposing", 50), ("Negotiating", 70), ("Contracting", 90))
"""The stages of the default pipeline, with the chance to win in percent."""

_LISTS: dict[str, tuple[Row, ...]] = {
    "activityTypes": ({"name": "Phone Call"}, {"name": "Meeting"}, {"name": "Virtual Meeting"}),
    "accountTypes": (
        {"name": "Standard Account"}, {"name": "Partner"}, {"name": "Vendor"},
    ),
    "industries": ({"name": "Accounting"}, {"name": "Construction"}, {"name": "Manufacturing"}, {"name": "Software"}),
    "outcomes": (
        {"name": "Won", "type": 10}, {"name": "Lost to a competitor", "type": 11},
        {"name": "Lost on price", "type": 11}, {"name": "Cancelled", "type": 12},
    ),
    "sources": ({"name": "Phone", "channel": 0}, {"name": "Email", "channel": 5}, {"name": "Web", "channel": 1}),
    "competitors": ({"name": "Southwest Supply"},),
    "territories": ({"name": "Everywhere"},),
    "teams": (),
    "products": (),
}  # fmt: skip
RECORDS = (
    "accounts", "contacts", "leads", "notes", "activities", "tasks", "tags", "productMaps", "competitorMaps", "events",
    "customFields", "emAudiences", "productCategories",
)  # fmt: skip
"""The tables that start empty."""

_NAMES = {"USD": "U.S.", "EUR": "Euro", "GBP": "United Kingdom", "CAD": "Canada"}
_FIRST_LEAD = 1003


def found(settings: NutshellSettings, seed: str, now: float) -> list[Change]:
    """The changes that make a fresh account, `seed` being what its ids are drawn from."""
    state = State(settings.lag)
    head: list[Change] = [["set", "seed", seed], ["set", "born", now], ["set", "advance", 0.0]]
    head.append(["set", "instance", str(300_000 + _draw(seed, "instance", 99_999))])
    state.apply(head)
    draft = Draft(state, settings, now, "1-users")
    for table in (*_LISTS, *RECORDS, "markets", "stagesets", "stages", "origins"):
        draft.set(f"next {table}", 3 + _draw(seed, table, 40))
    draft.set("next leads", _FIRST_LEAD + STEP * _draw(seed, "leads", 5))
    draft.set("next number", 1000)
    people: dict[str, Any] = {"rev": 1, "created": now, "modified": now, "deleted": None}
    for person in settings.users:
        draft.put(
            "users", {"id": person.id, "name": person.name, "email": person.email, "active": person.active} | people
        )
    draft.put("origins", {"id": draft.next("origins"), "name": "Migration key"} | people)
    for table, rows in _LISTS.items():
        for row in rows:
            make(draft, table, row)
    for code in dict.fromkeys((settings.currency, "USD", "EUR")):
        market = {"name": _NAMES.get(code, code), "currency": code, "default": code == settings.currency}
        make(draft, "markets", market)
    add_pipeline(draft, "Sales", STAGES)
    return head + draft.changes


def make(draft: Draft, table: str, row: Row) -> Row:
    """A row of one of the lists."""
    made = {"id": draft.next(table), "rev": 0, "created": draft.now, "modified": draft.now, "deleted": None}
    return draft.put(table, {**_PLAIN.get(table, {}), **row, **made})


_PLAIN: dict[str, Row] = {"products": {"prices": {}}, "sources": {"channel": 0}}


def add_pipeline(draft: Draft, name: str, stages: Any) -> Row:
    """A pipeline with its stages, (name, chance to win in percent) each."""
    pipeline = make(draft, "stagesets", {"name": name, "default": not draft.rows("stagesets")})
    for position, (label, probability) in enumerate(stages, 1):
        make(
            draft,
            "stages",
            {"name": label, "position": position, "probability": probability, "stageset": pipeline["id"]},
        )
    return pipeline


def _draw(seed: str, purpose: str, below: int) -> int:
    """A number under `below` that differs from account to account."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{purpose}".encode()).digest()[:4], "big") % below
