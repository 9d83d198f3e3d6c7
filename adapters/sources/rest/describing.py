"""From a table and the first pages of its endpoints to a schema: fields, fills, options, what nobody has described."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

import msgspec

from adapters.protocols import Field, Finding, Json, Kind, Link, ObjectSchema, Option, Record
from adapters.sources.profile import Profile
from adapters.sources.rest.table import Column, Convert, CustomObjects, Customs, Endpoint, Learned, Paging, place
from adapters.sources.values import JSON_LIST, split

_OPTIONS_MAX = 1000


class Survey:
    """Watches some records of an object go by: how its fields are filled, and which fields the table does not know."""

    def __init__(self, endpoint: Endpoint, columns: Sequence[Column]) -> None:
        self.endpoint = endpoint
        self.columns = columns
        self.seen = 0
        self.extra: dict[str, None] = {}
        self._known = known_keys(endpoint, columns)
        self._profiles: dict[str, Profile] = {}
        self._options: dict[str, dict[str, None]] = {}

    def look(self, row: dict[str, Json]) -> None:
        """See the keys of a row, before it is made a record."""
        self.extra |= dict.fromkeys(key for key in row if key not in self._known)

    def add(self, record: Record) -> None:
        """See one record."""
        self.seen += 1
        for key, cell in record.values.items():
            self._profiles.setdefault(key, Profile(key)).add(cell)
        for column in self.columns:
            if column.kind in ("enum", "multienum") and not column.options:
                cell = record.values.get(column.key or column.label, "")
                found = self._options.setdefault(column.key or column.label, {})
                if cell and len(found) < _OPTIONS_MAX:
                    found |= dict.fromkeys(split(cell, JSON_LIST) if column.convert == "list" else [cell.strip()])

    @property
    def keys(self) -> frozenset[str]:
        """The fields that any record had, filled or not."""
        return frozenset(self._profiles)

    def automations(self) -> list[dict[str, Json]]:
        """The automations that the records name, for the inventory of what does not move."""
        named = self._options.get(self.endpoint.automations, {})
        return [{"id": name, "label": name, "makes": self.endpoint.object} for name in named]

    def fields(self) -> tuple[Field, ...]:
        """The fields: the id, the table's columns, then the keys that the table does not know."""
        out = [Field(key=self.endpoint.id_label, label=self.endpoint.id_label, kind="text", required=True)]
        out = out if self.endpoint.id_label else []
        for column in self.columns:
            out.append(msgspec.structs.replace(column.field(len(out)), options=self._listed(column)))
        filled = [self._filled(field) for field in out]
        for key in self.extra:
            profile = self._profiles.get(key) or Profile(key)
            filled.append(profile.field(position=len(filled)))
        return tuple(filled)

    def _listed(self, column: Column) -> tuple[Option, ...]:
        labels = column.options or tuple(self._options.get(column.key or column.label, ()))
        return tuple(Option(label, label) for label in labels)

    def _filled(self, field: Field) -> Field:
        profile = self._profiles.get(field.key)
        if profile is None:
            return field
        seen = profile.field(kind="text")
        return msgspec.structs.replace(field, samples=seen.samples, filled=seen.filled, distinct=seen.distinct)

    def findings(self) -> tuple[Finding, ...]:
        """The keys that nobody has described."""
        return tuple(
            Finding(
                code="unknown-field", object=self.endpoint.object, where=self.endpoint.path,
                detail=f"The API gives {key!r}, which is in no description; it is read as a custom field.",
            )
            for key in self.extra
        )  # fmt: skip


def known_keys(endpoint: Endpoint, columns: Sequence[Column]) -> set[str]:
    """The keys of a row that are a field, a marker, or meant to be left out."""
    places = [c.at for c in columns] + [at for c in columns for at in c.needs]
    places += [endpoint.id, endpoint.deleted, endpoint.merged, endpoint.custom_at, *endpoint.ignored]
    places += [endpoint.only[0]] if endpoint.only else []
    return {at for at in places if at} | {at.partition(".")[0] for at in places if at}


def described(survey: Survey, links: Sequence[Link], count: int | None, method: str) -> ObjectSchema:
    """An object's schema. Only links whose columns are there are given."""
    endpoint = survey.endpoint
    fields = survey.fields()
    present = {field.key for field in fields}
    return ObjectSchema(
        name=endpoint.object, label=endpoint.label, fields=fields,
        identity=msgspec.structs.replace(endpoint.identity, id_field=endpoint.id_label),
        links=tuple(link for link in links if {link.id_field, link.name_field, link.type_field} - {None} <= present),
        owner_field=endpoint.owner, title=endpoint.title, count=count, method=method,
    )  # fmt: skip


def custom_columns(customs: Customs, at: str, descriptions: Iterable[dict[str, Json]], learned: Learned) -> list[str]:
    """Learn the columns that descriptions of custom fields make, by the API's word for their object.

    at: the place of the values in a record. Gives back the types that are not known, and so are text.
    """
    odd: list[str] = []
    for one in descriptions:
        object, kind = str(one.get("object") or ""), str(one.get("type") or "")
        column, known = _custom(one, customs.kinds, customs.targets, customs.lookup)
        if not known:
            odd.append(f"{object}.{column.key} ({kind})")
        column = msgspec.structs.replace(column, at=f"{at}.{column.key}" if at else column.key)
        learned.custom[object] = (*learned.custom.get(object, ()), column)
    return odd


def custom_links(columns: Iterable[Column]) -> tuple[Link, ...]:
    """The links that custom look-up fields are."""
    return tuple(
        Link(name=c.key, to=(c.target,), id_field=c.key) for c in columns if c.kind == "reference" and c.target
    )


def custom_endpoints(objects: CustomObjects, schemas: Iterable[dict[str, Json]]) -> list[tuple[Endpoint, list[str]]]:
    """The endpoint of each described custom object, and which of its types are not known."""
    listed = [one for one in schemas if isinstance(one.get("key"), str)]
    targets = {**objects.targets, **{one["key"]: one["key"] for one in listed}}
    out = []
    for one in listed:
        columns, odd = [], []
        for described in one.get("fields") or []:
            column, known = _custom(described, objects.kinds, targets, "")
            columns.append(column)
            odd += [] if known else [f"{one['key']}.{column.key} ({described.get('type')})"]
        titles = [c.key for c in columns if c.kind == "text"][:1]
        endpoint = Endpoint(
            object=one["key"], label=str(one.get("label") or one["key"]),
            path=objects.records.format(key=quote(one["key"], safe="")), rows="", paging=Paging(style="auto"),
            columns=tuple(columns), id_label="id", title=tuple(titles), links=custom_links(columns),
        )  # fmt: skip
        out.append((endpoint, odd))
    return out


def _custom(
    one: dict[str, Json], kinds: Mapping[str, tuple[Kind, Convert]], targets: Mapping[str, str], lookup: str
) -> tuple[Column, bool]:
    """The column of a described custom field, and whether its type is known."""
    key, type_ = str(one.get("key") or one.get("name") or ""), str(one.get("type") or "").lower()
    kind, convert = kinds.get(type_, ("text", ""))
    target = str(one.get("target") or "")
    if lookup and type_.startswith(lookup):
        kind, target = "reference", type_.removeprefix(lookup)
    options = tuple(str(place(o, "label") or o) if isinstance(o, dict) else str(o) for o in one.get("options") or ())
    column = Column(
        label=str(one.get("label") or key), key=key, at=key, kind=kind, convert=convert,
        custom=True, options=options, target=targets.get(target) if kind == "reference" else None,
    )  # fmt: skip
    if kind == "reference" and column.target is None:
        column = msgspec.structs.replace(column, kind="text")
    return column, type_ in kinds or bool(lookup and type_.startswith(lookup))
