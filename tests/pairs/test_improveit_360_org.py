"""improveit 360 over HTTP: the other edition from end to end, and what an org answers when it cannot serve."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import httpx
import pytest

from adapters.credentials import Renewable
from adapters.driver import Driver
from adapters.protocols import BudgetSpentError, Page, Schema
from adapters.secret import Secret
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce import login
from adapters.sources.salesforce.source import Salesforce
from ops.compose import opened
from ops.workspace import Workspace as Configured
from tests.driver.world import Clock
from tests.e2e.pairs import NUTSHELL
from tests.e2e.workspace import Workspace, sandboxed
from tests.pairs.sides import BUNDLES, IMPROVEIT, initialise, reached
from tests.sandbox.process import running
from tests.sandbox_salesforce.test_org import lightning

CLASSIC = BUNDLES / "improveit360" / "org"
ORG = {**IMPROVEIT.settings(Path()), "name": "salesforce"}


@pytest.mark.trap("I35")
def test_the_lightning_edition_from_end_to_end(tmp_path: Path) -> None:
    """Recognised when it is discovered; the map is proposed and confirmed without an object of the other edition."""
    org = lightning(tmp_path / "made")
    for part in ("describe", "records"):
        shutil.copyfile(CLASSIC / part / "User.json", org / part / "User.json")
    side = IMPROVEIT._replace(settings=lambda _folder: {"org": str(org)})
    tokens = {"CUTOVER_SOURCE_TOKEN": "sandbox", "CUTOVER_DESTINATION_TOKEN": "sandbox"}
    with (
        mock.patch.dict(os.environ, tokens),
        sandboxed(tmp_path, NUTSHELL) as (sandbox, _),
        reached(side, tmp_path / "source") as address,
    ):
        workspace = Workspace(tmp_path / "ws", sandbox, pair=NUTSHELL)
        initialise(side, workspace, address)
        with opened(Configured(workspace.folder), "production", "tester", lambda *_: None) as migration:
            migration.start(side.kind, NUTSHELL.kind)
            source, _, extracted = migration.discover()
            (edition,) = [f.detail for f in migration.findings() if f.code == "edition"]
            assert edition.startswith("The Lightning")
            version, _ = migration.confirm(migration.propose(), "test")
            mapped = migration.history().mapping.object
    assert (source.account["edition"], version) == ("lightning", 1)
    assert extracted is not None
    assert {"Account", "i360core__Sale__c", "i360core__Appointment__c"} <= set(mapped)
    assert not [name for name in mapped if name.startswith("i360__")]


class Asking:
    """The org, asked by the real driver over HTTP with a login; its clock moves only when it sleeps."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = Clock()
        self.source = Salesforce(ImproveIt360())
        self.logins = 0
        self._secret = Secret("sandbox")
        self._options = {"client_id": "cutover"}
        with self._driver(login.credentials(self._secret, self._options)) as asking:
            found = asking.drive(login.login(self._secret, self._options))
        self.renewable = Renewable(found.credentials)
        self.driver = self._driver(self.renewable, renew=self._renew)

    def _driver(self, credentials: object, **more: object) -> Driver:
        return Driver.over_http(
            self.url,
            credentials,  # type: ignore[arg-type]
            self.source,
            now=self.clock.now,
            sleep=self.clock.sleep,
            random=lambda: 0.5,
            **more,  # type: ignore[arg-type]
        )

    async def _renew(self) -> bool:
        self.logins += 1
        async with self._driver(login.credentials(self._secret, self._options)) as asking:
            found = await asking.run(login.login(self._secret, self._options))
        self.renewable.use(found.credentials)
        return True

    def hurt(self, spec: str) -> None:
        """From now on answers fail like this."""
        httpx.post(f"{self.url}/sandbox/faults", json={"spec": spec, "seed": 7}, timeout=30).raise_for_status()

    def schema(self) -> Schema:
        """What the org describes."""
        return self.driver.drive(self.source.schema())

    def records(self, object: str) -> dict[str, dict[str, str]]:
        """The texts of all records by id, page by page."""
        found: dict[str, dict[str, str]] = {}
        at: str | None = None
        while True:
            page: Page = self.driver.drive(self.source.read(object, None, at))
            found |= {record.id: record.values for record in page.records}
            at = page.next
            if at is None:
                return found


@contextmanager
def asked(folder: Path, **settings: object) -> Iterator[Asking]:
    """An org as a process."""
    with running(folder / "org.state", **(ORG | settings)) as address:  # type: ignore[arg-type]
        asking = Asking(str(address))
        with asking.driver:
            yield asking


@pytest.mark.trap("I34")
def test_what_passes_is_waited_for_and_the_rest_is_said(tmp_path: Path) -> None:
    """A busy org, pages of HTML and long queries lose nothing; a session that ended is opened again, once."""
    with asked(tmp_path) as org:
        quiet = org.schema()
        contacts = org.records("Contact")
        org.hurt("503=0.3,timeout=0.3,limit=4")
        assert org.records("Contact") == contacts
        org.hurt("503=0.2,busy=0.2,limit=12")
        assert org.schema() == quiet
        org.hurt("")
        assert org.clock.slept
        httpx.post(f"{org.url}/sandbox/sessions", json={}, timeout=30).raise_for_status()
        assert org.records("Contact") == contacts
        assert org.logins == 1
        httpx.post(f"{org.url}/sandbox/hide", json={"names": ["Contact.Title"]}, timeout=30).raise_for_status()
        page = org.driver.drive(org.source.read("Contact", None, None))
        assert "Title" not in page.records[0].values
        assert [f.code for f in page.findings]
        httpx.post(f"{org.url}/sandbox/hide", json={"names": ["i360__Sale__c"]}, timeout=30).raise_for_status()
        assert org.schema().object("i360__Sale__c") is None
        probed = org.driver.drive(org.source.probe())
        assert probed.usable


@pytest.mark.trap("I34")
def test_calls_of_the_day_that_are_spent_stop_the_reading(tmp_path: Path) -> None:
    """It says so, and does not try again."""
    with asked(tmp_path, daily=12) as org:
        with pytest.raises(BudgetSpentError):
            org.schema()
        assert org.clock.seconds < 60


@pytest.mark.trap("I32")
@pytest.mark.trap("I33")
def test_bulk_gives_the_same_records_as_rest(tmp_path: Path) -> None:
    """In parts that each repeat the header, with empty texts for nulls: not one value differs."""
    with asked(tmp_path, part=5, decimal_ints=True) as org:
        by_rest = org.records("Account")
        org.source = Salesforce(ImproveIt360(), bulk_from=1)
        assert org.records("Account") == by_rest
        assert len(by_rest) == 13
        requests = httpx.get(f"{org.url}/sandbox/requests", timeout=30).json()["requests"]
        assert [route for route in requests if "jobs/query" in route]
