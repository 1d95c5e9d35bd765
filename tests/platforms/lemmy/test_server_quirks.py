"""The traps of Lemmy 0.19 and 1.0 that cost a reply, a double reply or a ban, each by its number.

1 time-outs, 2 poisoned connections, 3 parents that do not exist, 4 blank text, 5 own comments that
the account is not shown, 6 rate limits, 9 edits, 10 bans, 11 languages, 12 pins, dates and late
arrivals, 13 communities of other servers, 14 bad tokens, 16 null fields. Of the missing numbers 8 is
the renderer's, 15 is in `test_setup`, and 17 concerns other software. What `only` does not narrow
down is run against both versions.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome
from bot.core.models import PollResult, Reply
from bot.core.models import Post as Read
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call
from bot.platforms.api_client import ApiClient
from bot.platforms.lemmy import Lemmy
from bot.platforms.lemmy.errors import parse_error
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy import Post
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS, FixedWindows
from bot.sandbox.lemmy.server_state import LANGUAGES
from bot.sandbox.loopback_server import Request, Response
from bot.store import Database, PostQueue
from bot.store.status_reports import all_posts
from tests.platforms.clock import ManualClock
from tests.platforms.lemmy.conftest import V4, LemmyEnvironment, ids, only_on
from tests.platforms.lemmy.test_upgrade import make_outbox

GERMAN = LANGUAGES.index("de")


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_DROP, Fault.PARTIAL_STORE, Fault.STORE_THEN_FAIL])
def test_trap_01_no_answer_may_mean_stored_and_is_never_repeated(
    stage: LemmyEnvironment, fault: Fault
) -> None:
    post = stage.post()
    stage.server.faults.plan(fault)
    adapter = stage.adapter()
    with pytest.raises(UnknownOutcome):
        adapter.reply(str(post.id), "text", None)
    assert len(stage.server.state.all_comments()) == 1
    assert len(adapter.own_comments(str(post.id))) == 1


@pytest.fixture
def poisonous() -> Iterator[str]:
    """Answers 401 before it reads the body, and then never again on the same connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            body = b'{"error":"incorrect_login"}'
            connection.sendall(
                b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(body), body)
            )

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for connection in held:
        connection.close()


def test_trap_02_a_connection_that_was_answered_too_early_is_not_used_again(poisonous: str) -> None:
    client = ApiClient(poisonous, "precis-test/1", timedelta(seconds=5), ManualClock(), parse_error)
    call = Call("POST", "/api/v3/comment", "comment", body={"content": "text"})
    for _ in range(3):
        with pytest.raises(ApiError):
            client.send(call, "token")
    client.close()


def test_trap_02_each_writing_call_asks_for_a_connection_of_its_own(stage: LemmyEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    comment = adapter.reply(str(post.id), "text", None)
    adapter.edit(comment.id, "better")
    adapter.delete(comment.id)
    writes = [request for request in stage.server.requests if request.method != "GET"]
    assert len(writes) == 4
    assert {request.headers["Connection"] for request in writes} == {"close"}


def test_trap_03_a_reply_that_landed_elsewhere_is_noticed(stage: LemmyEnvironment) -> None:
    post = stage.post()

    def elsewhere(request: Request) -> Response:
        parent = stage.server.state.add_comment(post, stage.author, "hello")
        comment = stage.server.state.add_comment(post, stage.bot, "text", parent)
        row = {
            "id": comment.id,
            "post_id": post.id,
            "creator_id": stage.bot.id,
            "path": comment.path,
            "published_at" if stage.is_v4 else "published": "2026-03-01T12:00:00Z",
        }
        return Response.from_json({"comment_view": {"comment": row}})

    stage.answers["POST /comment"] = elsewhere
    with pytest.raises(UnknownOutcome, match="in another place"):
        stage.adapter().reply(str(post.id), "text", None)


def test_trap_04_blank_text_is_refused_by_ourselves(stage: LemmyEnvironment) -> None:
    post = stage.post()
    with pytest.raises(Refused):
        stage.adapter().reply(str(post.id), " \n", None)
    assert stage.server.state.all_comments() == []


@only_on(V4)
def test_trap_01_the_idempotency_key_holds_back_a_second_reply_and_tells_nothing(
    stage: LemmyEnvironment,
) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.reply(str(post.id), "text", None)
    with pytest.raises(UnknownOutcome, match="422"):
        adapter.reply(str(post.id), "text", None)
    assert len(stage.server.state.all_comments()) == 1
    stage.clock.advance(minutes=3)
    adapter.reply(str(post.id), "text", None)
    assert len(stage.server.state.all_comments()) == 2  # the outbox is what prevents this


@only_on(V4)
def test_trap_01_a_failed_try_uses_the_key_up_but_not_for_good(stage: LemmyEnvironment) -> None:
    post = stage.post(locked=True)
    adapter = stage.adapter()
    with pytest.raises(Refused):
        adapter.reply(str(post.id), "text", None)
    post.locked = False
    with pytest.raises(UnknownOutcome):
        adapter.reply(str(post.id), "text", None)
    assert adapter.own_comments(str(post.id)) == ()
    stage.clock.advance(minutes=3)
    adapter.reply(str(post.id), "text", None)
    assert len(adapter.own_comments(str(post.id))) == 1


@only_on(V4)
def test_trap_05_own_replies_take_one_request_however_many_comments_there_are(
    stage: LemmyEnvironment,
) -> None:
    world = stage.server.state
    stage.bot.show_nsfw = True
    post, other = stage.post(), stage.post("other")
    mine = world.add_comment(post, stage.bot, "summary")
    for _ in range(60):
        world.add_comment(post, stage.bot, "an answer", mine)
        world.add_comment(other, stage.bot, "elsewhere")
    found = stage.adapter().own_comments(str(post.id))
    assert [comment.id for comment in found] == [str(mine.id)]
    assert len(stage.calls("GET /comment/list")) == 2  # 61 own comments are two pages


@only_on(V4)
def test_trap_05_languages_without_undetermined_hide_own_replies_and_the_account_is_not_used(
    stage: LemmyEnvironment,
) -> None:
    stage.bot.languages = (LANGUAGES.index("en"),)
    with pytest.raises(AccountError, match="could not see its own replies") as caught:
        stage.adapter().connect()
    assert "Undetermined" in caught.value.remedy


def test_trap_05_an_own_reply_below_300_newer_comments_is_found(stage: LemmyEnvironment) -> None:
    world = stage.server.state
    post, other = stage.post(ago=60), stage.post("other")
    mine = world.add_comment(post, stage.bot, "summary")
    for _ in range(70):
        stage.clock.advance(seconds=1)
        world.add_comment(other, stage.bot, "elsewhere")
    for _ in range(305):
        world.add_comment(post, stage.author, "x")
    found = stage.adapter().own_comments(str(post.id))
    assert [comment.id for comment in found] == [str(mine.id)]


def test_trap_05_an_account_that_hides_bots_cannot_see_itself_and_is_not_used(
    stage: LemmyEnvironment,
) -> None:
    stage.bot.show_bot_accounts = False
    adapter = stage.adapter()
    with pytest.raises(AccountError, match="hides bot accounts") as caught:
        adapter.connect()
    with pytest.raises(AccountError, match="hides bot accounts"):
        adapter.own_comments(str(stage.post().id))
    assert "Show Bot Accounts" in caught.value.remedy


def test_trap_05_a_reply_is_not_written_in_a_language_that_the_account_is_not_shown(
    stage: LemmyEnvironment,
) -> None:
    stage.bot.languages = (0, LANGUAGES.index("en"))
    post = stage.post()
    adapter = stage.adapter()
    adapter.reply(str(post.id), "Ein Text.", "de")
    assert len(adapter.own_comments(str(post.id))) == 1


def test_trap_06_forty_posts_under_default_limits_meet_no_limit(stage: LemmyEnvironment) -> None:
    stage.server.limits = type(stage.server.limits)(stage.clock, DEFAULT_LIMITS)
    posts = [stage.post(f"Post {number}") for number in range(40)]
    adapter = stage.adapter()
    started = stage.clock.now
    for post in posts:
        ready = adapter.next_reply_at("news@home")
        if ready is not None:
            stage.clock.now = ready
        adapter.reply(str(post.id), "text", None)
    assert len(stage.server.state.all_comments()) == len(stage.calls("POST /comment")) == 40
    assert stage.clock.now - started < timedelta(seconds=(601 * 7 if stage.is_v4 else 101 * 35) + 10)


def test_trap_06_many_threads_share_one_bucket(stage: LemmyEnvironment) -> None:
    stage.server.limits = type(stage.server.limits)(stage.clock, DEFAULT_LIMITS)
    posts = [stage.post(f"Post {number}") for number in range(16)]
    adapter = stage.adapter()
    adapter.connect()

    def reply(post: Post) -> bool:
        try:
            adapter.reply(str(post.id), "text", None)
        except RetryLater:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        replied = list(threads.map(reply, posts))
    assert sum(replied) == len(stage.calls("POST /comment")) == 5  # one is left for other people


def test_trap_06_a_refused_try_costs_a_token_too(stage: LemmyEnvironment) -> None:
    stage.server.limits = type(stage.server.limits)(stage.clock, DEFAULT_LIMITS)
    locked = stage.post(locked=True)
    adapter = stage.adapter()
    for number in range(5):
        with pytest.raises(Refused):
            adapter.reply(str(locked.id), f"text {number}", None)
    assert adapter.next_reply_at("news@home") is not None


@only_on(V4)
def test_trap_06_the_limit_of_comments_is_read_from_the_site_and_not_from_headers(
    stage: LemmyEnvironment,
) -> None:
    stage.server.limits = FixedWindows(stage.clock, {"comment": (3, 60)})
    adapter = stage.adapter()
    for number in range(2):
        adapter.reply(str(stage.post().id), f"text {number}", None)
    until = stage.clock.now + timedelta(seconds=61)  # one is left for others
    assert adapter.next_reply_at("news@home") == until


@only_on(V4)
def test_trap_06_a_window_opened_by_somebody_else_is_never_run_into(stage: LemmyEnvironment) -> None:
    """Our burst falls on the end of one window and the beginning of the next."""
    stage.server.limits = FixedWindows(stage.clock, {"comment": (6, 600)})
    stage.server.limits.allow("comment", "127.0.0.1")
    stage.clock.advance(seconds=590)
    adapter = stage.adapter()
    started = stage.clock.now
    for number in range(20):
        stage.clock.now = adapter.next_reply_at("news@home") or stage.clock.now
        adapter.reply(str(stage.post().id), f"text {number}", None)
    assert len(stage.calls("POST /comment")) == len(stage.server.state.all_comments()) == 20
    assert stage.clock.now - started <= timedelta(seconds=3 * 601)


@only_on(V4)
def test_trap_06_a_comment_counts_as_a_message_too(stage: LemmyEnvironment) -> None:
    stage.server.limits = FixedWindows(stage.clock, {"message": (8, 60), "comment": (100, 60)})
    adapter = stage.adapter()
    post = stage.post()
    for number in range(4):  # after the site, the account and the token's check or log-in
        adapter.reply(str(post.id), f"text {number}", None)
    with pytest.raises(RetryLater):
        adapter.reply(str(post.id), "one too many", None)
    assert len(stage.server.requests) == 7  # one is left for others


def test_trap_10_a_ban_in_the_community_shows_before_the_try(stage: LemmyEnvironment) -> None:
    post = stage.post()
    stage.community.banned.add(stage.bot.id)
    adapter = stage.adapter()
    assert adapter.fetch_post(str(post.id)).banned
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.BANNED


def test_trap_10_a_ban_from_the_server_is_for_a_person_to_mend(stage: LemmyEnvironment) -> None:
    """1.0 lets a banned account log in and read, and says so only when it writes."""
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.clock.advance(minutes=30)
    stage.bot.banned = True
    for _ in range(3):
        stage.clock.advance(minutes=4)
        with pytest.raises(AccountError, match="banned from the whole server"):
            adapter.reply(str(post.id), "text", None)
    assert len(stage.calls("POST /user/login")) == (1 if stage.is_v4 else 2)


def test_trap_11_a_refused_language_is_left_out_at_the_second_try(stage: LemmyEnvironment) -> None:
    """The one repeat of a writing call: the refusal is definite, so nothing was stored."""
    stage.community.languages = (GERMAN,)
    post = stage.post()
    stage.adapter().reply(str(post.id), "text", "en")
    bodies = [request.json() for request in stage.calls("POST /comment")]
    assert ["language_id" in body for body in bodies] == [True, False]
    assert len(stage.server.state.all_comments()) == 1


def test_trap_11_undetermined_is_never_sent(stage: LemmyEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    for language in (None, "", "und"):
        adapter.reply(str(post.id), f"text {language}", language)
    assert all("language_id" not in request.json() for request in stage.calls("POST /comment"))


def test_trap_12_pins_and_the_future_neither_hide_news_nor_come_again(stage: LemmyEnvironment) -> None:
    stage.post("pin", ago=60 * 24 * 30, featured_community=True, featured_local=True)
    stage.post("old", ago=30)
    stage.post("tomorrow", ago=-60 * 24)
    adapter = stage.adapter()
    for source in (stage.community_source, stage.all_posts):
        first = adapter.poll(source, None, stage.since())
        assert [post.title for post in first.posts] == ["old", "tomorrow"]
        news = stage.post("news", ago=0)
        second = adapter.poll(source, first.cursor, stage.since())
        assert [post.title for post in second.posts] == ["news"]
        assert adapter.poll(source, second.cursor, stage.since()).posts == ()
        del stage.server.state.posts[news.id]


def test_trap_12_a_post_that_arrives_late_from_another_server_is_found(stage: LemmyEnvironment) -> None:
    for number in range(120):
        stage.post(f"Post {number}", ago=120 - number)
    adapter = stage.adapter()
    cursor = adapter.poll(stage.community_source, None, stage.since()).cursor
    late = stage.post("late", ago=110.5)
    stage.clock.advance(minutes=2)
    assert ids(adapter.poll(stage.community_source, cursor, stage.since())) == [late.id]


@only_on(V4)
def test_trap_12_a_page_that_is_just_full_is_followed_by_an_empty_one(stage: LemmyEnvironment) -> None:
    for number in range(50):
        stage.post(f"Post {number}", ago=number + 1)
    assert len(stage.adapter().poll(stage.community_source, None, stage.since()).posts) == 50
    assert [request.query.get("page_cursor") is None for request in stage.calls("GET /post/list")] == [
        True,
        False,
    ]


@only_on(V4)
def test_trap_14_the_token_is_asked_to_last(stage: LemmyEnvironment) -> None:
    stage.adapter().connect()
    assert stage.calls("POST /user/login")[0].json()["stay_logged_in"] is True


def test_trap_14_a_bad_token_is_found_out_though_lists_are_answered(stage: LemmyEnvironment) -> None:
    stage.post()
    stage.adapter().connect()
    stage.server.revoke_tokens()
    stage.clock.advance(minutes=30)
    adapter = stage.adapter()
    adapter.connect()
    adapter.poll(stage.community_source, None, stage.since())
    token = stage.calls("GET /post/list")[-1].headers["Authorization"].removeprefix("Bearer ")
    assert stage.server._tokens[token] is stage.bot


def test_trap_16_fields_that_are_null_may_be_left_out(stage: LemmyEnvironment) -> None:
    stage.post(url=None)
    adapter = stage.adapter()
    (post,) = adapter.poll(stage.community_source, None, stage.since()).posts
    path, key = ("v4/post/list?type_=all", "items") if stage.is_v4 else ("v3/post/list?type_=All", "posts")
    (view,) = httpx2.get(f"{stage.front.url}/api/{path}", trust_env=False).json()[key]
    assert "url" not in view["post"]
    assert post.url is None


def test_trap_09_a_reply_is_written_whole_and_never_edited_afterwards(
    stage: LemmyEnvironment, database: Database
) -> None:
    """1.0 notifies the author of the post at every edit: so none is part of an ordinary reply."""
    through_the_outbox(stage, database, stage.post())
    writes = [request.method for request in stage.server.requests if request.path.endswith("/comment")]
    assert writes.count("POST") == 1
    assert "PUT" not in writes


def test_trap_13_what_another_server_says_of_its_post_is_heard_before_the_reply_leaves(
    stage: LemmyEnvironment, database: Database
) -> None:
    """The own server says yes to a comment that the community's may refuse later."""
    afar = stage.server.state.add_community("news", host="other.example")
    open_, locked = stage.post("open", community=afar), stage.post("locked", community=afar)
    adapter = stage.adapter()
    queued(stage, database, [adapter.fetch_post(str(post.id)) for post in (open_, locked)])
    locked.locked = True
    run_outbox(stage, database, adapter)
    assert [comment.post for comment in stage.server.state.all_comments()] == [open_]


def test_trap_13_a_reply_that_the_community_never_took_is_not_written_again(
    stage: LemmyEnvironment, database: Database
) -> None:
    """It stays on the own server, where the bot finds it, also after the database was lost."""
    afar = stage.server.state.add_community("news", host="other.example")
    post = stage.post(community=afar)
    stage.server.state.add_comment(post, stage.bot, "Of an earlier database.")
    through_the_outbox(stage, database, post)
    assert len(stage.server.state.all_comments()) == 1
    assert {report.state for report in all_posts(database)} == {"sent"}


def through_the_outbox(stage: LemmyEnvironment, database: Database, post: Post) -> None:
    adapter = stage.adapter()
    queued(stage, database, [adapter.fetch_post(str(post.id))])
    run_outbox(stage, database, adapter)


def queued(stage: LemmyEnvironment, database: Database, posts: list[Read]) -> None:
    """Posts whose replies are written, and may go."""
    queue = PostQueue(database)
    queue.discover(stage.community_source, PollResult(tuple(posts), "-"), stage.clock())
    for task in queue.claim(stage.clock(), 10, timedelta(minutes=5)):
        reply = Reply(f"About {task.post.id}.", "en", 900, 90, 90)
        queue.make_ready(task.row, reply, stage.clock(), stage.clock())


def run_outbox(stage: LemmyEnvironment, database: Database, adapter: Lemmy) -> None:
    stage.clock.advance(minutes=5)
    outbox = make_outbox(stage, database, adapter)
    while outbox.process_next():
        pass
