"""Bad input: one clear message, the right exit code, no traceback, and a log that still verifies."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.exports import changed, zipped
from tests.e2e.test_gates import edit
from tests.e2e.workspace import EXPORT, Result, Sandbox, Workspace

pytestmark = pytest.mark.xdist_group("bad input")


@pytest.fixture(scope="module")
def proposed(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose map is proposed and not confirmed, to be copied."""
    made = Workspace(tmp_path_factory.mktemp("proposed") / "ws", sandbox)
    made.init()
    made.ok("discover")
    made.ok("map", "propose")
    return made.folder


@pytest.fixture
def workspace(sandbox: Sandbox, tmp_path: Path) -> Workspace:
    """A workspace that is not made yet."""
    return Workspace(tmp_path / "ws", sandbox)


def told(result: Result, code: int, *words: str) -> None:
    """One clear message on standard error, the same as one document on standard output."""
    assert result.code == code, result
    assert result.stderr.startswith("cutover: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr
    assert result.document["error"] in result.stderr


@pytest.mark.parametrize(
    ("files", "word"),
    [({}, "export.zip"), ({"readme.txt": b"nothing"}, "readme.txt")],
    ids=["an empty ZIP", "a ZIP without any table"],
)
def test_a_zip_without_tables(workspace: Workspace, tmp_path: Path, files: dict[str, bytes], word: str) -> None:
    """There is nothing to read, and the message names the file."""
    workspace.init(zipped(tmp_path / "export.zip", files))
    told(workspace.run("discover", "--json"), 1, "export.zip")
    assert workspace.ok("verify")["ok"] is True


def test_a_file_that_is_no_zip(workspace: Workspace, tmp_path: Path) -> None:
    """A ZIP that is broken is refused by name."""
    path = tmp_path / "export.zip"
    path.write_bytes(b"PK\x03\x04 this is no ZIP")
    workspace.init(path)
    told(workspace.run("discover", "--json"), 1, "export.zip")
    assert workspace.ok("verify")["ok"] is True


@pytest.mark.promise("F-011")
def test_a_table_that_ends_in_a_quote(workspace: Workspace, tmp_path: Path) -> None:
    """A file cut in the middle of a quoted cell is refused with its line, and nothing of the export is taken."""
    export = changed(tmp_path / "export")
    path = export / "emails.csv"
    path.write_bytes(path.read_bytes()[:300])
    workspace.init(export)
    told(workspace.run("discover", "--json"), 1, "emails.csv", "line")
    assert not workspace.events("--kind", "RecordExtracted")
    assert workspace.ok("verify")["ok"] is True


def test_a_table_cut_between_two_lines(workspace: Workspace, tmp_path: Path) -> None:
    """A delta that has lost most records is refused with the numbers, and nothing is taken for gone."""
    export = changed(tmp_path / "export")
    workspace.init(export)
    workspace.ok("discover")
    path = export / "companies.csv"
    path.write_bytes(b"\r\n".join(path.read_bytes().split(b"\r\n")[:3]) + b"\r\n")
    told(workspace.run("discover", "--json"), 1, "Company", "24", "--force")
    assert not workspace.events("--kind", "RecordVanished")
    workspace.check()


@pytest.mark.promise("F-168")
def test_a_wrong_token(workspace: Workspace) -> None:
    """The account says no: usage, with the variable to set; the token is in no message and in no file."""
    workspace.init()
    token = "wr0ng-t0ken-8c1f"
    result = workspace.run("discover", "--json", env={"CUTOVER_DESTINATION_TOKEN": token})
    told(result, 2, "token", "401")
    assert token not in result.stderr + result.stdout
    for path in workspace.folder.rglob("*"):
        assert path.is_dir() or token.encode() not in path.read_bytes(), path
    assert workspace.ok("verify")["ok"] is True


def test_no_token(workspace: Workspace) -> None:
    """The message names the variable that is missing."""
    workspace.init()
    told(workspace.run("discover", "--json", env={"CUTOVER_DESTINATION_TOKEN": ""}), 2, "CUTOVER_DESTINATION_TOKEN")


def test_a_host_that_does_not_answer(workspace: Workspace) -> None:
    """The address that could not be reached is in the message."""
    workspace.init()
    config = workspace.folder / "cutover.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(workspace.sandbox.url, "http://127.0.0.1:1"), encoding="utf-8")
    told(workspace.run("discover", "--json", timeout=120), 1, "127.0.0.1:1")
    assert workspace.ok("verify")["ok"] is True


@pytest.mark.promise("F-050")
@pytest.mark.promise("F-051")
@pytest.mark.promise("F-049")
@pytest.mark.parametrize(
    ("pattern", "line", "words"),
    [
        (r"^Website = .*$", 'Website = { to = "webseit" }', ("Company.Website", "'webseit'")),
        (r"^Website = .*$", 'Webseite = { to = "website" }', ("Company.Webseite", "no such field")),
        (r"^Website = .*$", 'Website = { undecided = "ask Maya" }', ("Company.Website", "undecided")),
        (r"^Website = .*$", "", ("Company.Website", "nobody has decided")),
        (r"^Website = .*$", 'Website = { to = "name" }', ("Company.Website", "Company.Company Name")),
        (r"^zone = .*$", "zone = ", ("mapping.toml",)),
        (r"^zone = .*$", 'zone = "America/Atlantis"', ("America/Atlantis",)),
    ],
    ids=["unknown there", "unknown here", "undecided", "forgotten", "two on one", "no TOML", "unknown zone"],
)
def test_a_map_that_cannot_be(
    workspace: Workspace, proposed: Path, pattern: str, line: str, words: tuple[str, ...]
) -> None:
    """Each fault of the map is told with object and field, and the map is not confirmed."""
    shutil.copytree(proposed, workspace.folder)
    edit(workspace, pattern, line)
    result = workspace.run("map", "confirm", "--json")
    assert result.code == 2, result
    for word in words:
        assert word in result.stderr
    assert not workspace.events("--kind", "MapConfirmed")
    assert workspace.ok("verify")["ok"] is True


def test_a_store_of_a_newer_version(workspace: Workspace) -> None:
    """A workspace that a newer program has written is left alone."""
    workspace.init()
    with sqlite3.connect(workspace.folder / "cutover.db") as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    told(workspace.run("status", "--json"), 2, "newer")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("status",), ("is no workspace", "cutover init")),
        (("init", "here", "--from", "nosuch", "--to", "pipedrive"), ("nosuch", "smart-crm-online")),
        (("rewind", "never"), ("is no workspace",)),
    ],
    ids=["no workspace", "no such source", "rewind without a workspace"],
)
def test_wrong_usage(workspace: Workspace, args: tuple[str, ...], words: tuple[str, ...]) -> None:
    """What cannot be done is said in words, with exit code 2."""
    told(workspace.run(*args, "--json"), 2, *words)


def test_wrong_answers(workspace: Workspace) -> None:
    """Unknown review items, checkpoints and times are said in words, with exit code 2."""
    workspace.init(EXPORT)
    told(workspace.run("review", "resolve", "owner-0", "--choose", "x", "--json"), 2, "owner-0")
    told(workspace.run("rewind", "never", "--yes", "--json"), 2, "never")
    told(workspace.run("log", "--since", "tomorrow", "--json"), 2, "tomorrow")
    told(workspace.run("sync", "--export", "nowhere.zip", "--json"), 2, "nowhere.zip")
    assert workspace.run("run", "--no-such-option").code == 2
    workspace.check()
