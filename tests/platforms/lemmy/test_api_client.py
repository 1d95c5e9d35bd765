"""The transport alone, against servers that break in every way."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.core.errors import RetryLater, UnknownOutcome, Unreachable
from bot.platforms.api_call import ApiError, Call
from bot.platforms.api_client import ApiClient, ApiNotServed
from bot.platforms.lemmy.errors import parse_error
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response
from tests.platforms.clock import ManualClock

READ = Call("GET", "/thing")
WRITE = Call("POST", "/thing", body={"a": 1})
JSON = {"Content-Type": "application/json"}

Serve = Callable[[Callable[[Request], Response | Disconnect]], tuple[ApiClient, list[Request]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    open_ones: list[tuple[LoopbackServer, ApiClient]] = []

    def start(respond: Callable[[Request], Response | Disconnect]) -> tuple[ApiClient, list[Request]]:
        seen: list[Request] = []

        def noting(request: Request) -> Response | Disconnect:
            seen.append(request)
            return respond(request)

        server = LoopbackServer(noting).start()
        client = ApiClient(server.url, "precis-test/1", timedelta(seconds=5), ManualClock(), parse_error)
        open_ones.append((server, client))
        return client, seen

    yield start
    for server, client in open_ones:
        client.close()
        server.stop()


@pytest.mark.parametrize(
    ("answer", "reading", "writing"),
    [
        (Response(500), Unreachable, UnknownOutcome),
        (Response(502, b"<html>Bad gateway</html>"), Unreachable, UnknownOutcome),
        (Response(503, b'{"error": "x"}', JSON), Unreachable, UnknownOutcome),
        (Response(408), Unreachable, UnknownOutcome),
        (Response(200, b"<html>maintenance</html>"), Unreachable, UnknownOutcome),
        (Response(200, b""), Unreachable, UnknownOutcome),
        (Response(200, b"\xff\xfe{"), Unreachable, UnknownOutcome),
        (Response(200, b"[" * 100_000), Unreachable, UnknownOutcome),
        (Response(200, b"not gzip", {"Content-Encoding": "gzip"}), Unreachable, UnknownOutcome),
        (Disconnect(), Unreachable, UnknownOutcome),
        (Disconnect(reset=True), Unreachable, UnknownOutcome),
        (Response(404), ApiNotServed, ApiNotServed),
        (Response(403, b"<html>a wall</html>"), Unreachable, Unreachable),
        (Response(413, b'{"detail": "x"}', JSON), Unreachable, Unreachable),
        (Response(301, b"", {"Location": "https://elsewhere.example/"}), Unreachable, Unreachable),
        (Response(429), RetryLater, RetryLater),
        (Response(400, b'{"error": "locked"}', JSON), ApiError, ApiError),
        (Response(404, b'{"error": "unknown", "message": "m"}', JSON), ApiError, ApiError),
    ],
)
def test_what_an_answer_means(
    serve: Serve, answer: Response | Disconnect, reading: type[Exception], writing: type[Exception]
) -> None:
    client, _ = serve(lambda _request: answer)
    with pytest.raises(reading) as read:
        client.send(READ, None)
    with pytest.raises(writing) as written:
        client.send(WRITE, None)
    assert (type(read.value), type(written.value)) == (reading, writing)


def test_an_error_of_the_api_keeps_its_code_and_message(serve: Serve) -> None:
    client, _ = serve(lambda _request: Response.from_json({"error": "unknown", "message": "why"}, 400))
    with pytest.raises(ApiError) as caught:
        client.send(READ, None)
    assert (caught.value.status, caught.value.code, caught.value.message) == (400, "unknown", "why")


def test_a_writing_call_goes_out_once(serve: Serve) -> None:
    client, seen = serve(lambda _request: Response(500))
    with pytest.raises(UnknownOutcome):
        client.send(WRITE, None)
    assert len(seen) == 1


def test_a_reading_call_is_tried_three_times(serve: Serve) -> None:
    client, seen = serve(lambda _request: Response(500))
    with pytest.raises(Unreachable):
        client.send(READ, None)
    assert len(seen) == 3


def test_a_reading_call_recovers(serve: Serve) -> None:
    answers = [Response(502), Response.from_json({"fine": True})]
    client, _ = serve(lambda _request: answers.pop(0))
    assert client.send(READ, None) == {"fine": True}


def test_a_refusal_is_not_tried_again(serve: Serve) -> None:
    client, seen = serve(lambda _request: Response.from_json({"error": "locked"}, 400))
    with pytest.raises(ApiError):
        client.send(READ, None)
    assert len(seen) == 1


@pytest.mark.parametrize("call", [READ, WRITE])
def test_nobody_listening_means_nothing_was_sent(call: Call) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = ApiClient(
            f"http://127.0.0.1:{unused.getsockname()[1]}",
            "t/1",
            timedelta(seconds=5),
            ManualClock(),
            parse_error,
        )
        with pytest.raises(Unreachable):
            client.send(call, None)
    client.close()


def test_a_time_out_on_a_writing_call_leaves_it_open() -> None:
    """Time-outs meant *stored* in all trials with a real server."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = ApiClient(url, "t/1", timedelta(milliseconds=50), ManualClock(), parse_error)
        with pytest.raises(UnknownOutcome):
            client.send(WRITE, None)
    client.close()


def test_a_dripping_answer_ends_at_the_deadline(serve: Serve) -> None:
    go_on = threading.Event()

    def drip() -> Iterator[bytes]:
        while not go_on.wait(0.005):
            yield b" "

    client, _ = serve(lambda _request: Response(200, drip()))
    client._timeout = 0.05
    with pytest.raises(UnknownOutcome, match="too long"):
        client.send(WRITE, None)
    go_on.set()


def test_a_huge_answer_is_not_swallowed(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.api_client.MAX_ANSWER_BYTES", 1000)
    client, _ = serve(lambda _request: Response(200, b"[" + b"1," * 1000 + b"1]"))
    with pytest.raises(Unreachable, match="too large"):
        client.send(READ, None)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("999999999", 3600),
        ("9" * 5000, 3600),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("soon", 60),
        ("", 60),
        ("Sun, 01 Mar 2026 12:02:00", 60),
    ],
)
def test_a_busy_front_server_says_when(serve: Serve, asked: str, seconds: int) -> None:
    client, _ = serve(lambda _request: Response(429, b"busy", {"Retry-After": asked}))
    with pytest.raises(RetryLater) as caught:
        client.send(WRITE, None)
    assert caught.value.retry_at - ManualClock().now == timedelta(seconds=seconds)


def test_who_we_are_and_what_we_read(serve: Serve) -> None:
    client, seen = serve(lambda _request: Response.from_json({}))
    client.send(READ, "secret")
    client.send(READ, None)
    assert seen[0].headers["User-Agent"] == "precis-test/1"
    assert seen[0].headers["Accept-Language"] == "en"
    assert seen[0].headers["Authorization"] == "Bearer secret"
    assert seen[1].headers["Authorization"] is None


def test_no_proxy_of_the_environment_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client, _ = serve(lambda _request: Response.from_json({"fine": True}))
    assert client.send(READ, None) == {"fine": True}
