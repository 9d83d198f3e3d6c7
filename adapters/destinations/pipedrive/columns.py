"""What an entity is made of: one column a field, and the shorthand to write columns down."""

from typing import Literal

import msgspec

from adapters.protocols import Json, Kind

V1 = "/v1"
V2 = "/api/v2"

Codec = Literal[
    "text", "number", "boolean", "date", "datetime", "datetime-spaced", "time", "duration", "option", "option-text",
    "options", "options-text", "id", "id-text", "variation", "contacts", "attendees", "persons", "address", "money",
    "lead-money", "clock", "range", "clock-range", "content", "raw",
]  # fmt: skip
"""How a value is spelled on the wire; the functions stand in `values`."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One standard field of an entity.

    `wire` is the API's own name where ours differs. `create_only` fields are refused in an update and `unclearable`
    ones cannot be emptied: an update leaves both out, and reading back shows the difference. `late` fields are refused
    in a create: they are written by an update after it. `nullable` texts are emptied by null, others by ""; `empty` is
    what empties a field that takes neither. `listed` fields exist only where the account's field list names them
    (contact sync). `detail` fields are read and written by requests of their own, one for each item of a list. `shared`
    fields with one name travel in one wire field. `choices` are fixed options. `alternative`, `requires`, `computed`:
    see `adapters.protocols.Field`.
    """

    key: str
    label: str
    kind: Kind
    codec: Codec
    wire: str = ""
    target: str | None = None
    many: bool = False
    required: bool = False
    readonly: bool = False
    create_only: bool = False
    late: bool = False
    unclearable: bool = False
    nullable: bool = False
    empty: Json = None
    listed: bool = False
    detail: bool = False
    shared: str = ""
    choices: tuple[str, ...] = ()
    alternative: str = ""
    requires: str = ""
    computed: str = ""
    max_length: int | None = None


def text(key: str, label: str, *, wire: str = "", required: bool = False, listed: bool = False) -> Column:
    """One line, of at most 255 characters."""
    return Column(
        key=key, label=label, kind="text", codec="text", max_length=255, wire=wire, required=required, listed=listed
    )


def link(
    key: str,
    label: str,
    target: str,
    *,
    wire: str = "",
    unclearable: bool = True,
    create_only: bool = False,
    alternative: str = "",
) -> Column:
    """A link; the description lets only those of deals and leads be emptied."""
    codec: Codec = "id-text" if target == "lead" else "id"
    return Column(
        key=key,
        label=label,
        kind="reference",
        codec=codec,
        target=target,
        wire=wire,
        unclearable=unclearable,
        create_only=create_only,
        alternative=alternative,
    )


def number(key: str, label: str, *, readonly: bool = False, requires: str = "") -> Column:
    """A number."""
    return Column(key=key, label=label, kind="number", codec="number", readonly=readonly, requires=requires)


def choice(key: str, label: str, *choices: str, empty: Json = None, unclearable: bool = False) -> Column:
    """One of a fixed set of words."""
    return Column(
        key=key,
        label=label,
        kind="enum",
        codec="option-text",
        choices=choices,
        empty=empty,
        unclearable=unclearable,
    )


def moment(key: str, label: str, *, readonly: bool = False, create_only: bool = False) -> Column:
    """A time, as v2 writes it."""
    return Column(key=key, label=label, kind="datetime", codec="datetime", readonly=readonly, create_only=create_only)


def spaced(key: str, label: str) -> Column:
    """A time that only the server sets, as v1 writes it."""
    return Column(key=key, label=label, kind="datetime", codec="datetime-spaced", readonly=True)


OWNER = Column(key="owner_id", label="Owner", kind="user", codec="id")
VISIBLE = Column(key="visible_to", label="Visible to", kind="enum", codec="option")
LABELS = Column(key="label_ids", label="Labels", kind="multienum", codec="options", many=True)
FOLLOWERS = Column(key="followers", label="Followers", kind="user", codec="id", many=True, detail=True)
ADDED = moment("add_time", "Created", create_only=True)
ADDED_RO = moment("add_time", "Created", readonly=True)
CHANGED = moment("update_time", "Updated", readonly=True)
