"""`cutover map match`: proposals for one schema pair, or for one value list, from JSON to JSON."""

import sys

import click
import msgspec

from engine.matching.document import DocumentError, answer
from ops.cli.common import App, command
from ops.cli.set_up import map_group
from ops.errors import ConfigError


@map_group.command()
@click.option("--stream", is_flag=True, help="One document a line, one answer a line.")
@command
def match(_app: App, stream: bool) -> None:
    """Rank what each field of a schema pair could become: JSON on standard input, JSON on standard output.

    Needs no workspace and no network. A value list is answered, too.

    \b
    Example:
      cutover map match < pair.json
    """  # noqa: D301
    given = sys.stdin.buffer if stream else [sys.stdin.buffer.read()]
    for number, document in enumerate(given, 1):
        if stream and not document.strip():
            continue
        try:
            said = answer(document)
        except DocumentError as error:
            raise ConfigError(f"line {number}: {error}" if stream else str(error)) from None
        sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
        sys.stdout.buffer.flush()


COMMANDS: tuple[click.Command, ...] = ()
"""It hangs on `map`; there is no command of its own."""
