"""`cutover figures`: what the old system's reports showed, as CSV files."""

from pathlib import Path

import click

from engine.figures import HEADERS, figures as figures_of
from ops.cli.common import App, command
from ops.reports import write_csv


@click.command()
@click.argument("folder", metavar="DIR", required=False, type=click.Path(path_type=Path))
@command
def figures(app: App, folder: Path | None) -> None:
    """Write what reports are made of: deal history, stage counts, task completion and lead source, as CSV.

    Reports and dashboards themselves are not moved. Without DIR it is `figures` among the workspace's reports.

    \b
    Example:
      cutover -C acme figures acme-figures
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        found = figures_of(migration.journal, migration.history())
    folder = folder or workspace.reports / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name.replace('_', '-')}.csv" for name in HEADERS}
    for name, path in files.items():
        write_csv(path, HEADERS[name], getattr(found, name))
    rows = {name: len(getattr(found, name)) for name in HEADERS}
    document = {"files": {name: str(path) for name, path in files.items()}, "rows": rows}
    app.terminal.document(document, "\n".join(f"{rows[name]:>6} rows  {path}" for name, path in files.items()))


COMMANDS = (figures,)
