"""Credentials: how a request says who asks. They go into headers and nowhere else."""

import base64
from typing import Protocol

from adapters.protocols import Request
from adapters.secret import Secret


class Credentials(Protocol):
    """Makes the headers that a request is signed with."""

    def headers(self, request: Request) -> dict[str, str]:
        """The headers of one request."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Every text that must not come back in an answer, an error or a log."""
        ...


class HeaderKey:
    """A token in a header of its own."""

    def __init__(self, name: str, token: Secret) -> None:
        self._name = name
        self._token = token

    def headers(self, request: Request) -> dict[str, str]:
        """The token, whoever the request is for."""
        del request
        return {self._name: self._token.reveal()}

    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._token.reveal(),)


class Bearer:
    """A token in the Authorization header."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def headers(self, request: Request) -> dict[str, str]:
        """The token, whoever the request is for."""
        del request
        return {"authorization": f"Bearer {self._token.reveal()}"}

    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._token.reveal(),)


class BasicKey:
    """HTTP Basic with a user's e-mail address and a key; a request may name another user to act for."""

    def __init__(self, user: str, key: Secret) -> None:
        self._user = user
        self._key = key
        self._sent: dict[str, str] = {}

    def headers(self, request: Request) -> dict[str, str]:
        """The key with the address of the request's actor, or with our own."""
        user = request.actor or self._user
        pair = base64.b64encode(f"{user}:{self._key.reveal()}".encode()).decode()
        self._sent[user] = pair
        return {"authorization": f"Basic {pair}"}

    def secrets(self) -> tuple[str, ...]:
        """The key, and each form in which it has been sent."""
        return (self._key.reveal(), *self._sent.values())


class Anonymous:
    """No credentials: for what anybody may ask."""

    def headers(self, request: Request) -> dict[str, str]:
        """None."""
        del request
        return {}

    def secrets(self) -> tuple[str, ...]:
        """None."""
        return ()


class Renewable:
    """The credentials of a session that ends: others take their place when it has."""

    def __init__(self, now: Credentials) -> None:
        self._now = now
        self._before: tuple[str, ...] = ()

    def use(self, fresh: Credentials) -> None:
        """Sign with these from now on."""
        self._before = (*self._before, *self._now.secrets())[-8:]
        self._now = fresh

    def headers(self, request: Request) -> dict[str, str]:
        """Those of the present session."""
        return self._now.headers(request)

    def secrets(self) -> tuple[str, ...]:
        """Those of the present session, and of the last ones."""
        return (*self._now.secrets(), *self._before)
