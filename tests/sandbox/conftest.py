"""Fixtures of the sandbox tests."""

import pytest

from tests.sandbox.client import Client


@pytest.fixture
def account() -> Client:
    """A fresh account without limits."""
    return Client()
