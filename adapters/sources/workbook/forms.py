"""What a workbook asks for: one form an object, made of a product's standards or of a schema that was discovered."""

import re
from collections.abc import Collection, Iterable, Sequence

import msgspec

from adapters.protocols import Field, Identity, Kind, Link, ObjectSchema, Schema
from adapters.sources.names import fold
from adapters.sources.standard import Standard, identity_in, links_in

ID = "ID"
"""The column that every form without an id of its own has besides: to be filled, or left empty in every row."""

MANY = ";"
"""Separates the values of a cell that holds several."""

_SHEET_CHARACTERS = 31
_NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NOT_ASKED = frozenset({"file", "block"})
"""Kinds that nobody types into a cell."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: the key of its field, its header, and what may stand in it."""

    key: str
    label: str
    kind: Kind
    required: bool = False
    custom: bool = False
    target: str | None = None
    options: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """What its header may read, folded."""
        return frozenset({fold(self.label), fold(self.key)})

    def field(self) -> Field:
        """The field, for reading one of its cells."""
        forms = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "number": ".", "money": ".", "percent": ".",
                 "multienum": MANY, "duration": "hh:mm"}  # fmt: skip
        return Field(key=self.key, label=self.label, kind=self.kind, format=forms.get(self.kind))


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One object: the sheet that asks for it, its columns, and how its records are known and linked."""

    name: str
    label: str
    sheet: str
    columns: tuple[Column, ...]
    identity: Identity = Identity()
    links: tuple[Link, ...] = ()
    owner: str | None = None
    title: tuple[str, ...] = ()

    def column(self, key: str) -> Column | None:
        """The column of that key, or None."""
        return next((column for column in self.columns if column.key == key), None)


class Forms(msgspec.Struct, frozen=True, kw_only=True):
    """All forms of a workbook, and the system that they stand for."""

    system: str
    forms: tuple[Form, ...]


Described = Schema | Sequence[Standard] | Forms
"""What a workbook may be made of."""


def forms_of(described: Described, system: str = "", objects: Collection[str] = ()) -> Forms:
    """The forms of what is described; of some objects where they are named. Raises ValueError for an unknown name."""
    if isinstance(described, Forms):
        forms = list(described.forms)
        system = system or described.system
    elif isinstance(described, Schema):
        forms = [_of_schema(each) for each in described.objects if each.fields]
        system = system or described.system
    else:
        forms = [_of_standard(each) for each in described]
    if missing := set(objects) - {form.name for form in forms}:
        raise ValueError(f"There is no form for {min(missing)!r}; there are {', '.join(form.name for form in forms)}.")
    chosen = [form for form in forms if not objects or form.name in objects]
    return Forms(system=system, forms=tuple(_with_sheets(chosen)))


def _of_standard(standard: Standard) -> Form:
    columns = [
        Column(key=each.label, label=each.label, kind=each.kind or "text", required=each.required, target=each.target)
        for each in standard.columns if each.kind not in _NOT_ASKED
    ]  # fmt: skip
    id_field = standard.identity.id_field
    if id_field is None:
        columns.insert(0, Column(key=ID, label=ID, kind="text"))
    identity = msgspec.structs.replace(standard.identity, id_field=id_field or ID)
    return Form(
        name=standard.name, label=standard.label, sheet=standard.label, columns=tuple(columns), identity=identity,
        links=standard.links, owner=standard.owner, title=standard.title,
    )  # fmt: skip


def _of_schema(described: ObjectSchema) -> Form:
    labels = [fold(field.label) for field in described.fields]
    columns = [
        Column(
            key=field.key, label=field.label if labels.count(fold(field.label)) == 1 else field.key,
            kind="text" if field.kind == "address" else field.kind,
            # an id that the system gave nobody can be asked to make up
            required=field.required and field.key != described.identity.id_field,
            custom=field.custom, target=field.target, options=tuple(option.label for option in field.options),
        )
        for field in described.fields if field.kind not in _NOT_ASKED and not field.calculated
    ]  # fmt: skip
    identity = described.identity
    if identity.id_field is None:
        taken = {name for column in columns for name in column.names}
        key = next(name for name in (ID, f"{described.label} {ID}", "Row ID") if fold(name) not in taken)
        columns.insert(0, Column(key=key, label=key, kind="text"))
        identity = msgspec.structs.replace(identity, id_field=key)
    present = [column.key for column in columns]
    links = links_in(described.links, present)
    return Form(
        name=described.name, label=described.label, sheet=described.label, columns=tuple(columns),
        identity=identity_in(identity, present, links), links=links,
        owner=described.owner_field if described.owner_field in present else None,
        title=tuple(key for key in described.title if key in present),
    )  # fmt: skip


def _with_sheets(forms: Iterable[Form]) -> list[Form]:
    """The forms with names that a spreadsheet takes: short, without its own signs, no two alike."""
    taken = {fold(name) for name in RESERVED_SHEETS}
    named: list[Form] = []
    for form in forms:
        name = _NOT_IN_SHEETS.sub(" ", form.sheet).strip()[:_SHEET_CHARACTERS].strip() or "Sheet"
        choice, turn = name, 1
        while fold(choice) in taken:
            turn += 1
            choice = f"{name[: _SHEET_CHARACTERS - len(str(turn)) - 3]} ({turn})"
        taken.add(fold(choice))
        named.append(msgspec.structs.replace(form, sheet=choice))
    return named


INSTRUCTIONS, LISTS, DEFINITION = "Read me", "Lists", "Definition"
RESERVED_SHEETS = (INSTRUCTIONS, LISTS, DEFINITION, "History")
"""Sheets of ours, and the name that Excel keeps for itself."""
