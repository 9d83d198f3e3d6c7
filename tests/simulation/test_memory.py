"""What the log in memory folds and answers is what the store's log folds and answers, for every public question."""

import inspect
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from engine.rows import SqlRows, Test, Where, having
from engine.state import StateFold
from engine.tables import TABLES
from engine.view import Part, View
from eventstore import proof, rows
from eventstore.codec import Recorded
from eventstore.log import Log
from eventstore.store import migrate, open_engine, writing
from eventstore.tables import heads
from tests.engine.world import Bytes
from tests.simulation.memory_journal import MemoryJournal
from tests.simulation.memory_log import MemoryLog, MemoryStore
from tests.simulation.memory_rows import MemoryRows
from tests.simulation.memory_view import MemoryView
from tests.simulation.play import Play
from tests.simulation.scenarios import SCENARIOS, play
from tests.simulation.stores import InMemory
from tests.simulation.weather import draw

Asked = tuple[tuple[Any, ...], dict[str, Any]]

TARGETS = ("production", "nowhere")


@cache
def _played(name: str, seed: int) -> Play:
    played = play(name, seed, draw(random.Random(seed)))
    played.run()
    played.machine.over = True
    return played


def _memory(name: str, seed: int) -> MemoryStore:
    store = _played(name, seed).store
    assert isinstance(store, InMemory)
    return store.store


@cache
def _database(name: str, seed: int) -> Log:
    """The same events and keys in a real store, which folds them as it opens."""
    memory = _memory(name, seed)
    engine = open_engine("sqlite://")
    migrate(engine)
    log = Log(engine, memory.migration, folds=[StateFold()], entropy=Bytes())
    head = memory.head
    with writing(engine) as connection:
        rows.insert(connection, memory.migration, memory.events)
        connection.execute(update(heads).values(position=head.position, digest=head.digest, epoch=head.epoch))
    log = Log(engine, memory.migration, folds=[StateFold()], entropy=Bytes())
    log.vault._keep(
        [{"migration": log.migration, "subject": name, "key": key, "created": 0} for name, key in memory.keys.items()]
    )
    return log


PLAYS = pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in SCENARIOS for seed in (3, 7)])


@PLAYS
def test_both_fold_alike(name: str, seed: int) -> None:
    """Row by row, in every table; and a rebuild finds nothing to change."""
    memory, log = _memory(name, seed), _database(name, seed)
    with log._engine.connect() as connection:
        for table in TABLES:
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
            assert _sorted(found) == _sorted(memory.rows.tables[table.name].values())
    assert MemoryLog(memory, Bytes()).rebuild(check=True) == []


def _sorted(found: Iterable[Mapping[str, Any]]) -> list[list[tuple[str, Any]]]:
    return sorted((sorted(row.items()) for row in found), key=repr)


def _public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


# --- the view ------------------------------------------------------------------------------------------------------


def _each(values: Any) -> Iterator[Asked]:
    yield from (((value,), {}) for value in values)


def _objects(store: MemoryStore) -> list[str]:
    return sorted({row["object"] for row in store.rows.tables["records"].values()} | {"Nothing"})


def _links(store: MemoryStore) -> list[tuple[str, Part, str]]:
    """(target, what it stands for, id) of each link, and of some that are none."""
    rows = store.rows.tables["links"].values()
    found = [(r["target"], Part(r["entity"], r["object"], r["key"], r["part"]), r["id"]) for r in rows]
    return [*found, ("nowhere", found[0][1], found[0][2]), ("production", Part("deal", "Deal", "none"), "0")]


def _keys(store: MemoryStore) -> Iterator[Asked]:
    keys = [key for _, key in store.rows.tables["records"]]
    yield from (((object, [*keys[:n], "none"]), {}) for object in _objects(store) for n in (0, 1, len(keys)))


def _unseen(store: MemoryStore) -> Iterator[Asked]:
    for object in _objects(store):
        yield from (((object, extraction), {"before": at}) for extraction in (0, 1) for at in (0, 9, 10**6))


def _known_ids(store: MemoryStore) -> Iterator[Asked]:
    ids = [id for _, _, id in _links(store)]
    yield from (((target, part.entity, ids), {}) for target, part, _ in _links(store))


QUESTIONS: dict[str, Callable[[MemoryStore], Iterator[Asked]]] = {
    "fact": lambda s: _each([*(name for (name,) in s.rows.tables["facts"]), "nothing"]),
    "on_hold": lambda _s: iter([((), {})]),
    "records": lambda s: iter([((), {}), *_each(_objects(s))]),
    "known": lambda s: _each(_objects(s)),
    "alias_rows": lambda s: _each(_objects(s)),
    "by_keys": _keys,
    "last_number": lambda s: _each(_objects(s)),
    "unseen": _unseen,
    "tally": lambda s: _each(range(0, s.head.position + 2, 3)),
    "aliases": lambda s: _each(_objects(s)),
    "links": lambda _s: iter([((t,), {"alive_only": alive}) for t in TARGETS for alive in (True, False)]),
    "link": lambda s: iter([((t, p), {"alive_only": alive}) for t, p, _ in _links(s) for alive in (True, False)]),
    "by_id": lambda s: iter([((t, p.entity, id), {}) for t, p, id in _links(s)]),
    "known_ids": _known_ids,
    "entities": lambda _s: _each(TARGETS),
    "in_doubt": lambda _s: _each([None, *TARGETS]),
    "doubts": lambda _s: _each(TARGETS),
    "unswept": lambda _s: _each(TARGETS),
    "reviews": lambda _s: iter([((), {"status": status}) for status in ("open", "resolved", "withdrawn", None)]),
    "dispositions": lambda _s: _each(TARGETS),
    "disposed": lambda _s: _each(TARGETS),
    "disposed_at": lambda s: iter([((t, p), {}) for t, p, _ in _links(s)]),
}
"""What is asked of each public method of the view, by what a store holds."""


def _plain(answer: Any) -> Any:
    """An answer, an iterator as a list, a dictionary with its order where SQLite has one."""
    return list(answer) if isinstance(answer, Iterator) else answer


def test_every_public_question_is_asked() -> None:
    """A new method of the view is not forgotten."""
    assert QUESTIONS.keys() == _public(View)


@PLAYS
def test_both_answer_alike(name: str, seed: int) -> None:
    """Every public question, with all that may be asked of this log."""
    memory, log = _memory(name, seed), _database(name, seed)
    sql, view = View(log._engine, log.migration), MemoryView(memory)
    for question, asked in QUESTIONS.items():
        for args, named in asked(memory):
            answers = [_plain(getattr(one, question)(*args, **named)) for one in (sql, view)]
            assert answers[0] == answers[1], (question, args, named)
            if question in ("links", "disposed"):  # the engine goes through them: the order is part of a story
                assert list(answers[0]) == list(answers[1]), (question, args, named)


# --- the log -------------------------------------------------------------------------------------------------------


def _reads(store: MemoryStore) -> Iterator[Asked]:
    kinds = [(), ("WriteApplied",), ("WriteIntended", "WriteApplied"), ("Nothing",)]
    subjects: list[dict[str, Any]] = [{}, {"object": "Company"}, {"object": "Company", "key": store.events[-1].key}]
    for wanted in kinds:
        for subject in subjects:
            for part in ({}, {"after": 7}, {"after": 3, "until": 60}, {"limit": 4}, {"newest_first": True, "limit": 3}):
                yield (), {"kinds": wanted, **subject, **part}


def _sealed(store: MemoryStore) -> list[Recorded]:
    return store.events[:: max(1, len(store.events) // 40)]


ASKED: dict[str, Callable[[MemoryStore], Iterator[Asked]]] = {
    "head": lambda _s: iter([((), {})]),
    "read": _reads,
    "at": lambda s: _each([1, s.head.position]),
    "many": lambda s: _each([[0, 1, 5, s.head.position + 1]]),
    "open": lambda s: _each(_sealed(s)),
    "open_many": lambda s: _each([_sealed(s)]),
    "find_time": lambda s: _each([0, *(e.at for e in s.events[::9])]),
    "marks": lambda _s: iter([((), {})]),
    "verify": lambda s: iter([((), {"after": after}) for after in (0, 1, 6, s.head.position)]),
    "prove": lambda s: _each([1, s.head.position // 2, s.head.position]),
    "rebuild": lambda _s: iter([((), {"check": True})]),
}
"""What is asked of each public method of the log that changes nothing; the others make the stories."""


def test_every_public_method_of_the_log_is_asked() -> None:
    """A new method of the log is not forgotten."""
    assert ASKED.keys() | {"append", "take", "mark"} == _public(Log)


@PLAYS
def test_both_logs_answer_alike(name: str, seed: int) -> None:
    """Every method that changes nothing, proofs included."""
    memory, log = _memory(name, seed), _database(name, seed)
    for question, asked in ASKED.items():
        for args, named in asked(memory):
            answers = [_plain(getattr(one, question)(*args, **named)) for one in (log, MemoryLog(memory, Bytes()))]
            assert answers[0] == answers[1], (question, args, named)
    assert all(proof.holds(log.prove(p)) for p in (1, memory.head.position))


def test_a_changed_event_does_not_verify() -> None:
    """The check is a real one: one byte of a body, and the log in memory says where."""
    store = _memory("sync", 3).copy()
    store.events[9] = msgspec.structs.replace(store.events[9], body=store.events[9].body + " ")
    verified = MemoryLog(store, Bytes()).verify()
    assert not verified.ok and verified.first_bad == 10


def test_a_changed_row_is_found_by_a_rebuild() -> None:
    """So is a row that no event put there."""
    store = _memory("sync", 3).copy()
    store.rows.change(TABLES[0], {"fingerprint": "other"}, *having(object="Company", key=_key(store)))
    [found] = MemoryLog(store, Bytes()).rebuild(check=True)
    assert found.table == "records" and found.old is not None and found.old["fingerprint"] == "other"


def _key(store: MemoryStore) -> str:
    return next(str(key) for object, key in store.rows.tables["records"] if object == "Company")


@PLAYS
def test_nobody_changes_what_the_journal_has_opened(name: str, seed: int) -> None:
    """Bodies are opened once and shared by processes: each is still what its event says."""
    memory = _memory(name, seed)
    journal = MemoryJournal(MemoryLog(memory, Bytes()), actor="judge", now=lambda: 0, new_id=lambda: "")
    by_digest = {event.digest: event for event in memory.events}
    shared = [(at, body) for at, body in {**memory.opened_before, **memory.opened}.items() if at[0] in by_digest]
    assert shared
    for (digest, kind), body in shared:
        data = journal.log.open(by_digest[digest])
        assert (None if data is None else msgspec.convert(data, kind)) == body


# --- rows ----------------------------------------------------------------------------------------------------------


def test_rows_are_the_same_on_every_database(store_url: str) -> None:
    """A thousand changes by lot, with every kind of condition, on a real database and in memory."""
    engine, dice = open_engine(store_url), random.Random(5)
    migrate(engine)
    table, memory = TABLES[2], MemoryRows("acme")
    column: dict[str, list[Any]] = {
        "object": ["A", "a", "A/", "Ab", "B"],
        "key": ["x/1", "X/1", "x/", "x0", "é"],
        "created": [1, 2, 3],
    }

    def where() -> list[Where]:
        made = []
        for name in dice.sample(sorted(column), dice.randint(0, 3)):
            test: Test = dice.choice(("is", "from", "below", "in"))
            value = dice.choice(column[name])
            made.append(Where(name, test, [value, column[name][0]] if test == "in" else value))
        return made

    with writing(engine) as connection:
        database = SqlRows(connection, "acme")
        for number in range(1000):
            key = {name: dice.choice(column[name]) for name in ("object", "key")}
            row = {"target": "p", "entity": "e", "part": "", **key, "id": str(number), "alive": dice.random() < 0.5}
            row |= {"adopted": False, "applied": 0, "intent": 0, "whole_hash": "", "created": dice.choice((1, 2, 3))}
            conditions, kind = where(), dice.random()
            for one in (database, memory):
                if kind < 0.7:
                    one.put(table, row)
                elif kind < 0.9:
                    one.change(table, {"applied": number, "alive": True}, *conditions)
                else:
                    one.remove(table, *conditions, Where("created", "is", 2))
            found, kept = database.first(table, *having(**key)), memory.first(table, *having(**key))
            assert found == kept
            assert (database.first(table, *conditions) is None) == (memory.first(table, *conditions) is None)
        everything = [dict(found) for found in connection.execute(select(table)).mappings()]
    engine.dispose()
    assert _sorted(everything) == _sorted(memory.tables[table.name].values())
