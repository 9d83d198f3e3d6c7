"""One furnished account for the tests that only read it or put it back."""

import pytest

from tests.destinations_nutshell.account import Furnished


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    """An account with a record of each entity."""
    return Furnished()
