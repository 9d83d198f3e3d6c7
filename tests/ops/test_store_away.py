"""A store that does not answer: said in words, without what a statement would name."""

from pathlib import Path

from click.testing import CliRunner

from ops.cli import main
from tests.e2e.workspace import EXPORT


def test_a_store_that_does_not_answer_is_told_in_words(tmp_path: Path) -> None:
    """Exit code 1 and one line, no traceback: a database that is not there, asked for by a command that reads."""
    folder = tmp_path / "ws"
    runner, init = CliRunner(), ("--from", "smart-crm-online", "--to", "pipedrive", "--export", str(EXPORT))
    made = runner.invoke(main, ["init", str(folder), *init, "--destination-url", "http://127.0.0.1:9"])
    assert made.exit_code == 0, made.output
    away = {"CUTOVER_STORE": "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"}
    found = runner.invoke(main, ["-C", str(folder), "status"], env=away)
    assert found.exit_code == 1
    assert "the store does not answer" in found.output
    assert "Traceback" not in found.output
    assert found.exception is None or isinstance(found.exception, SystemExit)
