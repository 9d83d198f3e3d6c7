"""The driver against a real socket that misbehaves."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from adapters.credentials import HeaderKey
from adapters.driver import ATTEMPTS, Driver
from adapters.protocols import (
    AdapterError,
    BudgetSpentError,
    Flow,
    InDoubtError,
    RefusedError,
    Request,
    Response,
    StaleError,
    UnreachableError,
)
from adapters.secret import Secret
from adapters.throttle import Throttle
from tests.driver.world import OK, READ, TOKEN, WRITE, Clock, Destination, Server, answer, one

HTML403 = answer(403, "<html>blocked</html>", "content-type: text/html")


def driver(url: str, clock: Clock, **more: object) -> Driver:
    settings = {"client_timeout_seconds": 5.0} | more
    return Driver.over_http(
        url,
        HeaderKey("x-api-token", Secret(TOKEN)),
        Destination(),
        now=clock.now,
        sleep=clock.sleep,
        random=lambda: 0.5,
        **settings,  # type: ignore[arg-type]
    )


def against(*scripts: object, request: Request = READ, **more: object) -> tuple[Response | AdapterError, Server, Clock]:
    """What becomes of one request to a server that plays these scripts."""
    clock = Clock()
    server = Server(*scripts)  # type: ignore[arg-type]

    async def go() -> Response | AdapterError:
        async with server.listening(), driver(server.url, clock, **more) as live:
            try:
                return await live.run(one(request))
            except AdapterError as error:
                return error

    return asyncio.run(go()), server, clock


def test_an_exchange():
    """Query, body and token travel; body and headers come back."""
    outcome, server, _ = against(OK, request=WRITE)
    assert isinstance(outcome, Response)
    assert outcome.body == {"success": True, "data": [7]}
    assert outcome.headers["content-type"] == "application/json"
    assert b"POST /api/v2/deals HTTP/1.1" in server.requests[0]
    assert f"x-api-token: {TOKEN}".encode() in server.requests[0]
    assert server.requests[0].endswith(b'{"title":"Big"}')


@pytest.mark.parametrize("broken", [None, b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", b"rubbish\r\n\r\n"])
def test_a_lost_answer_leaves_a_write_in_doubt(broken):
    """It is sent once and never again."""

    async def cut(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(broken)
        await writer.drain()
        writer.close()

    outcome, server, _ = against(cut if broken else None, OK, request=WRITE)
    assert isinstance(outcome, InDoubtError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("broken", [None, answer(500, "{}"), answer(503, "down"), answer(200, "null"), answer(200, "")])
def test_a_read_is_repeated(broken):
    """A read does no harm twice."""
    outcome, server, clock = against(broken, broken, OK)
    assert isinstance(outcome, Response)
    assert len(server.requests) == 3
    assert clock.slept == [0.375, 0.75]


@pytest.mark.parametrize(
    "broken", [answer(500, "{}"), answer(502, "bad"), answer(200, ""), answer(307, "", "location: /x")]
)
def test_a_write_with_a_senseless_answer_is_in_doubt(broken):
    """A server error says nothing about whether the write was applied."""
    outcome, server, _ = against(broken, OK, request=WRITE)
    assert isinstance(outcome, InDoubtError)
    assert len(server.requests) == 1


def test_a_read_that_keeps_failing_is_given_up():
    """The pauses grow, and there is an end."""
    outcome, server, clock = against(answer(500, "{}"))
    assert isinstance(outcome, UnreachableError)
    assert "given up after 6 attempts" in str(outcome)
    assert len(server.requests) == ATTEMPTS
    assert clock.slept == [0.375, 0.75, 1.5, 3.0, 6.0]


@pytest.mark.parametrize("request_", [READ, WRITE])
def test_a_request_that_never_left_is_sent_again(request_):
    """No connection means not applied, for a write too; it is bounded and says what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    clock = Clock()
    live = driver(url, clock)
    with live, pytest.raises(UnreachableError, match=r"no connection to .* Check the address"):
        live.drive(one(request_))
    assert len(clock.slept) == ATTEMPTS - 1
    assert live.throttle.spent == 0


def test_no_answer_in_time():
    """The deadline bounds every request: a read is repeated, a write is in doubt."""

    async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    outcome, server, _ = against(silent, OK, client_timeout_seconds=0.2)
    assert isinstance(outcome, Response)
    outcome, server, _ = against(silent, OK, request=WRITE, client_timeout_seconds=0.2)
    assert isinstance(outcome, InDoubtError)
    assert len(server.requests) == 1


def test_a_dripping_answer_ends_at_the_deadline():
    """A server that sends a byte now and then does not keep a request for ever."""

    async def drip(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)

    outcome, _, _ = against(drip, request=WRITE, client_timeout_seconds=0.3)
    assert isinstance(outcome, InDoubtError)
    assert "no answer within 0.3 seconds" in str(outcome)


@pytest.mark.promise("F-119")
def test_a_wait_of_zero_does_not_burn_the_attempts():
    """Fifteen times `retry-after: 0`, then yes: the write is done, once."""
    again = answer(429, '{"success":false,"error":"request over limit"}', "retry-after: 0", "x-ratelimit-remaining: 0")
    outcome, server, clock = against(*[again] * 15, OK, request=WRITE)
    assert isinstance(outcome, Response)
    assert len(server.requests) == 16
    assert clock.slept[:4] == [0.375, 0.75, 1.5, 3.0]


@pytest.mark.promise("F-119")
def test_the_servers_own_wait_is_taken():
    """`retry-after` and `x-ratelimit-reset` say how long; every flow of the account keeps still meanwhile."""
    again = answer(429, '{"error":"request over limit"}', "x-ratelimit-remaining: 0", "x-ratelimit-reset: 2")
    outcome, _, clock = against(again, OK, request=WRITE)
    assert isinstance(outcome, Response)
    assert clock.seconds == 2.0


def test_a_server_that_never_stops_saying_wait():
    """Patience ends: the write was certainly not applied."""
    again = answer(429, "{}", "retry-after: 0")
    outcome, _, clock = against(again, request=WRITE)
    assert isinstance(outcome, UnreachableError)
    assert 900 <= clock.seconds < 1000


@pytest.mark.promise("F-120")
def test_the_daily_budget_ends_the_flow():
    """And all later ones, without asking again, until the server's own time is over."""
    spent = answer(429, '{"success":false,"error":"daily request budget exceeded"}', "retry-after: 3939")
    clock = Clock()
    server = Server(spent, OK)

    async def go() -> None:
        async with server.listening(), driver(server.url, clock) as live:
            for _ in range(3):
                with pytest.raises(BudgetSpentError) as caught:
                    await live.run(one(WRITE))
                assert caught.value.seconds == 3939.0
            clock.seconds += 3939
            await live.run(one(WRITE))

    asyncio.run(go())
    assert len(server.requests) == 2


def test_a_block_is_waited_for_and_then_given_up():
    """An HTML 403 is Cloudflare's: minutes of silence, a few times."""
    outcome, _, clock = against(HTML403, OK, request=WRITE)
    assert isinstance(outcome, Response)
    assert clock.seconds == 120.0
    outcome, server, _ = against(HTML403, request=WRITE)
    assert isinstance(outcome, UnreachableError)
    assert len(server.requests) == ATTEMPTS


def test_a_wrong_token_stops_at_once():
    """With what to do about it, and without the token."""
    outcome, server, _ = against(answer(401, '{"success":false,"error":"unauthorized access","errorCode":401}'))
    assert isinstance(outcome, UnreachableError)
    assert "Check its token" in str(outcome)
    assert len(server.requests) == 1


def test_a_refusal_is_thrown_into_the_flow():
    """So that a flow can take a 404 as an answer."""

    def flow() -> Flow[str]:
        try:
            yield WRITE
        except RefusedError as error:
            return f"{error.verdict.status} {error}"
        return "done"

    clock = Clock()

    async def go() -> str:
        server = Server(answer(404, '{"success":false,"error":"Deal not found"}'))
        async with server.listening(), driver(server.url, clock) as live:
            return await live.run(flow())

    assert asyncio.run(go()) == "404 Deal not found"


@pytest.mark.promise("F-168")
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_a_redirect_does_not_carry_the_token(request_):
    """It is not followed at all."""
    clock = Clock()
    other = Server(OK)

    async def go() -> AdapterError:
        async with other.listening():
            server = Server(answer(302, "", f"location: {other.url}/api/v2/deals"))
            async with server.listening(), driver(server.url, clock) as live:
                with pytest.raises(AdapterError) as caught:
                    await live.run(one(request_))
                return caught.value

    error = asyncio.run(go())
    assert other.requests == []
    assert isinstance(error, InDoubtError if request_.unsafe else UnreachableError)


@pytest.mark.promise("F-168")
def test_the_token_is_in_nothing_that_comes_back():
    """Not in an answer that echoes it, not in an exchange's record, not in an error or what it is chained to."""
    echo = answer(400, f'{{"success":false,"error":"bad token {TOKEN}"}}', f"x-echo: {TOKEN}")
    told: list[object] = []
    for script in (echo, None):
        outcome, server, _ = against(
            script, request=WRITE, on_exchange=lambda request, result, tokens: told.append((request, result, tokens))
        )
        assert isinstance(outcome, AdapterError)
        assert TOKEN in server.requests[0].decode()
        error: BaseException | None = outcome
        while error is not None:
            assert TOKEN not in f"{error!r} {error} {vars(error)}"
            assert not type(error).__module__.startswith("httpx")
            error = error.__context__
    assert len(told) == 2
    assert TOKEN not in repr(told)


def test_exchanges_are_told():
    """One record each: the request, what came back, the tokens charged."""
    told: list[tuple[Request, Response | Exception, int]] = []
    against(answer(500, "{}"), OK, on_exchange=lambda *exchange: told.append(exchange))
    assert [(request, tokens) for request, _, tokens in told] == [(READ, 1), (READ, 1)]
    assert [result.status for _, result, _ in told if isinstance(result, Response)] == [500, 200]


def test_an_answer_without_end_is_not_read():
    """Above the limit a read is an error, not a full memory."""

    async def flood(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b" " * 1_000_000)
                await writer.drain()

    outcome, _, _ = against(flood, request=WRITE, client_timeout_seconds=30.0)
    assert isinstance(outcome, InDoubtError)
    assert "larger than" in str(outcome)


@pytest.mark.parametrize("url", ["http://company.pipedrive.com", "ftp://x", "company.pipedrive.com", ""])
def test_an_address_that_would_give_the_token_away_is_refused(url):
    """Plain http only to this machine or its own network."""
    with pytest.raises(ValueError, match="https"):
        driver(url, Clock())


@pytest.mark.parametrize("path", ["@evil.example/x", "deals", ""])
def test_a_path_cannot_change_the_origin(path):
    """A path starts with a slash."""
    with pytest.raises((ValueError, KeyError)):
        against(OK, request=Request(method="GET", path=path))


class Counting:
    """A transport in memory that notes how many requests are under way."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    async def __call__(self, request: Request) -> Response:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.now -= 1
        if request.path.endswith("/13"):
            return Response(status=404, body={"success": False, "error": "Deal not found"})
        return Response(status=200, body={"success": True, "data": request.path})


def in_memory(transport: Callable[[Request], Awaitable[Response]], clock: Clock) -> Driver:
    return Driver(
        transport,
        Destination(),
        throttle=Throttle(now=clock.now, sleep=clock.sleep, burst=10_000),
        sleep=clock.sleep,
        random=lambda: 0.5,
        deadline_seconds=5.0,
    )


def test_many_flows():
    """So many at once and no more; outcomes in the order of the flows; a refusal harms no other."""
    transport = Counting()
    flows = [one(Request(method="GET", path=f"/api/v2/deals/{number}")) for number in range(50)]
    with in_memory(transport, Clock()) as live:
        outcomes = live.drive_all(flows, in_flight=8)
    assert transport.most == 8
    assert [type(outcome) for outcome in outcomes] == [RefusedError if n == 13 else Response for n in range(50)]
    assert all(o.body["data"] == f"/api/v2/deals/{n}" for n, o in enumerate(outcomes) if isinstance(o, Response))


def test_a_fault_of_ours_is_not_an_outcome():
    """An error that is no AdapterError stops all flows and is raised as it is."""

    def wrong() -> Flow[None]:
        yield READ
        raise LookupError("a fault in an adapter")

    flows: list[Flow[object]] = [wrong(), one(READ)]  # type: ignore[list-item]
    with in_memory(Counting(), Clock()) as live, pytest.raises(LookupError):
        live.drive_all(flows, in_flight=2)


def test_a_driver_serves_one_loop_after_another():
    """`drive` may be called again and again; connections are kept between the calls."""
    clock = Clock()
    outcome = []

    async def go() -> None:
        async with Server(OK).listening() as server:

            def blocking() -> None:
                with driver(server.url, clock) as live:
                    outcome.extend([live.drive(one(READ)), live.drive(one(READ))])

            await asyncio.to_thread(blocking)

    asyncio.run(go())
    assert [response.status for response in outcome] == [200, 200]


@pytest.mark.parametrize(("within", "sent"), [(60.0, 1), (120.0, 2), (None, 2)])
def test_what_had_to_wait_too_long_does_not_leave(within: float | None, sent: int) -> None:
    """An update that the account has held back for ninety seconds was decided by what may have changed since."""
    wait = answer(429, "{}", "retry-after: 90")
    outcome, server, _ = against(wait, OK, request=msgspec.structs.replace(WRITE, within=within))
    assert len(server.requests) == sent
    assert isinstance(outcome, Response if sent == 2 else StaleError)
