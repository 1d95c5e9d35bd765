"""The HTTP client alone, against servers that fail in every way."""

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
    opened: list[tuple[LoopbackServer, ApiClient]] = []

    def start(respond: Callable[[Request], Response | Disconnect]) -> tuple[ApiClient, list[Request]]:
        requests: list[Request] = []

        def record(request: Request) -> Response | Disconnect:
            requests.append(request)
            return respond(request)

        server = LoopbackServer(record).start()
        client = ApiClient(server.url, "precis-test/1", timedelta(seconds=5), ManualClock(), parse_error)
        opened.append((server, client))
        return client, requests

    yield start
    for server, client in opened:
        client.close()
        server.stop()


@pytest.mark.parametrize(
    ("answer", "read_error", "write_error"),
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
def test_errors_of_answers(
    serve: Serve, answer: Response | Disconnect, read_error: type[Exception], write_error: type[Exception]
) -> None:
    client, _ = serve(lambda _request: answer)
    with pytest.raises(read_error) as read:
        client.send(READ, None)
    with pytest.raises(write_error) as written:
        client.send(WRITE, None)
    assert (type(read.value), type(written.value)) == (read_error, write_error)


def test_an_error_of_the_api_keeps_its_code_and_message(serve: Serve) -> None:
    client, _ = serve(lambda _request: Response.from_json({"error": "unknown", "message": "why"}, 400))
    with pytest.raises(ApiError) as caught:
        client.send(READ, None)
    assert (caught.value.status, caught.value.code, caught.value.message) == (400, "unknown", "why")


def test_a_write_call_is_sent_once(serve: Serve) -> None:
    client, requests = serve(lambda _request: Response(500))
    with pytest.raises(UnknownOutcome):
        client.send(WRITE, None)
    assert len(requests) == 1


def test_a_read_call_is_tried_three_times(serve: Serve) -> None:
    client, requests = serve(lambda _request: Response(500))
    with pytest.raises(Unreachable):
        client.send(READ, None)
    assert len(requests) == 3


def test_a_retried_read_call_can_succeed(serve: Serve) -> None:
    answers = [Response(502), Response.from_json({"fine": True})]
    client, _ = serve(lambda _request: answers.pop(0))
    assert client.send(READ, None) == {"fine": True}


def test_a_refusal_is_not_retried(serve: Serve) -> None:
    client, requests = serve(lambda _request: Response.from_json({"error": "locked"}, 400))
    with pytest.raises(ApiError):
        client.send(READ, None)
    assert len(requests) == 1


@pytest.mark.parametrize("call", [READ, WRITE])
def test_a_refused_connection_means_nothing_was_sent(call: Call) -> None:
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


def test_a_timeout_of_a_write_call_has_an_unknown_outcome() -> None:
    """In all measurements on a real server, the comment was stored after a timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = ApiClient(url, "t/1", timedelta(milliseconds=50), ManualClock(), parse_error)
        with pytest.raises(UnknownOutcome):
            client.send(WRITE, None)
    client.close()


def test_a_slow_answer_ends_at_the_deadline(serve: Serve) -> None:
    stop = threading.Event()

    def drip() -> Iterator[bytes]:
        while not stop.wait(0.005):
            yield b" "

    client, _ = serve(lambda _request: Response(200, drip()))
    client._timeout = 0.05
    with pytest.raises(UnknownOutcome, match="too long"):
        client.send(WRITE, None)
    stop.set()


def test_a_huge_answer_is_an_error(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.api_client.MAX_BYTES", 1000)
    client, _ = serve(lambda _request: Response(200, b"[" + b"1," * 1000 + b"1]"))
    with pytest.raises(Unreachable, match="too large"):
        client.send(READ, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
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
def test_retry_after_of_a_busy_proxy(serve: Serve, header: str, seconds: int) -> None:
    client, _ = serve(lambda _request: Response(429, b"busy", {"Retry-After": header}))
    with pytest.raises(RetryLater) as caught:
        client.send(WRITE, None)
    assert caught.value.retry_at - ManualClock().now == timedelta(seconds=seconds)


def test_request_headers(serve: Serve) -> None:
    client, requests = serve(lambda _request: Response.from_json({}))
    client.send(READ, "secret")
    client.send(READ, None)
    assert requests[0].headers["User-Agent"] == "precis-test/1"
    assert requests[0].headers["Accept-Language"] == "en"
    assert requests[0].headers["Authorization"] == "Bearer secret"
    assert requests[1].headers["Authorization"] is None


def test_proxies_from_the_environment_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client, _ = serve(lambda _request: Response.from_json({"fine": True}))
    assert client.send(READ, None) == {"fine": True}
