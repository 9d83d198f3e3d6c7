"""A product's standard schema, declared as data, and how the files of one customer's export are matched with it.

Headers are matched without regard to case and by a few other names; what is in a file and not in the standard is a
custom field. A column that is read under its standard name keeps its own text; the renaming is a finding.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

import msgspec

from adapters.protocols import Field, Identity, Kind, Link, Option
from adapters.sources import UnreadableError
from adapters.sources.names import fold


class Column(msgspec.Struct, frozen=True):
    """One column of the standard schema. `also` are other names of it; a file without a required one is refused.

    A custom column is one that the customer described: `title` is what people call it, `options` its choices; without a
    kind its cells decide.
    """

    label: str
    kind: Kind | None
    also: tuple[str, ...] = ()
    required: bool = False
    target: str | None = None
    custom: bool = False
    title: str = ""
    options: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All its names, folded."""
        return frozenset(map(fold, (self.label, *self.also)))


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """One object of the product. `files` are the words, in lower case, that tell its file: "contacts", "people".

    `identity`, `links`, `owner` and `title` name standard columns; those that a customer's file lacks fall away.
    """

    name: str
    label: str
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    identity: Identity
    links: tuple[Link, ...] = ()
    owner: str | None = None
    title: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """All header names of the object, folded."""
        return frozenset().union(*(column.names for column in self.columns))


def object_of(file: str, standards: Sequence[Standard]) -> Standard | None:
    """The object that a file's name tells ("Contacts_2.csv", "export-deals-2025.csv"); its last telling word counts."""
    words = re.findall(r"[^\W\d_]+", PurePosixPath(file).stem.lower())
    for word in reversed(words):
        for standard in standards:
            if word in standard.files:
                return standard
    return None


def fits(standard: Standard, labels: Sequence[str]) -> bool:
    """Whether a file with these labels has all that the object needs."""
    folded = set(map(fold, labels))
    return all(column.names & folded for column in standard.columns if column.required)


def object_by_id(labels: Sequence[str], standards: Sequence[Standard]) -> Standard | None:
    """The object whose id column stands first, if the labels have all else that it needs."""
    for standard in standards:
        id = next((column for column in standard.columns if column.label == standard.identity.id_field), None)
        if id and labels and fold(labels[0]) in id.names and fits(standard, labels):
            return standard
    return None


def named(standard: Standard, labels: Sequence[str], file: str) -> dict[str, Column]:
    """The standard columns among a file's labels. Raises `UnreadableError` for a required one that is not there.

    An exact name (but for case) goes before another name of the column; each column is found once.
    """
    found: dict[str, Column] = {}
    for exact in (True, False):
        for column in standard.columns:
            if column in found.values():
                continue
            names = {fold(column.label)} if exact else column.names
            label = next((label for label in labels if label not in found and fold(label) in names), None)
            if label is not None:
                found[label] = column
    for column in standard.columns:
        if column.required and column not in found.values():
            names_said = ", ".join((column.label, *column.also))
            raise UnreadableError(
                f"{file}: no column {column.label!r} (any of {names_said}), which every {standard.name} needs; "
                f"found {', '.join(labels)}. Export with that column, or rename the column that holds it."
            )
    return found


def links_in(links: Sequence[Link], present: Collection[str]) -> tuple[Link, ...]:
    """The links whose columns are present, without the columns that are not."""
    kept: dict[str, Link] = {}
    for link in links:
        id_field = link.id_field if link.id_field in present else None
        name_field = link.name_field if link.name_field in present else None
        if (id_field is None and name_field is None) or (link.type_field and link.type_field not in present):
            continue
        kept[link.name] = msgspec.structs.replace(link, id_field=id_field, name_field=name_field)
    return tuple(link if link.within in kept else msgspec.structs.replace(link, within=None) for link in kept.values())


def identity_in(identity: Identity, present: Collection[str], links: Sequence[Link]) -> Identity:
    """The recipes whose columns and links are present."""
    usable = {*present, *(f"@{link.name}" for link in links)}
    return Identity(
        id_field=identity.id_field if identity.id_field in present else None,
        natural=tuple(recipe for recipe in identity.natural if usable.issuperset(recipe)),
        rematch=tuple(recipe for recipe in identity.rematch if usable.issuperset(recipe)),
    )


def described(field: Field, column: Column) -> Field:
    """The field with what its column says besides: the object that it refers to, its title, its choices."""
    options = tuple(
        Option(label, label) for label in dict.fromkeys((*column.options, *(o.label for o in field.options)))
    )
    return msgspec.structs.replace(
        field, target=column.target, label=column.title or field.label,
        options=options if field.kind in ("enum", "multienum") else field.options,
    )  # fmt: skip
