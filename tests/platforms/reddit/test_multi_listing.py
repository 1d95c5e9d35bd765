"""Many subreddits in one call, high-water marks, inaccessible subreddits and the fields of posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import Unreachable
from bot.core.models import Post, Source
from bot.platforms.reddit import Reddit
from bot.sandbox.reddit import views
from tests.platforms.reddit.conftest import RedditEnvironment


def poll_all(env: RedditEnvironment, adapter: Reddit, names: list[str], cursors: dict[str, str]) -> list[str]:
    """Poll each subreddit once, as the daemon does. Returns the titles found."""
    found: list[Post] = []
    for name in names:
        batch = adapter.poll(Source("summaries", name), cursors.get(name), env.since())
        cursors[name] = batch.cursor
        found.extend(batch.posts)
    return [post.title for post in found]


def test_fifty_subreddits_cost_one_call_per_round(env: RedditEnvironment) -> None:
    names = [f"sub{number}" for number in range(50)]
    subreddits = [env.server.state.add_subreddit(name.capitalize()) for name in names]
    adapter = env.adapter(*names)
    for number, subreddit in enumerate(subreddits):
        env.post(f"Post {number}", subreddit=subreddit)
    cursors: dict[str, str] = {}
    assert sorted(poll_all(env, adapter, names, cursors)) == sorted(f"Post {n}" for n in range(50))
    assert len(env.server.calls("GET /new")) == 1
    for _ in range(5):
        env.clock.advance(minutes=1)
        env.post("New one", ago=0, subreddit=subreddits[7])
        assert poll_all(env, adapter, names, cursors) == ["New one"]
    assert len(env.server.calls("GET /new")) == 6


def test_an_hour_with_ten_subreddits_costs_few_calls(env: RedditEnvironment) -> None:
    names = [f"sub{number}" for number in range(10)]
    for name in names:
        env.server.state.add_subreddit(name)
    adapter, cursors = env.adapter(*names), {}
    for _ in range(60):
        poll_all(env, adapter, names, cursors)
        env.clock.advance(minutes=1)
    assert len(env.server.requests) <= 70


def test_a_restart_continues_at_the_cursor(env: RedditEnvironment) -> None:
    for number in range(100):
        env.post(f"old {number}", ago=120 + number)
    cursors: dict[str, str] = {}
    poll_all(env, env.adapter(), ["news"], cursors)
    for number in range(250):
        env.post(f"{number}", ago=60 - number / 10)
    found = poll_all(env, env.adapter(), ["news"], cursors)
    assert {f"{number}" for number in range(250)} <= set(found)
    assert len(env.server.calls("GET /new")) == 1 + 3


def test_posts_are_returned_again_if_the_result_was_not_stored(env: RedditEnvironment) -> None:
    env.post("not stored")
    adapter = env.adapter()
    first = env.poll(adapter)
    again = env.poll(adapter)
    assert [post.id for post in first.posts] == [post.id for post in again.posts] != []
    assert not env.poll(adapter, cursor=again.cursor).posts


def test_a_post_that_a_filter_held_back_is_found_later(env: RedditEnvironment) -> None:
    held = env.post("held back", ago=50, listed=False)
    for number in range(150):
        env.post(f"{number}", ago=number / 10)
    adapter, cursors = env.adapter(), {}
    assert "held back" not in poll_all(env, adapter, ["news"], cursors)
    held.listed = True
    for _ in range(61):
        env.clock.advance(minutes=1)
        found = poll_all(env, adapter, ["news"], cursors)
        if found:
            break
    assert found == ["held back"]


def test_a_subreddit_is_read_separately_if_the_shared_listing_ends_too_early(env: RedditEnvironment) -> None:
    env.post("far below", ago=700)
    for number in range(1000):
        env.post(f"{number}", ago=number / 2, subreddit=env.world_news)
    batch = env.poll(env.adapter())
    assert [post.title for post in batch.posts] == ["far below"]


def test_an_endless_listing_is_abandoned(env: RedditEnvironment) -> None:
    """Each page has a next page, and no post shows how far down the page is."""
    env.answer("GET /r/news/new", 200, views.listing([], after="t3_zzzzzz"))
    assert env.poll(env.adapter("news", calls_per_minute=10**6)).posts == ()


def test_posts_older_than_since_are_left_out(env: RedditEnvironment) -> None:
    env.post("too old", ago=60 * 25)
    env.post("young", ago=60 * 23)
    assert [post.title for post in env.poll(env.adapter()).posts] == ["young"]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"private": True}, "r/worldnews is private: ask its moderators"),
        ({"gone": True}, "r/worldnews was banned by Reddit"),
        (None, "r/worldnews does not exist"),
    ],
)
def test_an_inaccessible_subreddit_does_not_stop_the_others(
    env: RedditEnvironment, strict: bool, change: dict[str, Any] | None, expected: str
) -> None:
    env.server.strict_multis = strict
    if change is None:
        del env.server.state.subreddits["worldnews"]
    for name, value in (change or {}).items():
        setattr(env.world_news, name, value)
    adapter = env.adapter()
    env.post("open")
    assert [post.title for post in env.poll(adapter).posts] == ["open"]
    for _ in range(3):
        with pytest.raises(Unreachable, match=expected):
            env.poll(adapter, "worldnews")
    before = len(env.server.calls("GET /new"))
    env.poll(adapter)
    with pytest.raises(Unreachable):
        env.poll(adapter, "worldnews")
    assert len(env.server.calls("GET /new")) == before + 1


def test_a_subreddit_that_becomes_accessible_is_read_again(env: RedditEnvironment) -> None:
    env.world_news.private = True
    adapter = env.adapter()
    with pytest.raises(Unreachable):
        env.poll(adapter, "worldnews")
    env.world_news.private = False
    env.clock.advance(minutes=62)
    env.post("back", subreddit=env.world_news)
    assert [post.title for post in env.poll(adapter, "worldnews").posts] == ["back"]
    calls = len(env.server.calls("GET /new"))
    env.clock.advance(minutes=1)
    env.poll(adapter)
    env.poll(adapter, "worldnews")
    assert len(env.server.calls("GET /new")) == calls + 1


def test_a_malformed_post_does_not_affect_the_others(env: RedditEnvironment) -> None:
    good, bad = views.submission(env.post("good")), views.submission(env.post("bad"))
    del bad["data"]["created_utc"]
    env.answer("GET /r/news/new", 200, views.listing([bad, good]))
    batch = env.poll(env.adapter("news"))
    assert [post.title for post in batch.posts] == ["good"]
    assert batch.parse_errors == (f"post {bad['data']['id']}: created_utc: Field required",)


@pytest.mark.parametrize("answer", [[], {}, {"data": {}}, "x", None, {"data": {"children": [1]}}])
def test_a_malformed_response_is_a_failed_poll(env: RedditEnvironment, answer: Any) -> None:
    env.answer("GET /r/news/new", 200, answer)
    with pytest.raises(Unreachable):
        env.poll(env.adapter("news"))


def fetched_post(env: RedditEnvironment, **details: Any) -> Post:
    post = env.post(**details)
    return env.adapter().fetch_post(post.id)


def test_the_links_of_posts(env: RedditEnvironment) -> None:
    assert fetched_post(env, url=None).url is None
    gallery = "https://www.reddit.com/gallery/abc"
    assert fetched_post(env, url=gallery, is_gallery=True).url == gallery
    assert fetched_post(env, url="https://v.redd.it/abc", is_video=True).url == "https://v.redd.it/abc"
    original = env.post("original", subreddit=env.world_news, url="https://paper.example/a")
    assert fetched_post(env, url=None, crosspost_of=original).url == "https://paper.example/a"
    own_text = env.post("a question", url=None)
    assert fetched_post(env, url=None, crosspost_of=own_text).url is None


@pytest.mark.parametrize(
    ("details", "flag"),
    [
        ({"over_18": True}, "nsfw"),
        ({"locked": True}, "locked"),
        ({"archived": True}, "locked"),
        ({"stickied": True}, "pinned"),
        ({"removed_by": "moderator"}, "gone"),
        ({"removed_by": "automod_filtered"}, "gone"),
        ({"removed_by": "deleted"}, "gone"),
    ],
)
def test_the_state_of_a_post(env: RedditEnvironment, details: dict[str, Any], flag: str) -> None:
    post = fetched_post(env, **details)
    flags = ("nsfw", "quarantined", "locked", "gone", "pinned", "bot_author", "own", "banned")
    assert [name for name in flags if getattr(post, name)] == [flag]


def test_own_posts_and_posts_by_bots(env: RedditEnvironment) -> None:
    adapter = env.adapter()
    state = env.server.state
    mine = state.add_submission(env.news, env.bot, "mine", "https://paper.example/a")
    robot = state.add_submission(env.news, state.add_redditor("AutoModerator"), "a", "https://a.example")
    assert adapter.fetch_post(mine.id).own
    assert adapter.fetch_post(robot.id).bot_author


def test_quarantine_and_bans_of_the_subreddit(env: RedditEnvironment) -> None:
    env.news.quarantine = True
    env.news.banned.append(env.bot)
    post = fetched_post(env)
    assert post.quarantined
    assert post.banned
    assert not fetched_post(env, subreddit=env.world_news).banned


def test_the_cursor_uses_the_times_of_posts(env: RedditEnvironment) -> None:
    env.post("one", ago=3)
    adapter = env.adapter()
    cursor = env.poll(adapter).cursor
    env.clock.advance(minutes=10)
    env.post("two", ago=9)
    assert [post.title for post in env.poll(adapter, cursor=cursor).posts] == ["two"]
    assert env.since() < env.clock.now - timedelta(hours=1)


def test_a_subreddit_that_missed_a_round_is_not_read_from_an_old_listing(env: RedditEnvironment) -> None:
    adapter = env.adapter()
    cursors = {name: env.poll(adapter, name).cursor for name in ("news", "worldnews")}
    env.clock.advance(minutes=1)
    cursors["worldnews"] = env.poll(
        adapter, "worldnews", cursors["worldnews"]
    ).cursor  # the poll of news did not happen
    env.clock.advance(minutes=1)
    post = env.post(ago=0)
    assert [found.id for found in env.poll(adapter, "news", cursors["news"]).posts] == [post.id]


def test_crossposts_are_marked(env: RedditEnvironment) -> None:
    first = env.post("plain", ago=2)
    env.post("carried over", ago=1, crosspost_of=first)
    assert [each.crosspost for each in env.poll(env.adapter()).posts] == [False, True]


def test_flair_and_spoiler(env: RedditEnvironment) -> None:
    env.post("plain", ago=2)
    env.post("marked", ago=1, flair="  Site   altered headline ", spoiler=True)
    plain, marked = env.poll(env.adapter()).posts
    assert (plain.flair, plain.spoiler) == (None, False)
    assert (marked.flair, marked.spoiler) == ("Site altered headline", True)
