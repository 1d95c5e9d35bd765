"""The interface between the inbox and the code that runs commands."""

from __future__ import annotations

from typing import Protocol

import structlog

from bot.core.messages import Answer, Message, Priority

log = structlog.get_logger(__name__)


class MessageHandler(Protocol):
    """Runs the command in a message and returns the answer.

    The inbox stores each message once, calls the handler, and sends the answer exactly once. Messages
    that are from bots, deleted or too old are not passed to the handler.
    """

    def understands(self, message: Message) -> bool:
        """Whether the text is a known command or a vote. Only the text is considered.

        A mention that is neither, where there is a link, is a request for a summary and is not passed
        to the handler.
        """
        ...

    def priority(self, message: Message) -> Priority:
        """How urgent a message is. It may ask the platform for moderators, but raises no `PlatformError`."""
        ...

    def handle(self, message: Message) -> Answer | None:
        """Run the command; None for no answer.

        It must be idempotent: after a crash, or a `bot.core.errors.PlatformError` that it raised (then
        later), the same message comes again. Any other error ends the message.
        """
        ...

    def explain_failure(self, message: Message, error: Exception) -> Answer | None:
        """The answer to a message that failed too often, at last with this error; None for no answer."""
        ...


class NullHandler:
    """A handler without commands: only summary requests are answered."""

    def understands(self, message: Message) -> bool:
        del message
        return False

    def priority(self, message: Message) -> Priority:
        del message
        return Priority.OTHER

    def handle(self, message: Message) -> None:
        log.info("message ignored", account=message.account, id=message.id)

    def explain_failure(self, message: Message, error: Exception) -> None:
        del message, error
