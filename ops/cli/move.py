"""Commands that move records: sample, run, sync, retry; and what proves them: reconcile."""

from pathlib import Path
from typing import Any

import click
import msgspec

from engine.extract import Extracted
from engine.mapping import digest
from engine.migration import RunReport
from engine.reconcile import Difference, Reconciliation
from ops import errors
from ops.cli.common import App, command
from ops.errors import ConfigError
from ops.reports import write_csv, write_json


@click.command()
@click.option(
    "--size", type=click.IntRange(min=1), default=100, show_default=True, help="How many records, parents included."
)
@command
def sample(app: App, size: int) -> int:
    """Move a representative slice, read it back, and write the field-level diff.

    \b
    Example:
      cutover -C acme sample --size 100
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        report = migration.sample(size)
    if report.sample is None:
        return _ended(app, report)
    different: list[Difference] = report.sample["different"]
    rows = [[d.entity, d.id, d.field, d.source, d.destination, d.reason] for d in different]
    path = workspace.reports / "sample.csv"
    write_csv(path, ("entity", "id", "field", "source", "destination", "reason"), rows)
    document = {k: report.sample[k] for k in ("records", "fields", "equal", "different")} | {"report": str(path)}
    text = (
        f"{document['records']} records, {document['equal']} of {document['fields']} fields equal; "
        f"{len(different)} differ: {path}. Next: cutover approve sample"
    )
    app.terminal.document(document, text)
    return errors.DIFFERENT if different else errors.DONE


@click.command()
@click.option("--plan", "plan_file", type=click.Path(path_type=Path), default=None, help="Do just this, or refuse.")
@command
def run(app: App, plan_file: Path | None) -> int:
    """The production run, phase by phase, gate by gate. Goes on where an earlier run stopped.

    \b
    Example:
      cutover -C acme run
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        _same_map(migration, workspace)
        report = migration.run(_fingerprint(plan_file) if plan_file else "")
    return _ended(app, report)


def _fingerprint(path: Path) -> str:
    try:
        return str(msgspec.json.decode(path.read_bytes())["fingerprint"])
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        raise ConfigError(f"{path} is no plan; `cutover plan --save FILE` writes one") from None


def _same_map(migration: Any, workspace: Any) -> None:
    """The file that people see is the map that decides, or they are told."""
    fact = migration.view.fact("map")
    if fact and workspace.mapping.exists():
        made = migration.check_map(workspace.map_text())
        if digest(made) != fact["digest"]:
            raise ConfigError(
                f"{workspace.mapping} differs from the confirmed map version {fact['version']}: "
                "confirm it (`cutover map confirm`) or put it back"
            )


@click.command()
@click.option(
    "--export", type=click.Path(path_type=Path, exists=False), help="The new export, where the source is files."
)
@click.option("--force", is_flag=True, help="Take an export although many records are missing from it.")
@command
def sync(app: App, export: Path | None, force: bool) -> int:
    """One delta: extract, replay what changed, write it, count it; then name a checkpoint.

    \b
    Example:
      cutover -C acme sync --export export-2025-03-15.zip
    """  # noqa: D301
    workspace = app.workspace()
    if export is not None:
        if not export.exists():
            raise ConfigError(f"{export} does not exist; --export names the folder or ZIP of the new export")
        workspace.set_export(export)
    with app.migration(workspace) as migration:
        _same_map(migration, workspace)
        report = migration.sync(force=force)
    return _ended(app, report)


def _ended(app: App, report: RunReport) -> int:
    """Say how a run ended."""
    document = msgspec.to_builtins(report)
    text = report.message or f"{report.verb} done: {report.tokens} tokens spent, the log is at {report.position}."
    if report.extracted is not None:
        text = f"{_news(report.extracted)}. {text}"
    app.terminal.document({k: v for k, v in document.items() if v not in (None, "")}, text)
    return errors.GATE if report.outcome == "gate" else errors.DONE


def _news(found: Extracted) -> str:
    """What a delta read, in words."""
    new, changed, gone = (sum(c.values()) for c in (found.created, found.changed, found.vanished))
    return f"{new} new, {changed} changed, {gone} gone at the source"


@click.command()
@click.argument("ids", nargs=-1)
@click.option("--kind", default="", metavar="K", help="Only records of one entity, e.g. deal.")
@command
def retry(app: App, ids: tuple[str, ...], kind: str) -> int:
    """Try rejected and held records again: all, those of one entity, or those named as Object/key.

    \b
    Example:
      cutover -C acme retry --kind deal
    """  # noqa: D301
    with app.migration() as migration:
        report = migration.retry(ids, kind)
    return _ended(app, report)


@click.command()
@command
def reconcile(app: App) -> int:
    """Compare both sides: counts, sums, and every field of every record, with a fresh read.

    \b
    Example:
      cutover -C acme reconcile --json
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        found = migration.reconcile()
    write_json(workspace.reports / "reconcile.json", found)

    def show() -> None:
        rows = [
            (
                *(e, c.read, c.skipped, len(c.unsettled), c.written, c.expected, c.found),
                *(len(c.missing), len(c.unexpected), len(c.different)),
            )
            for e, c in found.entities.items()
        ]
        headers = (
            *("entity", "read", "skipped", "unsettled", "written", "expected", "found"),
            *("missing", "unexpected", "different"),
        )
        app.terminal.table(headers, rows)
        app.terminal.out.print(_verdict(found))

    app.terminal.document(found, show)
    return errors.DONE if found.ok else errors.DIFFERENT


def _verdict(found: Reconciliation) -> str:
    waiting = sum(len(count.unsettled) for count in found.entities.values())
    wait = f"{waiting} records wait (held, rejected or pending): `cutover status`, and `cutover rejects F.csv` says why"
    if not found.ok:
        return f"The sides differ; {wait if waiting else 'reports/reconcile.json names every record and field'}."
    return f"Both sides agree on what was written; {wait}." if waiting else "Both sides agree."


@click.command()
@click.argument("path", metavar="F.csv", type=click.Path(path_type=Path))
@command
def rejects(app: App, path: Path) -> None:
    """Write rejected and held records to a file, with the server's words.

    \b
    Example:
      cutover -C acme rejects rejects.csv
    """  # noqa: D301
    with app.migration() as migration:
        rows = migration.rejects()
    write_csv(path, ("object", "key", "disposition", "why"), rows)
    app.terminal.document({"records": len(rows), "file": str(path)}, f"{len(rows)} records in {path}")


COMMANDS = (sample, run, sync, retry, rejects, reconcile)
