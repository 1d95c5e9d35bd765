"""Posts whose texts are hard to lay out: right-to-left titles, very long words and links, long errors."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.models import Comment, PollResult, Post, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Accounts, Database, MutedCommunities, MutedCommunity, PostQueue, SentReplies
from bot.store.post_lookup import all_posts

COMMUNITY = "news@lemmy.example"
LONG_COMMUNITY = f"{'a_community_with_a_long_name_' * 2}@{'quite-long-label.' * 3}example"
ARABIC = "المدينة تعيد فتح الجسر القديم بعد إصلاح دام ثلاث سنوات (2026)"
HEBREW = "הספרייה העירונית נפתחת מחדש: 40% יותר קוראים מאשתקד"
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik" * 4
TITLES = (
    ARABIC,
    HEBREW,
    LONG_WORD,
    "A title with marks of direction \u202efdp.eliam\u202c and \u2067a part\u2069 of it, then plain text",
    "日本語の長い見出しには空白がないので、画面の幅に合わせて折り返す必要があります。" * 3,
    "<b>Markup</b> & \"quotes\" 'in' a title {{ 7 * 7 }}",
    "🚋" * 60,
    "-",
)
ERROR = f"تعذر الاتصال بالخادم: {'0123456789abcdef' * 20}"


def unusual_post(number: int, title: str, now: datetime, community: str = COMMUNITY) -> Post:
    return Post(
        account="main",
        id=f"9000{number}",
        community=community,
        title=title,
        url=f"https://{'long-label-' * 5}{number}.example/{'path' * 60}?q={'x' * 80}",
        permalink=f"https://lemmy.example/post/9000{number}",
        author="alice",
        published=now - timedelta(minutes=5),
    )


def add_unusual_posts(database: Database, now: datetime) -> list[int]:
    """Add one post for each title, in different states; return their rows, oldest first."""
    queue, replies = PostQueue(database), SentReplies(database)
    posts = [unusual_post(number, title, now) for number, title in enumerate(TITLES, 1)]
    posts.append(unusual_post(len(posts) + 1, LONG_WORD, now, LONG_COMMUNITY))
    before = {report.row for report in all_posts(database)}
    for post in posts:
        queue.discover(Source("main", post.community), PollResult((post,), "-"), now)
    rows = [report.row for report in all_posts(database) if report.row not in before]
    queue.skip(rows[0], Skipped(SkipReason.WALL, ERROR), now)
    queue.mark_dead(rows[1], ERROR, now)
    queue.retry(rows[2], ERROR, now + timedelta(minutes=3))
    comment = Comment("77", posts[3].id, f"https://lemmy.example/comment/77?{'y' * 150}", now)
    replies.adopt(posts[3], comment, now)
    Accounts(database).set_error("main", ERROR, now)
    MutedCommunities(database).add(MutedCommunity("main", LONG_COMMUNITY, ERROR, now))
    queue.record_poll_error(Source("main", COMMUNITY), ERROR)
    return rows
