"""What every sandbox core offers to the server shell and to tests in memory."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec

from adapters.protocols import Encoding, Json, Request, Response
from adapters.sandbox.faults import ConnectionCutError, Fault
from adapters.secret import Secret

Change = list[Any]
"""One change of the state, as JSON: what the journal keeps."""


KINDS: dict[Encoding, str] = {
    "json": "application/json",
    "json-patch": "application/json-patch+json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
}
"""The media type of a body by its encoding."""


def no_files(digest: str) -> Path:
    """For accounts that are sent no files."""
    raise FileNotFoundError(f"nobody has said where the file {digest} lies")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it arrived: the credentials beside the request, and whether its body could be read at all.

    user: the user name of HTTP Basic. kind: the media type of the body, as it was named. form: the body came as a form,
    URL-encoded or in parts. content: the bytes of the part "file". raw: the body as it came, where it was sent as a
    URL-encoded form. match: the ETag that the caller has. host: the host and port that the request came to, by the
    `scheme`. target: path and query as they came over the wire.
    """

    request: Request
    token: str = ""
    user: str = ""
    bearer: bool = False
    malformed: bool = False
    form: bool = False
    kind: str = "application/json"
    content: bytes = b""
    raw: bytes = b""
    match: str = ""
    host: str = ""
    scheme: str = "http"
    target: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a call: the changes to keep, then the answer, late or not at all.

    `response` is None when the connection closes without an answer. part: how much of the body leaves before it closes.
    """

    changes: list[Change]
    response: Response | None
    delay: float = 0.0
    part: float = 1.0


class World(Protocol):
    """One sandbox account: a state, the pure function that answers, and a way to write the state down and read it."""

    def outcome(self, call: Call, now: float) -> Outcome:
        """What becomes of a call at virtual time `now` (seconds since 1970, UTC), faults included. Changes nothing."""
        ...

    def control(self, method: str, path: str, body: Json, now: float) -> Outcome:
        """The answer of the control address `/sandbox/...`. Changes nothing."""
        ...

    def apply(self, changes: list[Change]) -> None:
        """Make changes that `outcome` returned, or that a journal holds."""
        ...

    def clock(self, real: float) -> float:
        """Virtual time at a real time, both in seconds since 1970, UTC."""
        ...

    def dump(self) -> list[list[Change]]:
        """The whole state as batches of changes that lead to it from nothing."""
        ...


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One payload on its way to a webhook.

    due: virtual time, seconds since 1970. user, password: of HTTP Basic; an empty user for none.
    """

    id: int
    url: str
    body: bytes
    due: float
    user: str = ""
    password: str = ""


@runtime_checkable
class Notifier(Protocol):
    """A world that tells others of its changes; what it sends and what comes of it are changes like any other."""

    def waiting(self) -> list[Delivery]:
        """What waits to be sent, the next one first."""
        ...

    def attempted(self, delivery: int, status: int | None, now: float) -> list[Change]:
        """The changes that the outcome of an attempt makes: an HTTP status, or None for no answer."""
        ...

    def apply(self, changes: list[Change]) -> None:
        """Make the changes."""
        ...


def hurt(fault: Fault | None, answered: Outcome, spared: Outcome, broken: dict[str, Response]) -> Outcome:
    """Bend an outcome by a fault.

    `answered`: the undisturbed outcome. `spared`: the outcome when the application never sees the request (its changes
    only count it). `broken`: the answers of "429", "500", "503", "html403", "null" and of the API's own faults in its
    words.
    """
    if fault is None:
        return answered
    if fault.kind == "slow":
        return Outcome(changes=answered.changes, response=answered.response, delay=fault.seconds)
    if fault.kind == "lost":
        return Outcome(changes=answered.changes, response=None)
    if fault.kind == "short":
        return Outcome(changes=answered.changes, response=answered.response, part=0.5)
    if fault.kind == "cut":
        return Outcome(changes=spared.changes, response=None)
    if fault.kind == "500-after":
        return Outcome(changes=answered.changes, response=broken["500"])
    return Outcome(changes=spared.changes, response=broken[fault.kind.removesuffix("-before")])


class InMemory:
    """A sandbox account without sockets: each call is answered and applied at once.

    The caller moves the clock by assigning `now`. Faults that close the connection raise ConnectionCutError; a slow
    answer moves the clock.
    """

    def __init__(self, world: World, token: str, now: float, user: str = "") -> None:
        self.world = world
        self.token = token
        self.user = user
        self.now = now
        self.files: Callable[[str], Path] = no_files

    def answer(self, request: Request) -> Response:
        """Answer one request as the account's API token would be answered. Raises ConnectionCutError."""
        content = b""
        if request.upload is not None:
            content = self.files(request.upload.digest).read_bytes()
            request = msgspec.structs.replace(request, body={**(request.body or {}), "file": request.upload.name})
        if request.encoding == "form" and isinstance(request.body, dict):
            body = {k: v.reveal() if isinstance(v, Secret) else v for k, v in request.body.items()}
            request = msgspec.structs.replace(request, body=body)
        call = Call(
            request=request,
            token=self.token,
            user=request.actor or self.user,
            form=request.encoding in ("form", "multipart"),
            kind=KINDS[request.encoding],
            content=content,
        )
        answered = self.take(call)
        if answered.content is None or not request.digest:
            return answered
        body = {"sha256": hashlib.sha256(answered.content).hexdigest(), "size": len(answered.content)}
        return msgspec.structs.replace(answered, body=body, content=None)

    def take(self, call: Call) -> Response:
        """Answer a call as it came. Raises ConnectionCutError."""
        return self._settle(self.world.outcome(call, self.now))

    def control(self, method: str, path: str, body: Json = None) -> Json:
        """The JSON answer of the control address `/sandbox/...`."""
        before = self.world.clock(self.now)
        answer = self._settle(self.world.control(method, path, body, self.now)).body
        self.now += self.world.clock(self.now) - before
        return answer

    def _settle(self, outcome: Outcome) -> Response:
        self.world.apply(outcome.changes)
        self.now += outcome.delay
        if outcome.response is None:
            raise ConnectionCutError("the sandbox closed the connection without an answer")
        if outcome.part < 1:
            raise ConnectionCutError("the sandbox closed the connection in the middle of its answer")
        return outcome.response
