"""Both vendors over real HTTP: the driver, its credentials, and a sandbox process."""

import asyncio
import json
import random
import time
from pathlib import Path

import pytest

from adapters.connector import SourceConnector
from adapters.driver import Driver
from adapters.protocols import Page, RemoteSource, Schema
from adapters.secret import Secret
from adapters.sources.pro_sales_crm import CONNECTOR as PRO_SALES
from adapters.sources.promoxcrm import CONNECTOR as PROMOX
from tests.sandbox.process import running
from tests.sandbox_rest.recordings import FOLDERS, settings, world

KEY = "sandbox"


def _data(folder: Path, vendor: str) -> str:
    """The recordings' data in a file."""
    import msgspec

    path = folder / "world.json"
    path.write_text(json.dumps(msgspec.to_builtins(world(vendor))))
    return str(path)


def _read(connector: SourceConnector, url: str, export: Path | None, **options: str) -> tuple[Schema, dict[str, int]]:
    """The schema, and how many records of each object came."""
    assert connector.api is not None
    source: RemoteSource = connector.api.open({"url": url, **options}, export)
    credentials = connector.api.credentials(Secret(KEY), options)
    driver = Driver.over_http(url, credentials, source, now=time.monotonic, sleep=asyncio.sleep, random=random.random)
    driver.throttle._burst = 100_000
    with driver:
        schema = driver.drive(source.schema())
        counts: dict[str, int] = {}
        for described in schema.objects:
            at: str | None = None
            while True:
                page: Page = driver.drive(source.read(described.name, None, at))
                counts[described.name] = counts.get(described.name, 0) + len(page.records)
                at = page.next
                if at is None:
                    break
    return schema, counts


@pytest.mark.parametrize("auth", ["header", "bearer"])
def test_promoxcrm_over_http(tmp_path: Path, auth: str) -> None:
    """All objects are read through the account's own limits, with the key in either header."""
    manners = settings("promoxcrm", first="projects=500@offset:9", auth=auth, rate=None)
    chosen = {k: getattr(manners, k) for k in ("login_page", "repeats", "totals", "stuck", "first", "auth", "rate")}
    with running(tmp_path / "state", name="promoxcrm", world=_data(tmp_path, "promoxcrm"), **chosen) as url:
        schema, counts = _read(PROMOX, str(url), None, auth=auth)
    assert schema.account["zone"] == "America/Denver"
    assert counts == {"Company": 21, "Client": 35, "Lead": 12, "Project": 24, "Commission": 14, "Task": 16,
                      "Presentation": 8, "artwork_proof": 6, "sample_kit": 4}  # fmt: skip


def test_pro_sales_over_http(tmp_path: Path) -> None:
    """The API with the export beside it: the hidden contact is there."""
    manners = {"repeats": "deals", "hidden": "contacts/c12", "cut": "activities/body=255"}
    with running(tmp_path / "state", name="pro-sales-crm", world=_data(tmp_path, "pro-sales-crm"), **manners) as url:
        _, counts = _read(PRO_SALES, str(url), FOLDERS["pro-sales-crm", "base"] / "csv")
    assert counts == {"Company": 19, "Contact": 30, "Deal": 20, "Call": 17, "Note": 5, "Task": 4, "Email": 0,
                      "Meeting": 0, "Activity": 0}  # fmt: skip
