"""A schema pair or a value list as JSON in, its proposals out: the form of `cutover map match`.

In: `source_system`, `source_object`, `fields` [{name, label?, type?, samples}], `destination` {system, object,
supports_custom_fields, fields [{key, label, type, readonly?, options?, custom?}]}. Out: by field name a list of
{target, confidence, reason, transform}, best first. With `task` "value_map": `kind`, `source_values`,
`destination_options` in; by value a list of {target, confidence} out, where the target null is "no counterpart".
"""

from typing import Any

import msgspec

from engine.matching.choices import choose
from engine.matching.columns import columns
from engine.matching.match import Proposal, propose
from engine.matching.neighbours import settled
from engine.matching.places import Place, Places
from engine.matching.things import thing


class DocumentError(Exception):
    """The document is not of the form; the message says where."""


class _Source(msgspec.Struct):
    name: str
    label: str | None = None
    type: str | None = None
    samples: list[Any] | None = None


class _There(msgspec.Struct):
    key: str
    label: str | None = None
    type: str | None = None
    readonly: bool | None = None
    custom: bool | None = None
    options: list[Any] | None = None


class _Destination(msgspec.Struct):
    object: str
    fields: list[_There]
    system: str = ""
    supports_custom_fields: bool = True


class _Pair(msgspec.Struct):
    destination: _Destination
    fields: list[_Source]
    source_system: str = ""
    source_object: str = ""


class _Values(msgspec.Struct):
    source_values: list[str]
    destination_options: list[str]
    kind: str = ""


def answer(line: str | bytes) -> dict[str, list[dict[str, Any]]]:
    """The answer to one document. Raises DocumentError."""
    try:
        raw = msgspec.json.decode(line)
        if isinstance(raw, dict) and raw.get("task") == "value_map":
            values = msgspec.convert(raw, _Values)
            chosen = choose(values.source_values, values.destination_options, values.kind)
            return {value: [msgspec.to_builtins(c) for c in ranked] for value, ranked in chosen.items()}
        pair = msgspec.convert(raw, _Pair, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise DocumentError(f"the document is not a schema pair or a value list: {error}") from None
    return {name: [msgspec.to_builtins(p) for p in ranked] for name, ranked in _matched(pair).items()}


def _matched(pair: _Pair) -> dict[str, list[Proposal]]:
    what = thing(pair.destination.object, pair.source_object)
    fields = ((f.name, f.label or "", f.type or "", [_text(s) for s in f.samples or ()]) for f in pair.fields)
    writable = [
        Place(
            key=f.key,
            label=f.label or f.key,
            type=f.type or "text",
            options=tuple(_text(o.get("label", "") if isinstance(o, dict) else o) for o in f.options or ()),
            custom=bool(f.custom),
        )
        for f in pair.destination.fields
        if not f.readonly
    ]
    found = settled(columns(fields, what, pair.source_system))
    return propose(found, Places(writable, what), custom_fields=pair.destination.supports_custom_fields)


def _text(value: Any) -> str:
    """A sample as the text that a file would have."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()
