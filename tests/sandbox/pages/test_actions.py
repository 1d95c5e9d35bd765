"""Each form of the pages changes the state that the bot sees over the API."""

from __future__ import annotations

import pytest

from tests.sandbox.pages.conftest import PagesServer

LINK = "https://paper.example/bridge"


def test_a_post_is_added_and_shown(pages: PagesServer) -> None:
    pages.act_as("alice")
    response = pages.send("post", community="news", title="A bridge", url=LINK, body="")
    (post,) = pages.posts()
    assert (response.status_code, response.headers["Location"]) == (303, pages.post_path(post))
    assert (pages.title(post), post.url) == ("A bridge", LINK)
    for path in ("/", pages.community_path, pages.post_path(post)):
        assert "A bridge" in pages.get(path)
    assert f'href="{LINK}"' in pages.get(pages.post_path(post))


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"title": "  "}, 400, "Write a title."),
        ({"title": "x" * 201}, 400, "longer than 200"),
        ({"url": "javascript:alert(1)"}, 400, "http:// or https://"),
        ({"url": "http://[broken"}, 400, "http:// or https://"),
        ({"url": "https://a.example/ b"}, 400, "http:// or https://"),
        ({"community": "nosuch"}, 404, "There is no such"),
    ],
)
def test_a_post_with_a_mistake_is_refused(
    pages: PagesServer, fields: dict[str, str], status: int, words: str
) -> None:
    pages.act_as("alice")
    response = pages.send("post", **{"community": "news", "title": "A", "url": LINK, **fields})
    assert (response.status_code, words in response.text) == (status, True)
    assert pages.posts() == []


def test_a_comment_and_an_answer_notify_the_bot(pages: PagesServer) -> None:
    post = pages.add_post()
    summary = pages.add_bot_comment(post)
    pages.act_as("alice")
    response = pages.send("comment", post=str(post.id), parent=str(summary.id), text="good bot")
    answer = pages.state.all_comments()[-1]
    assert response.headers["Location"] == f"{pages.post_path(post)}#comment-{answer.id}"
    assert [each.item for each in pages.state.notifications(pages.bot)] == [answer]
    shown = pages.get(pages.post_path(post))
    assert shown.index("A summary") < shown.index("good bot")
    assert f'id="comment-{answer.id}" class="card depth-1"' in shown


def test_a_parent_of_another_post_is_refused(pages: PagesServer) -> None:
    summary, other = pages.add_bot_comment(pages.add_post()), pages.add_post("Another")
    pages.act_as("alice")
    assert pages.send("comment", post=str(other.id), parent=str(summary.id), text="x").status_code == 403


def test_a_message_reaches_the_bot_and_its_answer_is_shown(pages: PagesServer) -> None:
    pages.act_as("mona")
    assert pages.send("message", text="pause !news\r\n**now**").headers["Location"] == "/messages"
    (message,) = pages.state.private_messages()
    assert pages.text(message) == "pause !news\n**now**"
    assert [each.item for each in pages.state.notifications(pages.bot)] == [message]
    if pages.is_reddit:
        pages.state.add_private_message(pages.bot, "re", "Done: **paused**", to=pages.mona)
    else:
        pages.state.add_private_message(pages.bot, pages.mona, "Done: **paused**")
    assert "Done: <strong>paused</strong>" in pages.get("/messages")
    pages.act_as("alice")
    assert "paused" not in pages.get("/messages")


def test_a_moderator_locks_and_unlocks_a_post(pages: PagesServer) -> None:
    post = pages.add_post()
    pages.act_as("mona")
    pages.send("change-post", post=str(post.id), action="lock")
    assert post.locked
    assert "Unlock the post" in pages.get(pages.post_path(post))
    pages.act_as("alice")
    refused = pages.send("comment", post=str(post.id), text="x")
    assert (refused.status_code, "locked" in refused.text) == (403, True)
    pages.act_as("mona")
    assert pages.send("comment", post=str(post.id), text="I moderate").status_code == 303
    pages.send("change-post", post=str(post.id), action="unlock")
    assert not post.locked


def test_a_moderator_removes_and_restores_a_post(pages: PagesServer) -> None:
    post = pages.add_post()
    pages.act_as("mona")
    pages.send("change-post", post=str(post.id), action="remove")
    assert (post.removed_by == "moderator") if pages.is_reddit else post.removed
    assert "removed by a moderator" in pages.get("/")
    pages.send("change-post", post=str(post.id), action="restore")
    assert (post.removed_by is None) if pages.is_reddit else not post.removed


def test_a_moderator_removes_a_reply_of_the_bot(pages: PagesServer) -> None:
    post = pages.add_post()
    summary = pages.add_bot_comment(post)
    pages.act_as("mona")
    response = pages.send("change-comment", comment=str(summary.id), action="remove")
    assert response.headers["Location"] == f"{pages.post_path(post)}#comment-{summary.id}"
    assert summary.removed
    shown = pages.get(pages.post_path(post))
    assert ("Removed by a moderator." in shown, "A summary" in shown) == (True, False)
    pages.send("change-comment", comment=str(summary.id), action="restore")
    assert not summary.removed


def test_authors_delete_what_is_theirs(pages: PagesServer) -> None:
    post = pages.add_post()
    comment = pages.state.add_comment(post, pages.alice, "mine")
    pages.act_as("alice")
    pages.send("change-comment", comment=str(comment.id), action="delete")
    pages.send("change-post", post=str(post.id), action="delete")
    assert comment.deleted
    assert (post.removed_by == "deleted") if pages.is_reddit else post.deleted
    shown = pages.get(pages.post_path(post))
    assert ("deleted by the author" in shown, "mine" in shown) == (True, False)
    assert pages.send("comment", post=str(post.id), text="x").status_code == 403


def test_who_does_not_moderate_cannot_moderate(pages: PagesServer) -> None:
    post = pages.add_post()
    summary = pages.add_bot_comment(post)
    pages.act_as("alice")
    for form, fields in (
        ("change-post", {"post": str(post.id), "action": "lock"}),
        ("change-post", {"post": str(post.id), "action": "remove"}),
        ("change-comment", {"comment": str(summary.id), "action": "remove"}),
        ("change-comment", {"comment": str(summary.id), "action": "delete"}),
        ("settings", {"community": "news", "text": "x"}),
        ("invite", {"community": "news"}),
    ):
        assert pages.send(form, **fields).status_code in ({403, 404} if form == "invite" else {403}), form
    assert [post.locked, summary.removed, summary.deleted] == [False] * 3
    pages.act_as("mona")
    assert pages.send("change-post", post=str(post.id), action="delete").status_code == 403


def test_a_moderator_edits_the_sidebar_or_the_wiki_page(pages: PagesServer) -> None:
    text = "Be kind.\n\n```precis\nsentences: 3\n```"
    pages.act_as("mona")
    response = pages.send("settings", community="news", text=text.replace("\n", "\r\n"))
    assert response.headers["Location"] == f"{pages.community_path}#settings"
    if pages.is_reddit:
        (revision,) = pages.state.wiki["news", "precis"].revisions
        assert (revision.text, revision.author) == (text, pages.mona)
    else:
        assert pages.news.description == text
    shown = pages.get(pages.community_path)
    assert "sentences: 3\n" in shown
    pages.act_as("alice")
    assert "Save the" not in pages.get(pages.community_path)


def test_on_reddit_a_moderator_invites_the_bot_once(pages: PagesServer) -> None:
    pages.act_as("mona")
    response = pages.send("invite", community="news")
    if not pages.is_reddit:
        assert response.status_code == 404
        return
    assert pages.news.invited_moderators == [pages.bot]
    (message,) = pages.state.private_messages()
    assert message.subject == "invitation to moderate /r/news"
    assert "Invite precis" not in pages.get("/r/news")
    assert pages.send("invite", community="news").status_code == 403


@pytest.mark.parametrize("pages", ["reddit"], indirect=True)
def test_modmail_is_shown_to_moderators_only(pages: PagesServer) -> None:
    pages.state.add_private_message(pages.bot, "Settings", "Changed in r/news", to_subreddit=pages.news)
    pages.act_as("mona")
    assert "Changed in r/news" in pages.get("/messages")
    pages.act_as("alice")
    assert "Changed in r/news" not in pages.get("/messages")
