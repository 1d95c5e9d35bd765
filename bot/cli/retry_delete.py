"""`precis retry` and `precis delete`: retry a post or delete a reply."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from bot.cli.post_lookup import find_known_posts
from bot.cli.terminal import printable
from bot.config import Config, load
from bot.core.errors import UserError
from bot.daemon.factories import make_platforms
from bot.daemon.tuning import PRODUCTION, Tuning, utc_now
from bot.outbox.adoption import adopt_reply
from bot.platforms.base import Platform
from bot.store import Accounts, Database, SentReplies, State
from bot.store.manual_actions import mark_reply_deleted, requeue_post
from bot.store.status_reports import PostReport

ADDRESS_HINT = (
    "Use the address of the post on the bot's own server, or of the reply. To list them: precis posts"
)


def retry_post(address: str, config: Path) -> None:
    """Process a post again. Raises `UserError` if that is not possible."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        for post in find_known_posts(database, settings, address, ADDRESS_HINT):
            if not requeue_post(database, post.row, utc_now()):
                raise UserError(f"{post.permalink} cannot be retried.", _why_not(post))
            print(f"{printable(post.permalink)} will be processed again by the daemon.")


def _why_not(post: PostReport) -> str:
    match post.state:
        case State.SENT | State.DELETED:
            return "It already has a reply, and no post gets a second one."
        case State.READY | State.SENDING:
            return "Its reply is ready or being sent."
        case _ if not post.title and post.url is None:
            return "Its link is no longer stored."
        case _:
            return "The daemon is processing it."


def delete_reply(address: str, config: Path, tuning: Tuning = PRODUCTION) -> None:
    """Delete a reply of the bot. Raises `UserError` or `PlatformError`."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        found = find_known_posts(database, settings, address, ADDRESS_HINT)
        sent = [post for post in found if post.state is State.SENT and post.comment_id]
        if not sent and _adopt_replies(found, settings, database, tuning):
            found = find_known_posts(database, settings, address, ADDRESS_HINT)
            sent = [post for post in found if post.state is State.SENT]
        if not sent:
            raise UserError(
                f"There is no reply of the bot under {address}.",
                "precis why shows what happened to the post.",
            )
        for post in sent:
            with closing(_open_platform(settings, database, post.account, tuning)) as platform:
                platform.connect()
                platform.delete(post.comment_id or "")
            mark_reply_deleted(database, post.row, utc_now(), "By hand.")
            print(f"Deleted {printable(post.comment_url or '')}. The post gets no other reply.")


def _adopt_replies(found: list[PostReport], settings: Config, database: Database, tuning: Tuning) -> bool:
    """Record the replies that are on the platform but not in the database, which may be new."""
    adopted = False
    for post in found:
        if post.state in (State.SENDING, State.DELETED):
            continue
        with closing(_open_platform(settings, database, post.account, tuning)) as platform:
            platform.connect()
            reply = adopt_reply(platform, SentReplies(database), post.post_id, tuning.clock)
            adopted = adopted or reply is not None
    return adopted


def _open_platform(settings: Config, database: Database, account: str, tuning: Tuning) -> Platform:
    chosen = None
    for platform in make_platforms(settings, Accounts(database), tuning):
        if platform.account == account:
            chosen = platform
        else:
            platform.close()
    if chosen is None:
        raise UserError(
            f"The account {account} is no longer in the settings.", "Add it again to delete its replies."
        )
    return chosen
