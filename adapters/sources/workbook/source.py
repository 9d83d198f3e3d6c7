"""A filled workbook as a `Source`."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import msgspec

from adapters.protocols import Field, Finding, Flow, Identity, ObjectSchema, Option, Page, Probed, Record, Schema, Step
from adapters.sources import UnreadableError
from adapters.sources.profile import Profile
from adapters.sources.standard import identity_in, links_in
from adapters.sources.workbook.checking import CellProblem, check
from adapters.sources.workbook.forms import Column, Described, Forms, forms_of
from adapters.sources.workbook.sheets import Book, Sheet, opened

PAGE_RECORDS = 500
"""Records a page."""

_PROBLEMS_SAID = 10
_CHUNK_BYTES = 1 << 20


class Workbook:
    """A workbook that people filled, as a `Source` with `Probing`. One with wrong cells is refused, naming some.

    described: what it was made of; without it, what the workbook itself says. Cells are read anew for every page that
    is not asked for in order.
    """

    def __init__(self, path: Path, described: Described | None = None) -> None:
        self._path = path
        self._described = described
        self._schema: Schema | None = None
        self._sheets: dict[str, Sheet] = {}
        self._open: dict[str, tuple[int, Iterator[Record], ExitStack]] = {}

    def schema(self) -> Flow[Schema]:
        """What the workbook holds. Raises `UnreadableError` for a file that is none, or with cells that are wrong."""
        yield from ()
        return self._known()

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:  # noqa: ARG002 - always whole
        """A page of records, from the record number `at` on. `since` is ignored."""
        yield from ()
        if self._known().object(object) is None:
            raise ValueError(f"{self._path.name} has no object {object!r}.")
        if object not in self._sheets:
            return Page(records=())
        offset = int(at or 0)
        place, records, stack = self._open.pop(object, (0, iter(()), ExitStack()))
        if place != offset or not place:
            stack.close()
            stack = ExitStack()
            book = stack.enter_context(opened(self._path))
            records = islice(_records(book, self._sheets[object]), offset, None)
        page = tuple(islice(records, PAGE_RECORDS))
        if len(page) < PAGE_RECORDS:
            stack.close()
            return Page(records=page)
        self._open[object] = (offset + PAGE_RECORDS, records, stack)
        return Page(records=page, next=str(offset + PAGE_RECORDS))

    def probe(self) -> Flow[Probed]:
        """Whether the workbook can be read, and which of its sheets are filled."""
        yield from ()
        asked = f"open {self._path.name}"
        try:
            schema = self._known()
        except UnreadableError as error:
            return Probed(method="workbook", usable=False, steps=(Step(asked=asked, found=str(error), serves=False),))
        steps = [Step(asked=asked, found="It is a workbook that was made to be filled.", serves=True)]
        steps += [
            Step(asked=f"read {each.label}", found=f"{each.count} rows.", serves=bool(each.count), object=each.name)
            for each in schema.objects
        ]
        risks = ("It was typed by hand: compare the counts with the old system's own.",)
        objects = tuple(each.name for each in schema.objects if each.count)
        return Probed(method="workbook", usable=True, steps=tuple(steps), objects=objects, risks=risks)

    def close(self) -> None:
        """Let go of the file."""
        for _, _, stack in self._open.values():
            stack.close()
        self._open = {}

    def _known(self) -> Schema:
        if self._schema is None:
            self._schema = self._survey()
        return self._schema

    def _survey(self) -> Schema:
        if problems := check(self._path, self._described):
            raise UnreadableError(_refusal(self._path, problems))
        with opened(self._path) as book:
            forms = forms_of(self._described) if self._described is not None else book.forms()
            self._sheets = book.sheets(forms)
            objects = [_object(book, sheet) for sheet in self._sheets.values()]
        return Schema(
            system=forms.system, objects=tuple(objects), findings=tuple(_missing(forms, self._sheets)),
            fingerprint=_digest(self._path),
        )  # fmt: skip


def _records(book: Book, sheet: Sheet) -> Iterator[Record]:
    keys = [column.key for column in sheet.columns.values()]
    id_field = sheet.form.identity.id_field
    for row in book.rows(sheet):
        values = {key: row.cells[key].text if key in row.cells else "" for key in keys}
        yield Record(values=values, id=values.get(id_field or "", "").strip(), where=f"{sheet.name}!{row.number}")


def _object(book: Book, sheet: Sheet) -> ObjectSchema:
    form = sheet.form
    profiles = {column.key: Profile(column.key) for column in sheet.columns.values()}
    count = 0
    for record in _records(book, sheet):
        count += 1
        for key, profile in profiles.items():
            profile.add(str(record.values[key]))
    filled = [key for key, profile in profiles.items() if profile.filled]
    present = list(profiles)
    links = links_in(form.links, present)
    identity = _natural(identity_in(form.identity, present, links), profiles, count)
    if identity.id_field not in filled:
        identity = msgspec.structs.replace(identity, id_field=None)
    return ObjectSchema(
        name=form.name, label=form.label,
        fields=tuple(_field(column, profiles[column.key], place)
                     for place, column in enumerate(sheet.columns.values())),
        identity=identity, links=links,
        owner_field=form.owner if form.owner in present else None,
        title=tuple(key for key in form.title if key in present),
        count=count, method=f"rows of the sheet {sheet.name}",
    )  # fmt: skip


def _field(column: Column, profile: Profile, place: int) -> Field:
    field = profile.field(
        kind=None if column.custom and column.kind == "text" else column.kind, position=place, custom=column.custom,
        required=column.required,
    )  # fmt: skip
    options = tuple(Option(option, option) for option in column.options) or field.options
    form = column.field().format if column.kind in _TYPED else field.format
    return msgspec.structs.replace(field, label=column.label, target=column.target, options=options, format=form)


_TYPED = frozenset({"date", "datetime", "number", "money", "percent", "duration", "multienum"})
"""Kinds whose cells were checked in one form only."""


def _natural(identity: Identity, profiles: dict[str, Profile], count: int) -> Identity:
    """Where nothing else tells rows apart, all columns do, and where cells are empty those that never are."""
    if identity.natural:
        return identity
    columns = [key for key in profiles if key != identity.id_field]
    filled = [key for key in columns if profiles[key].filled == count]
    recipes = [tuple(columns), tuple(filled)] if filled and filled != columns else [tuple(columns)]
    return msgspec.structs.replace(identity, natural=tuple(recipe for recipe in recipes if recipe))


def _missing(forms: Forms, sheets: dict[str, Sheet]) -> list[Finding]:
    return [
        Finding(code="missing-sheet", object=form.name, where=form.sheet,
                detail=f"The sheet {form.sheet} is not there; nothing of {form.label} is read from the workbook.")
        for form in forms.forms if form.name not in sheets
    ]  # fmt: skip


def _refusal(path: Path, problems: Sequence[CellProblem]) -> str:
    shown = "\n".join(f"  {problem}" for problem in problems[:_PROBLEMS_SAID])
    more = len(problems) - _PROBLEMS_SAID
    rest = f"\n  and {more} more, which the check lists" if more > 0 else ""
    return f"{path.name}: some cells are wrong. Put them right and read it again:\n{shown}{rest}"


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
