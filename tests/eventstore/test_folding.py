"""Read models: in the append's transaction, caught up, rebuilt."""

import pytest
from sqlalchemy import Engine, delete, insert, update

from eventstore.errors import FoldOutdated
from eventstore.log import Log
from eventstore.store import writing
from tests.eventstore.conftest import Tally, make, several, tallies, tally


def rows(engine: Engine) -> dict[str, int]:
    """The rows of the read model as they stand."""
    with engine.connect() as connection:
        return tally(connection)


def test_a_read_model_is_folded_with_the_append(tally_engine: Engine) -> None:
    """When an append returns, its events are in the read model."""
    log = Log(tally_engine, "acme", folds=[Tally()])
    log.append([make("a", "Won"), make("b", "Lost"), make("c", "Won")])
    assert rows(tally_engine) == {"Won": 2, "Lost": 1}


def test_a_fold_that_fails_takes_the_append_back(tally_engine: Engine) -> None:
    """An event that a read model cannot fold is not in the log either."""
    log = Log(tally_engine, "acme", folds=[Tally()])
    log.append([make("a", "Won")])
    with pytest.raises(RuntimeError, match="cannot be folded"):
        log.append([make("b", "Won"), make("c", "Poison")])
    assert (log.head().position, rows(tally_engine)) == (1, {"Won": 1})
    assert log.verify().ok
    log.append([make("b", "Won")])
    assert rows(tally_engine) == {"Won": 2}


def test_a_new_read_model_is_folded_from_zero(tally_engine: Engine) -> None:
    """Opening a log with a read model that it did not have folds what is there, over many pages."""
    Log(tally_engine, "acme").append(several(2100))
    Log(tally_engine, "acme", folds=[Tally()])
    assert rows(tally_engine) == {"Noted": 2100}


def test_a_read_model_that_lags_catches_up(tally_engine: Engine) -> None:
    """Events appended without the read model are folded by the next opening, or by the next append with it."""
    with_model, without = Log(tally_engine, "acme", folds=[Tally()]), Log(tally_engine, "acme")
    with_model.append(several(3))
    without.append(several(3, "f"))
    assert rows(tally_engine) == {"Noted": 3}
    with_model.append(several(1, "g"))
    assert rows(tally_engine) == {"Noted": 7}
    without.append(several(2, "h"))
    Log(tally_engine, "acme", folds=[Tally()])
    assert rows(tally_engine) == {"Noted": 9}


def test_another_version_of_a_fold_is_rebuilt(tally_engine: Engine) -> None:
    """A fold whose version changed is folded anew on opening; a program with the old one may append no more."""
    old = Log(tally_engine, "acme", folds=[Tally(1)])
    old.append(several(3))
    Log(tally_engine, "acme", folds=[Tally(2)])
    assert rows(tally_engine) == {"Noted": 6}
    with pytest.raises(FoldOutdated, match="version 2 in the store and 1 in this program"):
        old.append(several(1, "f"))
    assert old.head().position == 3


@pytest.mark.promise("F-184")
def test_rebuild_gives_the_same_rows(tally_engine: Engine) -> None:
    """Emptied read models are rebuilt from the log alone, checkpoints included."""
    log = Log(tally_engine, "acme", folds=[Tally()])
    log.append([make("a", "Won"), make("b", "Lost")])
    log.mark("before", id="m", at=5, actor="Ann")
    before, marks = rows(tally_engine), log.marks()
    assert [] == log.rebuild(check=True) == log.rebuild()
    with writing(tally_engine) as connection:
        connection.execute(delete(tallies))
        connection.exec_driver_sql("DELETE FROM marks")
    assert log.marks() == []
    log.rebuild()
    assert (before, marks) == (rows(tally_engine), log.marks())


def test_rebuild_check_reports_and_changes_nothing(tally_engine: Engine) -> None:
    """A check names each row that is wrong, missing or too many, and leaves the rows as they were."""
    log, other = Log(tally_engine, "acme", folds=[Tally()]), Log(tally_engine, "other", folds=[Tally()])
    log.append([make("a", "Won"), make("b", "Lost")])
    other.append([make("a", "Won")])
    with writing(tally_engine) as connection:
        mine = tallies.c.migration == "acme"
        connection.execute(update(tallies).where(mine, tallies.c.kind == "Won").values(events=7))
        connection.execute(delete(tallies).where(mine, tallies.c.kind == "Lost"))
        connection.execute(insert(tallies).values(migration="acme", kind="Ghost", events=1))
    wrong = {"Won": 7, "Ghost": 1}
    assert wrong == rows(tally_engine)
    for _ in range(2):
        found = {d.key["kind"]: (d.old and d.old["events"], d.new and d.new["events"]) for d in log.rebuild(check=True)}
        assert found == {"Won": (7, 1), "Lost": (None, 1), "Ghost": (1, None)}
        assert wrong == rows(tally_engine)
    assert len(log.rebuild()) == 3
    assert rows(tally_engine) == {"Won": 1, "Lost": 1}
    with tally_engine.connect() as connection:
        assert tally(connection, "other") == {"Won": 1}


def test_two_read_models_cannot_have_one_name(tally_engine: Engine) -> None:
    """A name stands for one read model."""
    with pytest.raises(ValueError, match="one name"):
        Log(tally_engine, "acme", folds=[Tally(), Tally()])
