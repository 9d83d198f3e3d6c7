r"""The trailer of an HTML body: labelled lines and the mark, for entities that take no custom fields.

A body with labelled lines `{"Call outcome": "Connected"}` and the mark "m-1" is written as

    <p>The body</p><p>--- Migrated data ---<br>Call outcome: Connected<br>Migration key = m-1</p>

which a person can read, which holds nothing but paragraphs and line breaks (what every sanitiser keeps), and which
`split` takes apart again exactly, whatever the texts hold: a line break inside a value continues on a line that
starts with `CONTINUED`; a backslash, and in labels also ":" and "=", is escaped by a backslash; control characters,
and blanks that HTML would collapse, are \uXXXX.

A plain text (`join_plain`, `split_plain`) has the same lines below it, with line breaks instead of markup.
"""

import html
import re
from collections.abc import Callable

import nh3

from adapters.destinations import lines as labelled

TITLE, KEY, CONTINUED = labelled.TITLE, labelled.KEY, labelled.CONTINUED

Writer = Callable[[str, dict[str, str], str], str]
Reader = Callable[[str], tuple[str, dict[str, str], str]]

_BREAK = re.compile(r"<br\s*/?\s*>\n?", re.IGNORECASE)
_START = re.compile(rf"(?:<p>|<div>|<br\s*/?\s*>|^)\s*{re.escape(TITLE)}\s*(?=<br|</p>|</div>|$)", re.IGNORECASE)
_PLAIN_START = re.compile(rf"(?:(?<=\n)|^){re.escape(TITLE)}[ \t]*(?=\n|$)")
_END = re.compile(r"(?:</p>|</div>)?\s*$", re.IGNORECASE)


def join(body: str, block: dict[str, str], mark: str) -> str:
    """The body with its trailer; without lines and mark, the body as it is (unless it could be taken for a trailer)."""
    if not block and not mark and not _START.search(body):
        return body
    lines = _trailer(block, mark)
    return f"{_closed(body)}<p>{'<br>'.join(html.escape(line, quote=False) for line in lines)}</p>"


def split(text: str) -> tuple[str, dict[str, str], str]:
    """Body, labelled lines and mark of a text; no lines and an empty mark where it has no trailer."""
    starts = list(_START.finditer(text))
    if not starts:
        return text, {}, ""
    start = starts[-1]
    rest = _END.sub("", text[start.end() :])
    lines = [html.unescape(line) for line in _BREAK.split(rest)][1:]
    return text[: start.start()], *labelled.from_lines(lines)


def join_plain(body: str, block: dict[str, str], mark: str) -> str:
    """A plain text with its trailer; see `join`."""
    if not block and not mark and not _PLAIN_START.search(body):
        return body
    trailer = "\n".join(_trailer(block, mark))
    return f"{body}\n\n{trailer}" if body else trailer


def split_plain(text: str) -> tuple[str, dict[str, str], str]:
    """Body, labelled lines and mark of a plain text; see `split`."""
    text = text.replace("\r\n", "\n")
    starts = list(_PLAIN_START.finditer(text))
    if not starts:
        return text, {}, ""
    lines = text[starts[-1].end() :].split("\n")[1:]
    return text[: starts[-1].start()].removesuffix("\n\n"), *labelled.from_lines(lines)


def _trailer(block: dict[str, str], mark: str) -> list[str]:
    return [TITLE, *labelled.to_lines(block, mark)]


def _closed(body: str) -> str:
    """The body as it is, or repaired where an open tag or comment would swallow what follows."""
    after = "<p>-</p>"
    return body if nh3.clean(body + after).endswith(after) else nh3.clean(body)
