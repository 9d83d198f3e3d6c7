"""The search index: what records were `lag` seconds ago (rule 17)."""

from adapters.sandbox.nutshell import custom, notes
from adapters.sandbox.nutshell.state import Draft, Row


def search(draft: Draft, table: str, words: str) -> list[Row]:
    """The rows in which every word of a text stands somewhere, by id; no word finds nothing."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    rows = draft.state.indexed(table, draft.now)
    return [row for row in rows if _has(_text(table, row), wanted)]


def _has(text: str, wanted: list[str]) -> bool:
    return all(word in text for word in wanted)


def with_email(draft: Draft, table: str, address: str) -> list[Row]:
    """The rows that hold exactly this e-mail address."""
    asked = address.casefold()
    rows = draft.state.indexed(table, draft.now)
    return [row for row in rows if any(one["value"].casefold() == asked for one in row["emails"])]


def _text(table: str, row: Row) -> str:
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
        parts += [row["name"], row["agenda"]]
    else:
        parts.append(row.get("name"))
    if table in custom.ENTITIES:
        parts += [custom.as_text(value) for value in row["custom"].values()]
    return " ".join(part for part in parts if part).casefold()
