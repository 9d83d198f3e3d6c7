"""Papers: what is handed to people, written once, as Markdown and as one HTML page that prints and needs no script."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from ops.workspace import write_atomically

CELL_MOST = 400
"""Characters that a cell of a Markdown table shows; a page shows all."""


class Heading(msgspec.Struct, frozen=True):
    """A heading below the title."""

    text: str
    level: int = 2


class Text(msgspec.Struct, frozen=True):
    """A paragraph."""

    text: str


class Note(msgspec.Struct, frozen=True):
    """A paragraph that must not be missed."""

    text: str


class Items(msgspec.Struct, frozen=True):
    """A list, one sentence a line."""

    items: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    """A table; numbers stand to the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


class Figures(msgspec.Struct, frozen=True):
    """What a reader looks for first: labels and values."""

    pairs: tuple[tuple[str, str], ...]


Block = Heading | Text | Note | Items | Table | Figures


class Paper(msgspec.Struct, frozen=True):
    """A paper. subtitle: of what, and as of when."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]


def save(paper: Paper, path: Path) -> None:
    """Write a paper whole or not at all, in the form that the name's ending says (.html, else Markdown)."""
    write_atomically(path, page(paper) if path.suffix.lower() in (".html", ".htm") else markdown(paper))


# --- Markdown ----------------------------------------------------------------------------------------------------


def markdown(paper: Paper) -> str:
    """A paper as Markdown."""
    lines = [f"# {plain(paper.title)}", "", plain(paper.subtitle)]
    for block in paper.blocks:
        lines += ["", *_lines(block)]
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {plain(block.text)}"
        case Text():
            yield plain(block.text)
        case Note():
            yield f"> **{plain(block.text)}**"
        case Items():
            yield from (f"- {plain(item)}" for item in block.items)
        case Figures():
            yield from (f"- **{plain(label)}**: {plain(value)}" for label, value in block.pairs)
        case Table():
            yield f"| {' | '.join(map(cell, block.headers))} |"
            marks = ("---:" if numeric else "---" for numeric in _numeric(block))
            yield f"|{'|'.join(marks)}|"
            yield from (f"| {' | '.join(map(cell, row))} |" for row in block.rows)


def plain(text: str) -> str:
    """A text in one line, with nothing in it that Markdown or an HTML reader of it would take for markup."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("<", "&lt;").replace("`", "\\`")


def cell(value: Any) -> str:
    """A value in a table: of a longer text the beginning, with a sign that there is more."""
    text = shown(value)
    cut = text if len(text) <= CELL_MOST else f"{text[: CELL_MOST - 1]}…"
    return plain(cut).replace("|", "\\|")


def shown(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _numeric(table: Table) -> list[bool]:
    columns = [[row[n] for row in table.rows] for n in range(len(table.headers))]
    return [bool(cells) and all(isinstance(c, int | float | None) for c in cells) for cells in columns]


# --- HTML --------------------------------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light; --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --wash: #f5f7f9; --mark: #0b5cad; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; padding-top: .75rem; border-top: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p, ul { margin: .5rem 0; } ul { padding-left: 1.25rem; }
.subtitle { color: var(--soft); }
.note { border-left: 4px solid var(--mark); background: var(--wash); padding: .6rem .9rem; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.figures div { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; break-inside: avoid; }
.figures dt { color: var(--soft); font-size: .8rem; } .figures dd { margin: 0; font-size: 1.15rem; font-weight: 650; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; } tr { break-inside: avoid; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (max-width: 40rem) { body { padding: 1rem .8rem 3rem; } .figures { grid-template-columns: 1fr 1fr; } }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } .wide { overflow: visible; }
  h2, h3 { break-after: avoid; } thead { display: table-header-group; } @page { margin: 18mm 15mm; } }
"""


def page(paper: Paper) -> str:
    """A paper as one HTML page, with nothing to fetch and nothing to run."""
    body = "\n".join(_html(block) for block in paper.blocks)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(paper.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(paper.title)}</h1>\n<p class="subtitle">{escape(paper.subtitle)}</p>\n{body}\n</body>\n</html>\n'
    )


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Text():
            return f"<p>{escape(block.text)}</p>"
        case Note():
            return f'<p class="note">{escape(block.text)}</p>'
        case Items():
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
        case Figures():
            pairs = (f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in block.pairs)
            return f'<dl class="figures">{"".join(pairs)}</dl>'
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    classes = ["number" if numeric else "" for numeric in _numeric(table)]
    head = "".join(_cell("th", name, kind) for name, kind in zip(table.headers, classes, strict=True))
    rows = (
        "".join(_cell("td", shown(value), kind) for value, kind in zip(row, classes, strict=True)) for row in table.rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(tag: str, text: str, kind: str) -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<{tag}{mark}>{escape(text)}</{tag}>"


def sentences(items: Sequence[str]) -> Items:
    """A list of sentences, each once."""
    return Items(tuple(dict.fromkeys(items)))
