"""The search index: what records were `lag` seconds ago (rule 17)."""

from adapters.sandbox.nutshell import custom, notes
from adapters.sandbox.nutshell.state import Draft, Row


def search(draft: Draft, table: str, words: str) -> list[Row]:
    """The rows in which every word of a text stands somewhere, by id; no word finds nothing."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    rows = draft.state.indexed(table, draft.now)
    return [row for row in rows if _has(_text(draft, table, row), wanted)]


def _has(text: str, wanted: list[str]) -> bool:
    return all(word in text for word in wanted)


def with_email(draft: Draft, table: str, address: str) -> list[Row]:
    """The rows that hold exactly this e-mail address."""
    asked = address.casefold()
    rows = draft.state.indexed(table, draft.now)
    return [row for row in rows if any(one["value"].casefold() == asked for one in row["emails"])]


def _related(draft: Draft, row: Row) -> list[str]:
    """What a record's tags, companies and people are called now."""
    out = [tag["name"] for tag in (draft.live("tags", key) for key in row["tags"]) if tag is not None]
    for table in ("accounts", "contacts"):
        others = (draft.live(table, link["id"]) for link in row.get(table, []))
        out += [notes.name_of(table, other) for other in others if other is not None]
    return out


def _text(draft: Draft, table: str, row: Row) -> str:
    parts: list[str | None] = []
    if table in ("accounts", "contacts"):
        parts += [notes.name_of(table, row), row["description"]]
        parts += [one["value"] for key in ("emails", "urls") for one in row[key]]
        for one in row["phones"]:
            parts += [one["value"]["E164"], one["value"]["numberFormatted"], one["value"]["number"]]
        parts += [part for one in row["addresses"] for part in one["value"].values()]
    elif table == "leads":
        parts += [notes.name_of(table, row), row["description"], str(row["number"])]
    elif table == "tasks":
        parts += [row["title"], row["description"]]
    elif table == "activities":
        log = draft.live("notes", row["note"]) if row["note"] else None
        parts += [row["name"], row["agenda"], row["location"], log["markup"] if log else None]
    else:
        parts.append(row.get("name"))
    if table in custom.ENTITIES:
        parts += _related(draft, row)
        parts += [custom.as_text(value) for value in row["custom"].values()]
    return " ".join(part for part in parts if part).casefold()
