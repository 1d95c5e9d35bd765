"""The sandbox's Lemmy answers as a real 0.19.20 was seen to."""

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
    """A client of the server, with a community, an author and a bot to write about."""

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
def desk() -> Iterator[ApiClient]:
    clock = ManualClock()
    with (
        LemmySandbox(clock=clock, limits=None) as server,
        httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http,
    ):
        world = server.state
        author = world.add_person("alice")
        bot = world.add_person("precis", password="right", bot_account=True)
        http.headers["Authorization"] = f"Bearer {server.create_token(bot)}"
        yield ApiClient(server, clock, http, author, bot, world.add_community("news"))


def refusal(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def listed(response: httpx2.Response) -> list[int]:
    return [view["post"]["id"] for view in response.json()["posts"]]


class TestPostList:
    def test_pins_of_the_community_first_then_by_date(self, desk: ApiClient) -> None:
        pin = desk.post(ago=99, featured_community=True)
        old, new, future = desk.post(ago=5), desk.post(ago=1), desk.post(ago=-60)
        answer = desk.get("/post/list", type_="All", sort="New", community_name="news")
        assert listed(answer) == [pin.id, future.id, new.id, old.id]

    def test_only_site_pins_come_first_without_a_community(self, desk: ApiClient) -> None:
        pin = desk.post(ago=99, featured_community=True)
        site_pin, new = desk.post(ago=100, featured_local=True), desk.post()
        assert listed(desk.get("/post/list", type_="All", sort="New")) == [site_pin.id, new.id, pin.id]

    def test_pages_by_cursor_and_a_last_empty_one(self, desk: ApiClient) -> None:
        posts = [desk.post(ago=ago) for ago in range(6)]
        first = desk.get("/post/list", type_="All", sort="New", limit=3)
        assert first.json()["next_page"] == f"P{posts[2].id:x}"
        second = desk.get(
            "/post/list", type_="All", sort="New", limit=3, page_cursor=first.json()["next_page"]
        )
        assert listed(second) == [post.id for post in posts[3:]]
        third = desk.get(
            "/post/list", type_="All", sort="New", limit=3, page_cursor=second.json()["next_page"]
        )
        assert third.json() == {"posts": []}

    def test_a_cursor_holds_though_its_post_is_deleted(self, desk: ApiClient) -> None:
        posts = [desk.post(ago=ago) for ago in range(4)]
        posts[1].deleted = True
        answer = desk.get("/post/list", type_="All", sort="New", page_cursor=f"P{posts[1].id:x}")
        assert listed(answer) == [posts[2].id, posts[3].id]

    @pytest.mark.parametrize("cursor", ["garbage", "Pffff", ""])
    def test_a_bad_cursor(self, desk: ApiClient, cursor: str) -> None:
        answer = desk.get("/post/list", type_="All", sort="New", page_cursor=cursor)
        assert refusal(answer) == (400, "unknown")
        assert answer.json()["message"] == "Could not parse pagination token"

    def test_page_by_number(self, desk: ApiClient) -> None:
        posts = [desk.post(ago=ago) for ago in range(4)]
        answer = desk.get("/post/list", type_="All", sort="New", limit=3, page=2)
        assert listed(answer) == [posts[3].id]

    @pytest.mark.parametrize("limit", [0, 51])
    def test_a_limit_out_of_bounds(self, desk: ApiClient, limit: int) -> None:
        assert refusal(desk.get("/post/list", limit=limit)) == (400, "couldnt_get_posts")

    def test_names_of_communities(self, desk: ApiClient) -> None:
        post = desk.post()
        for name in ("news", "NEWS", f"news@{desk.server.state.host}"):
            assert listed(desk.get("/post/list", type_="All", community_name=name)) == [post.id]
        assert refusal(desk.get("/post/list", community_name="nosuch")) == (404, "unknown")
        assert refusal(desk.get("/post/list", community_name="nosuch@far.example")) == (400, "unknown")
        desk.log_out()
        assert refusal(desk.get("/post/list", community_name="nosuch@far.example")) == (404, "unknown")

    def test_what_is_not_listed(self, desk: ApiClient) -> None:
        desk.post(nsfw=True)
        desk.post(removed=True)
        desk.post(deleted=True)
        own = desk.server.state.add_post(desk.news, desk.bot, "own", deleted=True)
        assert listed(desk.get("/post/list", type_="All", sort="New")) == [own.id]

    def test_settings_of_the_account(self, desk: ApiClient) -> None:
        german, plain = desk.post(ago=1, language_id=GERMAN), desk.post()
        desk.send("PUT", "/user/save_user_settings", {"discussion_languages": [ENGLISH]})
        assert desk.get("/site").json()["my_user"]["discussion_languages"] == [0, ENGLISH]
        assert listed(desk.get("/post/list", type_="All", sort="New")) == [plain.id]
        desk.send("PUT", "/user/save_user_settings", {"discussion_languages": [], "show_read_posts": False})
        desk.get("/post", id=plain.id)
        assert listed(desk.get("/post/list", type_="All", sort="New")) == [german.id]
        shown = desk.get("/post/list", type_="All", sort="New", show_read="true")
        assert listed(shown) == [plain.id, german.id]

    def test_local_leaves_other_servers_out(self, desk: ApiClient) -> None:
        desk.post(community=desk.server.state.add_community("far", host="far.example"))
        local = desk.post()
        assert listed(desk.get("/post/list", sort="New")) == [local.id]


class TestPost:
    @pytest.mark.parametrize("way", ["deleted", "removed"])
    def test_gone_is_400(self, desk: ApiClient, way: str) -> None:
        post = desk.post(**{way: True})
        assert refusal(desk.get("/post", id=post.id)) == (400, "couldnt_find_post")
        assert refusal(desk.get("/post", id=999)) == (400, "couldnt_find_post")

    def test_reading_marks_it_read(self, desk: ApiClient) -> None:
        post = desk.post()
        reads = [desk.get("/post", id=post.id).json()["post_view"]["read"] for _ in range(2)]
        assert reads == [False, True]

    def test_cross_posts_have_the_same_link(self, desk: ApiClient) -> None:
        one, two = desk.post(url="https://a.example/"), desk.post(url="https://a.example/")
        desk.post(url="https://b.example/")
        (other,) = desk.get("/post", id=one.id).json()["cross_posts"]
        assert other["post"]["id"] == two.id

    def test_six_digits_and_no_nulls(self, desk: ApiClient) -> None:
        row = desk.get("/post", id=desk.post().id).json()["post_view"]["post"]
        assert row["published"] == "2026-03-01T12:00:00.000000Z"
        assert {"url", "body", "updated"}.isdisjoint(row)


class TestComments:
    def test_stored_as_sent_with_the_authors_own_vote(self, desk: ApiClient) -> None:
        text = "a\r\n\r\n::: spoiler b\nc  \n:::"
        view = desk.comment(desk.post(), text).json()["comment_view"]
        assert view["comment"]["content"] == text
        assert view["comment"]["path"] == f"0.{view['comment']['id']}"
        assert (view["my_vote"], view["counts"]["upvotes"], view["comment"]["language_id"]) == (1, 1, 0)

    def test_the_same_text_twice_is_two_comments(self, desk: ApiClient) -> None:
        post = desk.post()
        numbers = {desk.comment(post).json()["comment_view"]["comment"]["id"] for _ in range(2)}
        assert len(numbers) == 2

    def test_a_parent_that_does_not_exist_is_dropped(self, desk: ApiClient) -> None:
        comment = desk.comment(desk.post(), parent_id=4711).json()["comment_view"]["comment"]
        assert comment["path"] == f"0.{comment['id']}"

    def test_a_parent_of_another_post_is_refused(self, desk: ApiClient) -> None:
        other = desk.comment(desk.post()).json()["comment_view"]["comment"]["id"]
        assert refusal(desk.comment(desk.post(), parent_id=other)) == (400, "couldnt_create_comment")

    def test_blank_text_is_accepted(self, desk: ApiClient) -> None:
        assert desk.comment(desk.post(), " ").status_code == 200

    @pytest.mark.parametrize(("letter", "fits"), [("x", 10_000), ("ä", 10_000), ("😀", 5_000)])
    def test_the_length_is_counted_in_utf16(self, desk: ApiClient, letter: str, fits: int) -> None:
        post = desk.post()
        assert desk.comment(post, letter * fits).status_code == 200
        assert refusal(desk.comment(post, letter * (fits + 1))) == (400, "invalid_body_field")

    @pytest.mark.parametrize(
        ("way", "code"), [("locked", "locked"), ("deleted", "deleted"), ("removed", "deleted")]
    )
    def test_where_nobody_may_write(self, desk: ApiClient, way: str, code: str) -> None:
        assert refusal(desk.comment(desk.post(**{way: True}))) == (400, code)

    def test_a_moderator_may_write_under_a_locked_post(self, desk: ApiClient) -> None:
        desk.news.moderators.append(desk.bot)
        assert desk.comment(desk.post(locked=True)).status_code == 200

    def test_a_ban_covers_edits_and_deletes(self, desk: ApiClient) -> None:
        post = desk.post()
        number = desk.comment(post).json()["comment_view"]["comment"]["id"]
        desk.news.banned.add(desk.bot.id)
        edit = desk.send("PUT", "/comment", {"comment_id": number, "content": "x"})
        delete = desk.send("POST", "/comment/delete", {"comment_id": number, "deleted": True})
        for answer in (desk.comment(post), edit, delete):
            assert refusal(answer) == (400, "banned_from_community")
        assert desk.get("/post", id=post.id).json()["post_view"]["banned_from_community"]

    def test_languages(self, desk: ApiClient) -> None:
        desk.news.languages = (GERMAN,)
        post = desk.post()
        assert desk.comment(post, language_id=GERMAN).status_code == 200
        assert desk.comment(post).status_code == 200
        for wrong in (0, ENGLISH, 4711):
            assert refusal(desk.comment(post, language_id=wrong)) == (400, "language_not_allowed")

    def test_edit_and_delete(self, desk: ApiClient) -> None:
        number = desk.comment(desk.post()).json()["comment_view"]["comment"]["id"]
        edited = desk.send("PUT", "/comment", {"comment_id": number, "content": "b"}).json()
        assert edited["comment_view"]["comment"]["content"] == "b"
        assert "updated" in edited["comment_view"]["comment"]
        body = {"comment_id": number, "deleted": True}
        gone = desk.send("POST", "/comment/delete", body).json()["comment_view"]["comment"]
        assert (gone["content"], gone["deleted"]) == ("", True)
        assert refusal(desk.send("POST", "/comment/delete", body)) == (400, "couldnt_update_comment")
        theirs = desk.server.state.add_comment(desk.post(), desk.author, "hello")
        for method, path in (("PUT", "/comment"), ("POST", "/comment/delete")):
            others = desk.send(method, path, {"comment_id": theirs.id, "content": "x", "deleted": True})
            none = desk.send(method, path, {"comment_id": 4711, "content": "x", "deleted": True})
            assert (refusal(others), refusal(none)) == (
                (400, "no_comment_edit_allowed"),
                (400, "couldnt_find_comment"),
            )

    def test_the_list_of_a_thread_ignores_limit_and_ends_at_300(self, desk: ApiClient) -> None:
        post, world = desk.post(), desk.server.state
        made = [world.add_comment(post, desk.author, "x") for _ in range(305)]
        world.add_comment(post, desk.author, "deep", made[-1])
        answer = desk.get("/comment/list", post_id=post.id, type_="All", max_depth=1, sort="New", limit=2)
        numbers = [view["comment"]["id"] for view in answer.json()["comments"]]
        assert numbers == [comment.id for comment in reversed(made[5:])]

    def test_the_flat_list_has_pages(self, desk: ApiClient) -> None:
        post, world = desk.post(), desk.server.state
        made = [world.add_comment(post, desk.author, "x") for _ in range(5)]
        answer = desk.get("/comment/list", post_id=post.id, type_="All", sort="New", limit=2, page=2)
        assert [view["comment"]["id"] for view in answer.json()["comments"]] == [made[2].id, made[1].id]
        assert refusal(desk.get("/comment/list", limit=51)) == (400, "couldnt_get_comments")

    def test_hidden_bots_hide_the_bot_from_itself(self, desk: ApiClient) -> None:
        post = desk.post()
        desk.comment(post)
        desk.send("PUT", "/user/save_user_settings", {"show_bot_accounts": False})
        assert desk.get("/comment/list", post_id=post.id, max_depth=1).json() == {"comments": []}

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
    def test_a_body_that_is_not_understood(self, desk: ApiClient, body: object) -> None:
        answer = desk.send("POST", "/comment", body)
        assert refusal(answer) == (400, "unknown")
        assert answer.json()["message"].startswith("Json deserialize error")

    def test_a_body_of_another_type(self, desk: ApiClient) -> None:
        answer = desk.http.post("/api/v3/comment", content=b"x", headers={"Content-Type": "text/plain"})
        assert answer.json() == {"error": "unknown", "message": "Content type error"}


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
    def test_logging_in(self, desk: ApiClient, change: dict[str, object], expected: tuple[int, str]) -> None:
        for name, value in change.items():
            setattr(desk.bot, name, value)
        answer = desk.send("POST", "/user/login", {"username_or_email": "precis", "password": "right"})
        assert (answer.status_code, answer.json().get("error", "")) == expected

    def test_a_bad_token_reads_as_a_stranger_and_cannot_write(self, desk: ApiClient) -> None:
        post = desk.post()
        desk.http.headers["Authorization"] = "Bearer garbage"
        assert "my_user" not in desk.get("/site").json()
        assert listed(desk.get("/post/list", type_="Subscribed")) == [post.id]
        assert refusal(desk.get("/user/validate_auth")) == (400, "not_logged_in")
        assert refusal(desk.comment(post)) == (401, "incorrect_login")
        assert refusal(desk.get("/user/mention")) == (401, "incorrect_login")

    def test_a_banned_account_is_a_stranger(self, desk: ApiClient) -> None:
        desk.bot.banned = True
        assert "my_user" not in desk.get("/site").json()
        assert refusal(desk.get("/user/validate_auth")) == (400, "not_logged_in")
        assert refusal(desk.comment(desk.post())) == (401, "incorrect_login")

    def test_people(self, desk: ApiClient) -> None:
        post = desk.post()
        desk.comment(post, "one")
        desk.comment(post, "two")
        for query in ({"person_id": desk.bot.id}, {"username": f"precis@{desk.server.state.host}"}):
            comments = desk.get("/user", sort="New", **query).json()["comments"]
            assert [view["comment"]["content"] for view in comments] == ["two", "one"]
        assert refusal(desk.get("/user", username="nosuch")) == (404, "couldnt_find_person")
        assert refusal(desk.get("/user")) == (400, "no_id_given")


class TestTheRest:
    def test_nodeinfo(self, desk: ApiClient) -> None:
        links = desk.http.get("/.well-known/nodeinfo").json()["links"]
        software = desk.http.get(links[0]["href"]).json()["software"]
        assert (software["name"], software["version"]) == ("lemmy", "0.19.20")

    def test_an_unknown_route_or_method_is_404_without_a_body(self, desk: ApiClient) -> None:
        for answer in (desk.get("/nosuch"), desk.send("PATCH", "/comment", {}), desk.http.get("/elsewhere")):
            assert (answer.status_code, answer.content) == (404, b"")

    def test_communities(self, desk: ApiClient) -> None:
        assert desk.get("/community", name="News").json()["discussion_languages"] == []
        assert refusal(desk.get("/community", name="nosuch")) == (404, "couldnt_find_community")
        desk.news.removed = True
        assert refusal(desk.get("/community", name="news")) == (400, "couldnt_find_community")
        assert desk.get("/post/list", type_="All", community_name="news").json() == {"posts": []}

    def test_answers_for_strangers_may_be_cached(self, desk: ApiClient) -> None:
        assert desk.get("/site").headers["Cache-Control"] == "private"
        desk.log_out()
        assert desk.get("/site").headers["Cache-Control"] == "public, max-age=60"


def test_rate_limits_as_measured() -> None:
    clock = ManualClock()
    with LemmySandbox(clock=clock, limits={"comment": (6, 60)}) as server:
        world = server.state
        post = world.add_post(world.add_community("news"), world.add_person("alice"), "t")
        token = server.create_token(world.add_person("precis"))
        passed: list[bool] = []
        with httpx2.Client(
            base_url=server.url, trust_env=False, headers={"Authorization": f"Bearer {token}"}
        ) as http:
            start = clock.now
            for second in (0, 9, 18, 27, 36, 45, 61, 70, 72):
                clock.now = start + timedelta(seconds=second)
                answer = http.post("/api/v3/comment", json={"post_id": post.id, "content": "x"})
                passed.append(answer.status_code == 200)
            assert passed == [True] * 7 + [False, True]
            clock.now = start + timedelta(seconds=73)
            answer = http.post("/api/v3/comment", json={"post_id": post.id, "content": "x"})
            assert (answer.status_code, answer.json()) == (400, {"error": "rate_limit_error"})
            elsewhere = {"X-Forwarded-For": "10.0.0.9"}
            answer = http.post(
                "/api/v3/comment", json={"post_id": post.id, "content": "x"}, headers=elsewhere
            )
            assert answer.status_code == 200


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
    def test_what_is_answered_and_what_is_stored(
        self, desk: ApiClient, fault: Fault, answered: int | None, stored: bool, voted: bool
    ) -> None:
        post = desk.post()
        desk.server.faults.plan(fault)
        assert self._status(desk, post) == answered
        comments = desk.server.state.comments()
        assert [comment.author_upvoted for comment in comments] == ([voted] if stored else [])
        assert desk.server.faults.injected == (fault,)
        assert desk.comment(post).status_code == 200

    @pytest.mark.parametrize(("fault", "answered"), [(Fault.LATE_COMMIT, None), (Fault.LATE_LISTING, 200)])
    def test_late_ones_are_seen_after_the_delay(
        self, desk: ApiClient, fault: Fault, answered: int | None
    ) -> None:
        post = desk.post()
        desk.server.faults.plan(fault)
        assert self._status(desk, post) == answered
        assert desk.get("/comment/list", post_id=post.id, max_depth=1).json()["comments"] == []
        desk.clock.advance(seconds=2)
        assert len(desk.get("/comment/list", post_id=post.id, max_depth=1).json()["comments"]) == 1

    def test_a_fault_does_not_store_what_would_have_been_refused(self, desk: ApiClient) -> None:
        desk.server.faults.plan(Fault.STORE_THEN_DROP)
        assert refusal(desk.comment(desk.post(locked=True))) == (400, "locked")

    @staticmethod
    def _status(desk: ApiClient, post: Post) -> int | None:
        try:
            return desk.comment(post).status_code
        except httpx2.HTTPError:
            return None
