"""What the columns of an exported object hold, judged over all cells: the describe that an export does not have."""

from collections.abc import Mapping, Sequence

import msgspec

from adapters.protocols import Field, Kind, Option
from adapters.sources.profile import Profile
from adapters.sources.salesforce.cells import Rows
from adapters.sources.salesforce.describing import SEPARATOR, Column, Info

_PREFIXES_MOST = 50
_USERS, _QUEUES = "005", "00G"

_TYPES: dict[Kind, str] = {
    "number": "double", "money": "currency", "percent": "percent", "boolean": "boolean", "date": "date",
    "datetime": "datetime", "email": "email", "phone": "phone", "url": "url", "longtext": "textarea",
    "enum": "picklist", "multienum": "multipicklist",
}  # fmt: skip
_SURE = {
    "Id": "id", "Name": "string", "FirstName": "string", "LastName": "string", "Subject": "string", "Title": "string",
    "CreatedDate": "datetime", "LastModifiedDate": "datetime", "SystemModstamp": "datetime", "ActivityDate": "date",
    "IsDeleted": "boolean", "IsActive": "boolean", "IsLatest": "boolean", "IsClosed": "boolean",
    "IsArchived": "boolean", "IsRecurrence": "boolean", "IsChild": "boolean", "IsAllDayEvent": "boolean",
}  # fmt: skip
"""Standard columns whose type is known whatever a customer's cells look like."""


class _Ids:
    """Whether all cells of a column are ids, and of which objects."""

    def __init__(self) -> None:
        self.all = True
        self.prefixes: set[str] = set()

    def add(self, cell: str) -> None:
        if not self.all or not cell:
            return
        self.all = len(cell) in (15, 18) and cell.isascii() and cell.isalnum()
        if len(self.prefixes) < _PREFIXES_MOST:
            self.prefixes.add(cell[:3])


class Survey:
    """Watches the rows of one object go by, in memory that does not grow with their number."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.count = 0
        self._profiles = {column: Profile(column) for column in columns}
        self._ids = {column: _Ids() for column in columns}

    def add(self, cells: Sequence[str]) -> None:
        """See one row."""
        self.count += 1
        for column, text in zip(self.columns, cells, strict=True):
            self._profiles[column].add(text)
            self._ids[column].add(text.strip())

    @property
    def prefix(self) -> str:
        """How the ids of the object begin; empty where it has no records."""
        return next(iter(self._ids["Id"].prefixes), "")

    def seen_in(self, field: Field, reader: Rows) -> Field:
        """A field with what its cells show, as its records have it."""
        if field.key not in self._profiles:
            return field
        seen = self._profiles[field.key].field()
        options = field.options or (seen.options if field.kind in ("enum", "multienum") else ())
        return msgspec.structs.replace(
            field,
            options=options,
            samples=tuple(reader.values({field.key: sample})[field.key] for sample in seen.samples),
            filled=seen.filled,
            distinct=seen.distinct,
        )

    def column(self, name: str, objects: Mapping[str, str]) -> Column:
        """A column as a describe would have it. objects: the object of Salesforce by the beginning of its ids."""
        ids, seen = self._ids[name], self._profiles[name]
        targets = tuple(dict.fromkeys(objects[p] for p in sorted(ids.prefixes) if p in objects))
        twin = name.endswith("_Id__c") and f"{name.removesuffix('_Id__c')}__c" in self.columns
        type, html = _SURE.get(name, ""), False
        options: tuple[Option, ...] = ()
        if not type and ids.all and targets and not twin:
            type = "reference"
        if not type:
            guess = seen.field()
            kind = "multienum" if guess.kind == "multienum" and guess.format == SEPARATOR else guess.kind
            type = "string" if kind == "multienum" and guess.format != SEPARATOR else _TYPES.get(kind, "string")
            type, html = ("textarea", True) if kind == "html" else (type, False)
            options = guess.options if type in ("picklist", "multipicklist") else ()
        return Column(
            name=name,
            label=name,
            type=type,
            custom=name.endswith("__c"),
            html=html,
            names_record=name == "Name",
            targets=targets if type == "reference" else (),
            relationship=_relationship(name),
            options=options,
        )


def surveyed(surveys: Mapping[str, Survey]) -> dict[str, Info]:
    """The objects of an export, once all of its files were seen."""
    objects = {survey.prefix: name for name, survey in surveys.items() if survey.prefix}
    objects |= {_USERS: "User", _QUEUES: "Group"}
    return {
        name: Info(
            name=name,
            label=name,
            sobject=name,
            prefix=survey.prefix,
            replicateable=False,
            columns=tuple(survey.column(column, objects) for column in survey.columns if column),
        )
        for name, survey in surveys.items()
    }


def _relationship(name: str) -> str:
    return f"{name.removesuffix('__c')}__r" if name.endswith("__c") else name.removesuffix("Id")
