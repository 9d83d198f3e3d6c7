"""`cutover map export` and `map import`, as people type them, on a migration that was discovered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.e2e.workspace import Workspace, migrating
from tests.mapbook.books import cell, edited

pytestmark = pytest.mark.xdist_group("mapbook")


@pytest.fixture(scope="module")
def discovered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with a proposed map."""
    with migrating(tmp_path_factory.mktemp("mapbook")) as workspace:
        workspace.ok("discover")
        workspace.ok("map", "propose")
        yield workspace


@pytest.fixture
def book(discovered: Workspace, tmp_path: Path) -> Path:
    """A fresh workbook."""
    discovered.ok("map", "export", str(tmp_path / "map.xlsx"))
    return tmp_path / "map.xlsx"


def text(workspace: Workspace) -> str:
    """What stands in mapping.toml."""
    return (workspace.folder / "mapping.toml").read_text(encoding="utf-8")


def leave_out(sheet: str, field: str, reason: str) -> Any:
    """An edit: a field is left out."""

    def edit(book: Any) -> None:
        cell(book, sheet, field, "Decision").value = "Leave out"
        cell(book, sheet, field, "Reason").value = reason

    return edit


def test_a_workbook_that_nobody_edited(discovered: Workspace, book: Path) -> None:
    """It changes nothing, and says so."""
    before = text(discovered)
    found = discovered.ok("map", "import", str(edited(book, lambda _: None)))
    assert (found["changes"], found["problems"], found["done"]) == ([], [], False)
    assert (
        discovered.run("map", "import", str(book)).stdout
        == "Against the proposal: 0 changes.\nThere is nothing to do.\n"
    )
    discovered.ok("map", "import", str(book), "--yes")
    assert text(discovered) == before


def test_the_difference_is_shown_before_it_takes_effect(discovered: Workspace, book: Path) -> None:
    """Without --yes nothing changes, in the file or in the log; with it the file is changed where the map is."""
    path = discovered.folder / "mapping.toml"
    path.write_text(text(discovered).replace("Website = { to", "# ask Maya about this one\nWebsite = { to"), "utf-8")
    before, head = text(discovered), discovered.status()["position"]
    edited(book, leave_out("Companies", "Employees", "they count others"))
    found = discovered.ok("map", "import", str(book), code=3)
    words = "goes to employee_count → is left out (they count others)"
    assert found["changes"] == [{"where": "Company.Employees", "words": words}]
    assert (text(discovered), discovered.status()["position"]) == (before, head)
    shown = discovered.run("map", "import", str(book))
    assert f"  Company.Employees: {words}\n" in shown.stdout
    assert "say --yes" in shown.stdout

    found = discovered.ok("map", "import", str(book), "--yes", "--by", "maya")
    assert found["done"] is True
    changed = [line for line in text(discovered).splitlines() if line not in before.splitlines()]
    assert changed == ["Employees = { exclude = \"they count others\" }  # e.g. '313'"]
    event = discovered.events("--kind", "MapProposed")[-1]
    assert event["actor"] == "maya"
    assert event["body"]["text"] == text(discovered)
    again = discovered.run("map", "import", str(book))
    assert again.code == 2
    assert "the map has changed since" in again.stderr


def test_wrong_cells_are_listed_and_nothing_is_written(discovered: Workspace, book: Path) -> None:
    """Each problem has its sheet, its cell and what would be right; --yes does not help."""
    before = text(discovered)

    def edit(book: Any) -> None:
        cell(book, "Deals", "Value", "Goes to").value = "Valeu"
        cell(book, "Contacts", "Email", "Decision").value = "=A1"

    edited(book, edit)
    found = discovered.ok("map", "import", str(book), "--yes", code=2)
    assert found["problems"] == [
        {
            "sheet": "Contacts", "cell": "F5", "wrong": "Decision: it is a formula",
            "remedy": "type the value itself, or paste it as a value",
        },
        {"sheet": "Deals", "cell": "G7", "wrong": "Deal has no field 'Valeu'", "remedy": "choose 'Value'"},
    ]  # fmt: skip
    shown = discovered.run("map", "import", str(book)).stdout
    assert "Deals!G7: Deal has no field 'Valeu'; choose 'Value'.\n" in shown
    assert "2 problems; nothing was changed." in shown
    assert text(discovered) == before


@pytest.mark.promise("F-014")
def test_the_workbook_is_made_again_from_the_log(discovered: Workspace, book: Path, tmp_path: Path) -> None:
    """Without the workbook, and without mapping.toml, the log gives the same bytes."""
    before = text(discovered)
    (discovered.folder / "mapping.toml").unlink()
    try:
        discovered.ok("map", "export", str(tmp_path / "again.xlsx"))
    finally:
        (discovered.folder / "mapping.toml").write_text(before, encoding="utf-8")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_a_file_that_is_there_is_kept(discovered: Workspace, book: Path) -> None:
    """What is in it may be somebody's work: it is written over only by --force."""
    edited(book, leave_out("Companies", "Website", "mine"))
    mine = book.read_bytes()
    refused = discovered.run("map", "export", str(book))
    assert (refused.code, book.read_bytes()) == (2, mine)
    assert "--force" in refused.stderr
    discovered.ok("map", "export", str(book), "--force")
    assert book.read_bytes() != mine


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("export", "map.csv"), "map.xlsx"),
        (("import", "nowhere.xlsx"), "cutover map export"),
        (("import", "cutover.toml"), "no .xlsx workbook"),
        (("import", "nowhere.xlsx", "--confirm"), "--confirm goes with --yes"),
        (("export", "no-such-folder/map.xlsx"), "no-such-folder"),
    ],
)
def test_wrong_use(discovered: Workspace, args: tuple[str, ...], words: str) -> None:
    """Whatever is wrong with the names is said in words."""
    verb, name, *options = args
    result = discovered.run("map", verb, str(discovered.folder / name), *options)
    assert result.code in (1, 2)
    assert words in result.stderr


def test_a_map_of_another_workspace_is_refused(discovered: Workspace, book: Path, tmp_path: Path) -> None:
    """The workbook of one migration is nothing for another."""
    other = Workspace(tmp_path / "other", discovered.sandbox)
    other.init()
    result = other.run("map", "export", str(tmp_path / "x.xlsx"))
    assert result.code == 2
    assert "cutover map propose" in result.stderr
    other.ok("discover")
    other.ok("map", "propose")
    result = other.run("map", "import", str(book))
    assert result.code == 2
    assert "of another migration" in result.stderr


@pytest.mark.promise("F-146")
@pytest.mark.promise("F-050")
def test_each_correction_is_a_version(discovered: Workspace, tmp_path: Path) -> None:
    """What is undecided is not confirmed, nor planned; each correction in a workbook is a new version."""
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    discovered.ok("map", "export", str(first))

    def open_question(book: Any) -> None:
        cell(book, "Deals", "Competitors", "Decision").value = "Undecided"
        cell(book, "Deals", "Competitors", "Reason").value = "sales will say"

    edited(first, open_question)
    refused = discovered.run("map", "import", str(first), "--yes", "--confirm")
    assert refused.code == 2
    assert "Deal.Competitors: undecided (sales will say)" in refused.stderr
    assert "sales will say" not in text(discovered)
    found = discovered.ok("map", "import", str(first), "--yes")
    assert found["undecided"] == ["Deal.Competitors"]
    assert discovered.run("map", "confirm").code == 2
    assert discovered.run("plan").code == 3

    for number, reason in enumerate(("not needed", "really not"), start=1):
        discovered.ok("map", "export", str(second), "--force")
        edited(second, leave_out("Deals", "Competitors", reason))
        found = discovered.ok("map", "import", str(second), "--yes", "--confirm", "--by", "maya", "--reason", "sales")
        assert found["version"] == number
    assert [e["body"]["reason"] for e in discovered.events("--kind", "MapConfirmed")] == ["sales", "sales"]
    path = discovered.folder / "mapping.toml"
    path.write_text(text(discovered).replace("really not", "by hand"), encoding="utf-8")
    discovered.ok("map", "export", str(second), "--force")
    found = discovered.ok("map", "import", str(second))
    assert found["against"] == "mapping.toml"
    assert [change["where"] for change in found["unconfirmed"]] == ["Deal.Competitors"]
    assert "mapping.toml differs besides from the confirmed map" in discovered.run("map", "import", str(second)).stdout


def test_it_can_be_read_on_first_sight(book: Path) -> None:
    """Headers stay in sight, texts are wrapped, what is only for looking is locked, drop-downs show what can be."""
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames[0] == "Read me"
    assert [s for s in opened.sheetnames if opened[s].sheet_state == "hidden"] == ["Lists", "Made of"]
    guide = " ".join(str(c.value) for line in opened["Read me"] for c in line if c.value)
    assert "cutover map import" in guide
    for name in opened.sheetnames[1:-2]:
        sheet = opened[name]
        assert sheet.freeze_panes == "B3"
        assert sheet.protection.sheet
        assert all(d.width >= 10 for d in sheet.column_dimensions.values())
    sheet = opened["Companies"]
    field, samples, decision = (cell(opened, "Companies", "Website", h) for h in ("Field", "Samples", "Decision"))
    assert (field.protection.locked, samples.protection.locked, decision.protection.locked) == (True, True, False)
    assert samples.alignment.wrap_text
    assert samples.value.startswith("https://www.harborlight.example")
    assert samples.data_type == "s"
    rules = {str(rule.sqref).partition(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["F3"].type == "list"
    choices = opened["Lists"][rules["G3"].formula1.partition("!")[2].replace("$", "")]
    assert "Number of employees" in [line[0].value for line in choices]
    assert "Updated" not in [line[0].value for line in choices]
    assert {c.value for c in opened["Owners"]["A"][2:8]} >= {"Maya Ortiz"}


def test_a_file_that_cannot_be_changed_in_place_is_kept_beside(discovered: Workspace, tmp_path: Path) -> None:
    """Where a rule is spread over lines the file is written anew, and what stood there before is not lost."""
    path = discovered.folder / "mapping.toml"
    spread = 'Street.to = "address"\nStreet.part = "route"'
    written = text(discovered).replace('Street = { to = "address", part = "route" }', f"{spread}  # mine", 1)
    assert spread in written
    path.write_text(written, encoding="utf-8")
    discovered.ok("map", "export", str(tmp_path / "map.xlsx"))
    edited(tmp_path / "map.xlsx", leave_out("Companies", "Street", "no"))
    found = discovered.ok("map", "import", str(tmp_path / "map.xlsx"), "--yes")
    assert Path(found["before"]).read_text(encoding="utf-8") == written
    assert 'Street = { exclude = "no" }' in text(discovered)
