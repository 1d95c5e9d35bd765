"""The settings that a Lemmy account needs. Both API versions use the same names for them.

Source: measurements on real 0.19.20 and 1.0.0-beta.1 servers. A field that is not sent keeps its
value. In both versions, `[]` means all languages. In 1.0, a choice without "undetermined" hides
nearly every post, and also the bot's own comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.platforms.account_setup import IN_ACCOUNT_SETTINGS, AccountSetup, WrongSetting, check_biography
from bot.platforms.api_call import Call
from bot.platforms.lemmy.api import Account, LemmyApi

EXPECTED = {
    "bot flag": "set: readers see that this is a bot",
    "own replies": "visible to the account",
    "languages": "posts in all languages are shown",
    "read posts": "shown to the account",
    "biography": "not empty; it should say that this is a bot, who runs it and how to opt out",
}


def wrong_settings(
    me: Account, languages: Mapping[int, str], setup: AccountSetup | None
) -> tuple[WrongSetting, ...]:
    """`languages` are the server's languages: id -> code."""
    return (
        *_bot_flag(me),
        *_own_replies(me),
        *_languages(me, languages),
        *_read_posts(me),
        *check_biography(me.biography, setup, "bio"),
    )


def fixable_settings(
    me: Account, languages: Mapping[int, str], setup: AccountSetup | None, *, keeps_own_vote: bool
) -> tuple[WrongSetting, ...]:
    """The settings that Precis may change: all of them with the operator's consent.

    Without consent, only the bot flag, and only if the bot removes its own votes: a crash during
    `remove_own_vote` leaves the flag off.
    """
    if setup is not None and setup.consent:
        return wrong_settings(me, languages, setup)
    return () if keeps_own_vote else _bot_flag(me)


def remove_own_vote(comment_id: str, me: Account, api: LemmyApi, write: Callable[[Call], Any]) -> None:
    """Remove the bot's own vote. An account with the bot flag may not, so the flag is off for a moment."""
    try:
        if me.bot_flag:
            write(api.save_settings_call(_FLAG_OFF))
        write(api.unvote_call(comment_id))
    finally:
        if me.bot_flag:
            write(api.save_settings_call(_FLAG_ON))


_FLAG_ON: Mapping[str, object] = {"bot_account": True}
_FLAG_OFF: Mapping[str, object] = {"bot_account": False}


def _bot_flag(me: Account) -> tuple[WrongSetting, ...]:
    if me.bot_flag:
        return ()
    remedy = f"Switch 'Bot Account' on {IN_ACCOUNT_SETTINGS}; most servers require it."
    return (WrongSetting("bot flag", "not set", remedy, _FLAG_ON),)


def _own_replies(me: Account) -> tuple[WrongSetting, ...]:
    if me.sees_bots:
        return ()
    remedy = f"Switch 'Show Bot Accounts' on {IN_ACCOUNT_SETTINGS}."
    found = "hidden from the account, so Precis cannot run"
    return (WrongSetting("own replies", found, remedy, {"show_bot_accounts": True}),)


def _languages(me: Account, names: Mapping[int, str]) -> tuple[WrongSetting, ...]:
    if not me.languages:
        return ()
    shown = ", ".join(sorted(names.get(number, "undetermined") for number in me.languages))
    remedy = f"Select no language {IN_ACCOUNT_SETTINGS} to see every post."
    found = f"only posts in {shown} are shown"
    return (WrongSetting("languages", found, remedy, {"discussion_languages": []}, can_run=True),)


def _read_posts(me: Account) -> tuple[WrongSetting, ...]:
    if me.sees_read_posts:
        return ()
    remedy = f"Switch 'Show Read Posts' on {IN_ACCOUNT_SETTINGS}."
    return (
        WrongSetting(
            "read posts", "hidden from the account", remedy, {"show_read_posts": True}, can_run=True
        ),
    )
