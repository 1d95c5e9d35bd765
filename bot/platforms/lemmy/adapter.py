"""The Lemmy adapter: one account on one Lemmy server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.core.errors import UnknownOutcome
from bot.core.models import CheckResult, Comment, Dialect, Post, Source
from bot.platforms.account_setup import AccountSetup
from bot.platforms.api_client import ApiClient
from bot.platforms.base import Identity, TokenStore
from bot.platforms.federated_adapter import FederatedAdapter
from bot.platforms.fencing import Revocation, WriteGuard
from bot.platforms.lemmy import account_check, errors
from bot.platforms.lemmy.api import Site, Viewer
from bot.platforms.lemmy.connection import Connection
from bot.platforms.lemmy.listings import Listings
from bot.platforms.lemmy.messaging import AdapterCalls, LemmyMessaging
from bot.platforms.lemmy.missing_rows import RowCalls
from bot.platforms.lemmy.reading import Reader
from bot.platforms.lemmy.reply_language import ReplyLanguages
from bot.platforms.lemmy.writing import Writer
from bot.platforms.rate_limits import Clock, RateLimits
from bot.platforms.subscribed_listing import CHECK_SILENT_AFTER, SubscribedListing

_PAGES_PER_POLL = 20


def utc_now() -> datetime:
    return datetime.now(UTC)


class Lemmy(FederatedAdapter):
    """Lemmy 0.19 or 1.0 as a `bot.platforms.base.Platform`.

    The server may be upgraded at any time. The version is checked at least every hour, and after every
    response that the known version would not give: then the current call ends in Unreachable, and the
    next one uses the other version. Cursors of a poll are valid for both.

    `base_url` is the server's address without a path. `timeout` applies to one response. Several accounts
    on one server may share `rate_limits`, because the server counts by IP address. `communities` are all
    communities that will be polled. `subscribe` is whether the account may subscribe to them;
    the subscription of one without posts for `check_silent_after` is checked.
    """

    dialect = Dialect.LEMMY

    def __init__(
        self,
        *,
        account: str,
        base_url: str,
        username: str,
        password: str,
        token_store: TokenStore,
        user_agent: str,
        clock: Clock = utc_now,
        timeout: timedelta = timedelta(seconds=30),
        rate_limits: RateLimits | None = None,
        setup: AccountSetup | None = None,
        own_vote: bool = True,
        communities: tuple[str, ...] = (),
        subscribe: bool = True,
        check_silent_after: timedelta = CHECK_SILENT_AFTER,
    ) -> None:
        self.account = account
        self._clock = clock
        self._setup = setup
        self._keeps_own_vote = own_vote
        self.write_guard = WriteGuard(clock)
        self._client = ApiClient(base_url, user_agent, timeout, clock, errors.parse_error, self.write_guard)
        self._connection = connection = Connection(
            self._client,
            clock,
            token_store,
            self._use_site,
            account=account,
            username=username,
            password=password,
            rate_limits=rate_limits,
            setup=setup,
            keeps_own_vote=own_vote,
        )
        self.rate_limits = connection.rate_limits
        self._rows = RowCalls(
            connection.read_call, connection.write_call, connection.session.ensure_logged_in
        )
        self._languages = ReplyLanguages(connection.session, lambda: connection.api)
        self._reader = Reader(connection, self._rows, self._languages, clock)
        self._writer = Writer(connection, self._reader, self._languages)
        self._subscribed_listing = SubscribedListing(
            Listings(
                lambda: connection.api,
                connection.read_call,
                connection.write,
                connection.viewer,
                connection.check_version,
                connection.session.ensure_logged_in,
                self._client.host,
            ),
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            max_pages=_PAGES_PER_POLL,
            reload_account=connection.log_in,
            check_silent_after=check_silent_after,
        )

    @property
    def software(self) -> str | None:
        return self._connection.software

    def connect(self) -> Identity:
        return self._connection.connect()

    def revoke_token(self, saved: str) -> Revocation:
        return self._connection.revoke_token(saved)

    def fetch_post(self, post_id: str) -> Post:
        return self._reader.post(post_id)

    def own_comment(self, comment_id: str) -> Comment | None:
        return self._reader.own_comment(comment_id)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return self._reader.own_comments(post_id)

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Costs one call per comment."""
        return self._reader.scores(comment_ids)

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        comment = self._writer.write_comment(post_id, None, markdown, language, refused_sends)
        if comment.parent_id is not None:
            raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def edit(self, comment_id: str, markdown: str) -> None:
        self._writer.edit(comment_id, markdown)

    def delete(self, comment_id: str) -> None:
        self._writer.delete(comment_id)

    def remove_own_vote(self, comment_id: str) -> None:
        if not self._keeps_own_vote:
            self._writer.remove_own_vote(comment_id)

    def hides_nsfw(self) -> bool:
        self._connection.viewer()
        return not self._connection.me().sees_nsfw

    def messaging(self) -> LemmyMessaging:
        connection = self._connection
        return LemmyMessaging(
            AdapterCalls(
                account=self.account,
                api=lambda: connection.api,
                viewer=connection.viewer,
                me=connection.me,
                read=connection.read_call,
                write=connection.write_call,
                fetch_post=self._reader.post,
                rows=self._rows,
                read_comment=self._reader.comment,
                write_comment=self._writer.write_comment,
                delete=self._writer.delete,
            )
        )

    def next_reply_at(self, community: str) -> datetime | None:
        times = (super().next_reply_at(community), self._connection.site_ban.retry_at)
        return max((each for each in times if each is not None), default=None)

    def _current_viewer(self) -> Viewer:
        return self._connection.viewer()

    def _resolve_object(self, url: str) -> str | None:
        return self._reader.resolve_object(url)

    def _use_site(self, site: Site) -> None:
        """What the adapter keeps of a newly loaded site."""
        self._languages.forget()
        if site.me is not None:
            self._subscribed_listing.set_subscriptions(site.me.follows)

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        connection = self._connection
        software = connection.detect_version()
        if software is not None:
            yield CheckResult("server", True, f"{self._client.host} runs {software}")
        me = connection.log_in()
        if software is None:  # only now it is known that the server answers
            yield CheckResult("server", True, f"{self._client.host} answers as Lemmy does")
        yield from account_check.account_findings(me, connection.site(), self._setup)
        yield account_check.rate_limit_finding(self.rate_limits, connection.api.bucket_type)
        for source in sources:
            yield account_check.source_finding(
                source, connection.session, connection.api, self._subscribed_listing
            )
