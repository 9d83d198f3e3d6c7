"""A client for tests: speaks to a sandbox in memory and checks every exchange against the contract."""

from typing import Any

from adapters.protocols import Request, Response
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from tests.sandbox.contract import ABSENT, Contract

NOW = 1_780_000_000.0
"""The time at which the accounts of tests are founded: 2026-05-28T20:26:40Z."""

_contract = None if ABSENT else Contract()


class Client:
    """A fresh account in memory. Without limits unless settings say so; `now` moves its clock."""

    def __init__(self, **settings: Any) -> None:
        self.world = in_memory(Settings(**({"burst": 10**9, "daily_budget": 10**9} | settings)), now=NOW)

    def send(self, method: Any, path: str, body: Any = None, **query: Any) -> Response:
        """One request and its answer; a good answer must fit the description."""
        request = Request(method=method, path=path, query={k: str(v) for k, v in query.items()}, body=body)
        answer = self.world.answer(request)
        if _contract is not None and not answer.text:
            problems = _contract.check_response(method, path, answer.status, answer.body)
            if answer.status < 400:
                problems += _contract.check_request(method, path, request.query, body)
            assert not problems, (method, path, problems)
        return answer

    def ok(self, method: Any, path: str, body: Any = None, **query: Any) -> Any:
        """The data of an answer that must be good."""
        answer = self.send(method, path, body, **query)
        assert answer.status in (200, 201), answer.body
        return answer.body["data"]

    def refused(self, method: Any, path: str, body: Any = None, status: int = 400, **query: Any) -> Any:
        """The body of an answer that must be refused with this status."""
        answer = self.send(method, path, body, **query)
        assert answer.status == status, answer.body
        return answer.body

    def wait(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.world.now += seconds
