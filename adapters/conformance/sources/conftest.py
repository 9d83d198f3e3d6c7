"""Which tests there are: one for each source that is asked for, of those for which a package offers a bench."""

from collections.abc import Iterator

import pytest

from adapters.conformance.sources.bench import installed
from adapters.conformance.sources.stage import Stage


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Multiply a test by the sources."""
    if "stage" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--source") or sorted(installed())
        metafunc.parametrize("stage", wanted, indirect=True)


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A fresh system, and a source that knows nothing of it."""
    stage = Stage(request.param, installed()[request.param], tmp_path_factory.mktemp("bench"))
    yield stage
    stage.close()
