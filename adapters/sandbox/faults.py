"""Faults from a seed: what goes wrong, and at which request, is decided by the request's number alone."""

import random
from typing import Literal

import msgspec

FaultKind = Literal[
    "lost", "cut", "429", "500-before", "500-after", "503", "slow", "html403", "null",
    "406", "420", "busy", "timeout", "short",
]  # fmt: skip

_RATES = ("lost", "cut", "429", "500", "503", "slow", "html403", "null")
_UNSAFE_ONLY = {"lost"}
_READS_ONLY = {"null"}


class FaultError(ValueError):
    """The fault specification cannot be read; the message names the part."""


class ConnectionCutError(ConnectionError):
    """The connection closed without an answer (`lost`: after the request was applied; `cut`: before)."""


class Plan(msgspec.Struct, frozen=True):
    """Which faults strike how often.

    `rates`: probability by name. `after`: the first so many requests are spared. `limit`: at most so many faults.
    """

    rates: dict[str, float]
    seed: int = 0
    after: int = 0
    limit: int | None = None


class Fault(msgspec.Struct, frozen=True):
    """One fault; `seconds` is the delay of a slow answer."""

    kind: FaultKind
    seconds: float = 0.0


def parse(spec: str, seed: int = 0, more: tuple[str, ...] = ()) -> Plan:
    """Read `lost=0.02,429=0.05,after=100,limit=3`. Raises FaultError for an unknown name or a rate outside 0..1.

    more: the faults that this API has beside those that all have.
    """
    rates: dict[str, float] = {}
    bounds: dict[str, int] = {}
    for part in filter(None, (p.strip() for p in spec.split(","))):
        name, _, value = part.partition("=")
        try:
            if name in ("after", "limit"):
                bounds[name] = int(value)
                continue
            rate = float(value)
        except ValueError:
            raise FaultError(f"fault {part!r}: {value!r} is not a number; write for example lost=0.02") from None
        if name not in _RATES + more:
            known = ", ".join((*_RATES, *more))
            raise FaultError(f"fault {part!r}: there is no fault {name!r}; there are {known}, after, limit")
        if not 0 <= rate <= 1:
            raise FaultError(f"fault {part!r}: a rate lies between 0 and 1")
        rates[name] = rate
    if sum(rates.values()) > 1:
        raise FaultError(f"faults {spec!r}: the rates add up to more than 1")
    return Plan(rates, seed, bounds.get("after", 0), bounds.get("limit"))


def decide(plan: Plan, number: int, done: int, *, unsafe: bool) -> Fault | None:
    """The fault that strikes request `number` (1, 2, ...), `done` faults having struck before; None for most."""
    if not plan.rates or number <= plan.after or (plan.limit is not None and done >= plan.limit):
        return None
    dice = random.Random(f"{plan.seed}:{number}")  # noqa: S311  reproducible on purpose
    draw = dice.random()
    for name, rate in plan.rates.items():
        if draw < rate:
            if name in (_READS_ONLY if unsafe else _UNSAFE_ONLY):
                return None
            return _fault(name, dice, unsafe=unsafe)
        draw -= rate
    return None


def _fault(name: str, dice: random.Random, *, unsafe: bool) -> Fault:
    if name == "slow":
        return Fault("slow", round(0.2 + 0.3 * dice.random(), 3))
    if name == "500":
        return Fault("500-after" if unsafe and dice.random() < 0.5 else "500-before")
    return Fault(msgspec.convert(name, FaultKind))
