"""Whole columns: what they hold, proposed from evidence, with a question where the evidence is missing."""

import pytest

from adapters.protocols import Kind
from adapters.sources.profile import Profile, profile


@pytest.mark.parametrize(
    ("label", "cells", "kind", "form"),
    [
        ("Tier", ["Gold", "Silver", "Gold", "Silver", ""], "enum", None),
        ("Tax Exempt?", ["Yes", "No", "", "Yes"], "boolean", None),
        ("Done", ["x", "", "x"], "boolean", None),
        ("Flag", ["0", "1", "1"], "boolean", None),
        ("Children", ["1", "1"], "number", "."),
        ("Term", ["12", "24", "36"], "number", "."),
        ("Price", ["$1,000.00", "$2.50"], "money", "."),
        ("Preis", ["1.000,00 €", "2,50 €"], "money", ","),
        ("Share", ["10%", "25%"], "percent", "."),
        ("Due", ["03/13/2025", "03/04/2025"], "date", "%m/%d/%Y"),
        ("Due", ["13.03.2025", "04.03.2025"], "date", "%d.%m.%Y"),
        ("Due", ["2025-03-04"], "date", "%Y-%m-%d"),
        ("At", ["03/13/2025 09:15", "03/04/2025 10:00"], "datetime", "%m/%d/%Y %H:%M"),
        ("At", ["2025-03-04T09:15:00Z"], "datetime", "%Y-%m-%dT%H:%M:%S%z"),
        ("At", ["3/14/2025 9:15:00 PM"], "datetime", "%m/%d/%Y %I:%M:%S %p"),
        ("Started", ["3 May 2024", "14 March 2025", "1 May 2025"], "date", "%d %b %Y"),
        ("Talk", ["4m 35s", "1h"], "duration", None),
        ("Contact mail", ["a@x.example", "b@y.example; c@y.example"], "email", None),
        ("Page", ["https://x.example", "www.y.example"], "url", None),
        ("Second phone", ["+44 20 7946 0111"], "phone", None),
        ("Competitors", ["Acme; Globex", "Acme", "Globex", "Acme"], "multienum", ";"),
        ("Body", ["<p>a</p>", "<p>b</p>"], "html", None),
        ("Remarks", ["one\ntwo", "x"], "longtext", None),
        ("Account", ["00123", "00456"], "text", None),
        ("Postal Code", ["02134", "02135", "2136"], "text", "00000"),
        ("Empty", ["", " "], "text", None),
        ("Words", ["NULL", "N/A"], "text", None),
    ],
)
@pytest.mark.promise("F-036")
def test_kinds_and_formats(label: str, cells: list[str], kind: Kind, form: str | None) -> None:
    """A column's kind and format follow from all its cells."""
    field = profile(label, cells)
    assert (field.kind, field.format) == (kind, form)


def findings(cells: list[str], kind: Kind | None = None) -> list[str]:
    seen = Profile("Due")
    for cell in cells:
        seen.add(cell)
    return [finding.code for finding in seen.findings(seen.field(kind=kind), "Deal", "deals.csv")]


@pytest.mark.promise("F-036")
def test_an_ambiguous_date_column_asks() -> None:
    """Where no cell tells day from month, no format is proposed and a person is asked."""
    assert profile("Due", ["03/04/2025", "05/06/2025"]).format is None
    assert findings(["03/04/2025", "05/06/2025"]) == ["ambiguous-dates"]


def test_neighbours_propose_an_order() -> None:
    """The file's other date columns propose the order of an ambiguous one, and it is said so."""
    seen = Profile("Due")
    seen.add("03/04/2025")
    field = seen.field(order="dmy")
    assert field.format == "%d/%m/%Y"
    assert [finding.code for finding in seen.findings(field, "Deal", "deals.csv")] == ["dates-by-neighbours"]


def test_mixed_columns_are_told() -> None:
    """A column that holds both orders, or both decimal signs, is told with the numbers."""
    assert findings(["13/04/2025", "04/13/2025", "04/14/2025"]) == ["mixed-dates"]
    assert findings(["13/04/2025", "04/13/2025"]) == ["mixed-dates"]
    assert findings(["1,000.50", "2,000.25", "12.500,00"], "money") == ["mixed-decimals"]


def test_ambiguous_decimals_ask() -> None:
    """A column of 1.234 and the like has no decimal sign until somebody says which."""
    assert profile("Value", ["1.234", "5.678"]).format is None
    assert findings(["1.234", "5.678"], "money") == ["ambiguous-decimals"]
    assert profile("Value", ["1.234", "5,5"]).format == ","


def test_percent_of_one() -> None:
    """A percent column that never passes one writes fractions."""
    seen = Profile("Probability")
    for cell in ("0.25", "1", "0.5"):
        seen.add(cell)
    assert seen.field(kind="percent").format == ".*100"


def test_counts_samples_and_options() -> None:
    """Fill, different values, at most five samples, and the options in their order are reported."""
    field = profile("Stage", ["New", "Won", "New", "", "Lost", "New", "Won", "Lost"])
    assert (field.filled, field.distinct, field.samples) == (7, 3, ("New", "Won", "Lost"))
    assert [option.label for option in field.options] == ["New", "Won", "Lost"]
    assert len(profile("Id", [str(n) for n in range(50)]).samples) == 5
    assert profile("Note", ["x" * 5000]).samples[0] == "x" * 200 + "…"


def test_many_different_values() -> None:
    """Different values are counted exactly while few, and within two per cent when many; too many are no options."""
    seen = Profile("Stage")
    for number in range(60_000):
        seen.add(f"value {number % 30_000}")
    field = seen.field(kind="enum")
    assert abs(field.distinct - 30_000) < 600
    assert field.options == ()
    assert [finding.code for finding in seen.findings(field, "Deal", "deals.csv")] == ["too-many-options"]


def test_a_few_bad_cells_do_not_hide_a_kind() -> None:
    """One cell in forty that does not fit leaves the column what it is; the cell is flagged when it is read."""
    assert profile("Birthday", [f"01/{day}/1980" for day in range(10, 30)] * 2 + ["31234"]).kind == "date"
    assert profile("Birthday", ["01/13/1980", "soon"]).kind == "text"
