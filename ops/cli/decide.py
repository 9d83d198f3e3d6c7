"""Commands by which people decide: plan, review, approve, hold, resume."""

from pathlib import Path

import click

from engine.reviews import Question
from ops.cli.common import App, command
from ops.errors import ConfigError
from ops.reports import write_json
from ops.scope import limit_lines


@click.command()
@click.option("--save", type=click.Path(path_type=Path), default=None, help="Write it to a file, for run --plan.")
@command
def plan(app: App, save: Path | None) -> None:
    """What a run would create, change, delete and skip, what it costs and how long it takes. Changes nothing.

    \b
    Example:
      cutover -C acme plan --save plan.json
      cutover -C acme run --plan plan.json
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        made = migration.plan()
        limits, needs = migration.limits()
    document = {
        "entities": {
            e: {"create": c.create, "update": c.update, "delete": c.delete, "skip": c.skip, "hold": c.hold}
            for e, c in made.entities.items()
        },
        "cost": {"unit": made.unit, "total": made.total},
        "seconds": made.seconds,
        "fingerprint": made.fingerprint,
        "limits": limits,
        "caps": needs,
        "writes": made.lines,
    }
    if save is not None:
        write_json(save, document)

    def show() -> None:
        rows = [(e, c.create, c.update, c.delete, c.skip, c.hold) for e, c in made.entities.items()]
        app.terminal.table(("entity", "create", "update", "delete", "skip", "hold"), rows)
        app.terminal.out.print(f"about {made.total:g} {made.unit}s, {made.seconds:g} seconds")
        for line in limit_lines(limits, needs):
            app.terminal.out.print(line, markup=False)

    app.terminal.document(document, show)


class _Group(click.Group):
    """`cutover review` alone lists; with a subcommand it decides."""


@click.group(cls=_Group, invoke_without_command=True)
@click.option("--all", "every", is_flag=True, help="Answered and withdrawn items too.")
def review(every: bool, **given: object) -> None:
    """What people still have to decide.

    \b
    Example:
      cutover -C acme review
      cutover -C acme review resolve owner-3f2a --choose user:ann@acme.test
    """  # noqa: D301
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        ctx.invoke(listing, every=every, **given)


@command
def listing(app: App, every: bool) -> None:
    """List review items."""
    with app.migration() as migration:
        items = migration.reviews(None if every else "open")

    def show() -> None:
        for item in items:
            app.terminal.out.print(f"{item.id}  [{item.kind}]  {item.question}")
            app.terminal.out.print(f"    {_standing(item)}")
        if not items:
            app.terminal.out.print("Nothing is waiting for a decision.")

    app.terminal.document({"items": items}, show)


def _standing(item: Question) -> str:
    """What became of an item, or what may be chosen."""
    if item.status != "open":
        return f"answered: {item.choice}" if item.choice else item.status
    choices = f"choices: {', '.join(item.choices)}" if item.choices else "to be done, not answered"
    proposed = f"; proposed: {item.proposed}" if item.proposed else ""
    return choices + proposed + (f"; {len(item.blocks)} waiting" if item.blocks else "")


for _option in ("directory", "as_json", "by", "reason", "target", "quiet"):
    review.params += [p for p in listing.__click_params__ if p.name == _option]  # type: ignore[attr-defined]


@review.command()
@click.argument("ids", nargs=-1)
@click.option("--choose", "choice", required=True, metavar="C", help="The answer.")
@click.option("--kind", metavar="K", default="", help="Answer items of a kind (with --all).")
@click.option("--all", "every", is_flag=True, help="All open items of --kind.")
@command
def resolve(app: App, ids: tuple[str, ...], choice: str, kind: str, every: bool) -> None:
    """Answer review items.

    \b
    Example:
      cutover -C acme review resolve --kind duplicate --all --choose merge --by maya
    """  # noqa: D301
    with app.migration() as migration:
        chosen = list(ids)
        if kind and every:
            chosen += [q.id for q in migration.reviews() if q.kind == kind]
            if not chosen:
                raise ConfigError(f"no item of the kind {kind!r} is open; `cutover review` lists what is")
        elif kind or every:
            raise ConfigError("say both --kind K and --all, or name items by id")
        elif not ids:
            raise ConfigError("name an item by its id, or say --kind K --all")
        count = migration.resolve(chosen, choice, app.reason)
    app.terminal.document({"resolved": count}, f"{count} items answered {choice!r}.")


@click.command()
@click.argument("gate", type=click.Choice(["data", "configuration", "sample", "map"]))
@command
def approve(app: App, gate: str) -> None:
    """Approve a gate as things stand; the approval is void when they change.

    \b
    Example:
      cutover -C acme approve sample --by maya --reason "looked at all 120"
    """  # noqa: D301
    workspace = app.workspace()
    with app.migration(workspace) as migration:
        if gate == "map":
            version, _ = migration.confirm(workspace.map_text(), app.reason)
            app.terminal.document({"gate": gate, "version": version}, f"Map version {version} is confirmed.")
            return
        merged = migration.approve(gate, app.reason)
    extra = f" {merged} duplicates are merged as proposed." if merged else ""
    app.terminal.document({"gate": gate, "merged": merged}, f"The {gate} is approved.{extra}")


@click.command()
@command
def hold(app: App) -> None:
    """Stop: nothing is written until `cutover resume`.

    \b
    Example:
      cutover -C acme hold --reason "the customer asked us to wait"
    """  # noqa: D301
    with app.migration() as migration:
        migration.hold(app.reason)
    app.terminal.document({"on_hold": True}, "On hold. Nothing is written until `cutover resume`.")


@click.command()
@command
def resume(app: App) -> None:
    """Go on after a hold, a rewind or a rollback.

    \b
    Example:
      cutover -C acme resume --by maya
    """  # noqa: D301
    with app.migration() as migration:
        migration.resume(app.reason)
    app.terminal.document({"on_hold": False}, "The migration may write again.")


COMMANDS = (plan, review, approve, hold, resume)
