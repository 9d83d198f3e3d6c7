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


@pytest.fixture
def soak() -> Soak:
    """Runs a part of the soak as the process that it is: it forks, so it must have no threads of pytest's."""
    return run
