"""Fills a database with ninety days of invented posts, for the status pages, their tests and benchmarks."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import asdict
from pydantic import SecretStr
from sqlalchemy import insert
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from bot.config import Config
from bot.core.models import Post, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Accounts, Database, MutedCommunities, MutedCommunity, PostQueue, State
from bot.store.tables import cursors, posts

COMMUNITIES = (
    ("main", "news@lemmy.example", 9),
    ("main", "technology@lemmy.example", 6),
    ("main", "science@other.example", 3),
    ("main", "gardening@other.example", 1),
    ("second", "worldnews", 7),
)
"""Account, community, and relative number of posts."""
HOSTS = (
    ("courier.example", 8, 0.04),
    ("harbour-post.example", 6, 0.08),
    ("daily-ledger.example", 4, 0.55),
    ("science-letter.example", 4, 0.05),
    ("evening-star.example", 3, 0.35),
    ("blog.tideline.example", 2, 0.15),
    ("old-archive.example", 1, 0.7),
)
"""Host, relative number of links to it, and the share of its pages that cannot be read."""
SUBJECTS = (
    "Harbour bridge",
    "Night train",
    "City library",
    "Peat bog",
    "River ferry",
    "Tram line 4",
    "Salt works",
    "Observatory",
    "Allotment gardens",
    "Weather station",
    "Old lighthouse",
    "Fish market",
)
EVENTS = (
    "reopens after a three-year repair",
    "to lose its last conductor",
    "counts more visitors than ever",
    "is measured from the air for the first time",
    "needs a new roof, engineers say",
    "wins a prize for its quiet engines",
    "closes for the winter",
    "finds a buyer after ten years",
    "asks its readers for old maps",
    "will be run by its own workers",
)
DEFAULT_ROW: dict[str, Any] = {
    column.name: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    for column in posts.columns
    if column.name != "id"
}
"""A row with the default of each column, because rows inserted together must have the same columns."""
FETCH_SKIP_REASONS = (
    SkipReason.WALL,
    SkipReason.REFUSED_BY_SITE,
    SkipReason.ROBOTS,
    SkipReason.TOO_SLOW,
    SkipReason.NOT_FOUND,
)
CONTENT_SKIP_REASONS = (
    SkipReason.TOO_SHORT,
    SkipReason.SAVES_TOO_LITTLE,
    SkipReason.MEDIA_LINK,
    SkipReason.VIDEO,
    SkipReason.SECTION,
    SkipReason.NSFW,
    SkipReason.BOT_AUTHOR,
)


def fill_database(
    database: Database, now: datetime, count: int = 2000, days: int = 90, seed: int = 7
) -> None:
    """Add `count` posts over the `days` before `now`; the same arguments give the same posts."""
    dice = random.Random(seed)
    times = sorted(now - timedelta(days=days) * dice.random() ** 1.15 for _ in range(count))
    rows = [_row(dice, number, time, now) for number, time in enumerate(times, 1)]
    with database.write_transaction() as connection:
        connection.execute(insert(posts), rows)
        connection.execute(insert(cursors), [_cursor(*place, now) for place in COMMUNITIES])
    _add_problems(database, now)


def sample_config(database: Path) -> Config:
    """A config with the accounts of the generated days."""
    lemmy = [community for account, community, _ in COMMUNITIES if account == "main"]
    return Config.model_validate(
        {
            "bot": {"owner": "you@example.org", "database": str(database)},
            "web": {"port": 1},
            "lemmy": {
                "main": {
                    "server": "https://lemmy.example",
                    "username": "precis",
                    "password": SecretStr("none"),
                    "communities": lemmy,
                }
            },
            "reddit": {
                "second": {
                    "client_id": "none",
                    "client_secret": SecretStr("none"),
                    "operator": "you_know",
                    "username": "precis_bot",
                    "password": SecretStr("none"),
                    "subreddits": ["worldnews"],
                }
            },
        }
    )


def _row(dice: random.Random, number: int, seen: datetime, now: datetime) -> dict[str, Any]:
    (account, community, _) = dice.choices(COMMUNITIES, [busy for *_, busy in COMMUNITIES])[0]
    host, _, failing = dice.choices(HOSTS, [often for _, often, _ in HOSTS])[0]
    post = _post(dice, number, account, community, host, seen)
    content = asdict(post) | {"published": post.published.isoformat()}
    row = DEFAULT_ROW | {
        "account": account,
        "post_id": post.id,
        "community": community,
        "permalink": post.permalink,
        "url_hash": hashlib.sha256((post.url or "").encode()).hexdigest(),
        "content": content,
        "state": State.DISCOVERED,
        "attempts": 0,
        "sends": 0,
        "empty_reads": 0,
        "due_at": seen,
        "published": post.published,
        "discovered_at": seen,
    }
    if now - seen < timedelta(minutes=20):
        return row | {"due_at": now}
    return row | _outcome(dice, number, seen, failing)


def _post(dice: random.Random, number: int, account: str, community: str, host: str, seen: datetime) -> Post:
    title = f"{dice.choice(SUBJECTS)} {dice.choice(EVENTS)}"
    on_reddit = "@" not in community
    return Post(
        account=account,
        id=f"t3_{number:x}" if on_reddit else str(number),
        community=community,
        title=title,
        url=f"https://{host}/{seen:%Y/%m}/{title.lower().replace(' ', '-').replace(',', '')}",
        permalink=(
            f"https://www.reddit.com/r/{community}/comments/{number:x}/"
            if on_reddit
            else f"https://lemmy.example/post/{number}"
        ),
        author="alice",
        published=seen - timedelta(seconds=dice.uniform(5, 65)),
    )


def _outcome(dice: random.Random, number: int, seen: datetime, failing: float) -> dict[str, Any]:
    done = seen + timedelta(seconds=dice.uniform(1, 9))
    chance = dice.random()
    if dice.random() < failing:
        if chance < 0.1:
            error = "The server at the other end closed the connection."
            return {"state": State.DEAD, "done_at": done, "attempts": 5, "error": error}
        return {"state": State.SKIPPED, "done_at": done, "reason": dice.choice(FETCH_SKIP_REASONS).value}
    if chance < 0.3:
        return {"state": State.SKIPPED, "done_at": done, "reason": dice.choice(CONTENT_SKIP_REASONS).value}
    words = int(dice.lognormvariate(6.4, 0.5)) + 150
    kept = min(dice.randint(60, 100), words // 3)
    return {
        "state": State.SENT,
        "ready_at": seen + timedelta(seconds=1),
        "sending_at": done - timedelta(seconds=0.4),
        "done_at": done,
        "language": "en",
        "article_words": words,
        "summary_words": kept,
        "saved": round(100 * (1 - kept / words)),
        "sends": 1,
        "comment_id": str(number),
        "comment_url": f"https://lemmy.example/comment/{number}",
        "reply_score": number % 7 - 1,
    }


def _cursor(account: str, community: str, busy: int, now: datetime) -> dict[str, Any]:
    return {
        "source": Source(account, community).key,
        "account": account,
        "cursor": "-",
        "polled_at": now - timedelta(seconds=4 * busy),
        "error": None,
    }


def _add_problems(database: Database, now: datetime) -> None:
    source = Source("main", "gardening@other.example")
    PostQueue(database).record_poll_error(
        source, "The server other.example does not answer (timed out after 20 s)."
    )
    MutedCommunities(database).add(
        MutedCommunity("second", "quietplace", "You are banned from r/quietplace.", now - timedelta(days=12))
    )
    Accounts(database).set_error(
        "second", "The password was changed. Write the new one into its file.", now - timedelta(hours=3)
    )
