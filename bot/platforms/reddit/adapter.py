"""One account on Reddit, behind the `Platform` Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.core.errors import AccountError, PlatformError
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.platforms.base import Identity, TokenStore
from bot.platforms.fencing import Revocation, WriteGuard
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import account_check, errors
from bot.platforms.reddit.account_state import AccountState
from bot.platforms.reddit.messaging import AdapterCalls, RedditMessaging
from bot.platforms.reddit.multi_listing import MultiListing
from bot.platforms.reddit.pagination import Pagination
from bot.platforms.reddit.praw_session import Credentials, PrawSession
from bot.platforms.reddit.rate_limits import CALLS_PER_MINUTE, CommentCooldowns, RateLimits
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.reading import WEB_URL, Reader
from bot.platforms.reddit.saved_token import SavedToken
from bot.platforms.reddit.writing import Writer


def utc_now() -> datetime:
    return datetime.now(UTC)


class Reddit:
    """Reddit as a `bot.platforms.base.Platform`.

    `subreddits` is every subreddit that is polled, so that they can share a listing. `operator` is the
    Reddit username of the person who runs the bot. `base_url` replaces Reddit's hosts and
    `calls_per_minute` replaces the default limit; only tests and the sandbox set these two.
    """

    dialect = Dialect.REDDIT

    def __init__(
        self,
        *,
        account: str,
        client_id: str,
        client_secret: str,
        operator: str,
        subreddits: tuple[str, ...],
        token_store: TokenStore,
        user_agent: str,
        username: str = "",
        password: str = "",
        refresh_token: str = "",
        clock: Clock = utc_now,
        timeout: timedelta = timedelta(seconds=30),
        base_url: str | None = None,
        calls_per_minute: int = CALLS_PER_MINUTE,
    ) -> None:
        del user_agent  # Reddit requires its own format
        credentials = Credentials(client_id, client_secret, username, password, refresh_token)
        self.account = account
        self._clock = clock
        web_url = base_url or WEB_URL
        self._rate_limits = RateLimits(clock, calls_per_minute)
        self._cooldowns = CommentCooldowns()
        self.write_guard = WriteGuard(clock)
        self._session = PrawSession(
            credentials,
            operator=operator,
            rate_limits=self._rate_limits,
            clock=clock,
            timeout=timeout,
            saved_token=SavedToken(token_store, account, (web_url, *credentials.as_tuple), clock),
            write_guard=self.write_guard,
            base_url=base_url,
        )
        self._read_calls = ReadCalls(self._session)
        self._multi_listing = MultiListing(
            lambda names, after: self._read_calls.page(names, after, self._state.viewer()), subreddits
        )
        self._state = AccountState(
            account, web_url, self._read_calls, self._multi_listing, self._cooldowns, clock
        )
        self._paginations = {name: Pagination(name) for name in subreddits}
        self._reader = Reader(self._session, self._read_calls, self._state, web_url, clock)
        self._writer = Writer(self._session, self._state, self._cooldowns, self._reader.community_of, clock)

    def connect(self) -> Identity:
        return self._state.connect()

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        """Poll one subreddit. The subreddits that share its listing then need no call of their own."""
        name = source.community or ""
        self._state.viewer()
        now = self._clock()
        listing = self._multi_listing.listing_for(name, now)
        try:
            batch = self._paginations[name].poll(
                listing, lambda: self._multi_listing.single_listing(name), cursor, since, now
            )
        except errors.NoAccess as error:
            self._multi_listing.mark_unavailable(listing, name, error, now)
            if listing.names == {name}:
                raise
            return self.poll(source, cursor, since)
        self._multi_listing.mark_available(name)
        return batch

    def revoke_token(self, saved: str) -> Revocation:
        return self._session.revoke_token(saved)

    def fetch_post(self, post_id: str) -> Post:
        return self._reader.post(post_id)

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        return self._reader.find_deleted_posts(post_ids)

    def resolve_address(self, address: str) -> str | None:
        return self._reader.resolve_address(address)

    def own_comment(self, comment_id: str) -> Comment | None:
        return self._reader.own_comment(comment_id)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return self._reader.own_comments(post_id)

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        del language, refused_sends  # Reddit has neither languages of comments nor Idempotency-Keys
        return self._writer.write_comment(post_id, None, markdown)

    def messaging(self) -> RedditMessaging:
        calls = AdapterCalls(self._state.viewer, lambda: self._state.moderated, self._writer.write_comment)
        return RedditMessaging(self.account, self._session, calls)

    def edit(self, comment_id: str, markdown: str) -> None:
        self._writer.edit(comment_id, markdown)

    def delete(self, comment_id: str) -> None:
        self._writer.delete(comment_id)

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        self._writer.distinguish(comment_id, sticky=sticky)

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        return self._reader.scores(comment_ids)

    def next_reply_at(self, community: str) -> datetime | None:
        now = self._clock()
        ready = max(self._rate_limits.ready_at(now), self._cooldowns.until(community) or now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        """All findings up to the first call that fails."""
        findings: list[CheckResult] = []
        try:
            findings.extend(self._findings(sources))
        except AccountError as error:
            findings.append(CheckResult("account", False, str(error), error.remedy))
        except PlatformError as error:
            findings.append(CheckResult("Reddit", False, str(error), "Try again later."))
        return tuple(findings)

    def close(self) -> None:
        self._session.close()

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        yield from account_check.account_findings(self._read_calls.me(), self._session.user_agent)
        yield account_check.rate_limit_finding(self._rate_limits)
        names = [source.community for source in sources if source.community]
        yield from account_check.subreddit_findings(names, self._read_calls.subreddits(names))
