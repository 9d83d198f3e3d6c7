"""Whether a value read back is the value that was written, as Pipedrive spells it."""

import html
import re

import nh3

from adapters.destinations.pipedrive.catalogue import ENTITIES
from adapters.destinations.pipedrive.goods import ONE_TIME
from adapters.destinations.pipedrive.pricelist import AMOUNTS, amounts
from adapters.destinations.pipedrive.values import moment
from adapters.protocols import Json

_HTML = {(e.name, c.key) for e in ENTITIES.values() for c in e.columns if c.kind == "html"}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_BLANKS = re.compile(r"\s+")
_BLOCKS = "address|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"
_AROUND_BLOCKS = re.compile(rf"\s*(</?(?:{_BLOCKS})\b[^>]*>)\s*")
_ATTRIBUTES = {"a": {"href"}}


def same(entity: str, key: str, ours: Json, theirs: Json) -> bool:
    """Whether the two are one value.

    Numbers compare by value, times to the second, ids and options as text (lists of them in any order), contacts by
    value and primary, addresses by the parts we sent, HTML after sanitising and with blanks and entities in one form.
    Empty values (None, "", [], {}) are one; a deal without a value reads back as 0, a tax or a discount that is not
    there as 0, no billing as one-time. An amount of 0 and no amount are one; a file is its digest and its size. A
    probability that the pipeline does not show, and a marketing status without the Campaigns add-on, cannot be read and
    count as the same.
    """
    if entity in ("product", "variation") and key in AMOUNTS:
        return _amounts(ours) == _amounts(theirs)
    if _empty(ours) or _empty(theirs):
        return (_empty(ours) and _empty(theirs)) or _unspoken(entity, key, ours, theirs)
    if (entity, key) == ("file", "content"):
        return all(ours.get(part) == theirs.get(part) for part in ("digest", "size"))
    if (entity, key) in _HTML:
        return normal_html(str(ours)) == normal_html(str(theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(part in theirs and _scalar(value, theirs[part]) for part, value in ours.items() if not _empty(value))
    if isinstance(ours, list) and isinstance(theirs, list):
        return _lists(ours, theirs)
    return _scalar(ours, theirs)


def normal_html(text: str) -> str:
    """An HTML text in one form: sanitised, entities resolved, blanks collapsed and none around blocks."""
    clean = nh3.clean(text, attributes=_ATTRIBUTES, link_rel=None)
    clean = html.unescape(clean.replace("&lt;", "\ue000").replace("&gt;", "\ue001").replace("&amp;", "\ue002"))
    return _AROUND_BLOCKS.sub(r"\1", _BLANKS.sub(" ", clean)).strip()


def _unspoken(entity: str, key: str, ours: Json, theirs: Json) -> bool:
    """Deals without a value have 0; some values are shown only where the pipeline or an add-on allows it."""
    if (entity, key) in (("deal", "probability"), ("person", "marketing_status")):
        return theirs is None
    if key == "billing_frequency":
        return {ours, theirs} <= {None, "", ONE_TIME}
    zeros = (
        ("deal", "value"),
        *((goods, zero) for goods in ("product", "deal_product") for zero in ("tax", "discount")),
    )
    return (entity, key) in zeros and not ours and not theirs


def _amounts(value: Json) -> dict[str, Json] | Json:
    try:
        return amounts(value)
    except (TypeError, KeyError, AttributeError):
        return value


def _empty(value: Json) -> bool:
    return value is None or value in ("", [], {})


def _scalar(ours: Json, theirs: Json) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return bool(ours) == bool(theirs)
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == theirs or abs(ours - theirs) <= 1e-12 * max(abs(ours), abs(theirs))
    left, right = str(ours), str(theirs)
    if _TIME.match(left) and _TIME.match(right):
        return _moment(left) == _moment(right)
    return left.replace("\r\n", "\n").strip() == right.replace("\r\n", "\n").strip()


def _moment(text: str) -> str | None:
    try:
        return moment(text)
    except ValueError:
        return text


def _lists(ours: list[Json], theirs: list[Json]) -> bool:
    if any(isinstance(item, dict) for item in (*ours, *theirs)):
        return _contacts(ours) == _contacts(theirs)
    return sorted(map(str, ours)) == sorted(map(str, theirs))


def _contacts(items: list[Json]) -> list[tuple[str, bool]]:
    """Value and primary of each, in order; the first is the primary one where none says so."""
    pairs = [(str(item.get("value") or "").strip(), bool(item.get("primary"))) for item in items]
    if pairs and not any(primary for _, primary in pairs):
        pairs[0] = (pairs[0][0], True)
    return pairs
