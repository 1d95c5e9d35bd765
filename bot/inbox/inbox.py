"""The mailbox of one account: reads the inbox, keeps each message once, and answers it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import AccountError, NotNow, PlatformError, Refused, StoreError
from bot.core.messages import Answer, Message, Via
from bot.core.skip_reasons import SkipReason
from bot.inbox import answer_texts
from bot.inbox.check_interval import Looks
from bot.inbox.message_handler import Desk
from bot.inbox.requested_link import link_in
from bot.inbox.summary_requests import Requests
from bot.outbox.message_outbox import Letterbox
from bot.platforms.base import Correspondence, Platform
from bot.store import Earlier, Messages, NewLetter, Outcome, Received, State

log = structlog.get_logger(__name__)

STALE = timedelta(days=7)
"""Older messages are not answered any more: the account may have had an owner before."""
_DAY = timedelta(hours=24)
_PATIENCE = timedelta(minutes=15)
"""Before the inbox of an account that cannot be used is looked into again."""
_TRIES = 12
_SAY_NOTHING = (SkipReason.GONE, SkipReason.ALREADY_ANSWERED, SkipReason.WITHDRAWN)
_BACKOFF = timedelta(seconds=30)


class Mailbox:
    """Takes one bounded pass at a time; every step is a transaction, so it may end anywhere."""

    def __init__(
        self,
        platform: Platform,
        correspondence: Correspondence,
        *,
        messages: Messages,
        letterbox: Letterbox,
        requests: Requests,
        desk: Desk,
        looks: Looks,
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
        while not over() and self._letterbox.step():
            self._looks.expect(self._clock())
        return handled

    def _look(self) -> None:
        """Keep what is new, and mark it as read once it is kept."""
        now = self._clock()
        try:
            mail = self._correspondence.inbox()
            for line in mail.unreadable:
                self._tell_of(line)
            for message in mail.messages:
                if self._messages.take_in(message, now):
                    log.info("message", account=self.account, via=message.via.value, id=message.id)
                self._correspondence.mark_read(message)
        except NotNow as error:
            self._looks.put_off(error.until)
        except AccountError as error:
            self._tell(f"{error} {error.remedy}")
            self._looks.put_off(now + _PATIENCE)
        except PlatformError as error:
            self._tell(str(error))
            self._looks.found(False, now)
        else:
            self._tell(None)
            self._looks.found(bool(mail.messages), now)

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
        except NotNow as error:
            self._messages.retry(row, error.until, str(error), counted=False)
        except Refused as error:
            self._messages.finish(row, Outcome.FAILED, self._clock(), error=str(error))
        except PlatformError as error:
            self._try_later(received, str(error))
        except StoreError:
            raise  # the machine's fault, told where it is seen: it is no try of the message
        except Exception as error:
            log.exception("a message ended in an unforeseen error", account=self.account, row=row)
            self._try_later(received, f"{type(error).__name__}: {error}")
        return True

    def _try_later(self, received: Received, error: str) -> None:
        if received.attempts >= _TRIES:
            self._messages.finish(received.row, Outcome.FAILED, self._clock(), error=error)
            return
        pause = min(_BACKOFF * (1 << received.attempts), timedelta(hours=1))
        self._messages.retry(received.row, self._clock() + pause, error)

    def _handle(self, received: Received) -> None:
        message, now = received.message, self._clock()
        outcome = _ignored(message, now)
        if outcome is not None:
            self._messages.finish(received.row, outcome, now)
        elif not self._is_request(message) or not self._request(received):
            self._end(received, self._desk.handle(message))

    def _is_request(self, message: Message) -> bool:
        """What names the bot and is no command."""
        return (
            message.via is Via.MENTION and message.post_id is not None and not self._desk.understands(message)
        )

    def _request(self, received: Received) -> bool:
        """Whether there was a link to ask about; then it is taken care of."""
        message, now = received.message, self._clock()
        post = self._platform.reread(message.post_id or "")
        if post.gone:
            self._messages.finish(received.row, Outcome.GONE, now)
            return True
        link = link_in(message, post)
        if link is None:
            return False
        if self._has_had_enough(message):
            self._messages.finish(received.row, Outcome.LIMIT, now)
            return True
        answer = self._requests.take(received, post, link)
        if answer is not None:
            self._end(received, answer)
        return True

    def _end(self, received: Received, answer: Answer | None) -> None:
        now = self._clock()
        if answer is None:
            self._messages.finish(received.row, Outcome.HEARD, now)
        elif self._has_had_enough(received.message):
            self._messages.finish(received.row, Outcome.LIMIT, now)
        else:
            self._messages.finish(received.row, Outcome.ANSWERED, now, _letter(received, answer))

    def _has_had_enough(self, message: Message) -> bool:
        since = self._clock() - _DAY
        given = self._messages.answers_since(self.account, message.author, since)
        return given >= self._per_person

    def _close_next(self) -> bool:
        """A request whose post has come to its end."""
        found = self._messages.next_asked(self.account, self._clock())
        if found is None:
            return False
        received, post = found
        if post.state is not State.SENT and self._was_for_another(received, post):
            self._messages.ask_anew(received.row, self._clock())
            return True
        outcome, answer = _what_became(received.message, post)
        letter = None if answer is None else _letter(received, answer)
        self._messages.finish(received.row, outcome, self._clock(), letter)
        self._looks.expect(self._clock())
        return True

    @staticmethod
    def _was_for_another(received: Received, post: Earlier) -> bool:
        """Whether the row was not made for this message, so that a request of its own may go better."""
        comment_id = received.message.comment_id
        return comment_id is not None and post.parent_id != comment_id


def _ignored(message: Message, now: datetime) -> Outcome | None:
    if message.gone:
        return Outcome.GONE
    if message.author_bot:
        return Outcome.BOT
    return Outcome.OLD if message.sent < now - STALE else None


def _what_became(message: Message, post: Earlier) -> tuple[Outcome, Answer | None]:
    """How a request ends, and what is still to be said."""
    if post.state is State.SENT:
        elsewhere = post.parent_id != (message.comment_id or "")
        return Outcome.ANSWERED, Answer(answer_texts.already(post.comment_url or "")) if elsewhere else None
    if post.state is State.DELETED or post.reason in _SAY_NOTHING:
        return Outcome.GONE, None
    if post.markdown is not None:
        text = answer_texts.in_private(post.permalink, post.reason, post.markdown)
        return Outcome.ANSWERED, Answer(
            text, private=True, language=post.language, subject=answer_texts.SUBJECT
        )
    text = answer_texts.none(post.permalink, post.reason)
    return Outcome.ANSWERED, Answer(text, private=True, subject=answer_texts.SUBJECT)


def _letter(received: Received, answer: Answer) -> NewLetter:
    message = received.message
    below = message.comment_id is not None and not answer.private
    return NewLetter(
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
