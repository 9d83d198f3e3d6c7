"""A client for tests: speaks to a sandbox in memory and checks every exchange against the contract."""

from typing import Any

from adapters.protocols import Request, Response
from adapters.sandbox.nutshell import NutshellSettings, in_memory
from adapters.sandbox.world import Call
from tests.sandbox_nutshell.contract import ABSENT, Contract

NOW = 1_780_000_000.0
"""The time at which the accounts of tests are founded: 2026-05-28T20:26:40Z."""

RPC = "/api/v1/json"
_contract = None if ABSENT else Contract()


class Client:
    """A fresh account in memory; `now` of its world moves its clock.

    actor: whose e-mail the requests carry. checked: whether exchanges must fit the contract; a test that sends what
    the contract does not know turns it off.
    """

    def __init__(self, **settings: Any) -> None:
        self.world = in_memory(NutshellSettings(**settings), now=NOW)
        self.actor = ""
        self.checked = _contract is not None

    def send(self, request: Request) -> Response:
        """One request and its answer; both must fit the contract."""
        answer = self.world.answer(request)
        if self.checked and _contract is not None:
            problems = _contract.check_exchange(request, answer)
            assert not problems, (request, problems)
        return answer

    def raw(self, body: Any, path: str = RPC) -> Response:
        """The answer to a JSON-RPC body as it is."""
        return self.send(Request(method="POST", path=path, body=body, actor=self.actor))

    def rpc(self, method: str, *positional: Any, **named: Any) -> Any:
        """The result of a call that must succeed."""
        answer = self.raw({"id": "1", "method": method, "params": list(positional) or named})
        assert answer.status == 200, answer
        assert answer.body["error"] is None, answer.body
        return answer.body["result"]

    def rpc_error(self, method: str, *positional: Any, **named: Any) -> Any:
        """The error of a call that must fail: code, message, data."""
        answer = self.raw({"id": "1", "method": method, "params": list(positional) or named})
        assert answer.status == 200, answer
        assert answer.body["error"] is not None, answer.body
        return answer.body["error"]

    def rest(self, method: Any, path: str, body: Any = None, **query: Any) -> Response:
        """A REST answer, whatever it is; `path` follows /rest. A PATCH goes as JSON Patch."""
        encoding: Any = "json-patch" if method == "PATCH" else "json"
        texts = {key: str(value) for key, value in query.items()}
        return self.send(
            Request(method=method, path=f"/rest{path}", query=texts, body=body, encoding=encoding, actor=self.actor)
        )

    def found(self, path: str, **query: Any) -> list[Any]:
        """The records of a GET; `filter[x]` goes in as a keyword by `**{...}`."""
        answer = self.rest("GET", path, **query)
        assert answer.status == 200, answer
        return next(value for key, value in answer.body.items() if key not in ("meta", "links", "errors"))

    def made(self, path: str, body: Any) -> Any:
        """The record of a POST that must succeed."""
        answer = self.rest("POST", path, body)
        assert answer.status in (200, 201), answer
        return next(value for key, value in answer.body.items() if key not in ("meta", "links"))[0]

    def patched(self, path: str, *patches: tuple[Any, ...]) -> None:
        """Patch a record: (op, path, value) or (op, path) each."""
        body = [dict(zip(("op", "path", "value"), one, strict=False)) for one in patches]
        answer = self.rest("PATCH", path, body)
        assert answer.status in (200, 204), answer

    def refused(self, method: Any, path: str, body: Any = None, **query: Any) -> Any:
        """The one error of a REST answer that must be a 400."""
        answer = self.rest(method, path, body, **query)
        assert answer.status == 400, answer
        assert answer.body is not None, answer
        return answer.body["errors"][0]

    def call(self, **parts: Any) -> Response:
        """The answer to a call as a server would hand it over; nothing is checked."""
        outcome = self.world.world.outcome(Call(token="sandbox", user=self.world.user, **parts), self.world.now)
        self.world.world.apply(outcome.changes)
        assert outcome.response is not None
        return outcome.response

    def wait(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.world.now += seconds

    def records(self) -> Any:
        """All live rows."""
        return self.world.control("GET", "/sandbox/records")
