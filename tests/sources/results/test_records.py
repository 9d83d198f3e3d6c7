"""Results: objects, fields, users, pipelines, and the traps in cells, headers and whole files."""

import json
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from adapters.protocols import Attachments, Json, Source
from adapters.sources import UnreadableError
from adapters.sources.kinds import BUILT_IN
from adapters.sources.results import CONNECTOR, STAGE, SYSTEM, Results
from tests.sources.reading import finish, read_all
from tests.sources.results.export import BUNDLE, Export, copied


@pytest.mark.promise("F-001")
@pytest.mark.promise("F-026")
@pytest.mark.parametrize(("folder", "day"), [("export", "base"), ("delta/export", "delta")])
def test_counts(folder: str, day: str) -> None:
    """Every record of every table is counted and read; titles, totals and footers are not."""
    expected = json.loads((BUNDLE / "counts.json").read_text())[day]
    read = Export(BUNDLE / folder)
    found = {o.label.lower(): (o.count, len(read.records[o.name])) for o in read.schema.objects}
    found |= {"users": (len(read.schema.users),) * 2}
    stages = sum(len(pipeline["stages"]) for pipeline in read.schema.account["pipelines"])
    found |= {"pipeline stages": (stages, stages)}
    assert found == {name: (count, count) for name, count in expected.items()}


@pytest.mark.promise("F-030")
def test_it_is_a_source_of_its_kind(export: Export) -> None:
    """The adapter is a source that hands out files, opened by its connector; parents come before children."""
    shape: Source = export.source
    assert isinstance(shape, Attachments)
    assert BUILT_IN[SYSTEM] is CONNECTOR
    assert CONNECTOR.bundle is Results
    assert CONNECTOR.api is None
    assert len(CONNECTOR.ask) > 5
    names = [there.name for there in export.schema.objects]
    assert names == ["Company", "Contact", "Deal", "Activity", "Product", "LineItem", "Attachment"]
    targets = {name: there.links for there in export.schema.objects for name in [there.name]}
    assert all(
        names.index(to) < names.index(name) for name, links in targets.items() for link in links for to in link.to
    )


@pytest.mark.promise("F-010")
@pytest.mark.trap("R09")
def test_custom_fields_have_the_labels_of_the_hidden_sheet(export: Export) -> None:
    """User-defined fields keep their key, and bear the label, kind and choices that the hidden sheet gives them."""
    custom = {
        there.name: {f.key: (f.label, f.kind, [o.label for o in f.options]) for f in there.fields if f.custom}
        for there in export.schema.objects
    }
    assert {name: fields for name, fields in custom.items() if fields} == {
        "Company": {
            "UDF1": ("Price Level", "enum", ["Preferred", "Standard"]),
            "UDF2": ("Payment Days", "number", []),
            "UDF3": ("Contract Start", "date", []),
            "UDF4": ("Tax Exempt", "boolean", []),
        },
        "Contact": {"UDF1": ("Hobby", "text", []), "UDF2": ("Loyalty %", "percent", [])},
    }
    assert not [f for f in export.schema.findings if f.code in ("hidden-sheet", "unknown-file")]


def test_calculated_fields_are_marked(export: Export) -> None:
    """What the adapter works out is calculated, stands behind the export's own columns, and has its profile."""
    added = {o.name: [f for f in o.fields if f.calculated] for o in export.schema.objects}
    assert {name: [f.key for f in fields] for name, fields in added.items() if fields} == {
        "Company": ["QuickBooks Link", "QuickBooks Parent"],
        "Deal": ["Pipeline / Stage"],
        "Attachment": ["File", "File To Confirm", "File Name", "Detected Type", "Problem", "Source Note"],
    }
    for name, fields in added.items():
        places = [f.position for f in export.object(name).fields]
        assert places == list(range(len(places)))
        for field in fields:
            assert field.filled == sum(bool(r.values[field.key]) for r in export.records[name].values()), field.key


@pytest.mark.parametrize(
    ("key", "id", "raw", "value", "flags"),
    [
        ("Created", "1007", "0000-00-00", None, ("null-word",)),
        ("Last Modified", "1007", "31/02/2024", None, ("impossible-date",)),
        ("Created", "1008", "1900-01-02", None, ("sentinel-date",)),
        ("Created", "1009", "3-Apr-24", "2024-04-03", ()),
        ("Created", "1010", "45385", "2024-04-03", ("excel-serial",)),
        ("Created", "1011", "03/04/2024", "2024-03-04", ()),
        ("Created", "1000", "2019-03-01", "2019-03-01", ()),
    ],
)
@pytest.mark.promise("F-036")
@pytest.mark.trap("R05")
def test_dates(export: Export, key: str, id: str, raw: str, value: Json, flags: tuple[str, ...]) -> None:
    """A day is read where it can mean one thing; what is no day is empty and flagged; the raw text stays."""
    assert export.cell("Company", id, key) == raw
    assert export.read("Company", id, key) == (value, flags)


@pytest.mark.trap("R05")
def test_the_order_that_no_cell_shows_is_asked(export: Export) -> None:
    """The one text date that could be either way round is read as this product writes dates, and a person is asked."""
    assert export.where("dates-by-neighbours", "Company") == "Results_Export.xlsx/Companies, column Created"
    assert "mdy" in export.sentence("dates-by-neighbours")


@pytest.mark.parametrize(
    ("object", "id", "key", "value", "flags"),
    [
        pytest.param("Company", "1014", "UDF2", None, ("not-a-number",), marks=pytest.mark.trap("R08"), id="R08 days"),
        pytest.param("Company", "1014", "UDF4", True, (), marks=pytest.mark.trap("R08"), id="R08 box"),
        pytest.param("Company", "1001", "Zip", "06103", (), marks=pytest.mark.trap("R10"), id="R10"),
        pytest.param("Contact", "5900", "E-mail", None, (), marks=pytest.mark.trap("R11"), id="R11"),
        pytest.param("Contact", "5001", "UDF2", 60, (), id="loyalty"),
        pytest.param("Deal", "7903", "Amount", None, (), marks=pytest.mark.trap("R18"), id="R18 amount"),
        pytest.param(
            "Deal", "7903", "Probability", 35, ("percent-outlier",), marks=pytest.mark.trap("R18"), id="R18 odds"
        ),
        pytest.param("Deal", "7001", "Probability", 30, (), marks=pytest.mark.trap("R18"), id="R18 others"),
        pytest.param("Deal", "7004", "Probability", 100, (), id="won"),
        pytest.param("Deal", "7904", "Probability", 45, (), marks=pytest.mark.trap("R19"), id="R19"),
        pytest.param("Activity", "9900", "Start", None, ("impossible-date",), marks=pytest.mark.trap("R22"), id="R22"),
        pytest.param("Activity", "9903", "Start", "2025-01-17T06:05:00Z", (), marks=pytest.mark.trap("R25"), id="R25"),
        pytest.param("Activity", "9000", "Duration (min)", 1800, (), id="minutes"),
        pytest.param("Product", "391", "Price", 0.125, (), marks=pytest.mark.trap("R28"), id="R28"),
        pytest.param("Product", "390", "Active", False, (), marks=pytest.mark.trap("R27"), id="R27"),
        pytest.param("LineItem", "8901", "Qty", -1, (), marks=pytest.mark.trap("R31"), id="R31 negative"),
        pytest.param("LineItem", "8902", "Qty", 2.5, (), marks=pytest.mark.trap("R31"), id="R31 part"),
        pytest.param("LineItem", "8902", "Discount %", 12.5, (), marks=pytest.mark.trap("R31"), id="R31 discount"),
    ],
)
def test_typed_cells(export: Export, object: str, id: str, key: str, value: Json, flags: tuple[str, ...]) -> None:
    """A cell is understood by its column; the odd ones are flagged and not read as something else."""
    assert export.read(object, id, key) == (value, flags)


@pytest.mark.parametrize(
    ("object", "id", "key", "text"),
    [
        pytest.param("Company", "1014", "UDF2", "30 days", marks=pytest.mark.trap("R08"), id="R08"),
        pytest.param("Contact", "5904", "Direct Phone", "2125550144", marks=pytest.mark.trap("R15"), id="R15"),
        pytest.param(
            "Contact", "5903", "E-mail", "M.WHITCOMBE@LARKSPUR-DENTAL.EXAMPLE", marks=pytest.mark.trap("R14"), id="R14"
        ),
        pytest.param("Deal", "7904", STAGE, "Service Jobs / Proposal (60%)", marks=pytest.mark.trap("R19"), id="R19"),
        pytest.param("Deal", "7008", STAGE, "Sales / Proposal (60%)", marks=pytest.mark.trap("R19"), id="R19 other"),
        pytest.param("Deal", "7904", "Stage", "Proposal (60%)", marks=pytest.mark.trap("R19"), id="R19 raw"),
        pytest.param("Activity", "9900", "Type", "Letter", marks=pytest.mark.trap("R22"), id="R22"),
        pytest.param("Activity", "9900", "Start", "2/30/2025 9:00 AM", marks=pytest.mark.trap("R22"), id="R22 raw"),
        pytest.param(
            "Activity",
            "9902",
            "Notes",
            'First line\r\nSecond line, with "quotes" and a , comma\nafter a vertical tab',
            marks=pytest.mark.trap("R24"),
            id="R24",
        ),
        pytest.param("Activity", "9902", "Result", "OK??", marks=pytest.mark.trap("R24"), id="R24 result"),
        pytest.param("Activity", "9003", "Notes", "Price €1.200 agreed", marks=pytest.mark.trap("R26"), id="R26 euro"),
        pytest.param("Activity", "9000", "Notes", "Said “call back”", marks=pytest.mark.trap("R26"), id="R26 quotes"),
        pytest.param("Product", "301", "Description", "", marks=pytest.mark.trap("R27"), id="R27"),
        pytest.param("Product", "391", "SKU", "", marks=pytest.mark.trap("R28"), id="R28"),
        pytest.param("LineItem", "8000", "Description", "Sealer 0", marks=pytest.mark.trap("R44"), id="R44"),
    ],
)
@pytest.mark.promise("F-029")
def test_text_cells(export: Export, object: str, id: str, key: str, text: str) -> None:
    """Text is given as it was meant: whatever the file's encoding, dialect and tool have done to it."""
    assert export.cell(object, id, key) == text


@pytest.mark.trap("R08")
def test_a_check_box_written_otherwise(export: Export) -> None:
    """A Y among true and false is read, and the column is pointed out."""
    assert export.where("mixed-booleans", "Company") == "Results_Export.xlsx/Companies, column UDF4"


@pytest.mark.trap("R06")
def test_rich_text(export: Export) -> None:
    """A memo in rich text is plain text in the record; its source stays beside it, and only there."""
    record = export.records["Company"]["1012"]
    assert record.values["Memo"] == "Prefers email.\nGate code 4417."
    assert record.raw["Memo"].startswith(r"{\rtf1")
    assert export.where("rtf") == "Results_Export.xlsx/Companies:17"
    memo = export.object("Company").field("Memo")
    assert memo is not None
    assert memo.samples == ("Prefers email.\nGate code 4417.",)


@pytest.mark.trap("R07")
def test_what_the_desktop_client_deleted(export: Export) -> None:
    """An inactive company is still given, and says that it is deleted; an inactive product is only inactive."""
    deleted = [(name, id) for name, there in export.records.items() for id, r in there.items() if r.deleted]
    assert deleted == [("Company", "1013")]


@pytest.mark.trap("R10")
def test_header_and_totals(export: Export) -> None:
    """The header stands in row 4 below two title rows, a totals row follows, and both are told."""
    assert export.source.dialects["Results_Export.xlsx/Companies"].header == 4
    assert export.where("title-line") == "Results_Export.xlsx/Companies:1"
    assert export.where("totals-line", "Company") == "Results_Export.xlsx/Companies:25"


@pytest.mark.trap("R12")
@pytest.mark.trap("R13")
@pytest.mark.trap("R17")
@pytest.mark.trap("R23")
@pytest.mark.trap("R30")
@pytest.mark.trap("R32")
@pytest.mark.trap("R41")
def test_references_are_kept_as_they_are(export: Export) -> None:
    """An empty or a dangling reference stays what it is: links go by id alone, and the engine lists the orphans."""
    for object, id, key, text in (
        ("Contact", "5901", "CompanyID", ""),
        ("Contact", "5902", "CompanyID", "1999"),
        ("Deal", "7900", "CompanyID", ""),
        ("Deal", "7901", "ContactID", "5003"),
        ("Deal", "7902", "CompanyID", "1998"),
        ("Deal", "7906", "CompanyID", "1901"),
        ("Activity", "9901", "CompanyID", ""),
        ("LineItem", "8900", "ProductID", "399"),
        ("LineItem", "8903", "DealID", "7999"),
        ("Attachment", "10", "Parent ID", "7998"),
    ):
        assert export.cell(object, id, key) == text
    assert all(link.name_field is None for there in export.schema.objects for link in there.links)


@pytest.mark.trap("R16")
def test_users_by_their_codes(export: Export) -> None:
    """Users are known by the codes that records name; one without an e-mail and one who left say so."""
    users = {user.id: user for user in export.schema.users}
    assert users["MO"].email == "maya.ortiz@brightpath.example"
    assert (users["TJM"].email, users["TJM"].active) == ("", True)
    assert not users["GF"].active
    assert "ZZ" not in users
    assert [export.cell("Contact", id, "Rep") for id in ("5905", "5906", "5907")] == ["TJM", "GF", "ZZ"]
    assert {there.owner_field for there in export.schema.objects} == {"Rep", None}


@pytest.mark.promise("F-003")
@pytest.mark.trap("R19")
@pytest.mark.trap("R45")
def test_pipelines(export: Export) -> None:
    """Stages come in order inside their pipelines, each under its own id; no percentage is no probability."""
    sales, service = export.schema.account["pipelines"]
    assert [stage["label"] for stage in sales["stages"]][:3] == ["Lead", "Qualified", "Proposal (60%)"]
    assert service["stages"] == [
        {"id": "Service Jobs / Proposal (60%)", "label": "Proposal (60%)", "probability": 45},
        {"id": "Service Jobs / Scheduled", "label": "Scheduled", "probability": None},
        {"id": "Service Jobs / Complete", "label": "Complete", "probability": 100},
    ]
    stages = export.object("Deal").field(STAGE)
    assert stages is not None
    assert "Service Jobs / Scheduled" in [option.label for option in stages.options]


@pytest.mark.trap("R20")
def test_a_stage_of_no_pipeline(export: Export) -> None:
    """A stage that no pipeline has is a question, with the count of its deals."""
    assert export.sentence("unknown-stage").startswith("The stage 'Sales / On Hold - Owner' of 1 deals is in no")


@pytest.mark.trap("R26")
@pytest.mark.trap("R27")
@pytest.mark.trap("R29")
@pytest.mark.trap("R44")
def test_how_each_file_is_written(export: Export) -> None:
    """Encodings, delimiters and a query tool's NULL are found, told where they are a guess, and kept."""
    found = {name: (d.encoding, d.delimiter, d.null) for name, d in export.source.dialects.items()}
    assert found["Activities.csv"] == ("cp1252", ",", "")
    assert found["LineItems.csv"] == ("utf-16", "\t", "")
    assert found["Products.csv"] == ("utf-8", ",", "NULL")
    assert "€" in export.sentence("encoding-guess")
    assert export.where("null-words") == "Products.csv:2"
    assert export.where("totals-line", "Product") == "Products.csv:13"
    assert export.where("control-characters") == "Activities.csv:18"


@pytest.mark.trap("R27")
def test_skus_that_differ_in_case(export: Export) -> None:
    """Two products with one SKU, but for case, are named with each other."""
    assert (export.codes("Product", "390"), export.codes("Product", "301")) == (["duplicate-sku"], ["duplicate-sku"])
    assert export.codes("Product", "391") == []


@pytest.mark.trap("R31")
@pytest.mark.trap("R33")
def test_sums(export: Export, tmp_path: Path) -> None:
    """A deal whose lines come to another sum is told, lines right to the cent are not, wrong ones are."""
    assert export.codes("Deal", "7000") == ["lines-differ"]
    assert export.codes("Deal", "7900") == []
    assert not any(finding.object == "LineItem" for finding in export.told)
    path = copied(tmp_path) / "LineItems.csv"
    path.write_bytes(path.read_text("utf-16").replace("43.73", "43.74").encode("utf-16"))
    assert Export(path.parent).codes("LineItem", "8902") == ["line-total-differs"]


@pytest.mark.promise("F-027")
def test_one_archive_of_everything(export: Export, tmp_path: Path) -> None:
    """A ZIP of workbook, text files and attachments, zips among these, gives what the folder gives."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((BUNDLE / "export").rglob("*")):
            if file.is_file():
                archive.write(file, f"Results 2025/{file.relative_to(BUNDLE / 'export')}")
    packed = Export(path)
    assert packed.schema == export.schema
    assert packed.records == export.records
    with packed.source.open("00000001.pdf") as stream:
        assert stream.read() == (BUNDLE / "export" / "attachments" / "00000001.pdf").read_bytes()


def test_a_workbook_alone(tmp_path: Path) -> None:
    """A customer who has but the workbook is read: what is missing is said, and stages are what deals have."""
    read = Export(BUNDLE / "export" / "Results_Export.xlsx")
    assert [len(read.records[name]) for name in ("Company", "Contact", "Deal", "Activity")] == [20, 30, 19, 0]
    assert Counter(f.code for f in read.schema.findings)["missing-file"] == 6
    assert read.schema.account == {}
    assert not any(f.code == "unknown-stage" for f in read.schema.findings)
    with pytest.raises(FileNotFoundError, match="holds no file"):
        read.source.open("00000001.pdf")


def test_contacts_that_are_firms(tmp_path: Path) -> None:
    """In Results' own words a firm is a Contact and a person an Associate: the columns tell which sheet is which."""
    made = openpyxl.Workbook()
    firms = made.active
    firms.title = "Contacts"
    firms.append(["CompanyID", "Company Name", "Rep"])
    firms.append([1, "Firm", "MO"])
    persons = made.create_sheet("Associates")
    persons.append(["AssociateID", "CompanyID", "First Name", "Last Name"])
    persons.append([7, 1, "A", "B"])
    made.save(tmp_path / "Export.xlsx")
    read = Export(tmp_path / "Export.xlsx")
    assert (list(read.records["Company"]), list(read.records["Contact"])) == (["1"], ["7"])
    assert read.where("object-by-columns") == "Export.xlsx/Contacts:1"
    assert read.where("column-renamed") == "Export.xlsx/Associates:1"


def test_a_table_beside_that_is_something_else(tmp_path: Path) -> None:
    """A table that is called like the users and is none is left out and told, and does not stop the rest."""
    (tmp_path / "companies.csv").write_text("CompanyID,Company Name\n1,Firm\n")
    (tmp_path / "Labels.csv").write_text("Printer,Paper\nA,B\n")
    read = Export(tmp_path)
    assert list(read.records["Company"]) == ["1"]
    assert read.where("unknown-file") == "Labels.csv"


def test_another_program_is_refused(tmp_path: Path) -> None:
    """Files that are none of Results' are refused with what was expected."""
    (tmp_path / "weather.csv").write_text("Day,Rain\nMon,3\n")
    with pytest.raises(UnreadableError, match="none of its files belongs to results"):
        finish(Results(tmp_path).schema())


def test_a_cursor_outlives_the_process(tmp_path: Path) -> None:
    """A new adapter goes on from a cursor of another one, once it has looked at the export again."""
    lines = "".join(f"{n},Firm {n}\n" for n in range(1200))
    (tmp_path / "companies.csv").write_text(f"CompanyID,Company Name\n{lines}")
    first = finish(Results(tmp_path).read("Company", None, None))
    second = finish(Results(tmp_path).read("Company", None, first.next))
    assert [second.records[0].id, second.next] == ["500", "1000"]
    assert len(read_all(Results(tmp_path), "Company")) == 1200
