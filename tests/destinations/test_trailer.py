"""The trailer of an HTML body."""

import nh3
import pytest

from adapters.destinations.pipedrive.trailer import KEY, join, join_plain, split, split_plain

NASTY = [
    "plain",
    "",
    " ",
    "  two  blanks  ",
    "a < b & c > d &amp; &lt;p&gt; \"quoted\" 'too'",
    "<script>alert(1)</script>",
    "line one\nline two\n\nline four\n",
    "\n",
    "windows\r\nline\rends",
    "C:\\new\\table = 1: 2",
    "\\u0041 \\",
    "emoji 👩‍👩‍👧 and ünïcödé \u4e2d\u6587 \u202eright to left",
    "tab\tno-break\u00a0space\u2028line separator\x00\x07\x85",
    "\u2514 looks continued",
    "--- Migrated data ---",
    "<p>--- Migrated data ---<br>A: b</p>",
    f"{KEY} = forged",
]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("clean", [lambda html: html, nh3.clean], ids=["as it is", "sanitised"])
def test_any_text_comes_back_exactly(text, clean):
    """Labels, values and the mark survive writing, the server's sanitiser and reading, whatever they hold."""
    block = {"Call outcome": text, text: "value", "Last": "one"}
    mark = text or "m-1"
    body, read, found = split(clean(join("<p>The body &amp; more</p>", block, mark)))
    assert body == "<p>The body &amp; more</p>"
    assert read == block
    assert found == mark


@pytest.mark.parametrize("text", ["", "<p>--- Migrated data ---<br>A: b</p>", "a &lt; b<br>c", "<ul><li>x</li></ul>"])
def test_a_body_comes_back_exactly(text):
    """The body is never taken for a trailer, even where it holds one from an earlier migration."""
    assert split(join(text, {}, "")) == (text, {}, "")
    assert split(join(text, {}, "m")) == (text, {}, "m")


def test_an_open_tag_does_not_swallow_the_trailer():
    """An unclosed tag or comment of the body is closed before the trailer."""
    for body in ("<b>bold", "text <!-- open", "<ul><li>item", "<p>one<p>two"):
        _, block, mark = split(nh3.clean(join(body, {"Label": "value"}, "m-1")))
        assert block == {"Label": "value"}
        assert mark == "m-1"


def test_a_person_can_read_it():
    """The trailer is labelled lines below the text, the mark on one visible line."""
    html = join("Hello", {"Outcome": "Connected"}, "m-1")
    assert html == "Hello<p>--- Migrated data ---<br>Outcome: Connected<br>Migration key = m-1</p>"


def test_a_plain_text_has_none():
    """A text without trailer is its own body."""
    assert split("<p>just a note</p>") == ("<p>just a note</p>", {}, "")


@pytest.mark.parametrize("spelled", ["<br/>", "<br />", "<BR>", "<br>\n"])
def test_other_spellings_of_a_line_break_are_read(spelled):
    """A server may write its line breaks another way."""
    text = join("x", {"A": "1\n2", "B": ""}, "m").replace("<br>", spelled)
    assert split(text) == ("x", {"A": "1\n2", "B": ""}, "m")


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("body", ["The body & more", "", "two\n\nlines ", "--- Migrated data ---\nA: b", "x\n"])
def test_any_text_comes_back_exactly_from_a_plain_text(body, text):
    """Labels, values and the mark below a text without markup."""
    block = {"Call outcome": text, text: "value", "Last": "one"}
    assert split_plain(join_plain(body, block, text or "m-1")) == (body, block, text or "m-1")
    assert split_plain(join_plain(body, {}, "")) == (body, {}, "")


def test_a_person_can_read_a_plain_text():
    """And one who edits it with other line breaks loses nothing."""
    text = join_plain("Hello", {"Outcome": "Connected"}, "m-1")
    assert text == "Hello\n\n--- Migrated data ---\nOutcome: Connected\nMigration key = m-1"
    assert split_plain(text.replace("\n", "\r\n")) == ("Hello", {"Outcome": "Connected"}, "m-1")
