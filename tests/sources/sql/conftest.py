"""The made-up shop on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.sources.sql.shop import fill


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        (tmp_path / "a shop #1%.db").touch()
        return f"sqlite:///{tmp_path / 'a shop #1%.db'}"
    return str(request.getfixturevalue("database"))


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """A way to write to the database behind the source's back."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def shop(url: str, engine: sa.Engine) -> str:
    """The address of the shop."""
    fill(engine)
    return url
