"""Messages that are not a command: stored for the operator, forwarded, and answered at most once a month."""

from __future__ import annotations

from datetime import timedelta

from bot.core.messages import Answer, Message
from bot.inbox.commands.context import (
    PRIVATE_KINDS,
    CommandContext,
    command_word,
    private_answer,
    translator_for,
)
from bot.inbox.commands.message_language import message_languages
from bot.inbox.commands.parser import Verb, says_it_is_a_bot
from bot.inbox.commands.suggestions import is_suggestion
from bot.render.sanitize import sanitize
from bot.store import NewOutgoingMessage, UnhandledMessage

_DAY = timedelta(hours=24)
_MONTH = timedelta(days=30)
MAX_UNHANDLED_PER_DAY = 20
"""Messages of one person that are stored in 24 hours."""


def handle_unknown_message(
    message: Message, context: CommandContext, *, by_moderator: bool = False
) -> Answer | None:
    """Store and forward a message, and answer a private one.

    Bots get no answer, and a person gets no second one within 30 days, so that two bots never start a
    conversation. A moderator of a watched community gets one each time; the inbox limits how many.
    """
    now = context.clock()
    operator = context.identity_of(message.account).forward_to
    if operator is not None and message.author.lower() == operator.lower():
        return None
    is_bot = message.author_bot or says_it_is_a_bot(message.text) or is_suggestion(message.text)
    unhandled = UnhandledMessage(
        message.account,
        message.id,
        message.author,
        message.community,
        f"{message.subject}\n{message.text}".strip(),
        message.sent,
    )
    stored = context.feedback.add_unhandled(unhandled, MAX_UNHANDLED_PER_DAY, now - _DAY)
    if stored and operator is not None and not is_bot:
        context.queue_message(_to_forward(unhandled, operator, context))
    earlier = context.feedback.count_unhandled(
        message.account, message.author, now - _MONTH, except_id=message.id
    )
    if is_bot or message.via not in PRIVATE_KINDS or (earlier and not by_moderator):
        return None
    languages = message_languages((), message.text)
    translate = translator_for(message.community, context, languages)
    if earlier:
        word = command_word(Verb.HELP, translate)
        return private_answer(translate, translate("not-understood-moderator", help=word))
    return private_answer(translate, translate("not-understood"))


def _to_forward(unhandled: UnhandledMessage, operator: str, context: CommandContext) -> NewOutgoingMessage:
    """The message to the operator, with the text quoted."""
    dialect = context.identity_of(unhandled.account).dialect
    community = f" ({unhandled.community})" if unhandled.community else ""
    lines = [sanitize(line, dialect) for line in unhandled.text.splitlines()]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return NewOutgoingMessage(
        unhandled.account,
        f"note/{unhandled.message_id}",
        operator,
        f"{sanitize(unhandled.author + community, dialect)}:\n\n{quoted}",
        read_back_from=context.clock(),
        subject="Precis: a message for you",
    )
