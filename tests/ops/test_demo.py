"""The demo: every pair plays its story to the end, and a pair that there is not is told with those that there are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.demo_accounts import PAIRS
from tests.e2e.workspace import MAIN, REPO


def played(*args: str) -> "subprocess.CompletedProcess[str]":
    """`cutover demo ARGS`, as a process of its own."""
    command = [sys.executable, "-c", MAIN, "demo", *args, "--json"]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CUTOVER_")}
    return subprocess.run(command, cwd=REPO, env=clean, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_is_played_to_its_end(pair: str, tmp_path: Path) -> None:
    """All records arrive, both sides agree, the rewind leaves all as it was, and the same delta ends the same."""
    done = played(pair, "--workspace", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(done.stdout)
    told = {step["step"]: step["text"] for step in document["steps"]}
    assert document["ok"] is True
    if pair.startswith("smart-crm-online"):
        assert told["run again"].startswith("127 written, 6 skipped")
    assert told["reconcile"].startswith("both sides agree")
    assert told["rewind"].endswith("the account is as it was")
    assert told["delta again"].endswith("the same end")
    asked = [step["text"] for step in document["steps"] if step["step"] == "checklist"]
    assert bool(asked) == pair.endswith("nutshell")
    assert all(text.endswith("(made by an administrator, seen, and so closed)") for text in asked)


def test_an_unknown_pair_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    """Usage: exit code 2, one sentence with the pairs, and no folder is made."""
    done = played("smart-crm-online:abacus", "--workspace", str(tmp_path / "demo"))
    assert done.returncode == 2
    assert all(pair in done.stderr for pair in PAIRS)
    assert not (tmp_path / "demo").exists()
