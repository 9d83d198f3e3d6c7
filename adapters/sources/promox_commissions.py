"""What a commission record of PromoXcrm says of its amount: worked out again, told where it differs, never mended."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from adapters.protocols import Json
from adapters.sources.cells import text
from adapters.sources.rest.converting import hundredths
from adapters.sources.rest.table import Learned, Remark

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


def check(row: dict[str, Json], _learned: Learned) -> Iterator[Remark]:
    """What a person should look at in a commission."""
    amount, base = _number(hundredths(row.get("amount_cents"))), _number(row.get("base_amount"))
    if amount is not None and amount < 0:
        yield "negative-amount", f"The amount is negative ({amount}), as of a clawback; it is kept so."
    shares = [_number(split.get("share")) for split in _list(row.get("splits"))]
    if shares and (None in shares or sum(s for s in shares if s is not None) != _HUNDRED):
        total = sum((s for s in shares if s is not None), Decimal(0))
        yield "shares-differ", f"The shares add up to {total}, not to 100; they are kept as they are."
    worked = tiered(row) if _list(row.get("tiers")) else None
    if worked is not None and amount is not None and abs(worked - amount) > _CENT:
        yield "amount-differs", f"The tiers come to {worked}, the record says {amount}; the record's amount is kept."
    rate = _number(row.get("rate"))
    if rate is None or base is None or amount is None:
        return
    if 0 < rate < 1:
        proven = percent(row)
        how = f"{base} x {proven} % is the amount" if proven else "nothing proves whether it is a share or a percentage"
        yield ("rate-is-share" if proven else "rate-unproven"), f"The rate {rate} stands beside rates such as 5: {how}."
    elif abs(base * rate / _HUNDRED - amount) > _CENT:
        yield "amount-differs", f"{base} x {rate} % is {_cents(base * rate / _HUNDRED)}, the record says {amount}."


def percent(row: dict[str, Json], _learned: Learned | None = None) -> str:
    """The rate in per cent. A rate below 1 is 100 times that only where base and amount prove it; else nothing."""
    rate, base = _number(row.get("rate")), _number(row.get("base_amount"))
    amount = _number(hundredths(row.get("amount_cents")))
    if rate is None or rate >= 1 or rate <= 0:
        return "" if rate is None else _plain(rate)
    if base is not None and amount is not None:
        if abs(base * rate - amount) <= _CENT:
            return _plain(rate * _HUNDRED)
        if abs(base * rate / _HUNDRED - amount) <= _CENT:
            return _plain(rate)
    return ""


def tiered(row: dict[str, Json]) -> Decimal | None:
    """What the tiers make of the base: each rate on the part of the base that lies in its tier."""
    base = _number(row.get("base_amount"))
    if base is None:
        return None
    total, floor = Decimal(0), Decimal(0)
    for tier in _list(row.get("tiers")):
        rate, limit = _number(tier.get("rate")), _number(tier.get("up_to"))
        if rate is None:
            return None
        upper = base if limit is None else min(base, limit)
        total += max(Decimal(0), upper - floor) * rate / _HUNDRED
        floor = max(floor, upper)
    return _cents(total)


def logic(row: dict[str, Json], learned: Learned) -> str:
    """The tiers and shares in words, for the administrator who builds them again."""
    said: list[str] = []
    floor = Decimal(0)
    for tier in _list(row.get("tiers")):
        limit = _number(tier.get("up_to"))
        span = f"above {_plain(floor)}" if limit is None else f"up to {_plain(limit)}"
        said.append(f"{text(tier.get('rate'))} % {span}")
        floor = limit or floor
    amount = _number(hundredths(row.get("amount_cents")))
    for split in _list(row.get("splits")):
        share, who = _number(split.get("share")), text(split.get("user_id"))
        user = learned.users.get(who)
        part = f" = {_cents(amount * share / _HUNDRED)}" if amount is not None and share is not None else ""
        said.append(f"{user.name if user else f'user {who}'} {text(split.get('share'))} %{part}")
    return "; ".join(said)


def _list(found: Json) -> list[dict[str, Json]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _number(found: Json) -> Decimal | None:
    try:
        number = Decimal(text(found).replace(",", "")) if text(found).strip() else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _cents(number: Decimal) -> Decimal:
    return number.quantize(_CENT)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
