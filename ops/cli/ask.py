"""Commands that only ask: status, log, why, crosswalk, verify, rebuild."""

import csv
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from engine.auditor import Query, why_of
from engine.events import CATALOGUE
from engine.status import status_of
from eventstore import marks
from ops import errors
from ops.cli.common import App, command
from ops.cli.times import time_of
from ops.errors import ConfigError
from ops.reports import safe, write_csv

KINDS = (*CATALOGUE, marks.KIND)
"""Every kind of event that a log may hold."""


@click.command()
@command
def status(app: App) -> None:
    """Where the migration stands, and what to do next.

    \b
    Example:
      cutover -C acme status --json
    """  # noqa: D301
    with app.migration() as migration:
        found = status_of(migration)

    def show() -> None:
        rows = [
            (o, *(c[k] for k in ("extracted", "written", "unchanged", "skipped", "held", "rejected", "pending")))
            for o, c in found["objects"].items()
        ]
        headers = ("object", "extracted", "written", "unchanged", "skipped", "held", "rejected", "pending")
        app.terminal.table(headers, rows)
        app.terminal.out.print(
            f"phase: {found['phase']}; {found['reviews']['open']} open reviews; next: {found['next']}"
        )

    app.terminal.document(found, show)


@click.command()
@click.option("--object", "obj", default="", help="Only this object.")
@click.option("--key", default="", help="Only this record (with --object).")
@click.option("--ref", default="", metavar="ENTITY/ID", help="Only what led to this destination record, e.g. deal/123.")
@click.option("--kind", default="", help="Only this kind of event.")
@click.option("--actor", default="", help="Only what this actor did.")
@click.option("--since", default="", metavar="TIME", help="Not before this time (RFC 3339).")
@click.option("--until", default="", metavar="TIME", help="Not after this time (RFC 3339).")
@click.option("--after", default=0, metavar="POSITION", help="Only after this position.")
@click.option("--limit", default=0, help="At most so many events (0: all).")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="How to print it."
)
@command
def log(
    app: App,
    obj: str,
    key: str,
    ref: str,
    kind: str,
    actor: str,
    since: str,
    until: str,
    after: int,
    limit: int,
    form: str,
) -> None:
    """The auditor's query: the events of the log, one a line.

    \b
    Example:
      cutover -C acme log --ref deal/123
      cutover -C acme log --kind WriteRejected --since 2025-03-01T00:00:00Z
    """  # noqa: D301
    if kind and kind not in KINDS:
        raise ConfigError(f"there is no kind of event {kind!r}; there is {', '.join(sorted(KINDS))}")
    if ref and not all(ref.partition("/")):
        raise ConfigError(f"{ref!r} is no destination record: write it as ENTITY/ID, e.g. deal/123")
    with app.migration() as migration:
        query = Query(
            object=obj,
            key=key,
            ref=ref,
            kind=kind,
            actor=actor,
            since=time_of(since) if since else None,
            until=time_of(until) if until else None,
            after=after,
            limit=limit,
        )
        lines = query.run(migration)
        if app.terminal.as_json:
            app.terminal.document({"events": list(lines)})
        elif form == "csv":
            _print_csv(list(lines))
        else:
            for line in lines:
                click.echo(msgspec.json.encode(line).decode())


def _print_csv(lines: list[dict[str, Any]]) -> None:
    headers = ("position", "at", "kind", "actor", "object", "key", "cause", "body")
    writer = csv.writer(sys.stdout)
    writer.writerow(headers)
    writer.writerows([safe(line[h]) for h in headers] for line in lines)


@click.command()
@click.argument("entity")
@click.argument("id")
@click.argument("field", required=False)
@command
def why(app: App, entity: str, id: str, field: str | None) -> int:
    """Where a destination record or one of its values came from.

    \b
    Example:
      cutover -C acme why deal 123 value
    """  # noqa: D301
    with app.migration() as migration:
        found = why_of(migration, entity, id, field or "")
    if found is None:
        app.terminal.error(
            f"cutover: the log has no {entity} {id} at {app.target}: it was not written by this migration"
        )
        return errors.FAILED

    def show() -> None:
        for step in found["steps"]:
            app.terminal.out.print(f"{step['position']:>8}  {step['at']}  {step['actor']}: {step['text']}")

    app.terminal.document(found, show)
    return errors.DONE


@click.command()
@click.argument("path", metavar="F.csv", type=click.Path(path_type=Path))
@command
def crosswalk(app: App, path: Path) -> None:
    """Write source id to destination id, for every record written.

    \b
    Example:
      cutover -C acme crosswalk crosswalk.csv
    """  # noqa: D301
    workspace = app.workspace()
    url = workspace.destination(app.target).url.rstrip("/")
    with app.migration(workspace) as migration:
        rows = migration.crosswalk()
    pages = {"organization": "organization", "person": "person", "deal": "deal", "activity": "activities"}
    write_csv(
        path,
        ("object", "key", "entity", "id", "address"),
        [(o, k, e, i, f"{url}/{pages[e]}/{i}" if e in pages else "") for o, k, e, i in rows],
    )
    app.terminal.document({"records": len(rows), "file": str(path)}, f"{len(rows)} records in {path}")


@click.command()
@command
def verify(app: App) -> int:
    """Recompute every digest of the log.

    \b
    Example:
      cutover -C acme verify
    """  # noqa: D301
    with app.migration() as migration:
        found = migration.journal.log.verify()
    document = {"ok": found.ok, "events": found.events, "digest": found.digest.hex()}
    if not found.ok:
        document |= {"first_bad": found.first_bad, "reason": found.reason}
    text = f"{found.events} events, all as they were written; digest {found.digest.hex()}"
    app.terminal.document(document, text if found.ok else f"position {found.first_bad}: {found.reason}")
    return errors.DONE if found.ok else errors.DIFFERENT


@click.command()
@click.option("--check", is_flag=True, help="Only compare, change nothing.")
@command
def rebuild(app: App, check: bool) -> int:
    """Fold every read model from zero.

    \b
    Example:
      cutover -C acme rebuild --check
    """  # noqa: D301
    with app.migration() as migration:
        differences = migration.journal.log.rebuild(check=check)
    document = {"ok": not differences, "differences": [f"{d.fold}.{d.table} {d.key}" for d in differences]}
    word = "compared" if check else "rebuilt"
    app.terminal.document(document, f"Read models {word}: {len(differences)} rows differed.")
    return errors.DIFFERENT if differences and check else errors.DONE


COMMANDS = (status, log, why, crosswalk, verify, rebuild)
