"""The long-running commands: sandbox, daemon, demo. What they alone need is imported when they run."""

from pathlib import Path

import click
import msgspec

from ops.cli.common import App, command
from ops.errors import ConfigError

SAMPLES = Path(__file__).parents[1] / "samples"
"""Made-up accounts of sources that a sandbox can be filled from."""
_USUAL: dict[str, dict[str, str]] = {
    "salesforce": {"org": str(SAMPLES / "improveit_360" / "org")},
    "promoxcrm": {"world": str(SAMPLES / "promoxcrm" / "world.json")},
    "pro-sales-crm": {"world": str(SAMPLES / "pro_sales_crm" / "world.json")},
}
"""Settings of sandboxes where nothing else is chosen."""


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="The port (0, the default: any that is free).")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--plan", default=None, help="The account's plan, e.g. growth (default: that of the sandbox).")
@click.option("--state", type=click.Path(path_type=Path), default=None, help="The file that keeps all that it holds.")
@click.option("--token", default="sandbox", show_default=True, help="The API token that it accepts.")
@click.option("--lag", type=float, default=None, metavar="SECONDS", help="Until search sees a change.")
@click.option("--clock-rate", default=1.0, metavar="N", show_default=True, help="How much faster than real time runs.")
@click.option("--burst", type=int, default=None, help="Requests in two seconds (default: by plan).")
@click.option("--seats", type=int, default=None, help="Seats of the account, for its daily budget.")
@click.option("--org", default=None, metavar="DIR", help="The folder of a Salesforce org (default: a made-up one).")
@click.option("--faults", default="", metavar="SPEC", help="e.g. lost=0.02,429=0.05,500=0.01,slow=0.02,cut=0.01.")
@click.option("--seed", default=0, show_default=True, help="Seed of the faults.")
@click.option(
    "--world", default=None, metavar="PATH", help="A source's data: world.json or its folder (default: made up)."
)
@click.option("--set", "more", multiple=True, metavar="NAME=VALUE", help="Any setting of the sandbox; repeatable.")
@command
def sandbox(
    _app: App,
    name: str,
    port: int,
    host: str,
    state: Path | None,
    token: str,
    more: tuple[str, ...],
    **given: object,
) -> None:
    """Serve a sandbox of a real API on this machine, as strict as the real one.

    Those of sources misbehave as real ones do where --set says so.

    \b
    Example:
      cutover sandbox pipedrive --port 8080 --state sandbox.state
      cutover sandbox promoxcrm --set login_page=true --set stuck=tasks --set first=leads=429
    """  # noqa: D301
    from adapters.sandbox import journal, server

    if name not in server.WORLDS:
        raise ConfigError(f"there is no sandbox {name!r}; there is {', '.join(server.WORLDS)}")
    kind = server.WORLDS[name].settings
    chosen = {**_USUAL.get(name, {}), **{key: value for key, value in given.items() if value is not None}}
    chosen |= dict(pair.partition("=")[::2] for pair in more)
    if unknown := sorted(chosen.keys() - set(kind.__struct_fields__)):
        raise ConfigError(f"the sandbox {name!r} has no setting {', '.join(unknown)}")
    try:
        settings = msgspec.convert(chosen, kind, strict=False)
        server.serve(name, port=port, state=state or Path(f"{name}.sandbox"), settings=settings, token=token, host=host)
    except (ValueError, OSError, journal.JournalError) as error:
        raise ConfigError(f"the sandbox cannot start: {error}") from None


@click.command()
@click.option("--once", is_flag=True, help="One tick, then stop.")
@command
def daemon(app: App, once: bool) -> int:
    """Keep the migration in step, tick by tick, until SIGTERM.

    \b
    Example:
      cutover -C acme daemon
    """  # noqa: D301
    from ops import daemon as daemons

    return daemons.serve(app.workspace(), app.target, app.actor, app.terminal, once=once)


@click.command()
@click.argument("pair", required=False, default="smart-crm-online:pipedrive")
@click.option(
    "--workspace",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where to leave it.",
)
@command
def demo(app: App, pair: str, folder: Path) -> int:
    """A whole migration against a local sandbox: discover, map, sample, run, delta, rewind, and the delta again.

    \b
    Example:
      cutover demo
    """  # noqa: D301
    from ops import demo as demos

    return demos.play(pair, folder, app.terminal)


COMMANDS = (sandbox, daemon, demo)
