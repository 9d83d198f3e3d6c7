"""Results: the files of the manifest, what they are, and what waits for a person."""

from pathlib import Path

import pytest

from adapters.sources.content import fits, is_program, kind_of
from adapters.sources.results import Results
from tests.sources.reading import finish
from tests.sources.results.export import BUNDLE, Export, copied

HEAD = "FileID,Stored Name,Original Name,Parent Type,Parent ID,Size (bytes),SHA-1,Added,Source\n"


@pytest.mark.promise("F-034")
@pytest.mark.parametrize(
    ("id", "problems", "file", "doubtful", "kind"),
    [
        pytest.param("1", "", "00000001.pdf", "", "application/pdf", id="plain"),
        pytest.param("2", "", "00000002.png", "", "image/png", id="R34", marks=pytest.mark.trap("R34")),
        pytest.param("4", "type-differs", "00000004.txt", "", "text/plain", id="R35", marks=pytest.mark.trap("R35")),
        pytest.param("5", "missing-file", "", "", "", id="R36", marks=pytest.mark.trap("R36")),
        pytest.param("6", "empty-file", "", "", "", id="R37", marks=pytest.mark.trap("R37")),
        pytest.param(
            "7", "size-differs", "", "00000007.zip", "application/zip", id="R38", marks=pytest.mark.trap("R38")
        ),
        pytest.param(
            "8", "program-file", "", "00000008.exe", "application/x-executable", id="R39", marks=pytest.mark.trap("R39")
        ),
        pytest.param("9", "climbing-name", "00000009.txt", "", "text/plain", id="R40", marks=pytest.mark.trap("R40")),
        pytest.param("10", "", "00000010.txt", "", "text/plain", id="R41", marks=pytest.mark.trap("R41")),
        pytest.param("11", "digest-differs", "", "00000011.txt", "text/plain", id="R42", marks=pytest.mark.trap("R42")),
    ],
)
def test_each_file(export: Export, id: str, problems: str, file: str, doubtful: str, kind: str) -> None:
    """A file that is what the manifest says is handed on; a doubtful one waits; each problem is a finding."""
    record = export.records["Attachment"][id].values
    found = tuple(record[key] for key in ("Problem", "File", "File To Confirm", "Detected Type"))
    assert found == (problems, file, doubtful, kind)
    assert export.codes("Attachment", id) == ([problems] if problems else [])


@pytest.mark.trap("R34")
def test_photos_and_signatures(export: Export) -> None:
    """What Field Service took says so; a document of the office does not."""
    notes = [export.cell("Attachment", id, "Source Note") for id in ("1", "2", "3")]
    assert notes == ["", "Taken with Field Service: photo", "Taken with Field Service: signature"]


@pytest.mark.trap("R35")
def test_one_name_twice(export: Export) -> None:
    """Two files of one original name are told apart by the name that they are stored under."""
    names = [export.cell("Attachment", id, "File Name") for id in ("3", "4")]
    assert names == ["signature.png", "signature.png"]
    contents = []
    for id in ("3", "4"):
        with export.source.open(export.cell("Attachment", id, "File")) as stream:
            contents.append(stream.read())
    assert contents[0].startswith(b"\x89PNG")
    assert contents[1] == b"not a png"


@pytest.mark.trap("R36")
@pytest.mark.trap("R38")
def test_what_is_said(export: Export) -> None:
    """A finding names the file and its parent by their ids, and the sizes that differ, but no person."""
    assert export.sentence("missing-file", "5") == "File 5 of Company 1002 is not in the export's folder."
    assert "(22 bytes, not 68157440)" in export.sentence("size-differs", "7")
    assert "Müller" not in " ".join(finding.detail for finding in export.told)


@pytest.mark.trap("R40")
def test_a_name_that_climbs(export: Export) -> None:
    """Of a name that leads out of the folder only the last part is used; the name as given stays in its own field."""
    record = export.records["Attachment"]["9"].values
    assert (record["Original Name"], record["File Name"]) == ("..\\..\\windows\\notes.txt", "notes.txt")


@pytest.mark.trap("R43")
def test_a_file_that_nobody_names(export: Export) -> None:
    """A file in the folder that no row names is told, and left out."""
    assert export.where("unreferenced-file") == "attachments/99999999.txt"
    names = [record.values["Stored Name"] for record in export.records["Attachment"].values()]
    assert "99999999.txt" not in names


@pytest.mark.parametrize(
    "reference", ["", "../manifest.csv", "..\\manifest.csv", "/etc/passwd", "manifest.csv", "a.txt"]
)
def test_only_the_folder_is_handed_out(export: Export, reference: str) -> None:
    """No reference leads out of the folder, whatever it says; a link in it neither."""
    with pytest.raises(FileNotFoundError, match="the export holds no file"):
        export.source.open(reference)


def test_a_link_in_the_folder(tmp_path: Path) -> None:
    """A file that is a link to somewhere else is not there."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = copied(tmp_path)
    (folder / "attachments" / "00000001.pdf").unlink()
    (folder / "attachments" / "00000001.pdf").symlink_to(tmp_path / "secret.txt")
    read = Export(folder)
    assert read.cell("Attachment", "1", "Problem") == "missing-file"
    with pytest.raises(FileNotFoundError):
        read.source.open("00000001.pdf")


def test_the_same_stored_name_in_two_folders(tmp_path: Path) -> None:
    """Names are looked up below any folder of files; where two folders have one, the whole path is needed."""
    for folder, text in (("photos", b"one"), ("documents", b"two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.txt").write_bytes(text)
    (tmp_path / "photos" / "2.txt").write_bytes(b"three")
    rows = "1,1.txt,a.txt,Deal,1,,,,\n2,photos\\1.txt,a.txt,Deal,1,,,,\n3,2.TXT,b.txt,Deal,1,,,,\n"
    (tmp_path / "manifest.csv").write_text(HEAD + rows)
    read = Export(tmp_path)
    assert [read.cell("Attachment", id, "Problem") for id in ("1", "2", "3")] == ["missing-file", "", ""]
    with read.source.open("photos\\1.txt") as stream:
        assert stream.read() == b"one"


def test_an_export_inside_a_folder_of_that_name(tmp_path: Path) -> None:
    """A folder that holds the whole export is no folder of attachments, whatever it is called."""
    copied(tmp_path / "documents")
    read = Export(tmp_path)
    assert len(read.records["Company"]) == 20
    assert read.cell("Attachment", "1", "File") == "00000001.pdf"


def test_a_changed_file_is_another_export(tmp_path: Path) -> None:
    """The fingerprint is of the files, too: an attachment that changed is seen though no table did."""
    folder = copied(tmp_path)
    before = finish(Results(folder).schema()).fingerprint
    assert before == finish(Results(BUNDLE / "export").schema()).fingerprint
    (folder / "attachments" / "00000001.pdf").write_bytes(b"%PDF-1.4 new")
    assert finish(Results(folder).schema()).fingerprint != before


def test_open_needs_no_schema() -> None:
    """A file can be opened before the export was described, as after a restart."""
    with Results(BUNDLE / "export").open("00000011.txt") as stream:
        assert stream.read() == b"edited later"


@pytest.mark.parametrize(
    ("name", "head", "kind", "fit", "program"),
    [
        ("a.docx", b"PK\x03\x04", "application/zip", True, False),
        ("a.doc", b"\xd0\xcf\x11\xe0", "application/x-ole-storage", True, False),
        ("a.doc", b"{\\rtf1", "application/rtf", True, False),
        ("a.JPG", b"\xff\xd8\xff\xe0", "image/jpeg", True, False),
        ("a.jpg", b"%PDF-1.7", "application/pdf", False, False),
        ("a.pdf", b"<html>", "text/plain", False, False),
        ("a.pdf", b"MZ\x90", "application/x-executable", False, True),
        ("a.js", b"var x", "text/plain", True, True),
        ("a.heic", b"\0\0\0\x18ftypheic", "video/mp4", True, False),
        ("a.dwg", b"AC1027\0\0", "application/octet-stream", True, False),
        ("a", b"\xff\xfeh\0i\0", "text/plain", True, False),
        ("a.png", b"\0\0\0\0", "application/octet-stream", False, False),
    ],
)
def test_content_and_name(name: str, head: bytes, kind: str, fit: bool, program: bool) -> None:
    """The first bytes tell the type; a name of another known type does not fit; programs are known by either."""
    assert (kind_of(head), fits(name, kind), is_program(name, kind)) == (kind, fit, program)
