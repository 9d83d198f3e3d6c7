"""The driver, the adapter and an account whose connection is cut: no write is lost, none is made twice."""

import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.driver import Driver
from adapters.protocols import InDoubtError, Intent, Request, Response
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from adapters.throttle import Throttle
from adapters.transport import LostError
from tests.destinations.account import Account
from tests.driver.world import Clock


def driver(account: Account, clock: Clock) -> Driver:
    """A driver whose network is the account in memory."""

    async def transport(request: Request) -> Response:
        account.world.now = 1_780_000_000.0 + clock.now()
        try:
            return account.world.answer(request)
        except ConnectionCutError as error:
            raise LostError(str(error)) from None

    return Driver(
        transport,
        account.adapter,
        throttle=Throttle(now=clock.now, sleep=clock.sleep),
        sleep=clock.sleep,
        random=lambda: 0.5,
        deadline_seconds=30.0,
    )


@pytest.mark.promise("F-119")
@pytest.mark.parametrize("seed", range(5))
def test_every_record_is_there_once(seed):
    """60 organizations through lost answers, cut connections, errors before and after, bursts and blocks."""
    account = Account(faults="lost=0.1,cut=0.1,429=0.1,500=0.1,503=0.05,html403=0.02,null=0.05", seed=seed)
    clock = Clock()
    with driver(account, clock) as live:
        key = settle(live, account, clock, "field", {"entity": "organization", "label": "Key", "kind": "text"})
        for number in range(60):
            fields = {"name": f"Org {number}", key: f"m:{number}"}
            settle(live, account, clock, "organization", fields, mark=f"m:{number}")
    account.world.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
    records = account.run(account.adapter.list("organization", None)).records
    assert sorted(record.values[key] for record in records) == sorted(f"m:{number}" for number in range(60))


def settle(live, account, clock, entity, fields, mark=""):
    """Write until it is certain: sent again only when a read says that it is not there."""
    at = account.now
    for _ in range(20):
        try:
            made = live.drive(account.adapter.create(entity, fields))
        except InDoubtError:
            found = live.drive(
                account.adapter.find(Intent(action="create", entity=entity, mark=mark, at=at, fields=fields))
            )
            assert len(found) <= 1
            if not found:
                continue
            made = found[0]
        return made.values.get("key")
    raise AssertionError("twenty times in doubt")


@pytest.mark.promise("F-120")
def test_a_day_of_the_account_is_never_passed():
    """The sandbox's own budget: the driver stops by itself before the last token of the reserve."""
    account = Account(daily_budget=1_000)
    clock = Clock()
    live = driver(account, clock)
    live.throttle = Throttle(now=clock.now, sleep=clock.sleep, daily_budget=1_000, reserve=200)
    made = 0
    with live:
        flows = [account.adapter.create("organization", {"name": f"Org {n}"}) for n in range(300)]
        outcomes = live.drive_all(flows, in_flight=8)
    made = sum(1 for outcome in outcomes if not isinstance(outcome, Exception))
    assert made == 160
    assert live.throttle.spent == 800


def test_the_sandbox_is_the_one_we_mean():
    """An account in memory answers the adapter's first question."""
    world = in_memory(Settings())
    assert Pipedrive().price(Request(method="GET", path="/v1/users/me")) == 2
    assert world.answer(Request(method="GET", path="/v1/users/me")).status == 200
