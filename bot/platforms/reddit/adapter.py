"""One account on Reddit, behind the `Platform` Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import praw

from bot.core.errors import AccountError, PlatformError, Refused, UnknownOutcome
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.base import Identity, TokenStore
from bot.platforms.comment_text import check_reddit_comment
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import account_check, errors, schemas
from bot.platforms.reddit.messaging import AdapterCalls, RedditMessaging
from bot.platforms.reddit.multi_listing import MultiListing
from bot.platforms.reddit.pagination import Pagination
from bot.platforms.reddit.praw_session import Credentials, PrawSession
from bot.platforms.reddit.rate_limits import CALLS_PER_MINUTE, CommentCooldowns, RateLimits
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.saved_token import SavedToken
from bot.platforms.reddit.schemas import Account, Viewer

_WEB_URL = "https://www.reddit.com"
_REFRESH_INTERVAL = timedelta(hours=1)
_MAX_COMMUNITIES = 1000


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
        self._web_url = base_url or _WEB_URL
        self._rate_limits = RateLimits(clock, calls_per_minute)
        self._cooldowns = CommentCooldowns()
        self._session = PrawSession(
            credentials,
            operator=operator,
            rate_limits=self._rate_limits,
            clock=clock,
            timeout=timeout,
            saved_token=SavedToken(
                token_store, account, (base_url or _WEB_URL, *credentials.as_tuple), clock
            ),
            base_url=base_url,
        )
        self._read_calls = ReadCalls(self._session)
        self._multi_listing = MultiListing(
            lambda names, after: self._read_calls.page(names, after, self._viewer()), subreddits
        )
        self._paginations = {name: Pagination(name) for name in subreddits}
        self._me: Account | None = None
        self._refreshed_at: datetime | None = None
        self._banned: frozenset[str] = frozenset()
        self._moderated: frozenset[str] = frozenset()
        self._communities: dict[str, str] = {}
        """Subreddits of recently fetched posts, by post id."""

    def connect(self) -> Identity:
        """`bot_flag` is always True: Reddit labels the accounts of apps itself."""
        self._refresh()
        viewer = self._viewer()
        return Identity(viewer.me, self._me.id if self._me else "", bot_flag=True)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        """Poll one subreddit. The subreddits that share its listing then need no call of their own."""
        name = source.community or ""
        self._viewer()
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

    def fetch_post(self, post_id: str) -> Post:
        viewer = self._viewer()
        post = self._read_calls.post(post_id, viewer)
        if post is None:
            return _deleted_post(post_id, viewer, self._clock())
        self._communities[post_id] = post.community
        while len(self._communities) > _MAX_COMMUNITIES:
            self._communities.pop(next(iter(self._communities)))
        return post

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """Calls `/api/info/`, 100 posts per call. Reddit requires apps to erase deleted content in 48 h."""
        batches = (post_ids[start : start + 100] for start in range(0, len(post_ids), 100))
        deleted = (self._read_calls.deleted_posts(batch, self._viewer()) for batch in batches)
        return frozenset(post_id for batch in deleted for post_id in batch)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """Reads the post's thread and the account's profile, because each can lag or be cut off.

        Comments that the account has deleted are missing: Reddit no longer names their author.
        """
        viewer = self._viewer()
        in_thread, is_complete = self._read_calls.own_in_thread(post_id, viewer)
        back_to = None if is_complete else self.fetch_post(post_id).published
        own = [*in_thread, *self._read_calls.own_in_profile(post_id, viewer, back_to)]
        top_level = {
            item.id: schemas.comment_of(item, viewer) for item in own if item.parent_id.startswith("t3_")
        }
        return tuple(sorted(top_level.values(), key=lambda comment: (comment.published, comment.id)))

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        del language, refused_sends  # Reddit has neither languages of comments nor Idempotency-Keys
        return self._reply(post_id, None, markdown)

    def _reply(self, post_id: str, parent_id: str | None, markdown: str) -> Comment:
        check_reddit_comment(markdown)
        community = self._communities.get(post_id, "")
        viewer = self._viewer()

        def send(reddit: praw.Reddit) -> Any:
            parent = reddit.submission(post_id) if parent_id is None else reddit.comment(parent_id)
            return parent.reply(markdown)

        try:
            created = self._session.write_once(send)
        except errors.Forbidden as error:
            raise self._forbidden_error(community) from error
        except errors.CommentRateLimited as error:
            self._cooldowns.start(community, error.retry_at)
            raise
        except Refused as error:
            if error.reason is SkipReason.BANNED:
                self._banned |= {community}
            raise
        self._cooldowns.replied(community, self._clock())
        return _stored_comment(created, post_id, parent_id, viewer)

    def messaging(self) -> RedditMessaging:
        calls = AdapterCalls(self._viewer, lambda: self._moderated, self._reply)
        return RedditMessaging(self.account, self._session, calls)

    def edit(self, comment_id: str, markdown: str) -> None:
        check_reddit_comment(markdown)
        self._write_change(lambda reddit: reddit.comment(comment_id).edit(markdown))

    def delete(self, comment_id: str) -> None:
        self._write_change(lambda reddit: reddit.comment(comment_id).delete())

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Calls `/api/info/`, 100 comments per call."""
        viewer = self._viewer()
        batches = (comment_ids[start : start + 100] for start in range(0, len(comment_ids), 100))
        return {name: score for batch in batches for name, score in self._read_calls.scores(batch, viewer)}

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        self._write_change(
            lambda reddit: reddit.comment(comment_id).mod.distinguish(how="yes", sticky=sticky)
        )

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

    def _refresh(self) -> None:
        """Fetch the account and its role in each subreddit."""
        account = self._read_calls.me()
        found = list(self._read_calls.subreddits(self._multi_listing.names))
        self._banned = frozenset(each.name for each in found if each.user_is_banned)
        self._moderated = frozenset(each.name for each in found if each.user_is_moderator)
        self._cooldowns.exempt(
            each.name for each in found if each.user_is_moderator or each.user_is_contributor
        )
        self._multi_listing.read_separately(set(self._multi_listing.names) - {each.name for each in found})
        self._me, self._refreshed_at = account, self._clock()

    def _viewer(self) -> Viewer:
        """Refreshes every hour: accounts are suspended or banned, and subreddits become private."""
        if self._refreshed_at is None or self._clock() - self._refreshed_at > _REFRESH_INTERVAL:
            self._refresh()
        assert self._me is not None  # otherwise _refresh has raised
        return Viewer(self.account, self._web_url, self._me.name, self._banned)

    def _write_change(self, call: Callable[[praw.Reddit], object]) -> None:
        try:
            self._session.write_once(call)
        except errors.Forbidden as error:
            raise Refused(SkipReason.REFUSED, "Reddit does not allow it (403)") from error

    def _forbidden_error(self, community: str) -> PlatformError:
        """A bare 403 gives no reason, so fetch the account and its roles again. May raise AccountError."""
        self._refresh()
        if community in self._banned:
            return Refused(SkipReason.BANNED, f"the account is banned from r/{community}")
        return Refused(
            SkipReason.REFUSED, f"Reddit does not allow the account to comment in r/{community} (403)"
        )


def _stored_comment(created: Any, post_id: str, parent_id: str | None, viewer: Viewer) -> Comment:
    """The comment that Reddit reports as stored. Raises UnknownOutcome if it is not the one requested."""
    if created is None:
        raise UnknownOutcome("Reddit accepted the reply but did not return it (things: [])")
    if not isinstance(created, praw.models.Comment):
        raise UnknownOutcome(f"Reddit returned a {type(created).__name__} for the reply")
    fields = {name: value for name, value in vars(created).items() if isinstance(value, (str, int, float))}
    try:
        comment = schemas.comment_of(parse(schemas.Comment, fields | {"author": viewer.me}), viewer)
    except MalformedResponse as error:
        raise UnknownOutcome(f"the response to the reply cannot be read: {error}") from error
    if (comment.post_id, comment.parent_id) != (post_id, parent_id):
        raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
    return comment


def _deleted_post(post_id: str, viewer: Viewer, now: datetime) -> Post:
    """A `gone` post with the fields that are known without Reddit."""
    return Post(
        account=viewer.account,
        id=post_id,
        community="",
        title="",
        url=None,
        permalink=f"{viewer.base_url}/comments/{post_id}/",
        author="",
        published=now,
        gone=True,
    )
