"""How messages end, as pure functions: which are ignored, how a summary request ends, the answer to send."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.core.lazy_patterns import lazy_pattern
from bot.core.messages import Answer, Message, MessageKind
from bot.core.models import Dialect
from bot.core.post_addresses import parse_post_address
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import translator
from bot.inbox import answer_texts
from bot.inbox.commands.parser import parse_command
from bot.render import clean, with_lead
from bot.render.sanitize import sanitize
from bot.store import EarlierSummary, MessageOutcome, NewOutgoingMessage, ReceivedMessage, State

MAX_MESSAGE_AGE = timedelta(days=7)
"""Older messages are not answered: the account may have belonged to someone else before."""
MAX_LINE_LENGTH = 2_000
"""Characters of a line that are searched for links."""
MAX_QUOTED = 100
"""Characters of a message that its answer quotes."""
_POST_LINK = lazy_pattern(r"https?://[\w./:?=#&-]+")
"""Without `@`, so that it mentions nobody."""
_REASONS_WITHOUT_ANSWER = (SkipReason.GONE, SkipReason.ALREADY_ANSWERED, SkipReason.WITHDRAWN)


def outcome_if_ignored(message: Message, now: datetime) -> MessageOutcome | None:
    """The outcome of a message that is deleted, from a bot or too old; None for one to handle."""
    if message.gone:
        return MessageOutcome.GONE
    if message.author_bot:
        return MessageOutcome.BOT
    return MessageOutcome.OLD if message.sent < now - MAX_MESSAGE_AGE else None


def request_result(message: Message, post: EarlierSummary) -> tuple[MessageOutcome, Answer | None]:
    """The outcome of a summary request whose post is finished, and the answer still to send."""
    if post.state is State.SENT:
        is_elsewhere = post.parent_id != (message.comment_id or "")
        pointer = answer_texts.already_summarised(post.permalink, post.comment_url or "")
        return MessageOutcome.ANSWERED, pointer if is_elsewhere else None
    if post.state is State.DELETED or post.reason in _REASONS_WITHOUT_ANSWER:
        return MessageOutcome.GONE, None
    if post.markdown is not None:
        text = answer_texts.private_summary(post.permalink, post.reason, post.markdown)
        return MessageOutcome.ANSWERED, Answer(
            text, private=True, language=post.language, subject=answer_texts.SUBJECT
        )
    text = answer_texts.no_summary(post.permalink, post.reason)
    return MessageOutcome.ANSWERED, Answer(text, private=True, subject=answer_texts.SUBJECT)


def limit_reached(message: Message, limit: int) -> Answer:
    """The answer to the first message over the limit of a person, in the language of its command."""
    command = parse_command(message.text, message.subject)
    translate = translator(command.languages[0] if command and command.languages else None)
    return Answer(translate("limit-reached", limit=limit), private=True, language=translate.language)


def name_message(message: Message, answer: Answer, dialect: Dialect) -> Answer:
    """A private answer with a first line that names the message, unless the platform shows it in a thread."""
    if not answer.private or message.thread or message.via is MessageKind.INVITATION:
        return answer
    translate = translator(answer.language)
    first_line = next((line for line in message.text.splitlines() if line.strip()), message.subject)
    if message.url:
        name = translate("about-comment", url=message.url)
    elif first_line.strip():
        name = translate("about-message", text=_quote(first_line, dialect))
    else:
        return answer
    return replace(answer, markdown=with_lead(name, answer.markdown))


def _quote(line: str, dialect: Dialect) -> str:
    """The beginning of a line without formatting and mentions; of its links, the first to a post stays."""
    shown = clean(line)
    shown = shown if len(shown) <= MAX_QUOTED else f"{shown[: MAX_QUOTED - 1]}…"
    links = (link for link in _POST_LINK.findall(line[:MAX_LINE_LENGTH]) if parse_post_address(link))
    return f"{sanitize(shown, dialect)} {next(links, '')}".strip()


def to_outgoing_message(received: ReceivedMessage, answer: Answer) -> NewOutgoingMessage:
    """The answer as a message to send: below the comment that is answered, else in private."""
    message = received.message
    is_public = message.comment_id is not None and not answer.private
    return NewOutgoingMessage(
        account=message.account,
        idempotency_key=f"message-{received.row}",
        recipient=message.author,
        markdown=answer.markdown,
        read_back_from=message.sent,
        subject=answer.subject or message.subject,
        thread=message.thread,
        language=answer.language,
        community=message.community or ("" if is_public else answer.community),
        post_id=message.post_id if is_public else None,
        comment_id=message.comment_id if is_public else None,
    )
