"""Commands before anything moves: init, discover, map."""

from pathlib import Path

import click
import msgspec

from adapters.protocols import ObjectSchema
from adapters.sources.kinds import source_connector
from adapters.sources.workbook import check
from engine import discover as discoveries
from engine.propose import NoPresetError
from ops import errors, workspace as workspaces
from ops.cli.common import App, command
from ops.cli.inventorying import taken
from ops.errors import ConfigError
from ops.scope import scope_of
from ops.workspace import write_atomically


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "source", required=True, metavar="S", help="The source, e.g. smart-crm-online.")
@click.option("--to", "destination", required=True, metavar="D", help="The destination, e.g. pipedrive.")
@click.option("--export", type=click.Path(path_type=Path), help="The folder or ZIP that the source exported.")
@click.option("--source-url", default="", metavar="U", help="The source's address, where it has an API.")
@click.option("--source-option", "given", multiple=True, metavar="NAME=VALUE", help="For the source's API; repeatable.")
@click.option("--destination-url", default="", metavar="U", help="The account's address.")
@click.option("--destination-user", default="", metavar="EMAIL", help="Whose key it is, where the API asks for that.")
@click.option("--plan", default="", help="The account's plan, e.g. growth.")
@command
def init(
    app: App,
    folder: Path,
    source: str,
    destination: str,
    export: Path | None,
    source_url: str,
    given: tuple[str, ...],
    destination_url: str,
    destination_user: str,
    plan: str,
) -> None:
    """Make a workspace.

    \b
    Example:
      cutover init acme --from smart-crm-online --to pipedrive --export export.zip \\
        --destination-url https://acme.pipedrive.com
    """  # noqa: D301
    if wrong := [pair for pair in given if "=" not in pair]:
        raise ConfigError(f"--source-option {wrong[0]!r} has no value: write it as NAME=VALUE")
    options = dict(pair.partition("=")[::2] for pair in given)
    made = workspaces.create(
        folder, source, destination, export, source_url, destination_url, plan, destination_user, options
    )
    with app.migration(made, new=True) as migration:
        migration.start(source, destination)
    app.terminal.document(
        {"workspace": str(made.folder), "migration": made.config.migration},
        f"{made.folder} is ready. Next: cutover -C {folder} discover",
    )


@click.command()
@click.option("--force", is_flag=True, help="Take an export although many records are missing from it.")
@command
def discover(app: App, force: bool) -> None:
    """Look at both sides and read the source into the log; nothing is written to the destination.

    \b
    Example:
      cutover -C acme discover
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        source, destination, extracted = migration.discover(force=force)
        if migration.view.fact("map"):
            migration.refresh()
        try:
            findings = migration.findings()
            limits, needs = migration.limits()
        except NoPresetError:  # what there is can be looked at all the same
            findings, limits, needs = source.findings, [], []
        reading = discoveries.reading(migration.journal, migration.view)
        there = {name: n["there"] for name, n in migration.view.tally(0).items()}
        rebuild, inventory = taken(migration, workspace)
        ask = source_connector(workspace.config.source.kind).ask
        text = scope_of(migration, ask)
    path = workspace.reports / "scope.md"
    write_atomically(path, text)
    document = {
        "source": {"system": source.system, "objects": [_object(o) for o in source.objects]},
        "destination": {"system": destination.system, "account": destination.account, "users": len(destination.users)},
        "methods": reading.methods,
        "reasons": reading.reasons,
        "risks": reading.risks,
        "ask": ask,
        "extracted": extracted,
        "findings": findings,
        "limits": limits,
        "caps": needs,
        "report": str(path),
        "inventory": inventory,
    }

    def show() -> None:
        rows = [(o.name, _records(o, there), len(o.fields), sum(f.custom for f in o.fields)) for o in source.objects]
        app.terminal.table(("object", "records", "fields", "custom"), rows)
        following = "" if workspace.mapping.exists() else ". Next: cutover map propose"
        app.terminal.out.print(f"{len(rebuild.entries)} things to build again by hand: {inventory['html']}")
        app.terminal.out.print(f"{len(findings)} findings; the scope, with what to ask first: {path}{following}")

    app.terminal.document(document, show)


def _records(obj: ObjectSchema, there: dict[str, int]) -> int | str:
    """How many records an object has: as counted or estimated at the source, else as they were read."""
    if obj.estimated:
        return obj.amount
    return there.get(obj.name, 0) if obj.count is None else obj.count


def _object(obj: object) -> object:
    builtins = msgspec.to_builtins(obj)
    keep = ("name", "label", "count", "estimated", "method", "fields")
    return {k: builtins[k] for k in keep}


@click.command()
@click.argument("file", metavar="F.xlsx", type=click.Path(path_type=Path))
@click.option("--check", "checking", is_flag=True, help="Check a workbook that was filled, cell by cell.")
@command
def workbook(app: App, file: Path, checking: bool) -> int:
    """Make the workbook to fill by hand, for what the source gives in no other way; or check one that was filled.

    Name it under [source] as `workbook`, and the next discover reads it.

    \b
    Example:
      cutover -C acme workbook acme.xlsx
      cutover -C acme workbook acme.xlsx --check
    """  # noqa: D301
    connector = source_connector(app.workspace().config.source.kind)
    if checking:
        problems = [str(problem) for problem in check(file)]
        words = "\n".join(problems) or f"{file} is in order: set `workbook` under [source], then cutover discover"
        app.terminal.document({"workbook": str(file), "problems": problems}, words)
        return errors.DIFFERENT if problems else errors.DONE
    if connector.template is None:
        raise ConfigError(f"there is no workbook for {connector.label}")
    if file.exists():
        raise ConfigError(f"{file} exists already; choose another name, what is in it may be somebody's work")
    connector.template(file)
    app.terminal.document({"workbook": str(file)}, f"{file} is ready to be filled: a sheet an object, with a guide.")
    return errors.DONE


@click.group(name="map")
def map_group() -> None:
    """The field map: what every source field becomes.

    \b
    Example:
      cutover -C acme map propose
      cutover -C acme map confirm --by maya
    """  # noqa: D301


@map_group.command()
@click.option("--force", is_flag=True, help="Overwrite a mapping.toml that was edited.")
@command
def propose(app: App, force: bool) -> None:
    """Propose a map and write it to mapping.toml; with --json also what else each field could become, and why.

    \b
    Example:
      cutover -C acme map propose
    """  # noqa: D301
    workspace = app.workspace()
    if workspace.mapping.exists() and not force:
        raise ConfigError(f"{workspace.mapping} exists already; --force writes a new proposal over it")
    with app.migration(workspace) as migration:
        text = migration.propose()
        fields = migration.offer().fields if app.terminal.as_json else {}
    write_atomically(workspace.mapping, text)
    app.terminal.document(
        {"map": str(workspace.mapping), "proposals": fields},
        f"The proposal is in {workspace.mapping}. Read it, change it, then: cutover map confirm",
    )


@map_group.command()
@command
def show(app: App) -> None:
    """Show the map as it stands in mapping.toml, with what stands against it.

    \b
    Example:
      cutover -C acme map show
    """  # noqa: D301
    workspace = app.workspace()
    text = workspace.map_text()
    with app.migration(workspace) as migration:
        made = migration.check_map(text)
        fact = migration.view.fact("map")
    document = {"version": fact["version"] if fact else None, "objects": made.object}

    def shown() -> None:
        rows = [
            (o, m.to, f, r.verb, _goal(msgspec.to_builtins(r)))
            for o, m in made.object.items()
            for f, r in m.fields.items()
        ]
        app.terminal.table(("object", "becomes", "field", "rule", "what"), rows)

    app.terminal.document(document, shown)


def _goal(rule: dict[str, object]) -> str:
    return ", ".join(f"{k}={v}" for k, v in rule.items())


@map_group.command()
@command
def confirm(app: App) -> None:
    """Confirm mapping.toml: from here on it decides.

    \b
    Example:
      cutover -C acme map confirm --by maya
    """  # noqa: D301
    workspace = app.workspace()
    text = workspace.map_text()
    with app.migration(workspace) as migration:
        version, new = migration.confirm(text, app.reason)
    word = "is confirmed" if new else "was confirmed already"
    app.terminal.document({"version": version, "new": new}, f"Map version {version} {word}. Next: cutover plan")


COMMANDS = (init, discover, workbook, map_group)
