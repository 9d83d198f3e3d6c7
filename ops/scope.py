"""The scope: what is there, what is custom, what was noticed, and what cannot be done, as Markdown."""

from collections.abc import Iterator, Sequence

from adapters.protocols import Finding, Json, ObjectSchema, Schema
from engine.caps import Need
from engine.discover import Reading, reading as read_as
from engine.history import destination_schema, source_schema
from engine.limits import Limit
from engine.mapping import Mapping
from engine.migration import Migration
from engine.propose import NoPresetError

_MOST = 120
"""Characters that a cell shows."""


def scope_of(migration: Migration, ask: Sequence[str]) -> str:
    """The scope as the log has it, without a look at either side."""
    source = source_schema(migration.journal)
    destination = destination_schema(migration.journal, migration.target)
    findings, mapping = source.findings, None
    limits: Sequence[Limit] = ()
    needs: Sequence[Need] = ()
    try:
        findings = migration.findings()
        limits, needs = migration.limits()
        mapping = migration.present().mapping
    except NoPresetError:  # what there is can be looked at all the same
        pass
    return scope(source, destination, findings, limits, needs, read_as(migration.journal, migration.view), ask, mapping)


def scope(
    source: Schema,
    destination: Schema,
    findings: Sequence[Finding],
    limits: Sequence[Limit],
    needs: Sequence[Need],
    reading: Reading,
    ask: Sequence[str],
    mapping: Mapping | None = None,
) -> str:
    """The document of `cutover discover`.

    ask: what the vendor or the customer is to be asked, as sentences. mapping: the confirmed map, else a proposal.
    """
    lines = [
        f"# Scope: {source.system} → {destination.system}",
        "",
        "| object | records | counted by |",
        "|---|---|---|",
        *(f"| {o.label} | {o.amount} | {o.method} |" for o in source.objects),
        *(("", "## Ask first", "", *(f"- {question}" for question in ask)) if ask else ()),
    ]
    lines += _reading(reading)
    for obj in source.objects:
        lines += _object(obj)
    if mapping is not None:
        lines += _pipelines(mapping)
        lines += _to_decide(mapping, source)
        lines += _exclusions(mapping)
    lines += ["", f"## What {destination.system} cannot do, and what is done instead", "", *limit_lines(limits, needs)]
    lines += ["", "## Findings", "", "| what | record | where | detail |", "|---|---|---|---|"]
    lines += [f"| {f.code} | {cell(f.object)} {cell(f.key)} | {cell(f.where)} | {cell(f.detail)} |" for f in findings]
    return "\n".join(lines) + "\n"


def limit_lines(limits: Sequence[Limit], needs: Sequence[Need]) -> Iterator[str]:
    """A line for each thing that the account cannot do, and for each limit of its plan."""
    for limit in limits:
        names = f" Here: {', '.join(limit.names)}." if limit.names else ""
        yield f"- {limit.what} {limit.instead}{names}"
    for need in needs:
        used = "an unknown number" if need.used is None else need.used
        words = f"{need.over} too many" if need.over else "enough"
        what = need.code.replace("-", " ")
        yield f"- Plan {need.plan}: {need.limit} {what}, {used} used, {need.needed} to come: {words} ({need.source})."


def _pipelines(mapping: Mapping) -> list[str]:
    """The pipelines that deals land in, with their stages in order."""
    lines = ["", "## Proposed pipelines", ""]
    for pipeline in mapping.pipeline:
        lines += [f"### {pipeline.name}", "", "| stage | probability |", "|---|---|"]
        odds = ((s.name, "" if s.probability is None else f"{s.probability:g} %") for s in pipeline.stages)
        lines += [*(f"| {cell(name)} | {chance} |" for name, chance in odds), ""]
    return lines[:-1] if mapping.pipeline else [*lines, "None: no deal or lead is in a stage."]


def _to_decide(mapping: Mapping, source: Schema) -> list[str]:
    """What nobody has decided yet: fields, and custom fields that would be made."""
    lines = ["", "## Fields that need a decision", "", "| field | proposed | why |", "|---|---|---|"]
    for name, object_map in mapping.object.items():
        there = source.object(name)
        for key, rule in object_map.fields.items():
            field = there.field(key) if there else None
            if rule.undecided:
                lines.append(f"| {cell(f'{name}.{key}')} | | {cell(rule.undecided)} |")
            elif field and field.custom and not rule.exclude:
                goal = rule.to or rule.block or rule.link or rule.owner or rule.values
                what = f"new field {rule.new!r} ({rule.kind})" if rule.new else f"{rule.verb} {goal}"
                lines.append(f"| {cell(f'{name}.{key}')} | {cell(what)} | a custom field of the source |")
    return lines


def _exclusions(mapping: Mapping) -> list[str]:
    """What stays behind by the map: records of an object, and fields."""
    lines = ["", "## What stays behind", "", "| what | why |", "|---|---|"]
    for name, object_map in mapping.object.items():
        left = [(f"{name}, where {key} is filled", why) for key, why in object_map.leave.items()]
        left += [(f"{name}.{key}", rule.exclude) for key, rule in object_map.fields.items() if rule.exclude]
        lines += [f"| {cell(what)} | {cell(why)} |" for what, why in left]
    return lines


def _reading(reading: Reading) -> list[str]:
    """How each object is read and why, what was asked to find that out, and what may be incomplete."""
    lines = ["", "## How it is read", "", "| object | by | why |", "|---|---|---|"]
    lines += [f"| {name} | {method} | {cell(reading.reasons[name])} |" for name, method in reading.methods.items()]
    if reading.risks:
        lines += ["", "### What may be incomplete", "", *(f"- {risk}" for risk in dict.fromkeys(reading.risks))]
    for method, probed in reading.found.items():
        skew = "" if probed.skew_seconds is None else f" {_skew(probed.skew_seconds)}"
        lines += [
            "",
            f"### What was asked: {method}",
            "",
            f"{'It serves.' if probed.usable else 'It does not serve.'}{skew}",
        ]
        facts = [f"- {name}: {_fact(value)}" for name, value in sorted(probed.facts.items())]
        lines += ["", *facts, *([""] if facts else []), "| asked | found |", "|---|---|"]
        lines += [f"| {cell(step['asked'])} | {cell(step['found'])} |" for step in probed.steps]
    return lines


def _skew(seconds: float) -> str:
    return f"Its clock is {abs(seconds):g} seconds {'ahead of' if seconds > 0 else 'behind'} ours."


def _fact(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_fact(one)}" for name, one in value.items())
    return ", ".join(map(_fact, value)) if isinstance(value, list) else str(value)


def _object(obj: ObjectSchema) -> list[str]:
    columns = ("| field | kind | custom | filled | distinct | sample |", "|---|---|---|---|---|---|")
    return ["", f"## {obj.label}", "", *columns] + [
        f"| {cell(f.label)} | {f.kind} | {'yes' if f.custom else ''} | {_counted(obj, f.filled)} | "
        f"{_counted(obj, f.distinct)} | "
        f"{cell(f.samples[0] if f.samples else '')} |"
        for f in obj.fields
    ]


def _counted(obj: ObjectSchema, number: int) -> str:
    """A figure of a field; nothing where the object was not looked through."""
    return "" if obj.count is None else str(number)


def cell(text: str) -> str:
    """A text in a table: of a longer one the beginning, with a sign that there is more."""
    shown = text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
    return shown.replace("|", "\\|").replace("\n", " ")
