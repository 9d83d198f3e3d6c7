"""Addresses that an API's answers name: followed only where our credentials may go."""

from urllib.parse import parse_qsl, unquote, urlsplit

_SIGNS = ("signature", "sig", "token", "expires", "x-amz-", "x-goog-", "key-pair-id", "policy", "key", "hash")
_PORTS = {"http": 80, "https": 443}


class ElsewhereError(ValueError):
    """An address that is not followed; the message says why."""


def followed(address: str, account: str, base: str, here: str = "") -> tuple[str, dict[str, str]]:
    """Path and query of an address, as a request of ours names them.

    account: the account's own address, "" where nobody has said it: then only addresses without a host are followed.
    base: the path below which the address must lie. here: the path that an address like "?page=2" continues.
    Raises ElsewhereError for another host or scheme, and for a path that leaves the base.
    """
    own = urlsplit(account.rstrip("/"))
    try:
        parts = urlsplit(address.strip())
        origin = _origin(parts.scheme or own.scheme, parts.hostname, parts)
    except ValueError as error:  # a port that is no number, half an IPv6 address
        raise ElsewhereError(f"it is no address ({error})") from None
    path = parts.path or here
    if parts.netloc or parts.scheme:
        if not account:
            raise ElsewhereError(f"it names the host {parts.hostname}, and the account's own address is not known")
        if origin != _origin(own.scheme, own.hostname, own):
            raise ElsewhereError(f"it lies at another host, {parts.hostname}, where our credentials are not sent")
    if own.path and (path == own.path or path.startswith(f"{own.path}/")):
        path = path[len(own.path) :]
    if not path.startswith("/"):
        path = f"{here.rpartition('/')[0]}/{path}"
    if ".." in unquote(path).split("/") or not (path == base or path.startswith(f"{base.rstrip('/')}/")):
        raise ElsewhereError(f"its path {path[:80]} does not lie below {base}")
    return path, dict(parse_qsl(parts.query, keep_blank_values=True))


def is_signed(address: str) -> bool:
    """Whether an address carries a signature of its own, which is a secret."""
    names = [name.lower() for name, _ in parse_qsl(_query(address), keep_blank_values=True)]
    return any(name == sign or name.startswith(sign) for name in names for sign in _SIGNS)


def unsigned(address: str) -> str:
    """The address without its query."""
    return address.partition("?")[0].partition("#")[0]


def _query(address: str) -> str:
    """What follows the question mark, of an address that may be none."""
    return address.partition("?")[2].partition("#")[0]


def _origin(scheme: str, host: str | None, parts: object) -> tuple[str, str, int | None]:
    port = getattr(parts, "port", None) or _PORTS.get(scheme)
    return scheme.lower(), (host or "").lower(), port
