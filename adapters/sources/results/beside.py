"""Results CRM: what stands in the tables beside the objects: labels of custom fields, users, pipelines with stages."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from adapters.protocols import Json, Kind, User
from adapters.sources import numbers
from adapters.sources.names import fold
from adapters.sources.standard import Column, Standard

Cells = Mapping[str, str]

_KINDS: dict[str, Kind] = {
    "drop-down": "enum", "dropdown": "enum", "list": "enum", "pick list": "enum", "picklist": "enum",
    "multi-select": "multienum", "number": "number", "integer": "number", "decimal": "number", "currency": "money",
    "money": "money", "date": "date", "date/time": "datetime", "time": "time", "check box": "boolean",
    "checkbox": "boolean", "yes/no": "boolean", "text": "text", "memo": "longtext", "percent": "percent",
    "phone": "phone", "e-mail": "email", "email": "email", "web": "url", "url": "url",
}  # fmt: skip


def labelled(standards: Iterable[Standard], rows: Iterable[Cells]) -> tuple[Standard, ...]:
    """The objects with the custom columns that the customer described ("Company.UDF1": "Price Level", a drop-down).

    A label that another column of the object bears is told apart by its field: "Notes (UDF3)".
    """
    wanted: dict[str, dict[str, Column]] = {}
    for row in rows:
        object, _, field = row["Field"].strip().rpartition(".")
        if not object or not field or not row["Label"].strip():
            continue
        columns = wanted.setdefault(fold(object), {})
        choices = tuple(choice for part in row["Choices"].split(";") if (choice := part.strip()))
        columns[field] = Column(
            field, _KINDS.get(fold(row["Type"])), custom=True, title=row["Label"].strip(), options=choices
        )
    return tuple(_with(standard, wanted.get(fold(standard.name), {})) for standard in standards)


def _with(standard: Standard, custom: Mapping[str, Column]) -> Standard:
    taken = {fold(column.label) for column in standard.columns}
    columns: list[Column] = []
    for column in custom.values():
        twice = fold(column.title) in taken
        title = f"{column.title} ({column.label})" if twice else column.title
        taken.add(fold(title))
        columns.append(msgspec.structs.replace(column, title=title))
    return msgspec.structs.replace(standard, columns=(*standard.columns, *columns))


def users(rows: Iterable[Cells]) -> tuple[User, ...]:
    """The users by their rep codes, which is what records name; without an e-mail address where they have none."""
    return tuple(
        User(code, row["Name"].strip(), row["E-mail"].strip(), active=fold(row["Status"]) not in _GONE)
        for row in rows if (code := row["Code"].strip())
    )  # fmt: skip


_GONE = frozenset({"inactive", "disabled", "deleted", "no", "false", "0", "n"})


def pipelines(rows: Iterable[Cells]) -> list[Json]:
    """The pipelines in the form of `Schema.account`, stages in their order; no percentage is no probability, not 0.

    A stage's id is its name behind its pipeline's, since two pipelines may have stages of one name.
    """
    found: dict[str, list[tuple[Decimal, Json]]] = {}
    for place, row in enumerate(rows):
        name, label = row["Pipeline"].strip(), row["Stage"].strip()
        if name and label:
            order, _ = numbers.read(row["Order"], ".")
            percent, _ = numbers.read(row["Percent"].strip().removesuffix("%"), ".")
            odds = None if percent is None else numbers.canonical(percent)[0]
            stage = {"id": staged(name, label), "label": label, "probability": odds}
            found.setdefault(name, []).append((Decimal(place) if order is None else order, stage))
    return [
        {"id": name, "label": name, "stages": [stage for _, stage in sorted(stages, key=lambda pair: pair[0])]}
        for name, stages in found.items()
    ]


def staged(pipeline: str, stage: str) -> str:
    """A stage inside its pipeline: "Sales / Lead"; a stage alone where no pipeline is named."""
    return " / ".join(filter(None, (pipeline.strip(), stage.strip())))
