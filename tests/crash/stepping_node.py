"""A node that reports each step of each reply to a `StepControl`, and waits for its answer.

python -m tests.crash.stepping_node CONTROL_URL, then the options of bot.sandbox.daemon_process
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import ExitStack
from datetime import datetime
from unittest.mock import patch
from urllib.request import urlopen

from bot.core.errors import PlatformError
from bot.core.models import Comment, Skipped
from bot.outbox.reply_outbox import ReplyOutbox
from bot.platforms.fencing import WriteGuard
from bot.store import OutgoingReply
from tests.crash.send_steps import Step
from tests.quick_daemon.__main__ import main as run_quick_daemon

STEPPING_NODE = "tests.crash.stepping_node"
ASSEMBLY = "bot.daemon.account_runtime"
"""The module that creates the outboxes."""

_thread = threading.local()
"""`sends` is True while this thread is between the commit of `sending` and the answer."""
_control: list[str] = []


def report(step: Step) -> None:
    with urlopen(f"{_control[0]}/{step}?pid={os.getpid()}") as response:
        response.read()


class SteppingOutbox(ReplyOutbox):
    def _send(self, item: OutgoingReply) -> None:
        report(Step.CLAIMED)
        try:
            super()._send(item)
        finally:
            report(Step.END)

    def _mark_sending(self, item: OutgoingReply, now: datetime) -> Skipped | bool:
        report(Step.MARKING)
        return super()._mark_sending(item, now)

    def _answer_to(self, item: OutgoingReply) -> Comment | PlatformError:
        report(Step.MARKED)
        _thread.sends = True
        try:
            return super()._answer_to(item)
        finally:
            _thread.sends = False

    def _record_answer(self, item: OutgoingReply, answer: Comment | PlatformError) -> None:
        report(Step.ANSWERED)
        super()._record_answer(item, answer)
        report(Step.RECORDED)


class SteppingGuard(WriteGuard):
    def check(self) -> None:
        super().check()
        if getattr(_thread, "sends", False):
            report(Step.CHECKED)


def main() -> None:
    """Run the daemon. The workers import this module again, but do not call this."""
    _control.append(sys.argv.pop(1))
    patches: dict[str, object] = {f"{ASSEMBLY}.ReplyOutbox": SteppingOutbox}
    for platform in ("lemmy", "piefed", "reddit"):
        patches[f"bot.platforms.{platform}.adapter.WriteGuard"] = SteppingGuard
    with ExitStack() as patched:
        for name, replacement in patches.items():
            patched.enter_context(patch(name, replacement))
        run_quick_daemon()


if __name__ == "__main__":
    main()
