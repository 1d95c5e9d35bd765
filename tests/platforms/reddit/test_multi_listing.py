"""Many subreddits in one call, marks, closed subreddits, and link posts as Reddit has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import Unreachable
from bot.core.models import Post, Source
from bot.platforms.reddit import Reddit
from bot.sandbox.reddit import views
from tests.platforms.reddit.conftest import RedditEnvironment


def one_pass(stage: RedditEnvironment, adapter: Reddit, names: list[str], cursors: dict[str, str]) -> list[str]:
    """Poll each subreddit once, as the daemon does; the titles found."""
    found: list[Post] = []
    for name in names:
        batch = adapter.poll(Source("summaries", name), cursors.get(name), stage.since())
        cursors[name] = batch.cursor
        found.extend(batch.posts)
    return [post.title for post in found]


def test_fifty_subreddits_cost_one_call_a_pass(stage: RedditEnvironment) -> None:
    names = [f"sub{number}" for number in range(50)]
    places = [stage.server.state.add_subreddit(name.capitalize()) for name in names]
    adapter = stage.adapter(*names)
    for number, place in enumerate(places):
        stage.post(f"Post {number}", subreddit=place)
    cursors: dict[str, str] = {}
    assert sorted(one_pass(stage, adapter, names, cursors)) == sorted(f"Post {n}" for n in range(50))
    assert len(stage.server.calls("GET /new")) == 1
    for _ in range(5):
        stage.clock.advance(minutes=1)
        stage.post("New one", ago=0, subreddit=places[7])
        assert one_pass(stage, adapter, names, cursors) == ["New one"]
    assert len(stage.server.calls("GET /new")) == 6


def test_an_hour_with_ten_subreddits_costs_few_calls(stage: RedditEnvironment) -> None:
    names = [f"sub{number}" for number in range(10)]
    for name in names:
        stage.server.state.add_subreddit(name)
    adapter, cursors = stage.adapter(*names), {}
    for _ in range(60):
        one_pass(stage, adapter, names, cursors)
        stage.clock.advance(minutes=1)
    assert len(stage.server.requests) <= 70


def test_a_restart_goes_on_where_the_cursor_says(stage: RedditEnvironment) -> None:
    for number in range(100):
        stage.post(f"old {number}", ago=120 + number)
    cursors: dict[str, str] = {}
    one_pass(stage, stage.adapter(), ["news"], cursors)
    for number in range(250):
        stage.post(f"{number}", ago=60 - number / 10)
    found = one_pass(stage, stage.adapter(), ["news"], cursors)
    assert {f"{number}" for number in range(250)} <= set(found)
    assert len(stage.server.calls("GET /new")) == 1 + 3


def test_posts_are_handed_out_again_when_they_were_not_kept(stage: RedditEnvironment) -> None:
    stage.post("kept nowhere")
    adapter = stage.adapter()
    first = stage.poll(adapter)
    again = stage.poll(adapter)
    assert [post.id for post in first.posts] == [post.id for post in again.posts] != []
    assert not stage.poll(adapter, cursor=again.cursor).posts


def test_what_a_filter_held_back_is_found_later(stage: RedditEnvironment) -> None:
    held = stage.post("held back", ago=50, listed=False)
    for number in range(150):
        stage.post(f"{number}", ago=number / 10)
    adapter, cursors = stage.adapter(), {}
    assert "held back" not in one_pass(stage, adapter, ["news"], cursors)
    held.listed = True
    for _ in range(61):
        stage.clock.advance(minutes=1)
        found = one_pass(stage, adapter, ["news"], cursors)
        if found:
            break
    assert found == ["held back"]


def test_a_subreddit_is_read_by_itself_where_the_shared_listing_ends_too_early(stage: RedditEnvironment) -> None:
    stage.post("far below", ago=700)
    for number in range(1000):
        stage.post(f"{number}", ago=number / 2, subreddit=stage.world_news)
    batch = stage.poll(stage.adapter())
    assert [post.title for post in batch.posts] == ["far below"]


def test_a_listing_that_never_ends_is_left(stage: RedditEnvironment) -> None:
    """Each page names a next one, and no post on it tells how far down it is."""
    stage.answer("GET /r/news/new", 200, views.listing([], after="t3_zzzzzz"))
    assert stage.poll(stage.adapter("news", calls_per_minute=10**6)).posts == ()


def test_nothing_older_than_since(stage: RedditEnvironment) -> None:
    stage.post("too old", ago=60 * 25)
    stage.post("young", ago=60 * 23)
    assert [post.title for post in stage.poll(stage.adapter()).posts] == ["young"]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"private": True}, "r/worldnews is private: ask its moderators"),
        ({"gone": True}, "r/worldnews was banned by Reddit"),
        (None, "r/worldnews does not exist"),
    ],
)
def test_a_closed_subreddit_is_told_once_and_the_others_go_on(
    stage: RedditEnvironment, strict: bool, change: dict[str, Any] | None, told: str
) -> None:
    stage.server.strict_multis = strict
    if change is None:
        del stage.server.state.subreddits["worldnews"]
    for name, value in (change or {}).items():
        setattr(stage.world_news, name, value)
    adapter = stage.adapter()
    stage.post("open")
    assert [post.title for post in stage.poll(adapter).posts] == ["open"]
    for _ in range(3):
        with pytest.raises(Unreachable, match=told):
            stage.poll(adapter, "worldnews")
    before = len(stage.server.calls("GET /new"))
    stage.poll(adapter)
    with pytest.raises(Unreachable):
        stage.poll(adapter, "worldnews")
    assert len(stage.server.calls("GET /new")) == before + 1


def test_a_subreddit_that_opens_again_is_read_again(stage: RedditEnvironment) -> None:
    stage.world_news.private = True
    adapter = stage.adapter()
    with pytest.raises(Unreachable):
        stage.poll(adapter, "worldnews")
    stage.world_news.private = False
    stage.clock.advance(minutes=62)
    stage.post("back", subreddit=stage.world_news)
    assert [post.title for post in stage.poll(adapter, "worldnews").posts] == ["back"]
    calls = len(stage.server.calls("GET /new"))
    stage.clock.advance(minutes=1)
    stage.poll(adapter)
    stage.poll(adapter, "worldnews")
    assert len(stage.server.calls("GET /new")) == calls + 1


def test_a_post_that_cannot_be_read_holds_up_no_other(stage: RedditEnvironment) -> None:
    good, bad = views.submission(stage.post("good")), views.submission(stage.post("bad"))
    del bad["data"]["created_utc"]
    stage.answer("GET /r/news/new", 200, views.listing([bad, good]))
    batch = stage.poll(stage.adapter("news"))
    assert [post.title for post in batch.posts] == ["good"]
    assert batch.parse_errors == (f"post {bad['data']['id']}: created_utc: Field required",)


@pytest.mark.parametrize("answer", [[], {}, {"data": {}}, "x", None, {"data": {"children": [1]}}])
def test_an_answer_of_another_form_is_a_failed_poll(stage: RedditEnvironment, answer: Any) -> None:
    stage.answer("GET /r/news/new", 200, answer)
    with pytest.raises(Unreachable):
        stage.poll(stage.adapter("news"))


def seen(stage: RedditEnvironment, **details: Any) -> Post:
    post = stage.post(**details)
    return stage.adapter().fetch_post(post.id)


def test_where_posts_lead_to(stage: RedditEnvironment) -> None:
    assert seen(stage, url=None).url is None
    gallery = "https://www.reddit.com/gallery/abc"
    assert seen(stage, url=gallery, is_gallery=True).url == gallery
    assert seen(stage, url="https://v.redd.it/abc", is_video=True).url == "https://v.redd.it/abc"
    original = stage.post("original", subreddit=stage.world_news, url="https://paper.example/a")
    assert seen(stage, url=None, crosspost_of=original).url == "https://paper.example/a"
    own_text = stage.post("a question", url=None)
    assert seen(stage, url=None, crosspost_of=own_text).url is None


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
def test_the_state_of_a_post(stage: RedditEnvironment, details: dict[str, Any], flag: str) -> None:
    post = seen(stage, **details)
    flags = ("nsfw", "quarantined", "locked", "gone", "pinned", "bot_author", "own", "banned")
    assert [name for name in flags if getattr(post, name)] == [flag]


def test_whose_post_it_is(stage: RedditEnvironment) -> None:
    adapter = stage.adapter()
    world = stage.server.state
    mine = world.add_submission(stage.news, stage.bot, "mine", "https://paper.example/a")
    robot = world.add_submission(stage.news, world.add_redditor("AutoModerator"), "a", "https://a.example")
    assert adapter.fetch_post(mine.id).own
    assert adapter.fetch_post(robot.id).bot_author


def test_quarantine_and_bans_of_the_subreddit(stage: RedditEnvironment) -> None:
    stage.news.quarantine = True
    stage.news.banned.append(stage.bot)
    post = seen(stage)
    assert post.quarantined
    assert post.banned
    assert not seen(stage, subreddit=stage.world_news).banned


def test_times_are_the_listings_own(stage: RedditEnvironment) -> None:
    stage.post("one", ago=3)
    adapter = stage.adapter()
    cursor = stage.poll(adapter).cursor
    stage.clock.advance(minutes=10)
    stage.post("two", ago=9)
    assert [post.title for post in stage.poll(adapter, cursor=cursor).posts] == ["two"]
    assert stage.since() < stage.clock.now - timedelta(hours=1)


def test_a_subreddit_that_missed_a_pass_is_not_read_from_an_old_listing(stage: RedditEnvironment) -> None:
    adapter = stage.adapter()
    cursors = {name: stage.poll(adapter, name).cursor for name in ("news", "worldnews")}
    stage.clock.advance(minutes=1)
    cursors["worldnews"] = stage.poll(
        adapter, "worldnews", cursors["worldnews"]
    ).cursor  # news came to nothing
    stage.clock.advance(minutes=1)
    post = stage.post(ago=0)
    assert [found.id for found in stage.poll(adapter, "news", cursors["news"]).posts] == [post.id]


def test_a_crosspost_is_told_from_a_post(stage: RedditEnvironment) -> None:
    first = stage.post("plain", ago=2)
    stage.post("carried over", ago=1, crosspost_of=first)
    assert [each.crosspost for each in stage.poll(stage.adapter()).posts] == [False, True]


def test_flair_and_spoiler(stage: RedditEnvironment) -> None:
    stage.post("plain", ago=2)
    stage.post("marked", ago=1, flair="  Site   altered headline ", spoiler=True)
    plain, marked = stage.poll(stage.adapter()).posts
    assert (plain.flair, plain.spoiler) == (None, False)
    assert (marked.flair, marked.spoiler) == ("Site altered headline", True)
