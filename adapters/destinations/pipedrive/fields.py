"""What the account's custom fields are: learned by reading its field lists, when it is first needed."""

import re
from collections.abc import Iterable

from adapters.destinations.pipedrive.ask import Row, rows_v2
from adapters.destinations.pipedrive.catalogue import FIELD_PATHS, TYPES
from adapters.destinations.pipedrive.columns import Codec
from adapters.protocols import Flow

_KEY = re.compile(r"[0-9a-f]{40}")


def is_custom(key: str) -> bool:
    """Whether a key is that of a custom field: 40 hex digits, different in every account."""
    return _KEY.fullmatch(key) is not None


class CustomFields:
    """The codec of each custom field, by the entity that owns it ("product", "organization", "person", "deal").

    `schema` and the creation of a field fill it; a flow that meets a key it does not know reads the list again (10
    tokens), once a key.
    """

    def __init__(self) -> None:
        self._codecs: dict[str, dict[str, Codec]] = {owner: {} for owner in FIELD_PATHS}

    def remember(self, owner: str, rows: Iterable[Row]) -> None:
        """Take in rows of a v2 field list."""
        known = self._codecs[owner]
        for row in rows:
            if is_custom(row["field_code"]):
                known[row["field_code"]] = TYPES.get(row["field_type"], ("text", "raw"))[1]

    def codecs(self, owner: str | None, keys: Iterable[str], *, ask_again: bool = False) -> Flow[dict[str, Codec]]:
        """The codecs of an owner's custom fields; the account is asked where one of `keys` is not known.

        A key that the account does not list (a deleted field) is left as it is in reading; with `ask_again` (in
        writing) it is asked for each time, because the field may have been made meanwhile.
        """
        if owner is None:
            return {}
        known = self._codecs[owner]
        wanted = [key for key in keys if is_custom(key)]
        if any(key not in known or (ask_again and known[key] == "raw") for key in wanted):
            self.remember(owner, (yield from rows_v2(FIELD_PATHS[owner])))
            for key in wanted:
                known.setdefault(key, "raw")
        return known
