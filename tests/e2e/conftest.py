"""One story a session: the tests of this folder look at what was seen, they do not migrate again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.story import Base, Delta, tell_base, tell_delta
from tests.e2e.workspace import Sandbox, Workspace, migrating, sandboxed, save


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The workspace of the story, on SQLite."""
    with migrating(tmp_path_factory.mktemp("story")) as made:
        yield made


@pytest.fixture(scope="session")
def base(story: Workspace) -> Base:
    """The base export, moved."""
    return tell_base(story)


@pytest.fixture(scope="session")
def after_base(story: Workspace, base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything as it was after the base run, for tests that go on from there with `forked`."""
    return save(story, tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def delta(story: Workspace, base: Base, after_base: Path) -> Delta:
    """The delta, on top of the base; the copy of the base is taken before."""
    return tell_delta(story, base)


@pytest.fixture(scope="session")
def after_delta(story: Workspace, delta: Delta, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything as it was after the delta, for tests that go on from there with `forked`."""
    return save(story, tmp_path_factory.mktemp("delta"))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One account for all tests of a module: none of them may write to it."""
    with sandboxed(tmp_path_factory.mktemp("sandbox")) as (running, _):
        yield running
        assert running.writes() == 0
