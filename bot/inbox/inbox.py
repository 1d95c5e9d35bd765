"""The mailbox of one account: reads the inbox, keeps each message once, and answers it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, StoreError
from bot.core.messages import Answer, Message, MessageKind
from bot.core.skip_reasons import SkipReason
from bot.inbox import answer_texts
from bot.inbox.check_interval import CheckInterval
from bot.inbox.message_handler import MessageHandler
from bot.inbox.requested_link import find_requested_link
from bot.inbox.summary_requests import SummaryRequests
from bot.outbox.message_outbox import MessageOutbox
from bot.platforms.base import Messaging, Platform
from bot.store import (
    EarlierSummary,
    MessageOutcome,
    NewOutgoingMessage,
    ReceivedMessage,
    ReceivedMessages,
    State,
)

log = structlog.get_logger(__name__)

MAX_MESSAGE_AGE = timedelta(days=7)
"""Older messages are not answered any more: the account may have had an owner before."""
_DAY = timedelta(hours=24)
_PATIENCE = timedelta(minutes=15)
"""Before the inbox of an account that cannot be used is looked into again."""
_TRIES = 12
_SAY_NOTHING = (SkipReason.GONE, SkipReason.ALREADY_ANSWERED, SkipReason.WITHDRAWN)
_BACKOFF = timedelta(seconds=30)


class Inbox:
    """Takes one bounded pass at a time; every step is a transaction, so it may end anywhere."""

    def __init__(
        self,
        platform: Platform,
        correspondence: Messaging,
        *,
        messages: ReceivedMessages,
        letterbox: MessageOutbox,
        requests: SummaryRequests,
        desk: MessageHandler,
        looks: CheckInterval,
        per_person: int,
        clock: Callable[[], datetime],
    ) -> None:
        """`per_person` is the most answers to one person in 24 hours: two bots shall not talk for long."""
        self.account = platform.account
        self._platform = platform
        self._correspondence = correspondence
        self._messages = messages
        self._letterbox = letterbox
        self._requests = requests
        self._desk = desk
        self._looks = looks
        self._per_person = per_person
        self._clock = clock
        self._told: set[str] = set()
        """Messages that cannot be read, as they were told."""
        self._trouble: str | None = None
        """Why the inbox could not be read the last time."""

    def run(self, over: Callable[[], bool]) -> int:
        """Look, handle, answer, until nothing is due or `over` says so; how many messages were handled."""
        if self._looks.due(self._clock()):
            self._look()
        handled = 0
        while not over() and (self._handle_next() or self._close_next()):
            handled += 1
        while not over() and self._letterbox.process_next():
            self._looks.expect_answer(self._clock())
        return handled

    def _look(self) -> None:
        """Keep what is new, and mark it as read once it is kept."""
        now = self._clock()
        try:
            mail = self._correspondence.fetch_inbox()
            for line in mail.parse_errors:
                self._tell_of(line)
            for message in mail.messages:
                if self._messages.add(message, now):
                    log.info("message", account=self.account, via=message.via.value, id=message.id)
                self._correspondence.mark_read(message)
        except RetryLater as error:
            self._looks.postpone(error.retry_at)
        except AccountError as error:
            self._tell(f"{error} {error.remedy}")
            self._looks.postpone(now + _PATIENCE)
        except PlatformError as error:
            self._tell(str(error))
            self._looks.record_check(False, now)
        else:
            self._tell(None)
            self._looks.record_check(bool(mail.messages), now)

    def _tell_of(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            log.warning("a message could not be read", account=self.account, problem=message)

    def _tell(self, trouble: str | None) -> None:
        """Say once what is wrong with the inbox, and once that it is well again."""
        if trouble is not None and trouble != self._trouble:
            log.warning("the inbox cannot be read", account=self.account, problem=trouble)
        elif trouble is None and self._trouble is not None:
            log.info("the inbox can be read again", account=self.account)
        self._trouble = trouble

    def _handle_next(self) -> bool:
        received = self._messages.next_new(self.account, self._clock())
        if received is None:
            return False
        row = received.row
        try:
            self._handle(received)
        except RetryLater as error:
            self._messages.retry(row, error.retry_at, str(error), counted=False)
        except Refused as error:
            self._messages.finish(row, MessageOutcome.FAILED, self._clock(), error=str(error))
        except PlatformError as error:
            self._try_later(received, str(error))
        except StoreError:
            raise  # the machine's fault, told where it is seen: it is no try of the message
        except Exception as error:
            log.exception("a message ended in an unforeseen error", account=self.account, row=row)
            self._try_later(received, f"{type(error).__name__}: {error}")
        return True

    def _try_later(self, received: ReceivedMessage, error: str) -> None:
        if received.attempts >= _TRIES:
            self._messages.finish(received.row, MessageOutcome.FAILED, self._clock(), error=error)
            return
        pause = min(_BACKOFF * (1 << received.attempts), timedelta(hours=1))
        self._messages.retry(received.row, self._clock() + pause, error)

    def _handle(self, received: ReceivedMessage) -> None:
        message, now = received.message, self._clock()
        outcome = _ignored(message, now)
        if outcome is not None:
            self._messages.finish(received.row, outcome, now)
        elif not self._is_request(message) or not self._request(received):
            self._end(received, self._desk.handle(message))

    def _is_request(self, message: Message) -> bool:
        """What names the bot and is no command."""
        return (
            message.via is MessageKind.MENTION
            and message.post_id is not None
            and not self._desk.understands(message)
        )

    def _request(self, received: ReceivedMessage) -> bool:
        """Whether there was a link to ask about; then it is taken care of."""
        message, now = received.message, self._clock()
        post = self._platform.fetch_post(message.post_id or "")
        if post.gone:
            self._messages.finish(received.row, MessageOutcome.GONE, now)
            return True
        link = find_requested_link(message, post)
        if link is None:
            return False
        if self._has_had_enough(message):
            self._messages.finish(received.row, MessageOutcome.LIMIT, now)
            return True
        answer = self._requests.handle(received, post, link)
        if answer is not None:
            self._end(received, answer)
        return True

    def _end(self, received: ReceivedMessage, answer: Answer | None) -> None:
        now = self._clock()
        if answer is None:
            self._messages.finish(received.row, MessageOutcome.NOTED, now)
        elif self._has_had_enough(received.message):
            self._messages.finish(received.row, MessageOutcome.LIMIT, now)
        else:
            self._messages.finish(received.row, MessageOutcome.ANSWERED, now, _letter(received, answer))

    def _has_had_enough(self, message: Message) -> bool:
        since = self._clock() - _DAY
        given = self._messages.count_answers(self.account, message.author, since)
        return given >= self._per_person

    def _close_next(self) -> bool:
        """A request whose post has come to its end."""
        found = self._messages.next_with_finished_post(self.account, self._clock())
        if found is None:
            return False
        received, post = found
        if post.state is not State.SENT and self._was_for_another(received, post):
            self._messages.reopen(received.row, self._clock())
            return True
        outcome, answer = _what_became(received.message, post)
        letter = None if answer is None else _letter(received, answer)
        self._messages.finish(received.row, outcome, self._clock(), letter)
        self._looks.expect_answer(self._clock())
        return True

    @staticmethod
    def _was_for_another(received: ReceivedMessage, post: EarlierSummary) -> bool:
        """Whether the row was not made for this message, so that a request of its own may go better."""
        comment_id = received.message.comment_id
        return comment_id is not None and post.parent_id != comment_id


def _ignored(message: Message, now: datetime) -> MessageOutcome | None:
    if message.gone:
        return MessageOutcome.GONE
    if message.author_bot:
        return MessageOutcome.BOT
    return MessageOutcome.OLD if message.sent < now - MAX_MESSAGE_AGE else None


def _what_became(message: Message, post: EarlierSummary) -> tuple[MessageOutcome, Answer | None]:
    """How a request ends, and what is still to be said."""
    if post.state is State.SENT:
        elsewhere = post.parent_id != (message.comment_id or "")
        return MessageOutcome.ANSWERED, Answer(
            answer_texts.already_summarised(post.comment_url or "")
        ) if elsewhere else None
    if post.state is State.DELETED or post.reason in _SAY_NOTHING:
        return MessageOutcome.GONE, None
    if post.markdown is not None:
        text = answer_texts.private_summary(post.permalink, post.reason, post.markdown)
        return MessageOutcome.ANSWERED, Answer(
            text, private=True, language=post.language, subject=answer_texts.SUBJECT
        )
    text = answer_texts.no_summary(post.permalink, post.reason)
    return MessageOutcome.ANSWERED, Answer(text, private=True, subject=answer_texts.SUBJECT)


def _letter(received: ReceivedMessage, answer: Answer) -> NewOutgoingMessage:
    message = received.message
    below = message.comment_id is not None and not answer.private
    return NewOutgoingMessage(
        account=message.account,
        key=f"message-{received.row}",
        person=message.author,
        markdown=answer.markdown,
        since=message.sent,
        subject=answer.subject or message.subject,
        thread=message.thread,
        language=answer.language,
        community=message.community or "",
        post_id=message.post_id if below else None,
        comment_id=message.comment_id if below else None,
    )
