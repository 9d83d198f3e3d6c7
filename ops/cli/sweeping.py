"""The command that sweeps: what the destination holds under our key, compared with the log."""

from typing import Any

import click

from engine.strays import Found
from ops import errors
from ops.cli.common import App, command
from ops.reports import write_json

HEADERS = ("entity", "read", "ours", "arrived late", "second copies", "held")


@click.command()
@click.option("--yes", is_flag=True, help="Repair it; without this only show what would be repaired.")
@command
def sweep(app: App, yes: bool) -> int:
    """Compare all records that carry our key with the log: adopt late arrivals, take second copies away.

    Every run sweeps the entities in which a write was in doubt. This sweeps them all: before the sign-off, or after an
    account was slower than its bounds. What people have touched is held for review.

    \b
    Example:
      cutover -C acme sweep
      cutover -C acme sweep --yes
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        found = migration.sweep(act=yes)
        unswept = migration.view.unswept(migration.target)
    document = {"ok": not any(f.strays for f in found), "done": yes, "unswept": unswept}
    document |= {"entities": {f.entity: _counts(f) for f in found}}
    write_json(workspace.reports / "sweep.json", document)

    def show() -> None:
        rows = [(f.entity, f.read, f.ours, *(len(f.of(what)) for what in ("late", "copy", "held"))) for f in found]
        app.terminal.table(HEADERS, rows)
        strays = [s for f in found for s in f.strays]
        for stray in strays:
            app.terminal.out.print(f"  {stray.entity} {stray.copy.id}: {stray.why or stray.what}")
        if strays and not yes:
            app.terminal.out.print("Nothing was changed; say --yes to do it.")

    app.terminal.document(document, show)
    left = any(f.of("held") for f in found) if yes else any(f.strays for f in found)
    return errors.DIFFERENT if left else errors.DONE


def _counts(found: Found) -> dict[str, Any]:
    names = {"late": "late", "copy": "copies", "held": "held"}
    return {"read": found.read, "ours": found.ours} | {
        name: [s.copy.id for s in found.of(what)] for what, name in names.items()
    }


COMMANDS = (sweep,)
