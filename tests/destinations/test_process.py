"""Driver, adapter and sandbox over real HTTP."""

import asyncio
import random
import time

import pytest

from adapters.credentials import HeaderKey
from adapters.destinations.pipedrive import Pipedrive
from adapters.driver import Driver
from adapters.protocols import Applied, UnreachableError
from adapters.secret import Secret
from tests.sandbox.process import running


def driver(url: str, token: str, **more: object) -> Driver:
    return Driver.over_http(
        str(url),
        HeaderKey("x-api-token", Secret(token)),
        Pipedrive(plan="growth"),
        now=time.monotonic,
        sleep=asyncio.sleep,
        random=random.random,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.promise("F-168")
def test_records_over_http(tmp_path):
    """Sixteen in flight, each there once; the token is in no record of the exchanges and not in the sandbox's file."""
    told: list[object] = []
    destination = Pipedrive(plan="growth")
    state = tmp_path / "state"
    with (
        running(state, burst=100_000) as url,
        driver(url, "sandbox", on_exchange=lambda *exchange: told.append(exchange)) as live,
    ):
        schema = live.drive(destination.schema())
        assert schema.account["company"]
        made = live.drive_all(
            [destination.create("organization", {"name": f"Org {n}"}) for n in range(100)], in_flight=16
        )
        assert all(isinstance(outcome, Applied) for outcome in made)
        found = live.drive(destination.fetch("organization", [one.id for one in made if isinstance(one, Applied)]))
        assert [record.values["name"] for record in found.values()] == [f"Org {n}" for n in range(100)]
        assert live.throttle.spent == 162 + 500 + 10
        assert live.throttle.left is not None
    assert len(told) == 14 + 100 + 1
    assert "x-api-token" not in repr(told)


def test_a_wrong_token_over_http(tmp_path):
    """The account is named, the token is not."""
    with (
        running(tmp_path / "state") as url,
        driver(url, "wrong-token-77") as live,
        pytest.raises(UnreachableError, match="does not accept our token") as caught,
    ):
        live.drive(Pipedrive().schema())
    assert "wrong-token-77" not in str(caught.value)
