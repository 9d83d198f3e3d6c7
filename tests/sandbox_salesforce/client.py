"""A client for tests: asks an org in memory, and looks at what comes."""

import json
from pathlib import Path
from typing import Any

from adapters.protocols import Request, Response
from adapters.sandbox.salesforce import SalesforceSettings, in_memory

BUNDLE = Path(__file__).resolve().parents[1] / "bundles" / "improveit360"
ORG = BUNDLE / "org"
START = "2025-03-14T18:00:00Z"
"""When the recorded answers were taken, which is the high-water mark of the bundle."""


def recorded(path: str) -> Any:
    """A JSON file of the bundle."""
    return json.loads((BUNDLE / path).read_text(encoding="utf-8"))


class Client:
    """An org in memory. `version` is the one that its requests go to."""

    def __init__(self, org: Path = ORG, **settings: Any) -> None:
        start = {"start": START} if org == ORG else {}
        self.world = in_memory(SalesforceSettings(**{"org": str(org), **start, **settings}))
        self.version = "61.0"

    def send(self, method: Any, path: str, body: Any = None, **parts: Any) -> Response:
        """An answer, whatever it is; `path` follows the version unless it starts with /services."""
        full = path if path.startswith("/services") else f"/services/data/v{self.version}{path}"
        return self.world.answer(Request(method=method, path=full, body=body, **parts))

    def get(self, path: str, **query: Any) -> Any:
        """The body of a GET that must succeed."""
        answer = self.send("GET", path, query={key: str(value) for key, value in query.items()})
        assert answer.status == 200, answer
        return answer.body

    def refused(self, method: Any, path: str, body: Any = None, **query: Any) -> tuple[int, str, str]:
        """Status, code and message of an answer that must be a list of one error."""
        answer = self.send(method, path, body, query={key: str(value) for key, value in query.items()})
        (error,) = answer.body
        return answer.status, error["errorCode"], error["message"]

    def query(self, soql: str, *, everything: bool = False) -> list[Any]:
        """All records of a query, page by page."""
        page = self.get("/queryAll" if everything else "/query", q=soql)
        records = page["records"]
        while not page["done"]:
            page = self.get(page["nextRecordsUrl"])
            records = records + page["records"]
        assert page["totalSize"] == len(records)
        return records

    def ids(self, soql: str, *, everything: bool = False) -> list[str]:
        """The ids that a query finds."""
        return [one["Id"] for one in self.query(soql, everything=everything)]

    def wrong(self, soql: str) -> tuple[str, str]:
        """Code and message of a query that must be refused."""
        status, code, message = self.refused("GET", "/query", q=soql)
        assert status == 400, message
        return code, message

    def wait(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.world.now += seconds


def every_field(name: str, org: Path = ORG) -> str:
    """The names of all fields of an object, as a query lists them."""
    fields = json.loads((org / "describe" / f"{name}.json").read_text(encoding="utf-8"))["fields"]
    return ", ".join(field["name"] for field in fields)
