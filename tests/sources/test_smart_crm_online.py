"""Smart CRM Online, on its export: what is described, what is read, and what the delta must find."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from adapters.protocols import ObjectSchema, Record, Schema, Source
from adapters.sources import UnreadableError
from adapters.sources.dialect import Dialect
from adapters.sources.export import PAGE_RECORDS
from adapters.sources.names import fold
from adapters.sources.smart_crm_online import STANDARDS, SmartCrmOnline
from adapters.sources.values import key, parse
from tests.sources.reading import BUNDLE, finish, read_all

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def source() -> SmartCrmOnline:
    return SmartCrmOnline(BUNDLE / "export")


@pytest.fixture(scope="module")
def schema(source: SmartCrmOnline) -> Schema:
    return finish(source.schema())


def described(schema: Schema, name: str) -> ObjectSchema:
    found = schema.object(name)
    assert found is not None
    return found


def cell(source: SmartCrmOnline, object: str, label: str, **where: str) -> Any:
    """The parsed cell of the one record that fits."""
    (record,) = (r for r in read_all(source, object) if all(r.values[k] == v for k, v in where.items()))
    field = described(finish(source.schema()), object).field(label)
    assert field is not None
    return parse(field, record.values[label], NEW_YORK)


@pytest.mark.promise("F-027")
@pytest.mark.trap("S38")
@pytest.mark.parametrize(("folder", "day"), [("export", "base"), ("delta/export", "delta"), ("export.zip", "base")])
def test_counts(folder: str, day: str) -> None:
    """Every record of every file is counted and read; blank lines and the totals line are not."""
    export = SmartCrmOnline(BUNDLE / folder)
    expected = json.loads((BUNDLE / "counts.json").read_text())[day]
    described = {o.files[0]: finish(export.schema()).object(o.name) for o in STANDARDS}
    assert {name: o.count for name, o in described.items() if o} == expected
    assert {o.files[0]: len(read_all(export, o.name)) for o in STANDARDS} == expected


@pytest.mark.promise("F-027")
def test_folder_and_archive_are_one(source: SmartCrmOnline, schema: Schema) -> None:
    """The archive gives the same schema, records and fingerprint as the folder."""
    archive = SmartCrmOnline(BUNDLE / "export.zip")
    packed = finish(archive.schema())
    assert (packed.objects, packed.fingerprint) == (schema.objects, schema.fingerprint)
    assert read_all(archive, "Note") == read_all(source, "Note")


def test_it_is_a_source(source: SmartCrmOnline) -> None:
    """The adapter has the shape of a source, for the type checker and for readers."""
    shape: Source = source
    assert shape is source


@pytest.mark.promise("F-010")
def test_custom_fields(schema: Schema) -> None:
    """Headers that are not in the standard schema come back as custom fields with a kind; none is dropped."""
    custom = {o.name: {f.label: f.kind for f in o.fields if f.custom} for o in schema.objects}
    assert custom == {
        "Company": {
            "Account Tier": "enum", "Region Code": "enum", "Tax Exempt?": "boolean", "Notes": "text",
            "Notes (2)": "text",
        },
        "Contact": {
            "Birthday": "date", "Newsletter": "boolean", "Preferred Language": "enum", "Shirt Size": "enum",
            "Phone (2)": "phone",
        },
        "Deal": {"Lead Source": "enum", "Contract Term (months)": "number", "Competitors": "multienum"},
        "Call": {}, "Email": {}, "Meeting": {}, "Task": {}, "Note": {},
    }  # fmt: skip
    assert [f.position for f in described(schema, "Contact").fields] == list(range(22))


def test_findings(schema: Schema) -> None:
    """What a person should know about the files is told, each with its place."""
    assert sorted((f.code, f.object, f.where) for f in schema.findings) == [
        ("blank-line", "Contact", "contacts.csv:12"),
        ("dates-by-neighbours", "Task", "tasks.csv, column Completed On"),
        ("mixed-booleans", "Task", "tasks.csv, column Completed"),
        ("mixed-decimals", "Deal", "deals.csv, column Value"),
        ("mojibake", "Company", "companies.csv:23"),
        ("totals-line", "Deal", "deals.csv:24"),
        ("unnamed-columns-dropped", "Company", "companies.csv:1"),
    ]


@pytest.mark.trap("S08")
def test_second_notes_and_nameless_columns(source: SmartCrmOnline, schema: Schema) -> None:
    """The second Notes has its own name, and the two nameless columns are gone because they are empty."""
    labels = [f.label for f in described(schema, "Company").fields]
    assert labels[-2:] == ["Notes", "Notes (2)"]
    assert len(labels) == 21
    assert read_all(source, "Company")[0].values.keys() == set(labels)


def test_nameless_columns_with_values_stay(tmp_path: Path) -> None:
    """A column without a name that holds one value is kept under its position and told."""
    (tmp_path / "deals.csv").write_text("Deal Name,Value,,\nA,1,,\nB,2,,late\n")
    export = SmartCrmOnline(tmp_path)
    schema = finish(export.schema())
    assert [f.label for f in described(schema, "Deal").fields] == ["Deal Name", "Value", "Column 4"]
    codes = {f.code for f in schema.findings}
    assert {"unnamed-column", "unnamed-columns-dropped"} <= codes
    assert read_all(export, "Deal")[1].values == {"Deal Name": "B", "Value": "2", "Column 4": "late"}


@pytest.mark.promise("F-029")
@pytest.mark.trap("S18")
def test_raw_text_and_place(source: SmartCrmOnline) -> None:
    """A record is its cells exactly as in the file, and knows its line."""
    records = {r.values["First Name"]: r for r in read_all(source, "Contact")}
    assert records["@nick"].values["Owner"] == "maya ortiz "
    assert records["Hana"].values["Email"] == " Hana.Twomail@Ironwood-Joinery.example ; hana@home.example"
    assert records["Hugo"].where == "contacts.csv:2"
    assert records["Rosa"].where == "contacts.csv:13"
    formula = next(r for r in read_all(source, "Company") if r.id == "C-2004")
    assert formula.values["Company Name"] == '=HYPERLINK("https://evil.example","Click")'


@pytest.mark.parametrize(
    ("object", "label", "where", "value", "flags"),
    [
        pytest.param(
            "Company", "Zip", {"Company ID": "C-2003"}, "2134", ("lost-leading-zero",), marks=pytest.mark.trap("S04")
        ),
        pytest.param(
            "Company", "Notes", {"Company ID": "C-2003"}, "Spoke with MÃ¼ller senior", (), marks=pytest.mark.trap("S03")
        ),
        pytest.param(
            "Company", "Employees", {"Company ID": "C-2005"}, None, ("null-word",), marks=pytest.mark.trap("S07")
        ),
        pytest.param(
            "Company", "Annual Revenue", {"Company ID": "C-2005"}, None, ("null-word",), marks=pytest.mark.trap("S07")
        ),
        pytest.param("Contact", "Last Name", {"First Name": "Jennifer"}, "Null", (), marks=pytest.mark.trap("S09")),
        pytest.param("Contact", "Email", {"Last Name": "Badmail"}, None, ("null-word",), marks=pytest.mark.trap("S14")),
        pytest.param(
            "Contact",
            "Birthday",
            {"Last Name": "Serial"},
            "1985-07-06",
            ("excel-serial",),
            marks=pytest.mark.trap("S19"),
        ),
        pytest.param(
            "Contact",
            "Created",
            {"Last Name": "Serial"},
            "2024-05-01T09:30:00Z",
            ("own-zone",),
            marks=pytest.mark.trap("S19"),
        ),
        ("Contact", "Modified", {"Last Name": "Serial"}, "2024-01-08T17:13:00Z", ()),
        pytest.param(
            "Deal", "Value", {"Deal Name": "Legal retainer"}, None, ("not-a-number",), marks=pytest.mark.trap("S23")
        ),
        pytest.param(
            "Deal",
            "Value",
            {"Deal Name": "Dental chairs"},
            12500,
            ("other-decimal-sign",),
            marks=pytest.mark.trap("S24"),
        ),
        pytest.param("Deal", "Stage", {"Deal Name": "Dental chairs"}, "negotiation", (), marks=pytest.mark.trap("S24")),
        pytest.param(
            "Deal",
            "Value",
            {"Deal Name": "Credit back"},
            -1200,
            ("accounting-negative",),
            marks=pytest.mark.trap("S25"),
        ),
        pytest.param(
            "Deal", "Close Date", {"Deal Name": "Credit back"}, "2025-04-05", (), marks=pytest.mark.trap("S25")
        ),
        pytest.param("Deal", "Probability", {"Deal Name": "Freight audit"}, None, (), marks=pytest.mark.trap("S22")),
        pytest.param("Call", "Disposition", {"Subject": "Callback"}, "LVM??", (), marks=pytest.mark.trap("S29")),
        pytest.param(
            "Call",
            "Date/Time",
            {"Subject": "Callback"},
            "2025-02-20T21:00:00Z",
            ("own-zone",),
            marks=pytest.mark.trap("S29"),
        ),
        pytest.param(
            "Call",
            "Date/Time",
            {"Subject": "Night call"},
            "2025-02-22T04:50:00Z",
            ("own-zone",),
            marks=pytest.mark.trap("S30"),
        ),
        ("Call", "Duration", {"Subject": "Call Harborlight"}, 275, ()),
        ("Call", "Duration", {"Subject": "Call Copper Fern"}, 275, ()),
        ("Call", "Duration", {"Subject": "Call Blue Heron Foods"}, 275, ()),
        pytest.param("Task", "Completed", {"Subject": "Check list 1"}, True, (), marks=pytest.mark.trap("S33")),
        pytest.param("Task", "Completed", {"Subject": "Check list TRUE"}, True, (), marks=pytest.mark.trap("S33")),
        pytest.param("Task", "Completed", {"Subject": "Check list x"}, True, (), marks=pytest.mark.trap("S33")),
        ("Task", "Completed On", {"Subject": "Check list x"}, "2025-03-12", ()),
    ],
)
def test_planted_cells(
    source: SmartCrmOnline, object: str, label: str, where: dict[str, str], value: Any, flags: tuple[str, ...]
) -> None:
    """Each planted cell comes out as a correct migration needs it."""
    assert cell(source, object, label, **where) == (value, flags)


@pytest.mark.trap("S37")
def test_long_and_foreign_notes(source: SmartCrmOnline) -> None:
    """A note of 5400 characters, emoji and three scripts come through whole."""
    notes = {r.values["Attached To"]: r.values["Note"] for r in read_all(source, "Note")}
    assert len(notes["Jennifer Null"]) == 5400
    assert notes["Hana Twomail"] == "Ελληνικά, 日本語, emoji 🙂, “smart quotes” – dash"
    assert notes["Menu refresh"].endswith("<script>alert(1)</script>")


def test_options(schema: Schema) -> None:
    """Pick-lists hold every value of the file, the odd ones too."""
    stage = described(schema, "Deal").field("Stage")
    assert stage is not None
    assert {"Verbal Yes (pending PO)", "negotiation", "Negotiation"} <= {option.label for option in stage.options}


# --- the delta ----------------------------------------------------------------------------------------------------


class Snapshot:
    """One export with its links resolved plainly: by id, by exact name, by name at the same company."""

    def __init__(self, folder: str) -> None:
        export = SmartCrmOnline(BUNDLE / folder)
        self.schema = finish(export.schema())
        self.records = {o.name: read_all(export, o.name) for o in self.schema.objects}

    def resolved(self, object: str, record: Record, name: str) -> str:
        link = next(link for link in described(self.schema, object).links if link.name == name)
        if link.id_field and any(r.id == record.values[link.id_field] for r in self.records["Company"]):
            return str(record.values[link.id_field])
        text = fold(record.values[link.name_field or ""])
        found = [r.where for to in link.to for r in self.records[to] if text in self._names(to, r)]
        return found[0] if len(found) == 1 else text

    def _names(self, object: str, record: Record) -> tuple[str, ...]:
        parts = [record.values[label] for label in described(self.schema, object).title]
        return (fold(" ".join(parts)), fold(", ".join(reversed(parts))))

    def recipe(self, object: str, record: Record, recipe: tuple[str, ...]) -> tuple[str, ...] | None:
        parts = []
        for part in recipe:
            field = described(self.schema, object).field(part)
            parts.append(key(field, record.values[part]) if field else self.resolved(object, record, part[1:]))
        return tuple(parts) if all(parts) else None

    def identity(self, object: str, record: Record) -> tuple[str, ...]:
        identity = described(self.schema, object).identity
        recipes = [(identity.id_field,)] if identity.id_field else identity.natural
        return next(found for recipe in recipes if (found := self.recipe(object, record, recipe)))


def compared(object: str, old: Snapshot, new: Snapshot) -> dict[str, list[str]]:
    """What became of the records of an object: created, deleted, known again under another identity."""
    before = {old.identity(object, r): r for r in old.records[object]}
    after = {new.identity(object, r): r for r in new.records[object]}
    gone = [r for k, r in before.items() if k not in after]
    come = [r for k, r in after.items() if k not in before]
    again: list[str] = []
    for recipe in described(old.schema, object).identity.rematch:
        keyed = [(old.recipe(object, r, recipe), r) for r in gone]
        matches = [(o, n) for k, o in keyed for n in come if k and k == new.recipe(object, n, recipe)]
        seen = Counter(o.where for o, _ in matches) + Counter(f"new {n.where}" for _, n in matches)
        for o, n in matches:
            if seen[o.where] == 1 and seen[f"new {n.where}"] == 1:
                gone.remove(o)
                come.remove(n)
                again.append(next(iter(n.values.values())))
    names = {"deleted": gone, "created": come}
    return {"again": again, **{k: [next(iter(r.values.values())) for r in found] for k, found in names.items()}}


@pytest.mark.parametrize(
    ("object", "created", "deleted", "again"),
    [
        ("Company", ["C-1020"], ["C-1019"], []),
        ("Contact", ["Nina"], ["Anders"], ["Ines", "Maribel"]),
        ("Deal", ["Backsplash"], ["Old boiler"], ["Copper Fern - Renewal (2025)"]),
        ("Call", ["Intro"], [], []),
        ("Email", [], [], []),
        ("Meeting", [], [], []),
        ("Task", [], [], []),
        ("Note", ["Deal"], [], []),
    ],
)
def test_identities_of_the_delta(object: str, created: list[str], deleted: list[str], again: list[str]) -> None:
    """The declared identities find exactly the expected creates, deletes and identity changes, in any row order."""
    found = compared(object, Snapshot("export"), Snapshot("delta/export"))
    assert (found["created"], found["deleted"], sorted(found["again"])) == (created, deleted, again)


# --- other customers' files ---------------------------------------------------------------------------------------


def test_other_names_of_files_and_columns(tmp_path: Path) -> None:
    """Other file names, header names, delimiters and encodings are recognised; a renamed column is told."""
    (tmp_path / "Accounts-2025-03.csv").write_bytes(
        "account id;ACCOUNT NAME;Web Site;Umsatz\nA-1;Müller AG;müller.example;12.500,00\n".encode("cp1252")
    )
    (tmp_path / "people.txt").write_bytes(
        "Given Name\tSurname\tE-mail\tOrganization\nAnn\tBee\ta@b.example\tMüller AG\n".encode("utf-16")
    )
    export = SmartCrmOnline(tmp_path)
    schema = finish(export.schema())
    (company,) = read_all(export, "Company")
    assert company.values == {
        "Company ID": "A-1", "Company Name": "Müller AG", "Website": "müller.example", "Umsatz": "12.500,00",
    }  # fmt: skip
    assert described(schema, "Contact").links[0].name_field == "Company"
    assert described(schema, "Contact").links[0].id_field is None
    codes = Counter(f.code for f in schema.findings)
    assert (codes["column-renamed"], codes["encoding-guess"], codes["missing-file"]) == (7, 1, 6)


def test_a_missing_file(tmp_path: Path) -> None:
    """An object without a file counts nothing, reads as nothing and is told."""
    shutil.copy(BUNDLE / "export" / "companies.csv", tmp_path)
    export = SmartCrmOnline(tmp_path / "companies.csv")
    schema = finish(export.schema())
    assert (described(schema, "Deal").count, described(schema, "Deal").fields, read_all(export, "Deal")) == (0, (), [])
    assert [f.object for f in schema.findings if f.code == "missing-file"] == [o.name for o in STANDARDS[1:]]


@pytest.mark.promise("F-011")
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("companies.csv", "Company Name\nA\n", "no column 'Company ID'"),
        ("contacts.csv", "First Name,Email\nA,a@b.example\n", "no column 'Last Name'"),
        ("shopping.csv", "Milk,Eggs\nyes,no\n", "none of its files belongs to smart-crm-online; found shopping.csv"),
    ],
)
def test_files_without_what_is_needed(tmp_path: Path, name: str, content: str, says: str) -> None:
    """A file without a column that every record needs is refused, and so is an export of something else."""
    (tmp_path / name).write_text(content)
    with pytest.raises(UnreadableError, match=says):
        finish(SmartCrmOnline(tmp_path).schema())


@pytest.mark.promise("F-011")
def test_a_file_cut_in_half_a_row(tmp_path: Path) -> None:
    """Every file of the export, cut in the middle of its last row, is refused with its name and line."""
    for path in sorted((BUNDLE / "export").iterdir()):
        folder = tmp_path / path.stem
        folder.mkdir()
        whole = path.read_bytes().rstrip()
        body = whole[: whole.rfind(b"\r\nTotal")] if b"\r\nTotal" in whole else whole
        (folder / path.name).write_bytes(body[: body.rfind(b",") - 3])
        with pytest.raises(UnreadableError, match=rf"{path.name}, line \d+: .*cut short"):
            finish(SmartCrmOnline(folder).schema())


def test_several_parts(tmp_path: Path) -> None:
    """Parts of one object are read one after the other, each with its own header; other columns are refused."""
    (tmp_path / "deals_1.csv").write_text("Deal Name,Value\nA,1\nB,2\n")
    (tmp_path / "deals_2.csv").write_text("Value;Deal Name\n3;C\n")
    export = SmartCrmOnline(tmp_path)
    assert [(r.values["Deal Name"], r.where) for r in read_all(export, "Deal")] == [
        ("A", "deals_1.csv:2"), ("B", "deals_1.csv:3"), ("C", "deals_2.csv:2"),
    ]  # fmt: skip
    assert described(finish(export.schema()), "Deal").count == 3
    (tmp_path / "deals_2.csv").write_text("Deal Name,Price\nC,3\n")
    with pytest.raises(UnreadableError, match=r"deals_2\.csv has other columns than deals_1\.csv \(Price, Value\)"):
        finish(SmartCrmOnline(tmp_path).schema())


@pytest.mark.promise("F-028")
def test_pages_and_resuming(tmp_path: Path) -> None:
    """A long file comes in pages, and a new reader goes on at the page where another stopped."""
    count = 2 * PAGE_RECORDS
    (tmp_path / "deals.csv").write_text("Deal Name,Value\n" + "".join(f"D{n},{n}\n" for n in range(count)))
    export = SmartCrmOnline(tmp_path)
    first = finish(export.read("Deal", None, None))
    assert (len(first.records), first.next) == (PAGE_RECORDS, str(PAGE_RECORDS))
    again = finish(SmartCrmOnline(tmp_path).read("Deal", None, first.next))
    assert again.records == finish(export.read("Deal", None, first.next)).records
    assert finish(export.read("Deal", None, None)).records == first.records
    assert [r.values["Deal Name"] for r in read_all(export, "Deal")] == [f"D{n}" for n in range(count)]
    assert finish(export.read("Deal", "2025-01-01", None)).records == first.records
    with pytest.raises(ValueError, match="no object 'Lead'"):
        finish(export.read("Lead", None, None))


def test_ids_that_are_no_ids(tmp_path: Path) -> None:
    """Company ids that are missing or stand twice are told."""
    (tmp_path / "companies.csv").write_text("Company ID,Company Name\n1,A\n1,B\n")
    assert "duplicate-ids" in {f.code for f in finish(SmartCrmOnline(tmp_path).schema()).findings}
    (tmp_path / "companies.csv").write_text("Company ID,Company Name\n1,A\n,B\n")
    assert "missing-ids" in {f.code for f in finish(SmartCrmOnline(tmp_path).schema()).findings}


@pytest.mark.promise("F-036")
def test_stored_dialects(source: SmartCrmOnline, tmp_path: Path) -> None:
    """Dialects survive storage, fit the next export, and refuse one that is written otherwise."""
    stored = msgspec.json.decode(msgspec.json.encode(source.dialects), type=dict[str, Dialect])
    assert stored == source.dialects
    delta = SmartCrmOnline(BUNDLE / "delta" / "export", stored)
    assert described(finish(delta.schema()), "Deal").count == 22
    (tmp_path / "deals-2025-03-15.csv").write_text("Deal Name;Value\nA;1,5\n")
    with pytest.raises(UnreadableError, match=r"deals-2025-03-15\.csv does not fit the stored dialect"):
        finish(SmartCrmOnline(tmp_path, stored).schema())


def test_new_columns_in_a_later_export(source: SmartCrmOnline, tmp_path: Path) -> None:
    """A column that was not there before is read and told."""
    text = (BUNDLE / "export" / "calls.csv").read_bytes().decode().replace(",Comments\r\n", ",Comments,Mood\r\n")
    lines = text.split("\r\n")
    (tmp_path / "calls.csv").write_text(
        "\r\n".join([lines[0], *(f"{line},fine" for line in lines[1:] if line), ""]), newline=""
    )
    schema = finish(SmartCrmOnline(tmp_path, source.dialects).schema())
    assert described(schema, "Call").fields[-1].label == "Mood"
    assert "new-column" in {f.code for f in schema.findings}
