"""Bad input: one clear message, the right exit code, no traceback, and no key in anything that is said or written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.e2e.test_bad_input import told
from tests.e2e.workspace import EXPORT, Sandbox, Workspace, sandboxed

pytestmark = pytest.mark.xdist_group("bad input")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One account for all tests here: none of them may write to it."""
    with sandboxed(tmp_path_factory.mktemp("sandbox"), NUTSHELL) as (running, _):
        yield running
        assert running.writes() == 0


@pytest.fixture
def workspace(sandbox: Sandbox, tmp_path: Path) -> Workspace:
    """A workspace that is not made yet."""
    return Workspace(tmp_path / "ws", sandbox, pair=NUTSHELL)


@pytest.mark.promise("F-168")
def test_a_wrong_key(workspace: Workspace) -> None:
    """The account says no: usage; the key is in no message and in no file, in none of its forms."""
    workspace.init()
    key = "wr0ng-k3y-8c1f"
    result = workspace.run("discover", "--json", env={"CUTOVER_DESTINATION_TOKEN": key})
    told(result, 2, "token", "401")
    assert key not in result.stderr + result.stdout
    for path in workspace.folder.rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes(), path
    assert workspace.ok("verify")["ok"] is True


def test_no_key(workspace: Workspace) -> None:
    """The message names the variable that is missing."""
    workspace.init()
    told(workspace.run("discover", "--json", env={"CUTOVER_DESTINATION_TOKEN": ""}), 2, "CUTOVER_DESTINATION_TOKEN")


def test_no_user(workspace: Workspace) -> None:
    """A key without its user is told when it is first needed at the latest, by the name of the option."""
    pair = ("--from", "smart-crm-online", "--to", "nutshell", "--export", str(EXPORT))
    where = ("--destination-url", workspace.sandbox.url, "--plan", "enterprise")
    result = workspace.run("init", str(workspace.folder), *pair, *where, "--json")
    told(result, 2, "user")
    assert not (workspace.folder / "cutover.toml").exists()


def test_a_user_whom_nobody_knows(workspace: Workspace) -> None:
    """Discovery has no account for that address: the message says so, and where to put it right."""
    workspace.init()
    config = workspace.folder / "cutover.toml"
    config.write_text(config.read_text().replace("maya.ortiz@brightpath.example", "nobody@elsewhere.example"))
    told(workspace.run("discover", "--json"), 2, "'nobody@elsewhere.example'", "`user` under [destination.production]")
    assert workspace.ok("verify")["ok"] is True


def test_a_plan_that_there_is_not(workspace: Workspace) -> None:
    """The message lists the plans."""
    pair = ("--from", "smart-crm-online", "--to", "nutshell", "--export", str(EXPORT), *NUTSHELL.options)
    result = workspace.run(
        "init", str(workspace.folder), *pair, "--destination-url", workspace.sandbox.url, "--plan", "gold", "--json"
    )
    told(result, 2, "gold", "enterprise")
