"""The budget of one destination account: requests per two seconds, and tokens per day.

Both come from the server's own headers as soon as there are any: `x-ratelimit-limit`, `-remaining`, `-reset` for the
burst, `x-daily-ratelimit-token-remaining` for the day. Before the first answer the burst is that of the smallest plan;
a day without a header is counted by price. The budget belongs to the account: drivers of one account share a throttle.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from adapters.protocols import BudgetSpentError

WINDOW_SECONDS = 2.0
MARGIN_SECONDS = 0.05
"""How much two requests may come closer together on their way to the server."""
LATENCY_SECONDS = 1.0
"""How old the window may be that an answer tells of."""
DAY_SECONDS = 86_400.0
RECHECK_SECONDS = 900.0
"""How long a spent day is believed where the server does not say when it ends; then one request asks."""
LONGEST_RECHECK_SECONDS = 7200.0
"""How long at most: the time doubles, since each question comes out of the reserve."""
PROBE_SECONDS = 0.1
"""How long the others wait before they look whether that one is answered."""


class Throttle:
    """Admits requests as fast as the account allows, and none past its daily budget.

    `burst` and `search` are requests per two seconds. `daily_budget` is for accounts that do not report what is left;
    `reserve` tokens are left untouched for the customer's own use. `learns`: the server's headers mean what is said
    above; those of an API that nobody described may mean anything. `spent` counts the tokens of all charged requests.
    `now` is a monotonic clock in seconds.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        burst: int = 20,
        search: int = 10,
        daily_budget: int | None = None,
        reserve: int = 0,
        learns: bool = True,
    ) -> None:
        self.now = now
        self._sleep = sleep
        self._burst = burst
        self._search = search
        self._daily_budget = daily_budget
        self._reserve = reserve
        self._learns = learns
        self._sent: deque[float] = deque()
        self._searched: deque[float] = deque()
        self._held_until = 0.0
        self._left: int | None = daily_budget
        self._day_started: float | None = None
        self._refused_until: float | None = None
        self._recheck = RECHECK_SECONDS
        self._asking = False
        self._pending = 0
        self.spent = 0

    @property
    def left(self) -> int | None:
        """Tokens left today, the reserve included; None when nobody knows."""
        return self._left

    async def admit(self, tokens: int, *, search: bool = False) -> None:
        """Wait for a place in the window and take `tokens`. Raises BudgetSpentError when the day's are gone."""
        while True:
            now = self.now()
            self._check_day(tokens, now)
            delay = max(self._held_until - now, _delay(self._sent, self._burst, now))
            if self._asking and self._pending:
                delay = max(delay, PROBE_SECONDS)
            if search:
                delay = max(delay, _delay(self._searched, self._search, now))
            if delay <= 0:
                break
            await self._sleep(delay)
        self._sent.append(now)
        if search:
            self._searched.append(now)
        self._pending += tokens
        if self._left is not None:
            self._left -= tokens

    def settle(self, tokens: int, *, charged: bool, headers: Mapping[str, str] | None = None) -> None:
        """Account for an admitted request that is over, and learn from the headers of its answer."""
        self._pending -= tokens
        self._asking = False
        if charged:
            self.spent += tokens
        elif self._left is not None:
            self._left += tokens
        self._learn(headers if headers and self._learns else {})

    def hold(self, seconds: float) -> None:
        """Keep every request of the account back for a while."""
        self._held_until = max(self._held_until, self.now() + seconds)

    def day_is_spent(self, seconds: float | None) -> None:
        """The server says that the day's tokens are gone, and perhaps for how long."""
        self._left = 0
        self._refused_until = self.now() + (RECHECK_SECONDS if seconds is None else seconds)

    def _learn(self, headers: Mapping[str, str]) -> None:
        limit = _whole(headers.get("x-ratelimit-limit"))
        if limit:
            self._burst = limit
        if _whole(headers.get("x-ratelimit-remaining")) == 0 and not self._window_is_ours():
            self.hold(float(_whole(headers.get("x-ratelimit-reset")) or 0))
        left = _whole(headers.get("x-daily-ratelimit-token-remaining"))
        if left is not None:
            # the header knows nothing of requests that are still under way
            self._left = left - self._pending
            self._daily_budget = None

    def _window_is_ours(self) -> bool:
        """Whether our own requests alone fill the window: then counting them is enough, else others use it too."""
        since = self.now() - WINDOW_SECONDS - LATENCY_SECONDS
        return sum(time > since for time in self._sent) >= self._burst

    def _check_day(self, tokens: int, now: float) -> None:
        if self._day_started is None:
            self._day_started = now
        if self._refused_until is not None and now >= self._refused_until:
            self._refused_until = None
            self._left = None
            self._asking = True
        if self._daily_budget is not None and now - self._day_started >= DAY_SECONDS:
            self._day_started = now
            self._left = self._daily_budget
        if self._left is None:
            return
        if self._left - tokens >= self._reserve:
            self._recheck = RECHECK_SECONDS
            return
        if self._refused_until is None and self._daily_budget is None:
            self._refused_until = now + self._recheck
            self._recheck = min(2 * self._recheck, LONGEST_RECHECK_SECONDS)
        seconds = self._refused_until - now if self._refused_until else self._day_started + DAY_SECONDS - now
        raise BudgetSpentError(
            f"The account's daily budget is spent: {max(self._left, 0)} tokens are left, {self._reserve} kept for the"
            f" customer's own use. Run again in {round(seconds)} seconds; it goes on where it stopped.",
            seconds,
        )


def _delay(times: deque[float], limit: int, now: float) -> float:
    """Seconds until another request fits into the window."""
    while times and times[0] <= now - WINDOW_SECONDS - LATENCY_SECONDS:
        times.popleft()
    return 0.0 if len(times) < limit else times[-limit] + WINDOW_SECONDS + MARGIN_SECONDS - now


def _whole(text: str | None) -> int | None:
    try:
        return None if text is None else int(float(text))
    except ValueError:
        return None
