"""Files: kept by digest, uploaded with their names, or turned into links; each missing one is named."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import pytest

from adapters.protocols import Finding, Identity, Link, ObjectSchema
from engine.attachments import Stored, address, bare_name
from engine.extract import describe
from engine.filestore import FileStore
from engine.mapfile import render
from engine.mapping import FilesMap, MapError, Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Tables, begin, column
from tests.engine.world import World

PDF = b"%PDF-1.7 an order" * 100
PHOTO = b"\x89PNG" + bytes(range(256)) * 40
FILES = {"orders/4711.pdf": PDF, "photo.png": PHOTO}

ROWS = {
    "Company": [{"ID": "7", "Name": "Acme"}],
    "Attachment": [
        {"ID": "1", "File": "orders/4711.pdf", "Called": "Order 4711.pdf", "Company": "7"},
        {"ID": "2", "File": "photo.png", "Called": "", "Company": "7"},
        {"ID": "3", "File": "lost.doc", "Called": "Lost.doc", "Company": "7"},
    ],
    "Note": [{"ID": "9", "Text": '<p>See <img src="cid:logo.png" alt="our logo"></p>', "Company": "7"}],
}


COMPANY = Link(name="company", to=("Company",), id_field="Company")
OBJECTS = (
    ObjectSchema(name="Company", label="Company", fields=(column("ID"), column("Name")), title=("Name",), count=1,
                 identity=Identity(id_field="ID")),
    ObjectSchema(name="Attachment", label="Attachment", count=3, identity=Identity(id_field="ID"), links=(COMPANY,),
                 fields=(column("ID"), column("File", "file"), column("Called"), column("Company"))),
    ObjectSchema(name="Note", label="Note", count=1, identity=Identity(id_field="ID"), links=(COMPANY,),
                 fields=(column("ID"), column("Text", "html"), column("Company"))),
)  # fmt: skip


class Cabinet(Tables):
    """A source with a company, three attachments of which one has no file, and a note with a picture inside."""

    def open(self, reference: str) -> BinaryIO:
        """The content of a file."""
        if reference not in FILES:
            raise FileNotFoundError(reference)
        return io.BytesIO(FILES[reference])


def mapping(files: FilesMap | None = None, to: str = "file") -> Mapping:
    """The map of the cabinet; `to`: the entity of its attachments."""
    content = {"File": Rule(to="content"), "Called": Rule(to="content", part="name")}
    text = {"File": Rule(to="content"), "Called": Rule(block="Called")}
    return Mapping(
        zone="UTC",
        currency="USD",
        files=files or FilesMap(),
        object={
            "Company": ObjectMap(to="organization", fields={"ID": KEY, "Name": Rule(to="name")}),
            "Attachment": ObjectMap(
                to=to,
                links={"company": "org_id"},
                fields={"ID": KEY, "Company": Rule(link="company"), **(content if to == "file" else text)},
            ),
            "Note": ObjectMap(
                to="note",
                links={"company": "org_id"},
                fields={"ID": KEY, "Company": Rule(link="company"), "Text": Rule(to="content")},
            ),
        },
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(source=Cabinet(OBJECTS, ROWS), files=tmp_path / "files")
    yield made
    made.close()


def moved(world: World, made: Mapping) -> dict[str, list[dict[str, object]]]:
    """Everything that the account holds after the run."""
    begin(world, made, sample=20)
    assert world.migration.run().outcome == "done"
    return world.wire.records()


def findings(world: World) -> list[Finding]:
    """What people are told of the data."""
    return list(world.migration.findings())


@pytest.mark.promise("F-133")
@pytest.mark.promise("F-116")
def test_a_file_arrives_whole_under_its_own_name(world: World) -> None:
    """Name, size and digest agree, on the right parent; no upload leaves before its parent has an id."""
    files = moved(world, mapping())["files"]
    assert {f["name"]: f["file_size"] for f in files} == {"Order 4711.pdf": len(PDF), "photo.png": len(PHOTO)}
    organization = world.wire.records()["organizations"][0]["id"]
    assert {f["org_id"] for f in files} == {organization}
    ids = [str(f["id"]) for f in files]
    read = world.wire.one(world.account.destination.fetch("file", ids, ["content"]))
    digests = {r.values["content"]["name"]: r.values["content"]["digest"] for r in read.values()}
    assert digests == {
        "Order 4711.pdf": hashlib.sha256(PDF).hexdigest(), "photo.png": hashlib.sha256(PHOTO).hexdigest(),
    }  # fmt: skip
    posts = [r.path for r in world.wire.writes if r.method == "POST"]
    assert posts.index("/api/v2/organizations") < posts.index("/v1/files")
    assert world.migration.reconcile().ok


def test_the_log_holds_the_digest_and_not_the_bytes(world: World) -> None:
    """What was kept of a file is in the event of its record; the content is in the workspace alone, once."""
    moved(world, mapping())
    folder = world.migration.files.folder  # type: ignore[union-attr]
    assert sorted(p.name for p in folder.iterdir()) == sorted(hashlib.sha256(c).hexdigest() for c in (PDF, PHOTO))
    for event in world.journal.log.read():
        data = world.journal.log.open(event)
        assert b"an order" not in msgspec.json.encode(data)


def test_a_second_run_uploads_nothing(world: World) -> None:
    """The same files, read again, ask for no write."""
    moved(world, mapping())
    writes = len(world.wire.writes)
    assert world.migration.run().outcome == "done"
    assert len(world.wire.writes) == writes


@pytest.mark.promise("F-034")
def test_a_file_that_the_source_has_not_is_named(world: World) -> None:
    """A reference without a file is told at the extraction, and its record waits for a person."""
    moved(world, mapping())
    extraction = world.view.fact("extraction")
    assert extraction is not None
    (asked,) = [q for q in world.migration.reviews(None) if q.kind == "file-missing"]
    assert (asked.object, asked.choice) == ("Attachment", "skip")
    assert world.counts()["Attachment"]["skipped"] == 1


@pytest.mark.promise("F-135")
def test_a_missing_file_may_be_named_by_a_note_on_the_same_parent(world: World) -> None:
    """The reference is linked again in words; when the file turns up it is uploaded, and the note goes."""
    begin(world, mapping(), sample=20, answer="note")
    assert world.migration.run().outcome == "done"
    (note,) = [n for n in world.wire.records()["notes"] if "Lost.doc" in str(n["content"])]
    assert note["org_id"] == world.wire.records()["organizations"][0]["id"]
    assert "File: Lost.doc. It is not moved" in str(note["content"])
    *others, lost = ROWS["Attachment"]
    there = {**ROWS, "Attachment": [*others, lost | {"File": "photo.png"}]}
    world.migration.ways({})[0].source.rows = there  # type: ignore[union-attr]
    assert world.migration.sync().outcome == "done"
    assert len(world.wire.records()["files"]) == 3
    assert not [n for n in world.wire.records()["notes"] if "Lost.doc" in str(n["content"])]
    assert world.migration.reconcile().ok


def test_what_an_extraction_found_is_told_with_the_rest(world: World) -> None:
    """A file that is not there is in the findings of `discover`."""
    moved(world, mapping())
    (found,) = [f for f in findings(world) if f.code == "file-missing"]
    assert (found.object, found.where) == ("Attachment", "Attachment 3")


@pytest.mark.promise("F-136")
@pytest.mark.parametrize(
    "files",
    [FilesMap(limit_bytes=len(PDF) + 1, link="https://files.acme.example/{digest}/{name}"),
     FilesMap(refuse=(".png",), link="https://files.acme.example/{digest}/{name}"),
     FilesMap(refuse=(".PNG",), link="https://files.acme.example/{digest}/{name}")],
    ids=["too large", "an ending that is refused", "an ending in capitals"],
)  # fmt: skip
def test_what_is_too_much_becomes_a_link_on_the_same_parent(world: World, files: FilesMap) -> None:
    """The oversize file is not uploaded: a note on its parent says its name, size, digest and address."""
    there = moved(world, mapping(files))
    assert [f["name"] for f in there["files"]] == ["Order 4711.pdf"]
    digest = hashlib.sha256(PHOTO).hexdigest()
    (note,) = [n for n in there["notes"] if "photo.png" in str(n["content"])]
    assert f"https://files.acme.example/{digest}/photo.png" in str(note["content"])
    assert f"{len(PHOTO)} bytes" in str(note["content"])
    assert note["org_id"] == there["organizations"][0]["id"]
    assert "file-linked" in {f.code for f in findings(world)}


@pytest.mark.promise("F-135")
def test_a_reference_may_be_linked_in_words_or_uploaded(world: World) -> None:
    """The way of transfer is the map's choice: mapped to a note, each file is described there and none is uploaded."""
    there = moved(world, mapping(to="note"))
    assert there["files"] == []
    described = [str(n["content"]) for n in there["notes"] if "SHA-256" in str(n["content"])]
    assert len(described) == 2
    assert any(hashlib.sha256(PDF).hexdigest() in text for text in described)


@pytest.mark.promise("F-137")
def test_a_picture_inside_a_note_is_shown_or_named(world: World) -> None:
    """A picture that lies inside the old system is named in its place, and told; one on the web stays."""
    there = moved(world, mapping())
    (note,) = [n for n in there["notes"] if "See" in str(n["content"])]
    assert "picture not moved: our logo" in str(note["content"])
    assert "image-not-moved" in {f.code for f in findings(world)}


def test_the_store_keeps_to_its_folder(tmp_path: Path) -> None:
    """No name from outside becomes a path: a file lies under its digest, and only a digest is looked up."""
    store = FileStore(tmp_path / "files")
    stored = store.keep(io.BytesIO(PDF), "../../etc/passwd\x00")
    assert stored == Stored(digest=hashlib.sha256(PDF).hexdigest(), size=len(PDF), name="passwd")
    assert store.path(stored.digest).read_bytes() == PDF
    assert [p.name for p in tmp_path.iterdir()] == ["files"]
    for bad in ("../secret", "", "A" * 64, stored.digest[:-1]):
        with pytest.raises(ValueError, match="no digest"):
            store.path(bad)


@pytest.mark.parametrize(
    ("name", "bare"),
    [("a/b/Order.pdf", "Order.pdf"), ("C:\\docs\\Order.pdf", "Order.pdf"), ("..", "file"), ("", "file"),
     ("Grüße.txt", "Grüße.txt"), ("a" * 300 + ".txt", "a" * 196 + ".txt"), ("what?.txt", "what.txt")],
)  # fmt: skip
def test_bare_names(name: str, bare: str) -> None:
    """A file's name holds no folder and nothing that no system takes."""
    assert bare_name(name) == bare


def test_a_link_template_is_checked_with_the_map(world: World) -> None:
    """Braces that nobody fills, and endings without a dot, are named before the map is confirmed."""
    world.migration.describe_destination()
    schema, _ = describe(world.journal, world.view, (world.migration.ways({})[0].source, None))
    for files, words in (
        (FilesMap(link="https://x/{folder}"), "files.link"),
        (FilesMap(refuse=("exe",)), "files.refuse"),
    ):
        with pytest.raises(MapError, match=words):
            world.migration.confirm(render(mapping(files), schema))


def test_an_address_is_quoted() -> None:
    """A file's name with blanks and signs makes an address that holds."""
    assert address("https://x/{digest}/{name}", "ab", "a b#1.pdf") == "https://x/ab/a%20b%231.pdf"
