"""The command line: `cutover COMMAND`. Every command is a thin question to the engine."""

from ops.cli.root import main

__all__ = ["main"]
