"""The adapter against the sandbox, over real HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import Dialect, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.base import Platform
from bot.platforms.buckets import Limit
from bot.platforms.lemmy import schemas_v3
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.server_state import LANGUAGES
from bot.sandbox.loopback_server import Disconnect, Request, Response
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, ids, only_on

GERMAN, ENGLISH = LANGUAGES.index("de"), LANGUAGES.index("en")


def test_it_is_a_platform(env: LemmyEnvironment) -> None:
    platform: Platform = env.adapter()
    assert (platform.account, platform.dialect) == ("summaries", Dialect.LEMMY)


class TestPosts:
    def test_all_fields_of_a_post(self, env: LemmyEnvironment) -> None:
        sandbox_post = env.post("Storm warning", ago=5, language_id=GERMAN, score=7)
        (post,) = env.adapter().poll(env.community_source, None, env.since()).posts
        host = env.server.state.host
        assert post.account == "summaries"
        assert post.id == str(sandbox_post.id)
        assert post.community == f"news@{host}"
        assert post.author == f"alice@{host}"
        assert post.title == "Storm warning"
        assert post.url == "https://news.example/Storm-warning"
        assert post.permalink == f"{env.proxy.url}/post/{post.id}"
        assert post.published == env.clock.now - timedelta(minutes=5)
        assert (post.language, post.score) == ("de", 7)
        flags = (post.nsfw, post.locked, post.gone, post.pinned, post.bot_author, post.own, post.banned)
        assert not any(flags)

    @pytest.mark.parametrize(
        ("details", "flag"),
        [
            ({"locked": True}, "locked"),
            ({"featured_community": True}, "pinned"),
            ({"featured_local": True}, "pinned"),
        ],
    )
    def test_flags_of_the_post(self, env: LemmyEnvironment, details: dict[str, bool], flag: str) -> None:
        env.post(**details)
        (post,) = env.adapter().poll(env.community_source, None, env.since()).posts
        assert getattr(post, flag)

    def test_a_crosspost_is_recognised_by_the_start_of_its_text(self, env: LemmyEnvironment) -> None:
        env.post(body="cross-posted from: https://far.example/post/7\n\n> Its text.")
        env.post(body="This was cross-posted from somewhere.")
        env.post()
        posts = env.adapter().poll(env.community_source, None, env.since()).posts
        assert [post.crosspost for post in posts] == [True, False, False]

    def test_nsfw_from_the_post_or_its_community(self, env: LemmyEnvironment) -> None:
        env.bot.show_nsfw = True
        adult = env.server.state.add_community("adult", nsfw=True)
        env.post(nsfw=True)
        env.post(community=adult)
        posts = env.adapter().poll(env.all_posts, None, env.since()).posts
        assert [post.nsfw for post in posts] == [True, True]

    def test_own_posts_and_those_of_other_bots(self, env: LemmyEnvironment) -> None:
        state = env.server.state
        feed = state.add_person("feed", bot_account=True)
        state.add_post(env.community, env.bot, "mine")
        state.add_post(env.community, feed, "theirs")
        posts = env.adapter().poll(env.community_source, None, env.since()).posts
        assert [(post.own, post.bot_author) for post in posts] == [(True, True), (False, True)]

    def test_a_post_without_a_link(self, env: LemmyEnvironment) -> None:
        env.post(url=None)
        (post,) = env.adapter().poll(env.community_source, None, env.since()).posts
        assert (post.url, post.language) == (None, None)

    def test_a_community_of_another_server(self, env: LemmyEnvironment) -> None:
        far = env.server.state.add_community("Far", host="Elsewhere.example")
        env.post(community=far)
        source = Source("summaries", "far@elsewhere.example")
        (post,) = env.adapter().poll(source, None, env.since()).posts
        assert post.community == "far@elsewhere.example"

    def test_all_posts_include_every_community(self, env: LemmyEnvironment) -> None:
        far = env.server.state.add_community("far", host="elsewhere.example")
        env.post()
        env.post(community=far)
        assert ids(env.adapter().poll(env.all_posts, None, env.since())) == [1, 2]

    def test_the_error_names_the_unknown_community(self, env: LemmyEnvironment) -> None:
        for name in ("nosuch", "nosuch@elsewhere.example"):
            with pytest.raises(Unreachable, match=f"not know the community {name}"):
                env.adapter().poll(Source("summaries", name), None, env.since())

    def test_a_post_fetched_again_is_current(self, env: LemmyEnvironment) -> None:
        post = env.post()
        adapter = env.adapter()
        assert not adapter.fetch_post(str(post.id)).locked
        post.locked = True
        assert adapter.fetch_post(str(post.id)).locked
        post.removed = True
        gone = adapter.fetch_post(str(post.id))
        assert (gone.id, gone.gone) == (str(post.id), True)

    @pytest.mark.parametrize("wrong", [{"id": "x"}, {"published": "yesterday"}, {"name": None}])
    def test_one_bad_post_does_not_affect_the_others(
        self, env: LemmyEnvironment, wrong: dict[str, object]
    ) -> None:
        env.post("good")
        env.post("bad")
        page = env.server.handle

        def with_bad_post(request: Request) -> Response:
            body = json.loads(page(request).body)
            views = body["items" if env.is_v4 else "posts"]
            bad = next(view["post"] for view in views if view["post"]["name"] == "bad")
            new_names = {"published": "published_at"} if env.is_v4 else {}
            bad.update({new_names.get(name, name): value for name, value in wrong.items()})
            return Response.from_json(body)

        env.answers["GET /post/list"] = with_bad_post
        result = env.adapter().poll(env.community_source, None, env.since())
        assert [post.title for post in result.posts] == ["good"]
        assert len(result.parse_errors) == 1


class TestReplies:
    def test_a_reply_is_stored_unchanged(self, env: LemmyEnvironment) -> None:
        post = env.post()
        markdown = "Ein Satz.\r\n\r\n::: spoiler Mehr\nNoch einer.  \n:::"
        comment = env.adapter().reply(str(post.id), markdown, "de")
        (stored,) = env.server.state.all_comments()
        assert (stored.content, stored.post, stored.language_id) == (markdown, post, GERMAN)
        assert (comment.id, comment.post_id, comment.parent_id) == (str(stored.id), str(post.id), None)
        assert comment.url == f"{env.proxy.url}/comment/{stored.id}"
        assert comment.published == env.clock.now

    @pytest.mark.parametrize("text", ["", " \n\t ", "a\0b", "half \ud83d"])
    def test_invalid_text_is_not_sent(self, env: LemmyEnvironment, text: str) -> None:
        post = env.post()
        with pytest.raises(Refused) as caught:
            env.adapter().reply(str(post.id), text, None)
        assert caught.value.reason is SkipReason.REFUSED
        assert env.calls("POST /comment") == []

    @pytest.mark.parametrize("letter", ["x", "ä", "😀"])
    def test_length_is_counted_as_the_server_counts_it(self, env: LemmyEnvironment, letter: str) -> None:
        post = env.post()
        fits = 5_000 if letter == "😀" else 10_000
        adapter = env.adapter()
        adapter.reply(str(post.id), letter * fits, None)
        with pytest.raises(Refused) as caught:
            adapter.reply(str(post.id), letter * (fits + 1), None)
        assert caught.value.reason is SkipReason.TOO_LONG
        assert len(env.calls("POST /comment")) == 1

    def test_an_unknown_language_is_not_sent(self, env: LemmyEnvironment) -> None:
        post = env.post()
        env.adapter().reply(str(post.id), "text", "tlh")
        assert "language_id" not in env.calls("POST /comment")[0].json()

    def test_a_language_that_the_community_does_not_allow_is_not_sent(self, env: LemmyEnvironment) -> None:
        env.community.languages = (GERMAN,)
        post = env.post(language_id=GERMAN)
        adapter = env.adapter()
        adapter.fetch_post(str(post.id))
        adapter.reply(str(post.id), "text", "en")
        adapter.reply(str(post.id), "Text", "de")
        bodies = [request.json() for request in env.calls("POST /comment")]
        assert [body.get("language_id") for body in bodies] == [None, GERMAN]
        assert len(env.calls("GET /community")) == 1

    def test_an_answer_without_the_comment_has_an_unknown_outcome(self, env: LemmyEnvironment) -> None:
        post = env.post()
        env.answer("POST /comment", 200, {"comment_view": {}})
        with pytest.raises(UnknownOutcome):
            env.adapter().reply(str(post.id), "text", None)

    def test_an_error_after_the_answer_does_not_hide_the_stored_reply(self, env: LemmyEnvironment) -> None:
        """Here the reload of the account is due after an hour, and the server is down."""
        post = env.post()

        def slowly(request: Request) -> Response | Disconnect:
            env.clock.advance(hours=2)
            env.answer("GET /site", 502, {})
            env.answer("GET /user/validate_auth", 502, {})
            return env.server.handle(request)

        env.answers["POST /comment"] = slowly
        assert env.adapter().reply(str(post.id), "text", None).post_id == str(post.id)

    @pytest.mark.parametrize(
        ("fault", "stored"),
        [
            (Fault.FAIL, 0),
            (Fault.DROP, 0),
            (Fault.STORE_THEN_FAIL, 1),
            (Fault.STORE_THEN_DROP, 1),
            (Fault.PARTIAL_STORE, 1),
            (Fault.LATE_COMMIT, 1),
        ],
    )
    def test_without_an_answer_reading_back_shows_whether_it_was_stored(
        self, env: LemmyEnvironment, fault: Fault, stored: int
    ) -> None:
        post = env.post()
        env.server.faults.plan(fault)
        adapter = env.adapter()
        with pytest.raises(UnknownOutcome):
            adapter.reply(str(post.id), "text", None)
        env.clock.advance(seconds=3)
        assert len(adapter.own_comments(str(post.id))) == stored
        assert len(env.calls("POST /comment")) == 1

    def test_a_rate_limit_error_of_the_server_is_retry_later(self, env: LemmyEnvironment) -> None:
        post = env.post()
        env.server.faults.plan(Fault.RATE_LIMIT)
        adapter = env.adapter()
        with pytest.raises(RetryLater) as caught:
            adapter.reply(str(post.id), "text", None)
        assert adapter.next_reply_at("news@home") == caught.value.retry_at > env.clock.now

    def test_edit_and_delete(self, env: LemmyEnvironment) -> None:
        post = env.post()
        adapter = env.adapter()
        comment = adapter.reply(str(post.id), "text", None)
        adapter.edit(comment.id, "better text")
        (stored,) = env.server.state.all_comments()
        assert stored.content == "better text"
        adapter.delete(comment.id)
        adapter.delete(comment.id)
        assert stored.deleted
        with pytest.raises(Refused):
            adapter.edit(comment.id, " ")

    def test_edit_and_delete_log_in_if_needed(self, env: LemmyEnvironment) -> None:
        post = env.post()
        mine = env.server.state.add_comment(post, env.bot, "text")
        env.adapter().edit(str(mine.id), "better")
        env.token_store.tokens.clear()
        env.adapter().delete(str(mine.id))
        assert (mine.content, mine.deleted) == ("better", True)


class TestOwnComments:
    def test_only_own_top_level_comments_of_the_post(self, env: LemmyEnvironment) -> None:
        state = env.server.state
        post, other = env.post(), env.post("other")
        theirs = state.add_comment(post, env.author, "hello")
        mine = state.add_comment(post, env.bot, "summary")
        state.add_comment(post, env.bot, "you are welcome", theirs)
        state.add_comment(other, env.bot, "elsewhere")
        (found,) = env.adapter().own_comments(str(post.id))
        assert (found.id, found.gone) == (str(mine.id), False)

    @pytest.mark.parametrize("way", ["deleted", "removed"])
    def test_deleted_and_removed_comments_are_included(self, env: LemmyEnvironment, way: str) -> None:
        post = env.post()
        setattr(env.server.state.add_comment(post, env.bot, "summary"), way, True)
        (found,) = env.adapter().own_comments(str(post.id))
        assert found.gone

    def test_no_own_comments(self, env: LemmyEnvironment) -> None:
        post = env.post()
        assert env.adapter().own_comments(str(post.id)) == ()

    def test_comments_hidden_by_the_accounts_settings_are_a_refusal(self, env: LemmyEnvironment) -> None:
        post = env.post(nsfw=True)
        asked = env.server.state.add_comment(post, env.author, "please")
        env.server.state.add_comment(post, env.bot, "summary")
        adapter = env.adapter()
        with pytest.raises(Refused, match="Show NSFW") as caught:
            adapter.own_comments(str(post.id))
        assert caught.value.reason is SkipReason.NSFW
        with pytest.raises(Refused, match="Show NSFW"):
            adapter.messaging().own_replies_to_comment(str(post.id), str(asked.id))

    @only_on(V3)
    def test_too_many_comments_to_check_are_an_error(
        self, env: LemmyEnvironment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.platforms.lemmy.own_comments._MAX_PAGES", 1)
        state = env.server.state
        post, other = env.post(), env.post("other")
        for _ in range(300):
            state.add_comment(post, env.author, "x")
        for _ in range(60):
            state.add_comment(other, env.bot, "x")
        with pytest.raises(Unreachable, match="too many comments"):
            env.adapter().own_comments(str(post.id))


class TestConnecting:
    def test_other_software_is_named_in_the_error(self, env: LemmyEnvironment) -> None:
        env.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "piefed", "version": "1.6.27"}})
        with pytest.raises(AccountError, match=r"runs Piefed 1\.6\.27, not Lemmy"):
            env.adapter().connect()
        assert env.calls("POST /user/login") == []

    @pytest.mark.parametrize("version", ["0.18.5", "0.20.0", "2.3"])
    def test_an_unsupported_version_is_named_in_the_error(self, env: LemmyEnvironment, version: str) -> None:
        env.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "Lemmy", "version": version}})
        with pytest.raises(AccountError, match=version):
            env.adapter().connect()

    @pytest.mark.parametrize("version", ["0.19.20", "0.19.3-rc.1", "unknown version"])
    def test_supported_versions(self, env: LemmyEnvironment, version: str) -> None:
        env.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "lemmy", "version": version}})
        env.adapter().connect()

    @pytest.mark.parametrize(
        "links",
        [
            *({}, [], {"links": []}),
            *(
                {"links": [{"rel": "nodeinfo", "href": href}]}
                for href in ("x", "https://x.example/\0", "http://[", f"https://x.example/{'a' * 70_000}")
            ),
        ],
    )
    def test_a_server_without_nodeinfo_is_tried(self, env: LemmyEnvironment, links: object) -> None:
        env.answer("GET /.well-known/nodeinfo", 200, links)
        env.adapter().connect()

    def test_the_account_is_reloaded_every_hour(self, env: LemmyEnvironment) -> None:
        adapter = env.adapter()
        adapter.poll(env.community_source, None, env.since())
        adapter.poll(env.community_source, None, env.since())
        assert len(env.calls("GET /site")) == 1
        env.clock.advance(minutes=61)
        env.bot.show_bot_accounts = False
        with pytest.raises(AccountError, match="hides bot accounts"):
            adapter.poll(env.community_source, None, env.since())

    @only_on(V4)
    def test_a_limit_lowered_while_the_bot_runs_is_read_again(self, env: LemmyEnvironment) -> None:
        assert env.server.limits is not None
        env.server.limits.set("comment", (6, 600))
        adapter, began = env.adapter(), env.clock.now
        for _ in range(2):
            adapter.reply(str(env.post().id), "text", None)
        env.server.limits.set("comment", (2, 60))
        env.clock.advance(seconds=20)
        with pytest.raises(RetryLater) as caught:
            adapter.reply(str(env.post().id), "text", None)
        assert caught.value.retry_at == began + timedelta(seconds=61)
        assert adapter.next_reply_at("news@home") == caught.value.retry_at
        env.clock.now = caught.value.retry_at
        adapter.reply(str(env.post().id), "text", None)
        assert adapter.rate_limits.limits()["comment"] == Limit(2, 60)

    @only_on(V3)
    def test_a_lowered_limit_is_waited_for_as_the_server_counts(self, env: LemmyEnvironment) -> None:
        """0.19 keeps its tokens, up to the new capacity; the next one comes 30 s after the last comment."""
        assert env.server.limits is not None
        env.server.limits.set("comment", (6, 600))
        adapter, began = env.adapter(), env.clock.now
        for _ in range(2):
            adapter.reply(str(env.post().id), "text", None)
        env.server.limits.set("comment", (2, 60))
        for _ in range(2):
            adapter.reply(str(env.post().id), "text", None)
        env.clock.advance(seconds=10)
        with pytest.raises(RetryLater) as caught:
            adapter.reply(str(env.post().id), "text", None)
        assert caught.value.retry_at == began + timedelta(seconds=31)
        assert adapter.next_reply_at("news@home") == caught.value.retry_at
        env.clock.now = caught.value.retry_at
        adapter.reply(str(env.post().id), "text", None)

    def test_rate_limits_are_those_of_the_server(self, env: LemmyEnvironment) -> None:
        adapter = env.adapter()
        assert adapter.rate_limits.limits()["comment"].capacity == 6
        adapter.connect()
        assert adapter.rate_limits.limits()["comment"].capacity == 10_000


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("2026-03-01T11:59:00.123456Z", datetime(2026, 3, 1, 11, 59, 0, 123456, UTC)),
        ("2026-03-01T11:59:00.123Z", datetime(2026, 3, 1, 11, 59, 0, 123000, UTC)),
        ("2026-03-01T11:59:00Z", datetime(2026, 3, 1, 11, 59, tzinfo=UTC)),
        ("2026-03-01T11:59:00.123456", datetime(2026, 3, 1, 11, 59, 0, 123456, UTC)),
        ("2026-03-01T13:59:00+02:00", datetime(2026, 3, 1, 11, 59, tzinfo=UTC)),
    ],
)
def test_all_formats_of_times(written: str, parsed: datetime) -> None:
    assert schemas_v3.Post.model_validate({"id": 1, "name": "t", "published": written}).published == parsed


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "262142-01-01"]
)
def test_times_out_of_range_are_errors(written: str) -> None:
    with pytest.raises(ValueError, match="published"):
        schemas_v3.Post.model_validate({"id": 1, "name": "t", "published": written})


@only_on(V4)
def test_tags_are_flair(env: LemmyEnvironment) -> None:
    env.post("plain", ago=2)
    env.post("marked", ago=1, tags=("Opinion", "Local"))
    plain, marked = env.adapter().poll(env.community_source, None, env.since()).posts
    assert (plain.flair, marked.flair) == (None, "Opinion, Local")
