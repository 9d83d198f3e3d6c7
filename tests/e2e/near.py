"""A workspace whose commands run in this process, by the real `main`: the same words and codes, without the start."""

import json
import os
from collections.abc import Mapping
from unittest import mock

from click.testing import CliRunner

from ops.cli import main
from tests.e2e.workspace import Result, Workspace


class Near(Workspace):
    """What the command line says, asked where a process for each of many commands would take most of the time."""

    def run(self, *args: str, timeout: float = 300, env: Mapping[str, str] | None = None) -> Result:
        """Run a command to its end; what no command catches fails the test."""
        del timeout
        with mock.patch.dict(os.environ, self.env | dict(env or {}), clear=True):
            done = CliRunner().invoke(main, ["-C", str(self.folder), *args], catch_exceptions=False)
        self.count()
        document = json.loads(done.stdout) if "--json" in args and done.stdout else None
        return Result(done.exit_code, document, done.stderr, done.stdout)
