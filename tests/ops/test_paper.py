"""Papers: one text, as Markdown and as a page; nothing that a record says is taken for markup by either."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from ops.paper import Figures, Heading, Items, Note, Paper, Table, Text, markdown, page, save, sentences

HOSTILE = '<script>alert("1")</script> | `x` \\ & =1+1'
PAPER = Paper(
    "Estimate",
    "of everything",
    (
        Figures((("Grade", "B"),)),
        Heading("A heading"),
        Text("A text"),
        Note("Mind this"),
        sentences(("one", "two", "one")),
        Table(("object", "records", "why"), (("Contact", 12_000, HOSTILE), ("Deal", None, "x" * 500))),
        Items(("three",)),
    ),
)
VOID = {"meta"}


class Balanced(HTMLParser):
    """Sees that every tag is closed in its turn, and keeps what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Balanced:
    """A page as a browser takes it."""
    found = Balanced()
    found.feed(text)
    found.close()
    assert not found.open
    return found


def test_a_page_needs_nothing_and_runs_nothing() -> None:
    """There is no script and nothing to fetch; the page itself forbids both."""
    text = page(PAPER)
    found = read(text)
    assert not {"script", "img", "link", "iframe", "form"} & set(found.seen)
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in text


def test_what_a_record_says_is_text() -> None:
    """A name that looks like markup stands on the page as it is, whole, and is markup nowhere."""
    found = read(page(PAPER))
    assert HOSTILE in found.text
    assert "x" * 500 in found.text
    lines = markdown(PAPER).splitlines()
    (row,) = [line for line in lines if "script" in line]
    assert row.startswith("| Contact | 12,000 | &lt;script>")
    assert "\\|" in row


def test_markdown_reads_like_the_paper() -> None:
    """Every block has its form; numbers stand to the right; a very long cell shows that it is cut."""
    lines = markdown(PAPER).splitlines()
    assert lines[:3] == ["# Estimate", "", "of everything"]
    assert {"- **Grade**: B", "## A heading", "A text", "> **Mind this**", "- one", "- two", "- three"} <= set(lines)
    assert lines.count("- one") == 1
    assert "|---|---:|---|" in lines
    assert lines[lines.index("|---|---:|---|") + 2].endswith("x… |")


@pytest.mark.parametrize(("name", "start"), [("e.html", "<!doctype html>"), ("e.md", "# Estimate")])
def test_the_name_says_the_form(tmp_path: Path, name: str, start: str) -> None:
    """A paper is written whole, in the form of its name."""
    save(PAPER, tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_page_prints_and_fits_a_phone() -> None:
    """The style has a part for paper and one for narrow screens, and wide tables scroll by themselves."""
    text = page(PAPER)
    assert "@media print" in text
    assert "width=device-width" in text
    assert '<div class="wide"><table>' in text
