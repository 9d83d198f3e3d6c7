"""The host that holds an account is named by a call without credentials, and believed only so far."""

import pytest

from ops.compose import located
from ops.errors import ConfigError

VENDOR = "nutshell.com"


@pytest.mark.parametrize(
    ("asked", "host", "found"),
    [
        ("https://api.nutshell.com", "app.nutshell.com", "https://app.nutshell.com"),
        ("https://api.nutshell.com", "app01.eu.nutshell.com", "https://app01.eu.nutshell.com"),
        ("https://api.nutshell.com", "api.nutshell.com", "https://api.nutshell.com"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:1", "LOCALHOST:1", "http://LOCALHOST:1"),
    ],
)
def test_the_same_host_and_hosts_of_the_vendor_are_believed(asked: str, host: str, found: str) -> None:
    """The credentials go to the host that was asked, or to another of the vendor's domain."""
    assert located(asked, host, VENDOR) == found


@pytest.mark.promise("F-168")
@pytest.mark.parametrize(
    ("asked", "host"),
    [
        ("https://api.nutshell.com", "evil.com"), ("https://api.nutshell.com", "evil.com/.nutshell.com"),
        ("https://api.nutshell.com", "evil.com#.nutshell.com"), ("https://api.nutshell.com", "evil.com?.nutshell.com"),
        ("https://api.nutshell.com", "user@app.nutshell.com"), ("https://api.nutshell.com", "notnutshell.com"),
        ("https://api.nutshell.com", "nutshell.com.evil.com"), ("https://api.nutshell.com", ""),
        ("https://api.nutshell.com", "app.nutshell.com\\.evil.com"), ("https://10.0.0.5", "66.0.0.5"),
        ("https://crm.co.uk", "evil.co.uk"), ("https://crm.example", "app.nutshell.com"),
        ("http://127.0.0.1:8080", "127.0.0.1:9090"),
    ],
)  # fmt: skip
def test_no_other_host_is_sent_credentials(asked: str, host: str) -> None:
    """Whatever else is named, however it is dressed up, ends the command with a sentence."""
    with pytest.raises(ConfigError, match="nothing is sent"):
        located(asked, host, VENDOR)
