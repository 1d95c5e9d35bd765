"""The whole way: log in, poll, read again, reply, read back, edit, delete."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from bot.core.errors import Refused
from bot.core.models import Post
from bot.core.skip_reasons import SkipReason
from tests.platforms.reddit.conftest import RedditEnvironment


def test_connect_says_who_the_account_is(stage: RedditEnvironment) -> None:
    identity = stage.adapter().connect()
    assert (identity.name, identity.id) == ("Precis", stage.bot.id)


def test_the_user_agent_is_in_reddits_form(stage: RedditEnvironment) -> None:
    stage.adapter(operator="somebody").connect()
    agent = stage.server.requests[0].headers["User-Agent"]
    assert agent.split(" PRAW/")[0].endswith(" (by /u/somebody)")
    assert agent.count(":") >= 2


def test_a_refresh_token_logs_in_as_well(stage: RedditEnvironment) -> None:
    stage.server.refresh_tokens["long-lived"] = stage.bot
    adapter = stage.adapter(username="", password="", refresh_token="long-lived")
    assert adapter.connect().name == "Precis"
    assert stage.server.login_grants == ["refresh_token"]


def test_a_poll_gives_the_posts_of_one_subreddit_oldest_first(stage: RedditEnvironment) -> None:
    old, new = stage.post("old", ago=9), stage.post("new", ago=3)
    stage.post("elsewhere", subreddit=stage.world_news)
    batch = stage.poll(stage.adapter())
    assert [post.id for post in batch.posts] == [old.id, new.id]
    assert not batch.parse_errors


def test_a_post_as_precis_knows_it(stage: RedditEnvironment) -> None:
    made = stage.post("A long title", url="https://paper.example/a", score=7)
    (post,) = stage.poll(stage.adapter()).posts
    assert post == Post(
        account="summaries",
        id=made.id,
        community="news",
        title="A long title",
        url="https://paper.example/a",
        permalink=f"{stage.front.url}/r/News/comments/{made.id}/a_long_title/",
        author="Alice",
        published=made.published.astimezone(UTC),
        score=7,
    )


def test_reply_and_read_back(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    assert adapter.own_comments(post.id) == ()
    comment = adapter.reply(post.id, "In short: **yes**.", "en")
    assert (comment.post_id, comment.parent_id) == (post.id, None)
    (stored,) = stage.own()
    assert (stored.id, stored.body) == (comment.id, "In short: **yes**.")
    assert adapter.own_comments(post.id) == (comment,)
    assert comment.url.startswith(f"{stage.front.url}/r/News/comments/{post.id}/")


def test_edit_and_delete(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    comment = adapter.reply(post.id, "first", None)
    adapter.edit(comment.id, "second")
    (stored,) = stage.own()
    assert stored.body == "second"
    adapter.delete(comment.id)
    adapter.delete(comment.id)
    assert stored.deleted
    assert adapter.own_comments(post.id) == ()


def test_reread_sees_what_has_changed(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    assert not adapter.fetch_post(post.id).locked
    post.locked = True
    assert adapter.fetch_post(post.id).locked
    post.removed_by = "moderator"
    assert adapter.fetch_post(post.id).gone
    assert adapter.fetch_post("zzzzzz").gone


def test_deleted_and_removed_posts_are_told_from_those_that_stand(stage: RedditEnvironment) -> None:
    stands, removed = stage.post("Stands"), stage.post("Removed")
    removed.removed_by = "moderator"
    many = tuple(f"zz{number}" for number in range(120))
    adapter = stage.adapter()
    before = len(stage.server.requests)
    assert adapter.find_deleted_posts((stands.id, removed.id, *many)) == {removed.id, *many}
    assert sum("t3_" in seen.query.get("id", "") for seen in stage.server.requests[before:]) == 2


def test_own_replies_are_the_bots_top_level_comments_under_the_post(stage: RedditEnvironment) -> None:
    post, other = stage.post("one"), stage.post("two")
    world = stage.server.state
    theirs = world.add_comment(post, stage.author, "mine")
    world.add_comment(post, stage.bot, "an answer", theirs)
    world.add_comment(other, stage.bot, "elsewhere")
    removed = world.add_comment(post, stage.bot, "removed by a moderator")
    removed.removed = True
    assert [comment.id for comment in stage.adapter().own_comments(post.id)] == [removed.id]


def test_own_reply_is_found_beyond_500_comments_and_100_of_its_own(stage: RedditEnvironment) -> None:
    world, post = stage.server.state, stage.post(ago=600)
    mine = world.add_comment(post, stage.bot, "early", published=stage.clock.now - timedelta(minutes=590))
    other = stage.post("other")
    for number in range(501):
        world.add_comment(post, stage.author, f"{number}")
    for number in range(150):
        world.add_comment(other, stage.bot, f"{number}")
    assert [comment.id for comment in stage.adapter().own_comments(post.id)] == [mine.id]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001, "\ud800"])
def test_texts_that_reddit_would_not_take_are_not_sent(stage: RedditEnvironment, text: str) -> None:
    post = stage.post()
    with pytest.raises(Refused) as caught:
        stage.adapter().reply(post.id, text, None)
    assert caught.value.reason is (SkipReason.TOO_LONG if len(text) > 10_000 else SkipReason.REFUSED)
    assert not stage.own()
