"""Text files as programs and people really write them: encodings, dialects, shapes."""

import csv
import tracemalloc
from pathlib import Path

import pytest

from adapters.sources import UnreadableError
from adapters.sources.dialect import Dialect, confirm, propose
from adapters.sources.encoding import is_double_encoded
from adapters.sources.names import fold
from adapters.sources.notes import Notes
from adapters.sources.tabular import rows
from tests.sources.reading import table, taken

HEADER = "Name,City,Phone\n"
KNOWN = frozenset(map(fold, ("Name", "City", "Phone")))


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("Name,City\nJosé,München\n".encode(), "utf-8", ","),
        ("\ufeffName,City\nJosé,München\n".encode(), "utf-8", ","),
        ("Name\tCity\nJosé\tMünchen\n".encode("utf-16"), "utf-16", "\t"),
        ("Name\tCity\nJosé\tMünchen\n".encode("utf-16-le"), "utf-16-le", "\t"),
        ("Name;City\nJosé;München\n".encode("utf-16-be"), "utf-16-be", ";"),
        ("Name;City\nJosé;München\n".encode("cp1252"), "cp1252", ";"),
        ("Name|City\nJosé|“München”\n".encode("cp1252"), "cp1252", "|"),
    ],
    ids=["utf-8", "mark", "excel-unicode-text", "utf-16-bare", "utf-16-big", "cp1252", "cp1252-pipe"],
)
@pytest.mark.promise("F-036")
def test_encodings_and_delimiters(tmp_path: Path, content: bytes, encoding: str, delimiter: str) -> None:
    """The encoding and delimiter that the file really has are used; no mark leaks into the first header."""
    dialect, found, _ = taken(tmp_path, content)
    assert (dialect.encoding, dialect.delimiter, dialect.columns) == (encoding, delimiter, ("Name", "City"))
    assert [row.cells[0] for row in found] == ["José"]
    assert found[0].cells[1].strip("“”") == "München"


def test_one_late_byte_decides(tmp_path: Path) -> None:
    """A single non-UTF-8 byte far down makes the whole file Windows-1252, and the words to check are told."""
    content = HEADER.encode() + b"Ann,Bonn,1\n" * 200_000 + "José,Köln,2\n".encode("cp1252")
    file = table(tmp_path, content)
    proposal = propose(file, KNOWN)
    assert (proposal.dialect.encoding, proposal.guessed_from) == ("cp1252", ("José", "Köln"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "holds no text"),
        (b"\xef\xbb\xbfName,City\nJos\xe9,Bonn\n", "line 2: the file says it is UTF-8"),
        (b"Name,City\nJos\xe9,\x81\n", "neither UTF-8 nor Windows-1252"),
        ("Name,City\nJosé,Köln\nJos".encode() + b"\xc3", "line 3: the file ends in the middle of a character"),
        (b"1,2,3\n4,5,6\n7,8,9\n", "no header row"),
    ],
    ids=["empty", "blank", "broken-mark", "no-encoding", "half-character", "no-header"],
)
@pytest.mark.promise("F-011")
def test_files_that_are_no_table(tmp_path: Path, content: bytes, says: str) -> None:
    """What cannot be read as it is, is refused with the file's name and what to do."""
    with pytest.raises(UnreadableError, match=says) as refused:
        taken(tmp_path, content)
    assert str(refused.value).startswith("contacts.csv")


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ('Name;Note;Amount\nA;"x, y; z";1,5\nB;"<p>a, b</p>";2,25\n', ";"),
        ("Email\na@x.example\nbell@y.example\n", ","),
        ("sep=;\nName;City\nA;B\n", ";"),
        ('"sep=|"\nName|City,Town\nA|B,C\n', "|"),
        ("Name\tNote\nA\tone, two; three\nB\tfour, five; six\n", "\t"),
        ("'Name','City'\n'O,A','B'\n", ","),
    ],
    ids=["decimal-comma", "one-column", "sep-line", "quoted-sep-line", "tab-with-commas", "single-quotes"],
)
@pytest.mark.promise("F-036")
def test_delimiters_by_trial(tmp_path: Path, content: str, delimiter: str) -> None:
    """The delimiter under which the rows hang together wins; letters and marks inside cells do not."""
    dialect, found, _ = taken(tmp_path, content)
    assert dialect.delimiter == delimiter
    assert all(len(row.cells) == len(dialect.columns) for row in found)
    assert found


def test_title_lines_above_the_header(tmp_path: Path) -> None:
    """Lines above the header are skipped and named; the header is found by its names."""
    file = table(tmp_path, "Contact report\nGenerated 2025-03-14\n\nName,City,Phone\nA,B,1\n")
    proposal = propose(file, KNOWN)
    assert (proposal.dialect.header, proposal.title_lines) == (4, (1, 2))
    found = list(rows(file, proposal.dialect, Notes("Contact", file.name)))
    assert [(row.line, row.cells) for row in found] == [(5, ["A", "B", "1"])]


def test_title_lines_without_known_names(tmp_path: Path) -> None:
    """A header in a language that nobody declared is found by its shape."""
    dialect, found, _ = taken(tmp_path, "Bericht 2025\n\nName;Ort;Betrag\nA;Bonn;1,5\nB;Köln;2,5\n")
    assert (dialect.header, dialect.columns) == (3, ("Name", "Ort", "Betrag"))
    assert len(found) == 2


@pytest.mark.trap("S08")
def test_duplicate_and_nameless_headers() -> None:
    """No two columns share a name, and one without a name is called by its position."""
    dialect = Dialect(encoding="utf-8", delimiter=",", columns=("Notes", "notes", "", "Notes", "Notes (2)"))
    assert dialect.labels == ("Notes", "notes (2)", "Column 3", "Notes (3)", "Notes (2) (2)")


@pytest.mark.trap("S38")
def test_blank_lines_footers_and_repeated_headers(tmp_path: Path) -> None:
    """Blank lines, a header in the middle and closing lines are no records, and each is named by its line."""
    content = HEADER + "A,B,1\n\n ,,\n" + HEADER + "C,D,2\nTotal contacts,,2\n(2 rows affected)\n"
    _, found, notes = taken(tmp_path, content)
    assert [row.cells[0] for row in found] == ["A", "C"]
    assert {code: notes.lines(code) for code in ("blank-line", "repeated-header", "totals-line")} == {
        "blank-line": "3, 4",
        "repeated-header": "5",
        "totals-line": "7 (Total contacts 2), 8 ((2 rows affected))",
    }


def test_a_record_that_looks_like_a_total(tmp_path: Path) -> None:
    """A row named Total among records is a record; only the end of a file has totals."""
    _, found, notes = taken(tmp_path, HEADER + "A,B,1\nTotal,,3\nTotal Energies,Paris,4\nTotalview,,\n")
    assert [row.cells[0] for row in found] == ["A", "Total", "Total Energies", "Totalview"]
    assert notes.lines("looks-like-total") == "3"


def test_ragged_rows_are_held_back(tmp_path: Path) -> None:
    """A few rows of another width are held back, never shifted, and named by their lines."""
    _, found, notes = taken(tmp_path, HEADER + "A,B,1\nSmith, Jr,Bonn,2\nC,D\nE,F,3\n")
    assert [row.line for row in found] == [2, 5]
    assert notes.lines("ragged-row") == "3 (4 cells), 4 (2 cells)"


def test_an_unquoted_delimiter_with_an_empty_last_cell(tmp_path: Path) -> None:
    """A row that is one empty cell too long is held back as well: its cells may have been shifted."""
    _, found, notes = taken(tmp_path, HEADER + "A,B,1\nSmith, Jr,Bonn,\n" + "C,D,2\n" * 3)
    assert (len(found), notes.lines("ragged-row")) == (4, "3 (4 cells)")


def test_many_ragged_rows_refuse_the_file(tmp_path: Path) -> None:
    """Where many rows have another width, nothing in the file can be trusted: it is refused with the lines."""
    with pytest.raises(UnreadableError, match=r"4 rows have another number of cells .*line 7 \(4 cells\), 8"):
        taken(tmp_path, HEADER + "A,B,1\n" * 5 + "A,B,1,2\n" * 4)


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (HEADER + 'A,"B,1\nC,D,2\nE,F,3\n', 2, "never closed"),
        (HEADER + 'A,"B,1\nC,"D",2\nE,F,3\n', 2, "quotes of this row do not match"),
        (HEADER + "A,B,1\nC,D", 3, "2 of 3 cells and no line end"),
        (HEADER + 'A,B,1\nC,"D is lo', 3, "never closed"),
    ],
    ids=["quote-to-the-end", "quote-to-the-next", "short-last-row", "cut-in-quotes"],
)
@pytest.mark.promise("F-011")
def test_files_cut_short(tmp_path: Path, content: str, line: int, says: str) -> None:
    """A file cut in half a row, or with a lost quote, is refused with its line."""
    with pytest.raises(UnreadableError, match=says) as refused:
        taken(tmp_path, content, KNOWN)
    assert f"line {line}:" in str(refused.value)


def test_a_whole_last_row_without_line_end(tmp_path: Path) -> None:
    """A full last row without a line end is a record, with a remark; a closing line needs none."""
    _, found, notes = taken(tmp_path, HEADER + "A,B,1\nC,D,2")
    assert (len(found), notes.lines("no-final-newline")) == (2, "3")
    _, found, notes = taken(tmp_path, HEADER + "A,B,1\nTotal,,1")
    assert (len(found), notes.count("no-final-newline"), notes.count("totals-line")) == (1, 0, 1)


def test_line_breaks_quotes_and_long_cells(tmp_path: Path) -> None:
    """Cells come out exactly: line breaks of any kind, doubled quotes, and a million characters."""
    long = "x" * 1_000_000
    content = f'Name,Note\r\nA,"one\r\ntwo\nthree ""four"""\r\nB,{long}\r\nC, padded \r\n'
    _, found, _ = taken(tmp_path, content)
    assert [row.cells[1] for row in found] == ['one\r\ntwo\nthree "four"', long, " padded "]
    assert [row.line for row in found] == [2, 5, 6]


def test_a_cell_above_the_limit(tmp_path: Path) -> None:
    """A cell longer than the limit is refused with its line instead of filling memory."""
    content = HEADER + 'A,"' + ("y" * 1000 + "\n") * 17_000 + '",1\n'
    with pytest.raises(UnreadableError, match="line 2: a cell is longer than 16777216 characters"):
        taken(tmp_path, content)


def test_nuls_and_the_end_of_file_mark(tmp_path: Path) -> None:
    """NULs are removed and counted; an end-of-file mark is no row."""
    _, found, notes = taken(tmp_path, HEADER.encode() + b"A\0nn,B,1\nC,D,2\n\x1a")
    assert [row.cells[0] for row in found] == ["Ann", "C"]
    assert notes.lines("nul") == "2"


@pytest.mark.trap("S03")
@pytest.mark.parametrize("text", ["MÃ¼ller", "caf\u00c3\u00a9", "â€œquotedâ€\x9d", "Spoke with MÃ¼ller, 日本"])
def test_double_encoded_cells(text: str) -> None:
    """UTF-8 that went through Windows-1252 is recognised, between good text too."""
    assert is_double_encoded(text)


@pytest.mark.parametrize(
    "text", ["Müller", "São Paulo", "Ã", "Ångström – “ok”", "日本語 🙂", "plain", "Â£5 ist falsch"[2:]]
)
def test_good_text_is_left_alone(text: str) -> None:
    """Text in any language that was stored once is not suspected."""
    assert not is_double_encoded(text)


def test_mojibake_is_told_and_kept(tmp_path: Path) -> None:
    """A double-encoded cell is kept as it is; file, line and column are told."""
    _, found, notes = taken(tmp_path, HEADER + "MÃ¼ller,Köln,1\n")
    assert found[0].cells[0] == "MÃ¼ller"
    (finding,) = notes.findings()
    assert (finding.code, finding.where, "2 (Name)" in finding.detail) == ("mojibake", "contacts.csv:2", True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Name;City;Phone\nA;B;1\n", "lacks the columns city, name, phone"),
        ("Name,City\nA,B\n", "lacks the columns phone"),
        ("Report\nName,City,Phone\nA,B,1\n", "lacks the columns city, name, phone"),
        ("Name,City,Phone\nJosé,B,1\n".encode("cp1252"), "it is in cp1252"),
    ],
    ids=["delimiter", "column", "title", "encoding"],
)
@pytest.mark.promise("F-036")
def test_a_stored_dialect_that_no_longer_fits(tmp_path: Path, content: str | bytes, says: str) -> None:
    """A file that was confirmed under one dialect and comes in another is refused, with what differs."""
    stored = propose(table(tmp_path, HEADER + "A,B,1\n"), KNOWN).dialect
    with pytest.raises(UnreadableError, match=says) as refused:
        confirm(table(tmp_path, content), stored)
    assert "does not fit the stored dialect (utf-8" in str(refused.value)


def test_a_stored_dialect_that_fits(tmp_path: Path) -> None:
    """Columns may move and come new; the names decide."""
    stored = propose(table(tmp_path, HEADER + "A,B,1\n"), KNOWN).dialect
    now = confirm(table(tmp_path, "\ufeffphone,Name,City,Age\n1,A,B,30\n"), stored)
    assert now.columns == ("phone", "Name", "City", "Age")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A long file with line breaks in its cells is read in the memory of a few rows."""
    path = tmp_path / "contacts.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("Name", "City", "Phone"))
        writer.writerows((f"Name {n}", "line\nbreak", n) for n in range(150_000))
    file = table(tmp_path, path.read_bytes())
    dialect = propose(file, KNOWN).dialect
    tracemalloc.start()
    count = sum(1 for _ in rows(file, dialect, Notes("Contact", file.name)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 150_000
    assert peak < 2_000_000
