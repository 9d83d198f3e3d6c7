"""Sessions of Salesforce: three OAuth 2.0 flows of a server. The app must be an External Client App.

    client-credentials   client id and secret; the app has the flow switched on and a run-as user     (the default)
    refresh-token        a refresh token, after the client secret and a blank where the app wants one
    jwt-bearer           a private key whose certificate the app knows; acts for the user `username`

The password flows are not offered: Salesforce closes them. A session has no stated end: 401 INVALID_SESSION_ID is one.
"""

import base64
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.connector import Options, Session
from adapters.credentials import Anonymous, BasicKey, Bearer, Credentials
from adapters.protocols import CredentialsError, Flow, Json, RefusedError, Request, Response
from adapters.secret import Secret
from adapters.sources import UnreadableError
from adapters.sources.salesforce.answers import TOKEN_PATH, VERSIONS_PATH

DOMAIN = "salesforce.com"
"""Of which the host of a session must be."""

OPTIONS = ("flow", "client_id", "username", "audience")
"""What the configuration may say of a login. `audience`: https://test.salesforce.com for the JWT of a sandbox."""

CLIENT_CREDENTIALS, REFRESH_TOKEN, JWT_BEARER = "client-credentials", "refresh-token", "jwt-bearer"
_JWT_SECONDS = 180
_PRODUCTION = "https://login.salesforce.com"

_REMEDIES = {
    "invalid_client_id": "Check `client_id`: it is the consumer key of the External Client App.",
    "invalid_client": "Check the secret: it is the consumer secret of the External Client App.",
    "unsupported_grant_type": "Switch the flow on in the settings of the External Client App.",
    "inactive_user": "The user of the app is not active: name another.",
    "no client credentials user enabled": "Give the External Client App a run-as user for the client credentials flow.",
    "request not supported on this domain": "Use the org's own address, https://<My Domain>.my.salesforce.com.",
    "user hasn't approved this consumer": "Pre-authorise the user for the app, by a permission set or a profile.",
    "expired access/refresh token": "Authorise the app again, and store the new refresh token.",
}
"""What to do, by the error's code or words."""


def flow_of(options: Options) -> str:
    """The flow that the configuration asks for. Raises ValueError for one that there is not."""
    wanted = options.get("flow", "") or CLIENT_CREDENTIALS
    if wanted not in (CLIENT_CREDENTIALS, REFRESH_TOKEN, JWT_BEARER):
        raise ValueError(f"flow = {wanted!r}: it is {CLIENT_CREDENTIALS}, {REFRESH_TOKEN} or {JWT_BEARER}.")
    return wanted


def credentials(secret: Secret, options: Options) -> Credentials:
    """What the request for a session is signed with: the client's id and secret where the flow has one."""
    client, _ = _parts(secret, options)
    return BasicKey(options.get("client_id", ""), client) if client else Anonymous()


def login(secret: Secret, options: Options) -> Flow[Session]:
    """A session. Raises `CredentialsError` where the org gives none, with what to do about it."""
    flow = flow_of(options)
    form: dict[str, Json]
    if flow == CLIENT_CREDENTIALS:
        form = {"grant_type": "client_credentials"}
    elif flow == REFRESH_TOKEN:
        _, token = _parts(secret, options)
        form = {"grant_type": "refresh_token", "client_id": options.get("client_id", ""), "refresh_token": token}
    else:
        assertion = _assertion(secret, options, (yield from _now()))
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    try:
        answer = yield Request(method="POST", path=TOKEN_PATH, body=form, encoding="form", reads=True)
    except RefusedError as error:
        _refused(error)
    return _session(answer, rotates_from=form.get("refresh_token"))


def server_time(answer: Response) -> datetime:
    """The server's clock, by its Date header. Raises `UnreadableError` where there is none."""
    stated = answer.headers.get("date", "")
    try:
        return parsedate_to_datetime(stated).astimezone(UTC)
    except ValueError:
        raise UnreadableError(
            f"Salesforce's answer has no Date header that can be read ({stated!r}), so its clock is not known; a proxy "
            "in between must let the header pass."
        ) from None


def _now() -> Flow[datetime]:
    return server_time((yield Request(method="GET", path=VERSIONS_PATH)))


def _parts(secret: Secret, options: Options) -> tuple[Secret | None, Secret]:
    """The client's secret, where there is one, and what the flow itself is about."""
    flow = flow_of(options)
    if flow == CLIENT_CREDENTIALS:
        return secret, secret
    if flow == REFRESH_TOKEN:
        words = secret.reveal().split()
        return (Secret(words[0]) if len(words) > 1 else None), Secret(words[-1] if words else "")
    return None, secret


def _assertion(secret: Secret, options: Options, now: datetime) -> Secret:
    """A JWT that lives for three minutes of the server's clock, signed RS256."""
    try:
        key = load_pem_private_key(secret.reveal().replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CredentialsError(
            "The secret is no RSA private key in PEM form without a password, which the flow jwt-bearer signs with."
        )
    claims = {
        "iss": options.get("client_id", ""),
        "sub": options.get("username", ""),
        "aud": options.get("audience", "") or _PRODUCTION,
        "exp": int(now.timestamp()) + _JWT_SECONDS,
    }
    signed = b".".join(_part(piece) for piece in ({"alg": "RS256"}, claims))
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return Secret((signed + b"." + _base64(signature)).decode())


def _part(piece: Json) -> bytes:
    return _base64(msgspec.json.encode(piece))


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _session(answer: Response, rotates_from: Secret | None) -> Session:
    body = answer.body if isinstance(answer.body, dict) else {}
    token, address = body.get("access_token"), str(body.get("instance_url") or "")
    parts = urlsplit(address)
    if not token or parts.scheme not in ("http", "https") or not parts.hostname:
        raise CredentialsError("Salesforce's answer to the login holds no access_token or no instance_url.")
    renewed = body.get("refresh_token")
    if rotates_from is not None and renewed and renewed != rotates_from.reveal():
        raise CredentialsError(
            "The app gives a new refresh token at each login and takes the old one back: after a restart nobody could "
            "log in. Switch refresh token rotation off in the External Client App, or use the flow client-credentials; "
            "then authorise the app again."
        )
    return Session(url=f"{parts.scheme}://{parts.netloc}", credentials=Bearer(Secret(str(token))))


def _refused(error: RefusedError) -> NoReturn:
    code, words = error.verdict.code, error.verdict.message
    remedy = _REMEDIES.get(words.lower()) or _REMEDIES.get(code) or "Check the External Client App and its user."
    raise CredentialsError(f"Salesforce gives no session ({code or error.verdict.status}: {words}). {remedy}") from None
