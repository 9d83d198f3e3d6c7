"""The sources that the demo plays: made-up samples, a sandbox where there is an API, and how a day passes there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from ops.demo_process import served

SAMPLES = Path(__file__).parent / "samples"
"""Exports and accounts that ship with the program; everybody in them is invented."""


class DemoSource(NamedTuple):
    """One source of the demo.

    folder: of its samples. export: what is read from files, below that folder and below its delta; empty for none.
    sandbox: the API that is played; serve: the argument that names its data, and that data. day: the control address
    that brings the next day. zone: of naive times. options: for the API's adapter.
    """

    kind: str
    title: str
    folder: str
    export: str = ""
    sandbox: str = ""
    serve: tuple[str, str] = ("", "")
    day: str = ""
    zone: str = "America/New_York"
    options: dict[str, str] = {}  # noqa: RUF012 - never changed

    def files(self, *, later: bool = False) -> Path | None:
        """The export of the day."""
        if not self.export:
            return None
        return SAMPLES / self.folder / "delta" / self.export if later else SAMPLES / self.folder / self.export

    def pass_a_day(self, url: str) -> None:
        """The next day comes at the sandbox, too."""
        if not self.sandbox:
            return
        there = SAMPLES / self.folder / "delta" / self.serve[1]
        body = {"path": str(there)} if there.is_dir() else json.loads(there.read_text(encoding="utf-8"))
        httpx.post(f"{url}{self.day}", json=body, timeout=30).raise_for_status()


SOURCES: dict[str, DemoSource] = {
    source.kind: source
    for source in (
        DemoSource(kind="smart-crm-online", title="Smart CRM Online", folder="smart_crm_online", export="export"),
        DemoSource(
            kind="results", title="Results CRM", folder="results", export="export", zone="America/Chicago"
        ),
        DemoSource(
            kind="promoxcrm", title="PromoXcrm", folder="promoxcrm", sandbox="promoxcrm",
            serve=("--world", "world.json"), day="/sandbox/world", zone="America/Denver",
        ),
        DemoSource(
            kind="pro-sales-crm", title="Pro-Sales CRM", folder="pro_sales_crm", export="csv", sandbox="pro-sales-crm",
            serve=("--world", "world.json"), day="/sandbox/world", zone="America/Chicago",
        ),
        DemoSource(
            kind="improveit-360", title="improveit 360", folder="improveit_360", sandbox="salesforce",
            serve=("--org", "org"), day="/sandbox/org", options={"client_id": "cutover"},
        ),
    )
}  # fmt: skip
"""By kind."""


@contextmanager
def reached(source: DemoSource, state: Path) -> Iterator[str]:
    """The address of the source's sandbox while it runs; empty where there is none."""
    if not source.sandbox:
        yield ""
        return
    data = SAMPLES / source.folder / source.serve[1]
    # nobody else is served: no need to be slow
    pace = ("--set", "rate=100000") if source.day == "/sandbox/world" else ()
    with served(source.sandbox, state, source.serve[0], str(data), *pace) as url:
        yield url
