"""What people type into the workbook becomes the map, and nothing else changes."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.mapping import Pipeline, Rule, Stage
from ops.mapbook import take
from tests.mapbook.books import RICH, Edits, cell, edited, filled, free_row, material, written

COMPANY = RICH.object["Company"].fields


@pytest.mark.parametrize(
    ("edits", "object", "field", "rule", "words"),
    [
        (
            {("Companies", "Website", "Decision"): "Leave out", ("Companies", "Website", "Reason"): "not needed"},
            "Company", "Website", Rule(exclude="not needed"), "goes to website → is left out (not needed)",
        ),
        (
            {("Companies", "Boss", "Decision"): "leave  OUT", ("Companies", "Boss", "Reason"): "nobody knows"},
            "Company", "Boss", Rule(exclude="nobody knows"), "is undecided (who is it?) → is left out (nobody knows)",
        ),
        (
            {("Companies", "Boss", "Decision"): "Make a new field", ("Companies", "Boss", "New name"): "Chief",
             ("Companies", "Boss", "Kind of new field"): "Text"},
            "Company", "Boss", Rule(new="Chief", kind="text"),
            "is undecided (who is it?) → becomes a new text field 'Chief'",
        ),
        (
            {("Companies", "Employees", "Kind of new field"): "text"},
            "Company", "Employees", Rule(new="Heads", kind="text"),
            "becomes a new number field 'Heads' → becomes a new text field 'Heads'",
        ),
        (
            {("Companies", "Boss", "Decision"): "Move to a field", ("Companies", "Boss", "Goes to"): "address",
             ("Companies", "Boss", "Part"): "subpremise"},
            "Company", "Boss", Rule(to="address", part="subpremise"),
            "is undecided (who is it?) → goes to address, part 'subpremise'",
        ),
        (
            {("Companies", "Started", "Decision"): "Move to a field", ("Companies", "Started", "Goes to"): "Labels"},
            "Company", "Started", Rule(to="label_ids", at="Clock", empty="long ago", over="Name"),
            "goes to label_ids, with the time of day from Clock, where empty: 'long ago', before Name",
        ),
        (
            {("Contacts", "Owner", "Kind of new field"): "longtext"},
            "Contact", "Owner", Rule(owner="owner_id", keep="Owner", also="Rep", kind="longtext"),
            "also in a new longtext field 'Rep'",
        ),
        (
            {("Deals", "Closes", "Goes to"): "Title", ("Deals", "Name", "Decision"): "Leave out",
             ("Deals", "Name", "Reason"): 7},
            "Deal", "Closes", Rule(to="title", when={"won": "won_time"}), "when won also won_time",
        ),
        (
            {("Deals", "Company", "Relation"): "CONTACT"}, "Deal", "Company", Rule(link="contact"),
            "links by company → links by contact",
        ),
        (
            {("Calls", "How?", "Decision"): "Leave out", ("Calls", "How?", "Reason"): "no"},
            "Call", "How", Rule(exclude="no"), "is kept as a line 'How', by the list 'How' → is left out (no)",
        ),
    ],
    ids=["leave out", "decide", "new field", "kind", "map", "besides stays", "also", "when stays", "link", "block"],
)  # fmt: skip
def test_one_field(tmp_path: Path, edits: Edits, object: str, field: str, rule: Rule, words: str) -> None:
    """The rule of the field is what the row says; the difference is told in words."""
    taken = filled(tmp_path, edits)
    assert [str(problem) for problem in taken.problems] == []
    assert taken.mapping.object[object].fields[field] == rule
    told = {change.where: change.words for change in taken.changes}
    assert words in told[f"{object}.{field}"]
    typed = {row.rstrip("?") for _, row, _ in edits}
    untouched = {f: r for f, r in RICH.object[object].fields.items() if f not in typed}
    assert {f: r for f, r in taken.mapping.object[object].fields.items() if f not in typed} == untouched


def test_what_the_workbook_does_not_show_stays(tmp_path: Path) -> None:
    """Links, needs, constants, what is left behind and what is flagged are as they were, whatever is edited."""
    taken = filled(tmp_path, {("Companies", "Name", "Decision"): "Leave out", ("Companies", "Name", "Reason"): "x"})
    for name, before in material().mapping.object.items():
        now = taken.mapping.object[name]
        assert msgspec.structs.replace(now, fields=before.fields) == before
    assert len(taken.changes) == 1


def test_values(tmp_path: Path) -> None:
    """Values are given another meaning, none, or are added; a stage may be one that the workbook adds."""
    of = material()

    def edit(book: Any) -> None:
        cell(book, "Deals values", "Won", "Stage").value = "Signed"
        cell(book, "Deals values", "Won", "Pipeline").value = "acme"
        cell(book, "Deals values", "Won", "Sets Status").value = "lost"
        cell(book, "Deals values", "New", "Stage").value = None
        free_row(book, "Deals values", List_of_values="Stage", Value_in_the_source="New one", Stage="Begin",
                 Pipeline="Else")  # fmt: skip
        free_row(book, "Stages", Pipeline="Acme", Order=1.5, Stage="Signed", **{"Probability_%": "75 %"})
        cell(book, "Calls values", "y", "Sets Done").value = False
        free_row(book, "Calls values", List_of_values="how", Value_in_the_source=7, Becomes="lucky")

    taken = take(edited(written(tmp_path, of), edit), of)
    assert [str(problem) for problem in taken.problems] == []
    assert taken.mapping.object["Deal"].values["Stage"] == {
        "Won": {"pipeline": "Acme", "stage": "Signed", "status": "lost"},
        "Odd": {},
        "New one": {"pipeline": "Else", "stage": "Begin"},
    }
    assert taken.mapping.object["Call"].values == {
        "How": {"p": {"as": "phone"}, "7": {"as": "lucky"}},
        "Flag": {"y": {"done": False}, "n": {"done": False}},
    }
    told = [str(change) for change in taken.changes]
    assert "Deal.values.Stage: 'New': stage New → no pair: records with it wait" in told
    assert "Deal.values.Stage: 'New one': no pair → pipeline Else, stage Begin" in told
    assert "pipeline Acme: the stage 'Signed' is new (75 %)" in told


def test_options_are_chosen_by_their_label(tmp_path: Path) -> None:
    """An option is named as people know it; its id is the account's business."""
    of = material()
    deal = of.mapping.object["Deal"]
    values = deal.values | {"Tags": {"old": {"label_ids": "7"}, "new": {}}}
    fields = deal.fields | {"Name": Rule(values="Tags")}
    objects = of.mapping.object | {"Deal": msgspec.structs.replace(deal, to="organization", values=values,
                                                                   fields=fields, links={}, set={})}  # fmt: skip
    of = material(msgspec.structs.replace(of.mapping, object=objects))
    taken = filled(tmp_path, {("Deals values", "new", "Sets Labels"): "old"}, of)
    pairs = taken.mapping.object["Deal"].values["Tags"]
    assert pairs == {"old": {"label_ids": "7"}, "new": {"label_ids": "Old"}}


def test_stages(tmp_path: Path) -> None:
    """Stages are put in another order, renamed, given a chance, taken out; a pipeline may come and go."""
    of = material()

    def edit(book: Any) -> None:
        cell(book, "Stages", "New", "Order").value = 9
        cell(book, "Stages", "Done", "Probability %").value = 0
        cell(book, "Stages", "Begin", "Pipeline").value = "Third"
        cell(book, "Deals values", "New", "Pipeline").value = "Acme"
        cell(book, "Deals values", "Won", "Pipeline").value = "Acme"

    taken = take(edited(written(tmp_path, of), edit), of)
    assert [str(problem) for problem in taken.problems] == []
    assert taken.mapping.pipeline == (
        Pipeline(name="Acme", stages=(Stage(name="Done", probability=0.0), Stage(name="New", probability=10.0))),
        Pipeline(name="Third", stages=(Stage(name="Begin", probability=33.3),)),
        Pipeline(name="Bare", stages=()),
    )
    told = [str(change) for change in taken.changes]
    assert "pipeline Acme: the order of the stages: New, Done → Done, New" in told
    assert "pipeline Acme: the stage 'Done': no probability → 0 %" in told
    assert "pipeline Else: is gone, with the stages Begin" in told


def test_a_percentage_of_the_spreadsheet_is_one(tmp_path: Path) -> None:
    """Whoever types 25% gets a quarter shown as per cent: it is twenty-five."""
    of = material()

    def edit(book: Any) -> None:
        found = cell(book, "Stages", "New", "Probability %")
        found.value, found.number_format = 0.25, "0%"

    taken = take(edited(written(tmp_path, of), edit), of)
    assert taken.mapping.pipeline[0].stages[0].probability == 25.0


def test_owners_and_settings(tmp_path: Path) -> None:
    """Automations are marked among the owners, added and unmarked; settings are typed as they are shown."""
    of = material()

    def edit(book: Any) -> None:
        cell(book, "Owners", "Bot", "No person").value = "yes"
        cell(book, "Owners", "System", "No person").value = "No"
        free_row(book, "Owners", Owner_in_the_source="Import", No_person=True)
        cell(book, "Settings", "zone", "Value").value = "Europe/Berlin"
        cell(book, "Settings", "currency", "Value").value = "EUR"
        cell(book, "Settings", "owner_gate", "Value").value = "Deal; organization"
        cell(book, "Settings", "files.limit_bytes", "Value").value = 1000
        cell(book, "Settings", "files.refuse", "Value").value = ".exe;.bat"
        cell(book, "Settings", "files.link", "Value").value = None

    taken = take(edited(written(tmp_path, of), edit), of)
    assert [str(problem) for problem in taken.problems] == []
    made = taken.mapping
    assert made.automation_owners == ("Bot", "Import")
    assert (made.zone, made.currency, made.owner_gate) == ("Europe/Berlin", "EUR", ("deal", "organization"))
    assert (made.files.limit_bytes, made.files.refuse, made.files.link) == (1000, (".exe", ".bat"), "")
    told = [str(change) for change in taken.changes]
    assert "zone: America/New_York → Europe/Berlin" in told
    assert "files.limit_bytes: 5 → 1000" in told


def test_what_nobody_decided_stays_open(tmp_path: Path) -> None:
    """A field without a rule is shown without a decision, and is named as undecided until it has one."""
    of = material(msgspec.structs.replace(RICH, object=RICH.object | {"Company": msgspec.structs.replace(
        RICH.object["Company"], fields={f: r for f, r in COMPANY.items() if f != "Street"})}))  # fmt: skip
    taken = filled(tmp_path, {}, of)
    assert taken.undecided == ["Company.Boss", "Company.Street"]
    assert "Street" not in taken.mapping.object["Company"].fields
    taken = filled(tmp_path, {("Companies", "Street", "Decision"): "Move to a field",
                              ("Companies", "Street", "Goes to"): "Website",
                              ("Companies", "Website", "Decision"): "Undecided",
                              ("Companies", "Website", "Reason"): "which?"}, of)  # fmt: skip
    assert taken.undecided == ["Company.Website", "Company.Boss"]
    assert [str(c) for c in taken.changes] == [
        "Company.Website: goes to website → is undecided (which?)",
        "Company.Street: is undecided → goes to website",
    ]
