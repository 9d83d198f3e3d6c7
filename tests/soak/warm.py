"""A workspace whose commands start in milliseconds.

Each is a process of its own, forked from this one, which knows the program already. What it runs is `cutover` and its
arguments; it has its own files, sockets and databases.
"""

import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ops.cli import main
from tests.e2e.workspace import Result, Workspace
from tests.soak.forking import Child

for _name in (
    "adapters.destinations.pipedrive", "adapters.driver", "adapters.sources.smart_crm_online", "alembic.command",
    "alembic.runtime.migration", "psycopg",
):  # fmt: skip
    import_module(_name)


class Command(Child):
    """A running `cutover` command; what it prints goes into two files."""

    def __init__(self, args: list[str], env: Mapping[str, str], out: Path, err: Path) -> None:
        self.out, self.err = out, err
        super().__init__(lambda _tell: _run(args, env, out, err))

    def outputs(self) -> tuple[str, str]:
        """What it has printed so far: standard output, standard error."""
        return self.out.read_text(encoding="utf-8"), self.err.read_text(encoding="utf-8")


def _run(args: list[str], env: Mapping[str, str], out: Path, err: Path) -> int:
    """The command, in the child."""
    os.environ.clear()
    os.environ.update(env)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        os.dup2(file, number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    try:
        main(args, prog_name="cutover")
    except SystemExit as end:
        return int(end.code or 0) if not isinstance(end.code, str) else 1
    return 0


class Warm(Workspace):
    """A workspace whose commands are forked."""

    def begin(self, *args: str) -> Command:
        """Start a command and leave it running."""
        beside = self.folder.parent
        return Command(["-C", str(self.folder), *args], self.env, beside / "stdout", beside / "stderr")

    def run(self, *args: str, timeout: float = 300, env: Mapping[str, str] | None = None) -> Result:
        """Run a command to its end."""
        assert env is None, "a warm command has the workspace's environment"
        command = self.begin(*args)
        code = command.wait(timeout)
        command.close()
        stdout, stderr = command.outputs()
        assert "Traceback" not in stderr, stderr
        self.count()
        return Result(code, json.loads(stdout) if "--json" in args and stdout else None, stderr, stdout)

    def ask(self, *commands: tuple[str, ...]) -> list[Any]:
        """The documents of several commands that only ask."""
        return [self.ok(*command) for command in commands]
