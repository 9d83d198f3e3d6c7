"""Commands for the map as a workbook: map export, map import."""

from pathlib import Path
from typing import Any

import click

from engine import drafts, history, mapedit
from engine.mapfile import render
from engine.mapping import Mapping, digest, parse
from engine.mapwords import Change, differences
from engine.migration import Migration
from ops import errors
from ops.cli.common import App, command
from ops.cli.set_up import map_group
from ops.errors import ConfigError
from ops.mapbook import Material, Owner, Taken, take, write
from ops.mapbook.material import FORM, Made
from ops.workspace import Workspace, write_atomically


@map_group.command(name="export")
@click.argument("file", metavar="F.xlsx", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@command
def export(app: App, file: Path, force: bool) -> None:
    """Write the map as a workbook: a sheet an object, drop-downs of what is possible, samples beside each field.

    It holds what mapping.toml says, or the map that was proposed or confirmed last where that file is not there. The
    first sheet says how to fill it in; `cutover map import` reads it back. Needs openpyxl: pip install "cutover[xlsx]".

    \b
    Example:
      cutover -C acme map export acme-map.xlsx
    """  # noqa: D301
    if file.suffix.lower() != ".xlsx":
        raise ConfigError(f"{file} is no name of a workbook: write it as {file.stem or 'map'}.xlsx")
    if file.exists() and not force:
        raise ConfigError(f"{file} exists already, and what is in it may be somebody's work; --force writes over it")
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        made = _material(workspace, migration, app.target)
    beside = file.with_name(file.name + ".new")
    beside.write_bytes(write(made))
    beside.replace(file)
    app.terminal.document(
        {"workbook": str(file), "version": made.made.version, "digest": made.made.digest},
        f"{file} is ready. Its first sheet says how to fill it in; then: cutover map import {file}",
    )


@map_group.command(name="import")
@click.argument("file", metavar="F.xlsx", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Write mapping.toml; without this only show what would change.")
@click.option("--confirm", "confirming", is_flag=True, help="With --yes: confirm the map at once.")
@command
def import_(app: App, file: Path, yes: bool, confirming: bool) -> int:
    """Read a workbook back: what it changes, in words, and what is wrong with it, cell by cell.

    Nothing takes effect without --yes, and nothing at all where a cell is wrong (exit code 2). What mapping.toml says
    and the workbook does not show stays as it is. A workbook of another migration, or of a map that has changed since,
    is refused.

    \b
    Example:
      cutover -C acme map import acme-map.xlsx
      cutover -C acme map import acme-map.xlsx --yes --by maya
    """  # noqa: D301
    if confirming and not yes:
        raise ConfigError("--confirm goes with --yes: look at the changes first, then say both")
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        base = _material(workspace, migration, app.target)
        taken = take(file, base)
        known = drafts.confirmed(migration.journal)
        document = _document(file, base.mapping, taken, known)
        if taken.problems:
            app.terminal.document(document, lambda: _refused(app, taken))
            return errors.USAGE
        text, kept = _text(workspace, taken, base)
        if yes and confirming:
            migration.check_map(text)  # what cannot be confirmed is not written either
        if yes and (taken.changes or not workspace.mapping.exists()):
            if not kept:
                write_atomically(workspace.mapping.with_suffix(".toml.before"), workspace.map_text())
                document["before"] = str(workspace.mapping.with_suffix(".toml.before"))
            write_atomically(workspace.mapping, text)
            if not confirming:
                drafts.suggest(migration.journal, text)
        if yes and confirming:
            document["version"], _ = migration.confirm(text, app.reason)
    document["done"] = yes
    app.terminal.document(document, lambda: _shown(app, document, taken, yes=yes))
    return errors.GATE if taken.changes and not yes else errors.DONE


def _material(workspace: Workspace, migration: Migration, target: str) -> Material:
    """What the workbook is made of, and what one that comes back is compared with."""
    text = workspace.map_text() if workspace.mapping.exists() else drafts.latest(migration.journal)
    if text is None:
        raise ConfigError(f"{workspace.mapping} does not exist; `cutover map propose` writes it")
    mapping = parse(text)
    source = history.source_schema(migration.journal)
    destination = history.destination_schema(migration.journal, target)
    known = migration.view.fact("map")
    is_confirmed = known is not None and known["digest"] == digest(mapping)
    made = Made(
        form=FORM,
        migration=workspace.config.migration,
        source=source.system,
        destination=destination.system,
        target=target,
        version=int(known["version"]) if known and is_confirmed else 0,
        digest=digest(mapping),
    )
    items = history.load_items(migration.journal, migration.view)
    owners = [Owner(name=n, records=c, user=u) for n, c, u in drafts.owners(mapping, source, destination, items)]
    return Material(made=made, mapping=mapping, source=source, destination=destination, owners=tuple(owners))


def _text(workspace: Workspace, taken: Taken, base: Material) -> tuple[str, bool]:
    """The file of the new map, and whether all that stands in it besides, comments and order, was kept."""
    if not workspace.mapping.exists():
        return render(taken.mapping, base.source), True
    text = mapedit.edited(workspace.map_text(), taken.mapping)
    return (render(taken.mapping, base.source), False) if text is None else (text, True)


def _document(file: Path, base: Mapping, taken: Taken, known: tuple[Mapping, int] | None) -> dict[str, Any]:
    against = differences(known[0], base) if known else []
    return {
        "workbook": str(file),
        "against": f"map version {known[1]}" if known and not against else "mapping.toml" if known else "the proposal",
        "changes": [_change(change) for change in taken.changes],
        "unconfirmed": [_change(change) for change in against],
        "problems": [{"sheet": p.sheet, "cell": p.cell, "wrong": p.wrong, "remedy": p.remedy} for p in taken.problems],
        "undecided": taken.undecided,
        "standing": taken.standing,
    }


def _change(change: Change) -> dict[str, str]:
    return {"where": change.where, "words": change.words}


def _refused(app: App, taken: Taken) -> None:
    for problem in taken.problems:
        app.terminal.out.print(str(problem))
    app.terminal.out.print(f"{_count(len(taken.problems), 'problem')}; nothing was changed.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(app: App, document: dict[str, Any], taken: Taken, *, yes: bool) -> None:
    out = app.terminal.out
    out.print(f"Against {document['against']}: {_count(len(taken.changes), 'change')}.")
    for change in taken.changes:
        out.print(f"  {change}")
    if document["unconfirmed"]:
        out.print("mapping.toml differs besides from the confirmed map:")
        for change in document["unconfirmed"]:
            out.print(f"  {change['where']}: {change['words']}")
    if taken.undecided:
        out.print(f"Still undecided: {', '.join(taken.undecided)}.")
    for problem in taken.standing:
        out.print(f"Stands against the map already: {problem}")
    if "version" in document:
        out.print(f"Map version {document['version']} is confirmed. Next: cutover plan")
    elif yes:
        if "before" in document:
            out.print(f"It was written anew, as it could not be changed in place; as it was: {document['before']}")
        out.print("mapping.toml says it now. Next: cutover map confirm; for more changes export a new workbook.")
    else:
        out.print("Nothing was changed; say --yes to do it." if taken.changes else "There is nothing to do.")


COMMANDS = ()
"""They hang on `cutover map`."""
