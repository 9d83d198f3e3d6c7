"""Files: the right bytes, or a word about why there are none."""

import hashlib

import pytest

from adapters.conformance.sources.stage import Stage
from adapters.protocols import Attachments, Downloads


def test_fields_of_files(stage: Stage) -> None:
    """A source with fields of files can hand the files out; what its records name is what the bench holds."""
    fields = [(o.name, f.key) for o in stage.objects for f in o.fields if f.kind == "file"]
    named = {record.values.get(key, "").strip() for name, key in fields for record in stage.records(name)} - {""}
    if not fields:
        assert not stage.holds.files, "the bench has files, and no field names them"
        pytest.skip(f"{stage.name} has no files")
    assert isinstance(stage.source, Attachments | Downloads), f"{fields} name files that nobody can ask for"
    assert named == {*stage.holds.files, *stage.holds.missing, *stage.holds.foreign}


def test_bytes(stage: Stage) -> None:
    """Every file is the one that is known by its digest; a source that has just started has it, too."""
    if not stage.holds.files:
        pytest.skip(f"{stage.name} has no files")
    for _ in range(2):
        for reference, digest in stage.holds.files.items():
            assert _digest(stage, reference) == digest, reference
        stage.again()


def test_missing_files(stage: Stage) -> None:
    """What is not there is not found, in words."""
    if not isinstance(stage.source, Attachments | Downloads):
        pytest.skip(f"{stage.name} has no files")
    assert stage.schema
    for reference in (*stage.holds.missing, "no-such-file", "../../../etc/passwd"):
        with pytest.raises(FileNotFoundError) as error:
            _digest(stage, reference)
        assert len(str(error.value).split()) > 2, f"{reference}: {error.value!r} says nothing"


def test_foreign_files(stage: Stage) -> None:
    """A file on another host is not asked for: our credentials do not go there."""
    if not stage.holds.foreign:
        pytest.skip(f"{stage.name} has no files elsewhere")
    assert stage.schema
    for reference in stage.holds.foreign:
        sent = len(stage.said)
        with pytest.raises(FileNotFoundError):
            _digest(stage, reference)
        assert len(stage.said) == sent, f"{stage.said[sent:]} was sent for {reference}"


def _digest(stage: Stage, reference: str) -> str:
    if isinstance(stage.source, Downloads):
        return str(stage.run(stage.source.download(reference)).body["sha256"])
    assert isinstance(stage.source, Attachments)
    with stage.source.open(reference) as file:
        return hashlib.sha256(file.read()).hexdigest()
