"""The token endpoint, and the sessions that it opens."""

import base64
import binascii
import hashlib
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from adapters.protocols import Response
from adapters.sandbox.salesforce import ids, rights
from adapters.sandbox.salesforce.errors import JSON, LoginError, ended
from adapters.sandbox.salesforce.state import Draft, Row
from adapters.sandbox.world import Call

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")
_INVALID = "invalid client credentials"


def token(draft: Draft, secret: str, call: Call) -> Response:
    """POST /services/oauth2/token. `secret` is the app's, and the first refresh token. Raises LoginError."""
    form = call.request.body if call.form and isinstance(call.request.body, dict) else {}
    grant = form.get("grant_type")
    answer: dict[str, Any] = {}
    if grant == JWT:
        user = _bearer(draft, str(form.get("assertion", "")))
    elif grant == "client_credentials":
        _app(draft, secret, form, call)
        user = rights.reader(draft)
    elif grant == "refresh_token":
        _app(draft, secret, form, call)
        answer = _refreshed(draft, secret, str(form.get("refresh_token", "")))
        user = rights.reader(draft)
    elif grant is None:
        raise LoginError("invalid_request", "missing required parameter: grant_type")
    else:
        raise LoginError("unsupported_grant_type", "grant type not supported")
    made = f"{org(draft)[: ids.SHORT]}!{_draw(draft, 'session', draft.next('session'))}"
    draft.put("sessions", made, draft.now + draft.settings.session_seconds)
    for old, end in draft.table("sessions").items():
        if end < draft.now:
            draft.put("sessions", old, None)
    stamp = str(int(draft.now * 1000))
    body = {
        "access_token": made, "instance_url": draft.base, "id": f"{draft.base}/id/{org(draft)}/{user['Id']}",
        "token_type": "Bearer", "issued_at": stamp, "signature": _draw(draft, "signature", stamp), "scope": "api",
        **answer,
    }  # fmt: skip
    return Response(status=200, body=body, headers={**JSON, "cache-control": "no-cache, no-store"})


def check(draft: Draft, secret: str, call: Call) -> None:
    """Let a call in by its session. Raises RefusedError 401."""
    given = "" if call.user else call.token
    if given and given == secret:
        return
    if draft.table("sessions").get(given, 0.0) <= draft.now:
        raise ended()


def org(draft: Draft) -> str:
    """The id of the org."""
    return ids.numbered("00D", int(hashlib.sha256(str(draft.value("seed")).encode()).hexdigest()[:8], 16))


def _draw(draft: Draft, what: str, number: object) -> str:
    digest = hashlib.sha256(f"{draft.value('seed')}:{what}:{number}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _app(draft: Draft, secret: str, form: Row, call: Call) -> None:
    """Id and secret of the app, in the form or as HTTP Basic."""
    given = (call.user, call.token) if call.user else (form.get("client_id"), form.get("client_secret"))
    if not given[0] or given[0] != draft.settings.client_id:
        raise LoginError("invalid_client_id", "client identifier invalid")
    if given[1] != secret:
        raise LoginError("invalid_client", _INVALID)


def _refreshed(draft: Draft, secret: str, given: str) -> dict[str, str]:
    current = draft.value("refresh token") or secret
    if given != current:
        raise LoginError("invalid_grant", "expired access/refresh token")
    if not draft.settings.rotate:
        return {}
    following = _draw(draft, "refresh", draft.next("refresh"))
    draft.set("refresh token", following)
    return {"refresh_token": following}


def _bearer(draft: Draft, assertion: str) -> Row:
    """The user that a signed claim is for. Times are those of the org's clock."""
    head, _, signature = assertion.rpartition(".")
    try:
        header, claim = (msgspec.json.decode(_decoded(part), type=dict[str, Any]) for part in head.split("."))
        key = _key(draft.settings.certificate)
        key.verify(_decoded(signature), head.encode(), PKCS1v15(), SHA256())
    except (ValueError, binascii.Error, InvalidSignature):
        raise LoginError("invalid_grant", "invalid assertion") from None
    if header.get("alg") != "RS256":
        raise LoginError("invalid_grant", "invalid assertion")
    if claim.get("iss") != draft.settings.client_id:
        raise LoginError("invalid_client_id", "client identifier invalid")
    if claim.get("aud") not in (*_HOSTS, draft.base):
        raise LoginError("invalid_grant", "audience is invalid")
    expires = claim.get("exp")
    if not isinstance(expires, int | float) or expires <= draft.now:
        raise LoginError("invalid_grant", "assertion is expired")
    for row in draft.state.rows.get("User", {}).values():
        if row.get("Username") == claim.get("sub") and row.get("IsActive"):
            return row
    raise LoginError("invalid_grant", "user hasn't approved this consumer")


def _key(pem: str) -> RSAPublicKey:
    if not pem:
        raise ValueError("this app has no certificate")
    certified = "CERTIFICATE" in pem
    key = x509.load_pem_x509_certificate(pem.encode()).public_key() if certified else load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("the app's certificate has no RSA key")  # noqa: TRY004  the one error that callers know
    return key


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
