"""`cutover map match`: a schema pair in, proposals out, with nothing else on either side."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ops.cli import main

PAIR: dict[str, Any] = {
    "source_system": "Excel",
    "source_object": "Kunden",
    "destination": {
        "system": "pipedrive",
        "object": "organization",
        "supports_custom_fields": True,
        "fields": [{"key": "name", "label": "Name", "type": "text"}],
    },
    "fields": [{"name": "Firma", "samples": ["Donau AG", "Elbtal GmbH"]}],
}
VALUES = {
    "task": "value_map",
    "kind": "status",
    "source_values": ["Closed Won"],
    "destination_options": ["open", "won", "lost"],
}


def test_one_document() -> None:
    """A pair on standard input gives a list for each field on standard output."""
    result = CliRunner().invoke(main, ["map", "match"], input=json.dumps(PAIR))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["Firma"][0]["target"] == "name"


def test_a_stream_answers_line_by_line() -> None:
    """With --stream each line is a document of its own; empty ones are passed over."""
    result = CliRunner().invoke(
        main, ["map", "match", "--stream"], input=f"{json.dumps(PAIR)}\n\n{json.dumps(VALUES)}\n"
    )
    assert result.exit_code == 0
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["Firma"][0]["target"] == "name"
    assert second["Closed Won"][0]["target"] == "won"


@pytest.mark.parametrize(("options", "said"), [((), "not a schema pair"), (("--stream",), "line 1: the document")])
def test_what_is_no_pair_is_wrong_use(options: tuple[str, ...], said: str) -> None:
    """Bad input ends with exit code 2 and says what is wrong."""
    result = CliRunner().invoke(main, ["map", "match", *options], input="{}")
    assert result.exit_code == 2
    assert said in result.stderr


def test_it_needs_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs in an empty folder, and leaves it empty."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["map", "match"], input=json.dumps(PAIR)).exit_code == 0
    assert not list(tmp_path.iterdir())
