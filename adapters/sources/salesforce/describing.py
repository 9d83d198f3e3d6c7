"""A describe becomes fields, links and a plan of what to select."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from adapters.protocols import Field, Identity, Json, Kind, Link, ObjectSchema, Option

DATE_FORMAT = "%Y-%m-%d"
DATETIME_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
SEPARATOR = ";"
"""Between the values of a multi-select field. A value may hold a comma, never this."""

SYSTEM = ("IsDeleted", "SystemModstamp", "MasterRecordId")
"""Read with every record for what they say about it; no fields of ours."""

_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
"""What tells of a change, best first: SystemModstamp also moves when an automated process changes a record."""

_LEFT_OUT = frozenset({*SYSTEM, "LastViewedDate", "LastReferencedDate", "PhotoUrl"})
"""Not the record's own: they differ by who looks, or say what `Record.deleted` and `merged` say."""

_UNREAD = frozenset({"address", "location", "base64", "complexvalue", "json"})
"""Types that are not selected: compounds repeat their components, bodies are asked for one by one."""

_KINDS: dict[str, Kind] = {
    "phone": "phone", "url": "url", "email": "email", "boolean": "boolean", "int": "number", "long": "number",
    "double": "number", "currency": "money", "percent": "percent", "date": "date", "datetime": "datetime",
    "time": "time", "picklist": "enum", "multipicklist": "multienum",
}  # fmt: skip
_FORMATS = {"date": DATE_FORMAT, "datetime": DATETIME_FORMAT, "multienum": SEPARATOR, "number": ".", "money": ".",
            "percent": "."}  # fmt: skip
_NAMESPACED = re.compile(r"([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)__\w+?__[a-z]+")


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One field of an object, as its describe has it."""

    name: str
    label: str
    type: str
    custom: bool = False
    calculated: bool = False
    html: bool = False
    names_record: bool = False
    filterable: bool = True
    length: int = 0
    targets: tuple[str, ...] = ()
    relationship: str = ""
    options: tuple[Option, ...] = ()


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """One object of ours: the object of Salesforce that it is read from, and which of its records.

    conditions: SOQL that its records fulfil. apart: that other objects of ours take records of the same one.
    """

    name: str
    label: str
    sobject: str
    prefix: str
    replicateable: bool
    columns: tuple[Column, ...]
    conditions: tuple[str, ...] = ()
    apart: bool = False

    @property
    def selected(self) -> tuple[str, ...]:
        """What a query asks for."""
        return tuple(c.name for c in self.columns if c.type not in _UNREAD)

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns that become fields of ours."""
        return tuple(c for c in self.columns if c.type not in _UNREAD and c.name not in _LEFT_OUT)

    @property
    def stamp(self) -> str:
        """The column that tells of a change; empty where there is none."""
        return next((s for s in _STAMPS if self.has(s)), "")

    def has(self, name: str) -> bool:
        """Whether the object has a column of that name."""
        return any(c.name == name for c in self.columns)

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)


def info_of(described: Mapping[str, Json]) -> Info:
    """What a describe says of an object."""
    types = described.get("recordTypeInfos") or ()
    record_types = tuple(Option(id=str(t["recordTypeId"]), label=str(t["name"])) for t in types if not t.get("master"))
    columns = [_column(f) for f in described.get("fields") or () if not f.get("deprecatedAndHidden")]
    return Info(
        name=str(described["name"]),
        label=str(described.get("label") or described["name"]),
        sobject=str(described["name"]),
        prefix=str(described.get("keyPrefix") or ""),
        replicateable=bool(described.get("replicateable")),
        columns=tuple(
            msgspec.structs.replace(c, options=record_types) if c.name == "RecordTypeId" else c for c in columns
        ),
    )


def _column(field: Mapping[str, Json]) -> Column:
    values = field.get("picklistValues") or ()
    return Column(
        name=str(field["name"]),
        label=str(field.get("label") or field["name"]),
        type=str(field["type"]),
        custom=bool(field.get("custom")),
        calculated=bool(field.get("calculated")),
        html=bool(field.get("htmlFormatted")),
        names_record=bool(field.get("nameField")),
        filterable=field.get("filterable") is not False,
        length=int(field.get("length") or 0),
        targets=tuple(field.get("referenceTo") or ()),
        relationship=str(field.get("relationshipName") or ""),
        # values that are no longer active still sit in old records: they need a mapping, too
        options=tuple(Option(id=str(v["value"]), label=str(v.get("label") or v["value"])) for v in values),
    )


# --- our schema --------------------------------------------------------------------------------------------------


def object_schema(info: Info, names: Mapping[str, Sequence[str]], packages: Iterable[str]) -> ObjectSchema:
    """The object as a source describes it, but for its count and what a product knows better.

    names: our objects by the object of Salesforce. packages: namespaces whose fields are the product's own.
    """
    own = frozenset(packages)
    fields = [_field(column, place, names, own) for place, column in enumerate(info.shown)]
    links = [link for column in info.shown if (link := _link(info, column, names))]
    derived = [_type_field(info, link, len(fields) + place) for place, link in enumerate(links) if _mixed(link)]
    return ObjectSchema(
        name=info.name,
        label=info.label,
        fields=tuple(fields + derived),
        identity=Identity(id_field="Id"),
        links=tuple(links),
        owner_field="OwnerId" if info.has("OwnerId") else None,
        title=tuple(c.name for c in info.shown if c.names_record)[:1] or (("Subject",) if info.has("Subject") else ()),
        incremental=is_incremental(info),
    )


def is_incremental(info: Info) -> bool:
    """Whether a mark finds all that changed: the results of formulas change without any stamp."""
    return bool(info.replicateable and info.stamp) and not any(c.calculated for c in info.shown)


def mixed_references(info: Info) -> dict[str, str]:
    """The references that may name records of several objects, and the field of ours that says which."""
    return {c.name: f"{c.relationship}Type" for c in info.shown if _names_records(c) and len(c.targets) > 1}


def id_twins(info: Info) -> frozenset[str]:
    """Text columns that repeat the id of a reference in its short form: `X_Id__c` beside the reference `X__c`."""
    references = {c.name for c in info.columns if c.type == "reference"}
    texts = (c.name for c in info.columns if c.type == "string" and c.name.endswith("_Id__c"))
    return frozenset(name for name in texts if f"{name.removesuffix('_Id__c')}__c" in references)


def is_custom(column: Column, packages: frozenset[str]) -> bool:
    """Whether the customer, or a package that is not the product's own, added the column."""
    if not column.custom:
        return False
    namespace = _NAMESPACED.fullmatch(column.name)
    return not (namespace and namespace.group(1) in packages)


def _field(column: Column, place: int, names: Mapping[str, Sequence[str]], packages: frozenset[str]) -> Field:
    kind = _kind(column)
    target = names.get(column.targets[0]) if kind == "reference" and len(column.targets) == 1 else None
    return Field(
        key=column.name,
        label=column.label,
        kind=kind,
        custom=is_custom(column, packages),
        calculated=column.calculated,
        many=kind == "multienum",
        target=target[0] if target else None,
        options=column.options,
        max_length=column.length or None if kind in ("text", "longtext", "html") else None,
        format=_FORMATS.get(kind),
        position=place,
    )


def _kind(column: Column) -> Kind:
    if column.type == "reference":
        if column.name == "RecordTypeId" and column.options:
            return "enum"
        return "reference" if _names_records(column) else "user"
    if column.type == "textarea":
        return "html" if column.html else "longtext"
    return _KINDS.get(column.type, "text")


def _names_records(column: Column) -> bool:
    """Whether it is a reference to a record; a queue that may own one stands beside the users."""
    return column.type == "reference" and (not column.targets or not {"User", "Group"}.issuperset(column.targets))


def _link(info: Info, column: Column, names: Mapping[str, Sequence[str]]) -> Link | None:
    if not _names_records(column):
        return None
    to = tuple(name for target in column.targets for name in names.get(target, ()))
    if not to:
        return None
    # an object that is read as two is told apart by the id alone
    tells = len(column.targets) > 1 and all(len(names.get(target, ())) <= 1 for target in column.targets)
    relation = column.relationship or column.name
    return Link(
        name=relation, to=to, id_field=column.name, type_field=mixed_references(info)[column.name] if tells else None
    )


def _mixed(link: Link) -> bool:
    return link.type_field is not None


def _type_field(info: Info, link: Link, place: int) -> Field:
    column = info.column(link.id_field or "")
    label = f"{column.label if column else link.name} (object)"
    options = tuple(Option(id=name, label=name) for name in link.to)
    return Field(key=link.type_field or "", label=label, kind="enum", options=options, position=place)
