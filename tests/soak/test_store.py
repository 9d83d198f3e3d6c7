"""Killed writers of the SQLite store: a sample, and proof that the judge sees what it is to see."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from eventstore.log import Log
from tests.eventstore.conftest import make
from tests.soak.appending import ERASURES, Told, Violation, append, judge, opened
from tests.soak.conftest import Soak

APPENDS = ERASURES + 3


def test_sixty_kills(soak: Soak) -> None:
    """Sixty writers die by SIGKILL; whatever they acknowledged is there once, and the one in doubt whole or not."""
    figures = soak("store", "--kills", "60", "--seed", "1")
    assert figures["kills"] == 60
    assert figures["acknowledged"] > 30
    assert figures["doubt_stands"] + figures["doubt_absent"] == 60


class Written(msgspec.Struct):
    """A store with some appends, and what its writer told."""

    engine: Engine
    log: Log
    told: Told


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    """Sixteen appends, one of them of a person who was erased."""
    engine, log = opened(f"sqlite:///{tmp_path / 'cutover.db'}")
    told = Told()
    assert len(list(islice(append(log, "w", 0, told.hear), APPENDS))) == APPENDS
    yield Written(engine, log, told)
    engine.dispose()


def test_an_unharmed_store_is_judged_so(written: Written) -> None:
    """All that was acknowledged stands, and one that nobody acknowledged may stand as well."""
    assert judge(written.engine, written.log, "w", written.told) == APPENDS
    unheard = Told(last=APPENDS - 2, epoch=1)
    assert judge(written.engine, written.log, "w", unheard) == APPENDS


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"last": APPENDS}, "torn or lost"),
        ({"last": APPENDS - 3}, "too many"),
        ({"epoch": 2}, "epoch 2 was acknowledged"),
        ({"digests": {4: b"other"}}, "another digest"),
    ],
    ids=["lost", "two in doubt", "epoch", "digest"],
)
def test_what_contradicts_the_acknowledged_is_seen(written: Written, told: dict[str, Any], words: str) -> None:
    """A lost append, a second one in doubt, a lost epoch, another content: each is named."""
    with pytest.raises(Violation, match=words):
        judge(written.engine, written.log, "w", msgspec.structs.replace(written.told, **told))


def test_what_was_not_appended_is_seen(written: Written) -> None:
    """An event that no writer made is one too many; so is a row that was changed behind the log's back."""
    written.log.append([make("stranger")])
    with pytest.raises(Violation, match="torn or lost: \\['stranger'\\]"):
        judge(written.engine, written.log, "w", written.told)
    with written.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER events_no_update")
        connection.exec_driver_sql("UPDATE events SET actor = 'other' WHERE position = 3")
    with pytest.raises(Violation, match="does not verify: event 3"):
        judge(written.engine, written.log, "w", written.told)


def test_a_read_model_that_lies_is_seen(written: Written) -> None:
    """A count that the log does not give is named."""
    with written.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tallies SET events = events + 1 WHERE kind = 'Noted'")
    with pytest.raises(Violation, match="not the fold"):
        judge(written.engine, written.log, "w", written.told)
