"""A furnished account for the tests that need one."""

import pytest

from tests.destinations.account import Furnished


@pytest.fixture
def account() -> Furnished:
    """A sandbox account with fields of every kind and one record of each entity."""
    return Furnished()
