"""What these tests share: the real driver over a sandbox in memory, with a clock that only sleeping moves."""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

from adapters.driver import Driver
from adapters.protocols import Finding, Flow, Record, Request, Response
from adapters.sandbox.rest import in_memory
from adapters.sandbox.rest.data import Data
from adapters.sandbox.rest.settings import RestSettings
from adapters.sandbox.world import InMemory
from adapters.sources.pro_sales_crm import TABLE as PRO_SALES
from adapters.sources.promoxcrm import TABLE as PROMOX
from adapters.sources.rest.source import RestSource
from adapters.throttle import Throttle
from tests.driver.world import Clock
from tests.sandbox_rest.recordings import APIS, FOLDERS, settings, world

T = TypeVar("T")
TABLES = {"promoxcrm": PROMOX, "pro-sales-crm": PRO_SALES}
NOW = 1_780_000_000.0
URL = "https://files.promox.example"


class Account:
    """A sandbox in memory, and a source that reads it through the real driver. `sent` are the requests that left."""

    def __init__(self, vendor: str, memory: InMemory, export: Path | None = None, **options: str) -> None:
        self.memory = memory
        self.sent: list[Request] = []
        self.clock = Clock()
        self.vendor = vendor
        self.export = export
        self.options = options
        self.source = self.another()

    def another(self) -> RestSource:
        """A source as another process would open it."""
        return RestSource(TABLES[self.vendor], self.options, self.export)

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        throttle = Throttle(now=self.clock.now, sleep=self.clock.sleep, burst=100_000)
        driver = Driver(
            self._answer, self.source, throttle=throttle, sleep=self.clock.sleep, random=lambda: 0.5,
            deadline_seconds=30.0,
        )  # fmt: skip
        return asyncio.run(driver.run(flow))

    async def _answer(self, request: Request) -> Response:
        self.sent.append(request)
        self.memory.now = NOW + self.clock.seconds
        return self.memory.answer(request)

    def all(self, object: str) -> tuple[list[Record], list[Finding]]:
        """All records of an object, and what was found."""
        records: list[Record] = []
        findings: list[Finding] = []
        at: str | None = None
        while True:
            page = self.run(self.source.read(object, None, at))
            records += page.records
            findings += page.findings
            at = page.next
            if at is None:
                return records, findings

    def by_id(self, object: str) -> dict[str, Record]:
        """The records of an object by their ids."""
        return {record.id: record for record in self.all(object)[0]}


def opened(vendor: str, day: str = "base", *, csv: bool = False, url: str = URL, **more: Any) -> Account:
    """An account with the recordings' data that misbehaves as they do; `more` are settings on top."""
    chosen = settings(vendor, **{"rate": None, **more})
    memory = in_memory(APIS[vendor], world(vendor, day), chosen)
    return Account(vendor, memory, FOLDERS[vendor, day] / "csv" if csv else None, url=url)


def well_behaved(vendor: str, data: Data | None = None, **more: Any) -> Account:
    """An account with the recordings' data, or other data, that does nothing wrong but what `more` says."""
    chosen = RestSettings(**{"rate": None, **more})
    return Account(vendor, in_memory(APIS[vendor], data or world(vendor), chosen), url=URL)


def codes(findings: list[Finding]) -> dict[str, list[str]]:
    """The keys of findings by code."""
    out: dict[str, list[str]] = {}
    for finding in findings:
        out.setdefault(finding.code, []).append(finding.key)
    return out
