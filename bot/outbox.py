"""The one writer to the outside: exactly one reply under a post, whatever crashes in between.

A row is committed as `sending` before the request leaves. A clear answer ends that state; anything
ambiguous (no answer, a 5xx, a row found in `sending` at start-up) waits until a request that was
still under way must have been carried out and must have become visible, then reads the bot's own
comments under the post, twice, and only then decides. Before the first try there is a read-back
too, so that a lost or restored database posts nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.errors import AccountError, Ambiguous, NotNow, PlatformError, Refused, Unreachable
from bot.models import Comment, Failed, Post, Skipped, SkipReason
from bot.platforms.base import Platform
from bot.store import Accounts, Draft, Drafts, Mute, Mutes, Queue, State

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the outbox is."""

    settle: timedelta = timedelta(seconds=150)
    """Longer than the client's time-out, a late commit and the lag of reads together."""
    read_gap: timedelta = timedelta(seconds=30)
    """Between the two empty reads that prove that nothing was stored."""
    backoff: timedelta = timedelta(seconds=60)
    """Before an unreachable server is tried again; doubled with each send, up to an hour."""
    empty_reads: int = 2
    max_sends: int = 5


class Policy(Protocol):
    """What may still stop a finished reply, given the post as it is now, or hold it back for a while."""

    def __call__(self, post: Post) -> Skipped | Failed | None: ...


class Outbox:
    """The outbox of one account; its steps are taken one at a time."""

    def __init__(
        self,
        platform: Platform,
        *,
        drafts: Drafts,
        queue: Queue,
        accounts: Accounts,
        mutes: Mutes,
        created_at: datetime,
        still_wanted: Policy,
        clock: Callable[[], datetime],
        timing: Timing,
    ) -> None:
        self._platform = platform
        self._drafts = drafts
        self._queue = queue
        self._accounts = accounts
        self._mutes = mutes
        self._created_at = created_at
        self._still_wanted = still_wanted
        self._clock = clock
        self._timing = timing

    @property
    def account(self) -> str:
        return self._platform.account

    def step(self) -> bool:
        """Do the next thing that is due, and say whether there may be more.

        Raises nothing that a platform answers: every answer ends in the row.
        """
        now = self._clock()
        draft = self._drafts.next_draft(self.account, now)
        if draft is None:
            return False
        try:
            if draft.state is State.SENDING:
                self._settle(draft)
            else:
                return self._send(draft)
        except AccountError as error:
            self._accounts.set_error(self.account, f"{error} {error.remedy}", now)
            self._wait(draft, error)
            return False
        except NotNow as error:
            self._drafts.wait(draft.row, error.until, str(error))
            return False
        except PlatformError as error:  # a read failed, so nothing was learnt
            self._wait(draft, error)
            return False
        return True

    def _settle(self, draft: Draft) -> None:
        """The settle time is over: look whether the reply is there after all."""
        if self._adopt(draft):
            return
        now = self._clock()
        if draft.empty_reads + 1 < self._timing.empty_reads:
            self._drafts.wait(draft.row, now + self._timing.read_gap, empty_read=True)
        elif draft.sends >= self._timing.max_sends:
            self._queue.bury(draft.row, "The server never gave a clear answer to the reply.", now)
        else:
            self._drafts.send_again(draft.row, now, "The reply was not stored; it goes out once more.")

    def _send(self, draft: Draft) -> bool:
        if not self._may_go(draft) or self._adopt(draft):
            return True
        stopped = self._unwanted(draft)
        now = self._clock()
        if isinstance(stopped, Skipped):
            self._queue.skip(draft.row, stopped, now)
            return True
        if stopped is not None:
            self._drafts.wait(draft.row, stopped.retry_at or now, stopped.error)
            return True
        pause = self._platform.next_reply_at(draft.community)
        if pause is not None and pause > now:
            self._drafts.wait(draft.row, pause, "held back by the server's limit on comments")
            return True
        self._drafts.mark_sending(draft.row, now, now + self._timing.settle)
        self._record(draft, self._post_it(draft))
        return True

    def _may_go(self, draft: Draft) -> bool:
        """A post older than the database may have got its reply from an earlier one, a moment ago."""
        free_at = self._created_at + self._timing.settle
        if draft.published >= self._created_at or self._clock() >= free_at:
            return True
        self._drafts.wait(draft.row, free_at, "The database is new: waiting for what an earlier one sent.")
        return False

    def _adopt(self, draft: Draft) -> bool:
        """Whether a comment of the bot already stands under the post; if so, the row is done."""
        own = self._platform.own_replies(draft.post_id)
        if not own:
            return False
        self._drafts.mark_sent(draft.row, own[0], self._clock())
        log.info("found its own reply", account=self.account, post=draft.post_id, comment=own[0].id)
        return True

    def _unwanted(self, draft: Draft) -> Skipped | Failed | None:
        mute = self._mutes.find(self.account, draft.community)
        if mute is not None:
            return Skipped(SkipReason.BANNED, mute.detail)
        try:
            return self._still_wanted(self._platform.reread(draft.post_id))
        except Refused as error:
            return Skipped(error.reason, str(error))

    def _post_it(self, draft: Draft) -> Comment | PlatformError:
        try:
            return self._platform.reply(draft.post_id, draft.markdown, draft.language)
        except PlatformError as error:
            return error
        except Exception as error:
            log.exception("a reply ended in an unforeseen error", account=self.account)
            return Ambiguous(f"{type(error).__name__}: {error}")

    def _record(self, draft: Draft, answer: Comment | PlatformError) -> None:
        now = self._clock()
        match answer:
            case Comment():
                self._drafts.mark_sent(draft.row, answer, now)
                self._accounts.set_error(self.account, None, now)
                log.info("replied", account=self.account, post=draft.post_id, comment=answer.url)
            case NotNow():
                self._drafts.send_again(draft.row, answer.until, str(answer))
            case Refused():
                self._queue.skip(draft.row, Skipped(answer.reason, str(answer)), now)
                if answer.reason is SkipReason.BANNED:
                    self._mutes.add(Mute(self.account, draft.community, str(answer), now))
                    log.warning("banned, so muted", account=self.account, community=draft.community)
            case Unreachable():
                self._drafts.send_again(draft.row, now + self._backoff(draft), str(answer))
            case AccountError():
                self._drafts.send_again(draft.row, now + self._backoff(draft), str(answer))
                self._accounts.set_error(self.account, f"{answer} {answer.remedy}", now)
            case _:
                self._drafts.wait(draft.row, now + self._timing.settle, str(answer))
                log.warning("no clear answer to a reply", account=self.account, post=draft.post_id)

    def _wait(self, draft: Draft, error: PlatformError) -> None:
        self._drafts.wait(draft.row, self._clock() + self._backoff(draft), str(error))
        log.warning("cannot send for now", account=self.account, post=draft.post_id, error=str(error))

    def _backoff(self, draft: Draft) -> timedelta:
        return min(self._timing.backoff * (1 << min(draft.sends, 10)), timedelta(hours=1))


def gone_or_locked(post: Post) -> Skipped | None:
    """The least that has to hold when a reply is about to leave."""
    for flag, reason in (
        (post.gone, SkipReason.GONE),
        (post.locked, SkipReason.LOCKED),
        (post.banned, SkipReason.BANNED),
    ):
        if flag:
            return Skipped(reason)
    return None
