"""The sandbox's Lemmy answers as a real Lemmy 0.19.20 did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from bot.operations.tls import system_tls_context
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy import Community, LemmySandbox, Person, Post
from bot.sandbox.lemmy.server_state import LANGUAGES
from tests.platforms.clock import ManualClock

GERMAN, ENGLISH = LANGUAGES.index("de"), LANGUAGES.index("en")


@dataclass
class ApiClient:
    """An HTTP client of the sandbox, with a community, an author and a bot to test with."""

    server: LemmySandbox
    clock: ManualClock
    http: httpx2.Client
    author: Person
    bot: Person
    news: Community

    def post(self, title: str = "t", ago: float = 0, **details: Any) -> Post:
        when = self.clock.now - timedelta(minutes=ago)
        community = details.pop("community", self.news)
        return self.server.state.add_post(community, self.author, title, published=when, **details)

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(f"/api/v3{path}", params=query)

    def send(self, method: str, path: str, body: Any) -> httpx2.Response:
        return self.http.request(method, f"/api/v3{path}", json=body)

    def comment(self, post: Post, text: str = "text", **more: Any) -> httpx2.Response:
        return self.send("POST", "/comment", {"post_id": post.id, "content": text, **more})

    def log_out(self) -> None:
        del self.http.headers["Authorization"]


@pytest.fixture
def client() -> Iterator[ApiClient]:
    clock = ManualClock()
    with (
        LemmySandbox(clock=clock, limits=None) as server,
        httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http,
    ):
        state = server.state
        author = state.add_person("alice")
        bot = state.add_person("precis", password="right", bot_account=True)
        http.headers["Authorization"] = f"Bearer {server.create_token(bot)}"
        yield ApiClient(server, clock, http, author, bot, state.add_community("news"))


def error_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def listed(response: httpx2.Response) -> list[int]:
    return [view["post"]["id"] for view in response.json()["posts"]]


class TestPostList:
    def test_pinned_posts_of_the_community_come_first_then_newest_first(self, client: ApiClient) -> None:
        pin = client.post(ago=99, featured_community=True)
        old, new, future = client.post(ago=5), client.post(ago=1), client.post(ago=-60)
        response = client.get("/post/list", type_="All", sort="New", community_name="news")
        assert listed(response) == [pin.id, future.id, new.id, old.id]

    def test_without_a_community_only_posts_pinned_on_the_site_come_first(self, client: ApiClient) -> None:
        pin = client.post(ago=99, featured_community=True)
        site_pin, new = client.post(ago=100, featured_local=True), client.post()
        assert listed(client.get("/post/list", type_="All", sort="New")) == [site_pin.id, new.id, pin.id]

    def test_pages_by_cursor_end_with_an_empty_page(self, client: ApiClient) -> None:
        posts = [client.post(ago=ago) for ago in range(6)]
        first = client.get("/post/list", type_="All", sort="New", limit=3)
        assert first.json()["next_page"] == f"P{posts[2].id:x}"
        second = client.get(
            "/post/list", type_="All", sort="New", limit=3, page_cursor=first.json()["next_page"]
        )
        assert listed(second) == [post.id for post in posts[3:]]
        third = client.get(
            "/post/list", type_="All", sort="New", limit=3, page_cursor=second.json()["next_page"]
        )
        assert third.json() == {"posts": []}

    def test_a_cursor_works_when_its_post_is_deleted(self, client: ApiClient) -> None:
        posts = [client.post(ago=ago) for ago in range(4)]
        posts[1].deleted = True
        response = client.get("/post/list", type_="All", sort="New", page_cursor=f"P{posts[1].id:x}")
        assert listed(response) == [posts[2].id, posts[3].id]

    @pytest.mark.parametrize("cursor", ["garbage", "Pffff", ""])
    def test_a_bad_cursor_is_an_error(self, client: ApiClient, cursor: str) -> None:
        response = client.get("/post/list", type_="All", sort="New", page_cursor=cursor)
        assert error_of(response) == (400, "unknown")
        assert response.json()["message"] == "Could not parse pagination token"

    def test_page_by_number(self, client: ApiClient) -> None:
        posts = [client.post(ago=ago) for ago in range(4)]
        response = client.get("/post/list", type_="All", sort="New", limit=3, page=2)
        assert listed(response) == [posts[3].id]

    @pytest.mark.parametrize("limit", [0, 51])
    def test_a_limit_out_of_bounds_is_an_error(self, client: ApiClient, limit: int) -> None:
        assert error_of(client.get("/post/list", limit=limit)) == (400, "couldnt_get_posts")

    def test_how_communities_are_named(self, client: ApiClient) -> None:
        post = client.post()
        for name in ("news", "NEWS", f"news@{client.server.state.host}"):
            assert listed(client.get("/post/list", type_="All", community_name=name)) == [post.id]
        assert error_of(client.get("/post/list", community_name="nosuch")) == (404, "unknown")
        assert error_of(client.get("/post/list", community_name="nosuch@far.example")) == (400, "unknown")
        client.log_out()
        assert error_of(client.get("/post/list", community_name="nosuch@far.example")) == (404, "unknown")

    def test_nsfw_removed_and_deleted_posts_are_not_listed(self, client: ApiClient) -> None:
        client.post(nsfw=True)
        client.post(removed=True)
        client.post(deleted=True)
        own = client.server.state.add_post(client.news, client.bot, "own", deleted=True)
        assert listed(client.get("/post/list", type_="All", sort="New")) == [own.id]

    def test_settings_of_the_account_filter_posts(self, client: ApiClient) -> None:
        german, plain = client.post(ago=1, language_id=GERMAN), client.post()
        client.send("PUT", "/user/save_user_settings", {"discussion_languages": [ENGLISH]})
        assert client.get("/site").json()["my_user"]["discussion_languages"] == [0, ENGLISH]
        assert listed(client.get("/post/list", type_="All", sort="New")) == [plain.id]
        client.send("PUT", "/user/save_user_settings", {"discussion_languages": [], "show_read_posts": False})
        client.get("/post", id=plain.id)
        assert listed(client.get("/post/list", type_="All", sort="New")) == [german.id]
        shown = client.get("/post/list", type_="All", sort="New", show_read="true")
        assert listed(shown) == [plain.id, german.id]

    def test_local_excludes_other_servers(self, client: ApiClient) -> None:
        client.post(community=client.server.state.add_community("far", host="far.example"))
        local = client.post()
        assert listed(client.get("/post/list", sort="New")) == [local.id]


class TestPost:
    @pytest.mark.parametrize("status", ["deleted", "removed"])
    def test_a_deleted_or_removed_post_is_400(self, client: ApiClient, status: str) -> None:
        post = client.post(**{status: True})
        assert error_of(client.get("/post", id=post.id)) == (400, "couldnt_find_post")
        assert error_of(client.get("/post", id=999)) == (400, "couldnt_find_post")

    def test_reading_a_post_marks_it_as_read(self, client: ApiClient) -> None:
        post = client.post()
        reads = [client.get("/post", id=post.id).json()["post_view"]["read"] for _ in range(2)]
        assert reads == [False, True]

    def test_cross_posts_have_the_same_link(self, client: ApiClient) -> None:
        one, two = client.post(url="https://a.example/"), client.post(url="https://a.example/")
        client.post(url="https://b.example/")
        (other,) = client.get("/post", id=one.id).json()["cross_posts"]
        assert other["post"]["id"] == two.id

    def test_times_have_six_digits_and_nulls_are_left_out(self, client: ApiClient) -> None:
        row = client.get("/post", id=client.post().id).json()["post_view"]["post"]
        assert row["published"] == "2026-03-01T12:00:00.000000Z"
        assert {"url", "body", "updated"}.isdisjoint(row)


class TestComments:
    def test_a_comment_is_stored_as_sent_with_the_authors_own_vote(self, client: ApiClient) -> None:
        text = "a\r\n\r\n::: spoiler b\nc  \n:::"
        view = client.comment(client.post(), text).json()["comment_view"]
        assert view["comment"]["content"] == text
        assert view["comment"]["path"] == f"0.{view['comment']['id']}"
        assert (view["my_vote"], view["counts"]["upvotes"], view["comment"]["language_id"]) == (1, 1, 0)

    def test_the_same_text_twice_is_two_comments(self, client: ApiClient) -> None:
        post = client.post()
        numbers = {client.comment(post).json()["comment_view"]["comment"]["id"] for _ in range(2)}
        assert len(numbers) == 2

    def test_a_parent_that_does_not_exist_is_ignored(self, client: ApiClient) -> None:
        comment = client.comment(client.post(), parent_id=4711).json()["comment_view"]["comment"]
        assert comment["path"] == f"0.{comment['id']}"

    def test_a_parent_of_another_post_is_refused(self, client: ApiClient) -> None:
        other = client.comment(client.post()).json()["comment_view"]["comment"]["id"]
        assert error_of(client.comment(client.post(), parent_id=other)) == (400, "couldnt_create_comment")

    def test_blank_text_is_accepted(self, client: ApiClient) -> None:
        assert client.comment(client.post(), " ").status_code == 200

    @pytest.mark.parametrize(("character", "fits"), [("x", 10_000), ("ä", 10_000), ("😀", 5_000)])
    def test_the_length_is_counted_in_utf16(self, client: ApiClient, character: str, fits: int) -> None:
        post = client.post()
        assert client.comment(post, character * fits).status_code == 200
        assert error_of(client.comment(post, character * (fits + 1))) == (400, "invalid_body_field")

    @pytest.mark.parametrize(
        ("status", "code"), [("locked", "locked"), ("deleted", "deleted"), ("removed", "deleted")]
    )
    def test_locked_or_deleted_posts_take_no_comments(
        self, client: ApiClient, status: str, code: str
    ) -> None:
        assert error_of(client.comment(client.post(**{status: True}))) == (400, code)

    def test_a_moderator_may_comment_on_a_locked_post(self, client: ApiClient) -> None:
        client.news.moderators.append(client.bot)
        assert client.comment(client.post(locked=True)).status_code == 200

    def test_a_ban_also_refuses_edits_and_deletes(self, client: ApiClient) -> None:
        post = client.post()
        number = client.comment(post).json()["comment_view"]["comment"]["id"]
        client.news.banned.add(client.bot.id)
        edit = client.send("PUT", "/comment", {"comment_id": number, "content": "x"})
        delete = client.send("POST", "/comment/delete", {"comment_id": number, "deleted": True})
        for response in (client.comment(post), edit, delete):
            assert error_of(response) == (400, "banned_from_community")
        assert client.get("/post", id=post.id).json()["post_view"]["banned_from_community"]

    def test_only_languages_of_the_community_are_accepted(self, client: ApiClient) -> None:
        client.news.languages = (GERMAN,)
        post = client.post()
        assert client.comment(post, language_id=GERMAN).status_code == 200
        assert client.comment(post).status_code == 200
        for wrong in (0, ENGLISH, 4711):
            assert error_of(client.comment(post, language_id=wrong)) == (400, "language_not_allowed")

    def test_edit_and_delete(self, client: ApiClient) -> None:
        number = client.comment(client.post()).json()["comment_view"]["comment"]["id"]
        edited = client.send("PUT", "/comment", {"comment_id": number, "content": "b"}).json()
        assert edited["comment_view"]["comment"]["content"] == "b"
        assert "updated" in edited["comment_view"]["comment"]
        body = {"comment_id": number, "deleted": True}
        deleted = client.send("POST", "/comment/delete", body).json()["comment_view"]["comment"]
        assert (deleted["content"], deleted["deleted"]) == ("", True)
        assert error_of(client.send("POST", "/comment/delete", body)) == (400, "couldnt_update_comment")
        theirs = client.server.state.add_comment(client.post(), client.author, "hello")
        for method, path in (("PUT", "/comment"), ("POST", "/comment/delete")):
            others = client.send(method, path, {"comment_id": theirs.id, "content": "x", "deleted": True})
            none = client.send(method, path, {"comment_id": 4711, "content": "x", "deleted": True})
            assert (error_of(others), error_of(none)) == (
                (400, "no_comment_edit_allowed"),
                (400, "couldnt_find_comment"),
            )

    def test_the_comments_of_a_post_ignore_the_limit_and_end_at_300(self, client: ApiClient) -> None:
        post, state = client.post(), client.server.state
        comments = [state.add_comment(post, client.author, "x") for _ in range(305)]
        state.add_comment(post, client.author, "deep", comments[-1])
        response = client.get("/comment/list", post_id=post.id, type_="All", max_depth=1, sort="New", limit=2)
        numbers = [view["comment"]["id"] for view in response.json()["comments"]]
        assert numbers == [comment.id for comment in reversed(comments[5:])]

    def test_the_flat_comment_list_has_pages(self, client: ApiClient) -> None:
        post, state = client.post(), client.server.state
        comments = [state.add_comment(post, client.author, "x") for _ in range(5)]
        response = client.get("/comment/list", post_id=post.id, type_="All", sort="New", limit=2, page=2)
        numbers = [view["comment"]["id"] for view in response.json()["comments"]]
        assert numbers == [comments[2].id, comments[1].id]
        assert error_of(client.get("/comment/list", limit=51)) == (400, "couldnt_get_comments")

    def test_hiding_bots_also_hides_the_bots_own_comments(self, client: ApiClient) -> None:
        post = client.post()
        client.comment(post)
        client.send("PUT", "/user/save_user_settings", {"show_bot_accounts": False})
        assert client.get("/comment/list", post_id=post.id, max_depth=1).json() == {"comments": []}

    @pytest.mark.parametrize(
        "body",
        [
            {"content": "x"},
            {"post_id": 1},
            {"post_id": "1", "content": "x"},
            [],
            {"post_id": 1, "content": 2},
        ],
    )
    def test_an_invalid_body_is_an_error(self, client: ApiClient, body: object) -> None:
        response = client.send("POST", "/comment", body)
        assert error_of(response) == (400, "unknown")
        assert response.json()["message"].startswith("Json deserialize error")

    def test_a_body_that_is_not_json_is_an_error(self, client: ApiClient) -> None:
        response = client.http.post("/api/v3/comment", content=b"x", headers={"Content-Type": "text/plain"})
        assert response.json() == {"error": "unknown", "message": "Content type error"}


class TestAccounts:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({}, (200, "")),
            ({"password": "other"}, (401, "incorrect_login")),
            ({"banned": True}, (400, "site_ban")),
            ({"deleted": True}, (400, "deleted")),
            ({"application_pending": True}, (400, "registration_application_is_pending")),
            ({"totp_enabled": True}, (400, "missing_totp_token")),
        ],
    )
    def test_login_succeeds_or_fails_with_a_code(
        self, client: ApiClient, change: dict[str, object], expected: tuple[int, str]
    ) -> None:
        for name, value in change.items():
            setattr(client.bot, name, value)
        response = client.send("POST", "/user/login", {"username_or_email": "precis", "password": "right"})
        assert (response.status_code, response.json().get("error", "")) == expected

    def test_a_bad_token_may_read_without_an_account_and_not_write(self, client: ApiClient) -> None:
        post = client.post()
        client.http.headers["Authorization"] = "Bearer garbage"
        assert "my_user" not in client.get("/site").json()
        assert listed(client.get("/post/list", type_="Subscribed")) == [post.id]
        assert error_of(client.get("/user/validate_auth")) == (400, "not_logged_in")
        assert error_of(client.comment(post)) == (401, "incorrect_login")
        assert error_of(client.get("/user/mention")) == (401, "incorrect_login")

    def test_a_banned_account_is_treated_as_not_logged_in(self, client: ApiClient) -> None:
        client.bot.banned = True
        assert "my_user" not in client.get("/site").json()
        assert error_of(client.get("/user/validate_auth")) == (400, "not_logged_in")
        assert error_of(client.comment(client.post())) == (401, "incorrect_login")

    def test_a_person_is_found_by_id_and_by_name(self, client: ApiClient) -> None:
        post = client.post()
        client.comment(post, "one")
        client.comment(post, "two")
        for query in ({"person_id": client.bot.id}, {"username": f"precis@{client.server.state.host}"}):
            comments = client.get("/user", sort="New", **query).json()["comments"]
            assert [view["comment"]["content"] for view in comments] == ["two", "one"]
        assert error_of(client.get("/user", username="nosuch")) == (404, "couldnt_find_person")
        assert error_of(client.get("/user")) == (400, "no_id_given")


class TestOtherCalls:
    def test_nodeinfo(self, client: ApiClient) -> None:
        links = client.http.get("/.well-known/nodeinfo").json()["links"]
        software = client.http.get(links[0]["href"]).json()["software"]
        assert (software["name"], software["version"]) == ("lemmy", "0.19.20")

    def test_an_unknown_path_or_method_is_404_without_a_body(self, client: ApiClient) -> None:
        for response in (
            client.get("/nosuch"),
            client.send("PATCH", "/comment", {}),
            client.http.get("/elsewhere"),
        ):
            assert (response.status_code, response.content) == (404, b"")

    def test_a_community_is_found_by_name(self, client: ApiClient) -> None:
        assert client.get("/community", name="News").json()["discussion_languages"] == []
        assert error_of(client.get("/community", name="nosuch")) == (404, "couldnt_find_community")
        client.news.removed = True
        assert error_of(client.get("/community", name="news")) == (400, "couldnt_find_community")
        assert client.get("/post/list", type_="All", community_name="news").json() == {"posts": []}

    def test_responses_without_a_login_may_be_cached(self, client: ApiClient) -> None:
        assert client.get("/site").headers["Cache-Control"] == "private"
        client.log_out()
        assert client.get("/site").headers["Cache-Control"] == "public, max-age=60"


def test_rate_limits_work_as_measured() -> None:
    clock = ManualClock()
    with LemmySandbox(clock=clock, limits={"comment": (6, 60)}) as server:
        state = server.state
        post = state.add_post(state.add_community("news"), state.add_person("alice"), "t")
        token = server.create_token(state.add_person("precis"))
        passed: list[bool] = []
        with httpx2.Client(
            base_url=server.url, trust_env=False, headers={"Authorization": f"Bearer {token}"}
        ) as http:
            start = clock.now
            for second in (0, 9, 18, 27, 36, 45, 61, 70, 72):
                clock.now = start + timedelta(seconds=second)
                response = http.post("/api/v3/comment", json={"post_id": post.id, "content": "x"})
                passed.append(response.status_code == 200)
            assert passed == [True] * 7 + [False, True]
            clock.now = start + timedelta(seconds=73)
            response = http.post("/api/v3/comment", json={"post_id": post.id, "content": "x"})
            assert (response.status_code, response.json()) == (400, {"error": "rate_limit_error"})
            elsewhere = {"X-Forwarded-For": "10.0.0.9"}
            response = http.post(
                "/api/v3/comment", json={"post_id": post.id, "content": "x"}, headers=elsewhere
            )
            assert response.status_code == 200


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "answered", "stored", "voted"),
        [
            (Fault.FAIL, 500, False, False),
            (Fault.DROP, None, False, False),
            (Fault.STORE_THEN_FAIL, 500, True, True),
            (Fault.STORE_THEN_DROP, None, True, True),
            (Fault.PARTIAL_STORE, None, True, False),
            (Fault.RATE_LIMIT, 400, False, False),
        ],
    )
    def test_each_fault_decides_the_response_and_what_is_stored(
        self, client: ApiClient, fault: Fault, answered: int | None, stored: bool, voted: bool
    ) -> None:
        post = client.post()
        client.server.faults.plan(fault)
        assert self._status(client, post) == answered
        comments = client.server.state.comments()
        assert [comment.author_upvoted for comment in comments] == ([voted] if stored else [])
        assert client.server.faults.injected == (fault,)
        assert client.comment(post).status_code == 200

    @pytest.mark.parametrize(("fault", "answered"), [(Fault.LATE_COMMIT, None), (Fault.LATE_LISTING, 200)])
    def test_late_comments_are_visible_after_the_delay(
        self, client: ApiClient, fault: Fault, answered: int | None
    ) -> None:
        post = client.post()
        client.server.faults.plan(fault)
        assert self._status(client, post) == answered
        assert client.get("/comment/list", post_id=post.id, max_depth=1).json()["comments"] == []
        client.clock.advance(seconds=2)
        assert len(client.get("/comment/list", post_id=post.id, max_depth=1).json()["comments"]) == 1

    def test_a_fault_does_not_store_a_refused_comment(self, client: ApiClient) -> None:
        client.server.faults.plan(Fault.STORE_THEN_DROP)
        assert error_of(client.comment(client.post(locked=True))) == (400, "locked")

    @staticmethod
    def _status(client: ApiClient, post: Post) -> int | None:
        try:
            return client.comment(post).status_code
        except httpx2.HTTPError:
            return None
