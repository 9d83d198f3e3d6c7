"""A sample of the soak in every run of the tests: the same commands, of which `make soak` asks for more."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).parents[2]

Soak = Callable[..., dict[str, Any]]


def run(*args: str) -> dict[str, Any]:
    """The figures of a part of the soak, which must end well."""
    command = [sys.executable, "-m", "tests.soak", *args, "--json"]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def apart(function: Callable[[Path], None], folder: Path) -> None:
    """Call a function of a module in a process of its own, which must end well: what forks has no place in pytest's."""
    code = f"import sys; from pathlib import Path; from {function.__module__} import {function.__name__} as work; "
    command = [sys.executable, "-c", code + "work(Path(sys.argv[1]))", str(folder)]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.fixture
def soak() -> Soak:
    """Runs a part of the soak as the process that it is: it forks, so it must have no threads of pytest's."""
    return run
