"""What is printed is what was said: no name of a field becomes a picture or a colour."""

import pytest

from ops.terminal import Terminal


@pytest.mark.parametrize("text", ["contact/cf:Birthday: made", "a [bold] name", ":smile:", "[/]"])
def test_text_is_printed_as_it_stands(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither markup nor short names of emoji are heeded, on either stream, nor in a table."""
    terminal = Terminal(as_json=False, quiet=False)
    terminal.document({}, text)
    terminal.table(("what",), [(text,)])
    terminal.error(text)
    shown = capsys.readouterr()
    assert shown.out.count(text) == 2
    assert shown.err == f"{text}\n"
