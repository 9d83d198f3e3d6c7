"""Section 9: files where nothing can be uploaded, and where the source hands none out."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from adapters.protocols import Flow, Lack, Schema
from engine.discover import reading
from engine.mapping import FilesMap, Mapping, ObjectMap, Rule
from ops.scope import scope
from tests.contract.trade import MAP, Amounts, House
from tests.engine.tables import KEY
from tests.engine.test_files import FILES, OBJECTS, PDF, ROWS, Cabinet
from tests.engine.world import World
from tests.promises.scenes import log, of_source

ADDRESS = "https://files.acme.example/{digest}/{name}"
CABINET = Mapping(
    zone="UTC",
    currency="USD",
    files=FilesMap(link=ADDRESS),
    object={
        "Company": ObjectMap(to="account", fields={"ID": KEY, "Name": Rule(to="name")}),
        "Attachment": ObjectMap(
            to="note",
            links={"company": "account_id"},
            fields={
                "ID": KEY,
                "File": Rule(to="text"),
                "Called": Rule(block="Called"),
                "Company": Rule(link="company"),
            },
        ),
        "Note": ObjectMap(
            to="note",
            links={"company": "account_id"},
            fields={"ID": KEY, "Text": Rule(to="text"), "Company": Rule(link="company")},
        ),
    },
)
"""The cabinet into Nutshell, which takes no upload."""

NO_EXPORT = Lack(
    action="export", entity="file", what="Files cannot be exported from the trading house.",
    instead="They are not moved; they stay there until the customer saves them by hand.",
)  # fmt: skip


@pytest.fixture
def at_nutshell(tmp_path: Path) -> Iterator[World]:
    """The cabinet, moved into Nutshell; the file that it lost is skipped."""
    world = of_source(Cabinet(OBJECTS, ROWS), CABINET, "nutshell", tmp_path / "files")
    for question in world.migration.reviews():
        if question.blocking:
            world.migration.resolve([question.id], "skip", "test")
    assert world.migration.run().outcome == "done"
    yield world
    world.close()


@pytest.mark.promise("F-133")
def test_where_nothing_can_be_uploaded_a_note_tells_of_each_file(at_nutshell: World) -> None:
    """Name, size and digest agree with the file, a link says where it lies, on the record that it belonged to."""
    (account,) = at_nutshell.wire.records()["accounts"]
    notes = [n for n in at_nutshell.wire.records()["notes"] if "SHA-256" in n["body"]]
    assert {note["links"]["parent"] for note in notes} == {account["id"]}
    for content in FILES.values():
        digest = hashlib.sha256(content).hexdigest()
        (note,) = [n for n in notes if digest in n["body"]]
        assert f"{len(content)} bytes" in note["body"]
        assert f"https://files.acme.example/{digest}/" in note["body"]
    assert [n for n in notes if "Order 4711.pdf" in n["body"] and hashlib.sha256(PDF).hexdigest() in n["body"]]
    assert not any(request.upload for request in at_nutshell.wire.exchanges)
    assert at_nutshell.migration.reconcile().ok


@pytest.mark.promise("F-133")
def test_that_no_file_can_be_uploaded_is_said_beforehand(at_nutshell: World) -> None:
    """The limits name it, with what is done instead."""
    limits, _ = at_nutshell.migration.limits()
    (limit,) = [limit for limit in limits if limit.action == "upload"]
    assert "note" in limit.instead


@pytest.mark.promise("F-137")
def test_a_picture_inside_a_note_is_named_there_too(at_nutshell: World) -> None:
    """Nutshell's notes are plain: the picture that lies inside the old system is named in its place, and told."""
    assert any("picture not moved: our logo" in note["body"] for note in at_nutshell.wire.records()["notes"])
    assert "image-not-moved" in {finding.code for finding in at_nutshell.migration.findings()}


class Closed(House):
    """A trading house that hands out no file."""

    def schema(self) -> Flow[Schema]:
        """What it holds, and what it cannot do."""
        made = yield from super().schema()
        without = tuple(o for o in made.objects if o.name not in ("File", "Drive"))
        return msgspec.structs.replace(made, objects=without, lacks=(NO_EXPORT,))


@pytest.mark.promise("F-134")
def test_files_without_an_export_are_declared_not_moved(tmp_path: Path) -> None:
    """Before the start: the scope says so, and what becomes of them; in the run no upload is tried."""
    mapping = msgspec.structs.replace(
        MAP, object={name: one for name, one in MAP.object.items() if name not in ("File", "Drive")}
    )
    world = of_source(Closed(Amounts()), mapping, files=tmp_path)
    past = world.migration.history()
    read = reading(world.journal, world.view)
    text = scope(past.source, past.destination, world.migration.findings(), *world.migration.limits(), read, ())
    assert f"- {NO_EXPORT.what} {NO_EXPORT.instead}" in text
    assert log(world, "RunFinished")[-1]["body"]["verb"] == "sample"
    assert world.migration.run().outcome == "done"
    assert not any(request.upload or "/files" in request.path for request in world.wire.writes)
    assert world.wire.records()["files"] == []
    world.close()
