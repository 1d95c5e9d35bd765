"""The settings that a PieFed account needs.

The server keeps settings that are not sent and ignores unknown names. Source: measurements on a real
1.6.27 server.
"""

from __future__ import annotations

from bot.platforms.account_setup import IN_ACCOUNT_SETTINGS, AccountSetup, WrongSetting, check_biography
from bot.platforms.piefed import schemas

EXPECTED = {
    "bot flag": "set",
    "own replies": "visible to the account",
    "read posts": "visible to the account",
    "biography": "not empty; it should say that this is a bot, who runs it and how to opt out",
}


def wrong_settings(account: schemas.LocalUserView, setup: AccountSetup | None) -> tuple[WrongSetting, ...]:
    return (
        *_bot_flag(account.person),
        *_own_replies(account.local_user),
        *_read_posts(account.local_user),
        *check_biography(account.person.about or "", setup, "bio"),
    )


def _bot_flag(person: schemas.Person) -> tuple[WrongSetting, ...]:
    return (
        ()
        if person.bot
        else (
            WrongSetting(
                "bot flag", "not set", f"Mark the account as a bot {IN_ACCOUNT_SETTINGS}.", {"bot": True}
            ),
        )
    )


def _own_replies(settings: schemas.LocalUser) -> tuple[WrongSetting, ...]:
    if settings.show_bot_accounts:
        return ()
    found = "hidden from the account, so Precis cannot run"
    return (
        WrongSetting(
            "own replies",
            found,
            f"Turn on showing bot accounts {IN_ACCOUNT_SETTINGS}.",
            {"bot_visibility": "Show"},
        ),
    )


def _read_posts(settings: schemas.LocalUser) -> tuple[WrongSetting, ...]:
    if settings.show_read_posts:
        return ()
    found, remedy = "hidden from the account", f"Turn on showing read posts {IN_ACCOUNT_SETTINGS}."
    return (WrongSetting("read posts", found, remedy, {"show_read_posts": True}, can_run=True),)
