"""PieFed's adapter against its sandbox over real HTTP. `test_quirk_NN` tests a quirk by its number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import stamina

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import CheckResult, Dialect, Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms.account_setup import AccountSetup, default_biography
from bot.platforms.piefed import PieFed
from bot.sandbox.faults import OUTSIDE_CALLS, Fault
from bot.sandbox.lemmy import Community, LemmySandbox, Person, Post
from bot.sandbox.lemmy.rate_limits import FixedWindows
from bot.sandbox.loopback_server import Request
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.piefed.server import DEFAULT_LIMITS
from bot.sandbox.piefed.views import Views
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.post_lookup import all_posts
from tests.platforms.clock import ManualClock


@dataclass
class MemoryTokenStore:
    saved: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.saved.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.saved[account] = token


@dataclass
class PieFedEnvironment:
    server: PieFedSandbox
    clock: ManualClock
    community: Community
    author: Person
    bot: Person
    token_store: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    adapters: list[PieFed] = field(default_factory=list)

    @property
    def here(self) -> Source:
        return Source("pie", f"news@{self.server.state.host}")

    def adapter(self, **changes: Any) -> PieFed:
        settings: dict[str, Any] = {
            "account": "pie",
            "base_url": self.server.url,
            "username": "precis",
            "password": "right",
            "token_store": self.token_store,
            "user_agent": "precis-test/1",
            "clock": self.clock,
            "timeout": timedelta(seconds=10),
        }
        created = PieFed(**(settings | changes))
        self.adapters.append(created)
        return created

    def post(self, title: str = "A title", *, ago: float = 1, **details: Any) -> Post:
        when = self.clock.now - timedelta(minutes=ago)
        details.setdefault("url", f"https://news.example/{title.replace(' ', '-')}")
        community = details.pop("community", self.community)
        return self.server.state.add_post(community, self.author, title, published=when, **details)

    def since(self) -> datetime:
        return self.clock.now - timedelta(hours=24)

    def calls(self, name: str) -> list[Request]:
        return [seen for seen in self.server.requests if f"{seen.method} {seen.path[10:]}" == name]


@pytest.fixture
def env() -> Iterator[PieFedEnvironment]:
    clock = ManualClock()
    with (
        PieFedSandbox(clock=clock, limits={"POST /comment": (1000, 60)}, host="piefed.example") as server,
        stamina.set_testing(True),
    ):
        state = server.state
        author = state.add_person("Alice")
        bot = state.add_person("precis", password="right", bot_account=True)
        bot.published -= timedelta(days=30)
        created = PieFedEnvironment(server, clock, state.add_community("News"), author, bot)
        yield created
        for adapter in created.adapters:
            adapter.close()


def test_all_fields_of_a_post(env: PieFedEnvironment) -> None:
    created = env.post("Storm warning", ago=5, language_id=1, score=7)
    (post,) = env.adapter().poll(env.here, None, env.since()).posts
    host = env.server.state.host
    assert (post.account, post.id, post.community) == ("pie", str(created.id), f"news@{host}")
    assert (post.author, post.title, post.language) == (f"alice@{host}", "Storm warning", "aa")
    assert (post.url, post.score) == ("https://news.example/Storm-warning", 7)
    assert post.permalink == f"{env.server.url}/post/{post.id}"
    assert post.published == env.clock.now - timedelta(minutes=5)


def test_replies_and_messages_are_in_piefeds_markdown(env: PieFedEnvironment) -> None:
    adapter = env.adapter()
    assert (adapter.dialect, adapter.messaging().dialect) == (Dialect.PIEFED, Dialect.PIEFED)


def test_polling_reads_all_pages_and_returns_each_post_once(env: PieFedEnvironment) -> None:
    first = [env.post(f"Post {number}", ago=200 - number).id for number in range(120)]
    adapter = env.adapter()
    batch = adapter.poll(env.here, None, env.since())
    assert [int(post.id) for post in batch.posts] == first
    news, late = env.post("news", ago=0), env.post("late", ago=190.5)
    env.clock.advance(minutes=2)
    again = adapter.poll(env.here, batch.cursor, env.since())
    assert {int(post.id) for post in again.posts} == {news.id, late.id}
    env.clock.advance(minutes=2)
    assert adapter.poll(env.here, again.cursor, env.since()).posts == ()


def test_a_malformed_post_does_not_affect_the_others(
    env: PieFedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    env.post("good")
    bad = env.post("bad")
    whole = Views.post
    monkeypatch.setattr(
        Views, "post", lambda self, post: whole(self, post) | ({"title": None} if post is bad else {})
    )
    batch = env.adapter().poll(env.here, None, env.since())
    assert [post.title for post in batch.posts] == ["good"]
    assert batch.parse_errors == (f"post {bad.id}: post.title: Field required",)


def test_a_reply_is_written_found_edited_and_deleted(env: PieFedEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    assert adapter.own_comments(str(post.id)) == ()
    comment = adapter.reply(str(post.id), "Ein Satz.", "de")
    (stored,) = env.server.state.all_comments()
    assert (stored.content, stored.creator) == ("Ein Satz.", env.bot)
    assert env.calls("POST /comment")[0].json()["language_id"] > 1
    assert [found.id for found in adapter.own_comments(str(post.id))] == [comment.id]
    adapter.edit(comment.id, "Besser.")
    assert stored.content == "Besser."
    adapter.delete(comment.id)
    adapter.delete(comment.id)
    (found,) = adapter.own_comments(str(post.id))
    assert found.gone


def test_own_comments_below_other_comments_are_not_replies_to_the_post(env: PieFedEnvironment) -> None:
    post, other = env.post(), env.post("other")
    state = env.server.state
    theirs = state.add_comment(post, env.author, "hello")
    state.add_comment(post, env.bot, "you are welcome", theirs)
    state.add_comment(other, env.bot, "elsewhere")
    assert env.adapter().own_comments(str(post.id)) == ()


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
def test_quirk_01_a_comment_without_a_response_may_be_stored_and_is_not_sent_again(
    env: PieFedEnvironment, fault: Fault, stored: int
) -> None:
    post = env.post()
    env.server.faults.plan(fault)
    adapter = env.adapter()
    with pytest.raises(UnknownOutcome):
        adapter.reply(str(post.id), "text", None)
    env.clock.advance(seconds=3)
    assert len(adapter.own_comments(str(post.id))) == stored
    assert len(env.calls("POST /comment")) == 1


def test_quirk_01_a_duplicate_error_means_that_the_comment_exists(env: PieFedEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.reply(str(post.id), "text", None)
    with pytest.raises(UnknownOutcome, match="Duplicate"):
        adapter.reply(str(post.id), "text", None)


@pytest.mark.parametrize("state", ["deleted", "removed"])
def test_quirk_04_deleted_posts_get_no_reply_although_the_server_accepts_it(
    env: PieFedEnvironment, state: str
) -> None:
    post = env.post()
    setattr(post, state, True)
    adapter = env.adapter()
    assert adapter.fetch_post(str(post.id)).gone
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.GONE
    assert env.calls("POST /comment") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [(" \n", SkipReason.REFUSED), ("x" * 10_001, SkipReason.TOO_LONG), ("a\0", SkipReason.REFUSED)],
)
def test_quirk_04_blank_and_too_long_texts_are_not_sent(
    env: PieFedEnvironment, text: str, reason: SkipReason
) -> None:
    post = env.post()
    with pytest.raises(Refused) as caught:
        env.adapter().reply(str(post.id), text, None)
    assert caught.value.reason is reason
    assert env.server.requests == []


def test_quirk_04_crlf_is_sent_as_lf(env: PieFedEnvironment) -> None:
    env.adapter().reply(str(env.post().id), "one\r\ntwo", None)
    assert env.server.state.all_comments()[0].content == "one\ntwo"


def test_quirk_05_an_account_that_hides_bots_is_refused(env: PieFedEnvironment) -> None:
    env.bot.show_bot_accounts = False
    with pytest.raises(AccountError, match="hides bots"):
        env.adapter().connect()


def test_quirk_06_twenty_replies_do_not_reach_the_rate_limit(env: PieFedEnvironment) -> None:
    env.server.limits = FixedWindows(env.clock, DEFAULT_LIMITS)
    posts = [env.post(f"Post {number}") for number in range(20)]
    adapter = env.adapter()
    for post in posts:
        env.clock.now = adapter.next_reply_at("news") or env.clock.now
        adapter.reply(str(post.id), f"text {post.id}", None)
    assert len(env.server.state.all_comments()) == len(env.calls("POST /comment")) == 20


def test_quirk_06_an_html_page_means_that_a_rate_limit_is_reached(env: PieFedEnvironment) -> None:
    post = env.post()
    env.server.faults.plan(Fault.RATE_LIMIT)
    adapter = env.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.retry_at - env.clock.now == timedelta(seconds=61)
    assert adapter.next_reply_at("news@home") == caught.value.retry_at


def test_the_adapter_reports_the_software(env: PieFedEnvironment) -> None:
    adapter = env.adapter()
    assert adapter.software is None
    adapter.connect()
    assert adapter.software is not None
    assert re.fullmatch(r"Piefed 1\.\d+.*", adapter.software)


def test_quirk_06_a_banned_account_does_not_log_in_repeatedly(env: PieFedEnvironment) -> None:
    """The second login returns a useless token."""
    adapter = env.adapter()
    adapter.connect()
    env.bot.banned = True
    for _ in range(8):
        env.clock.advance(minutes=30)
        with pytest.raises(PlatformError):
            adapter.poll(env.here, None, env.since())
    assert len(env.calls("POST /user/login")) <= 6


def test_quirk_10_a_ban_is_visible_only_when_a_reply_fails(env: PieFedEnvironment) -> None:
    post = env.post()
    env.community.banned.add(env.bot.id)
    adapter = env.adapter()
    assert not adapter.fetch_post(str(post.id)).banned
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.BANNED


@pytest.mark.parametrize("language", ["tlh", None])
def test_quirk_11_a_language_that_the_server_does_not_have_is_sent_as_undetermined(
    env: PieFedEnvironment, language: str | None
) -> None:
    """Without an id, PieFed would store the language of the site."""
    env.adapter().reply(str(env.post().id), "text", language)
    assert env.calls("POST /comment")[0].json()["language_id"] == 1


def test_quirk_12_sticky_posts_do_not_hide_new_posts_and_do_not_come_again(env: PieFedEnvironment) -> None:
    env.post("pin", ago=60 * 24 * 30, featured_community=True)
    env.post("old", ago=30)
    adapter = env.adapter()
    first = adapter.poll(env.here, None, env.since())
    assert [post.title for post in first.posts] == ["old"]
    env.post("news", ago=0)
    second = adapter.poll(env.here, first.cursor, env.since())
    assert [post.title for post in second.posts] == ["news"]


def test_quirk_14_a_bad_token_is_renewed_once(env: PieFedEnvironment) -> None:
    env.post()
    adapter = env.adapter()
    adapter.connect()
    env.clock.advance(minutes=30)
    env.server.revoke_tokens()
    assert len(adapter.poll(env.here, None, env.since()).posts) == 1
    assert len(env.calls("POST /user/login")) == 2


def test_quirk_17_requests_ask_for_english_texts(env: PieFedEnvironment) -> None:
    env.adapter().connect()
    assert {request.headers["Accept-Language"] for request in env.server.requests} == {"en"}


def test_quirk_17_the_community_is_requested_by_id_because_names_are_case_sensitive(
    env: PieFedEnvironment,
) -> None:
    """The config has the name in lower case. A list by that name would be empty, without an error."""
    env.post()
    other = env.server.state.add_community("Other")
    env.post("elsewhere", community=other)
    assert len(env.adapter().poll(env.here, None, env.since()).posts) == 1
    *_, request = env.calls("GET /post/list")
    assert (request.query["community_id"], request.query["type_"]) == (str(env.community.id), "All")


def test_quirk_17_a_new_account_sends_no_em_dash_for_24_hours(env: PieFedEnvironment) -> None:
    env.bot.published = env.clock.now - timedelta(hours=23)
    post = env.post()
    adapter = env.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.reply(str(post.id), "A text — with a dash.", None)
    assert caught.value.retry_at == env.clock.now + timedelta(hours=1)
    adapter.reply(str(post.id), "A text without.", None)
    env.clock.advance(minutes=61)
    adapter.reply(str(post.id), "A text — with a dash.", None)


def test_the_error_for_an_unknown_community_has_its_name(env: PieFedEnvironment) -> None:
    with pytest.raises(Unreachable, match="community nosuch"):
        env.adapter().poll(Source("pie", "nosuch"), None, env.since())


def test_locked_and_missing_posts(env: PieFedEnvironment) -> None:
    post = env.post(locked=True)
    adapter = env.adapter()
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.LOCKED
    assert adapter.fetch_post("999").gone


def test_a_lemmy_server_is_recognized(env: PieFedEnvironment) -> None:
    with LemmySandbox(clock=env.clock) as lemmy, pytest.raises(AccountError, match="runs Lemmy"):
        env.adapter(base_url=lemmy.url).connect()


def test_a_wrong_password_is_sent_once(env: PieFedEnvironment) -> None:
    adapter = env.adapter(password="wrong")
    for _ in range(4):
        with pytest.raises(AccountError, match="refuses the login of precis"):
            adapter.connect()
    assert len(env.calls("POST /user/login")) == 1


def test_precis_check(env: PieFedEnvironment) -> None:
    env.bot.bot_account = False
    found = {
        finding.subject: finding for finding in env.adapter().inspect((env.here, Source("pie", "nosuch")))
    }
    assert found["server"].text.endswith("runs Piefed 1.6.27")
    assert not found["bot flag"].ok
    assert found[env.here.community or ""].ok
    assert not found["nosuch"].ok
    assert found["rate limits"].text == "2 replies in 60 s"


def test_precis_check_of_a_server_that_is_down(env: PieFedEnvironment) -> None:
    (found,) = env.adapter(base_url="http://127.0.0.1:1").inspect(())
    assert (found.subject, found.ok) == ("server", False)


def test_precis_check_of_communities(env: PieFedEnvironment) -> None:
    here, far = env.here.community or "", "news@far.example"

    def found() -> dict[str, CheckResult]:
        return {each.subject: each for each in env.adapter().inspect((env.here, Source("pie", far)))}

    env.community.removed = True
    assert (found()[here].ok, found()[here].text) == (False, "the community has been removed")
    assert "Run precis check again in a minute." in found()[far].remedy


NOT_HERE = OUTSIDE_CALLS | {Fault.LATE_LISTING, Fault.HOLD}


@pytest.mark.parametrize("fault", [None, *sorted(set(Fault) - NOT_HERE)])
def test_through_the_outbox_every_post_gets_one_reply(
    env: PieFedEnvironment, database: Database, fault: Fault | None
) -> None:
    posts = [env.post(f"Post {number}", ago=30 - number) for number in range(6)]
    adapter, queue = env.adapter(), PostQueue(database)
    outbox = ReplyOutbox(
        adapter,  # type: ignore[arg-type]
        replies=OutgoingReplies(database),
        queue=queue,
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=env.clock,
        timing=SendTiming(),
    )
    queue.discover(env.here, adapter.poll(env.here, None, env.since()), env.clock())
    for task in queue.claim(env.clock(), 10, timedelta(minutes=1)):
        reply = Reply(f"Summary of {task.post.id}.", "en", 900, 90, 90)
        queue.make_ready(task.row, reply, env.clock(), env.clock())
    env.server.faults.plan(*([None, fault, fault] if fault else []))
    for _ in range(60):
        outbox.process_next()
        env.clock.advance(seconds=40)
    replied_to = sorted(comment.post.id for comment in env.server.state.all_comments())
    assert replied_to == [post.id for post in posts]
    assert {report.state for report in all_posts(database)} == {"sent"}
    assert len(env.server.faults.injected) == (2 if fault else 0)


PROFILE = AccountSetup(default_biography("you@example.org", "https://code.example/precis"), consent=True)


def reset_settings(bot: Person) -> None:
    bot.bot_account, bot.show_bot_accounts, bot.show_read_posts = False, False, False


def test_with_consent_the_accounts_settings_are_fixed(env: PieFedEnvironment) -> None:
    reset_settings(env.bot)
    assert env.adapter(setup=PROFILE).connect().bot_flag
    bot = env.bot
    assert (bot.bot_account, bot.show_bot_accounts, bot.show_read_posts) == (True, True, True)
    assert bot.bio == PROFILE.biography
    env.adapter(setup=PROFILE).connect()
    assert len(env.calls("PUT /user/save_user_settings")) == 1


def test_check_reports_settings_to_change_and_changes_nothing(env: PieFedEnvironment) -> None:
    reset_settings(env.bot)
    subjects = {"bot flag", "own replies", "read posts", "biography"}
    for consent, bad in ((True, set[str]()), (False, {"bot flag", "own replies"})):
        adapter = env.adapter(setup=AccountSetup(PROFILE.biography, consent))
        found = [finding for finding in adapter.inspect(()) if finding.subject in subjects]
        words = [finding.text if consent else finding.remedy for finding in found]
        assert all(("at startup" if consent else "set_up = true") in text for text in words)
        assert len(found) == 4
        assert {finding.subject for finding in found if not finding.ok} == bad
    assert not env.calls("PUT /user/save_user_settings")


def test_quirk_15_an_account_marked_as_a_bot_can_remove_its_own_vote(env: PieFedEnvironment) -> None:
    adapter = env.adapter(own_vote=False)
    adapter.remove_own_vote(adapter.reply(str(env.post().id), "text", None).id)
    assert not env.server.state.all_comments()[0].author_upvoted
    assert env.bot.bot_account


def test_quirk_15_the_own_vote_stays_by_default(env: PieFedEnvironment) -> None:
    adapter = env.adapter()
    adapter.remove_own_vote(adapter.reply(str(env.post().id), "text", None).id)
    assert env.server.state.all_comments()[0].author_upvoted


def test_a_crosspost_is_recognized_by_the_start_of_its_text(env: PieFedEnvironment) -> None:
    env.post("plain", ago=2)
    env.post("carried over", ago=1, body="> cross-posted from: https://far.example/post/7")
    plain, carried = env.adapter().poll(env.here, None, env.since()).posts
    assert (plain.crosspost, carried.crosspost) == (False, True)


def test_flair(env: PieFedEnvironment) -> None:
    env.post("plain", ago=2)
    env.post("marked", ago=1, tags=("Opinion", "Local"))
    plain, marked = env.adapter().poll(env.here, None, env.since()).posts
    assert (plain.flair, marked.flair) == (None, "Opinion, Local")
