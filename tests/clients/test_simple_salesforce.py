"""simple-salesforce, unchanged, on the Salesforce sandbox over TLS: login, queries, descriptions, files, Bulk 2."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
import requests.adapters
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.sandbox_salesforce.certificate import over_tls
from tests.sandbox_salesforce.client import ORG, START, every_field, recorded

WINDOW = ("2025-03-01T00:00:00Z", "2025-03-14T18:00:00Z")


class ToTheSandbox(requests.adapters.HTTPAdapter):
    """A transport of requests that takes the org's public address to where the sandbox listens."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._host = urlsplit(address).netloc

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send to the sandbox, whatever host was meant."""
        parts = urlsplit(request.url)
        request.url = urlunsplit(parts._replace(netloc=self._host))
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, requests.Session]]:
    """The sandbox's address, and a session of requests that trusts its certificate."""
    folder = tmp_path_factory.mktemp("simple-salesforce")
    served_org = over_tls(folder, org=str(ORG), start=START, page=8, part=8)
    with served_org as (address, certificate), _session(str(certificate)) as session:
        yield address, session


def _session(certificate: Any) -> requests.Session:
    """A session that trusts this certificate; what the environment says of others would win over it."""
    session = requests.Session()
    session.verify = certificate
    session.trust_env = False
    return session


@pytest.fixture
def sf(served: tuple[str, requests.Session]) -> Salesforce:
    """The client with a session token, by its session hook."""
    address, session = served
    return Salesforce(instance_url=address, session_id="sandbox", session=session, version="61.0")


def test_login(served: tuple[str, requests.Session]) -> None:
    """The client logs in by client credentials, and again by itself when its session has ended."""
    address, plain = served
    with _session(plain.verify) as session:
        session.mount("https://company.my.salesforce.com", ToTheSandbox(address))
        sf = Salesforce(
            consumer_key="cutover", consumer_secret="sandbox", domain="company.my", session=session, version="61.0"
        )
        assert f"https://{sf.sf_instance}" == address
        assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 12
        before = sf.session_id
        plain.post(f"{address}/sandbox/sessions")
        assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 12
        assert sf.session_id != before


def test_query_all(sf: Salesforce) -> None:
    """All pages of query and queryAll, with the records that were recorded."""
    soql = f"SELECT {every_field('Task')} FROM Task"
    everything = sf.query_all(soql, include_deleted=True)
    assert (everything["totalSize"], everything["done"]) == (14, True)
    assert everything["records"] == recorded("org/records/Task.json")
    archived = [one for one in sf.query_all_iter(soql) if one["IsArchived"]]
    assert archived == []
    first = sf.query("SELECT Id FROM Contact")
    assert (len(first["records"]), first["done"]) == (8, False)
    assert len(sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"]) == 8
    assert sf.api_usage["api-usage"].total == 100_000


def test_describe(sf: Salesforce) -> None:
    """The list of objects, one object with its fields, limits, one record."""
    names = {one["name"] for one in sf.describe()["sobjects"]}
    assert {"Account", "i360__Prospect__c"} <= names
    described = sf.i360__Prospect__c.describe()
    assert [one["name"] for one in described["fields"]] == every_field("i360__Prospect__c").split(", ")
    assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
    assert sf.Account.get("0015f0000000100AAA")["Name"] == "Harborlight"


def test_download(sf: Salesforce) -> None:
    """The bytes of a file come by the client's own way of fetching them."""
    content = sf.Attachment.get_base64("00P5f0000000100EAA")
    assert content == (ORG / "bodies" / "00P5f0000000100EAA").read_bytes()
    version = sf.ContentVersion.get_base64("0685f0000000100AAA", base64_field="VersionData")
    assert version == (ORG / "bodies" / "0685f0000000100AAA").read_bytes()


def test_changes(sf: Salesforce) -> None:
    """What was deleted and changed between two times; the client takes times with a zone."""
    start, end = (datetime.fromisoformat(text) for text in WINDOW)
    assert sf.Contact.deleted(start, end)["deletedRecords"] == []
    assert sf.Contact.updated(start, end)["ids"]


def test_tooling(sf: Salesforce) -> None:
    """The validation rules by the Tooling API."""
    found = sf.toolingexecute("query", params={"q": "SELECT ValidationName FROM ValidationRule"})
    assert found["records"][0]["ValidationName"] == "Require_Source"


def test_bulk(sf: Salesforce, tmp_path: Path) -> None:
    """Bulk 2 query jobs: all parts of query and queryAll, in memory and as files."""
    soql = "SELECT Id, LastName, Account.Name FROM Contact"
    parts = list(sf.bulk2.Contact.query(soql, max_records=8, wait=0))
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part))]
    assert (len(parts), [row["Id"] for row in rows]) == (3, [one["Id"] for one in recorded("org/records/Contact.json")])
    everything = list(sf.bulk2.Task.query_all("SELECT Id FROM Task", wait=0))
    assert sum(part.count("\n") - 1 for part in everything) == 14
    files = sf.bulk2.Contact.download(soql, path=str(tmp_path), max_records=8, wait=0)
    assert [one["number_of_records"] for one in files] == [8, 8, 3]


def test_errors(sf: Salesforce, served: tuple[str, requests.Session]) -> None:
    """The client's exceptions carry the codes of the sandbox's errors."""
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        sf.query("SELECT Shoe FROM Account")
    with pytest.raises(SalesforceResourceNotFound, match="NOT_FOUND"):
        sf.Account.get("0015f0000000999AAA")
    with pytest.raises(SalesforceRefusedRequest, match="INSUFFICIENT_ACCESS"):
        sf.Account.create({"Name": "x"})
    address, session = served
    stranger = Salesforce(instance_url=address, session_id="other", session=session, version="61.0")
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        stranger.query("SELECT Id FROM Account")
