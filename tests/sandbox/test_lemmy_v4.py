"""The sandbox's Lemmy answers as a real Lemmy 1.0.0-beta.1 did."""

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
def client() -> Iterator[ApiClient]:
    clock = ManualClock()
    with (
        LemmySandbox(version="1.0.0-beta.1", clock=clock, limits=None) as server,
        httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http,
    ):
        bot = server.state.add_person("precis", password="right", bot_account=True)
        http.headers["Authorization"] = f"Bearer {server.create_token(bot)}"
        yield ApiClient(server, clock, http, bot, server.state.add_community("news"))


def test_pinned_posts_are_sorted_by_date_and_only_a_full_page_has_a_next_page(client: ApiClient) -> None:
    client.post(featured_community=True)
    for _ in range(3):
        client.clock.advance(seconds=1)
        client.post()
    page = client.get("v4/post/list", sort="new", type_="all", limit=2).json()
    assert [view["post"]["id"] for view in page["items"]] == [4, 3]
    cursor = page["next_page"]
    page = client.get("v4/post/list", sort="new", type_="all", limit=2, page_cursor=cursor).json()
    assert [view["post"]["id"] for view in page["items"]] == [2, 1]
    page = client.get("v4/post/list", sort="new", type_="all", limit=2, page_cursor=page["next_page"]).json()
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
def test_bad_queries_are_errors(client: ApiClient, query: dict[str, Any], status: int, code: str) -> None:
    response = client.get("v4/post/list", **query)
    assert (response.status_code, response.json()["error"]) == (status, code)


def test_v3_of_lemmy_1_0_has_no_page_tokens_no_rate_limits_and_few_calls(client: ApiClient) -> None:
    client.post()
    assert set(client.get("v3/post/list", type_="All", sort="New").json()) == {"posts"}
    limits = client.get("v3/site").json()["site_view"]["local_site_rate_limit"]
    assert (limits["comment"], client.get("v3/site").json()["version"]) == (0, "1.0.0-beta.1")
    for path in ("v3/user/validate_auth", "v3/user", "v3/comment", "v3/user/mention"):
        response = client.get(path)
        assert (response.status_code, response.content) == (404, b"")


def test_a_reused_idempotency_key_is_refused_without_a_body(client: ApiClient) -> None:
    post = client.post()
    key = {"Idempotency-Key": "k"}
    assert client.comment(post, **key).status_code == 200
    second = client.comment(post, **key)
    assert (second.status_code, second.content) == (422, b"")
    assert client.comment(post, **{"Idempotency-Key": "k" * 33}).status_code == 200
    client.clock.advance(seconds=151)
    assert client.comment(post, **key).status_code == 200


def test_the_rate_limit_is_a_window_without_a_retry_after_header(client: ApiClient) -> None:
    client.server.limits = FixedWindows(client.clock, {"comment": (3, 10)})
    post, passed = client.post(), []
    for second in (0, 1, 1, 1, 5, 2.5, 0.5, 0.5, 0.5):
        client.clock.advance(seconds=second)
        passed.append(client.comment(post).status_code)
    assert passed == [200] * 3 + [429] * 2 + [200] * 3 + [429]
    response = client.comment(post)
    assert response.json() == {"error": "too_many_requests"}
    assert "retry-after" not in response.headers


def test_a_banned_account_may_read_but_not_write(client: ApiClient) -> None:
    post = client.post()
    client.bot.banned = True
    assert client.get("v4/account").status_code == 200
    assert client.comment(post).json() == {"error": "site_ban", "cause": "SiteBan"}


def test_languages_are_saved_as_sent(client: ApiClient) -> None:
    english = LANGUAGES.index("en")
    client.http.put("/api/v4/account/settings/save", json={"discussion_languages": [english]})
    assert client.get("v4/account").json()["discussion_languages"] == [english]
    client.post()
    assert client.get("v4/post/list", type_="all").json() == {"items": []}
    client.http.put("/api/v4/account/settings/save", json={"discussion_languages": []})
    assert len(client.get("v4/account").json()["discussion_languages"]) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("flag", "code"), [("deleted", "deleted"), ("removed", "deleted"), ("locked", "locked")]
)
def test_a_deleted_or_locked_comment_takes_no_replies(client: ApiClient, flag: str, code: str) -> None:
    post = client.post()
    parent = client.server.state.add_comment(post, client.bot, "parent")
    setattr(parent, flag, True)
    body = {"post_id": post.id, "content": "text", "parent_id": parent.id}
    response = client.http.post("/api/v4/comment", json=body)
    assert (response.status_code, response.json()["error"]) == (400, code)


def test_strangers_get_an_empty_list_of_subscribed_posts(client: ApiClient) -> None:
    client.post()
    del client.http.headers["Authorization"]
    response = client.get("v4/post/list", type_="subscribed")
    assert (response.status_code, response.json()) == (200, {"items": []})


def test_an_upgrade_keeps_accounts_and_posts_but_no_tokens(client: ApiClient) -> None:
    client.server.upgrade("0.19.20")
    client.post()
    assert client.get("v4/site").status_code == 404
    assert len(client.get("v3/post/list", type_="All").json()["posts"]) == 1
    client.server.upgrade("1.0.0-beta.1")
    assert client.get("v4/account").status_code == 401
    client.http.headers["Authorization"] = f"Bearer {client.server.create_token(client.bot)}"
    assert client.get("v4/account").json()["local_user_view"]["person"]["name"] == "precis"
