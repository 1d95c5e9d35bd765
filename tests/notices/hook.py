"""A chat server on loopback that records what it receives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response


class Hook:
    """Answers every request with `answer`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Response | Disconnect = Response(204)
        self.url = ""
        self.asked, self.may_answer = Event(), Event()
        self.may_answer.set()

    def __call__(self, request: Request) -> Response | Disconnect:
        self.requests.append(request)
        self.asked.set()
        self.may_answer.wait(30)
        return self.answer

    def bodies(self) -> list[Any]:
        return [json.loads(request.body) for request in self.requests]

    def lines(self) -> list[tuple[str, str]]:
        """(event, kind) of every notice that was received."""
        return [(line["event"], line["kind"]) for body in self.bodies() for line in body["notices"]]


@contextmanager
def running_hook(path: str = "/services/T000/secret-part") -> Iterator[Hook]:
    hook = Hook()
    with LoopbackServer(hook) as server:
        hook.url = f"{server.url}{path}"
        yield hook
