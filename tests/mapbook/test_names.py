"""Fields are named as people know them, and never so that two could be meant."""

import pytest

from adapters.protocols import Field, ObjectSchema
from ops.mapbook.material import Names, clean, distinct, one_of, same, sheet_name

ENTITY = ObjectSchema(
    name="deal",
    label="Deal",
    fields=(
        Field(key="title", label="Name", kind="text"),
        Field(key="a1", label="Size", kind="text"),
        Field(key="b2", label="size ", kind="text"),
        Field(key="stage", label="Title", kind="text"),
        Field(key="bare", label="", kind="text"),
    ),
)


@pytest.mark.parametrize(
    ("key", "shown"),
    [("title", "Name"), ("a1", "Size (a1)"), ("b2", "size (b2)"), ("stage", "Title (stage)"), ("bare", "(bare)")],
)
def test_a_field_is_shown_so_that_it_is_the_only_one(key: str, shown: str) -> None:
    """By its label, with the key where another field has that word as its label or its key; what is shown is found."""
    names = Names(ENTITY)
    assert names.show(key) == shown
    found = names.find(shown)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("word", "key"), [("NAME", "title"), ("title", "title"), ("Size", None), ("SIZE (A1)", "a1"), ("x", None)]
)
def test_what_people_type_is_understood_or_not_guessed(word: str, key: str | None) -> None:
    """Case does not matter, a key does as well; a word that two fields have names neither."""
    found = Names(ENTITY).find(word)
    assert (found.key if found else None) == key


def test_names_of_sheets() -> None:
    """Short enough for a spreadsheet, without its signs, and no two alike."""
    taken: set[str] = set()
    names = [sheet_name(wanted, taken) for wanted in ("A/B", "a b", "x" * 40, "x" * 40, "'")]
    assert names == ["A B", "a b (2)", "x" * 31, f"{'x' * 27} (2)", "Sheet"]


def test_texts_that_a_workbook_cannot_tell_apart_are_numbered() -> None:
    """What differs by a sign that no workbook holds is told apart by a number."""
    assert distinct(["a", "a\x01", "b"]) == ["a", "a (2)", "b"]
    assert clean("a\r\nb_x000D_\nc\x00") == "a\nb\nc"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [(10, "10", True), (10.0, 10, True), (" a", "a", True), ("", 0, False), (2.5, 2, False)],
)
def test_cells_that_say_the_same(one: str | float, other: str | float, is_same: bool) -> None:
    """A number is one whether the program kept it as a number or as a text; blanks around a text say nothing."""
    assert same(one, other) is is_same


@pytest.mark.parametrize(
    ("word", "choices", "said"),
    [
        ("Wesbite", ("Name", "Website"), "choose 'Website'"),
        ("Web", ("Name", "Website"), "choose 'Website'"),
        ("zzz", tuple("abcdefghij"), "choose one of a, b, c, d, e, f, g, h, …"),
        ("zzz", (), "there is none to choose: clear the cell"),
    ],
)
def test_what_would_be_right(word: str, choices: tuple[str, ...], said: str) -> None:
    """The nearest choice, else the first of what there is."""
    assert one_of(word, choices) == said
