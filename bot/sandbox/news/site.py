"""The news site of the sandbox: ordinary articles, and everything else that people link to."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

from bot.sandbox.loopback_server import LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.news.page_builder import build_page, load_raw_page
from bot.sandbox.news.stories import STORIES, Story

_HTML = "text/html; charset=utf-8"
_DRIP_EVERY = 0.2
"""Seconds between two bytes: often enough that no timeout between reads ever ends it."""

Route = Callable[[str, int], Response]
"""From the path and how often it has been asked for, from 1, to the answer."""


class NewsSite(LoopbackService):
    """Serves `stories` on a free port of 127.0.0.1 from `start` to `stop`."""

    stories: tuple[Story, ...] = STORIES

    def __init__(self, port: int = 0) -> None:
        self._server = LoopbackServer(self._respond, port)
        self._lock = threading.Lock()
        self._requests: Counter[str] = Counter()
        self._stopped = threading.Event()
        self._routes = self._table()

    @property
    def request_counts(self) -> dict[str, int]:
        """How often each path has been asked for so far."""
        with self._lock:
            return dict(self._requests)

    def stop(self) -> None:
        self._stopped.set()
        super().stop()

    def _table(self) -> dict[str, Route]:
        """What answers each path."""
        return {
            "/robots.txt": _fixed(b"User-agent: *\nDisallow: /private/\n", "text/plain; charset=utf-8"),
            "/": _whole("front"),
            "/harbour/bridge": self._article("bridge"),
            "/science/peat": self._article("peat"),
            "/stadt/gleis": self._article("gleis"),
            "/comarca/huertos": self._article("huertos"),
            "/region/bibliotheque": self._article("bibliotheque"),
            "/long/salt-road": self._article("salt-road"),
            "/business/ferry": _at_second_try(self._article("ferry")),
            "/s/clock": _moved(301, "/go?to=clock"),  # relative, as many sites answer
            "/go": _moved(302, "/culture/the-clock"),
            "/culture/the-clock": lambda *_: _redirect(308, f"{self.url}/culture/clock"),
            "/culture/clock": self._article("clock"),
            "/wissen/stoerche": self._article("stoerche", "iso-8859-1"),
            "/harbour/channel": self._article("channel"),
            "/news/pool": self._article("pool"),
            "/pictures/regatta": _whole("regatta"),
            "/premium/salt": self._article("salt"),
            "/welcome": _whole("welcome"),
            "/files/accounts.pdf": _fixed(_PDF, "application/pdf"),
            "/private/minutes": self._article("minutes"),
            "/live/drip": lambda *_: Response(200, self._drip(), {"Content-Type": _HTML}),
        }

    def _respond(self, request: Request) -> Response:
        with self._lock:
            self._requests[request.path] += 1
            nth = self._requests[request.path]
        route = self._routes.get(request.path)
        return route(request.path, nth) if route else _MISSING

    def _article(self, name: str, charset: str = "utf-8") -> Route:
        """A page of ours; only the page's own head names a charset other than UTF-8."""
        kind = _HTML if charset == "utf-8" else "text/html"
        return lambda path, _: Response(
            200, build_page(name, self.url + path, charset), {"Content-Type": kind}
        )

    def _drip(self) -> Iterator[bytes]:
        """The start of a page, then a byte now and then until the client or the server goes."""
        yield b"<!DOCTYPE html><html><head><title>Live: the tide</title></head><body><p>"
        while not self._stopped.wait(_DRIP_EVERY):
            yield b"."


def _fixed(body: bytes, kind: str) -> Route:
    return lambda *_: Response(200, body, {"Content-Type": kind})


def _whole(name: str) -> Route:
    return _fixed(load_raw_page(name), _HTML)


def _at_second_try(route: Route) -> Route:
    busy = Response(503, b"<h1>503 Service Unavailable</h1>", {"Content-Type": _HTML, "Retry-After": "1"})
    return lambda path, nth: busy if nth == 1 else route(path, nth)


def _moved(status: int, location: str) -> Route:
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
