from __future__ import annotations

import pytest

from bot.core.messages import Message, MessageKind
from bot.inbox.requested_link import find_requested_link
from tests.conftest import START, a_post

POST = a_post(url="https://paper.example/post")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("@precis@lemmy.example please", "https://paper.example/post"),
        ("@precis@lemmy.example https://else.example/a?b=1", "https://else.example/a?b=1"),
        ("See https://else.example/a. @precis@lemmy.example", "https://else.example/a"),
        ("[this](https://else.example/a) @precis@lemmy.example", "https://else.example/a"),
        ("<https://else.example/a>, @precis@lemmy.example", "https://else.example/a"),
        ("https://else.example/wiki/Boat_(sport) please", "https://else.example/wiki/Boat_(sport)"),
        ("[@precis@lemmy.example](https://lemmy.example/u/precis) please", "https://paper.example/post"),
        ("> https://else.example/a\n\n@precis@lemmy.example", "https://paper.example/post"),
        ("https://[::1 https://else.example/a", "https://else.example/a"),
        ("ftp://else.example/a javascript:alert(1)", "https://paper.example/post"),
    ],
)
def test_the_first_external_link_is_requested(text: str, link: str) -> None:
    message = Message("home", "comment-1", MessageKind.MENTION, "alice@lemmy.example", text, START)
    assert find_requested_link(message, POST) == link


def test_without_a_link_nothing_is_requested() -> None:
    message = Message("home", "comment-1", MessageKind.MENTION, "alice@lemmy.example", "please", START)
    assert find_requested_link(message, a_post(url=None)) is None
