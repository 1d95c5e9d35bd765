"""`precis notify`: lists where notices are sent, and sends a test message."""

from __future__ import annotations

import os
from pathlib import Path

from bot.cli.terminal import printable
from bot.config import Config, load
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.notices.factory import SendMessage, description_of, make_targets
from bot.notices.http_post import DeliveryError
from bot.notices.messages import test_message


def notify(config: Path, *, test: bool) -> None:
    """Print each target of `[notify.NAME]`; with `test`, send it a message and print the server's answer.

    Raises `UserError` if there is no target, or if a message was not accepted.
    """
    settings = load(config, os.environ)
    if not settings.notify:
        raise UserError(
            "No notices are sent: the settings have no table [notify.NAME].",
            'Add one with url_file and, if needed, form. "precis notify --test" then sends a test message.',
        )
    if not test:
        for name, target in settings.notify.items():
            print(f"{name} ({description_of(target)})")
        return
    failed = [name for name, send in make_targets(settings).items() if not _send_test(settings, name, send)]
    if failed:
        raise UserError(
            f"{len(failed)} of {len(settings.notify)} test messages failed: {', '.join(failed)}.",
            "Check url, form and token of these tables.",
        )


def _send_test(settings: Config, name: str, send: SendMessage) -> bool:
    """Send a test message and print the answer in one line; return whether it was accepted."""
    try:
        answer, ok = send(test_message(utc_now())), True
    except DeliveryError as error:
        answer, ok = f"{error}", False
    mark = "ok" if ok else "failed"
    print(printable(f"{name} ({description_of(settings.notify[name])}): {mark}: {answer}"))
    return ok
