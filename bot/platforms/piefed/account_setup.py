"""The settings that a PieFed account needs; what is not sent stays as it is, unknown names are ignored.

Source: measurements on a real 1.6.27 server.
"""

from __future__ import annotations

from bot.platforms.account_setup import SETTINGS, Flaw, Profile, of_biography
from bot.platforms.piefed import schemas

RIGHT = {
    "bot flag": "set",
    "own replies": "visible to the account",
    "read posts": "shown to the account",
    "biography": "not empty; it should say that this is a bot, who runs it and how to opt out",
}


def flaws(me: schemas.LocalUserView, profile: Profile | None) -> tuple[Flaw, ...]:
    return (
        *_bot_flag(me.person),
        *_own_replies(me.local_user),
        *_read_posts(me.local_user),
        *of_biography(me.person.about or "", profile, "bio"),
    )


def _bot_flag(person: schemas.Person) -> tuple[Flaw, ...]:
    return (
        ()
        if person.bot
        else (Flaw("bot flag", "not set", f"Say that this is a bot {SETTINGS}.", {"bot": True}),)
    )


def _own_replies(settings: schemas.LocalUser) -> tuple[Flaw, ...]:
    if settings.show_bot_accounts:
        return ()
    found = "hidden from the account, so Precis cannot run"
    return (Flaw("own replies", found, f"Show bot accounts {SETTINGS}.", {"bot_visibility": "Show"}),)


def _read_posts(settings: schemas.LocalUser) -> tuple[Flaw, ...]:
    if settings.show_read_posts:
        return ()
    found, remedy = "hidden from the account", f"Show read posts {SETTINGS}."
    return (Flaw("read posts", found, remedy, {"show_read_posts": True}, bearable=True),)
