"""One account on one Lemmy server, behind the `Platform` Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.errors import PlatformError, Refused, UnknownOutcome, Unreachable
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_check import collect_findings
from bot.platforms.account_setup import AccountSetup, SettingsFixer, WrongSetting
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.api_client import ApiClient, ApiNotServed
from bot.platforms.base import Identity, TokenStore
from bot.platforms.comment_limits import check_comment
from bot.platforms.deleted_posts import deleted_post
from bot.platforms.lemmy import account_check, account_setup, errors, version_detection
from bot.platforms.lemmy.api import Account, Site, Viewer
from bot.platforms.lemmy.api import LemmyApi as Api
from bot.platforms.lemmy.listings import Listings
from bot.platforms.lemmy.messaging import AdapterCalls, LemmyMessaging
from bot.platforms.lemmy.own_comments import OwnCommentFinder, check_sees_own_comments, parse_stored_reply
from bot.platforms.lemmy.reply_language import ReplyLanguages
from bot.platforms.login_session import LoginSession
from bot.platforms.nodeinfo import Software, fetch_software
from bot.platforms.rate_limits import Clock, RateLimits
from bot.platforms.subscribed_listing import SubscribedListing

_PAGES_PER_POLL = 20
_RELOAD_AFTER = timedelta(hours=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Lemmy:
    """Lemmy 0.19 or 1.0 as a `bot.platforms.base.Platform`.

    Which of the two the server is may change at any time. It is asked at least every hour, and again
    after every answer that the version spoken so far would not give: the call at hand then ends in
    Unreachable, and the next one speaks the other version. Marks of a poll hold for both.

    `base_url` is the server's address without a path; `timeout` is for one answer. `pace` may be
    shared by several accounts on one server, for the server counts by address. `communities` are all
    that will be polled, and `subscribe` says whether the account may subscribe to them.
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
        self._languages = ReplyLanguages(self._session, lambda: self._api)
        self._listing = SubscribedListing(
            Listings(
                lambda: self._api,
                self._read_call,
                self._write,
                self._viewer,
                self._check_version,
                self._client.host,
            ),
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            max_pages=_PAGES_PER_POLL,
        )
        self._site: Site | None = None
        self._loaded_at: datetime | None = None
        self._setup = setup
        self._keeps_own_vote = own_vote
        self._settings_fixer = SettingsFixer(
            self._fixable_settings,
            lambda fields: self._write(self._api.save_settings_call(fields)),
            self._reload_account,
        )

    def connect(self) -> Identity:
        self._detect_version()
        me = self._settings_fixer.fix(self._log_in())
        check_sees_own_comments(me)
        return Identity(me.name, str(me.id), me.bot_flag)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        self._viewer()
        return self._listing.poll(source.community, cursor, since)

    def fetch_post(self, post_id: str) -> Post:
        lens = self._viewer()
        api = self._api
        call = api.post_call(post_id)
        try:
            post = api.parse_post(self._read_call(call), lens)
        except ApiError as error:
            if error.code in errors.POST_NOT_FOUND:
                return deleted_post(self.account, post_id, lens.base_url, self._clock())
            raise errors.read_error(error, call) from error
        except MalformedAnswer as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error
        self._languages.remember_community(post_id, post.community)
        return post

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """None: Lemmy asks a call for each post, and servers do not want that of a guest."""
        del post_ids
        return frozenset()

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        lens = self._viewer()
        return OwnCommentFinder(self._api, self._read, self.fetch_post).replies_to_post(
            post_id, self._me(), lens
        )

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        comment = self._write_comment(post_id, None, markdown, language)
        if comment.parent_id is not None:
            raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def _write_comment(
        self, post_id: str, parent_id: str | None, markdown: str, language: str | None
    ) -> Comment:
        check_comment(markdown)
        lens = self._viewer()
        number = self._languages.language_id(language, post_id, self._known_site())
        api = self._api
        call = api.reply_call(post_id, markdown, number, parent_id)
        try:
            answer = self._write_call(call)
        except ApiError as error:
            if error.code != "language_not_allowed" or number is None:
                raise errors.write_error(error, call) from error
            answer = self._write(api.reply_call(post_id, markdown, None, parent_id))  # nothing was stored
        return parse_stored_reply(api, answer, post_id, lens)

    def edit(self, comment_id: str, markdown: str) -> None:
        check_comment(markdown)
        self._viewer()
        self._write(self._api.edit_call(comment_id, markdown))

    def delete(self, comment_id: str) -> None:
        self._viewer()
        call = self._api.delete_call(comment_id)
        try:
            self._write_call(call)
        except ApiError as error:
            if error.code not in errors.ALREADY_DELETED:
                raise errors.write_error(error, call) from error

    def remove_own_vote(self, comment_id: str) -> None:
        if self._keeps_own_vote:
            return
        self._viewer()
        try:
            account_setup.remove_own_vote(comment_id, self._me(), self._api, self._write)
        except PlatformError:
            self._loaded_at = None  # the bot flag may be off: the next look around puts it right
            raise

    def messaging(self) -> LemmyMessaging:
        api, me = (lambda: self._api), self._me
        lent = (self._read_call, self._write_call, self.fetch_post, self._write_comment, self.delete)
        return LemmyMessaging(AdapterCalls(self.account, api, self._viewer, me, *lent))

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """A call for each."""
        lens, found = self._viewer(), dict[str, int]()
        for comment_id in comment_ids:
            try:
                comment = self._api.parse_comment(self._read_call(self._api.comment_call(comment_id)), lens)
            except (ApiError, MalformedAnswer):
                continue
            if comment.score is not None and not comment.gone:
                found[comment_id] = comment.score
        return found

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        del sticky
        raise Refused(SkipReason.REFUSED, f"comment {comment_id} is not marked: that is for Reddit")

    def next_reply_at(self, community: str) -> datetime | None:
        del community  # a server counts all replies alike
        now = self._clock()
        ready = self.rate_limits.ready_at("comment", now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        return collect_findings(self._findings(sources))

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        software = self._detect_version()
        yield CheckResult("server", True, f"{self._client.host} runs {software or 'Lemmy, as it seems'}")
        me = self._log_in()
        yield from account_check.account_findings(me, self._known_site(), self._setup)
        yield account_check.rate_limit_finding(self.rate_limits.limits(), self._api.bucket_type)
        for source in sources:
            yield account_check.source_finding(source, self._session, self._api, self._listing)

    def close(self) -> None:
        self._client.close()

    def _detect_version(self) -> Software | None:
        """Ask for the server's software; its word on the version counts only until the site has spoken,
        for it may come from a cache."""
        software = fetch_software(self._client)
        told = version_detection.api_of(software, self._client.host)
        if told is not None and self._site is None:
            self._use_api(told)
        return software

    def _use_api(self, api: Api) -> None:
        """Go over to this version of the API; what is known of the account is then asked anew."""
        if type(api) is type(self._api):
            return
        self._api = self._session.login_api = api
        self.rate_limits.switch_to(api.bucket_type, api.buckets)
        self._loaded_at = None

    def _log_in(self) -> Account:
        """Log in where need be and look around, in the other version if this one is not understood."""
        api = self._api
        try:
            self._session.ensure_logged_in()
            return self._reload_account()
        except ApiNotServed:
            if self._api is api:  # or another thread was quicker
                self._use_api(version_detection.other_api(api))
        self._session.ensure_logged_in()
        return self._reload_account()

    def _reload_account(self) -> Account:
        """Read the site again: who the account is, what it is shown, and the limits."""
        api = self._api
        try:
            site = api.parse_site([self._read(call) for call in api.site_calls()])
        except MalformedAnswer as error:
            raise Unreachable(f"{self._client.host} says of itself in an unknown form: {error}") from error
        if not version_detection.is_version_of(api, site.version):  # nodeinfo may come from a cache
            raise ApiNotServed(f"{self._client.host} runs Lemmy {site.version} by now")
        if site.me is None:
            raise Unreachable(f"{self._client.host} accepts the token, yet does not say whose it is")
        self.rate_limits.resize(site.limits)
        self._languages.forget()
        self._listing.set_subscriptions(site.me.follows)
        self._site, self._loaded_at = site, self._clock()
        return site.me

    def _viewer(self) -> Viewer:
        """Looks around again every hour: tokens are revoked, settings changed, servers upgraded."""
        if self._loaded_at is None or self._clock() - self._loaded_at > _RELOAD_AFTER:
            self.connect()
        me = self._me()
        check_sees_own_comments(me)
        return Viewer(self.account, self._client.base_url, me.id, self._known_site().languages)

    def _read_call(self, call: Call) -> Any:
        return self._expire_on_version_change(self._session.read, call)

    def _write_call(self, call: Call) -> Any:
        return self._expire_on_version_change(self._session.write, call)

    def _expire_on_version_change(self, make: Callable[[Call], Any], call: Call) -> Any:
        try:
            return make(call)
        except ApiNotServed:
            self._loaded_at = None
            raise

    def _fixable_settings(self, me: Account) -> tuple[WrongSetting, ...]:
        languages = self._known_site().languages
        return account_setup.fixable_settings(me, languages, self._setup, keeps_own_vote=self._keeps_own_vote)

    def _me(self) -> Account:
        me = self._known_site().me
        assert me is not None  # or _look_around had raised
        return me

    def _known_site(self) -> Site:
        assert self._site is not None  # every public method connects first
        return self._site

    def _check_version(self, api: Api) -> None:
        """Raises NotSpoken when the server does run another version."""
        self._log_in()
        if self._api is not api:
            raise ApiNotServed(f"{self._client.host} speaks another version of its API by now")

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
