"""Notes: text in which mentions and lead numbers become links, written now, changed by their author for a day."""

import html
import re
from collections.abc import Callable

from adapters.sandbox.nutshell import records
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.state import Draft, Row, ref

A_DAY = 86_400
_MENTION = re.compile(r"(\\?)@\[(Users|Contacts|Accounts|Leads|Teams):(\d+)\]|\bLead-(\d+)\b")
_TABLES = {"Users": "users", "Contacts": "contacts", "Accounts": "accounts", "Leads": "leads", "Teams": "teams"}
_PAGES = {"Users": "setup/user", "Contacts": "person", "Accounts": "company", "Leads": "lead", "Teams": "setup/team"}


def write(draft: Draft, parent: str | None, markup: str) -> Row:
    """A note of the writer on a record, dated now. parent: its reference; None for the note of a log."""
    if not markup.strip():
        raise RefusedError("Invalid note", "a note needs a text")
    return records.create(draft, "notes", {"parent": parent, "markup": markup, "author": draft.actor})


def rewrite(draft: Draft, note: Row, markup: str) -> Row:
    """Change a note. Raises RefusedError for one of another author, or older than 24 hours."""
    if not is_editable(draft, note):
        raise RefusedError("Forbidden", "a note is changed by its author, within 24 hours")
    return records.update(draft, "notes", note, {"markup": markup})


def is_editable(draft: Draft, note: Row) -> bool:
    """Whether the caller may change a note."""
    return bool(note["author"] == draft.actor and draft.now - note["created"] <= A_DAY)


def plain(draft: Draft, markup: str) -> str:
    r"""The text with mentions as names and without the backslash of `\@[`."""
    return _linked(draft, markup, str, lambda _kind, _key, name: name)


def as_html(draft: Draft, markup: str) -> str:
    """The text with mentions and lead numbers as links."""

    def link(kind: str, key: str, name: str) -> str:
        page = f"/{_PAGES[kind]}/{key}"
        return (
            f'<span class="mention-rendered" data-entity-id="{key}" data-entity-name="{kind}">'
            f'<a href="{page}">{html.escape(name)}</a></span>'
        )

    return _linked(draft, markup, html.escape, link).replace("\n", "<br />\n")


def mentioned(draft: Draft, markup: str) -> list[str]:
    """The references of the users, people, companies and leads that a text mentions."""
    found = (m for m in _MENTION.finditer(markup) if m[2] and not m[1])
    return [ref(_TABLES[m[2]], int(m[3])) for m in found if draft.live(_TABLES[m[2]], int(m[3])) is not None]


def _linked(draft: Draft, markup: str, text: Callable[[str], str], link: Callable[[str, str, str], str]) -> str:
    out, at = [], 0
    for match in _MENTION.finditer(markup):
        out.append(text(markup[at : match.start()]))
        at = match.end()
        out.append(_one(draft, match, text, link))
    return "".join([*out, text(markup[at:])])


def _one(draft: Draft, match: re.Match[str], text: Callable[[str], str], link: Callable[[str, str, str], str]) -> str:
    escaped, kind, key, number = match.groups()
    if escaped:
        return text(match[0][1:])
    if number:
        lead = next((row for row in draft.rows("leads") if str(row["number"]) == number), None)
        return text(match[0]) if lead is None else link("Leads", number, match[0])
    row = draft.live(_TABLES[kind], int(key))
    return text(match[0]) if row is None else link(kind, key, name_of(_TABLES[kind], row))


def name_of(table: str, row: Row) -> str:
    """What a record is called."""
    if table == "contacts":
        return str((row["name"] or {}).get("displayName", ""))
    if table == "leads":
        return f"Lead\u2013{row['number']}"
    return str(row["name"])
