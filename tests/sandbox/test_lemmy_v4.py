"""The sandbox's Lemmy answers as a real 1.0.0-beta.1 was seen to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from bot.operations.tls import system_tls_context
from bot.sandbox.lemmy import Community, LemmySandbox, Person, Post
from bot.sandbox.lemmy.rate_limits import FixedWindows
from bot.sandbox.lemmy.server_state import LANGUAGES
from tests.platforms.clock import ManualClock


@dataclass
class ApiClient:
    server: LemmySandbox
    clock: ManualClock
    http: httpx2.Client
    bot: Person
    news: Community

    def post(self, **details: Any) -> Post:
        return self.server.state.add_post(self.news, self.bot, "t", **details)

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(f"/api/{path}", params=query)

    def comment(self, post: Post, **headers: str) -> httpx2.Response:
        body = {"post_id": post.id, "content": "text"}
        return self.http.post("/api/v4/comment", json=body, headers=headers)


@pytest.fixture
def desk() -> Iterator[ApiClient]:
    clock = ManualClock()
    with (
        LemmySandbox(version="1.0.0-beta.1", clock=clock, limits=None) as server,
        httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http,
    ):
        bot = server.state.add_person("precis", password="right", bot_account=True)
        http.headers["Authorization"] = f"Bearer {server.create_token(bot)}"
        yield ApiClient(server, clock, http, bot, server.state.add_community("news"))


def test_pins_stand_by_date_and_only_a_full_page_has_a_next_one(desk: ApiClient) -> None:
    desk.post(featured_community=True)
    for _ in range(3):
        desk.clock.advance(seconds=1)
        desk.post()
    page = desk.get("v4/post/list", sort="new", type_="all", limit=2).json()
    assert [view["post"]["id"] for view in page["items"]] == [4, 3]
    cursor = page["next_page"]
    page = desk.get("v4/post/list", sort="new", type_="all", limit=2, page_cursor=cursor).json()
    assert [view["post"]["id"] for view in page["items"]] == [2, 1]
    page = desk.get("v4/post/list", sort="new", type_="all", limit=2, page_cursor=page["next_page"]).json()
    assert page == {"items": []}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"sort": "New"}, 400, "unknown"),
        ({"limit": 51}, 400, "invalid_fetch_limit"),
        ({"page_cursor": "P3"}, 400, "unknown"),
        ({"community_name": "nosuch"}, 404, "not_found"),
    ],
)
def test_bad_queries(desk: ApiClient, query: dict[str, Any], status: int, code: str) -> None:
    answer = desk.get("v4/post/list", **query)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_the_leavings_of_v3_have_no_page_tokens_no_limits_and_many_holes(desk: ApiClient) -> None:
    desk.post()
    assert set(desk.get("v3/post/list", type_="All", sort="New").json()) == {"posts"}
    limits = desk.get("v3/site").json()["site_view"]["local_site_rate_limit"]
    assert (limits["comment"], desk.get("v3/site").json()["version"]) == (0, "1.0.0-beta.1")
    for path in ("v3/user/validate_auth", "v3/user", "v3/comment", "v3/user/mention"):
        answer = desk.get(path)
        assert (answer.status_code, answer.content) == (404, b"")


def test_a_second_use_of_a_key_is_refused_with_nothing_said(desk: ApiClient) -> None:
    post = desk.post()
    key = {"Idempotency-Key": "k"}
    assert desk.comment(post, **key).status_code == 200
    second = desk.comment(post, **key)
    assert (second.status_code, second.content) == (422, b"")
    assert desk.comment(post, **{"Idempotency-Key": "k" * 33}).status_code == 200
    desk.clock.advance(seconds=151)
    assert desk.comment(post, **key).status_code == 200


def test_the_limit_is_a_window_and_says_nothing_of_when(desk: ApiClient) -> None:
    desk.server.limits = FixedWindows(desk.clock, {"comment": (3, 10)})
    post, passed = desk.post(), []
    for second in (0, 1, 1, 1, 5, 2.5, 0.5, 0.5, 0.5):
        desk.clock.advance(seconds=second)
        passed.append(desk.comment(post).status_code)
    assert passed == [200] * 3 + [429] * 2 + [200] * 3 + [429]
    answer = desk.comment(post)
    assert answer.json() == {"error": "too_many_requests"}
    assert "retry-after" not in answer.headers


def test_a_banned_account_reads_on_and_hears_of_it_when_it_writes(desk: ApiClient) -> None:
    post = desk.post()
    desk.bot.banned = True
    assert desk.get("v4/account").status_code == 200
    assert desk.comment(post).json() == {"error": "site_ban", "cause": "SiteBan"}


def test_languages_are_kept_as_they_are_saved(desk: ApiClient) -> None:
    english = LANGUAGES.index("en")
    desk.http.put("/api/v4/account/settings/save", json={"discussion_languages": [english]})
    assert desk.get("v4/account").json()["discussion_languages"] == [english]
    desk.post()
    assert desk.get("v4/post/list", type_="all").json() == {"items": []}
    desk.http.put("/api/v4/account/settings/save", json={"discussion_languages": []})
    assert len(desk.get("v4/account").json()["discussion_languages"]) == len(LANGUAGES)


def test_an_upgrade_keeps_accounts_posts_and_tokens(desk: ApiClient) -> None:
    desk.server.upgrade("0.19.20")
    desk.post()
    assert desk.get("v4/site").status_code == 404
    assert len(desk.get("v3/post/list", type_="All").json()["posts"]) == 1
    desk.server.upgrade("1.0.0-beta.1")
    assert desk.get("v4/account").json()["local_user_view"]["person"]["name"] == "precis"
