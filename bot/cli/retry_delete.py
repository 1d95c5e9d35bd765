"""`precis retry` and `precis delete`: retry a post or delete a reply."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.cli.account_platforms import ask_platforms, open_platforms
from bot.cli.post_lookup import find_known_posts
from bot.cli.terminal import printable
from bot.config import Config, load
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.outbox.adoption import adopt_at, adopt_reply
from bot.platforms.base import Platform
from bot.store import Database, SentReplies, State
from bot.store.manual_actions import mark_reply_deleted, requeue_post, why_not_retryable
from bot.store.post_lookup import find_posts
from bot.store.post_reports import PostReport

ADDRESS_HINT = (
    "Use the address of the post on the bot's own server, or of the reply. To list them: precis posts"
)


def retry_post(address: str, config: Path, tuning: Tuning = PRODUCTION) -> None:
    """Process a post again. Raises `UserError` if that is not possible."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        for post in find_known_posts(database, settings, address, ADDRESS_HINT, tuning):
            if not requeue_post(database, post.row, utc_now()):
                raise UserError(f"{post.permalink} cannot be retried.", why_not_retryable(post))
            print(f"{printable(post.permalink)} will be processed again by the daemon.")


def delete_reply(address: str, config: Path, tuning: Tuning = PRODUCTION) -> None:
    """Delete a reply of the bot. Raises `UserError` or `PlatformError`."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        sent = _find_sent(database, address) or _adopt_replies(address, settings, database, tuning)
        if not sent:
            find_known_posts(database, settings, address, ADDRESS_HINT, tuning)
            raise UserError(
                f"There is no reply of the bot under {address}.",
                "precis why shows what happened to the post.",
            )
        for post in sent:
            with _open_platform(settings, database, post.account, tuning) as platform:
                platform.connect()
                platform.delete(post.comment_id or "")
            mark_reply_deleted(database, post.row, utc_now())
            print(f"Deleted {printable(post.comment_url or '')}. The post gets no other reply.")


def _find_sent(database: Database, address: str) -> list[PostReport]:
    found = find_posts(database, address)
    return [post for post in found if post.state is State.SENT and post.comment_id]


def _adopt_replies(address: str, settings: Config, database: Database, tuning: Tuning) -> list[PostReport]:
    """Record the replies that are on the platform but not in the database, which may be new."""
    known, replies = find_posts(database, address), SentReplies(database)
    adopted: list[PostReport] = []

    def adopt(platform: Platform) -> bool:
        reply = adopt_at(platform, replies, address, tuning.clock)
        if reply is not None and reply.state is State.SENT:
            recorded = find_posts(database, reply.comment_id or "")
            adopted.extend(post for post in recorded if post.row == reply.row)
        return bool(adopted)

    if not known:
        ask_platforms(address, adopt, settings, database, tuning)
        return adopted
    for post in known:
        if post.state in (State.SENDING, State.DELETED):
            continue
        with _open_platform(settings, database, post.account, tuning) as platform:
            platform.connect()
            adopt_reply(platform, replies, post.post_id, tuning.clock)
    return _find_sent(database, address)


@contextmanager
def _open_platform(settings: Config, database: Database, account: str, tuning: Tuning) -> Iterator[Platform]:
    with open_platforms(settings, database, tuning) as platforms:
        chosen = next((platform for platform in platforms if platform.account == account), None)
        if chosen is None:
            raise UserError(
                f"The account {account} is no longer in the settings.", "Add it again to delete its replies."
            )
        yield chosen
