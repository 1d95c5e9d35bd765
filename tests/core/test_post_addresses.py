"""Addresses of posts and comments as web pages of servers and clients show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.post_addresses import parse_post_address


@pytest.mark.parametrize(
    ("address", "server", "post", "comment"),
    [
        ("https://lemmy.example/post/1", "lemmy.example", "1", None),
        ("https://lemmy.example/post/1/", "lemmy.example", "1", None),
        (" lemmy.example/post/1 ", "lemmy.example", "1", None),
        ("HTTPS://Lemmy.Example/post/1", "lemmy.example", "1", None),
        ("http://127.0.0.1:8536/post/1", "127.0.0.1:8536", "1", None),
        ("https://lemmy.example/post/1?scrollToComments=true", "lemmy.example", "1", None),
        ("https://lemmy.example/post/1/11#comment-11", "lemmy.example", "1", "11"),
        ("https://lemmy.example/post/1/11", "lemmy.example", "1", "11"),
        ("https://lemmy.example/post/1/comment/11", "lemmy.example", "1", "11"),
        ("https://lemmy.example/post/1#comment-11", "lemmy.example", "1", "11"),
        ("https://lemmy.example/post/1/a-slug-of-7-words", "lemmy.example", "1", None),
        ("https://lemmy.example/comment/11", "lemmy.example", None, "11"),
        ("https://lemmy.example/comment/11?context=3", "lemmy.example", None, "11"),
        ("https://piefed.example/c/news/p/1/the-mayor-counted-45-boats", "piefed.example", "1", None),
        ("https://piefed.example/c/news@lemmy.example/p/1/boats#comment_11", "piefed.example", "1", "11"),
        ("https://piefed.example/c/news/p/1", "piefed.example", "1", None),
        ("https://piefed.example/post/1/comment/11#comment_11", "piefed.example", "1", "11"),
        ("https://phtn.example/post/lemmy.example/1", "lemmy.example", "1", None),
        ("https://phtn.example/comment/lemmy.example/11", "lemmy.example", None, "11"),
        ("https://phtn.example/post/lemmy.example/1?thread=0.11#11", "lemmy.example", "1", "11"),
        ("https://alexandrite.example/lemmy.example/post/1", "lemmy.example", "1", None),
        ("https://lemmyverse.link/lemmy.example/comment/11", "lemmy.example", None, "11"),
        ("https://vger.example/posts/lemmy.example/c/news/comments/1", "lemmy.example", "1", None),
        (
            "https://vger.example/posts/lemmy.example/c/news@a.example/comments/1/0.7.11",
            "lemmy.example",
            "1",
            "11",
        ),
        ("https://old.lemmy.example/post/1", "old.lemmy.example", "1", None),
    ],
)
def test_addresses_of_lemmy_and_piefed(
    address: str, server: str, post: str | None, comment: str | None
) -> None:
    found = parse_post_address(address)
    assert found is not None
    assert (found.servers[0], found.post_id, found.comment_id) == (server, post, comment)
    assert not found.is_reddit


def test_a_client_on_a_subdomain_may_belong_to_the_server_above_it() -> None:
    found = parse_post_address("https://old.lemmy.example/post/1")
    assert found is not None
    assert found.servers == ("old.lemmy.example", "lemmy.example")


@pytest.mark.parametrize(
    "host",
    [
        "www.reddit.com",
        "reddit.com",
        "old.reddit.com",
        "new.reddit.com",
        "np.reddit.com",
        "sh.reddit.com",
        "redlib.example",
        "127.0.0.1:8540",
    ],
)
@pytest.mark.parametrize(
    ("path", "comment"),
    [
        ("/r/news/comments/1abcd2/the_mayor_counted/", None),
        ("/r/news/comments/1abcd2", None),
        ("/comments/1abcd2/", None),
        ("/r/news/comments/1abcd2/the_mayor_counted/k9xyz/?context=3", "k9xyz"),
        ("/r/news/comments/1abcd2/comment/k9xyz/?utm_source=share&utm_medium=web", "k9xyz"),
        ("/r/news/comments/1ABCD2/_/t1_k9xyz", "k9xyz"),
        ("/user/alice/comments/1abcd2/my_post/", None),
    ],
)
def test_addresses_of_reddit(host: str, path: str, comment: str | None) -> None:
    found = parse_post_address(f"https://{host}{path}")
    assert found is not None
    assert (found.post_id, found.comment_id, found.is_reddit, found.is_share_link) == (
        "1abcd2",
        comment,
        True,
        False,
    )


def test_short_links_of_reddit() -> None:
    found = parse_post_address("https://redd.it/1abcd2")
    assert found is not None
    assert (found.post_id, found.is_reddit) == ("1abcd2", True)


@pytest.mark.parametrize(
    "link", ["https://www.reddit.com/r/news/s/AbC123xyz", "https://reddit.com/s/AbC123xyz/"]
)
def test_share_links_of_reddit_contain_no_id(link: str) -> None:
    found = parse_post_address(link)
    assert found is not None
    assert (found.is_share_link, found.post_id, found.comment_id) == (True, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1abcd2",
        "c1",
        "https://",
        "https://[",
        "https://lemmy.example",
        "https://lemmy.example/c/news",
        "https://lemmy.example/post/nowhere",
        "https://paper.example/2026/boats",
        "https://i.redd.it/boats.jpg",
        "https://www.reddit.com/r/news",
        "https://lemmy.example:x/post/",
        "post/1",
    ],
)
def test_other_texts_are_no_addresses(text: str) -> None:
    assert parse_post_address(text) is None


@given(
    st.text()
    | st.text().map("https://lemmy.example/post/1{}".format)
    | st.text().map("https://{}/post/1".format)
)
def test_no_text_raises_an_error(text: str) -> None:
    parse_post_address(text)
