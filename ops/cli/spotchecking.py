"""Spot checks: `cutover spotcheck` draws, `spotcheck mark` records what a person found."""

from typing import Literal

import click
import msgspec

from engine.spotcheck import Check, SpotcheckError, checks, mark as record
from ops.cli.common import App, command
from ops.errors import ConfigError
from ops.reports import write_csv

_HEADERS = ("record", "at the destination", "field", "old", "is now", "new", "verdict", "by")


@click.group(invoke_without_command=True)
@click.option("--size", type=click.IntRange(min=1), default=25, show_default=True, help="How many records.")
@click.option("--seed", default="1", show_default=True, help="What draws them: the same seed, the same records.")
def spotcheck(size: int, seed: str, **given: object) -> None:
    """Moved records for people to check, old and new side by side.

    \b
    Example:
      cutover -C acme spotcheck --size 25 --seed friday
      cutover -C acme spotcheck mark Deal/17 pass --by maya
    """  # noqa: D301
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        ctx.invoke(drawn, size=size, seed=seed, **given)


@command
def drawn(app: App, size: int, seed: str) -> None:
    """Draw, read back and show."""
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        found = checks(migration, size, seed)
    path = workspace.reports / "spotcheck.csv"
    write_csv(path, _HEADERS, [row for check in found for row in _rows(check)])

    def show() -> None:
        for check in found:
            app.terminal.out.print(f"{check.id} is {check.entity} {check.there}  {_standing(check)}", markup=False)
            app.terminal.table(("field", "old", "is now", "new"), [msgspec.structs.astuple(x) for x in check.lines])
        app.terminal.out.print(f"{len(found)} records: {path}. Then: cutover spotcheck mark ID pass|fail")

    app.terminal.document({"size": size, "seed": seed, "items": found, "report": str(path)}, show)


def _rows(check: Check) -> list[tuple[str, ...]]:
    there = "not found there" if check.gone else f"{check.entity} {check.there}"
    return [(check.id, there, x.field, x.old, x.there, x.new, check.verdict, check.by) for x in check.lines]


def _standing(check: Check) -> str:
    if check.gone:
        return "(it is not there any more)"
    return f"({check.verdict} by {check.by})" if check.verdict else ""


for _option in ("directory", "as_json", "by", "reason", "target", "quiet"):
    spotcheck.params += [p for p in drawn.__click_params__ if p.name == _option]  # type: ignore[attr-defined]


@spotcheck.command()
@click.argument("id", metavar="ID")
@click.argument("verdict", type=click.Choice(["pass", "fail"]))
@command
def mark(app: App, id: str, verdict: Literal["pass", "fail"]) -> None:
    """Record what you found; --reason says it in words.

    \b
    Example:
      cutover -C acme spotcheck mark Deal/17 fail --by maya --reason "the amount is that of last year"
    """  # noqa: D301
    with app.migration() as migration:
        try:
            record(migration, id, verdict, app.reason)
        except SpotcheckError as error:
            raise ConfigError(str(error)) from None
    app.terminal.document({"id": id, "verdict": verdict}, f"{id}: {verdict}.")


COMMANDS = (spotcheck,)
