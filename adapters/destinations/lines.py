r"""Labelled lines: pairs of texts that people can read, and that are taken apart again exactly, whatever they hold.

    Call outcome: Connected
    Notes: first
    └ second
    Migration key = m-1

A line break inside a value continues on a line that starts with `CONTINUED`; a backslash, and in labels also ":" and
"=", is escaped by a backslash; control characters, and blanks that a server may collapse, are \uXXXX.
"""

import re
from collections.abc import Iterable, Mapping

TITLE = "--- Migrated data ---"
KEY = "Migration key"
CONTINUED = "\u2514 "

_RESERVED = ":=" + CONTINUED[0]
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.)", re.DOTALL)
_BLANKS = re.compile(r"^ | $|(?<= ) |(?<=\n) | (?=\n)|\t|\u00a0")


def to_lines(block: Mapping[str, str], mark: str) -> list[str]:
    """The lines of a block and, last, of a mark."""
    lines: list[str] = []
    for label, value in block.items():
        lines += _continued(f"{_escaped(label, extra=_RESERVED)}: ", value)
    return [*lines, *(_continued(f"{KEY} = ", mark) if mark else [])]


def from_lines(lines: Iterable[str]) -> tuple[dict[str, str], str]:
    """The block and the mark of lines; what is no labelled line is passed over."""
    block: dict[str, str] = {}
    mark = ""
    for line in _unwrapped(lines):
        label, separator, value = _parted(line)
        if separator == " = " and label == KEY:
            mark = _unescaped(value)
        elif separator == ": ":
            block[_unescaped(label)] = _unescaped(value)
    return block, mark


def _continued(head: str, value: str) -> list[str]:
    first, *more = _escaped(value).split("\n")
    return [head + first, *(CONTINUED + line for line in more)]


def _unwrapped(lines: Iterable[str]) -> list[str]:
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
    text = _BLANKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else found[1], text)
