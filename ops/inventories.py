"""The written inventory: what must be built again by hand, as a paper, as CSV and as JSON."""

from pathlib import Path
from typing import Any

import msgspec

from engine.inventory import DECLARED, INFERRED, LEFT_BEHIND, READ, SCOPE, Entry, Inventory
from ops.paper import Block, Figures, Heading, Note, Paper, Table, Text, save
from ops.reports import write_csv, write_json

HEADERS = (
    "id", "known", "kind", "called", "name", "object", "does", "evidence", "feature", "plan", "included", "note",
)  # fmt: skip

_PARTS = (
    (READ, "What the source shows", "Read from the source itself."),
    (DECLARED, "What people have told of", "Declared by people (`cutover inventory declare`), not seen by us."),
    (
        INFERRED,
        "What the data lets guess",
        (
            "Inferred: the source shows no such rule, but its records look as if there were one. Each is a guess with "
            "its evidence; ask whether it is so before it is built again."
        ),
    ),
    (LEFT_BEHIND, "What is left behind", "No interface gives these, so that they can neither be moved nor counted."),
)
_INCLUDED = {True: "yes", False: "no: upgrade, or do without", None: ""}


def paper(found: Inventory, at: str) -> Paper:
    """The inventory for people. at: when it was made."""
    figures = tuple((title, str(len(found.of(known)))) for known, title, _ in _PARTS)
    blocks: list[Block] = [Figures(figures), Note(SCOPE)]
    for known, title, words in _PARTS:
        entries = found.of(known)
        blocks += [Heading(title), Text(words)]
        if not entries:
            blocks.append(Text("Nothing."))
            continue
        for object_, rows in _by_object(entries).items():
            if object_:
                blocks.append(Heading(object_, 3))
            blocks.append(_table(known, rows))
    plan = f" (plan {found.account_plan})" if found.account_plan else " (its plan is not known)"
    subtitle = f"{found.source} to {found.destination}{plan}; {at}."
    return Paper(f"To build again: {found.source} to {found.destination}", subtitle, tuple(blocks))


def _by_object(entries: list[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.object, []).append(entry)
    return groups


def _table(known: str, entries: list[Entry]) -> Table:
    why = {INFERRED: "evidence", LEFT_BEHIND: "why"}.get(known, "")
    does = "instead" if known == LEFT_BEHIND else "what it does"
    headers = ("kind", "name", does, *([why] if why else []), "rebuilt with", "plan", "on this plan", "note")
    rows = tuple(
        (
            *(entry.called, entry.name, entry.does, *([entry.evidence] if why else [])),
            *(entry.feature or "nothing", entry.plan, _INCLUDED[entry.included], entry.note),
        )
        for entry in entries
    )
    return Table(headers, rows)


def document(found: Inventory) -> dict[str, Any]:
    """The inventory as JSON. known: how a thing is known; included: whether the account's plan has the feature."""
    return {
        "source": found.source,
        "destination": found.destination,
        "plan": found.account_plan,
        "scope": SCOPE,
        "counts": {known: len(found.of(known)) for known, _, _ in _PARTS},
        "entries": [msgspec.to_builtins(entry) for entry in found.entries],
    }


def write(found: Inventory, reports: Path, at: str) -> dict[str, str]:
    """Write the inventory as page, Markdown, JSON and CSV; the paths by form."""
    paths = {form: reports / f"inventory.{form}" for form in ("html", "md", "json", "csv")}
    for form in ("html", "md"):
        save(paper(found, at), paths[form])
    write_json(paths["json"], document(found))
    rows = [[_INCLUDED[e.included] if h == "included" else getattr(e, h) for h in HEADERS] for e in found.entries]
    write_csv(paths["csv"], HEADERS, rows)
    return {form: str(path) for form, path in paths.items()}
