"""The adapter against the sandbox, over real HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import Dialect, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.base import Platform
from bot.platforms.lemmy import schemas_v3
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.server_state import LANGUAGES
from bot.sandbox.loopback_server import Disconnect, Request, Response
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, ids, only_on

GERMAN, ENGLISH = LANGUAGES.index("de"), LANGUAGES.index("en")


def test_it_is_a_platform(stage: LemmyEnvironment) -> None:
    platform: Platform = stage.adapter()
    assert (platform.account, platform.dialect) == ("summaries", Dialect.LEMMY)


class TestPosts:
    def test_everything_a_post_says(self, stage: LemmyEnvironment) -> None:
        sandbox_post = stage.post("Storm warning", ago=5, language_id=GERMAN, score=7)
        (post,) = stage.adapter().poll(stage.community_source, None, stage.since()).posts
        host = stage.server.state.host
        assert post.account == "summaries"
        assert post.id == str(sandbox_post.id)
        assert post.community == f"news@{host}"
        assert post.author == f"alice@{host}"
        assert post.title == "Storm warning"
        assert post.url == "https://news.example/Storm-warning"
        assert post.permalink == f"{stage.front.url}/post/{post.id}"
        assert post.published == stage.clock.now - timedelta(minutes=5)
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
    def test_flags_of_the_post(self, stage: LemmyEnvironment, details: dict[str, bool], flag: str) -> None:
        stage.post(**details)
        (post,) = stage.adapter().poll(stage.community_source, None, stage.since()).posts
        assert getattr(post, flag)

    def test_a_crosspost_says_so_where_its_text_begins(self, stage: LemmyEnvironment) -> None:
        stage.post(body="cross-posted from: https://far.example/post/7\n\n> Its text.")
        stage.post(body="This was cross-posted from somewhere.")
        stage.post()
        posts = stage.adapter().poll(stage.community_source, None, stage.since()).posts
        assert [post.crosspost for post in posts] == [True, False, False]

    def test_nsfw_from_the_post_or_its_community(self, stage: LemmyEnvironment) -> None:
        stage.bot.show_nsfw = True
        adult = stage.server.state.add_community("adult", nsfw=True)
        stage.post(nsfw=True)
        stage.post(community=adult)
        posts = stage.adapter().poll(stage.all_posts, None, stage.since()).posts
        assert [post.nsfw for post in posts] == [True, True]

    def test_own_posts_and_those_of_other_bots(self, stage: LemmyEnvironment) -> None:
        world = stage.server.state
        feed = world.add_person("feed", bot_account=True)
        world.add_post(stage.community, stage.bot, "mine")
        world.add_post(stage.community, feed, "theirs")
        posts = stage.adapter().poll(stage.community_source, None, stage.since()).posts
        assert [(post.own, post.bot_author) for post in posts] == [(True, True), (False, True)]

    def test_a_post_without_a_link(self, stage: LemmyEnvironment) -> None:
        stage.post(url=None)
        (post,) = stage.adapter().poll(stage.community_source, None, stage.since()).posts
        assert (post.url, post.language) == (None, None)

    def test_a_community_of_another_server(self, stage: LemmyEnvironment) -> None:
        far = stage.server.state.add_community("Far", host="Elsewhere.example")
        stage.post(community=far)
        source = Source("summaries", "far@elsewhere.example")
        (post,) = stage.adapter().poll(source, None, stage.since()).posts
        assert post.community == "far@elsewhere.example"

    def test_everything_takes_in_all_communities(self, stage: LemmyEnvironment) -> None:
        far = stage.server.state.add_community("far", host="elsewhere.example")
        stage.post()
        stage.post(community=far)
        assert ids(stage.adapter().poll(stage.all_posts, None, stage.since())) == [1, 2]

    def test_an_unknown_community_is_said_by_name(self, stage: LemmyEnvironment) -> None:
        for name in ("nosuch", "nosuch@elsewhere.example"):
            with pytest.raises(Unreachable, match=f"no community {name}"):
                stage.adapter().poll(Source("summaries", name), None, stage.since())

    def test_reread_tells_what_has_come_since(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        adapter = stage.adapter()
        assert not adapter.fetch_post(str(post.id)).locked
        post.locked = True
        assert adapter.fetch_post(str(post.id)).locked
        post.removed = True
        gone = adapter.fetch_post(str(post.id))
        assert (gone.id, gone.gone) == (str(post.id), True)

    @pytest.mark.parametrize("wrong", [{"id": "x"}, {"published": "yesterday"}, {"name": None}])
    def test_one_bad_post_holds_up_no_other(self, stage: LemmyEnvironment, wrong: dict[str, object]) -> None:
        stage.post("good")
        stage.post("bad")
        page = stage.server.handle

        def spoiled(request: Request) -> Response:
            body = json.loads(page(request).body)
            views = body["items" if stage.is_v4 else "posts"]
            bad = next(view["post"] for view in views if view["post"]["name"] == "bad")
            new_names = {"published": "published_at"} if stage.is_v4 else {}
            bad.update({new_names.get(name, name): value for name, value in wrong.items()})
            return Response.from_json(body)

        stage.answers["GET /post/list"] = spoiled
        batch = stage.adapter().poll(stage.community_source, None, stage.since())
        assert [post.title for post in batch.posts] == ["good"]
        assert len(batch.parse_errors) == 1


class TestReplies:
    def test_a_reply_is_stored_as_it_was_written(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        markdown = "Ein Satz.\r\n\r\n::: spoiler Mehr\nNoch einer.  \n:::"
        comment = stage.adapter().reply(str(post.id), markdown, "de")
        (stored,) = stage.server.state.all_comments()
        assert (stored.content, stored.post, stored.language_id) == (markdown, post, GERMAN)
        assert (comment.id, comment.post_id, comment.parent_id) == (str(stored.id), str(post.id), None)
        assert comment.url == f"{stage.front.url}/comment/{stored.id}"
        assert comment.published == stage.clock.now

    @pytest.mark.parametrize("text", ["", " \n\t ", "a\0b", "half \ud83d"])
    def test_text_that_the_server_would_take_badly_never_leaves(
        self, stage: LemmyEnvironment, text: str
    ) -> None:
        post = stage.post()
        with pytest.raises(Refused) as caught:
            stage.adapter().reply(str(post.id), text, None)
        assert caught.value.reason is SkipReason.REFUSED
        assert stage.calls("POST /comment") == []

    @pytest.mark.parametrize("letter", ["x", "ä", "😀"])
    def test_the_longest_text_is_counted_as_the_server_counts(
        self, stage: LemmyEnvironment, letter: str
    ) -> None:
        post = stage.post()
        fits = 5_000 if letter == "😀" else 10_000
        adapter = stage.adapter()
        adapter.reply(str(post.id), letter * fits, None)
        with pytest.raises(Refused) as caught:
            adapter.reply(str(post.id), letter * (fits + 1), None)
        assert caught.value.reason is SkipReason.TOO_LONG
        assert len(stage.calls("POST /comment")) == 1

    def test_an_unknown_language_is_left_out(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        stage.adapter().reply(str(post.id), "text", "tlh")
        assert "language_id" not in stage.calls("POST /comment")[0].json()

    def test_a_language_that_the_community_lacks_is_left_out_beforehand(
        self, stage: LemmyEnvironment
    ) -> None:
        stage.community.languages = (GERMAN,)
        post = stage.post(language_id=GERMAN)
        adapter = stage.adapter()
        adapter.fetch_post(str(post.id))
        adapter.reply(str(post.id), "text", "en")
        adapter.reply(str(post.id), "Text", "de")
        bodies = [request.json() for request in stage.calls("POST /comment")]
        assert [body.get("language_id") for body in bodies] == [None, GERMAN]
        assert len(stage.calls("GET /community")) == 1

    def test_an_answer_without_the_comment_leaves_it_open(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        stage.answer("POST /comment", 200, {"comment_view": {}})
        with pytest.raises(UnknownOutcome):
            stage.adapter().reply(str(post.id), "text", None)

    def test_nothing_that_fails_after_the_answer_hides_that_it_was_stored(
        self, stage: LemmyEnvironment
    ) -> None:
        """Not even that an hour has gone by, and it is time to look around again on a dead server."""
        post = stage.post()

        def slowly(request: Request) -> Response | Disconnect:
            stage.clock.advance(hours=2)
            stage.answer("GET /site", 502, {})
            stage.answer("GET /user/validate_auth", 502, {})
            return stage.server.handle(request)

        stage.answers["POST /comment"] = slowly
        assert stage.adapter().reply(str(post.id), "text", None).post_id == str(post.id)

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
    def test_no_answer_is_ambiguous_and_reading_back_tells(
        self, stage: LemmyEnvironment, fault: Fault, stored: int
    ) -> None:
        post = stage.post()
        stage.server.faults.plan(fault)
        adapter = stage.adapter()
        with pytest.raises(UnknownOutcome):
            adapter.reply(str(post.id), "text", None)
        stage.clock.advance(seconds=3)
        assert len(adapter.own_comments(str(post.id))) == stored
        assert len(stage.calls("POST /comment")) == 1

    def test_a_limit_met_anyway_is_not_before(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        stage.server.faults.plan(Fault.RATE_LIMIT)
        adapter = stage.adapter()
        with pytest.raises(RetryLater) as caught:
            adapter.reply(str(post.id), "text", None)
        assert adapter.next_reply_at("news@home") == caught.value.retry_at > stage.clock.now

    def test_edit_and_delete(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        adapter = stage.adapter()
        comment = adapter.reply(str(post.id), "text", None)
        adapter.edit(comment.id, "better text")
        (stored,) = stage.server.state.all_comments()
        assert stored.content == "better text"
        adapter.delete(comment.id)
        adapter.delete(comment.id)
        assert stored.deleted
        with pytest.raises(Refused):
            adapter.edit(comment.id, " ")

    def test_edit_and_delete_log_in_by_themselves(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        mine = stage.server.state.add_comment(post, stage.bot, "text")
        stage.adapter().edit(str(mine.id), "better")
        stage.token_store.tokens.clear()
        stage.adapter().delete(str(mine.id))
        assert (mine.content, mine.deleted) == ("better", True)


class TestReadingBack:
    def test_only_own_top_level_comments_of_the_post(self, stage: LemmyEnvironment) -> None:
        world = stage.server.state
        post, other = stage.post(), stage.post("other")
        theirs = world.add_comment(post, stage.author, "hello")
        mine = world.add_comment(post, stage.bot, "summary")
        world.add_comment(post, stage.bot, "you are welcome", theirs)
        world.add_comment(other, stage.bot, "elsewhere")
        (found,) = stage.adapter().own_comments(str(post.id))
        assert (found.id, found.gone) == (str(mine.id), False)

    @pytest.mark.parametrize("way", ["deleted", "removed"])
    def test_deleted_and_removed_ones_count(self, stage: LemmyEnvironment, way: str) -> None:
        post = stage.post()
        setattr(stage.server.state.add_comment(post, stage.bot, "summary"), way, True)
        (found,) = stage.adapter().own_comments(str(post.id))
        assert found.gone

    def test_nothing_there(self, stage: LemmyEnvironment) -> None:
        post = stage.post()
        assert stage.adapter().own_comments(str(post.id)) == ()

    def test_hidden_by_the_accounts_own_settings_is_not_nothing(self, stage: LemmyEnvironment) -> None:
        post = stage.post(nsfw=True)
        stage.server.state.add_comment(post, stage.bot, "summary")
        with pytest.raises(Unreachable, match="Show NSFW"):
            stage.adapter().own_comments(str(post.id))

    @only_on(V3)
    def test_too_many_to_tell_is_not_nothing(
        self, stage: LemmyEnvironment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.platforms.lemmy.own_comments._MAX_PAGES", 1)
        world = stage.server.state
        post, other = stage.post(), stage.post("other")
        for _ in range(300):
            world.add_comment(post, stage.author, "x")
        for _ in range(60):
            world.add_comment(other, stage.bot, "x")
        with pytest.raises(Unreachable, match="too many comments"):
            stage.adapter().own_comments(str(post.id))


class TestConnecting:
    def test_another_software_is_said_by_name(self, stage: LemmyEnvironment) -> None:
        stage.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "piefed", "version": "1.6.27"}})
        with pytest.raises(AccountError, match=r"runs Piefed 1\.6\.27, not Lemmy"):
            stage.adapter().connect()
        assert stage.calls("POST /user/login") == []

    @pytest.mark.parametrize("version", ["0.18.5", "0.20.0", "2.3"])
    def test_another_version_is_said(self, stage: LemmyEnvironment, version: str) -> None:
        stage.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "Lemmy", "version": version}})
        with pytest.raises(AccountError, match=version):
            stage.adapter().connect()

    @pytest.mark.parametrize("version", ["0.19.20", "0.19.3-rc.1", "unknown version"])
    def test_versions_that_are_spoken(self, stage: LemmyEnvironment, version: str) -> None:
        stage.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "lemmy", "version": version}})
        stage.adapter().connect()

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
    def test_a_server_that_does_not_say_is_tried(self, stage: LemmyEnvironment, links: object) -> None:
        stage.answer("GET /.well-known/nodeinfo", 200, links)
        stage.adapter().connect()

    def test_it_looks_around_again_every_hour(self, stage: LemmyEnvironment) -> None:
        adapter = stage.adapter()
        adapter.poll(stage.community_source, None, stage.since())
        adapter.poll(stage.community_source, None, stage.since())
        assert len(stage.calls("GET /site")) == 1
        stage.clock.advance(minutes=61)
        stage.bot.show_bot_accounts = False
        with pytest.raises(AccountError, match="hides bot accounts"):
            adapter.poll(stage.community_source, None, stage.since())

    def test_limits_are_taken_over_from_the_server(self, stage: LemmyEnvironment) -> None:
        adapter = stage.adapter()
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
def test_times_in_all_their_forms(written: str, parsed: datetime) -> None:
    assert schemas_v3.Post.model_validate({"id": 1, "name": "t", "published": written}).published == parsed


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "262142-01-01"]
)
def test_times_out_of_range_are_no_crash(written: str) -> None:
    with pytest.raises(ValueError, match="published"):
        schemas_v3.Post.model_validate({"id": 1, "name": "t", "published": written})


@only_on(V4)
def test_tags_are_flair(stage: LemmyEnvironment) -> None:
    stage.post("plain", ago=2)
    stage.post("marked", ago=1, tags=("Opinion", "Local"))
    plain, marked = stage.adapter().poll(stage.community_source, None, stage.since()).posts
    assert (plain.flair, marked.flair) == (None, "Opinion, Local")
