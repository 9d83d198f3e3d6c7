"""Cells that cannot be taken are named, each with what is wrong and what would be right; then nothing is taken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops.mapbook import taking
from tests.mapbook.books import Edits, edited, filled, free_row, material, written


@pytest.mark.parametrize(
    ("edits", "at", "words"),
    [
        ({("Companies", "Website", "Decision"): "Move"}, "Companies!F5", ["'Move'", "'Move to a field'"]),
        ({("Companies", "Website", "Decision"): None}, "Companies!F5", ["empty", "Leave out"]),
        ({("Calls", "What?", "Decision"): "Make a new field"}, "Calls!F3", ["not possible here", "Leave out"]),
        ({("Companies", "Website", "Goes to"): "Wesbite"}, "Companies!G5", ["no field 'Wesbite'", "'Website'"]),
        ({("Companies", "Website", "Goes to"): "Updated"}, "Companies!G5", ["only be read", "Name, Website"]),
        ({("Contacts", "Owner", "Goes to"): "Emails"}, "Contacts!G9", ["names no user", "Owner"]),
        ({("Companies", "Website", "Goes to"): None}, "Companies!G5", ["Goes to is empty", "Name, Website"]),
        ({("Companies", "Website", "Reason"): "old"}, "Companies!N5", ["does not use it", "clear", "'Leave out'"]),
        ({("Companies", "Boss", "Decision"): "Make a new field"}, "Companies!H10", ["New name is empty"]),
        ({("Companies", "Employees", "Kind of new field"): "colour"}, "Companies!I6", ["'colour'", "text"]),
        ({("Companies", "Employees", "Kind of new field"): None}, "Companies!I6", ["empty", "text"]),
        ({("Deals", "Company", "Relation"): "boss"}, "Deals!M4", ["no relation 'boss'", "company, contact"]),
        ({("Deals", "Stage", "List of values"): "Stages"}, "Deals!J6", ["no list of values 'Stages'", "'Stage'"]),
        ({("Companies", "Website", "Goes to"): "=A1"}, "Companies!G5", ["formula", "value"]),
        ({("Companies", "Website", "Goes to"): "#REF!"}, "Companies!G5", ["#REF!", "value"]),
        ({("Companies", "Started", "Besides"): "nothing"}, "Companies!O8", ["only shown", "mapping.toml"]),
        ({("Companies", "Website", "Field's name in the source"): "Webs"}, "Companies!B5", ["no 'Webs'", "put back"]),
        ({("Companies", "Website", "Field's name in the source"): "Name"}, "Companies!B5", ["row 4", "keep one"]),
        ({("Companies", "Website", "Goes to"): "Name"}, "Companies!G5", ["both go to name", "part, label"]),
        ({("Deals values", "Won", "Stage"): "Nope"}, "Deals values!D4", ["'Nope'", "Done"]),
        ({("Deals values", "Won", "Pipeline"): "Nope"}, "Deals values!C4", ["'Nope'", "Acme, Else"]),
        ({("Calls values", "y", "Sets Done"): "perhaps"}, "Calls values!D4", ["'perhaps'", "Yes or No"]),
        ({("Deals values", "Won", "Value in the source"): None}, "Deals values!B4", ["'Stage / Won' is missing"]),
        ({("Stages", "New", "Stage"): None}, "Stages!C3", ["Stage is empty"]),
        ({("Stages", "New", "Pipeline"): None}, "Stages!A3", ["Pipeline is empty"]),
        ({("Stages", "New", "Order"): "first"}, "Stages!B3", ["'first' is no number"]),
        ({("Stages", "New", "Order"): None}, "Stages!B3", ["Order is empty"]),
        ({("Stages", "New", "Order"): 2}, "Stages!B4", ["2 is the order of row 3", "2.5"]),
        ({("Stages", "Done", "Stage"): "New"}, "Stages!C4", ["'New' stands in row 3"]),
        ({("Stages", "New", "Probability %"): 101}, "Stages!D3", ["'101'", "0 to 100"]),
        ({("Stages", "Done", "Stage"): "Ended"}, "Deals values!D4", ["'Done'", "New, Ended"]),
        ({("Owners", "Bot", "No person"): "maybe"}, "Owners!D4", ["'maybe'", "Yes or No"]),
        ({("Settings", "zone", "Value"): "Mars/Base"}, "Settings!B3", ["Mars/Base", "America/New_York"]),
        ({("Settings", "zone", "Value"): None}, "Settings!B3", ["empty"]),
        ({("Settings", "currency", "Value"): "dollars"}, "Settings!B4", ["three letters"]),
        ({("Settings", "owner_gate", "Value"): "deals"}, "Settings!B6", ["'deals'", "'deal'"]),
        ({("Settings", "files.limit_bytes", "Value"): "1 MB"}, "Settings!B7", ["whole number"]),
        ({("Settings", "files.refuse", "Value"): "exe"}, "Settings!B8", [".exe"]),
        ({("Settings", "files.link", "Value"): "https://x/{nonsense}"}, "Settings!B9", ["{digest}"]),
        ({("Settings", "files.link", "Setting"): "colour"}, "Settings!A9", ["there is no 'colour'"]),
    ],
)  # fmt: skip
def test_one_wrong_cell(tmp_path: Path, edits: Edits, at: str, words: list[str]) -> None:
    """The problem names the sheet, the cell, what is wrong and what would be right; the map is not to be used."""
    taken = filled(tmp_path, edits)
    problem = str(taken.problems[0])
    assert problem.startswith(f"{at}: ")
    for word in words:
        assert word in problem
    assert taken.changes == []


def drop(name: str) -> Callable[[Any], None]:
    """Remove a sheet."""
    return lambda book: book.remove(book[name])


def rename(sheet: str, place: int, header: str | None) -> Callable[[Any], None]:
    """Write another header."""
    return lambda book: setattr(book[sheet].cell(2, place), "value", header)


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (drop("Deals"), "Deals: the sheet 'Deals' is missing: it was removed or renamed"),
        (drop("Settings"), "Settings: the sheet 'Settings' is missing"),
        (
            rename("Companies", 6, "What to do"),
            "Companies!F2: the column 'Decision' is missing (here stands 'What to do'); write 'Decision' there.",
        ),
        (rename("Companies", 6, None), "Companies!F2: the column 'Decision' is missing; write 'Decision' there."),
        (rename("Companies", 20, "Decision"), "Companies!T2: there is another column 'Decision'; keep one of them"),
        (lambda book: book["Owners"].delete_rows(1, 2), "Owners!A2: there is no row of headers"),
        (lambda book: book["Companies"].delete_rows(5), "Companies: the row of 'Website' is missing; copy the row"),
        (
            lambda book: book["Deals values"].delete_rows(4),
            "Deals values: the row of 'Stage / Won' is missing; copy the row from a new export; to leave a value",
        ),
        (
            lambda book: free_row(book, "Deals values", Value_in_the_source="x", Stage="New"),
            "Deals values!A6: the list of values is not named; choose one of Stage.",
        ),
        (
            lambda book: free_row(book, "Deals values", List_of_values="Stag", Value_in_the_source="x"),
            "Deals values!A6: there is no list of values 'Stag'; choose 'Stage'.",
        ),
        (
            lambda book: free_row(
                book, "Deals values", List_of_values="Stage", Value_in_the_source="won", Stage="New", Pipeline="Acme"
            ),
            "Deals values!B3: 'Won' and 'won' are one text; give them one meaning",
        ),
        (
            lambda book: free_row(book, "Deals values", List_of_values="Stage", Value_in_the_source="x"),
            "Deals values!C6: what the value becomes is not said; fill a cell, or clear the row.",
        ),
        (lambda book: book["Companies"].cell(20, 1, "x"), "Companies!B20: Field's name in the source is empty"),
        (lambda book: free_row(book, "Owners", No_person="Yes"), "Owners!A6: the owner is not named"),
        (lambda book: book["Companies"].cell(5, 2, "=B4"), "Companies!B5: Field's name in the source: it is a formula"),
    ],
)
def test_sheets_and_rows(tmp_path: Path, edit: Callable[[Any], None], problem: str) -> None:
    """What is missing, renamed, doubled or strange is named where it stands."""
    of = material()
    taken = taking.take(edited(written(tmp_path, of), edit), of)
    assert any(str(found).startswith(problem) for found in taken.problems), list(map(str, taken.problems))
    assert taken.changes == []


def test_all_problems_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is wrong is listed in one go; of very many only the number of the rest is said."""
    edits: Edits = {
        ("Companies", "Website", "Decision"): "?",
        ("Contacts", "First", "Goes to"): "nowhere",
        ("Deals values", "Won", "Stage"): "Nope",
        ("Settings", "currency", "Value"): "=1",
    }
    (tmp_path / "a").mkdir()
    taken = filled(tmp_path / "a", edits)
    assert {problem.sheet for problem in taken.problems} == {"Companies", "Contacts", "Deals values", "Settings"}
    monkeypatch.setattr(taking, "PROBLEMS_MAX", 2)
    few = filled(tmp_path, edits).problems
    assert len(few) == 3
    assert str(few[-1]) == "2 more problems; put these right and import it again."


def test_what_stood_against_the_map_before_is_no_fault_of_the_workbook(tmp_path: Path) -> None:
    """An old problem is told beside the changes: it need not be solved in the workbook."""
    taken = filled(
        tmp_path, {("Companies", "Website", "Decision"): "Leave out", ("Companies", "Website", "Reason"): "x"}
    )
    assert taken.problems == []
    assert any("Deal" in problem for problem in taken.standing)
    assert len(taken.changes) == 1


def test_left_overs_of_the_decision_before_are_not_asked_for(tmp_path: Path) -> None:
    """Whoever leaves a field out need not clear the cells that said where it went."""
    taken = filled(tmp_path, {("Companies", "Street", "Decision"): "Leave out", ("Companies", "Street", "Reason"): "x"})
    assert taken.problems == []
