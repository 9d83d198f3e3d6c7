"""The suite on an account that is reached over a network, and that cannot be made to misbehave."""

import pytest

from tests.conformance.over_http import ADDRESS
from tests.conformance.running import REPO, offer, run
from tests.sandbox.process import running


@pytest.mark.parametrize(
    ("topic", "skipped"),
    [
        ("delete", {"served has not an entity that cannot be deleted"}),
        (
            "prices",
            {"served does not tell what was spent: the account shows no counter"},
        ),
    ],
)
def test_a_served_account(tmp_path, monkeypatch, topic, skipped):
    """Files are uploaded, requests go over real connections, and what the account cannot do is skipped aloud."""
    site = offer(tmp_path / "site", served="tests.conformance.over_http:bench")
    with running(tmp_path / "state", plan="ultimate", burst=100_000, daily_budget=10_000_000) as address:
        monkeypatch.setenv(ADDRESS, address)
        done = run(tmp_path, "served", topic=topic, path=(site, REPO))
    assert done.failed == {}, done.printed
    assert done.passed > 15
    assert set(done.skipped.values()) == skipped
