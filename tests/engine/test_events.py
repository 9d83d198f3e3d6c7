"""The catalogue: every event is in it, and what is personal is sealed and can be missing."""

import msgspec
import pytest

from engine import events, state
from engine.events import CATALOGUE, Body, RecordExtracted, ReviewOpened, WriteIntended
from engine.journal import Entry
from tests.engine.world import journal_at


def test_the_catalogue_is_complete() -> None:
    """Every kind of event that the module defines is in the catalogue under its stored name."""
    defined = {n for n, c in vars(events).items() if isinstance(c, type) and issubclass(c, Body) and c is not Body}
    assert set(CATALOGUE) == defined
    assert set(state._HANDLERS) <= defined


@pytest.mark.parametrize("kind", CATALOGUE)
def test_sealed_fields_exist_and_may_be_missing(kind: str) -> None:
    """A sealed field is a field of the body with a default: it is absent when empty, and when its key is destroyed."""
    fields = {f.name: f for f in msgspec.structs.fields(CATALOGUE[kind])}
    for name in CATALOGUE[kind].SEALED:
        assert not fields[name].required, name
    assert (CATALOGUE[kind].__doc__ or "").strip()


@pytest.mark.parametrize("name", ["fields", "values", "answer", "request", "message", "question", "choices", "schema",
                                  "before", "whole", "findings", "text"])  # fmt: skip
def test_what_may_name_a_person_is_sealed_wherever_it_stands(name: str) -> None:
    """Values, answers, words and images are sealed in every event that has them."""
    for kind, body in CATALOGUE.items():
        assert name not in body.__struct_fields__ or name in body.SEALED, kind


def test_a_body_comes_back_as_it_was_recorded() -> None:
    """Open and sealed parts meet again; the stored text has only the open one."""
    journal = journal_at()
    body = RecordExtracted(
        number=1, fingerprint="f", aliases=["a"], identity="new", where="x", values={"Name": "Ann Lee"}
    )
    recorded = journal.record(body, ("Contact", "contact:1"))
    assert journal.body(recorded, RecordExtracted) == body
    assert "Ann Lee" not in recorded.body
    assert '"where":"x"' in recorded.body
    journal.log._engine.dispose()


def test_an_erased_body_is_none() -> None:
    """After its key is destroyed a body is gone, one by one and among many, and its neighbours are not."""
    journal = journal_at()
    for key in ("r1", "r2", "r3"):
        question = ReviewOpened(review=key, kind="owner", blocking=True, question=f"Who is {key}?")
        journal.record(question, ("Owner", key))
    journal.log.vault.destroy("Owner", "r2")
    assert [b.review for _, b in journal.bodies(ReviewOpened)] == ["r1", "r3"]
    assert [b.review for _, b in journal.bodies(ReviewOpened, newest_first=True)] == ["r3", "r1"]
    assert journal.at(2, ReviewOpened) is None
    opened = journal.open_all(journal.log.read(), ReviewOpened)
    assert [b and b.review for _, b in opened] == ["r1", None, "r3"]
    newest = journal.latest(ReviewOpened)
    assert newest is not None
    assert newest[1].question == "Who is r3?"
    journal.log._engine.dispose()


def test_a_batch_is_whole_or_not_at_all() -> None:
    """When one event of a batch cannot be recorded, none is."""
    journal = journal_at()
    good = WriteIntended(target="t", entity="person", action="create")
    with pytest.raises(Exception, match="cause"):
        journal.record_all([Entry(good, ("Contact", "c")), Entry(good, ("Contact", "d"), 99)])
    assert list(journal.log.read()) == []
    journal.log._engine.dispose()
