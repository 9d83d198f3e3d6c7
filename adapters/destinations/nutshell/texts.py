r"""The text of a note, an activity or a task: what heads it, its body, its trailer, and no accidental links.

    2019-05-06 07:08 UTC, Ann Lee:
    The body

    --- Migrated data ---
    Call outcome: Connected
    Migration key = m-1

The heading holds what the API cannot set: the date of a note, and the author where the key may not act for others. Who
reads takes heading and trailer off again exactly. A body whose first line could be taken for a heading is preceded by a
backslash, one that holds a trailer's title gets a trailer of its own.

Nutshell makes links of `@[Users:3]` and of a bare Lead-123: the first is written with a backslash before it, the second
with a word joiner (U+2060, invisible) before the number; both are undone in reading, however many there were before.
"""

import re

import msgspec

from adapters.destinations import lines
from adapters.destinations.nutshell.values import instant

_MENTION = re.compile(r"(\\*)@\[")
_MENTIONED = re.compile(r"\\(\\*)@\[")
_LEAD = re.compile(r"(lead[-\u2013]\u2060*)(?=\d)", re.IGNORECASE)
_JOINED = re.compile(r"(lead[-\u2013]\u2060*)\u2060(?=\d)", re.IGNORECASE)
_HEADING = r"(?:(?P<day>\d{4}-\d\d-\d\d) (?P<clock>\d\d:\d\d(?::\d\d)?) UTC(?:, (?P<who>.+))?|By (?P<by>.+)):"
_HEADED = re.compile(rf"{_HEADING}(?:\n|$)")
_ALIKE = re.compile(rf"(\\*){_HEADING}(?:\n|$)")
_TITLE = re.compile(rf"(?:^|\n\n|\n){re.escape(lines.TITLE)}(?=\n|$)")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text taken apart. `time`: RFC 3339; `author`: a name; each empty where the heading has none."""

    body: str = ""
    time: str = ""
    author: str = ""
    block: dict[str, str] = {}
    mark: str = ""


def join(text: Text) -> str:
    """The text as it is written."""
    whole = _headed(text) + _tail(text)
    return _LEAD.sub("\\1\u2060", _MENTION.sub(r"\\\1@[", whole))


def split(written: str) -> Text:
    """A text as it was read, taken apart."""
    whole = _JOINED.sub(r"\1", _MENTIONED.sub(r"\1@[", written.replace("\r\n", "\n")))
    starts = list(_TITLE.finditer(whole))
    block, mark = lines.from_lines(whole[starts[-1].end() :].split("\n")) if starts else ({}, "")
    return _beheaded(whole[: starts[-1].start()] if starts else whole, block, mark)


def _headed(text: Text) -> str:
    found = instant(text.time)
    if found is None and not text.author:
        return f"\\{text.body}" if _ALIKE.match(text.body) else text.body
    if found is None:
        return f"By {text.author}:\n{text.body}"
    clock = found.strftime("%Y-%m-%d %H:%M:%S" if found.second else "%Y-%m-%d %H:%M")
    return f"{clock} UTC{', ' if text.author else ''}{text.author}:\n{text.body}"


def _beheaded(body: str, block: dict[str, str], mark: str) -> Text:
    found = _HEADED.match(body)
    if found is None:
        return Text(body=body[1:] if body.startswith("\\") and _ALIKE.match(body) else body, block=block, mark=mark)
    clock = found["clock"] if not found["clock"] or len(found["clock"]) > 5 else f"{found['clock']}:00"
    return Text(
        body=body[found.end() :],
        time=f"{found['day']}T{clock}Z" if found["day"] else "",
        author=found["who"] or found["by"] or "",
        block=block,
        mark=mark,
    )


def _tail(text: Text) -> str:
    listed = lines.to_lines(text.block, text.mark)
    if not listed and not _TITLE.search(text.body):
        return ""
    return "\n".join(["\n" if text.body else "", lines.TITLE, *listed]).removeprefix("" if text.body else "\n")


_JOB = "Job title: "


def with_job(description: str, job: str) -> str:
    """A description that is headed by a job title: the API keeps one only beside a company."""
    if job:
        return f"{_JOB}{job}" + (f"\n{description}" if description else "")
    return f"\\{description}" if description.lstrip("\\").startswith(_JOB) else description


def without_job(description: str) -> tuple[str, str]:
    """Description and job title of a description as it was read."""
    if description.startswith(_JOB):
        first, _, rest = description.partition("\n")
        return rest, first.removeprefix(_JOB)
    escaped = description.startswith("\\") and description.lstrip("\\").startswith(_JOB)
    return (description[1:] if escaped else description), ""
