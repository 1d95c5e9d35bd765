"""The sandbox's Reddit responds as the recordings of the real one do."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from bot.operations.tls import system_tls_context
from bot.sandbox.faults import Fault
from bot.sandbox.reddit import Redditor, RedditSandbox, Submission, Subreddit
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.platforms.clock import ManualClock


@dataclass
class ApiClient:
    server: RedditSandbox
    clock: ManualClock
    http: httpx2.Client
    author: Redditor
    bot: Redditor
    news: Subreddit

    def post(self, title: str = "A title", ago: float = 1, **details: Any) -> Submission:
        details.setdefault("url", "https://paper.example/a")
        when = self.clock.now - timedelta(minutes=ago)
        return self.server.state.add_submission(self.news, self.author, title, published=when, **details)

    def token(self, **form: str) -> httpx2.Response:
        return self.http.post("/api/v1/access_token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))

    def comment(self, post: Submission, text: str = "text") -> Any:
        form = {"thing_id": f"t3_{post.id}", "text": text, "api_type": "json"}
        return self.http.post("/api/comment/", data=form).json()


@pytest.fixture
def client() -> Iterator[ApiClient]:
    clock = ManualClock()
    with (
        RedditSandbox(clock=clock, calls_per_window=20) as server,
        httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http,
    ):
        state = server.state
        author, bot = state.add_redditor("alice"), state.add_redditor("precis", password="right")
        client = ApiClient(server, clock, http, author, bot, state.add_subreddit("News"))
        response = client.token(grant_type="password", username="precis", password="right").json()
        http.headers["Authorization"] = f"bearer {response['access_token']}"
        yield client


def test_tokens(client: ApiClient) -> None:
    response = client.token(grant_type="password", username="precis", password="right").json()
    assert response.keys() == {"access_token", "token_type", "expires_in", "scope"}
    wrong = client.token(grant_type="password", username="precis", password="wrong")
    assert (wrong.status_code, wrong.json()) == (200, {"error": "invalid_grant"})
    assert client.token(grant_type="refresh_token", refresh_token="x").status_code == 400
    stranger = base64.b64encode(b"a:b").decode()
    response = client.http.post("/api/v1/access_token", headers={"Authorization": f"Basic {stranger}"})
    assert response.status_code == 401


def test_an_expired_token_is_refused(client: ApiClient) -> None:
    assert client.http.get("/api/v1/me").json()["name"] == "precis"
    client.clock.advance(hours=25)
    response = client.http.get("/api/v1/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].endswith('error="invalid_token"')


def test_rate_limits_are_reported_and_enforced(client: ApiClient) -> None:
    for used in range(1, 21):
        headers = client.http.get("/api/v1/me").headers
        assert headers["X-Ratelimit-Used"] == f"{used}"
        assert headers["X-Ratelimit-Remaining"] == f"{20 - used:.1f}"
        assert 0 < int(headers["X-Ratelimit-Reset"]) <= 600
    response = client.http.get("/api/v1/me")
    assert (response.status_code, int(response.headers["Retry-After"]) > 0) == (429, True)
    client.clock.advance(minutes=10)
    assert client.http.get("/api/v1/me").status_code == 200


def test_new_posts_page_by_page(client: ApiClient) -> None:
    posts = [client.post(f"{ago}", ago) for ago in range(5)]
    client.post("removed", removed_by="moderator")
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        data = client.http.get("/r/news/new", params={"limit": 2, "after": after}).json()["data"]
        found += [child["data"]["id"] for child in data["children"]]
        after = data["after"]
    assert found == [post.id for post in posts]


def test_an_unknown_subreddit_redirects_to_the_search(client: ApiClient) -> None:
    response = client.http.get("/r/nosuch/new")
    assert response.status_code == 302
    assert "/subreddits/search" in response.headers["Location"]


def test_a_comment_is_stored_listed_and_deleted(client: ApiClient) -> None:
    post = client.post()
    response = client.comment(post, "text *here*")
    assert response["json"]["errors"] == []
    (thing,) = response["json"]["data"]["things"]
    assert (thing["kind"], thing["data"]["parent_id"]) == ("t1", f"t3_{post.id}")
    shown, comments = client.http.get(f"/comments/{post.id}/").json()
    assert shown["data"]["children"][0]["data"]["id"] == post.id
    assert [child["data"]["body"] for child in comments["data"]["children"]] == ["text *here*"]
    name = thing["data"]["name"]
    assert client.http.post("/api/del/", data={"id": name}).json() == {}
    info = client.http.get("/api/info/", params={"id": name}).json()
    assert info["data"]["children"][0]["data"]["author"] == "[deleted]"
    assert not client.http.get("/user/precis/comments").json()["data"]["children"]


def test_refusals_are_in_the_body_of_a_200(client: ApiClient) -> None:
    assert client.comment(client.post(locked=True))["json"]["errors"][0][0] == "THREAD_LOCKED"
    assert client.comment(client.post(), "x" * 10_001)["json"]["errors"][0][0] == "TOO_LONG"
    client.news.comment_cooldown = True
    client.comment(client.post())
    (code, message, _field) = client.comment(client.post())["json"]["errors"][0]
    assert (code, "Take a break for 10 minutes" in message) == ("RATELIMIT", True)


def test_comments_of_others_cannot_be_changed(client: ApiClient) -> None:
    theirs = client.server.state.add_comment(client.post(), client.author, "mine")
    name = f"t1_{theirs.id}"
    assert client.http.post("/api/editusertext/", data={"thing_id": name, "text": "x"}).status_code == 403
    client.http.post("/api/del/", data={"id": name})
    assert not theirs.deleted


def test_late_comments_are_listed_late(client: ApiClient) -> None:
    post = client.post()
    client.server.faults.plan(Fault.LATE_LISTING)
    client.comment(post)
    assert len(client.server.state.all_comments()) == 1
    assert not client.http.get("/user/precis/comments").json()["data"]["children"]
    client.clock.advance(seconds=3)
    assert len(client.http.get("/user/precis/comments").json()["data"]["children"]) == 1


def test_moderators(client: ApiClient) -> None:
    client.news.moderators += [client.author, client.bot]
    response = client.http.get("/r/news/about/moderators/", params={"user": "precis"}).json()
    assert response["kind"] == "UserList"
    assert [child["name"] for child in response["data"]["children"]] == ["precis"]
    assert client.http.get("/r/news/about/").json()["data"]["user_is_moderator"]
