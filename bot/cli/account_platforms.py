"""Opens the platforms of the configured accounts for one command, and asks them about addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from bot.config import Config
from bot.core.errors import AccountError, PlatformError, Refused, UserError
from bot.core.post_addresses import parse_post_address
from bot.daemon.tuning import Tuning
from bot.platforms.base import Platform
from bot.store import Accounts, Database


@contextmanager
def open_platforms(settings: Config, database: Database, tuning: Tuning) -> Iterator[list[Platform]]:
    """The platforms of all accounts, closed at the end. None of them is connected."""
    from bot.daemon.factories import make_platforms  # here: most commands ask no platform

    with ExitStack() as stack:
        platforms = make_platforms(settings, Accounts(database), tuning)
        for platform in platforms:
            stack.enter_context(closing(platform))
        yield platforms


def ask_platforms(
    address: str, find: Callable[[Platform], bool], settings: Config, database: Database, tuning: Tuning
) -> bool:
    """Whether `find` is true for a platform. They are asked only about addresses of posts and comments.

    Raises `UserError` if none is true and a platform cannot be asked. It is temporary if this may succeed
    later.
    """
    if parse_post_address(address) is None:
        return False
    problems: list[str] = []
    temporary = False
    with open_platforms(settings, database, tuning) as platforms:
        for platform in platforms:
            try:
                if find(platform):
                    return True
            except PlatformError as error:
                problems.append(f"The account {platform.account} cannot look up {address}: {error}")
                temporary |= not isinstance(error, AccountError | Refused)
    if problems:
        other = "use the address of the post on the bot's own server."
        remedy = f"Wait until the server can be reached, or {other}" if temporary else other.capitalize()
        raise UserError(" ".join(problems), remedy, temporary=temporary)
    return False
