"""The export and the one of a day later, each read once a module."""

import pytest

from tests.sources.results.export import BUNDLE, Export


@pytest.fixture(scope="session")
def export() -> Export:
    return Export(BUNDLE / "export")


@pytest.fixture(scope="session")
def delta(export: Export) -> Export:
    return Export(BUNDLE / "delta" / "export", export.source.dialects)
