"""What a workbook of the map is made of, and the form of its sheets: pages of lines and columns, as plain data."""

import re
from collections.abc import Iterable, Mapping as Table
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise

import msgspec

from adapters.protocols import Field, ObjectSchema, Schema
from adapters.sources.names import fold
from engine.mapping import Mapping

FORM = 1
"""The version of the layout; a workbook of another one is refused."""

CHARACTERS_MAX = 32_000
"""Characters of a cell; a spreadsheet holds 32,767."""

Content = str | float
"""What a cell holds: a text or a number; an empty text where it is empty."""

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LINE_BREAK = re.compile(r"_x000D_\r?\n?|\r\n?")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NAME_CHARACTERS = 31
_SAID = 8
_COMPARED = 8


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What a workbook says of itself: of which map it was made. version: that it had when it was confirmed, else 0."""

    form: int
    migration: str
    source: str
    destination: str
    target: str
    version: int
    digest: str

    @property
    def words(self) -> str:
        """The map that it was made of."""
        return f"map version {self.version}" if self.version else "a map that nobody had confirmed"


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """An owner that records name: the text, in how many records, and the user of the destination that it means."""

    name: str
    records: int
    user: str = ""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """All that a workbook is made of."""

    made: Made
    mapping: Mapping
    source: Schema
    destination: Schema
    owners: tuple[Owner, ...] = ()


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a page. width: in characters. locked: only for looking at. choices: of its drop-down.

    strict: nothing else than a choice is taken. checked: a locked column in which a change is refused, because whoever
    made it meant something by it.
    """

    key: str
    header: str
    width: int
    locked: bool = False
    choices: tuple[str, ...] = ()
    strict: bool = True
    checked: bool = False
    hidden: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a page. name: what it is about, the same in the file. choices: drop-downs of its own, by column."""

    name: tuple[str, ...]
    cells: Table[str, Content]
    choices: dict[str, tuple[str, ...]] = {}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet.

    keys: the columns that name a line. blank: empty lines to add to. open: lines may be added, and may be missing.
    """

    kind: str
    sheet: str
    intro: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    object: str = ""
    blank: int = 0
    open: bool = False

    def column(self, key: str) -> Column:
        """The column of a key that is there."""
        return next(column for column in self.columns if column.key == key)


class PageProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: sheet, cell ("C7"), what it is, and what would be right. As text it is one line."""

    sheet: str
    cell: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.sheet}!{self.cell}: " if self.cell else f"{self.sheet}: " if self.sheet else ""
        return f"{where}{self.wrong}; {self.remedy}."


def clean(text: str) -> str:
    """A text as a workbook can hold it: without control characters, with one kind of line break, not too long."""
    return _ILLEGAL.sub("", _LINE_BREAK.sub("\n", text))[:CHARACTERS_MAX]


def same(one: Content, other: Content) -> bool:
    """Whether two cells say the same, whatever program wrote them."""
    if one == other:
        return True
    texts = [clean(str(int(each) if isinstance(each, float) and each.is_integer() else each)) for each in (one, other)]
    return texts[0].strip() == texts[1].strip()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a spreadsheet takes, unlike those that are taken; it is taken from then on."""
    name = _NOT_IN_NAMES.sub(" ", wanted).strip()[:_NAME_CHARACTERS].strip() or "Sheet"
    choice, turn = name, 1
    while fold(choice) in taken:
        turn += 1
        choice = f"{name[: _NAME_CHARACTERS - len(str(turn)) - 3]} ({turn})"
    taken.add(fold(choice))
    return choice


def distinct(texts: Iterable[str]) -> list[str]:
    """The texts as a workbook holds them, no two alike: of those that would be, the later ones are numbered."""
    taken: set[str] = set()
    named = []
    for text in texts:
        choice, turn = clean(text), 1
        while choice in taken:
            turn += 1
            choice = f"{clean(text)} ({turn})"
        taken.add(choice)
        named.append(choice)
    return named


class Names:
    """The fields of an entity as people read them: by label, with the key where two have the same."""

    def __init__(self, entity: ObjectSchema | None) -> None:
        fields = entity.fields if entity else ()
        said: dict[str, set[str]] = {}
        for field in fields:
            for word in (field.label, field.key):
                said.setdefault(fold(word), set()).add(field.key)
        self._shown: dict[str, str] = {}
        for field in fields:
            label = clean(field.label).strip()
            alone = label and said[fold(field.label)] == {field.key}
            self._shown[field.key] = label if alone else f"{label} ({field.key})".strip()
        self._fields = {field.key: field for field in fields}
        self._exact = {word: key for key, word in self._shown.items()}
        self._said = said
        for key, word in self._shown.items():
            said.setdefault(fold(word), set()).add(key)

    def show(self, key: str) -> str:
        """A field by its key; the key itself where there is no such field."""
        return self._shown.get(key, key)

    def find(self, word: str) -> Field | None:
        """The field that a cell names, as it is shown, by its key or by its label; None for none, and for several."""
        word = word.strip()
        keys = self._said.get(fold(word), set())
        key = self._exact.get(word) or (word if word in self._fields else next(iter(keys)) if len(keys) == 1 else "")
        return self._fields.get(key)


def chosen(word: str, choices: Iterable[str]) -> str | None:
    """The choice that a cell means, whatever its case and blanks."""
    return next((choice for choice in choices if fold(choice) == fold(word)), None)


def one_of(word: str, choices: Iterable[str]) -> str:
    """What to choose instead of a word: the nearest choice, else what there is."""
    there = [choice for choice in choices if choice]
    begun = [choice for choice in there if word and choice.casefold().startswith(word.casefold())]
    # comparing is slow, and a file may have thousands of wrong cells: only what shares most letters is compared
    likely = nlargest(_COMPARED, there, key=lambda choice: len(_letters(word) & _letters(choice)))
    near = begun if len(begun) == 1 else get_close_matches(word, likely, n=1)
    if near:
        return f"choose {near[0]!r}"
    said = ", ".join(there[:_SAID])
    return (
        f"choose one of {said}{', …' if len(there) > _SAID else ''}"
        if there
        else "there is none to choose: clear the cell"
    )


@lru_cache(maxsize=10_000)
def _letters(word: str) -> frozenset[str]:
    """The pairs of letters of a word."""
    return frozenset(a + b for a, b in pairwise(word.casefold()))


def texts(line: Table[str, Content]) -> dict[str, str]:
    """The cells of a line as texts."""
    return {k: f"{v:g}" if isinstance(v, float | int) else clean(v).strip() for k, v in line.items()}
