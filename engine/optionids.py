"""Ids of options: "entity/field/option,option", each percent-encoded, since an option may be known by its label."""

from collections.abc import Iterable
from urllib.parse import quote, unquote


def option_ids(id: str) -> list[str]:
    """The ids of the options that an id of options names."""
    return [unquote(option) for option in id.rpartition("/")[2].split(",")]


def options_id(place: str, ids: Iterable[str]) -> str:
    """The id of several options at a place ("entity/field")."""
    return f"{place}/{','.join(quote(option, safe='') for option in ids)}"
