"""The quirks of Lemmy 0.19 and 1.0 that can cause a lost reply, a double reply or a ban, by number.

1 timeouts, 2 broken connections, 3 parents that do not exist, 4 blank text, 5 own comments that the
account does not see, 6 rate limits, 9 edits, 10 bans, 11 languages, 12 pinned posts, dates and late
arrivals, 13 communities of other servers, 14 bad tokens, 16 null fields. Of the missing numbers, 7 is
in `test_messaging`, 8 in the tests of the renderer, 15 in `test_account_setup`, and 17 concerns other
software. Tests without `only_on` run with both versions.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome
from bot.core.models import PollResult, Reply
from bot.core.models import Post as CorePost
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
from bot.store.post_lookup import all_posts
from tests.platforms.clock import ManualClock
from tests.platforms.lemmy.conftest import V4, LemmyEnvironment, ids, only_on
from tests.platforms.lemmy.test_upgrade import make_outbox

GERMAN = LANGUAGES.index("de")


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_DROP, Fault.PARTIAL_STORE, Fault.STORE_THEN_FAIL])
def test_quirk_01_a_reply_without_an_answer_may_be_stored_and_is_not_repeated(
    env: LemmyEnvironment, fault: Fault
) -> None:
    post = env.post()
    env.server.faults.plan(fault)
    adapter = env.adapter()
    with pytest.raises(UnknownOutcome):
        adapter.reply(str(post.id), "text", None)
    assert len(env.server.state.all_comments()) == 1
    assert len(adapter.own_comments(str(post.id))) == 1


@pytest.fixture
def early_answering_server() -> Iterator[str]:
    """A server that answers 401 before it reads the body, and then never again on the same connection."""
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


def test_quirk_02_a_connection_with_an_early_answer_is_not_reused(early_answering_server: str) -> None:
    client = ApiClient(
        early_answering_server, "precis-test/1", timedelta(seconds=5), ManualClock(), parse_error
    )
    call = Call("POST", "/api/v3/comment", "comment", body={"content": "text"})
    for _ in range(3):
        with pytest.raises(ApiError):
            client.send(call, "token")
    client.close()


def test_quirk_02_each_write_call_uses_its_own_connection(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    comment = adapter.reply(str(post.id), "text", None)
    adapter.edit(comment.id, "better")
    adapter.delete(comment.id)
    writes = [request for request in env.server.requests if request.method != "GET"]
    assert len(writes) == 4
    assert {request.headers["Connection"] for request in writes} == {"close"}


def test_quirk_03_a_reply_stored_elsewhere_is_noticed(env: LemmyEnvironment) -> None:
    post = env.post()

    def store_as_reply_to_a_comment(request: Request) -> Response:
        parent = env.server.state.add_comment(post, env.author, "hello")
        comment = env.server.state.add_comment(post, env.bot, "text", parent)
        row = {
            "id": comment.id,
            "post_id": post.id,
            "creator_id": env.bot.id,
            "path": comment.path,
            "published_at" if env.is_v4 else "published": "2026-03-01T12:00:00Z",
        }
        return Response.from_json({"comment_view": {"comment": row}})

    env.answers["POST /comment"] = store_as_reply_to_a_comment
    with pytest.raises(UnknownOutcome, match="stored elsewhere"):
        env.adapter().reply(str(post.id), "text", None)


def test_quirk_04_blank_text_is_not_sent(env: LemmyEnvironment) -> None:
    post = env.post()
    with pytest.raises(Refused):
        env.adapter().reply(str(post.id), " \n", None)
    assert env.server.state.all_comments() == []


@only_on(V4)
def test_quirk_01_the_idempotency_key_prevents_a_second_reply_with_an_unknown_outcome(
    env: LemmyEnvironment,
) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.reply(str(post.id), "text", None)
    with pytest.raises(UnknownOutcome, match="422"):
        adapter.reply(str(post.id), "text", None)
    assert len(env.server.state.all_comments()) == 1
    env.clock.advance(minutes=3)
    adapter.reply(str(post.id), "text", None)
    assert len(env.server.state.all_comments()) == 2  # the outbox prevents this


@only_on(V4)
def test_quirk_01_a_refused_request_uses_its_key_up_so_the_next_one_has_another(
    env: LemmyEnvironment,
) -> None:
    post = env.post(locked=True)
    for refused_sends in range(2):
        with pytest.raises(Refused):
            env.adapter().reply(str(post.id), "text", None, refused_sends=refused_sends)
    post.locked = False
    env.adapter().reply(str(post.id), "text", None, refused_sends=2)
    keys = [seen.headers["Idempotency-Key"] for seen in env.calls("POST /comment")]
    assert len(set(keys)) == 3
    assert all(len(key) <= 32 for key in keys)


@only_on(V4)
def test_quirk_01_a_request_without_an_answer_is_sent_again_with_the_same_key(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    env.answer("POST /comment", 500, {})
    for _ in range(2):
        with pytest.raises(UnknownOutcome):
            adapter.reply(str(post.id), "text", None)
    sent = [seen for seen in env.proxy_requests if seen.path == "/api/v4/comment"]
    assert len({seen.headers["Idempotency-Key"] for seen in sent}) == 1
    del env.answers["POST /comment"]
    assert adapter.own_comments(str(post.id)) == ()
    env.clock.advance(minutes=3)
    adapter.reply(str(post.id), "text", None)
    assert len(adapter.own_comments(str(post.id))) == 1


@only_on(V4)
def test_quirk_05_own_replies_are_found_with_one_list_call_per_page(
    env: LemmyEnvironment,
) -> None:
    state = env.server.state
    env.bot.show_nsfw = True
    post, other = env.post(), env.post("other")
    mine = state.add_comment(post, env.bot, "summary")
    for _ in range(60):
        state.add_comment(post, env.bot, "an answer", mine)
        state.add_comment(other, env.bot, "elsewhere")
    found = env.adapter().own_comments(str(post.id))
    assert [comment.id for comment in found] == [str(mine.id)]
    assert len(env.calls("GET /comment/list")) == 2  # 61 own comments are two pages


@only_on(V4)
def test_quirk_05_languages_without_undetermined_hide_own_replies_so_connecting_fails(
    env: LemmyEnvironment,
) -> None:
    env.bot.languages = (LANGUAGES.index("en"),)
    with pytest.raises(AccountError, match="could not see its own replies") as caught:
        env.adapter().connect()
    assert "Undetermined" in caught.value.remedy


def test_quirk_05_an_own_reply_below_300_newer_comments_is_found(env: LemmyEnvironment) -> None:
    state = env.server.state
    post, other = env.post(ago=60), env.post("other")
    mine = state.add_comment(post, env.bot, "summary")
    for _ in range(70):
        env.clock.advance(seconds=1)
        state.add_comment(other, env.bot, "elsewhere")
    for _ in range(305):
        state.add_comment(post, env.author, "x")
    found = env.adapter().own_comments(str(post.id))
    assert [comment.id for comment in found] == [str(mine.id)]


def test_quirk_05_an_account_that_hides_bots_cannot_see_itself_so_connecting_fails(
    env: LemmyEnvironment,
) -> None:
    env.bot.show_bot_accounts = False
    adapter = env.adapter()
    with pytest.raises(AccountError, match="hides bot accounts") as caught:
        adapter.connect()
    with pytest.raises(AccountError, match="hides bot accounts"):
        adapter.own_comments(str(env.post().id))
    assert "Show Bot Accounts" in caught.value.remedy


def test_quirk_05_a_reply_is_not_sent_in_a_language_that_the_account_does_not_see(
    env: LemmyEnvironment,
) -> None:
    env.bot.languages = (0, LANGUAGES.index("en"))
    post = env.post()
    adapter = env.adapter()
    adapter.reply(str(post.id), "Ein Text.", "de")
    assert len(adapter.own_comments(str(post.id))) == 1


def test_quirk_06_forty_replies_under_default_limits_exceed_no_limit(env: LemmyEnvironment) -> None:
    env.server.limits = type(env.server.limits)(env.clock, DEFAULT_LIMITS)
    posts = [env.post(f"Post {number}") for number in range(40)]
    adapter = env.adapter()
    started = env.clock.now
    for post in posts:
        ready = adapter.next_reply_at("news@home")
        if ready is not None:
            env.clock.now = ready
        adapter.reply(str(post.id), "text", None)
    assert len(env.server.state.all_comments()) == len(env.calls("POST /comment")) == 40
    assert env.clock.now - started < timedelta(seconds=(601 * 7 if env.is_v4 else 101 * 35) + 10)


def test_quirk_06_many_threads_share_one_bucket(env: LemmyEnvironment) -> None:
    env.server.limits = type(env.server.limits)(env.clock, DEFAULT_LIMITS)
    posts = [env.post(f"Post {number}") for number in range(16)]
    adapter = env.adapter()
    adapter.connect()

    def reply(post: Post) -> bool:
        try:
            adapter.reply(str(post.id), "text", None)
        except RetryLater:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        replied = list(threads.map(reply, posts))
    assert sum(replied) == len(env.calls("POST /comment")) == 5  # one is left for other clients


def test_quirk_06_a_refused_attempt_counts_too(env: LemmyEnvironment) -> None:
    env.server.limits = type(env.server.limits)(env.clock, DEFAULT_LIMITS)
    locked = env.post(locked=True)
    adapter = env.adapter()
    for number in range(5):
        with pytest.raises(Refused):
            adapter.reply(str(locked.id), f"text {number}", None)
    assert adapter.next_reply_at("news@home") is not None


@only_on(V4)
def test_quirk_06_the_limit_of_comments_is_read_from_the_site_and_not_from_headers(
    env: LemmyEnvironment,
) -> None:
    env.server.limits = FixedWindows(env.clock, {"comment": (3, 60)})
    adapter = env.adapter()
    for number in range(2):
        adapter.reply(str(env.post().id), f"text {number}", None)
    ready_at = env.clock.now + timedelta(seconds=61)  # one is left for other clients
    assert adapter.next_reply_at("news@home") == ready_at


@only_on(V4)
def test_quirk_06_a_window_opened_by_another_client_is_never_exceeded(env: LemmyEnvironment) -> None:
    """Our burst is at the end of one window and the start of the next."""
    env.server.limits = FixedWindows(env.clock, {"comment": (6, 600)})
    env.server.limits.allow("comment", "127.0.0.1")
    env.clock.advance(seconds=590)
    adapter = env.adapter()
    started = env.clock.now
    for number in range(20):
        env.clock.now = adapter.next_reply_at("news@home") or env.clock.now
        adapter.reply(str(env.post().id), f"text {number}", None)
    assert len(env.calls("POST /comment")) == len(env.server.state.all_comments()) == 20
    assert env.clock.now - started <= timedelta(seconds=3 * 601)


@only_on(V4)
def test_quirk_06_a_comment_counts_as_a_message_too(env: LemmyEnvironment) -> None:
    env.server.limits = FixedWindows(env.clock, {"message": (9, 60), "comment": (100, 60)})
    adapter = env.adapter()
    post = env.post()
    for number in range(4):  # after a public call and the calls for the log-in, the site and the account
        adapter.reply(str(post.id), f"text {number}", None)
    with pytest.raises(RetryLater):
        adapter.reply(str(post.id), "one too many", None)
    assert len(env.server.requests) == 8  # one is left for other clients


def test_quirk_10_a_ban_in_the_community_is_known_before_the_reply(env: LemmyEnvironment) -> None:
    post = env.post()
    env.community.banned.add(env.bot.id)
    adapter = env.adapter()
    assert adapter.fetch_post(str(post.id)).banned
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.BANNED


def test_quirk_10_a_ban_from_the_server_is_an_account_error(env: LemmyEnvironment) -> None:
    """1.0 lets a banned account log in and read, and refuses only write calls."""
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.clock.advance(minutes=30)
    env.bot.banned = True
    for _ in range(3):
        env.clock.advance(minutes=4)
        with pytest.raises(AccountError, match="banned from the whole server"):
            adapter.reply(str(post.id), "text", None)
    assert len(env.calls("POST /user/login")) == (1 if env.is_v4 else 2)


@only_on(V4)
def test_quirk_10_after_a_ban_from_the_server_one_request_is_tried_for_all(
    env: LemmyEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    posts = [env.post(f"Post {number}") for number in range(5)]
    adapter = env.adapter()
    adapter.connect()
    env.bot.banned = True
    for _ in range(3):
        for post in posts:
            with pytest.raises(AccountError, match="banned from the whole server"):
                adapter.reply(str(post.id), "text", None)
        env.clock.advance(minutes=4)
    with pytest.raises(AccountError):
        adapter.messaging().send_message(f"alice@{env.server.state.host}", "", "text", "")
    assert len(env.calls("POST /comment")) == 1
    assert adapter.next_reply_at("news") == env.clock.now + timedelta(minutes=3)
    assert [each.getMessage() for each in caplog.records if "banned" in each.getMessage()] == [
        f"summaries is banned from the whole server {env.proxy.netloc}: nothing is written"
    ]
    env.bot.banned = False
    env.clock.advance(minutes=3)
    assert adapter.next_reply_at("news") is None
    for post in posts:
        adapter.reply(str(post.id), "text", None)
    assert "no longer banned" in caplog.text


@only_on(V4)
def test_quirk_10_a_banned_account_marks_messages_as_read_which_says_nothing_about_the_ban(
    env: LemmyEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    """1.0 refuses a banned account most write calls, but not this one."""
    caplog.set_level(logging.INFO)
    post = env.post()
    env.server.state.add_private_message(env.author, env.bot, "show")
    adapter = env.adapter()
    messaging = adapter.messaging()
    (message,) = messaging.fetch_inbox().messages
    env.bot.banned = True
    for _ in range(2):
        with pytest.raises(AccountError):
            adapter.reply(str(post.id), "text", None)
        messaging.mark_read(message)
        env.clock.advance(minutes=16)
        messaging.mark_read(message)
    assert messaging.fetch_inbox().messages == ()
    assert len([each for each in caplog.records if "banned" in each.getMessage()]) == 1


def test_quirk_14_an_empty_list_of_subscribed_posts_makes_the_token_be_checked(env: LemmyEnvironment) -> None:
    """1.0 answers the list with 200 to a dead token, without any post."""
    other = env.server.state.add_community("other")
    names = tuple(f"{each.name}@{each.host}" for each in (env.community, other))
    adapter = env.adapter(communities=names)
    for each in (env.community, other):
        each.followers[env.bot.id] = "Subscribed"
    env.post("an earlier post")
    for _ in range(2):
        cursor = adapter.poll(env.community_source, None, env.since()).cursor
        env.clock.advance(minutes=11)
    env.server.revoke_tokens()
    post = env.post()
    assert ids(adapter.poll(env.community_source, cursor, env.since())) == [post.id]
    assert len(env.calls("POST /user/login")) == (2 if env.is_v4 else 1)


def test_quirk_11_after_a_refused_language_the_reply_is_sent_without_it(env: LemmyEnvironment) -> None:
    """The only retry of a write call: after this error nothing was stored."""
    env.community.languages = (GERMAN,)
    post = env.post()
    env.adapter().reply(str(post.id), "text", "en")
    bodies = [request.json() for request in env.calls("POST /comment")]
    assert ["language_id" in body for body in bodies] == [True, False]
    assert len(env.server.state.all_comments()) == 1


def test_quirk_11_undetermined_is_never_sent(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    for language in (None, "", "und"):
        adapter.reply(str(post.id), f"text {language}", language)
    assert all("language_id" not in request.json() for request in env.calls("POST /comment"))


def test_quirk_12_pinned_and_future_posts_do_not_hide_new_posts(env: LemmyEnvironment) -> None:
    env.post("pin", ago=60 * 24 * 30, featured_community=True, featured_local=True)
    env.post("old", ago=30)
    env.post("tomorrow", ago=-60 * 24)
    adapter = env.adapter()
    for source in (env.community_source, env.all_posts):
        first = adapter.poll(source, None, env.since())
        assert [post.title for post in first.posts] == ["old", "tomorrow"]
        news = env.post("news", ago=0)
        second = adapter.poll(source, first.cursor, env.since())
        assert [post.title for post in second.posts] == ["news"]
        assert adapter.poll(source, second.cursor, env.since()).posts == ()
        del env.server.state.posts[news.id]


def test_quirk_12_a_post_that_arrives_late_from_another_server_is_found(env: LemmyEnvironment) -> None:
    for number in range(120):
        env.post(f"Post {number}", ago=120 - number)
    adapter = env.adapter()
    cursor = adapter.poll(env.community_source, None, env.since()).cursor
    late = env.post("late", ago=110.5)
    env.clock.advance(minutes=2)
    assert ids(adapter.poll(env.community_source, cursor, env.since())) == [late.id]


@only_on(V4)
def test_quirk_12_a_full_last_page_is_followed_by_an_empty_one(env: LemmyEnvironment) -> None:
    for number in range(50):
        env.post(f"Post {number}", ago=number + 1)
    assert len(env.adapter().poll(env.community_source, None, env.since()).posts) == 50
    assert [request.query.get("page_cursor") is None for request in env.calls("GET /post/list")] == [
        True,
        False,
    ]


@only_on(V4)
def test_quirk_14_the_log_in_asks_for_a_long_lived_token(env: LemmyEnvironment) -> None:
    env.adapter().connect()
    assert env.calls("POST /user/login")[0].json()["stay_logged_in"] is True


def test_quirk_14_a_bad_token_is_detected_although_lists_are_answered(env: LemmyEnvironment) -> None:
    env.post()
    env.adapter().connect()
    env.server.revoke_tokens()
    env.clock.advance(minutes=30)
    adapter = env.adapter()
    adapter.connect()
    adapter.poll(env.community_source, None, env.since())
    token = env.calls("GET /post/list")[-1].headers["Authorization"].removeprefix("Bearer ")
    assert env.server._tokens[token] is env.bot


def test_quirk_16_fields_that_are_null_may_be_left_out(env: LemmyEnvironment) -> None:
    env.post(url=None)
    adapter = env.adapter()
    (post,) = adapter.poll(env.community_source, None, env.since()).posts
    path, key = ("v4/post/list?type_=all", "items") if env.is_v4 else ("v3/post/list?type_=All", "posts")
    (view,) = httpx2.get(f"{env.proxy.url}/api/{path}", trust_env=False).json()[key]
    assert "url" not in view["post"]
    assert post.url is None


def test_quirk_09_a_reply_is_sent_complete_and_never_edited(
    env: LemmyEnvironment, database: Database
) -> None:
    """1.0 notifies the author of the post of every edit, so a normal reply has none."""
    send_through_outbox(env, database, env.post())
    writes = [request.method for request in env.server.requests if request.path.endswith("/comment")]
    assert writes.count("POST") == 1
    assert "PUT" not in writes


def test_quirk_13_the_state_of_a_remote_post_is_checked_before_the_reply(
    env: LemmyEnvironment, database: Database
) -> None:
    """The bot's server accepts a comment that the community's server may refuse later."""
    remote = env.server.state.add_community("news", host="other.example")
    open_, locked = env.post("open", community=remote), env.post("locked", community=remote)
    adapter = env.adapter()
    queue_replies(env, database, [adapter.fetch_post(str(post.id)) for post in (open_, locked)])
    locked.locked = True
    run_outbox(env, database, adapter)
    assert [comment.post for comment in env.server.state.all_comments()] == [open_]


def test_quirk_13_a_reply_that_the_remote_community_refused_is_not_repeated(
    env: LemmyEnvironment, database: Database
) -> None:
    """It stays on the bot's server, where the bot finds it, even after the database was lost."""
    remote = env.server.state.add_community("news", host="other.example")
    post = env.post(community=remote)
    env.server.state.add_comment(post, env.bot, "Of an earlier database.")
    send_through_outbox(env, database, post)
    assert len(env.server.state.all_comments()) == 1
    assert {report.state for report in all_posts(database)} == {"sent"}


def send_through_outbox(env: LemmyEnvironment, database: Database, post: Post) -> None:
    adapter = env.adapter()
    queue_replies(env, database, [adapter.fetch_post(str(post.id))])
    run_outbox(env, database, adapter)


def queue_replies(env: LemmyEnvironment, database: Database, posts: list[CorePost]) -> None:
    """Discover posts, and make their replies ready to send."""
    queue = PostQueue(database)
    queue.discover(env.community_source, PollResult(tuple(posts), "-"), env.clock())
    for task in queue.claim(env.clock(), 10, timedelta(minutes=5)):
        reply = Reply(f"About {task.post.id}.", "en", 900, 90, 90)
        queue.make_ready(task.row, reply, env.clock(), env.clock())


def run_outbox(env: LemmyEnvironment, database: Database, adapter: Lemmy) -> None:
    env.clock.advance(minutes=5)
    outbox = make_outbox(env, database, adapter)
    while outbox.process_next():
        pass
