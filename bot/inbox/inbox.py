"""The inbox of one account: fetches messages, stores each one once, and answers it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import (
    AccountError,
    CommunityLookupFailed,
    PlatformError,
    Refused,
    RetryLater,
    StoreError,
    UnknownOutcome,
)
from bot.core.messages import Answer, Message, MessageKind, Priority
from bot.core.models import Post
from bot.inbox.check_interval import CheckInterval
from bot.inbox.error_transitions import ErrorTransitions
from bot.inbox.message_handler import MessageHandler
from bot.inbox.message_outcomes import (
    limit_reached,
    name_message,
    outcome_if_ignored,
    request_result,
    to_outgoing_message,
)
from bot.inbox.requested_link import find_requested_link, may_get_link_later
from bot.inbox.summary_requests import SummaryRequests
from bot.operations.unexpected_errors import log_unexpected_errors
from bot.outbox.message_outbox import MessageOutbox
from bot.pipeline.deferral import LINK_CHECKS
from bot.platforms.base import Messaging, Platform
from bot.store import EarlierSummary, MessageOutcome, ReceivedMessage, ReceivedMessages, State

log = structlog.get_logger(__name__)

CONTROL_FACTOR = 5
"""Commands that control the bot may be this many times as many as other messages of a person."""
MAX_MARKED = 50
"""Messages that are marked as read after one look: each costs a call, and more would use up the calls of a
minute on Reddit. The others are listed again by the next look."""
_DAY = timedelta(hours=24)
_ACCOUNT_ERROR_PAUSE = timedelta(minutes=15)
"""Until the next check of the inbox of an account that cannot be used."""
_MAX_RETRIES = 12
"""Of a message, within about six hours."""
_MAX_LOOKUP_RETRIES = 3
"""Of a message about a community that the server cannot look up, within about four minutes."""
_RETRY_PAUSE = timedelta(seconds=30)
"""Before the first retry of a message; it doubles up to an hour."""


class Inbox:
    """Each step is one transaction, so the process may stop at any point."""

    def __init__(
        self,
        platform: Platform,
        messaging: Messaging,
        *,
        messages: ReceivedMessages,
        outbox: MessageOutbox,
        summary_requests: SummaryRequests,
        handler: MessageHandler,
        check_interval: CheckInterval,
        max_per_person: int,
        clock: Callable[[], datetime],
    ) -> None:
        """`max_per_person` messages of a person cause work in 24 hours; it also ends conversations
        between two bots. `CONTROL_FACTOR` times as many may control the bot."""
        self.account = platform.account
        self._platform = platform
        self._messaging = messaging
        self._messages = messages
        self._outbox = outbox
        self._summary_requests = summary_requests
        self._handler = handler
        self._check_interval = check_interval
        self._max_per_person = max_per_person
        self._clock = clock
        self._reported_errors: set[str] = set()
        """Parse errors that have been logged."""
        self._fetch_errors = ErrorTransitions(
            self.account, "inbox could not be fetched", "inbox can be fetched again"
        )
        self._mark_errors = ErrorTransitions(
            self.account, "messages cannot be marked as read", "messages can be marked as read again"
        )

    def run(self, over: Callable[[], bool]) -> int:
        """Fetch, handle and answer messages until none is due or `over` is true.

        Returns the number of handled messages.
        """
        unread = self._fetch_messages() if self.is_check_due() else ()
        handled = 0
        # Without unread messages nothing has to be done before they are marked, and the order is the same.
        while unread and not over() and self._handle_next(Priority.MODERATOR):
            handled += 1
        self._mark_as_read(unread, over)
        if not self._messages.has_unfinished(self.account):
            return handled
        while not over() and (self._handle_next() or self._finish_next_request()):
            handled += 1
        while not over() and self._outbox.process_next():
            self._check_interval.expect_answer(self._clock())
        return handled

    def is_check_due(self) -> bool:
        """Whether the next run asks the platform for new messages."""
        return self._check_interval.due(self._clock())

    def next_due_at(self) -> datetime:
        """When the next check or message is due; it may be in the past."""
        check = self._check_interval.next_check or self._clock()
        times = (check, self._messages.next_due_at(self.account), self._outbox.next_due_at())
        return min(time for time in times if time is not None)

    def _fetch_messages(self) -> tuple[Message, ...]:
        """Store new messages, oldest first. Returns all that the platform shows as unread."""
        now = self._clock()
        try:
            with log_unexpected_errors(self.account):
                page = self._messaging.fetch_inbox()
            for error_line in page.parse_errors:
                self._report_parse_error(error_line)
            known = self._messages.known_ids(self.account, [message.id for message in page.messages])
            for message in page.messages:
                if message.id not in known:
                    self._messages.add(message, now, self._priority(message))
                    log.info("message received", account=self.account, via=message.via.value, id=message.id)
        except RetryLater as error:
            self._check_interval.postpone(error.retry_at)
        except AccountError as error:
            self._fetch_errors.record(f"{error} {error.remedy}")
            self._check_interval.postpone(now + _ACCOUNT_ERROR_PAUSE)
        except PlatformError as error:
            self._fetch_errors.record(str(error))
            self._check_interval.record_check(False, now)
        else:
            self._fetch_errors.record(None)
            self._check_interval.record_check(bool(page.messages), now)
            return page.messages
        return ()

    def _priority(self, message: Message) -> Priority:
        """A bug must not keep the message, and all later ones, from being stored."""
        try:
            with log_unexpected_errors(self.account):
                return self._handler.priority(message)
        except UnknownOutcome:
            return Priority.OTHER

    def _mark_as_read(self, messages: tuple[Message, ...], over: Callable[[], bool]) -> None:
        """Mark stored messages as read. One that cannot be marked now is fetched and marked again later."""
        try:
            for message in messages[:MAX_MARKED]:
                if over():
                    return
                with log_unexpected_errors(self.account):
                    self._messaging.mark_read(message)
                self._mark_errors.record(None)
        except RetryLater as error:
            self._check_interval.postpone(error.retry_at)
        except PlatformError as error:
            self._mark_errors.record(str(error))

    def _report_parse_error(self, error_line: str) -> None:
        if error_line not in self._reported_errors:
            self._reported_errors.add(error_line)
            log.warning("message could not be parsed", account=self.account, problem=error_line)

    def _handle_next(self, lowest: Priority = Priority.OTHER) -> bool:
        received = self._messages.next_new(self.account, self._clock(), lowest)
        if received is None:
            return False
        row = received.row
        try:
            self._handle(received)
        except RetryLater as error:
            self._messages.retry(row, error.retry_at, str(error), counted=False)
        except Refused as error:  # it would be the same at every attempt
            self._explain(received, error, str(error))
        except PlatformError as error:
            self._retry_or_explain(received, error)
        except StoreError:
            raise  # an error of this machine, reported by the caller; it is not an attempt of the message
        except Exception as error:
            log.exception("a message failed with an unexpected error", account=self.account, row=row)
            self._retry_or_explain(received, error)
        return True

    def _retry_or_explain(self, received: ReceivedMessage, error: Exception) -> None:
        """Retry a message. After too many attempts, tell its author why the bot does not answer."""
        text = str(error) if isinstance(error, PlatformError) else f"{type(error).__name__}: {error}"
        is_lookup = isinstance(error, CommunityLookupFailed)
        if received.attempts < (_MAX_LOOKUP_RETRIES if is_lookup else _MAX_RETRIES):
            pause = min(_RETRY_PAUSE * (1 << received.attempts), timedelta(hours=1))
            self._messages.retry(received.row, self._clock() + pause, text)
            return
        self._explain(received, error, text)

    def _explain(self, received: ReceivedMessage, error: Exception, text: str) -> None:
        """End a message that failed. If it was a command, its author is told why."""
        log.warning("gave up a message", account=self.account, row=received.row, error=text)
        answer = self._handler.explain_failure(received.message, error)
        if answer is None:
            self._messages.finish(received.row, MessageOutcome.FAILED, self._clock(), error=text)
        else:
            self._answer(received, answer)

    def _handle(self, received: ReceivedMessage) -> None:
        message, now = received.message, self._clock()
        outcome = outcome_if_ignored(message, now)
        if outcome is not None:
            self._messages.finish(received.row, outcome, now)
        elif not self._begin_work(received):
            self._finish_over_limit(received)
        elif not self._may_be_request(message) or not self._request_summary(received):
            self._answer(received, self._handler.handle(message))

    def _answer(self, received: ReceivedMessage, answer: Answer | None) -> None:
        if answer is not None:
            answer = name_message(received.message, answer, self._messaging.dialect)
        self._finish(received, answer)

    def _may_be_request(self, message: Message) -> bool:
        """Whether it is a mention of the bot that is not a command."""
        return (
            message.via is MessageKind.MENTION
            and message.post_id is not None
            and not self._handler.understands(message)
        )

    def _request_summary(self, received: ReceivedMessage) -> bool:
        """False if there is no link to summarise; otherwise the message needs no other handling."""
        message, now = received.message, self._clock()
        post = self._platform.fetch_post(message.post_id or "")
        if post.gone:
            self._messages.finish(received.row, MessageOutcome.GONE, now)
            return True
        link = find_requested_link(message, post)
        if link is None:
            return self._wait_for_link(received, post)
        answer = self._summary_requests.handle(received, post, link)
        if answer is not None:
            self._finish(received, answer)
        return True

    def _wait_for_link(self, received: ReceivedMessage, post: Post) -> bool:
        """Handle the message once more, later, if the server may still add a link to the post."""
        if received.attempts or not may_get_link_later(received.message, post):
            return False
        at = self._clock() + LINK_CHECKS[0]
        self._messages.retry(received.row, at, "waiting for the link of the post")
        return True

    def _finish(self, received: ReceivedMessage, answer: Answer | None) -> None:
        now = self._clock()
        if answer is None:
            self._messages.finish(received.row, MessageOutcome.NOTED, now)
        else:
            outgoing = to_outgoing_message(received, answer)
            self._messages.finish(received.row, MessageOutcome.ANSWERED, now, outgoing)

    def _begin_work(self, received: ReceivedMessage) -> bool:
        is_control = received.priority is not Priority.OTHER
        limit = self._max_per_person * (CONTROL_FACTOR if is_control else 1)
        now = self._clock()
        return self._messages.begin_work(received, now, now - _DAY, limit)

    def _finish_over_limit(self, received: ReceivedMessage) -> None:
        """The first message over the limit gets an answer that says so, all others none."""
        now = self._clock()
        answer = to_outgoing_message(received, limit_reached(received.message, self._max_per_person))
        self._messages.finish_over_limit(received, now, now - _DAY, answer)

    def _finish_next_request(self) -> bool:
        """Finish one summary request whose post is finished."""
        found = self._messages.next_with_finished_post(self.account, self._clock())
        if found is None:
            return False
        received, post = found
        if post.state is not State.SENT and self._belongs_to_other_message(received, post):
            self._messages.reopen(received.row, self._clock())
            return True
        outcome, answer = request_result(received.message, post)
        outgoing = None if answer is None else to_outgoing_message(received, answer)
        self._messages.finish(received.row, outcome, self._clock(), outgoing)
        self._check_interval.expect_answer(self._clock())
        return True

    @staticmethod
    def _belongs_to_other_message(received: ReceivedMessage, post: EarlierSummary) -> bool:
        """Whether the row was made for another message; then a new request for this one may succeed."""
        comment_id = received.message.comment_id
        return comment_id is not None and post.parent_id != comment_id
