"""The sources of the test bundles: how each is reached, and how a day passes there."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from tests.e2e.workspace import Workspace
from tests.sandbox.process import Running, running
from tests.sandbox_rest import recordings

BUNDLES = Path(__file__).parents[1] / "bundles"


class Side(NamedTuple):
    """One source of the bundles.

    kind: as in cutover.toml. sandbox: the name of its sandbox; empty where it is read from files. settings: of the
    sandbox, for a folder that it may write to. later: what moves it to the next day, given its address and that folder.
    export, next_export: files, where there are any. zone: of its naive times. options: for the adapter.
    """

    kind: str
    sandbox: str = ""
    settings: Callable[[Path], dict[str, Any]] = lambda _folder: {}
    later: Callable[[str, Path], None] = lambda _url, _folder: None
    export: Path | None = None
    next_export: Path | None = None
    zone: str = "America/New_York"
    options: dict[str, str] = {}  # noqa: RUF012 - never changed


def _world(vendor: str) -> Callable[[Path], dict[str, Any]]:
    def settings(folder: Path) -> dict[str, Any]:
        for day in ("base", "delta"):
            data = msgspec.to_builtins(recordings.world(vendor, day))
            (folder / f"{vendor}-{day}.json").write_text(json.dumps(data), encoding="utf-8")
        chosen = msgspec.to_builtins(recordings.settings(vendor))
        return {**chosen, "world": str(folder / f"{vendor}-base.json"), "rate": 100_000}

    return settings


def _next_world(vendor: str) -> Callable[[str, Path], None]:
    def later(url: str, folder: Path) -> None:
        data = json.loads((folder / f"{vendor}-delta.json").read_text(encoding="utf-8"))
        httpx.post(f"{url}/sandbox/world", json=data, timeout=30).raise_for_status()

    return later


def _next_org(url: str, _folder: Path) -> None:
    body = {"path": str(BUNDLES / "improveit360" / "delta" / "org")}
    httpx.post(f"{url}/sandbox/org", json=body, timeout=30).raise_for_status()


SMART = Side(
    kind="smart-crm-online",
    export=BUNDLES / "smart_crm_online" / "export",
    next_export=BUNDLES / "smart_crm_online" / "delta" / "export",
)
RESULTS = Side(
    kind="results",
    export=BUNDLES / "results" / "export",
    next_export=BUNDLES / "results" / "delta" / "export",
    zone="America/Chicago",
)
PROMOX = Side(
    kind="promoxcrm",
    sandbox="promoxcrm",
    settings=_world("promoxcrm"),
    later=_next_world("promoxcrm"),
    zone="America/Denver",
)
PRO_SALES = Side(
    kind="pro-sales-crm",
    sandbox="pro-sales-crm",
    settings=_world("pro-sales-crm"),
    later=_next_world("pro-sales-crm"),
    export=BUNDLES / "pro_sales_crm" / "export" / "csv",
    next_export=BUNDLES / "pro_sales_crm" / "delta" / "export" / "csv",
    zone="America/Chicago",
)
IMPROVEIT = Side(
    kind="improveit-360",
    sandbox="salesforce",
    settings=lambda _folder: {"org": str(BUNDLES / "improveit360" / "org"), "page": 8},
    later=_next_org,
    options={"client_id": "cutover"},
)

SIDES = {side.kind: side for side in (SMART, RESULTS, PROMOX, PRO_SALES, IMPROVEIT)}
"""By kind."""


@contextmanager
def reached(side: Side, folder: Path) -> Iterator[Running | None]:
    """The source's sandbox as a process, where it has one."""
    if not side.sandbox:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    with running(folder / "source.state", name=side.sandbox, **side.settings(folder)) as address:
        yield address


def initialise(side: Side, workspace: Workspace, address: Running | None) -> None:
    """`cutover init` for a source of the bundles."""
    pair = workspace.pair
    args = ["init", str(workspace.folder), "--from", side.kind, "--to", pair.kind, *pair.options]
    args += ["--destination-url", workspace.sandbox.url, "--plan", pair.plan]
    args += ["--export", str(side.export)] if side.export else []
    args += ["--source-url", str(address)] if address else []
    for name, value in side.options.items():
        args += ["--source-option", f"{name}={value}"]
    workspace.env["CUTOVER_SOURCE_TOKEN"] = "sandbox"
    workspace.ok(*args)
    path = workspace.folder / "cutover.toml"
    text = path.read_text(encoding="utf-8").replace('zone = "America/New_York"', f'zone = "{side.zone}"')
    text = text.replace("[source]\n", "[source]\nrequests_a_second = 1000\n", 1)
    path.write_text(text, encoding="utf-8")
    workspace.configure(**pair.config)


def next_day(side: Side, address: Running | None, folder: Path) -> tuple[str, ...]:
    """A day passes at the source; the arguments of the `sync` that follows."""
    if address is not None:
        side.later(str(address), folder)
    return ("--export", str(side.next_export)) if side.next_export else ()
