"""The command that lists what must be built again by hand: inventory, and what people declare for it."""

import click

from engine.inventory import Inventory, InventoryError, declare, inventory, keep, withdraw
from engine.migration import Migration
from engine.rebuild import KINDS
from ops.cli.common import App, command
from ops.cli.times import day_of
from ops.compose import now_microseconds
from ops.errors import ConfigError
from ops.inventories import document, write
from ops.workspace import Workspace


def taken(migration: Migration, workspace: Workspace) -> tuple[Inventory, dict[str, str]]:
    """Take the inventory, record it where it is news, and write its reports."""
    found = inventory(migration)
    keep(migration.journal, migration.target, found)
    return found, write(found, workspace.reports, f"made on {day_of(now_microseconds())}")


@click.group(name="inventory", invoke_without_command=True)
def inventory_group(**given: object) -> None:
    """Automations, integrations and what is left behind: to be built again by hand, with what could rebuild each.

    \b
    Example:
      cutover -C acme inventory
      cutover -C acme inventory declare "Welcome mail" --kind automation --object Lead --does "three days after"
    """  # noqa: D301
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        ctx.invoke(listing, **given)


@command
def listing(app: App) -> None:
    """List what must be built again, and write it down."""
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        found, reports = taken(migration, workspace)

    def show() -> None:
        rows = [(e.id, e.known, e.called, e.object, e.name, e.feature or "nothing", e.plan) for e in found.entries]
        app.terminal.table(("id", "known", "kind", "object", "name", "rebuilt with", "plan"), rows)
        app.terminal.out.print(f"Written: {', '.join(reports.values())}")

    app.terminal.document(document(found) | {"reports": reports}, show)


for _option in ("directory", "as_json", "by", "reason", "target", "quiet"):
    inventory_group.params += [p for p in listing.__click_params__ if p.name == _option]  # type: ignore[attr-defined]


@inventory_group.command(name="declare")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="automation", show_default=True, help="What it is.")
@click.option("--object", "about", default="", help="The object that it concerns.")
@click.option("--does", default="", metavar="TEXT", help="When it runs, and what it does.")
@command
def declaring(app: App, name: str, kind: str, about: str, does: str) -> None:
    """Tell of something that the source does not show.

    \b
    Example:
      cutover -C acme inventory declare "Xero" --kind integration --does "invoices of won deals"
    """  # noqa: D301
    with app.migration() as migration:
        try:
            id = declare(migration.journal, kind, name, about, does)
        except InventoryError as error:
            raise ConfigError(str(error)) from None
    app.terminal.document({"id": id}, f"{id}: the {kind} {name!r} is in the inventory.")


@inventory_group.command(name="withdraw")
@click.argument("id")
@command
def withdrawing(app: App, id: str) -> None:
    """Take back what was declared.

    \b
    Example:
      cutover -C acme inventory withdraw declared-2 --reason "it was switched off long ago"
    """  # noqa: D301
    with app.migration() as migration:
        try:
            withdraw(migration.journal, id, app.reason)
        except InventoryError as error:
            raise ConfigError(str(error)) from None
    app.terminal.document({"id": id}, f"{id} is withdrawn.")


COMMANDS = (inventory_group,)
