"""Many writers, and writers that die."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from eventstore.errors import Conflict
from eventstore.log import Log
from tests.eventstore.conftest import make, several

ROOT = Path(__file__).parents[2]


def start(url: str, writer: str, *, batch: int, batches: int) -> "subprocess.Popen[str]":
    """Starts a writing process."""
    command = [sys.executable, "-m", "tests.eventstore.writer", url, writer, str(batch), str(batches)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_threads_lose_and_double_nothing(log: Log) -> None:
    """Eight threads append at once: every event is there once, in gapless order, in one chain."""

    def write(thread: int) -> None:
        for n in range(20):
            log.append(several(3, f"{thread}-{n}-"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    ids = [e.id for e in log.read()]
    assert 8 * 20 * 3 == len(set(ids)) == len(ids) == log.head().position
    assert log.verify().ok


def test_one_of_many_that_expect_the_same_head_wins(log: Log) -> None:
    """Of eight writers that all expect an empty log, one is recorded and seven are told."""

    def write(thread: int) -> bool:
        try:
            log.append([make(f"{thread}")], expect=0)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert log.head().position == 1


def test_two_that_repeat_one_append_record_it_once(log: Log) -> None:
    """The same append from eight threads at once, sealed parts included, is recorded once, and all get the same."""
    batch = [make(f"e{n}", object="contact", key=f"{n}", sealed={"name": f"N{n}"}) for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(log.append, [batch] * 8))
    assert all(results[0] == result for result in results)
    assert log.head().position == 20


def test_processes_lose_and_double_nothing(engine: Engine, store_url: str) -> None:
    """Three processes append at once: gapless, complete, one chain, every sealed part opens."""
    writers = [start(store_url, f"w{n}", batch=7, batches=20) for n in range(3)]
    printed = [int(line) for writer in writers for line in writer.communicate(timeout=120)[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    log = Log(engine, "acme")
    assert sorted(printed) == list(range(7, 421, 7))
    assert 420 == len({e.id for e in log.read()}) == log.head().position
    assert log.verify().ok
    assert sum("name" in (members or {}) for members in log.open_many(log.read())) == 180


@pytest.mark.parametrize("acknowledged", [1, 5, 12])
def test_a_killed_writer_leaves_a_sound_log(engine: Engine, store_url: str, acknowledged: int) -> None:
    """SIGKILL in the midst of appends: every acknowledged event is there, nothing by halves, and the log goes on."""
    with start(store_url, "w", batch=10, batches=1_000_000) as writer:
        assert writer.stdout is not None
        last = [int(writer.stdout.readline()) for _ in range(acknowledged)][-1]
        writer.kill()
    log = Log(engine, "acme")
    end = log.head().position
    assert end >= last
    assert end % 10 == 0
    assert end == log.verify().events
    assert log.verify().ok
    assert all(members is not None for members in log.open_many(log.read()))
    log.append([make("next")])
    assert end + 1 == log.head().position
