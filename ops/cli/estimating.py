"""The command that appraises: estimate, of a migration or of counts alone."""

from pathlib import Path

import click
import msgspec

from adapters.destinations import kinds
from adapters.sources.kinds import source_kinds
from engine.appraise import Estimate, Known, appraise, keep
from engine.grade import duration
from engine.known import known_of, known_of_counts
from engine.quote import Rates, RatesError
from ops.cli.common import App, command
from ops.cli.times import day_of
from ops.compose import now_microseconds
from ops.counts import CountsFile, read_counts
from ops.errors import ConfigError
from ops.estimates import HEADERS, about, document, paper, rows
from ops.paper import markdown, save
from ops.reports import write_csv, write_json
from ops.terminal import Terminal
from ops.workspace import FILE

_FORMS = (".html", ".md", ".json")


@click.command()
@click.option("--counts", type=click.Path(path_type=Path), default=None, help="Counts alone, without the source.")
@click.option("--from", "source", default="", metavar="S", help="The source, with --counts.")
@click.option("--to", "destination", default="", metavar="D", help="The destination, with --counts.")
@click.option("--plan", default="", help="The account's plan, with --counts.")
@click.option("--seats", type=click.IntRange(min=1), default=None, help="Users of the account, with --counts.")
@click.option(
    "--save", "saves", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Write it there, too: .html, .md or .json; repeatable.",
)  # fmt: skip
@command
def estimate(
    app: App,
    counts: Path | None,
    source: str,
    destination: str,
    plan: str,
    seats: int | None,
    saves: tuple[Path, ...],
) -> None:
    """How hard a migration is (A to F, in five parts with reasons), how long it takes and what it costs.

    In a workspace it goes by what was discovered, and writes reports/estimate.html, .md, .json and .csv. With --counts
    it needs nothing but a file that says how many records there are of what.

    \b
    Example:
      cutover -C acme estimate
      cutover estimate --counts counts.toml --from smart-crm-online --to pipedrive --plan growth --save estimate.html
    """  # noqa: D301
    if wrong := [path for path in saves if path.suffix.lower() not in _FORMS]:
        raise ConfigError(f"--save {wrong[0]}: the name ends in {', '.join(_FORMS)}")
    at = f"made on {day_of(now_microseconds())}"
    if counts is not None:
        found = _of_counts(app, counts, source, destination, plan, seats)
        reports: dict[str, str] = {}
    elif source or destination or plan or seats:
        raise ConfigError("--from, --to, --plan and --seats go with --counts; a workspace knows them itself")
    else:
        found, reports = _of_workspace(app, at)
    for path in saves:
        _write(found, path, at)
        reports[path.suffix[1:].lower()] = str(path)
    asked = counts is not None and not saves and not app.terminal.as_json
    text = markdown(paper(found, at)) if asked else None
    shown = text if text is not None else lambda: _show(app.terminal, found, reports)
    app.terminal.document(document(found) | {"reports": reports}, shown)


def _of_workspace(app: App, at: str) -> tuple[Estimate, dict[str, str]]:
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        found = _appraised(known_of(migration), workspace.config.rates)
        keep(migration.journal, migration.target, found)
    reports = {form[1:]: workspace.reports / f"estimate{form}" for form in (*_FORMS, ".csv")}
    for path in reports.values():
        _write(found, path, at)
    return found, {form: str(path) for form, path in reports.items()}


def _of_counts(app: App, path: Path, source: str, destination: str, plan: str, seats: int | None) -> Estimate:
    given = read_counts(path)
    rates = given.rates
    if (app.directory / FILE).exists():  # what the workspace says already need not be said again
        config = app.workspace().config
        account = app.workspace().destination(app.target)
        source, destination = source or given.from_ or config.source.kind, destination or given.to or account.kind
        plan = plan or given.plan or account.plan
        rates = rates or config.rates
    source, destination, plan = source or given.from_, destination or given.to, plan or given.plan
    return _appraised(_known(given, path, source, destination, plan, seats), rates)


def _known(given: CountsFile, path: Path, source: str, destination: str, plan: str, seats: int | None) -> Known:
    if not source or not destination:
        raise ConfigError("say --from and --to (or `from` and `to` in the counts file): which CRM into which")
    if source not in source_kinds():
        raise ConfigError(f"there is no source {source!r} in this version; there is {', '.join(source_kinds())}")
    if destination not in kinds():
        raise ConfigError(f"there is no destination {destination!r} in this version; there is {', '.join(kinds())}")
    try:
        adapter = kinds()[destination].open({"plan": plan} if plan else {})
    except ValueError as error:
        raise ConfigError(str(error)) from None
    counts = given.counts(path)
    if seats is not None:
        counts = msgspec.structs.replace(counts, seats=seats)
    return known_of_counts(source, destination, adapter, adapter, counts)  # type: ignore[arg-type]


def _appraised(known: Known, rates: Rates | None) -> Estimate:
    try:
        return appraise(known, rates)
    except RatesError as error:
        raise ConfigError(str(error)) from None


def _write(found: Estimate, path: Path, at: str) -> None:
    match path.suffix.lower():
        case ".json":
            write_json(path, document(found))
        case ".csv":
            write_csv(path, HEADERS, rows(found))
        case _:
            save(paper(found, at), path)


def _show(terminal: Terminal, found: Estimate, reports: dict[str, str]) -> None:
    terminal.out.print(f"Grade {found.grade}, from {found.basis}.")
    terminal.table(("part", "grade", "why"), [(p.part, p.grade, p.reason) for p in found.parts])
    if found.by_hand:
        terminal.out.print(found.by_hand)
    if found.weeks:
        terminal.out.print(f"Calendar: {about(found)}{found.weeks.least} to {found.weeks.most} weeks.")
    if found.forecast:
        made = found.forecast
        terminal.out.print(
            f"Run: {about(found)}{made.total:,.0f} {made.unit}s, {duration(made.seconds)} of machine time."
        )
    if found.price:
        terminal.out.print(f"Price: {found.price.amount:,.2f} {found.price.currency}.")
    if found.cited:
        printed = "; ".join(f"{label.lower()}: {text}" for label, text in found.cited.words())
        terminal.out.print(f"The vendor's page prints (cited, not computed): {printed}.")
    terminal.out.print(f"Written: {', '.join(reports.values())}" if reports else "")


COMMANDS = (estimate,)
