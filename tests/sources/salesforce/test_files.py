"""Files and notes, found from the records or read straight."""

import pytest

from adapters.protocols import Schema
from adapters.sources import CursorExpiredError
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.files import Files
from adapters.sources.salesforce.org import Org
from adapters.sources.salesforce.shelf import Shelf
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import PaperOrg, by_id, drive, read_all


@pytest.fixture(name="org", params=[False, True], ids=["per-record", "query-all-files"])
def _org(request: pytest.FixtureRequest) -> PaperOrg:
    return PaperOrg(everything=request.param)


@pytest.fixture(name="source")
def _source(org: PaperOrg) -> Salesforce:
    return Salesforce(ImproveIt360())


@pytest.fixture(name="schema")
def _schema(org: PaperOrg, source: Salesforce) -> Schema:
    return drive(source, org, source.schema())


@pytest.mark.trap("I27")
def test_the_latest_version_hangs_on_both_records(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """One file for two versions, on the prospect and the project; the link to the owner's user is no parent."""
    files = read_all(source, org, "File")
    contract = [f for f in files if f.id == "0695f0000000100AAA"]
    assert len({str(f.values) for f in contract}) == 1
    assert set(contract[0].values["Parents"][2:-2].split('","')) == {"a005f0000000100AAA", "a055f0000000100AAA"}
    assert contract[0].values["ParentTypes"].count("__c") == 2
    assert contract[0].values["Body"] == "ContentVersion/0685f0000000101AAA/586/Contract.pdf"
    assert contract[0].values["Checksum"] == "a8d0a75927eb4992714381e793920c03"
    described = schema.object("File")
    assert described is not None
    (link,) = described.links
    assert link.many
    assert "User" not in link.to


@pytest.mark.trap("I28")
def test_an_enhanced_note_is_a_note(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """Its HTML is fetched with it, and it is no file."""
    (note,) = read_all(source, org, "Note")
    assert note.id == "0695f0000000102AAA"
    described = schema.object("Note")
    assert described is not None
    assert note.values.keys() == {field.key for field in described.fields}
    assert note.values["Body"].startswith("<p>")
    assert note.values["Parents"] == '["a005f0000000102AAA"]'
    assert note.id not in by_id(read_all(source, org, "File"))


@pytest.mark.trap("I29")
@pytest.mark.promise("F-034")
def test_a_file_without_a_body_is_missing(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """Salesforce lists 20480 bytes and answers 404: the record is there, the body is missing, with the reason."""
    file = by_id(read_all(source, org, "File"))["0695f0000000103AAA"]
    assert file.values["ContentSize"] == "20480"
    with pytest.raises(FileNotFoundError, match=r"20480 bytes.*NOT_FOUND"):
        drive(source, org, source.download(file.values["Body"]))


@pytest.mark.trap("I30")
def test_a_name_with_slashes_stays_one_name(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """The title is kept as it is; the reference's last part is the whole name."""
    file = by_id(read_all(source, org, "File"))["0695f0000000104AAA"]
    assert file.values["Title"] == "Proposal/2025: v1?"
    assert file.values["Body"].rpartition("/")[2] == "Proposal_2025: v1?.docx"


@pytest.mark.trap("I31")
def test_attachments_are_files_too(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """A classic attachment has the same fields as a file, and its own body."""
    file = by_id(read_all(source, org, "File"))["00P5f0000000100EAA"]
    assert (file.values["Title"], file.values["ContentSize"]) == ("old photo.png", "268")
    assert file.values["Parents"] == '["a055f0000000101AAA"]'
    answer = drive(source, org, source.download(file.values["Body"]))
    assert answer.body["size"] == 268
    assert org.asked[-1].path == "/services/data/v61.0/sobjects/Attachment/00P5f0000000100EAA/Body"


def test_every_file_comes(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """Four files and an attachment, each with a body that is asked for by a new adapter without a schema."""
    found = by_id(read_all(source, org, "File"))
    assert found.keys() == {
        "0695f0000000100AAA", "0695f0000000101AAA", "0695f0000000103AAA", "0695f0000000104AAA", "00P5f0000000100EAA"
    }  # fmt: skip
    other = Salesforce(ImproveIt360())
    answer = drive(other, org, other.download(found["0695f0000000100AAA"].values["Body"]))
    assert answer.body["size"] == 586
    assert org.asked[-1].save


def test_a_body_of_another_size_is_not_taken(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """What was cut short is told, not kept."""
    with pytest.raises(FileNotFoundError, match="587 bytes, and 586 came"):
        drive(source, org, source.download("ContentVersion/0685f0000000101AAA/587/Contract.pdf"))


@pytest.mark.parametrize("reference", ["../etc/passwd", "ContentVersion/../1/x", "User/0055f0000000100AAA/1/x"])
def test_a_reference_of_ours_alone_is_followed(source: Salesforce, org: PaperOrg, reference: str) -> None:
    """Nothing but bodies of files is asked for."""
    with pytest.raises(FileNotFoundError, match="names no file"):
        drive(source, org, source.download(reference))


def test_a_note_that_cannot_be_read_keeps_its_title(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """A finding says so."""
    org.records["ContentVersion"][3]["Id"] = "0685f0000000109AAA"
    findings = []
    notes = []
    at: str | None = None
    while True:
        page = drive(source, org, source.read("Note", None, at))
        findings += page.findings
        notes += page.records
        at = page.next
        if at is None:
            break
    assert [f.code for f in findings] == ["note-missing"]
    assert [(n.values["Title"], n.values["Body"]) for n in notes] == [("Visit notes", "")]


@pytest.mark.promise("F-028")
@pytest.mark.parametrize(("object", "at"), [("File", "links:Gone__c:a9"), ("File", "old:00P9"), ("Note", "old:0029")])
def test_a_cursor_in_what_is_hidden_now_begins_anew(org: PaperOrg, object: str, at: str) -> None:
    """Another run left it in an object that our user no longer sees: no failure, the files are read from the start."""
    files = Files(Org(), Shelf({}, all_files=False), [], {})
    source = Salesforce(ImproveIt360())
    with pytest.raises(CursorExpiredError, match="read anew"):
        drive(source, org, files.page(object, at))
    assert drive(source, org, files.page(object, None)).records == ()
