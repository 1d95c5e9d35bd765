"""The sandbox's Reddit answers as the real one was recorded to."""

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
def desk() -> Iterator[ApiClient]:
    clock = ManualClock()
    with (
        RedditSandbox(clock=clock, calls_per_window=20) as server,
        httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http,
    ):
        world = server.state
        author, bot = world.add_redditor("alice"), world.add_redditor("precis", password="right")
        desk = ApiClient(server, clock, http, author, bot, world.add_subreddit("News"))
        answer = desk.token(grant_type="password", username="precis", password="right").json()
        http.headers["Authorization"] = f"bearer {answer['access_token']}"
        yield desk


def test_tokens(desk: ApiClient) -> None:
    answer = desk.token(grant_type="password", username="precis", password="right").json()
    assert answer.keys() == {"access_token", "token_type", "expires_in", "scope"}
    wrong = desk.token(grant_type="password", username="precis", password="wrong")
    assert (wrong.status_code, wrong.json()) == (200, {"error": "invalid_grant"})
    assert desk.token(grant_type="refresh_token", refresh_token="x").status_code == 400
    stranger = base64.b64encode(b"a:b").decode()
    answer = desk.http.post("/api/v1/access_token", headers={"Authorization": f"Basic {stranger}"})
    assert answer.status_code == 401


def test_an_old_token_is_refused(desk: ApiClient) -> None:
    assert desk.http.get("/api/v1/me").json()["name"] == "precis"
    desk.clock.advance(hours=25)
    answer = desk.http.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].endswith('error="invalid_token"')


def test_the_limits_are_told_and_kept(desk: ApiClient) -> None:
    for used in range(1, 21):
        headers = desk.http.get("/api/v1/me").headers
        assert headers["X-Ratelimit-Used"] == f"{used}"
        assert headers["X-Ratelimit-Remaining"] == f"{20 - used:.1f}"
        assert 0 < int(headers["X-Ratelimit-Reset"]) <= 600
    answer = desk.http.get("/api/v1/me")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    desk.clock.advance(minutes=10)
    assert desk.http.get("/api/v1/me").status_code == 200


def test_new_posts_page_by_page(desk: ApiClient) -> None:
    posts = [desk.post(f"{ago}", ago) for ago in range(5)]
    desk.post("removed", removed_by="moderator")
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        data = desk.http.get("/r/news/new", params={"limit": 2, "after": after}).json()["data"]
        seen += [child["data"]["id"] for child in data["children"]]
        after = data["after"]
    assert seen == [post.id for post in posts]


def test_no_such_subreddit_leads_to_the_search(desk: ApiClient) -> None:
    answer = desk.http.get("/r/nosuch/new")
    assert answer.status_code == 302
    assert "/subreddits/search" in answer.headers["Location"]


def test_a_comment_and_what_becomes_of_it(desk: ApiClient) -> None:
    post = desk.post()
    answer = desk.comment(post, "text *here*")
    assert answer["json"]["errors"] == []
    (thing,) = answer["json"]["data"]["things"]
    assert (thing["kind"], thing["data"]["parent_id"]) == ("t1", f"t3_{post.id}")
    shown, comments = desk.http.get(f"/comments/{post.id}/").json()
    assert shown["data"]["children"][0]["data"]["id"] == post.id
    assert [child["data"]["body"] for child in comments["data"]["children"]] == ["text *here*"]
    name = thing["data"]["name"]
    assert desk.http.post("/api/del/", data={"id": name}).json() == {}
    info = desk.http.get("/api/info/", params={"id": name}).json()
    assert info["data"]["children"][0]["data"]["author"] == "[deleted]"
    assert not desk.http.get("/user/precis/comments").json()["data"]["children"]


def test_refusals_stand_under_a_200(desk: ApiClient) -> None:
    assert desk.comment(desk.post(locked=True))["json"]["errors"][0][0] == "THREAD_LOCKED"
    assert desk.comment(desk.post(), "x" * 10_001)["json"]["errors"][0][0] == "TOO_LONG"
    desk.news.comment_cooldown = True
    desk.comment(desk.post())
    (code, message, _field) = desk.comment(desk.post())["json"]["errors"][0]
    assert (code, "Take a break for 10 minutes" in message) == ("RATELIMIT", True)


def test_others_comments_are_not_the_bots_to_change(desk: ApiClient) -> None:
    theirs = desk.server.state.add_comment(desk.post(), desk.author, "mine")
    name = f"t1_{theirs.id}"
    assert desk.http.post("/api/editusertext/", data={"thing_id": name, "text": "x"}).status_code == 403
    desk.http.post("/api/del/", data={"id": name})
    assert not theirs.deleted


def test_late_comments_are_shown_late(desk: ApiClient) -> None:
    post = desk.post()
    desk.server.faults.plan(Fault.LATE_LISTING)
    desk.comment(post)
    assert len(desk.server.state.all_comments()) == 1
    assert not desk.http.get("/user/precis/comments").json()["data"]["children"]
    desk.clock.advance(seconds=3)
    assert len(desk.http.get("/user/precis/comments").json()["data"]["children"]) == 1


def test_moderators(desk: ApiClient) -> None:
    desk.news.moderators += [desk.author, desk.bot]
    answer = desk.http.get("/r/news/about/moderators/", params={"user": "precis"}).json()
    assert answer["kind"] == "UserList"
    assert [child["name"] for child in answer["data"]["children"]] == ["precis"]
    assert desk.http.get("/r/news/about/").json()["data"]["user_is_moderator"]
