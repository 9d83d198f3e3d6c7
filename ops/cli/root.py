"""The root command: `cutover`."""

import click

from ops.cli import (
    ask,
    back,
    decide,
    estimating,
    figuring,
    inventorying,
    long,
    matching,
    move,
    set_up,
    spotchecking,
    sweeping,
    workbooks,
)


@click.group(context_settings={"help_option_names": ["--help", "-h"]})
@click.option("-C", "directory", metavar="DIR", default=None, help="The workspace (default: the current folder).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.version_option(package_name="cutover")
def main(**_: object) -> None:
    """Move a company from one CRM to another, prove it, and be able to take it back.

    \b
    Example:
      cutover demo
    """  # noqa: D301


MODULES = (
    set_up, estimating, inventorying, workbooks, decide, matching, move, spotchecking, ask, figuring,
    back, sweeping, long,
)  # fmt: skip
"""In the order of a migration."""

for module in MODULES:
    for command in module.COMMANDS:
        main.add_command(command)
