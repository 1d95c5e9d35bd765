"""One account on Reddit, behind the `Platform` Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import praw

from bot.core.errors import AccountError, PlatformError, Refused, UnknownOutcome
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.base import Identity, TokenStore
from bot.platforms.comment_limits import check_reddit_comment
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import account_check, errors, schemas
from bot.platforms.reddit.messaging import AdapterCalls, RedditMessaging
from bot.platforms.reddit.multi_listing import MultiListing
from bot.platforms.reddit.pagination import Pagination
from bot.platforms.reddit.praw_session import Credentials, PrawSession
from bot.platforms.reddit.rate_limits import CALLS_PER_MINUTE, CommentCooldowns, RateLimits
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.saved_token import SavedToken
from bot.platforms.reddit.schemas import Malformed, Me, Viewer

_WEB = "https://www.reddit.com"
_LOOK_AGAIN = timedelta(hours=1)
_HOMES = 1000


def utc_now() -> datetime:
    return datetime.now(UTC)


class Reddit:
    """Reddit as a `bot.platforms.base.Platform`.

    `subreddits` are all that will be polled, so that they can share a listing. `operator` is the
    Reddit name of whoever runs the bot. `base_url` replaces Reddit's hosts, and
    `calls_a_minute` its limit; only code sets these two.
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
        del user_agent  # Reddit wants one in a form of its own
        credentials = Credentials(client_id, client_secret, username, password, refresh_token)
        self.account = account
        self._clock = clock
        self._web = base_url or _WEB
        self._quota = RateLimits(clock, calls_per_minute)
        self._waits = CommentCooldowns()
        self._session = PrawSession(
            credentials,
            operator=operator,
            quota=self._quota,
            clock=clock,
            timeout=timeout,
            kept=SavedToken(token_store, account, (base_url or _WEB, *credentials.as_tuple), clock),
            base_url=base_url,
        )
        self._reader = ReadCalls(self._session)
        self._board = MultiListing(
            lambda names, after: self._reader.page(names, after, self._lens()), subreddits
        )
        self._walks = {name: Pagination(name) for name in subreddits}
        self._me: Me | None = None
        self._looked_at: datetime | None = None
        self._banned: frozenset[str] = frozenset()
        self._moderated: frozenset[str] = frozenset()
        self._homes: dict[str, str] = {}
        """The subreddits of posts that were read lately."""

    def connect(self) -> Identity:
        """Reddit itself labels the accounts of apps, so there is no flag to look for."""
        self._look_around()
        lens = self._lens()
        return Identity(lens.me, self._me.id if self._me else "", bot_flag=True)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        """One of the subreddits; its siblings in the same pass cost no call of their own."""
        name = source.community or ""
        self._lens()
        now = self._clock()
        listing = self._board.listing_for(name, now)
        try:
            batch = self._walks[name].poll(
                listing, lambda: self._board.single_listing(name), cursor, since, now
            )
        except errors.NoAccess as error:
            self._board.mark_unavailable(listing, name, error, now)
            if listing.names == {name}:
                raise
            return self.poll(source, cursor, since)
        self._board.mark_available(name)
        return batch

    def fetch_post(self, post_id: str) -> Post:
        lens = self._lens()
        post = self._reader.post(post_id, lens)
        if post is None:
            return _vanished(post_id, lens, self._clock())
        self._homes[post_id] = post.community
        while len(self._homes) > _HOMES:
            self._homes.pop(next(iter(self._homes)))
        return post

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """By `/api/info/`, a hundred a call: Reddit wants deleted content gone from apps within 48 hours."""
        batches = (post_ids[start : start + 100] for start in range(0, len(post_ids), 100))
        return frozenset(
            gone for batch in batches for gone in self._reader.deleted_posts(batch, self._lens())
        )

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """From the post's thread and from the account's own page, for each may lag or be cut off.

        A comment that the account has deleted is not its own any more on Reddit.
        """
        lens = self._lens()
        found, whole = self._reader.own_in_thread(post_id, lens)
        back_to = None if whole else self.fetch_post(post_id).published
        mine = [*found, *self._reader.own_in_profile(post_id, lens, back_to)]
        top_level = {
            item.id: schemas.comment_of(item, lens) for item in mine if item.parent_id.startswith("t3_")
        }
        return tuple(sorted(top_level.values(), key=lambda comment: (comment.published, comment.id)))

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        del language  # Reddit's comments have none
        return self._reply(post_id, None, markdown)

    def _reply(self, post_id: str, parent_id: str | None, markdown: str) -> Comment:
        check_reddit_comment(markdown)
        community = self._homes.get(post_id, "")
        lens = self._lens()

        def send(reddit: praw.Reddit) -> Any:
            parent = reddit.submission(post_id) if parent_id is None else reddit.comment(parent_id)
            return parent.reply(markdown)

        try:
            made = self._session.write_once(send)
        except errors.Forbidden as error:
            raise self._why_forbidden(community) from error
        except errors.CommentRateLimited as error:
            self._waits.start(community, error.retry_at)
            raise
        except Refused as error:
            if error.reason is SkipReason.BANNED:
                self._banned |= {community}
            raise
        self._waits.replied(community, self._clock())
        return _stored(made, post_id, parent_id, lens)

    def messaging(self) -> RedditMessaging:
        line = AdapterCalls(self._lens, lambda: self._moderated, self._reply)
        return RedditMessaging(self.account, self._session, line)

    def edit(self, comment_id: str, markdown: str) -> None:
        check_reddit_comment(markdown)
        self._change(lambda reddit: reddit.comment(comment_id).edit(markdown))

    def delete(self, comment_id: str) -> None:
        self._change(lambda reddit: reddit.comment(comment_id).delete())

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """By `/api/info/`, a hundred a call."""
        lens = self._lens()
        batches = (comment_ids[start : start + 100] for start in range(0, len(comment_ids), 100))
        return {name: score for batch in batches for name, score in self._reader.scores(batch, lens)}

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        self._change(lambda reddit: reddit.comment(comment_id).mod.distinguish(how="yes", sticky=sticky))

    def next_reply_at(self, community: str) -> datetime | None:
        now = self._clock()
        ready = max(self._quota.ready_at(now), self._waits.until(community) or now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        """Each finding as far as it can be had; the first that fails ends the list."""
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
        yield from account_check.account_findings(self._reader.me(), self._session.user_agent)
        yield account_check.rate_limit_finding(self._quota)
        names = [source.community for source in sources if source.community]
        yield from account_check.subreddit_findings(names, self._reader.subreddits(names))

    def _look_around(self) -> None:
        """Who the account is, and what it may do where."""
        me = self._reader.me()
        found = list(self._reader.subreddits(self._board.names))
        self._banned = frozenset(each.name for each in found if each.user_is_banned)
        self._moderated = frozenset(each.name for each in found if each.user_is_moderator)
        self._waits.exempt(each.name for each in found if each.user_is_moderator or each.user_is_contributor)
        self._board.read_separately(set(self._board.names) - {each.name for each in found})
        self._me, self._looked_at = me, self._clock()

    def _lens(self) -> Viewer:
        """Looks around again every hour: accounts are suspended and banned, subreddits closed."""
        if self._looked_at is None or self._clock() - self._looked_at > _LOOK_AGAIN:
            self._look_around()
        assert self._me is not None  # or _look_around had raised
        return Viewer(self.account, self._web, self._me.name, self._banned)

    def _change(self, do: Callable[[praw.Reddit], object]) -> None:
        try:
            self._session.write_once(do)
        except errors.Forbidden as error:
            raise Refused(SkipReason.REFUSED, "Reddit forbids it (403)") from error

    def _why_forbidden(self, community: str) -> PlatformError:
        """A bare 403 says nothing: ask who we are and what we are there. Raises AccountError, too."""
        self._look_around()
        if community in self._banned:
            return Refused(SkipReason.BANNED, f"the account is banned from r/{community}")
        return Refused(SkipReason.REFUSED, f"Reddit forbids the account to comment in r/{community} (403)")


def _stored(made: Any, post_id: str, parent_id: str | None, lens: Viewer) -> Comment:
    """What Reddit says it stored; it has to be what was asked for."""
    if made is None:
        raise UnknownOutcome("Reddit took the reply and showed nothing of it (things: [])")
    if not isinstance(made, praw.models.Comment):
        raise UnknownOutcome(f"Reddit answered the reply with a {type(made).__name__}")
    facts = {name: value for name, value in vars(made).items() if isinstance(value, (str, int, float))}
    try:
        comment = schemas.comment_of(schemas.parse(schemas.Comment, facts | {"author": lens.me}), lens)
    except Malformed as error:
        raise UnknownOutcome(f"the answer to the reply cannot be read: {error}") from error
    if (comment.post_id, comment.parent_id) != (post_id, parent_id):
        raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
    return comment


def _vanished(post_id: str, lens: Viewer, now: datetime) -> Post:
    """All that is left to say of a post that Reddit does not show any more."""
    return Post(
        account=lens.account,
        id=post_id,
        community="",
        title="",
        url=None,
        permalink=f"{lens.base_url}/comments/{post_id}/",
        author="",
        published=now,
        gone=True,
    )
