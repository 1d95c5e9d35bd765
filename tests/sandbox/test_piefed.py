"""What the sandbox's PieFed does as a real 1.6.27 does, and Lemmy does not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.mentions import mentions_on_piefed
from bot.sandbox.lemmy.server_state import Community, Person, Post
from bot.sandbox.loopback_server import Disconnect, Request
from bot.sandbox.piefed import PieFedSandbox
from tests.platforms.clock import ManualClock


class Client:
    """Requests of one account to a PieFed, without a network."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.server = PieFedSandbox(clock=self.clock, limits=None, host="piefed.example")
        self.bot: Person = self.server.state.add_person("precis", password="right", bot_account=True)
        self.alice: Person = self.server.state.add_person("alice")
        self.news: Community = self.server.state.add_community("news")
        self._token = ""
        self._token = self.post("/user/login", username="precis", password="right")["jwt"]

    def add_post(self, title: str = "A title") -> Post:
        return self.server.state.add_post(self.news, self.alice, title, "https://paper.example/a")

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._send("GET", path, query, b"")

    def post(self, path: str, **body: object) -> dict[str, Any]:
        return self._send("POST", path, {}, json.dumps(body).encode())

    def _send(self, method: str, path: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
        headers: Any = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        request = Request(method, f"/api/alpha{path}", query, headers, body, "127.0.0.1")
        response = self.server.handle(request)
        assert not isinstance(response, Disconnect)
        assert isinstance(response.body, bytes)
        return dict(json.loads(response.body))


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize(
    ("text", "host", "found"),
    [
        ("Please, @precis@piefed.example.", "piefed.example", True),
        ("@Precis@piefed.example", "piefed.example", False),
        ("@precis@piefed.example.org", "piefed.example", False),
        ("@precis@127.0.0.1:5055", "127.0.0.1:5055", False),
    ],
)
def test_a_mention_has_the_exact_name_and_a_host_without_a_port(text: str, host: str, found: bool) -> None:
    assert mentions_on_piefed(text, "precis", host) is found


def test_a_ban_takes_the_posts_out_of_the_subscribed_list_at_once(client: Client) -> None:
    client.add_post()
    client.post("/community/follow", community_id=client.news.id, follow=True)
    assert len(client.get("/post/list", type_="Subscribed")["posts"]) == 1
    client.news.banned.add(client.bot.id)
    assert client.get("/post/list", type_="Subscribed")["posts"] == []
    assert len(client.get("/user/me")["follows"]) == 1
    client.news.banned.clear()
    assert len(client.get("/post/list", type_="Subscribed")["posts"]) == 1


def test_the_address_of_a_local_post_has_its_community_and_title(client: Client) -> None:
    client.add_post("Glaciers retreat: faster!")
    (view,) = client.get("/post/list")["posts"]
    assert view["post"]["ap_id"] == "https://piefed.example/c/news/p/1/glaciers-retreat-faster"


def test_a_slow_link_is_added_to_the_post_later(client: Client) -> None:
    client.server.faults.plan(Fault.SLOW_LINK)
    slow, other = client.add_post(), client.add_post()
    assert "url" in client.get("/post", id=str(other.id))["post_view"]["post"]
    before = client.get("/post", id=str(slow.id))["post_view"]["post"]
    assert ("url" in before, before["post_type"]) == (False, "Discussion")
    client.clock.now += client.server.faults.link_delay
    after = client.get("/post", id=str(slow.id))["post_view"]["post"]
    assert (after["url"], after["post_type"]) == ("https://paper.example/a", "Link")


def test_all_calls_fail_with_an_sql_statement_while_the_database_is_down(client: Client) -> None:
    client.server.outage.begin(timedelta(seconds=5))
    for answer in (
        client.get("/site"),
        client.get("/user/me"),
        client.post("/user/login", username="precis", password="right"),
    ):
        assert answer["code"] == 400
        assert answer["message"].startswith("(psycopg2.OperationalError)")
        assert "[SQL: " in answer["message"]
    client.clock.advance(seconds=5)
    assert client.get("/user/me")["local_user_view"]


@pytest.mark.parametrize(("sent", "stored"), [({}, 2), ({"language_id": 1}, 2), ({"language_id": 3}, 3)])
def test_a_comment_without_a_language_gets_that_of_the_site(
    client: Client, sent: dict[str, int], stored: int
) -> None:
    answer = client.post("/comment", post_id=client.add_post().id, body="Text", **sent)
    assert answer["comment_view"]["comment"]["language_id"] == stored


def test_a_removed_community_is_shown_as_banned_and_deleted(client: Client) -> None:
    """In the community itself, and in its posts."""
    post = client.add_post()
    client.news.removed = True
    community = client.get("/community", name="news")["community_view"]["community"]
    post_view = client.get("/post", id=str(post.id))["post_view"]
    for shown in (community, post_view["community"]):
        assert (shown["banned"], shown["deleted"], shown["removed"]) == (True, True, False)
