"""Wrong use: what cannot be is said in one sentence with what to do, by the right exit code, and nothing happens."""

import shutil
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ops.cli import main
from ops.demo_process import served
from tests.e2e.near import Near
from tests.e2e.test_bad_input import told
from tests.e2e.workspace import Sandbox

pytestmark = pytest.mark.xdist_group("wrong use")


@pytest.fixture(scope="module")
def described(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose map is confirmed, to be copied."""
    made = Near(tmp_path_factory.mktemp("described") / "ws", sandbox)
    made.init()
    made.describe()
    made.ok("checkpoint", "mapped")
    return made.folder


@pytest.fixture
def workspace(sandbox: Sandbox, described: Path, tmp_path: Path) -> Near:
    """A workspace whose map is confirmed."""
    shutil.copytree(described, tmp_path / "ws")
    return Near(tmp_path / "ws", sandbox)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("checkpoint", "mapped"), ("already", "another name")),
        (("checkpoint", "2025-Q1"), ("a position or a time",)),
        (("checkpoint", " "), ("no name",)),
        (("rewind", "maped"), ("no checkpoint 'maped'", "there is mapped")),
        (("log", "--kind", "WriteAplied"), ("'WriteAplied'", "WriteApplied", "CheckpointMarked")),
        (("log", "--ref", "deal"), ("deal/123",)),
        (("review", "resolve", "--kind", "onwer", "--all", "--choose", "skip"), ("'onwer'", "cutover review")),
        (("init", "x", "--from", "promoxcrm", "--to", "pipedrive", "--source-option", "site"), ("NAME=VALUE",)),
        (("sandbox", "pipedriv"), ("'pipedriv'", "pipedrive")),
        (("sandbox", "promoxcrm", "--world", "nowhere.json"), ("nowhere.json",)),
    ],
    ids=lambda value: "-".join(value[:3]) if isinstance(value, tuple) else str(value),
)
def test_a_word_that_means_nothing(workspace: Near, args: tuple[str, ...], words: tuple[str, ...]) -> None:
    """A name that is taken or misspelled is told with those that there are."""
    before = workspace.ok("verify")["events"]
    told(workspace.run(*args, "--json"), 2, *words)
    assert workspace.ok("verify")["events"] == before


@pytest.mark.parametrize("args", [("sample", "--size", "0"), ("sandbox", "pipedrive", "--port", "99999")])
def test_a_number_that_cannot_be(workspace: Near, args: tuple[str, ...]) -> None:
    """It is refused before anything begins."""
    assert workspace.run(*args).code == 2


def test_a_new_store_is_not_taken_for_the_migration(workspace: Near) -> None:
    """A store that was lost, or a migration's changed name, does not begin all over: each is told, and put right."""
    changes = (
        ("cutover.toml", 'migration = "ws"', 'migration = "other"', "'other'"),
        ("cutover.toml", 'kind = "smart-crm-online"', 'kind = "results"', "smart-crm-online"),
    )
    for file, old, new, word in changes:
        path = workspace.folder / file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")
        for command in (("status",), ("run",), ("discover",), ("rollback", "--yes"), ("daemon", "--once")):
            result = CliRunner().invoke(main, ["-C", str(workspace.folder), *command], env=workspace.env)
            assert (result.exit_code, word in result.stderr) == (2, True), (command, result.output)
        path.write_text(text, encoding="utf-8")
    for path in workspace.folder.glob("cutover.db*"):
        path.unlink()
    (workspace.folder / "cutover.keys").unlink()
    told(workspace.run("status", "--json"), 2, "restore the store from its backup")


@pytest.mark.parametrize("name", ["promoxcrm", "pro-sales-crm", "salesforce"])
def test_a_sandbox_of_a_source_holds_data_by_itself(name: str, tmp_path: Path) -> None:
    """Without another word it serves an invented account, not an empty one."""
    with served(name, tmp_path / "sandbox.state") as url:
        held = httpx.get(f"{url}/sandbox/records", timeout=30).raise_for_status().json()
    assert sum(len(rows) for rows in held.values()) > 20


def test_a_misspelled_part_of_a_world_is_told(tmp_path: Path) -> None:
    """A list of records under a name that there is not would be an empty account."""
    (tmp_path / "world.json").write_text('{"list": {"leads": []}}', encoding="utf-8")
    result = CliRunner().invoke(
        main, ["sandbox", "promoxcrm", "--world", str(tmp_path), "--state", str(tmp_path / "s")]
    )
    assert (result.exit_code, "`list`" in result.stderr) == (2, True), result.output


@pytest.mark.parametrize(
    ("address", "code", "word"),
    [("postgres//me:hidden@host/db", 2, "postgresql://"), ("sqlite:////nowhere/at/all.db", 1, "CUTOVER_STORE")],
)
def test_an_address_of_a_store_that_is_none(workspace: Near, address: str, code: int, word: str) -> None:
    """It is told without showing the password."""
    result = CliRunner().invoke(
        main, ["-C", str(workspace.folder), "status"], env=workspace.env | {"CUTOVER_STORE": address}
    )
    assert (result.exit_code, "hidden" in result.output) == (code, False), result.output
    assert word in result.stderr


def test_a_store_that_is_broken(workspace: Near) -> None:
    """A file that is no database is told in words, with where to look."""
    for path in workspace.folder.glob("cutover.db*"):
        path.write_bytes(b"this is no database, and long enough to be looked at" * 100)
    result = CliRunner().invoke(main, ["-C", str(workspace.folder), "status"], env=workspace.env)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1), result.output
    assert "file is not a database" in result.stderr


def test_a_map_that_is_not_there_or_not_text(workspace: Near) -> None:
    """Every command that reads mapping.toml says what writes it, or that it must be saved in UTF-8."""
    path = workspace.folder / "mapping.toml"
    path.write_bytes(path.read_bytes() + b"# \xe9\n")
    for command in (("map", "show"), ("map", "confirm"), ("approve", "map"), ("run",)):
        told(workspace.run(*command, "--json"), 2, "UTF-8")
    path.unlink()
    for command in (("map", "show"), ("map", "confirm"), ("approve", "map")):
        told(workspace.run(*command, "--json"), 2, "cutover map propose")


def test_a_file_that_cannot_be_written(workspace: Near, tmp_path: Path) -> None:
    """The path and the system's words are told; no traceback."""
    told(workspace.run("crosswalk", str(tmp_path), "--json"), 1, str(tmp_path), "look at the path")


def test_nothing_is_held_for_a_rewind_of_nothing(workspace: Near, sandbox: Sandbox, tmp_path: Path) -> None:
    """Before a map is confirmed nothing can have been written: a rollback says so, and holds nothing."""
    fresh = Near(tmp_path / "fresh", sandbox)
    fresh.init()
    told(fresh.run("rollback", "--yes", "--json"), 3, "map")
    assert fresh.ok("status")["on_hold"] is False


def test_who_has_read_enough_may_close_the_pipe(workspace: Near) -> None:
    """`cutover log | head` ends without a word."""
    with workspace.launch("log") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


def test_a_table_is_never_broken(workspace: Near) -> None:
    """However narrow the terminal, a row is a line, and no cell is cut: what is printed can be searched."""
    name = "a-checkpoint-of-a-name-that-is-" + "long-" * 40
    workspace.ok("checkpoint", name)
    result = workspace.run("checkpoints", env={"COLUMNS": "40"})
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["name", "mapped", name]
