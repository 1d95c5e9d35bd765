"""The steps of a send at which a node can be killed, stopped or cut off, and who is told about them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response


class Step(StrEnum):
    """In the order in which they happen. The node reports all except those of the server."""

    CLAIMED = "claimed"
    MARKING = "marking"
    MARKED = "marked"
    CHECKED = "checked"
    RECEIVED = "received"
    STORED = "stored"
    ANSWERED = "answered"
    RECORDED = "recorded"
    END = "end"
    """The node does nothing more with this send. Nothing happens to it here."""


DESCRIPTIONS = {
    Step.CLAIMED: "after the claim",
    Step.MARKING: "before `sending` is committed",
    Step.MARKED: "after `sending`, before the check",
    Step.CHECKED: "between the check and the request",
    Step.RECEIVED: "request sent, not stored yet",
    Step.STORED: "stored, not answered yet",
    Step.ANSWERED: "after the answer, before `sent`",
    Step.RECORDED: "after `sent` is committed",
}
"""The steps at which something can happen."""
SERVER_STEPS = (Step.RECEIVED, Step.STORED)


@dataclass(frozen=True, slots=True)
class Reached:
    """A node has reached the step at which something happens to it."""

    pid: int
    at: float
    """Of the monotonic clock."""


class StepControl:
    """Lets something happen to the first node that reaches a step. It waits there meanwhile.

    Serves the nodes' reports over HTTP inside a `with` block.
    """

    def __init__(self) -> None:
        self._server = LoopbackServer(self._handle)
        self._changed = threading.Condition()
        self._step: Step | None = None
        self._happens: Callable[[int], None] | None = None
        self._reached: Reached | None = None
        self._ended: set[int] = set()
        self._sender: int | None = None

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return self._server.url

    def arm(self, step: Step, happens: Callable[[int], None]) -> None:
        """`happens` is called once, with the process ID of the node that reaches the step."""
        with self._changed:
            self._step, self._happens, self._reached = step, happens, None
            self._ended.clear()

    def disarm(self) -> None:
        """Let nothing happen any more."""
        with self._changed:
            self._happens = None

    def wait_until_reached(self, timeout: float) -> Reached | None:
        """None if no node reaches the step."""
        with self._changed:
            self._changed.wait_for(lambda: self._reached is not None, timeout)
            return self._reached

    def wait_until_ended(self, pid: int, timeout: float) -> None:
        """Wait until the node does nothing more with its send."""
        with self._changed:
            assert self._changed.wait_for(lambda: pid in self._ended, timeout), (pid, self._step)

    def around_comments(
        self, handle: Callable[[Request], Response | Disconnect], late: float
    ) -> Callable[[Request], Response | Disconnect]:
        """A server's handler with the server's steps. A request at RECEIVED goes on after `late` seconds."""

        def handle_with_steps(request: Request) -> Response | Disconnect:
            if request.method != "POST" or not request.path.rstrip("/").endswith("/comment"):
                return handle(request)
            sender = self._sender
            if sender is None:  # no node has reported; a signal to process 0 would end the benchmark itself
                return handle(request)
            if self._report(Step.RECEIVED, sender):
                time.sleep(late)
            response = handle(request)
            self._report(Step.STORED, sender)
            return response

        return handle_with_steps

    def _handle(self, request: Request) -> Response:
        step, pid = Step(request.path.removeprefix("/")), int(request.query["pid"])
        if step is Step.CHECKED:
            self._sender = pid
        self._report(step, pid)
        return Response()

    def _report(self, step: Step, pid: int) -> bool:
        """Whether something happened to the node here."""
        with self._changed:
            happens = self._happens
            if step is Step.END and self._reached is not None and self._reached.pid == pid:
                self._ended.add(pid)
                self._changed.notify_all()
            if happens is None or step is not self._step:
                return False
            self._happens = None
        happens(pid)
        with self._changed:
            self._reached = Reached(pid, time.monotonic())
            self._changed.notify_all()
        return True


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def stop(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


def wake(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)
