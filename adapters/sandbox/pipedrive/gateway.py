"""The gateway in front of the applications: credentials, burst limit, daily budget, headers (facts 2, 3.3, 4)."""

import hashlib
import math
from itertools import takewhile
from typing import Any

import msgspec

from adapters.protocols import Response
from adapters.sandbox.pipedrive.answers import gateway, html_block
from adapters.sandbox.pipedrive.state import CLOSED_GAP, Draft
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Call

_MULTIPLIER = {"lite": 1, "growth": 2, "premium": 5, "ultimate": 7}
_BURST = {"lite": 20, "growth": 40, "premium": 100, "ultimate": 120}
_OAUTH = 4
"""An OAuth token may send four times as many requests as an API token."""
_SEARCHES = 10
_PATIENCE = 30
"""429 answers in a row after which the block page comes; the real number is not known."""
_BLOCK = 120.0
"""Seconds that the block lasts; the real length is not known ("minutes")."""
_MIDNIGHT = 5 * 3600
"""Seconds after midnight UTC at which the budget is full again: the server's time zone is not named, this is UTC-5."""
_WRITES_A_DAY = 10_000
"""The older counter of writes a day; shown and not enforced."""


def daily_tokens(settings: Settings) -> int:
    """The tokens of a day (facts 4.1)."""
    if settings.daily_budget is not None:
        return settings.daily_budget
    return 30_000 * _MULTIPLIER[settings.plan] * settings.seats


def refusal(draft: Draft, call: Call, cost: int, *, search: bool) -> Response | None:
    """Why the gateway does not let a call with good credentials through, or None; counts what it lets through."""
    settings = draft.settings
    blocked = draft.value("blocked until") or 0.0
    if draft.now < blocked:
        return html_block()
    for window, most in _windows(settings, call, search=search):
        if _recent(draft, window) >= most:
            return _impatient(draft, call, window, most)
    if _spent(draft) + cost > daily_tokens(settings):
        return _exhausted(draft)
    draft.set("refused in a row", 0)
    for window, _ in _windows(settings, call, search=search):
        draft.changes.append(["hit", window, draft.now])
    _spend(draft, cost, write=call.request.method in ("POST", "PUT"))
    return None


def _windows(settings: Settings, call: Call, *, search: bool) -> list[tuple[str, int]]:
    planned = _BURST[settings.plan] * (_OAUTH if call.bearer else 1)
    most = planned if settings.burst is None else settings.burst
    windows = [("all", most)]
    if search:
        windows.append(("search", min(_SEARCHES, most)))
    return windows


def _recent(draft: Draft, window: str) -> int:
    times = draft.state.windows.get(window, ())
    edge = draft.now - CLOSED_GAP
    return len(times) - sum(1 for _ in takewhile(lambda time: time <= edge, times))


def _impatient(draft: Draft, call: Call, window: str, most: int) -> Response:
    refused = int(draft.value("refused in a row") or 0) + 1
    draft.set("refused in a row", refused)
    if refused > _PATIENCE and not call.bearer:
        draft.set("blocked until", draft.now + _BLOCK)
        draft.set("refused in a row", 0)
        return html_block()
    seconds = _burst_reset(draft, window)
    headers = {"x-ratelimit-limit": str(most), "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(seconds)}
    return msgspec.structs.replace(gateway(429, "request over limit"), headers=headers)


def _burst_reset(draft: Draft, window: str) -> int:
    times = draft.state.windows.get(window)
    left = CLOSED_GAP if not times else times[0] + CLOSED_GAP - draft.now
    return _real_seconds(draft, max(left, 0.0))


def _exhausted(draft: Draft) -> Response:
    answer = gateway(429, "daily request budget exceeded")
    seconds = (_day(draft) + 1) * 86_400 + _MIDNIGHT - draft.now
    headers = {"retry-after": str(_real_seconds(draft, seconds)), **_budget_headers(draft)}
    return msgspec.structs.replace(answer, headers=headers)


def _real_seconds(draft: Draft, virtual: float) -> int:
    """Whole seconds of the client's own clock, at least one."""
    return max(1, math.ceil(virtual / draft.settings.clock_rate))


def _day(draft: Draft) -> int:
    return int((draft.now - _MIDNIGHT) // 86_400)


def _budget(draft: Draft) -> dict[str, Any]:
    budget = draft.value("budget")
    if budget is None or budget["day"] != _day(draft):
        return {"day": _day(draft), "spent": 0, "writes": 0}
    return dict(budget)


def _spent(draft: Draft) -> int:
    return int(_budget(draft)["spent"])


def _spend(draft: Draft, cost: int, *, write: bool) -> None:
    budget = _budget(draft)
    budget["spent"] += cost
    budget["writes"] += int(write)
    draft.set("budget", budget)
    draft.set("tokens", int(draft.value("tokens") or 0) + cost)


def _budget_headers(draft: Draft) -> dict[str, str]:
    total = daily_tokens(draft.settings)
    return {
        "x-daily-ratelimit-token-limit": str(total),
        "x-daily-ratelimit-token-remaining": str(max(0, total - _spent(draft))),
    }


def headers(draft: Draft, call: Call, number: int) -> dict[str, str]:
    """The headers of an answer that passed the gateway."""
    ((_, most), *_rest) = _windows(draft.settings, call, search=False)
    left = max(0, most - _recent(draft, "all") - 1)
    seed = f"{draft.state.meta['seed']}:request:{number}"
    out = {
        "x-correlation-id": hashlib.sha256(seed.encode()).hexdigest()[:32],
        "x-ratelimit-limit": str(most),
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-reset": str(_real_seconds(draft, CLOSED_GAP)),
        **_budget_headers(draft),
    }
    if call.request.method in ("POST", "PUT") and not call.bearer:
        out["x-daily-requests-left"] = str(max(0, _WRITES_A_DAY - _budget(draft)["writes"]))
    return out
