"""Logging in: three flows, their refusals, and sessions that end."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.protocols import Request, Response
from adapters.sandbox.salesforce.login import JWT
from adapters.sandbox.world import Call
from adapters.secret import Secret
from tests.sandbox_salesforce.client import Client

APP = {"client_id": "cutover", "client_secret": "sandbox"}
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
CLAIM = {"iss": "cutover", "sub": "maya.ortiz@brightpath.example.i360", "aud": "https://login.salesforce.com"}
NOW = 1_741_975_200
"""The org's clock at its start."""


def login(org: Client, **form: Any) -> Response:
    """The answer of the token endpoint."""
    return org.send("POST", "/services/oauth2/token", form, encoding="form")


def error(answer: Response) -> tuple[str, str]:
    """Error and description of a refused login, whose body is an object."""
    assert answer.status == 400, answer
    return answer.body["error"], answer.body["error_description"]


def assertion(claim: Any, key: rsa.RSAPrivateKey = KEY, alg: str = "RS256") -> str:
    """A signed claim."""
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({"alg": alg}, claim)]
    signature = key.sign(".".join(parts).encode(), PKCS1v15(), SHA256())
    return ".".join([*parts, base64.urlsafe_b64encode(signature).decode().rstrip("=")])


def test_client_credentials(org: Client) -> None:
    """Id and secret in the form give a session at the org's own address; the secret may be a Secret."""
    answer = login(org, grant_type="client_credentials", client_id="cutover", client_secret=Secret("sandbox"))
    assert answer.body["instance_url"] == "https://sandbox.my.salesforce.com"
    assert answer.body["id"].endswith("/0055f0000000100AAA")
    assert "expires_in" not in answer.body
    org.world.token = answer.body["access_token"]
    assert org.send("GET", "/limits").status == 200


def test_basic() -> None:
    """Id and secret may come as HTTP Basic; a request for data takes no Basic."""
    org = Client()
    org.world.user = "cutover"
    assert login(org, grant_type="client_credentials").status == 200
    assert org.refused("GET", "/limits")[:2] == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"grant_type": "client_credentials", **APP, "client_id": "x"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", **APP, "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "refresh_token", **APP, "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "password", **APP, "username": "x", "password": "y"}, "unsupported_grant_type"),
        ({"grant_type": JWT, "assertion": "x.y.z"}, "invalid_grant"),
        ({}, "invalid_request"),
    ],
)
def test_refusals(org: Client, form: Any, expected: str) -> None:
    """A refused login is an object with error and description."""
    assert error(login(org, **form))[0] == expected


def test_a_json_body_is_no_form(org: Client) -> None:
    """The token endpoint takes forms alone."""
    answer = org.send("POST", "/services/oauth2/token", {"grant_type": "client_credentials", **APP})
    assert error(answer)[0] == "invalid_request"


def test_refresh_tokens_stay() -> None:
    """Without rotation a refresh token can be used again and again."""
    org = Client()
    for _ in range(2):
        answer = login(org, grant_type="refresh_token", **APP, refresh_token="sandbox")
        assert "refresh_token" not in answer.body


def test_refresh_tokens_are_replaced() -> None:
    """With rotation the answer has a new one, and the old one is over: who loses it is locked out."""
    org = Client(rotate=True)
    first = login(org, grant_type="refresh_token", **APP, refresh_token="sandbox").body["refresh_token"]
    again = login(org, grant_type="refresh_token", **APP, refresh_token="sandbox")
    assert error(again) == ("invalid_grant", "expired access/refresh token")
    assert login(org, grant_type="refresh_token", **APP, refresh_token=first).status == 200


def test_jwt() -> None:
    """A claim signed with the app's key gives a session; at the org's own address or the login hosts."""
    org = Client(certificate=PUBLIC)
    for audience in (
        "https://login.salesforce.com",
        "https://test.salesforce.com",
        "https://sandbox.my.salesforce.com",
    ):
        claim = {**CLAIM, "aud": audience, "exp": NOW + 180}
        assert login(org, grant_type=JWT, assertion=assertion(claim)).status == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"iss": "x"}, ("invalid_client_id", "client identifier invalid")),
        ({"aud": "https://example.com"}, ("invalid_grant", "audience is invalid")),
        ({"sub": "nobody@example.com"}, ("invalid_grant", "user hasn't approved this consumer")),
        ({"exp": NOW - 1}, ("invalid_grant", "assertion is expired")),
        ({"exp": None}, ("invalid_grant", "assertion is expired")),
    ],
)
def test_bad_claims(change: Any, expected: tuple[str, str]) -> None:
    """Each part of a claim is looked at."""
    claim = {**CLAIM, "exp": NOW + 180, **change}
    assert error(login(Client(certificate=PUBLIC), grant_type=JWT, assertion=assertion(claim))) == expected


def test_bad_signatures() -> None:
    """Another key, another algorithm, or no certificate at all: the claim counts for nothing."""
    claim = {**CLAIM, "exp": NOW + 180}
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    org = Client(certificate=PUBLIC)
    for given in (assertion(claim, other), assertion(claim, alg="none")):
        assert error(login(org, grant_type=JWT, assertion=given)) == ("invalid_grant", "invalid assertion")
    assert error(login(Client(), grant_type=JWT, assertion=assertion(claim)))[1] == "invalid assertion"


def test_sessions_end() -> None:
    """A session lasts as long as the setting says, and can be ended; the sandbox's own token always works."""
    org = Client(session_seconds=900)

    def session() -> str:
        return str(login(org, grant_type="client_credentials", **APP).body["access_token"])

    own, org.world.token = org.world.token, session()
    assert org.send("GET", "/limits").status == 200
    org.wait(901)
    assert org.refused("GET", "/limits")[:2] == (401, "INVALID_SESSION_ID")
    org.world.token = session()
    assert org.world.control("POST", "/sandbox/sessions") == {"ended": 1}
    assert org.refused("GET", "/limits")[0] == 401
    org.world.token = own
    assert org.send("GET", "/limits").status == 200


def test_the_lost_answer_of_a_rotation() -> None:
    """The new refresh token is made whether or not its answer arrives."""
    org = Client(rotate=True, faults="lost=1,limit=1")
    form = {"grant_type": "refresh_token", **APP, "refresh_token": "sandbox"}
    with pytest.raises(ConnectionError):
        login(org, **form)
    assert error(login(org, **form))[0] == "invalid_grant"


def test_the_address_is_the_one_that_was_asked(org: Client) -> None:
    """The session's address has the scheme and host of the request."""
    form = {"grant_type": "client_credentials", **APP}
    request = Request(method="POST", path="/services/oauth2/token", body=form, encoding="form")
    call = Call(request=request, form=True, host="localhost:8443", scheme="https")
    answer = org.world.world.outcome(call, org.world.now).response
    assert answer is not None
    assert answer.body["instance_url"] == "https://localhost:8443"
