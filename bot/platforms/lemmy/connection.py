"""The connection of one account to its server: log-in, API version, account state, and calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.core.errors import PlatformError, RetryLater, Unreachable
from bot.platforms.account_setup import AccountSetup, SettingsFixer, WrongSetting
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_client import ApiClient, ApiNotServed
from bot.platforms.base import Identity, TokenStore
from bot.platforms.fencing import Revocation
from bot.platforms.lemmy import account_setup, errors, version_detection
from bot.platforms.lemmy.api import Account, Site, Viewer
from bot.platforms.lemmy.api import LemmyApi as Api
from bot.platforms.lemmy.own_comments import check_sees_own_comments
from bot.platforms.lemmy.site_ban import SiteBan
from bot.platforms.login_session import LoginSession, RateLimitReached
from bot.platforms.nodeinfo import Software, fetch_software
from bot.platforms.rate_limits import Clock, RateLimits

_REFRESH_INTERVAL = timedelta(hours=1)


class Connection:
    """Sends calls in the API version that the server has now, and keeps what it says about the account.

    Public methods that use the account call `viewer` first, which logs in and loads the account if that
    was not done in the last hour. `on_refresh` is called with each newly loaded site. `api` is the current
    API version: keep it for the duration of one operation, because a refresh may change it.
    """

    def __init__(
        self,
        client: ApiClient,
        clock: Clock,
        token_store: TokenStore,
        on_refresh: Callable[[Site], None],
        *,
        account: str,
        username: str,
        password: str,
        rate_limits: RateLimits | None,
        setup: AccountSetup | None,
        keeps_own_vote: bool,
    ) -> None:
        self._account = account
        self._client = client
        self._clock = clock
        self._on_refresh = on_refresh
        self.api: Api = version_detection.oldest_api()
        self.rate_limits = rate_limits or RateLimits(self.api.buckets, bucket_type=self.api.bucket_type)
        self.session = LoginSession(
            client,
            self.api,
            self.rate_limits,
            token_store,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self.site_ban = SiteBan(account, client.host, clock)
        self._site: Site | None = None
        self._refreshed_at: datetime | None = None
        self._setup = setup
        self._keeps_own_vote = keeps_own_vote
        self._settings_fixer = SettingsFixer(
            self._fixable_settings,
            lambda fields: self.write(self.api.save_settings_call(fields)),
            self._refresh,
        )

    def connect(self) -> Identity:
        """Detect the version, log in, and fix the account's settings if that is allowed."""
        self.detect_version()
        me = self._settings_fixer.fix(self.log_in())
        check_sees_own_comments(me)
        return Identity(me.name, str(me.id), me.bot_flag)

    def revoke_token(self, saved: str) -> Revocation:
        """Log out with a token from the token store, in the API version that the server has."""
        self.detect_version()
        api = self.api
        try:
            return self.session.revoke(saved)
        except ApiNotServed:
            self._use_api(version_detection.other_api(api))
        return self.session.revoke(saved)

    def viewer(self) -> Viewer:
        """Refreshes the account every hour, because tokens, settings and versions change."""
        if self._refreshed_at is None or self._clock() - self._refreshed_at > _REFRESH_INTERVAL:
            self.connect()
        me = self.me()
        check_sees_own_comments(me)
        return Viewer(self._account, self._client.base_url, me.id, self.site().languages)

    def me(self) -> Account:
        """The account as it was last loaded."""
        me = self.site().me
        assert me is not None  # otherwise _refresh has raised
        return me

    @property
    def software(self) -> str | None:
        """The server's software as last seen; None before the site was loaded."""
        return None if self._site is None else f"Lemmy {self._site.version}"

    def site(self) -> Site:
        """The site as it was last loaded."""
        assert self._site is not None  # every public method of the adapter connects first
        return self._site

    def expire(self) -> None:
        """Let the next `viewer` load the account again."""
        self._refreshed_at = None

    def detect_version(self) -> Software | None:
        """Fetch the server's software. Its version is used only until the site is loaded, because nodeinfo
        may come from a cache."""
        software = fetch_software(self._client)
        api = version_detection.api_of(software, self._client.host)
        if api is not None and self._site is None:
            self._use_api(api)
        return software

    def log_in(self) -> Account:
        """Log in if needed and load the account; if the server lacks this version, in the other version."""
        api = self.api
        try:
            self.session.ensure_logged_in()
            return self._refresh()
        except ApiNotServed:
            if self.api is api:  # another thread has not switched yet
                self._use_api(version_detection.other_api(api))
        self.session.ensure_logged_in()
        return self._refresh()

    def check_version(self, api: Api) -> None:
        """Raises ApiNotServed if the server now runs another version."""
        self.log_in()
        if self.api is not api:
            raise ApiNotServed(f"{self._client.host} now has another API version")

    def read(self, call: Call) -> Any:
        """Send a read call. Raises the errors of read calls."""
        try:
            return self.read_call(call)
        except ApiError as error:
            raise errors.read_error(error, call) from error

    def write(self, call: Call) -> Any:
        """Send a write call. Raises the errors of write calls."""
        try:
            return self.write_call(call)
        except ApiError as error:
            raise errors.write_error(error, call) from error

    def read_call(self, call: Call) -> Any:
        """Send a read call. Raises ApiError if the server refuses it."""
        return self._expire_on_version_change(self.session.read, call)

    def write_call(self, call: Call) -> Any:
        """Send a write call. Raises ApiError if the server refuses it."""
        self.site_ban.check(call)
        try:
            response = self._expire_on_version_change(self.session.write, call)
        except ApiError as error:
            if errors.is_site_ban(error):
                self.site_ban.record(error, call)
            raise
        self.site_ban.record_success(call)
        return response

    def _use_api(self, api: Api) -> None:
        """Switch to this API version. The account is then loaded again."""
        if type(api) is type(self.api):
            return
        self.api = api
        self.session.switch_to(api)
        self.rate_limits.switch_to(api.bucket_type, api.buckets)
        self.expire()

    def _refresh(self) -> Account:
        """Load the site again: the account, its settings, and the rate limits."""
        api, host = self.api, self._client.host
        try:
            site = api.parse_site([self.read(call) for call in api.site_calls()])
        except MalformedResponse as error:
            raise Unreachable(f"cannot parse the site information of {host}: {error}") from error
        if not version_detection.is_version_of(api, site.version):  # nodeinfo may come from a cache
            raise ApiNotServed(f"{host} now runs Lemmy {site.version}")
        if site.me is None:
            raise Unreachable(f"{host} accepts the token, but does not return its account")
        self.rate_limits.resize(site.limits)
        self._on_refresh(site)
        self._site, self._refreshed_at = site, self._clock()
        return site.me

    def _expire_on_version_change(self, send: Callable[[Call], Any], call: Call) -> Any:
        try:
            return send(call)
        except ApiNotServed:
            self.expire()
            raise
        except RateLimitReached as error:
            raise self._with_current_limits(error) from error

    def _with_current_limits(self, error: RateLimitReached) -> RetryLater:
        """The error after the limits were read again, because the server's admins may have lowered them."""
        api = self.api
        try:
            site = api.parse_site([self.session.read(call) for call in api.site_calls()])
        except (ApiError, PlatformError, MalformedResponse):
            return error
        self.rate_limits.resize(site.limits)
        return RetryLater(self.rate_limits.ready_at(error.bucket, self._clock()), str(error))

    def _fixable_settings(self, me: Account) -> tuple[WrongSetting, ...]:
        languages = self.site().languages
        return account_setup.fixable_settings(me, languages, self._setup, keeps_own_vote=self._keeps_own_vote)
