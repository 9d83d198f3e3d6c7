"""Results: the same export one day later, and the sample of the demo."""

import json
from pathlib import Path

import pytest

import ops
from adapters.sources import UnreadableError
from tests.sources.results.export import BUNDLE, Export, copied

SAMPLE = Path(ops.__file__).parent / "samples" / "results"
NAMES = {"company": "Company", "contact": "Contact", "deal": "Deal", "activity": "Activity", "product": "Product",
         "attachment": "Attachment"}  # fmt: skip


def differences(before: Export, after: Export) -> set[tuple[str, str, str]]:
    """What an engine sees by ids: created, updated and deleted records; a deleted one is gone, or says so."""
    found: set[tuple[str, str, str]] = set()
    for name, old in before.records.items():
        new = after.records[name]
        found |= {("create", name, id) for id in new.keys() - old.keys()}
        found |= {("delete", name, id) for id in old.keys() - new.keys()}
        for id in old.keys() & new.keys():
            if new[id].deleted and not old[id].deleted:
                found.add(("delete", name, id))
            elif new[id].values != old[id].values:
                found.add(("update", name, id))
    return found


@pytest.mark.promise("F-027")
def test_delta(export: Export, delta: Export) -> None:
    """The later export, read by the stored dialects, differs by id in exactly what was changed."""
    expected = json.loads((BUNDLE / "delta" / "EXPECTED.json").read_text())
    assert differences(export, delta) == {(row["op"], NAMES[row["object"]], row["record"]) for row in expected}
    assert delta.schema.fingerprint != export.schema.fingerprint
    assert {f.code for f in delta.schema.findings}.isdisjoint({"new-column", "title-line", "encoding-guess"})


def test_unmodified_stamps_do_not_hide_a_change(export: Export, delta: Export) -> None:
    """A change that left Last Modified alone is a change; a new choice is among the options."""
    assert delta.cell("Company", "1005", "Last Modified") == export.cell("Company", "1005", "Last Modified")
    level = delta.object("Company").field("UDF1")
    assert level is not None
    assert [option.label for option in level.options] == ["Preferred", "Standard", "Wholesale"]


def test_lines_of_a_deal_that_is_gone(delta: Export) -> None:
    """Lines of a deleted deal still come; nothing is dropped with it here."""
    assert [r.id for r in delta.records["LineItem"].values() if r.values["DealID"] == "7011"] == ["8016", "8017"]


def test_a_file_that_no_longer_fits(export: Export, tmp_path: Path) -> None:
    """An export made with other settings is refused by the stored dialect, with the file and the way round it."""
    path = copied(tmp_path) / "Activities.csv"
    path.write_bytes(path.read_bytes().decode("cp1252").encode("utf-8"))
    with pytest.raises(UnreadableError, match=r"Activities\.csv does not fit the stored dialect .* it is in utf-8"):
        Export(path.parent, export.source.dialects)


def test_the_sample_of_the_demo() -> None:
    """The sample is small, has every kind of record, and a day later a few differences."""
    before = Export(SAMPLE / "export")
    after = Export(SAMPLE / "delta" / "export", before.source.dialects)
    counts = {name: len(records) for name, records in before.records.items()}
    assert counts == {
        "Company": 9,
        "Contact": 10,
        "Deal": 9,
        "Activity": 9,
        "Product": 6,
        "LineItem": 8,
        "Attachment": 4,
    }
    assert not any(record.values["Problem"] for record in before.records["Attachment"].values())
    assert sorted(differences(before, after)) == [
        ("create", "Activity", "9110"),
        ("create", "Attachment", "5"),
        ("create", "Contact", "6010"),
        ("create", "Deal", "7191"),
        ("delete", "Company", "2005"),
        ("update", "Activity", "9103"),
        ("update", "Company", "2001"),
        ("update", "Company", "2003"),
        ("update", "Contact", "6008"),
        ("update", "Deal", "7101"),
        ("update", "Deal", "7190"),
        ("update", "Product", "401"),
    ]
