"""PieFed (`/api/alpha`) as a `Platform`: an account on one PieFed server.

Source: measurements on a real 1.6.27 server. Nearly every refusal is a 400 with a sentence as its
message, or with the text of a Python exception. A bad token is refused even for public pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.core.errors import CommunityNotFound, Unreachable
from bot.core.models import CheckResult, Comment, Dialect, Post, Source
from bot.platforms.account_setup import AccountSetup, findings
from bot.platforms.api_client import ApiClient
from bot.platforms.base import Identity, TokenStore
from bot.platforms.federated_adapter import FederatedAdapter
from bot.platforms.fencing import Revocation, WriteGuard
from bot.platforms.fixed_window import FixedWindow
from bot.platforms.login_session import LoginSession
from bot.platforms.piefed import account_setup, schemas
from bot.platforms.piefed.connection import Connection
from bot.platforms.piefed.listings import Listings
from bot.platforms.piefed.login import PieFedLoginApi, parse_error
from bot.platforms.piefed.messaging import AdapterCalls, PieFedMessaging
from bot.platforms.piefed.rate_limits import LIMITS
from bot.platforms.piefed.reading import Reader
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.piefed.writing import Writer
from bot.platforms.rate_limits import Clock, RateLimits
from bot.platforms.subscribed_listing import CHECK_SILENT_AFTER, SubscribedListing

_PAGES_PER_POLL = 20


class PieFed(FederatedAdapter):
    """PieFed as a `bot.platforms.base.Platform`.

    `base_url` is the server's address without a path. `timeout` is for one response. Accounts on one
    server share `rate_limits`, because the server counts by IP address. `communities` is every
    community that is polled; `subscribe` is whether the account may subscribe to them. The
    subscription of one without posts for `check_silent_after` is checked.
    """

    dialect = Dialect.PIEFED

    def __init__(
        self,
        *,
        account: str,
        base_url: str,
        username: str,
        password: str,
        token_store: TokenStore,
        user_agent: str,
        clock: Clock = lambda: datetime.now(UTC),
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
        self._own_vote = own_vote
        self.rate_limits = rate_limits or RateLimits(LIMITS, bucket_type=FixedWindow)
        self.write_guard = WriteGuard(clock)
        self._client = ApiClient(base_url, user_agent, timeout, clock, parse_error, self.write_guard)
        session = LoginSession(
            self._client,
            PieFedLoginApi(),
            self.rate_limits,
            token_store,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self._connection = Connection(account, self._client, session, clock, setup, self._use_account)
        self._reader = Reader(self._connection, clock)
        self._writer = Writer(self._connection, self._reader, clock)
        self._listings = Listings(session, self._connection.write, self._connection.viewer, clock)
        self._subscribed_listing = SubscribedListing(
            self._listings,
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            max_pages=_PAGES_PER_POLL,
            reload_account=self._connection.refresh,
            check_silent_after=check_silent_after,
        )

    @property
    def software(self) -> str | None:
        return self._connection.software

    def connect(self) -> Identity:
        return self._connection.connect()

    def revoke_token(self, saved: str) -> Revocation:
        """PieFed cannot revoke tokens, so the result tells how long to wait."""
        return self._connection.session.revoke(saved)

    def fetch_post(self, post_id: str) -> Post:
        return self._reader.post(post_id)

    def own_comment(self, comment_id: str) -> Comment | None:
        return self._reader.own_comment(comment_id)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return tuple(comment for comment in self._reader.own_comments(post_id) if comment.parent_id is None)

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Needs one call per comment."""
        return self._reader.scores(comment_ids)

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        del refused_sends  # PieFed has no Idempotency-Keys
        return self._writer.write_comment(post_id, None, markdown, language)

    def edit(self, comment_id: str, markdown: str) -> None:
        self._writer.edit(comment_id, markdown)

    def delete(self, comment_id: str) -> None:
        self._writer.delete(comment_id)

    def remove_own_vote(self, comment_id: str) -> None:
        if not self._own_vote:
            self._writer.remove_own_vote(comment_id)

    def hides_nsfw(self) -> bool:
        self._connection.viewer()
        return not self._connection.sees_nsfw

    def messaging(self) -> PieFedMessaging:
        session = self._connection.session
        calls = (
            self._connection.viewer,
            session.read,
            session.write,
            self._writer.write_comment,
            self._reader.own_comments,
            self._clock,
        )
        return PieFedMessaging(self.account, AdapterCalls(*calls))

    def _current_viewer(self) -> Viewer:
        return self._connection.viewer()

    def _resolve_object(self, url: str) -> str | None:
        return self._reader.resolve_object(url)

    def _use_account(self, account: schemas.MeResponse) -> None:
        """What the adapter keeps of a newly loaded account."""
        self._listings.forget()
        self._subscribed_listing.set_subscriptions(
            frozenset(follow.community.handle for follow in account.follows)
        )

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        software = self._connection.check_software()
        if software is not None:
            yield CheckResult("server", True, f"{self._client.host} runs {software}")
        account = self._connection.refresh().local_user_view
        if software is None:  # only now it is known that the server answers
            yield CheckResult("server", True, f"{self._client.host} answers as PieFed does")
        yield CheckResult("log-in", True, f"logged in as {account.person.handle}")
        yield from findings(
            account_setup.wrong_settings(account, self._setup), account_setup.EXPECTED, self._setup
        )
        replies, window = self.rate_limits.usable("comment"), LIMITS["comment"].seconds
        yield CheckResult("rate limits", True, f"{replies} replies in {window} s")
        for source in sources:
            if source.community is None:
                yield CheckResult("posts", True, "all posts that the server shows to the account")
            else:
                yield self._community_finding(source.community)

    def _community_finding(self, name: str) -> CheckResult:
        try:
            found = self._listings.fetch_subscription(name)
        except CommunityNotFound as error:
            remedy = "Check the name on the server's website."
            if not name.endswith(f"@{self._client.host}"):  # the server starts to look it up
                remedy = f"Run precis check again in a minute. If nothing changes: {remedy}"
            return CheckResult(name, False, str(error), remedy)
        except Unreachable as error:
            return CheckResult(name, False, str(error), "Try again later.")
        if found.removed:
            return CheckResult(name, False, "the community has been removed", "Remove it from the config.")
        return CheckResult(name, True, f"found; {self._subscribed_listing.describe(name, found.state)}")
