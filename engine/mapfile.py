"""The map's file: a map as TOML, for people to read and to change. `engine.mapping.parse` reads it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from adapters.protocols import ObjectSchema, Schema
from engine.mapping import Mapping, ObjectMap


def render(mapping: Mapping, source: Schema, remarks: dict[str, dict[str, str]] | None = None) -> str:
    """The map as TOML, with samples and `remarks` (by object and field) beside them. `parse` gives the same map."""
    lines = [
        "# The field map: what every field of the source becomes. Edit it, then `cutover map confirm`.",
        "# A field is mapped (to, new, block, link, owner), excluded with a reason, or undecided.",
        "",
        f"zone = {_toml(mapping.zone)}",
        f"currency = {_toml(mapping.currency)}",
        f"key_field = {_toml(mapping.key_field)}",
        f"owner_gate = {_toml(list(mapping.owner_gate))}",
        f"automation_owners = {_toml(list(mapping.automation_owners))}",
    ]
    lines += pipelines(mapping)
    if files := _slim(mapping.files):
        lines += ["", "[files]", *(f"{key} = {_toml(value)}" for key, value in files.items())]
    for name, object_map in mapping.object.items():
        lines += _render_object(name, object_map, source.object(name), (remarks or {}).get(name, {}))
    return "\n".join(lines) + "\n"


def pipelines(mapping: Mapping) -> Iterator[str]:
    """The pipelines as the file has them, an empty line before each."""
    for pipeline in mapping.pipeline:
        stages = "".join(f"    {_toml(_slim(s))},\n" for s in pipeline.stages)
        if any(s.probability is not None and s.probability % 1 for s in pipeline.stages):
            yield from [
                "",
                "# Probabilities are written as whole numbers, a half to the even one; here they stay exact.",
            ]
        yield from ["", "[[pipeline]]", f"name = {_toml(pipeline.name)}", f"stages = [\n{stages}]"]


def assignment(key: str, value: Any) -> str:
    """A line of the file that says one thing."""
    return f"{_key(key)} = {_toml(value)}"


def said(value: msgspec.Struct) -> dict[str, Any]:
    """What the file says of a part of the map: whatever is not as it would be anyhow."""
    return _slim(value)


_SAID = ("duplicates", "similar", "needs", "leave", "flag", "expected", "links", "instead", "borrow", "set")
"""What an object's map says in a line each, where it says it."""


def _render_object(name: str, object_map: ObjectMap, source: ObjectSchema | None, remarks: dict[str, str]) -> list[str]:
    head = f"object.{_key(name)}"
    count = f"  # {source.count} records" if source and source.count is not None else ""
    lines = ["", f"[{head}]{count}", f"to = {_toml(object_map.to)}"]
    said = _slim(object_map)
    lines += [f"{name} = {_toml(said[name])}" for name in _SAID if name in said]
    lines += ["alone = false"] if object_map.alone is False else []
    lines += [f"ask = {_toml({f: _slim(ask) for f, ask in object_map.ask.items()})}"] if object_map.ask else []
    lines += [f"total = {_toml(_slim(object_map.total))}"] if object_map.total else []
    lines += ["", f"[{head}.fields]"]
    for field, rule in object_map.fields.items():
        there = source.field(field) if source else None
        sample = f"  # e.g. {there.samples[0][:40]!r}" if there and there.samples else ""
        remark = f"  # {remarks[field]}" if field in remarks else ""
        lines.append(f"{_key(field)} = {_toml(_slim(rule))}" + " ".join((sample + remark).splitlines()))
    for value_map, pairs in object_map.values.items():
        lines += ["", f"[{head}.values.{_key(value_map)}]"]
        lines += [f"{_key(k)} = {_toml(v)}" for k, v in pairs.items()]
    return lines


def _slim(value: msgspec.Struct) -> dict[str, Any]:
    """The fields of a struct that say something."""
    builtins: dict[str, Any] = msgspec.to_builtins(value)
    # a chance of 0 says something, and is equal to False
    return {k: v for k, v in builtins.items() if v is not False and v not in ("", None, {}, [])}


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() else _toml(name)


def _toml(value: Any) -> str:
    """A TOML value; strings are written as basic strings (JSON's escapes are TOML's)."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    # unlike JSON, TOML wants DEL escaped
    return msgspec.json.encode(str(value)).decode().replace("\x7f", "\\u007f")
