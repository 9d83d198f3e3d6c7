"""Fixtures of the Salesforce sandbox tests."""

import pytest

from tests.sandbox_salesforce.client import Client


@pytest.fixture
def org() -> Client:
    """The org of the bundle on its first day."""
    return Client()
