"""The connection of one account to its server: log-in, account state, and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.errors import AccountError, Unreachable
from bot.platforms.account_setup import IN_ACCOUNT_SETTINGS, AccountSetup, SettingsFixer, WrongSetting
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_client import ApiClient
from bot.platforms.api_models import parse
from bot.platforms.base import Identity
from bot.platforms.login_session import LoginSession
from bot.platforms.nodeinfo import Software, fetch_software
from bot.platforms.piefed import account_setup, schemas
from bot.platforms.piefed.login import API, get_call, read_error, write_error
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock

_REFRESH_INTERVAL = timedelta(hours=1)


class Connection:
    """Sends calls, and keeps what the server says about the account.

    Public methods that use the account call `viewer` first, which logs in and loads the account if that
    was not done in the last hour. `on_refresh` is called with each newly loaded account.
    """

    def __init__(
        self,
        account: str,
        client: ApiClient,
        session: LoginSession,
        clock: Clock,
        setup: AccountSetup | None,
        on_refresh: Callable[[schemas.MeResponse], None],
    ) -> None:
        self._account = account
        self._client = client
        self.session = session
        self._clock = clock
        self._setup = setup
        self._on_refresh = on_refresh
        self._settings_fixer = SettingsFixer(
            self._fixable_settings, self._save_settings, lambda: self.refresh().local_user_view
        )
        self._viewer: Viewer | None = None
        self.sees_nsfw = False
        self._refreshed_at: datetime | None = None
        self.software: str | None = None
        """The server's software as last seen; None if the server does not report it."""

    def connect(self) -> Identity:
        """Log in, and fix the account's settings if that is allowed."""
        self.check_software()
        account = self._settings_fixer.fix(self.refresh().local_user_view)
        if not account.local_user.show_bot_accounts:
            raise AccountError(
                f"The account {account.person.handle} hides bots, so Precis cannot see its own replies.",
                f"Turn on showing bot accounts {IN_ACCOUNT_SETTINGS}.",
            )
        return Identity(account.person.handle, str(account.person.id), account.person.bot)

    def viewer(self) -> Viewer:
        """Refreshes the account every hour, because tokens and settings change."""
        if self._refreshed_at is None or self._clock() - self._refreshed_at > _REFRESH_INTERVAL:
            self.connect()
        assert self._viewer is not None  # otherwise connect has raised
        return self._viewer

    def refresh(self) -> schemas.MeResponse:
        """Log in if needed, and load the account."""
        self.session.ensure_logged_in()
        try:
            account = parse(schemas.MeResponse, self.read(get_call("/user/me")))
            site = parse(schemas.SiteResponse, self.read(Call("GET", f"{API}/site", "site")))
        except MalformedResponse as error:
            raise Unreachable(f"{self._client.host}: the site information cannot be read: {error}") from error
        languages = {item.id: item.code for item in site.site.all_languages}
        person = account.local_user_view.person
        self._viewer = Viewer(self._account, self._client.base_url, person, languages)
        self.sees_nsfw = account.local_user_view.local_user.show_nsfw
        self._refreshed_at = self._clock()
        self._on_refresh(account)
        return account

    def check_software(self) -> Software | None:
        """The server's software; None if it does not say. Raises AccountError if it is not PieFed."""
        software = fetch_software(self._client)
        if software is not None and software.name != "piefed":
            raise AccountError(
                f"{self._client.host} runs {software}, not PieFed.",
                "Use a PieFed server's address, or move the account to the config table of its platform.",
            )
        self.software = None if software is None else str(software)
        return software

    def read(self, call: Call) -> Any:
        """Send a read call. Raises the errors of read calls."""
        try:
            return self.session.read(call)
        except ApiError as error:
            raise read_error(error) from error

    def write(self, call: Call) -> Any:
        """Send a write call. Raises the errors of write calls."""
        try:
            return self.session.write(call)
        except ApiError as error:
            raise write_error(error, call) from error

    def _fixable_settings(self, account: schemas.LocalUserView) -> tuple[WrongSetting, ...]:
        return (
            account_setup.wrong_settings(account, self._setup) if self._setup and self._setup.consent else ()
        )

    def _save_settings(self, fields: Mapping[str, object]) -> None:
        self.write(Call("PUT", f"{API}/user/save_user_settings", "other", body=dict(fields)))
