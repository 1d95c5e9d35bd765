"""The sandbox's news site: ordinary articles, and everything else that people link to."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

from bot.sandbox.loopback_server import LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.news.page_builder import build_page, load_raw_page
from bot.sandbox.news.stories import STORIES, Story

_HTML = "text/html; charset=utf-8"
_DRIP_INTERVAL = 0.2
"""Seconds between two bytes: short enough that a read timeout never ends the response."""

Route = Callable[[str, int], Response]
"""From the path and the number of requests for it so far, this one included, to the response."""


class NewsSite(LoopbackService):
    """Serves `stories` on a free port of 127.0.0.1 from `start` to `stop`."""

    stories: tuple[Story, ...] = STORIES

    def __init__(self, port: int = 0) -> None:
        self._server = LoopbackServer(self._respond, port)
        self._lock = threading.Lock()
        self._requests: Counter[str] = Counter()
        self._stopped = threading.Event()
        self._routes = self._build_routes()

    @property
    def request_counts(self) -> dict[str, int]:
        """The number of requests for each path so far."""
        with self._lock:
            return dict(self._requests)

    def stop(self) -> None:
        self._stopped.set()
        super().stop()

    def _build_routes(self) -> dict[str, Route]:
        """The route of each path."""
        return {
            "/robots.txt": _fixed_response(
                b"User-agent: *\nDisallow: /private/\n", "text/plain; charset=utf-8"
            ),
            "/": _raw_page("front"),
            "/harbour/bridge": self._article("bridge"),
            "/science/peat": self._article("peat"),
            "/stadt/gleis": self._article("gleis"),
            "/comarca/huertos": self._article("huertos"),
            "/region/bibliotheque": self._article("bibliotheque"),
            "/long/salt-road": self._article("salt-road"),
            "/business/ferry": _on_second_request(self._article("ferry")),
            "/s/clock": _redirect_route(301, "/go?to=clock"),  # a relative redirect, as on many sites
            "/go": _redirect_route(302, "/culture/the-clock"),
            "/culture/the-clock": lambda *_: _redirect(308, f"{self.url}/culture/clock"),
            "/culture/clock": self._article("clock"),
            "/wissen/stoerche": self._article("stoerche", "iso-8859-1"),
            "/harbour/channel": self._article("channel"),
            "/news/pool": self._article("pool"),
            "/pictures/regatta": _raw_page("regatta"),
            "/premium/salt": self._article("salt"),
            "/welcome": _raw_page("welcome"),
            "/files/accounts.pdf": _fixed_response(_PDF, "application/pdf"),
            "/private/minutes": self._article("minutes"),
            "/live/drip": lambda *_: Response(200, self._drip(), {"Content-Type": _HTML}),
        }

    def _respond(self, request: Request) -> Response:
        with self._lock:
            self._requests[request.path] += 1
            count = self._requests[request.path]
        route = self._routes.get(request.path)
        return route(request.path, count) if route else _MISSING

    def _article(self, name: str, charset: str = "utf-8") -> Route:
        """A built page. Only the head of the page names a charset other than UTF-8."""
        kind = _HTML if charset == "utf-8" else "text/html"
        return lambda path, _: Response(
            200, build_page(name, self.url + path, charset), {"Content-Type": kind}
        )

    def _drip(self) -> Iterator[bytes]:
        """The start of a page, then single bytes until the client disconnects or the server stops."""
        yield b"<!DOCTYPE html><html><head><title>Live: the tide</title></head><body><p>"
        while not self._stopped.wait(_DRIP_INTERVAL):
            yield b"."


def _fixed_response(body: bytes, kind: str) -> Route:
    return lambda *_: Response(200, body, {"Content-Type": kind})


def _raw_page(name: str) -> Route:
    return _fixed_response(load_raw_page(name), _HTML)


def _on_second_request(route: Route) -> Route:
    busy = Response(503, b"<h1>503 Service Unavailable</h1>", {"Content-Type": _HTML, "Retry-After": "1"})
    return lambda path, count: busy if count == 1 else route(path, count)


def _redirect_route(status: int, location: str) -> Route:
    return lambda *_: _redirect(status, location)


def _redirect(status: int, location: str) -> Response:
    return Response(status, b"", {"Location": location})


_MISSING = Response(404, load_raw_page("missing"), {"Content-Type": _HTML})
_PDF = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> endobj
trailer << /Root 1 0 R >>
%%EOF
"""
