"""The report of a sample: where it was made, what differs, what it shows and what it does not, as Markdown."""

from typing import Any

from engine.reconcile import Difference
from engine.sample import Missing
from ops.scope import cell


def sample_of(found: dict[str, Any]) -> str:
    """The document of `cutover sample`. found: the `sample` of its report."""
    different: list[Difference] = found["different"]
    missing: list[Missing] = found["missing"]
    figures = (
        f"{found['records']} records of map version {found['map_version']}; {found['equal']} of {found['fields']} "
        f"fields are at the destination as the map says, {len(different)} differ."
    )
    lines = [
        f"# Sample at {found['target']}",
        "",
        figures,
        "",
        "## What it shows",
        "",
        "| what | shown | of |",
        "|---|---|---|",
        *(f"| {what} | {shown} | {of} |" for what, (shown, of) in found["covered"].items()),
        "",
        "## What it does not show",
        "",
        "| object | field | value | why |",
        "|---|---|---|---|",
        *(f"| {cell(m.object)} | {cell(m.field)} | {cell(m.value)} | {m.why} |" for m in missing),
        "",
        "## What differs",
        "",
        "| record | field | source | destination | why |",
        "|---|---|---|---|---|",
        *(
            f"| {d.entity} {d.id} | {cell(d.field)} | {cell(str(d.source))} | {cell(str(d.destination))} | {d.reason} |"
            for d in different
        ),
    ]
    return "\n".join(lines) + "\n"
