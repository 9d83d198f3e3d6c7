"""Checklist 23: injected faults, reproducible by seed."""

import pytest

from adapters.protocols import Request
from adapters.sandbox.faults import ConnectionCutError, FaultError, decide, parse
from tests.sandbox.client import Client

POST = Request(method="POST", path="/api/v2/organizations", body={"name": "x"})
GET = Request(method="GET", path="/api/v2/organizations")


def names(account: Client) -> list[str]:
    """The names of the organizations that there are."""
    return [row["name"] for row in account.world.control("GET", "/sandbox/records")["organizations"]]


def test_lost_after_commit() -> None:
    """`lost` closes the connection after the record was made."""
    account = Client(faults="lost=1")
    with pytest.raises(ConnectionCutError):
        account.world.answer(POST)
    assert names(account) == ["x"]
    assert account.world.answer(GET).status == 200


def test_cut_before_commit() -> None:
    """`cut` closes the connection before anything is applied."""
    account = Client(faults="cut=1,limit=1")
    with pytest.raises(ConnectionCutError):
        account.world.answer(POST)
    assert names(account) == []
    assert account.world.answer(POST).status == 201


@pytest.mark.parametrize(("spec", "status"), [("429=1", 429), ("503=1", 503), ("html403=1", 403)])
def test_refusing_faults(spec: str, status: int) -> None:
    """429, 503 and the HTML 403 leave no trace."""
    account = Client(faults=spec)
    assert account.world.answer(POST).status == status
    assert names(account) == []


def test_500_strikes_before_or_after() -> None:
    """A 500 of v2 has the code ERR_UNKNOWN and comes before the commit or after it."""
    account = Client(faults="500=1")
    answers = [account.world.answer(POST) for _ in range(40)]
    assert {a.status for a in answers} == {500}
    assert answers[0].body == {"success": False, "error": "Internal Server Error", "code": "ERR_UNKNOWN"}
    assert 5 < len(names(account)) < 35


def test_null_and_slow() -> None:
    """`null` answers reads with 200 and nothing; `slow` only takes longer."""
    account = Client(faults="null=1")
    assert (account.world.answer(GET).status, account.world.answer(GET).body) == (200, None)
    assert account.world.answer(POST).status == 201
    slow, before = Client(faults="slow=1"), Client().world.now
    assert slow.world.answer(POST).status == 201
    assert 0.2 <= slow.world.now - before <= 0.5


def test_reproducible() -> None:
    """The same seed and request number give the same fault; another seed gives others."""
    plan = parse("lost=0.2,429=0.2,500=0.2", seed=7)
    first = [decide(plan, n, 0, unsafe=True) for n in range(1, 200)]
    assert first == [decide(plan, n, 0, unsafe=True) for n in range(1, 200)]
    assert first != [decide(parse("lost=0.2,429=0.2,500=0.2", seed=8), n, 0, unsafe=True) for n in range(1, 200)]


def test_after_and_limit() -> None:
    """`after` spares the first requests, `limit` ends the faults."""
    account = Client(faults="503=1,after=2,limit=3")
    assert [account.world.answer(GET).status for _ in range(7)] == [200, 200, 503, 503, 503, 200, 200]


def test_faults_at_run_time() -> None:
    """The control address changes the faults and starts their count anew."""
    account = Client(faults="503=1,limit=1")
    assert account.world.answer(GET).status == 503
    account.world.control("POST", "/sandbox/faults", {"spec": "429=1,limit=1", "seed": 3})
    assert [account.world.answer(GET).status for _ in range(2)] == [429, 200]


@pytest.mark.parametrize("spec", ["lost", "lost=x", "fire=0.1", "lost=1.5", "lost=0.6,429=0.6"])
def test_bad_specifications(spec: str) -> None:
    """A specification that makes no sense is refused with the part named."""
    with pytest.raises(FaultError, match=r"fault"):
        parse(spec)
