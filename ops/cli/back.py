"""Commands that take back: checkpoint, checkpoints, rewind, rollback."""

import click

from engine.undo import Undoing
from eventstore.log import Log
from ops import errors
from ops.cli.common import App, command
from ops.cli.times import time_of
from ops.errors import ConfigError


@click.command()
@click.argument("name")
@command
def checkpoint(app: App, name: str) -> None:
    """Name the present position of the log.

    \b
    Example:
      cutover -C acme checkpoint before-delta
    """  # noqa: D301
    with app.migration() as migration:
        known = {m.name: m.position for m in migration.journal.log.marks()}
        if name in known:
            raise ConfigError(f"there is a checkpoint {name!r} already, at {known[name]}: choose another name")
        if not name.strip() or name[0].isdigit():
            raise ConfigError(f"{name!r} is no name for a checkpoint: what begins with a digit is a position or a time")
        mark = migration.checkpoint(name)
    app.terminal.document(
        {"name": mark.name, "position": mark.position, "digest": mark.digest.hex()},
        f"{mark.name} is position {mark.position}.",
    )


@click.command()
@command
def checkpoints(app: App) -> None:
    """List the checkpoints.

    \b
    Example:
      cutover -C acme checkpoints
    """  # noqa: D301
    with app.migration() as migration:
        marks = migration.journal.log.marks()
    items = [{"name": m.name, "position": m.position, "digest": m.digest.hex()} for m in marks]
    rows = [(i["name"], i["position"], i["digest"]) for i in items]
    app.terminal.document({"checkpoints": items}, lambda: app.terminal.table(("name", "position", "digest"), rows))


@click.command()
@click.argument("to", metavar="CHECKPOINT|POSITION|TIME")
@click.option("--yes", is_flag=True, help="Do it; without this only show what would be done.")
@command
def rewind(app: App, to: str, yes: bool) -> int:
    """Take back every write since a checkpoint, a position or a time. The migration is then on hold.

    \b
    Example:
      cutover -C acme rewind before-delta
      cutover -C acme rewind before-delta --yes
    """  # noqa: D301
    return _take_back(app, to, "rewind", yes)


@click.command()
@click.option("--yes", is_flag=True, help="Do it; without this only show what would be done.")
@command
def rollback(app: App, yes: bool) -> int:
    """Take back every write of the migration. The migration is then on hold.

    \b
    Example:
      cutover -C acme rollback
      cutover -C acme rollback --yes
    """  # noqa: D301
    return _take_back(app, "0", "rollback", yes)


def _take_back(app: App, to: str, verb: str, yes: bool) -> int:
    with app.migration() as migration:
        position = _position(migration.journal.log, to)
        undoing = migration.rewind(position, verb) if yes else migration.undoing(position)
    document = {
        "to": undoing.to,
        "done": yes,
        "deleted": undoing.count("delete"),
        "restored": undoing.count("restore"),
        "recreated": undoing.count("recreate"),
        "held": len(undoing.held),
        "holding": [{"id": d.id, "object": d.subject[0], "key": d.subject[1], "why": d.question} for d in undoing.held],
        "impossible": undoing.residue + undoing.impossible,
    }
    app.terminal.document(document, _text(undoing, verb, yes))
    if not yes and undoing.steps:
        return errors.GATE
    return errors.DIFFERENT if undoing.impossible else errors.DONE


def _text(undoing: Undoing, verb: str, yes: bool) -> str:
    did = "deleted {}, restored {}, made again {}" if yes else "would delete {}, restore {}, make again {}"
    counts = (undoing.count("delete"), undoing.count("restore"), undoing.count("recreate"))
    lines = [
        f"{verb} to {undoing.to}: " + did.format(*counts) + f"; {len(undoing.held)} held because people changed them"
    ]
    lines += [f"  {d.question}" for d in undoing.held]
    lines += [f"  cannot be taken back: {i['entity']} {i['id']}: {i['why']}" for i in undoing.impossible]
    stays: dict[str, list[str]] = {}  # the same words for each of many fields are said once
    for known in undoing.residue:
        name, _, why = known["why"].partition(": ")
        stays.setdefault(why, []).append(f"{known['entity']} {name}")
    lines += [f"  stays ({len(names)}): {', '.join(names)}. {why}" for why, names in stays.items()]
    lines.append(
        "The migration is on hold; `cutover resume` lets it write again."
        if yes
        else "Nothing was changed; say --yes to do it."
    )
    return "\n".join(lines)


def _position(log: Log, to: str) -> int:
    """The position that a checkpoint, a number or a time means."""
    marks = {m.name: m.position for m in log.marks()}
    head = log.head().position
    if to in marks:
        return marks[to]
    if to.isdigit():
        if int(to) > head:
            raise ConfigError(f"the log ends at {head}; there is no position {to}")
        return int(to)
    if "-" not in to or not to[:4].isdigit():
        known = f"there is {', '.join(marks)}" if marks else "there is none yet"
        raise ConfigError(f"there is no checkpoint {to!r}; {known}")
    return log.find_time(time_of(to))


COMMANDS = (checkpoint, checkpoints, rewind, rollback)
