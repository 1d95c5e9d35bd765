"""Log in, poll, fetch a post again, reply, find the reply, edit it, delete it."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from bot.core.errors import Refused, Unreachable
from bot.core.models import Post
from bot.core.skip_reasons import SkipReason
from bot.sandbox.loopback_server import Response
from tests.platforms.reddit.conftest import RedditEnvironment


def test_connect_returns_the_accounts_identity(env: RedditEnvironment) -> None:
    identity = env.adapter().connect()
    assert (identity.name, identity.id) == ("Precis", env.bot.id)


def test_the_user_agent_has_reddits_format(env: RedditEnvironment) -> None:
    env.adapter(operator="somebody").connect()
    agent = env.server.requests[0].headers["User-Agent"]
    assert agent.split(" PRAW/")[0].endswith(" (by /u/somebody)")
    assert agent.count(":") >= 2


def test_login_with_a_refresh_token(env: RedditEnvironment) -> None:
    env.server.refresh_tokens["long-lived"] = env.bot
    adapter = env.adapter(username="", password="", refresh_token="long-lived")
    assert adapter.connect().name == "Precis"
    assert env.server.login_grants == ["refresh_token"]


def test_a_poll_returns_the_posts_of_one_subreddit_oldest_first(env: RedditEnvironment) -> None:
    old, new = env.post("old", ago=9), env.post("new", ago=3)
    env.post("elsewhere", subreddit=env.world_news)
    batch = env.poll(env.adapter())
    assert [post.id for post in batch.posts] == [old.id, new.id]
    assert not batch.parse_errors


def test_all_fields_of_a_post(env: RedditEnvironment) -> None:
    created = env.post("A long title", url="https://paper.example/a", score=7)
    (post,) = env.poll(env.adapter()).posts
    assert post == Post(
        account="summaries",
        id=created.id,
        community="news",
        title="A long title",
        url="https://paper.example/a",
        permalink=f"{env.proxy.url}/r/News/comments/{created.id}/a_long_title/",
        author="Alice",
        published=created.published.astimezone(UTC),
        score=7,
    )


def test_reply_and_read_back(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    assert adapter.own_comments(post.id) == ()
    comment = adapter.reply(post.id, "In short: **yes**.", "en")
    assert (comment.post_id, comment.parent_id) == (post.id, None)
    (stored,) = env.own()
    assert (stored.id, stored.body) == (comment.id, "In short: **yes**.")
    assert adapter.own_comments(post.id) == (comment,)
    assert comment.url.startswith(f"{env.proxy.url}/r/News/comments/{post.id}/")


def test_edit_and_delete(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    comment = adapter.reply(post.id, "first", None)
    adapter.edit(comment.id, "second")
    (stored,) = env.own()
    assert stored.body == "second"
    adapter.delete(comment.id)
    adapter.delete(comment.id)
    assert stored.deleted
    assert adapter.own_comments(post.id) == ()


def test_fetch_post_returns_the_current_state(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    assert not adapter.fetch_post(post.id).locked
    post.locked = True
    assert adapter.fetch_post(post.id).locked
    post.removed_by = "moderator"
    assert adapter.fetch_post(post.id).gone
    assert adapter.fetch_post("zzzzzz").gone


def test_an_empty_answer_is_no_proof_that_posts_are_gone(env: RedditEnvironment) -> None:
    posts = [env.post(f"Post {number}") for number in range(2)]
    adapter = env.adapter()
    adapter.connect()
    empty = {"kind": "Listing", "data": {"children": [], "after": None}}
    env.answers["GET /api/info/"] = lambda _request: Response.from_json(empty)
    assert not adapter.fetch_post(posts[0].id).gone
    with pytest.raises(Unreachable, match="although they exist"):
        adapter.find_deleted_posts(tuple(post.id for post in posts))
    assert adapter.find_deleted_posts(("zzzzzz",)) == {"zzzzzz"}


def test_find_deleted_posts_returns_deleted_and_removed_posts_only(env: RedditEnvironment) -> None:
    stands, removed = env.post("Stands"), env.post("Removed")
    removed.removed_by = "moderator"
    many = tuple(f"zz{number}" for number in range(120))
    adapter = env.adapter()
    before = len(env.server.requests)
    assert adapter.find_deleted_posts((stands.id, removed.id, *many)) == {removed.id, *many}
    assert sum("t3_" in seen.query.get("id", "") for seen in env.server.requests[before:]) == 2


def test_own_comments_are_the_bots_top_level_comments_under_the_post(env: RedditEnvironment) -> None:
    post, other = env.post("one"), env.post("two")
    state = env.server.state
    theirs = state.add_comment(post, env.author, "mine")
    state.add_comment(post, env.bot, "an answer", theirs)
    state.add_comment(other, env.bot, "elsewhere")
    removed = state.add_comment(post, env.bot, "removed by a moderator")
    removed.removed = True
    assert [comment.id for comment in env.adapter().own_comments(post.id)] == [removed.id]


def test_an_own_comment_is_found_beyond_500_comments_and_100_of_its_own(env: RedditEnvironment) -> None:
    state, post = env.server.state, env.post(ago=600)
    mine = state.add_comment(post, env.bot, "early", published=env.clock.now - timedelta(minutes=590))
    other = env.post("other")
    for number in range(501):
        state.add_comment(post, env.author, f"{number}")
    for number in range(150):
        state.add_comment(other, env.bot, f"{number}")
    assert [comment.id for comment in env.adapter().own_comments(post.id)] == [mine.id]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001, "\ud800"])
def test_texts_that_reddit_would_refuse_are_not_sent(env: RedditEnvironment, text: str) -> None:
    post = env.post()
    with pytest.raises(Refused) as caught:
        env.adapter().reply(post.id, text, None)
    assert caught.value.reason is (SkipReason.TOO_LONG if len(text) > 10_000 else SkipReason.REFUSED)
    assert not env.own()
