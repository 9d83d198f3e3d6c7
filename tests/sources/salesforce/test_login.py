"""Sessions: the three flows, what they send, and what is said when there is none."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from adapters.connector import Session
from adapters.credentials import Anonymous, BasicKey
from adapters.protocols import CredentialsError, Downloads, Flow, Incremental, Probing, Request, Response
from adapters.secret import Secret
from adapters.sources import UnreadableError
from adapters.sources.improveit_360 import CONNECTOR, open_api
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.login import credentials, login
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import PaperOrg, drive

ID = {"client_id": "3MVG9consumer"}


def asked(org: PaperOrg, flow: Flow[Session]) -> Session:
    return drive(Salesforce(ImproveIt360()), org, flow)


def token_request(org: PaperOrg) -> Request:
    return next(r for r in org.asked if r.path == "/services/oauth2/token")


def test_client_credentials() -> None:
    """The form names the flow; id and secret travel in the Basic header alone; the session is at its own address."""
    org = PaperOrg()
    session = asked(org, login(Secret("hush"), ID))
    request = token_request(org)
    assert (request.method, request.encoding, request.reads) == ("POST", "form", True)
    assert request.body == {"grant_type": "client_credentials"}
    signed = credentials(Secret("hush"), ID)
    assert isinstance(signed, BasicKey)
    pair = base64.b64encode(b"3MVG9consumer:hush").decode()
    assert signed.headers(request) == {"authorization": f"Basic {pair}"}
    assert session.url == "https://brightpath.my.salesforce.example"
    bearer = session.credentials.headers(request)["authorization"]
    assert bearer == "Bearer 00D5f000000FAKE!AQ_not_a_real_token"
    assert session.credentials.secrets() == ("00D5f000000FAKE!AQ_not_a_real_token",)
    assert "hush" not in repr(org.asked)


@pytest.mark.parametrize(("secret", "kind"), [("5Aep861token", Anonymous), ("hush 5Aep861token", BasicKey)])
def test_refresh_token(secret: str, kind: type) -> None:
    """The token travels in the form as a secret, the client's secret in the header where there is one."""
    org = PaperOrg()
    options = {**ID, "flow": "refresh-token"}
    asked(org, login(Secret(secret), options))
    body = token_request(org).body
    assert body["grant_type"] == "refresh_token"
    assert body["client_id"] == "3MVG9consumer"
    assert body["refresh_token"].reveal() == "5Aep861token"
    assert isinstance(credentials(Secret(secret), options), kind)
    assert "5Aep" not in repr(org.asked)


def test_a_refresh_token_that_is_replaced_is_refused() -> None:
    """We have nowhere to keep the new one: the next run would be locked out."""
    org = PaperOrg()
    answer = {"access_token": "t", "instance_url": "https://a.my.salesforce.com", "refresh_token": "another"}
    org.refuse = lambda r: Response(status=200, body=answer)
    with pytest.raises(CredentialsError, match="rotation"):
        asked(org, login(Secret("5Aep861token"), {**ID, "flow": "refresh-token"}))


def test_jwt_bearer() -> None:
    """Signed with the key, for the user, for three minutes of the server's clock."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    org = PaperOrg()
    options = {**ID, "flow": "jwt-bearer", "username": "etl@company.example"}
    asked(org, login(Secret(pem.replace("\n", "\\n")), options))
    body = token_request(org).body
    assert body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, claims, signature = body["assertion"].reveal().split(".")
    key.public_key().verify(decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    assert json.loads(decoded(head)) == {"alg": "RS256"}
    assert json.loads(decoded(claims)) == {
        "iss": "3MVG9consumer", "sub": "etl@company.example", "aud": "https://login.salesforce.com",
        "exp": 1741975200 + 180,
    }  # fmt: skip
    assert isinstance(credentials(Secret(pem), options), Anonymous)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_key_that_is_none() -> None:
    """Said in words, without the key."""
    with pytest.raises(CredentialsError, match="no RSA private key") as error:
        asked(PaperOrg(), login(Secret("not a key"), {**ID, "flow": "jwt-bearer"}))
    assert "not a key" not in str(error.value)


def test_a_server_without_a_clock() -> None:
    """A JWT needs the time, and it is the server's that counts."""
    source = Salesforce(ImproveIt360())
    flow = source.mark()
    next(flow)
    with pytest.raises(UnreadableError, match="Date header"):
        flow.send(Response(status=200, body=[]))


@pytest.mark.parametrize(
    ("error", "words", "remedy"),
    [
        ("invalid_grant", "expired access/refresh token", "Authorise the app again"),
        ("invalid_grant", "no client credentials user enabled", "run-as user"),
        ("invalid_client", "invalid client credentials", "consumer secret"),
        ("invalid_request", "something new", "Check the External Client App"),
        ("invalid_grant", "request not supported on this domain", "My Domain"),
    ],
)
def test_what_to_do_when_there_is_no_session(error: str, words: str, remedy: str) -> None:
    """Login errors are an object; each comes with a remedy."""
    org = PaperOrg()
    org.refuse = lambda r: Response(status=400, body={"error": error, "error_description": words})
    with pytest.raises(CredentialsError, match=remedy):
        asked(org, login(Secret("hush"), ID))


@pytest.mark.parametrize(
    "body", [{}, {"access_token": "t", "instance_url": "company"}, [], {"instance_url": "https://a"}]
)
def test_an_answer_that_is_no_session(body: Any) -> None:
    """Neither a token nor an address is made up."""
    org = PaperOrg()
    org.refuse = lambda r: Response(status=200, body=body)
    with pytest.raises(CredentialsError, match="access_token"):
        asked(org, login(Secret("hush"), ID))


def test_the_connector() -> None:
    """What the configuration may say, and what it must not."""
    assert CONNECTOR.api is not None
    assert CONNECTOR.api.login is login
    assert CONNECTOR.api.domain == "salesforce.com"
    assert set(CONNECTOR.api.required) <= set(CONNECTOR.api.options)
    assert all(sentence.endswith("?") for sentence in CONNECTOR.ask)
    source = open_api({"client_id": "x"})
    assert source.unit == "calls"
    assert isinstance(source, Incremental)
    assert isinstance(source, Probing)
    assert isinstance(source, Downloads)
    assert open_api({"bulk_from": "never"}).unit == "calls"
    with pytest.raises(ValueError, match="bulk_from"):
        open_api({"bulk_from": "often"})
    with pytest.raises(ValueError, match="flow"):
        credentials(Secret("x"), {"flow": "password"})
