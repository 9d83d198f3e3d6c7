"""The budget of an account, on a clock that only sleeping moves."""

import asyncio

import pytest

from adapters.protocols import BudgetSpentError
from adapters.throttle import DAY_SECONDS, MARGIN_SECONDS, RECHECK_SECONDS, WINDOW_SECONDS, Throttle
from tests.driver.world import Clock


def throttle(clock: Clock, **settings: int) -> Throttle:
    return Throttle(now=clock.now, sleep=clock.sleep, **settings)


async def spend(budget: Throttle, count: int, headers: dict[str, str] | None = None, *, search: bool = False) -> None:
    for _ in range(count):
        await budget.admit(5, search=search)
        budget.settle(5, charged=True, headers=headers)


def test_the_first_burst_is_that_of_the_smallest_plan():
    """20 requests in two seconds until a header says otherwise."""
    clock = Clock()
    asyncio.run(spend(throttle(clock), 41))
    assert clock.seconds == pytest.approx(2 * (WINDOW_SECONDS + MARGIN_SECONDS))


def test_a_header_changes_the_limit_at_once():
    """A large limit slows nothing."""
    clock = Clock()
    asyncio.run(spend(throttle(clock), 2_000, {"x-ratelimit-limit": "100000", "x-ratelimit-remaining": "99999"}))
    assert clock.seconds == 0.0


def test_a_window_without_places_is_waited_for():
    """Others who use the same token count too: nothing left means wait for the reset."""
    clock = Clock()
    headers = {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}
    asyncio.run(spend(throttle(clock), 2, headers))
    assert clock.seconds == 2.0


def test_a_window_that_our_own_requests_fill_is_only_counted():
    """The server's pause is for what others send: it would halve the pace of one who fills the window alone."""
    clock = Clock()
    headers = {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}
    budget = throttle(clock)
    asyncio.run(spend(budget, 20))
    clock.seconds = 1.5
    budget.settle(0, charged=True, headers=headers)
    asyncio.run(spend(budget, 1))
    assert clock.seconds == pytest.approx(WINDOW_SECONDS + MARGIN_SECONDS)


def test_searches_have_a_window_of_their_own():
    """Ten in two seconds, whatever the plan."""
    clock = Clock()
    asyncio.run(spend(throttle(clock, burst=1000), 11, search=True))
    assert clock.seconds == pytest.approx(WINDOW_SECONDS + MARGIN_SECONDS)


def test_no_window_of_two_seconds_holds_more_than_the_limit():
    """Also when many flows ask at once."""
    clock = Clock()
    budget = throttle(clock, burst=7)
    times: list[float] = []

    async def one() -> None:
        await budget.admit(1)
        times.append(clock.now())
        budget.settle(1, charged=True)

    async def all_at_once() -> None:
        await asyncio.gather(*(one() for _ in range(50)))

    asyncio.run(all_at_once())
    assert len(times) == 50
    assert all(sum(1 for other in times if start <= other < start + 2.0) <= 7 for start in times)


@pytest.mark.promise("F-120")
def test_a_simulated_day_never_passes_the_budget():
    """The customer's own use has its room: the budget less the reserve is never passed, on any of three days."""
    clock = Clock()
    budget = throttle(clock, daily_budget=1_000, reserve=100)
    spent = [0, 0, 0]
    for day in range(3):
        clock.seconds = day * DAY_SECONDS
        with pytest.raises(BudgetSpentError) as caught:
            while True:
                asyncio.run(budget.admit(7))
                budget.settle(7, charged=True)
                spent[day] += 7
        assert caught.value.seconds is not None
        assert clock.seconds + caught.value.seconds == pytest.approx((day + 1) * DAY_SECONDS)
    assert spent == [896, 896, 896]
    assert budget.spent == sum(spent)


@pytest.mark.promise("F-120")
def test_the_servers_own_count_wins():
    """What other programs spend shows in the header, and stops us as well."""
    clock = Clock()
    budget = throttle(clock, burst=1000, reserve=50)
    asyncio.run(spend(budget, 1, {"x-daily-ratelimit-token-remaining": "60"}))
    asyncio.run(spend(budget, 1, {"x-daily-ratelimit-token-remaining": "52"}))
    with pytest.raises(BudgetSpentError, match="52 tokens are left, 50 kept"):
        asyncio.run(budget.admit(5))
    clock.seconds += RECHECK_SECONDS
    asyncio.run(spend(budget, 1, {"x-daily-ratelimit-token-remaining": "30000"}))
    assert budget.left == 30_000


def test_requests_under_way_count():
    """The header of the first answer does not know of the second request."""
    clock = Clock()
    budget = throttle(clock)

    async def two() -> None:
        await budget.admit(10)
        await budget.admit(10)
        budget.settle(10, charged=True, headers={"x-daily-ratelimit-token-remaining": "90"})

    asyncio.run(two())
    assert budget.left == 80


def test_a_request_that_never_left_costs_nothing():
    """Its tokens are given back."""
    clock = Clock()
    budget = throttle(clock, daily_budget=100)
    asyncio.run(budget.admit(10))
    budget.settle(10, charged=False)
    assert (budget.left, budget.spent) == (100, 0)


def test_a_spent_day_is_over_when_the_server_said():
    """Until then nothing is admitted."""
    clock = Clock()
    budget = throttle(clock)
    asyncio.run(spend(budget, 1))
    budget.day_is_spent(3600.0)
    with pytest.raises(BudgetSpentError) as caught:
        asyncio.run(budget.admit(1))
    assert caught.value.seconds == 3600.0
    clock.seconds += 3600
    asyncio.run(spend(budget, 1))
