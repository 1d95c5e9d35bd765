"""The Lemmy adapter: one account on one Lemmy server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.errors import PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import CheckResult, Comment, Dialect, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_setup import AccountSetup, SettingsFixer, WrongSetting
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_client import ApiClient, ApiNotServed
from bot.platforms.base import Identity, TokenStore
from bot.platforms.comment_text import check_comment
from bot.platforms.deleted_posts import deleted_post
from bot.platforms.federated_adapter import FederatedAdapter
from bot.platforms.lemmy import account_check, account_setup, errors, version_detection
from bot.platforms.lemmy.api import Account, Site, Viewer
from bot.platforms.lemmy.api import LemmyApi as Api
from bot.platforms.lemmy.listings import Listings
from bot.platforms.lemmy.messaging import AdapterCalls, LemmyMessaging
from bot.platforms.lemmy.missing_rows import RowCalls
from bot.platforms.lemmy.own_comments import OwnCommentFinder, check_sees_own_comments, parse_stored_reply
from bot.platforms.lemmy.reply_language import ReplyLanguages
from bot.platforms.lemmy.site_ban import SiteBan
from bot.platforms.login_session import LoginSession, RateLimitReached
from bot.platforms.nodeinfo import Software, fetch_software
from bot.platforms.rate_limits import Clock, RateLimits
from bot.platforms.subscribed_listing import CHECK_SILENT_AFTER, SubscribedListing

_PAGES_PER_POLL = 20
_REFRESH_INTERVAL = timedelta(hours=1)


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
        self._api: Api = version_detection.oldest_api()
        self.rate_limits = rate_limits or RateLimits(self._api.buckets, bucket_type=self._api.bucket_type)
        self._client = ApiClient(base_url, user_agent, timeout, clock, errors.parse_error)
        self._session = LoginSession(
            self._client,
            self._api,
            self.rate_limits,
            token_store,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self._site_ban = SiteBan(account, self._client.host, clock)
        self._rows = RowCalls(self._read_call, self._write_call, self._session.ensure_logged_in)
        self._languages = ReplyLanguages(self._session, lambda: self._api)
        self._subscribed_listing = SubscribedListing(
            Listings(
                lambda: self._api,
                self._read_call,
                self._write,
                self._current_viewer,
                self._check_version,
                self._session.ensure_logged_in,
                self._client.host,
            ),
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            max_pages=_PAGES_PER_POLL,
            reload_account=self._log_in,
            check_silent_after=check_silent_after,
        )
        self._site: Site | None = None
        self._refreshed_at: datetime | None = None
        self._setup = setup
        self._keeps_own_vote = own_vote
        self._settings_fixer = SettingsFixer(
            self._fixable_settings,
            lambda fields: self._write(self._api.save_settings_call(fields)),
            self._refresh,
        )

    def connect(self) -> Identity:
        self._detect_version()
        me = self._settings_fixer.fix(self._log_in())
        check_sees_own_comments(me)
        return Identity(me.name, str(me.id), me.bot_flag)

    def fetch_post(self, post_id: str) -> Post:
        viewer = self._current_viewer()
        api = self._api
        response = self._rows.read_or_none(api.post_call(post_id), errors.POST_NOT_FOUND)
        if response is None:
            return deleted_post(self.account, post_id, viewer.base_url, self._clock())
        try:
            post = api.parse_post(response, viewer)
        except MalformedResponse as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error
        self._languages.remember_community(post_id, post.community)
        return post

    def _resolve_object(self, url: str) -> str | None:
        api = self._api
        response = self._rows.read_or_none(api.resolve_call(url), errors.OBJECT_NOT_FOUND)
        try:
            return None if response is None else api.parse_resolved(response)
        except MalformedResponse as error:
            raise Unreachable(f"{url} cannot be resolved: {error}") from error

    def own_comment(self, comment_id: str) -> Comment | None:
        viewer, api = self._current_viewer(), self._api
        response = self._rows.read_or_none(api.comment_call(comment_id), errors.COMMENT_NOT_FOUND)
        try:
            is_own = response is not None and api.is_own_comment(response, viewer)
            return api.parse_comment(response, viewer) if is_own else None
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        viewer = self._current_viewer()
        finder = OwnCommentFinder(self._api, self._read, self.fetch_post)
        return finder.replies_to_post(post_id, self._me(), viewer)

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        comment = self._write_comment(post_id, None, markdown, language, refused_sends)
        if comment.parent_id is not None:
            raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def _write_comment(
        self, post_id: str, parent_id: str | None, markdown: str, language: str | None, refused_sends: int
    ) -> Comment:
        check_comment(markdown)
        viewer = self._current_viewer()
        language_id = self._languages.language_id(language, post_id, self._known_site())
        api = self._api
        calls = [
            api.reply_call(post_id, markdown, number, parent_id, refused_sends)
            for number in dict.fromkeys((language_id, None))
        ]
        return parse_stored_reply(api, self._send_reply(calls, post_id), post_id, viewer)

    def _send_reply(self, calls: list[Call], post_id: str) -> Any:
        """Send the reply; if its language is refused, the second call, which has none."""
        call = calls[0]
        try:
            return self._write_call(call)
        except ApiError as error:
            if error.code != "language_not_allowed" or len(calls) == 1:
                raise self._reply_error(error, call, post_id) from error
        return self._write(calls[1])  # the first reply was not stored

    def _reply_error(self, error: ApiError, call: Call, post_id: str) -> PlatformError:
        """Reads the post if the server reports it as missing. An error of that call is UnknownOutcome."""
        if error.code in errors.POST_NOT_FOUND:
            try:
                if self.fetch_post(post_id).gone:
                    return Refused(SkipReason.GONE, f"the server answers {error}")
            except PlatformError as failed:
                return UnknownOutcome(f"the server answers {error}, and the post cannot be read: {failed}")
        return errors.write_error(error, call)

    def edit(self, comment_id: str, markdown: str) -> None:
        check_comment(markdown)
        self._current_viewer()
        call = self._api.edit_call(comment_id, markdown)
        try:
            self._write_call(call)
        except ApiError as error:
            if error.code in errors.COMMENT_NOT_FOUND and self._read_comment(comment_id) is None:
                raise Refused(SkipReason.GONE, f"the server answers {error}") from error
            raise errors.write_error(error, call) from error

    def delete(self, comment_id: str) -> None:
        """The error for a deleted comment is also that of a server without a database, so it is read back."""
        self._current_viewer()
        call = self._api.delete_call(comment_id)
        try:
            self._write_call(call)
        except ApiError as error:
            if error.code in errors.ALREADY_DELETED:
                comment = self._read_comment(comment_id)
                if comment is None or comment.gone:
                    return
            raise errors.write_error(error, call) from error

    def _read_comment(self, comment_id: str) -> Comment | None:
        """The comment; None if it does not exist."""
        viewer, api = self._current_viewer(), self._api
        response = self._rows.read_or_none(api.comment_call(comment_id), errors.COMMENT_NOT_FOUND)
        try:
            return None if response is None else api.parse_comment(response, viewer)
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error

    def remove_own_vote(self, comment_id: str) -> None:
        if self._keeps_own_vote:
            return
        self._current_viewer()
        try:
            account_setup.remove_own_vote(comment_id, self._me(), self._api, self._write)
        except PlatformError:
            self._refreshed_at = None  # the bot flag may be off: the next refresh sets it
            raise

    def hides_nsfw(self) -> bool:
        self._current_viewer()
        return not self._me().sees_nsfw

    def messaging(self) -> LemmyMessaging:
        return LemmyMessaging(
            AdapterCalls(
                account=self.account,
                api=lambda: self._api,
                viewer=self._current_viewer,
                me=self._me,
                read=self._read_call,
                write=self._write_call,
                fetch_post=self.fetch_post,
                rows=self._rows,
                read_comment=self._read_comment,
                write_comment=self._write_comment,
                delete=self.delete,
            )
        )

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Costs one call per comment."""
        found: dict[str, int] = {}
        for comment_id in comment_ids:
            comment = self._read_comment(comment_id)
            if comment is not None and comment.score is not None and not comment.gone:
                found[comment_id] = comment.score
        return found

    def next_reply_at(self, community: str) -> datetime | None:
        times = (super().next_reply_at(community), self._site_ban.retry_at)
        return max((each for each in times if each is not None), default=None)

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        software = self._detect_version()
        yield CheckResult("server", True, f"{self._client.host} runs {software or 'Lemmy (assumed)'}")
        me = self._log_in()
        yield from account_check.account_findings(me, self._known_site(), self._setup)
        yield account_check.rate_limit_finding(self.rate_limits, self._api.bucket_type)
        for source in sources:
            yield account_check.source_finding(source, self._session, self._api, self._subscribed_listing)

    def _detect_version(self) -> Software | None:
        """Fetch the server's software. Its version is used only until the site is loaded, because nodeinfo
        may come from a cache."""
        software = fetch_software(self._client)
        api = version_detection.api_of(software, self._client.host)
        if api is not None and self._site is None:
            self._use_api(api)
        return software

    def _use_api(self, api: Api) -> None:
        """Switch to this API version. The account is then loaded again."""
        if type(api) is type(self._api):
            return
        self._api = api
        self._session.switch_to(api)
        self.rate_limits.switch_to(api.bucket_type, api.buckets)
        self._refreshed_at = None

    def _log_in(self) -> Account:
        """Log in if needed and load the account; if the server lacks this version, in the other version."""
        api = self._api
        try:
            self._session.ensure_logged_in()
            return self._refresh()
        except ApiNotServed:
            if self._api is api:  # another thread has not switched yet
                self._use_api(version_detection.other_api(api))
        self._session.ensure_logged_in()
        return self._refresh()

    def _refresh(self) -> Account:
        """Load the site again: the account, its settings, and the rate limits."""
        api = self._api
        try:
            site = api.parse_site([self._read(call) for call in api.site_calls()])
        except MalformedResponse as error:
            raise Unreachable(f"cannot parse the site information of {self._client.host}: {error}") from error
        if not version_detection.is_version_of(api, site.version):  # nodeinfo may come from a cache
            raise ApiNotServed(f"{self._client.host} now runs Lemmy {site.version}")
        if site.me is None:
            raise Unreachable(f"{self._client.host} accepts the token, but does not return its account")
        self.rate_limits.resize(site.limits)
        self._languages.forget()
        self._subscribed_listing.set_subscriptions(site.me.follows)
        self._site, self._refreshed_at = site, self._clock()
        return site.me

    def _current_viewer(self) -> Viewer:
        """Refreshes the account every hour, because tokens, settings and versions change."""
        if self._refreshed_at is None or self._clock() - self._refreshed_at > _REFRESH_INTERVAL:
            self.connect()
        me = self._me()
        check_sees_own_comments(me)
        return Viewer(self.account, self._client.base_url, me.id, self._known_site().languages)

    def _read_call(self, call: Call) -> Any:
        return self._expire_on_version_change(self._session.read, call)

    def _write_call(self, call: Call) -> Any:
        self._site_ban.check(call)
        try:
            response = self._expire_on_version_change(self._session.write, call)
        except ApiError as error:
            if errors.is_site_ban(error):
                self._site_ban.record(error)
            raise
        self._site_ban.clear()
        return response

    def _expire_on_version_change(self, send: Callable[[Call], Any], call: Call) -> Any:
        try:
            return send(call)
        except ApiNotServed:
            self._refreshed_at = None
            raise
        except RateLimitReached as error:
            raise self._with_current_limits(error) from error

    def _with_current_limits(self, error: RateLimitReached) -> RetryLater:
        """The error after the limits were read again, because the server's admins may have lowered them."""
        api = self._api
        try:
            site = api.parse_site([self._session.read(call) for call in api.site_calls()])
        except (ApiError, PlatformError, MalformedResponse):
            return error
        self.rate_limits.resize(site.limits)
        return RetryLater(self.rate_limits.ready_at(error.bucket, self._clock()), str(error))

    def _fixable_settings(self, me: Account) -> tuple[WrongSetting, ...]:
        languages = self._known_site().languages
        return account_setup.fixable_settings(me, languages, self._setup, keeps_own_vote=self._keeps_own_vote)

    def _me(self) -> Account:
        me = self._known_site().me
        assert me is not None  # otherwise _refresh has raised
        return me

    def _known_site(self) -> Site:
        assert self._site is not None  # every public method connects first
        return self._site

    def _check_version(self, api: Api) -> None:
        """Raises ApiNotServed if the server now runs another version."""
        self._log_in()
        if self._api is not api:
            raise ApiNotServed(f"{self._client.host} now has another API version")

    def _read(self, call: Call) -> Any:
        try:
            return self._read_call(call)
        except ApiError as error:
            raise errors.read_error(error, call) from error

    def _write(self, call: Call) -> Any:
        try:
            return self._write_call(call)
        except ApiError as error:
            raise errors.write_error(error, call) from error
