"""The seam between the mailbox and whatever does as it is told."""

from __future__ import annotations

from typing import Protocol

import structlog

from bot.core.messages import Answer, Message

log = structlog.get_logger(__name__)


class MessageHandler(Protocol):
    """Does what a message asks for, and says what is to be answered.

    The mailbox keeps each message once, asks the desk, and sends the answer exactly once. Messages of
    bots, deleted ones and very old ones never get here.
    """

    def understands(self, message: Message) -> bool:
        """Whether the words are a command or an opinion that the desk knows; judged by the text alone.

        A mention that is none of these, where there is a link, is a request for a summary and does not
        get to the desk.
        """
        ...

    def handle(self, message: Message) -> Answer | None:
        """Do it; None when nothing is to be said.

        Its effects have to bear being done twice: after a crash, or a `bot.core.errors.PlatformError` that
        it let through (then later), the same message comes again. Every other error ends the message.
        """
        ...


class NullHandler:
    """A desk that knows no commands: only mentions are answered."""

    def understands(self, message: Message) -> bool:
        del message
        return False

    def handle(self, message: Message) -> None:
        log.info("a message that asks for nothing known", account=message.account, id=message.id)
