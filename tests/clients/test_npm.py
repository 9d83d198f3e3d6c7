"""The official npm client, unchanged, on the Pipedrive sandbox: v1 and v2 classes, each entity."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.process import running

REPO = Path(__file__).resolve().parents[2]
HOME = REPO / ".cache" / "npm-pipedrive"
"""Where the package is kept between runs."""
PACKAGE = "pipedrive@33"
SCRIPT = Path(__file__).with_name("exercise.mjs")
ENTITIES = (
    "v2 organizations", "v2 persons", "v2 deals", "v2 activities", "v2 products", "v2 variations", "v2 pipelines",
    "v2 stages", "v2 deal products", "v2 installments and discounts", "v2 deal fields", "v2 person fields",
    "v2 organization fields", "v2 product fields", "v2 activity fields", "v2 deal followers", "v2 person followers",
    "v2 organization followers", "v2 product followers", "v2 search", "v2 lead conversion", "v1 leads",
    "v1 lead labels", "v1 notes", "v1 files", "v1 activity types", "v1 users and currencies",
    "v1 organization relationships", "v1 deal participants", "v1 deal followers", "v1 filters", "v1 webhooks",
    "v1 call logs", "v1 recents and summary", "v2 projects", "v2 project fields", "v2 boards", "v2 phases", "v2 tasks",
)  # fmt: skip


def package(tmp: Path) -> Path:
    """The folder in which the package lies, fetched on the first run. Skips the test where it cannot be had."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"the official client needs {program}, and there is none here")
    if not (HOME / "node_modules" / "pipedrive" / "package.json").exists():
        fetch(tmp)
    return HOME


def fetch(tmp: Path) -> None:
    """Fetch the package beside its place and move it there, so that a broken or doubled fetch leaves nothing."""
    new = tmp / "npm"
    new.mkdir()
    command = ["npm", "install", PACKAGE, "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(new)]
    try:
        done = subprocess.run(command, cwd=new, capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm cannot fetch {PACKAGE}: no answer within 240 seconds")
    if done.returncode != 0:
        pytest.skip(f"npm cannot fetch {PACKAGE}: {done.stderr.strip().splitlines()[-1:]}")
    HOME.parent.mkdir(exist_ok=True)
    shutil.rmtree(HOME, ignore_errors=True)
    shutil.move(new, HOME)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the client met, by entity."""
    tmp = tmp_path_factory.mktemp("npm-client")
    home = package(tmp)
    with running(tmp / "state.jsonl", burst=10**6, lag=0, projects=True) as address:
        command = ["node", str(SCRIPT), str(home), str(address), "sandbox"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    yield json.loads(done.stdout)


@pytest.mark.xdist_group("npm")
@pytest.mark.parametrize("entity", ENTITIES)
def test_client(report: dict[str, Any], entity: str) -> None:
    """The client creates, lists over several pages, updates and deletes, and finds what it expects."""
    assert report[entity] == "ok"


@pytest.mark.xdist_group("npm")
def test_all_of_it(report: dict[str, Any]) -> None:
    """Every exercise of the script is looked at."""
    assert set(report) == set(ENTITIES)
