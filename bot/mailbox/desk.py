"""The seam between the mailbox and whatever does as it is told."""

from __future__ import annotations

from typing import Protocol

from bot.models import Answer, Message


class Desk(Protocol):
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

        Its effects have to bear being done twice: after a crash, or a `bot.errors.PlatformError` that
        it let through (then later), the same message comes again. Every other error ends the message.
        """
        ...
