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

TITLE = "--- Migrated data ---"
KEY = "Migration key"
CONTINUED = "\u2514 "

Writer = Callable[[str, dict[str, str], str], str]
Reader = Callable[[str], tuple[str, dict[str, str], str]]

_RESERVED = ":=" + CONTINUED[0]
_BREAK = re.compile(r"<br\s*/?\s*>\n?", re.IGNORECASE)
_START = re.compile(rf"(?:<p>|<div>|<br\s*/?\s*>|^)\s*{re.escape(TITLE)}\s*(?=<br|</p>|</div>|$)", re.IGNORECASE)
_PLAIN_START = re.compile(rf"(?:(?<=\n)|^){re.escape(TITLE)}[ \t]*(?=\n|$)")
_END = re.compile(r"(?:</p>|</div>)?\s*$", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.)", re.DOTALL)


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
    return text[: start.start()], *_understood(lines)


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
    return text[: starts[-1].start()].removesuffix("\n\n"), *_understood(lines)


def _trailer(block: dict[str, str], mark: str) -> list[str]:
    lines = [TITLE]
    for label, value in block.items():
        lines += _lines(f"{_escaped(label, extra=_RESERVED)}: ", value)
    return [*lines, *_lines(f"{KEY} = ", mark)] if mark else lines


def _understood(lines: list[str]) -> tuple[dict[str, str], str]:
    """The labelled lines and the mark of a trailer's lines."""
    block: dict[str, str] = {}
    mark = ""
    for line in _unwrapped(lines):
        label, separator, value = _parted(line)
        if separator == " = " and label == KEY:
            mark = _unescaped(value)
        elif separator == ": ":
            block[_unescaped(label)] = _unescaped(value)
    return block, mark


def _closed(body: str) -> str:
    """The body as it is, or repaired where an open tag or comment would swallow what follows."""
    after = "<p>-</p>"
    return body if nh3.clean(body + after).endswith(after) else nh3.clean(body)


def _lines(head: str, value: str) -> list[str]:
    first, *more = _escaped(value).split("\n")
    return [head + first, *(CONTINUED + line for line in more)]


def _unwrapped(lines: list[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if line.startswith(CONTINUED[0]) and joined:
            joined[-1] += "\n" + line[1:].removeprefix(CONTINUED[1])
        else:
            joined.append(line)
    return joined


def _parted(line: str) -> tuple[str, str, str]:
    """Label, separator and value: the first separator that no backslash escapes."""
    found = re.match(r"((?:\\.|[^\\:=])*?)(: | = )(.*)$", line, re.DOTALL)
    if found is None:
        # a server that trims lines leaves an empty value without its blank
        label = line[:-1] if line.endswith(":") else line
        return label, ": " if line.endswith(":") else "", ""
    return found[1], found[2], found[3]


def _escaped(text: str, extra: str = "") -> str:
    text = text.replace("\\", "\\\\")
    for character in extra:
        text = text.replace(character, "\\" + character)
    if extra:
        text = text.replace("\n", "\\u000a")
    # blanks at the ends, and runs of them, are what HTML is free to collapse
    text = re.sub(r"^ | $|(?<= ) |(?<=\n) | (?=\n)|\t|\u00a0", lambda found: f"\\u{ord(found[0]):04x}", text)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else found[1], text)
