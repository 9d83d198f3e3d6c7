"""Fixtures of the Nutshell sandbox tests."""

import pytest

from tests.sandbox_nutshell.client import Client


@pytest.fixture
def account() -> Client:
    """A fresh account."""
    return Client()
