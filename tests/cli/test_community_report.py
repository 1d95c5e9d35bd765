"""`precis report`: the same figures as in the answer to a moderator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, PostQueue
from tests.cli.conftest import Precis, write_config
from tests.conftest import a_post

CONFIG = """
[bot]
owner = "me@example.org"
database = "precis.db"

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news"]
"""


def add_skipped_post(folder: Path, number: int, community: str, done_at: datetime) -> None:
    database = Database(folder / "precis.db", done_at)
    queue, post = PostQueue(database), a_post(number, community=community)
    queue.discover(Source("main", community), PollResult((post,), "-"), done_at)
    (claimed,) = queue.claim(done_at, 1, timedelta(minutes=5))
    queue.skip(claimed.row, Skipped(SkipReason.WALL), done_at)
    database.close()


def test_it_prints_the_last_seven_days_without_markdown_signs_of_its_own(
    precis: Precis, tmp_path: Path
) -> None:
    write_config(tmp_path, CONFIG)
    now = datetime.now(UTC)
    add_skipped_post(tmp_path, 1, "cats@lemmy.example", now - timedelta(days=8))
    add_skipped_post(tmp_path, 2, "cats@lemmy.example", now - timedelta(days=1))
    done = precis("report", "!cats@lemmy.example")
    assert done.returncode == 0, done
    assert done.stdout.splitlines() == [
        "!cats@lemmy.example, the last 7 days:",
        "- Replies: 0. Deleted: 0",
        "- Votes on the replies: 0, on average –. “good bot”: 0, “bad bot”: 0",
        "- Posts without a reply: 1",
        "- 1 of them: The article is behind a paywall.",
    ]


def test_a_community_of_the_config_may_have_nothing_to_report(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG)
    add_skipped_post(tmp_path, 1, "cats@lemmy.example", datetime.now(UTC))
    done = precis("report", "news@lemmy.example")
    assert done.returncode == 0, done
    assert done.stdout == "!news@lemmy.example, the last 7 days: no replies, no votes, no skipped posts.\n"


def test_an_unknown_community_is_an_error_with_the_known_ones(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG)
    add_skipped_post(tmp_path, 1, "cats@lemmy.example", datetime.now(UTC))
    done = precis("report", "nesw@lemmy.example")
    assert done.returncode == 1
    assert "Did you mean news@lemmy.example?" in done.stderr
    assert "Known communities: cats@lemmy.example, news@lemmy.example." in precis("report", "zzz").stderr
