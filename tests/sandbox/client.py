"""A client for tests: speaks to a sandbox in memory and checks every exchange against the contract."""

import hashlib
from pathlib import Path
from typing import Any

from adapters.protocols import Request, Response, Upload
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import KINDS
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
        return self.exchange(Request(method=method, path=path, query={k: str(v) for k, v in query.items()}, body=body))

    def exchange(self, request: Request) -> Response:
        """The same for a request that is made already: forms and uploads."""
        answer = self.world.answer(request)
        if _contract is not None and not answer.text:
            method, path, body = request.method, request.path, request.body
            problems = _contract.check_response(method, path, answer.status, answer.body)
            if answer.status < 400 and request.encoding == "json":
                problems += _contract.check_request(method, path, request.query, body)
            elif answer.status < 400:
                fields = dict(body or {}) | ({} if request.upload is None else {"file": request.upload.name})
                problems += _contract.check_form(method, path, KINDS[request.encoding], fields)
            assert not problems, (method, path, problems)
        return answer

    def form(self, method: Any, path: str, **fields: Any) -> Response:
        """One request with an URL-encoded form, and its answer."""
        body = {key: str(value) for key, value in fields.items()}
        return self.exchange(Request(method=method, path=path, body=body, encoding="form"))

    def upload(self, file: Path, **fields: Any) -> Response:
        """One upload of a file under its own name, and its answer."""
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        self.world.files = {digest: file}.__getitem__
        body = {key: str(value) for key, value in fields.items()}
        upload = Upload(name=file.name, digest=digest, size=file.stat().st_size)
        return self.exchange(Request(method="POST", path="/v1/files", body=body, encoding="multipart", upload=upload))

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
