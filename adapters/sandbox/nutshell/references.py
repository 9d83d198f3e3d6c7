"""What a row names: the references by which records hang together."""

from typing import Any


def named(table: str, row: dict[str, Any] | None) -> set[str]:
    """The references that a row holds, for finding it from the other side."""
    if row is None:
        return set()
    match table:
        case "contacts":
            return {f"{link['id']}-accounts" for link in row["accounts"]} | _tags(row)
        case "accounts":
            return _tags(row)
        case "leads":
            accounts = {f"{link['id']}-accounts" for link in row["accounts"]}
            contacts = {f"{link['id']}-contacts" for link in row["contacts"]}
            return accounts | contacts | _tags(row)
        case "notes":
            return {row["parent"]} if row["parent"] else set()
        case "activities":
            return {*row["leads"], *row["participants"]}
        case "tasks":
            return {row["related"]} if row["related"] else set()
        case "productMaps" | "competitorMaps":
            return {f"{row['lead']}-leads"}
    return set()


def _tags(row: dict[str, Any]) -> set[str]:
    return {f"{key}-tags" for key in row["tags"]}
