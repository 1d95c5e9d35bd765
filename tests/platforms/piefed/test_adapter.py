"""PieFed's adapter against its sandbox, over real HTTP; a trap's test has the trap's number in its name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import stamina

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms.account_setup import AccountSetup, default_biography
from bot.platforms.piefed import PieFed
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy import Community, LemmySandbox, Person, Post
from bot.sandbox.lemmy.rate_limits import FixedWindows
from bot.sandbox.loopback_server import Request
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.piefed.server import DEFAULT_LIMITS
from bot.sandbox.piefed.views import Views
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.status_reports import all_posts
from tests.platforms.clock import ManualClock


@dataclass
class MemoryTokenStore:
    kept: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.kept.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.kept[account] = token


@dataclass
class PieFedEnvironment:
    server: PieFedSandbox
    clock: ManualClock
    community: Community
    author: Person
    bot: Person
    vault: MemoryTokenStore = field(default_factory=MemoryTokenStore)
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
            "token_store": self.vault,
            "user_agent": "precis-test/1",
            "clock": self.clock,
            "timeout": timedelta(seconds=10),
        }
        made = PieFed(**(settings | changes))
        self.adapters.append(made)
        return made

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
def stage() -> Iterator[PieFedEnvironment]:
    clock = ManualClock()
    with (
        PieFedSandbox(clock=clock, limits={"POST /comment": (1000, 60)}) as server,
        stamina.set_testing(True),
    ):
        world = server.state
        author = world.add_person("Alice")
        bot = world.add_person("precis", password="right", bot_account=True)
        bot.published -= timedelta(days=30)
        made = PieFedEnvironment(server, clock, world.add_community("News"), author, bot)
        yield made
        for adapter in made.adapters:
            adapter.close()


def test_everything_a_post_says(stage: PieFedEnvironment) -> None:
    made = stage.post("Storm warning", ago=5, language_id=1, score=7)
    (post,) = stage.adapter().poll(stage.here, None, stage.since()).posts
    host = stage.server.state.host
    assert (post.account, post.id, post.community) == ("pie", str(made.id), f"news@{host}")
    assert (post.author, post.title, post.language) == (f"alice@{host}", "Storm warning", "aa")
    assert (post.url, post.score) == ("https://news.example/Storm-warning", 7)
    assert post.permalink == f"{stage.server.url}/post/{post.id}"
    assert post.published == stage.clock.now - timedelta(minutes=5)


def test_polling_goes_through_all_pages_and_gives_each_post_once(stage: PieFedEnvironment) -> None:
    first = [stage.post(f"Post {number}", ago=200 - number).id for number in range(120)]
    adapter = stage.adapter()
    batch = adapter.poll(stage.here, None, stage.since())
    assert [int(post.id) for post in batch.posts] == first
    news, late = stage.post("news", ago=0), stage.post("late", ago=190.5)
    stage.clock.advance(minutes=2)
    again = adapter.poll(stage.here, batch.cursor, stage.since())
    assert {int(post.id) for post in again.posts} == {news.id, late.id}
    stage.clock.advance(minutes=2)
    assert adapter.poll(stage.here, again.cursor, stage.since()).posts == ()


def test_one_bad_post_holds_up_no_other(stage: PieFedEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post("good")
    bad = stage.post("bad")
    whole = Views.post
    monkeypatch.setattr(
        Views, "post", lambda self, post: whole(self, post) | ({"title": None} if post is bad else {})
    )
    batch = stage.adapter().poll(stage.here, None, stage.since())
    assert [post.title for post in batch.posts] == ["good"]
    assert batch.parse_errors == (f"post {bad.id}: post.title: Input should be a valid string",)


def test_a_reply_is_written_read_back_edited_and_deleted(stage: PieFedEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    assert adapter.own_comments(str(post.id)) == ()
    comment = adapter.reply(str(post.id), "Ein Satz.", "de")
    (stored,) = stage.server.state.all_comments()
    assert (stored.content, stored.creator) == ("Ein Satz.", stage.bot)
    assert stage.calls("POST /comment")[0].json()["language_id"] > 1
    assert [found.id for found in adapter.own_comments(str(post.id))] == [comment.id]
    adapter.edit(comment.id, "Besser.")
    assert stored.content == "Besser."
    adapter.delete(comment.id)
    adapter.delete(comment.id)
    (found,) = adapter.own_comments(str(post.id))
    assert found.gone


def test_answers_of_the_bot_are_no_replies_to_the_post(stage: PieFedEnvironment) -> None:
    post, other = stage.post(), stage.post("other")
    world = stage.server.state
    theirs = world.add_comment(post, stage.author, "hello")
    world.add_comment(post, stage.bot, "you are welcome", theirs)
    world.add_comment(other, stage.bot, "elsewhere")
    assert stage.adapter().own_comments(str(post.id)) == ()


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
def test_trap_01_no_answer_may_mean_stored_and_is_never_repeated(
    stage: PieFedEnvironment, fault: Fault, stored: int
) -> None:
    post = stage.post()
    stage.server.faults.plan(fault)
    adapter = stage.adapter()
    with pytest.raises(UnknownOutcome):
        adapter.reply(str(post.id), "text", None)
    stage.clock.advance(seconds=3)
    assert len(adapter.own_comments(str(post.id))) == stored
    assert len(stage.calls("POST /comment")) == 1


def test_trap_01_a_duplicate_means_that_it_is_there_already(stage: PieFedEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.reply(str(post.id), "text", None)
    with pytest.raises(UnknownOutcome, match="Duplicate"):
        adapter.reply(str(post.id), "text", None)


@pytest.mark.parametrize("state", ["deleted", "removed"])
def test_trap_04_posts_that_are_gone_get_no_reply_though_the_server_takes_it(
    stage: PieFedEnvironment, state: str
) -> None:
    post = stage.post()
    setattr(post, state, True)
    adapter = stage.adapter()
    assert adapter.fetch_post(str(post.id)).gone
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.GONE
    assert stage.calls("POST /comment") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [(" \n", SkipReason.REFUSED), ("x" * 10_001, SkipReason.TOO_LONG), ("a\0", SkipReason.REFUSED)],
)
def test_trap_04_blank_and_endless_texts_never_leave(stage: PieFedEnvironment, text: str, reason: SkipReason) -> None:
    post = stage.post()
    with pytest.raises(Refused) as caught:
        stage.adapter().reply(str(post.id), text, None)
    assert caught.value.reason is reason
    assert stage.server.requests == []


def test_trap_04_line_ends_are_stored_as_they_were_meant(stage: PieFedEnvironment) -> None:
    stage.adapter().reply(str(stage.post().id), "one\r\ntwo", None)
    assert stage.server.state.all_comments()[0].content == "one\ntwo"


def test_trap_05_an_account_that_hides_bots_is_not_used(stage: PieFedEnvironment) -> None:
    stage.bot.show_bot_accounts = False
    with pytest.raises(AccountError, match="hides bots"):
        stage.adapter().connect()


def test_trap_06_twenty_posts_meet_no_limit(stage: PieFedEnvironment) -> None:
    stage.server.limits = FixedWindows(stage.clock, DEFAULT_LIMITS)
    posts = [stage.post(f"Post {number}") for number in range(20)]
    adapter = stage.adapter()
    for post in posts:
        stage.clock.now = adapter.next_reply_at("news") or stage.clock.now
        adapter.reply(str(post.id), f"text {post.id}", None)
    assert len(stage.server.state.all_comments()) == len(stage.calls("POST /comment")) == 20


def test_trap_06_a_page_for_people_means_that_a_limit_is_met(stage: PieFedEnvironment) -> None:
    post = stage.post()
    stage.server.faults.plan(Fault.RATE_LIMIT)
    adapter = stage.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.retry_at - stage.clock.now == timedelta(seconds=61)
    assert adapter.next_reply_at("news@home") == caught.value.retry_at


def test_trap_06_a_banned_account_never_makes_a_loop_of_log_ins(stage: PieFedEnvironment) -> None:
    """The second log-in is answered with a token that is good for nothing."""
    adapter = stage.adapter()
    adapter.connect()
    stage.bot.banned = True
    for _ in range(8):
        stage.clock.advance(minutes=30)
        with pytest.raises(PlatformError):
            adapter.poll(stage.here, None, stage.since())
    assert len(stage.calls("POST /user/login")) <= 6


def test_trap_10_a_ban_shows_only_at_the_try(stage: PieFedEnvironment) -> None:
    post = stage.post()
    stage.community.banned.add(stage.bot.id)
    adapter = stage.adapter()
    assert not adapter.fetch_post(str(post.id)).banned
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.BANNED


def test_trap_11_a_language_that_the_server_lacks_is_left_out(stage: PieFedEnvironment) -> None:
    stage.adapter().reply(str(stage.post().id), "text", "tlh")
    assert "language_id" not in stage.calls("POST /comment")[0].json()


def test_trap_12_sticky_posts_neither_hide_news_nor_come_again(stage: PieFedEnvironment) -> None:
    stage.post("pin", ago=60 * 24 * 30, featured_community=True)
    stage.post("old", ago=30)
    adapter = stage.adapter()
    first = adapter.poll(stage.here, None, stage.since())
    assert [post.title for post in first.posts] == ["old"]
    stage.post("news", ago=0)
    second = adapter.poll(stage.here, first.cursor, stage.since())
    assert [post.title for post in second.posts] == ["news"]


def test_trap_14_a_bad_token_is_renewed_once(stage: PieFedEnvironment) -> None:
    stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.clock.advance(minutes=30)
    stage.server.revoke_tokens()
    assert len(adapter.poll(stage.here, None, stage.since()).posts) == 1
    assert len(stage.calls("POST /user/login")) == 2


def test_trap_17_texts_are_asked_for_in_english(stage: PieFedEnvironment) -> None:
    stage.adapter().connect()
    assert {request.headers["Accept-Language"] for request in stage.server.requests} == {"en"}


def test_trap_17_the_community_is_asked_for_by_number_for_its_name_minds_its_case(stage: PieFedEnvironment) -> None:
    """The config has it in lower case; the list would be empty without a word."""
    stage.post()
    other = stage.server.state.add_community("Other")
    stage.post("elsewhere", community=other)
    assert len(stage.adapter().poll(stage.here, None, stage.since()).posts) == 1
    (request,) = stage.calls("GET /post/list")
    assert (request.query["community_id"], request.query["type_"]) == (str(stage.community.id), "All")


def test_trap_17_no_em_dash_in_the_first_day_of_an_account(stage: PieFedEnvironment) -> None:
    stage.bot.published = stage.clock.now - timedelta(hours=23)
    post = stage.post()
    adapter = stage.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.reply(str(post.id), "A text — with a dash.", None)
    assert caught.value.retry_at == stage.clock.now + timedelta(hours=1)
    adapter.reply(str(post.id), "A text without.", None)
    stage.clock.advance(minutes=61)
    adapter.reply(str(post.id), "A text — with a dash.", None)


def test_an_unknown_community_is_said_by_name(stage: PieFedEnvironment) -> None:
    with pytest.raises(Unreachable, match="community nosuch"):
        stage.adapter().poll(Source("pie", "nosuch"), None, stage.since())


def test_a_locked_post_and_one_that_never_was(stage: PieFedEnvironment) -> None:
    post = stage.post(locked=True)
    adapter = stage.adapter()
    with pytest.raises(Refused) as caught:
        adapter.reply(str(post.id), "text", None)
    assert caught.value.reason is SkipReason.LOCKED
    assert adapter.fetch_post("999").gone


def test_lemmy_is_told_apart(stage: PieFedEnvironment) -> None:
    with LemmySandbox(clock=stage.clock) as lemmy, pytest.raises(AccountError, match="runs Lemmy"):
        stage.adapter(base_url=lemmy.url).connect()


def test_a_wrong_password_is_said_once_and_not_tried_again(stage: PieFedEnvironment) -> None:
    adapter = stage.adapter(password="wrong")
    for _ in range(4):
        with pytest.raises(AccountError, match="refuses the login of precis"):
            adapter.connect()
    assert len(stage.calls("POST /user/login")) == 1


def test_what_check_says(stage: PieFedEnvironment) -> None:
    stage.bot.bot_account = False
    found = {
        finding.subject: finding for finding in stage.adapter().inspect((stage.here, Source("pie", "nosuch")))
    }
    assert found["server"].text.endswith("runs Piefed 1.6.27")
    assert not found["bot flag"].ok
    assert found[stage.here.community or ""].ok
    assert not found["nosuch"].ok


@pytest.mark.parametrize("fault", [None, *(fault for fault in Fault if fault is not Fault.LATE_LISTING)])
def test_through_the_outbox_every_post_gets_one_reply(
    stage: PieFedEnvironment, database: Database, fault: Fault | None
) -> None:
    posts = [stage.post(f"Post {number}", ago=30 - number) for number in range(6)]
    adapter, queue = stage.adapter(), PostQueue(database)
    outbox = ReplyOutbox(
        adapter,  # type: ignore[arg-type]
        replies=OutgoingReplies(database),
        queue=queue,
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=stage.clock,
        timing=SendTiming(),
    )
    queue.discover(stage.here, adapter.poll(stage.here, None, stage.since()), stage.clock())
    for task in queue.claim(stage.clock(), 10, timedelta(minutes=1)):
        reply = Reply(f"Summary of {task.post.id}.", "en", 900, 90, 90)
        queue.make_ready(task.row, reply, stage.clock(), stage.clock())
    stage.server.faults.plan(*([None, fault, fault] if fault else []))
    for _ in range(60):
        outbox.process_next()
        stage.clock.advance(seconds=40)
    answered = sorted(comment.post.id for comment in stage.server.state.all_comments())
    assert answered == [post.id for post in posts]
    assert {report.state for report in all_posts(database)} == {"sent"}
    assert len(stage.server.faults.injected) == (2 if fault else 0)


PROFILE = AccountSetup(default_biography("you@example.org", "https://code.example/precis"), consent=True)


def spoil(bot: Person) -> None:
    bot.bot_account, bot.show_bot_accounts, bot.show_read_posts = False, False, False


def test_with_consent_the_account_is_put_right(stage: PieFedEnvironment) -> None:
    spoil(stage.bot)
    assert stage.adapter(setup=PROFILE).connect().bot_flag
    bot = stage.bot
    assert (bot.bot_account, bot.show_bot_accounts, bot.show_read_posts) == (True, True, True)
    assert bot.bio == PROFILE.biography
    stage.adapter(setup=PROFILE).connect()
    assert len(stage.calls("PUT /user/save_user_settings")) == 1


def test_check_says_what_it_would_change_of_the_account_and_changes_nothing(stage: PieFedEnvironment) -> None:
    spoil(stage.bot)
    subjects = {"bot flag", "own replies", "read posts", "biography"}
    for consent, bad in ((True, set[str]()), (False, {"bot flag", "own replies"})):
        adapter = stage.adapter(setup=AccountSetup(PROFILE.biography, consent))
        found = [finding for finding in adapter.inspect(()) if finding.subject in subjects]
        words = [finding.text if consent else finding.remedy for finding in found]
        assert all(("when it starts" if consent else "set_up = true") in text for text in words)
        assert len(found) == 4
        assert {finding.subject for finding in found if not finding.ok} == bad
    assert not stage.calls("PUT /user/save_user_settings")


def test_trap_15_the_own_vote_is_taken_back_by_the_flagged_bot(stage: PieFedEnvironment) -> None:
    adapter = stage.adapter(own_vote=False)
    adapter.remove_own_vote(adapter.reply(str(stage.post().id), "text", None).id)
    assert not stage.server.state.all_comments()[0].author_upvoted
    assert stage.bot.bot_account


def test_trap_15_the_vote_stays_where_the_config_leaves_it(stage: PieFedEnvironment) -> None:
    adapter = stage.adapter()
    adapter.remove_own_vote(adapter.reply(str(stage.post().id), "text", None).id)
    assert stage.server.state.all_comments()[0].author_upvoted


def test_a_crosspost_says_so_where_its_text_begins(stage: PieFedEnvironment) -> None:
    stage.post("plain", ago=2)
    stage.post("carried over", ago=1, body="> cross-posted from: https://far.example/post/7")
    plain, carried = stage.adapter().poll(stage.here, None, stage.since()).posts
    assert (plain.crosspost, carried.crosspost) == (False, True)


def test_flair(stage: PieFedEnvironment) -> None:
    stage.post("plain", ago=2)
    stage.post("marked", ago=1, tags=("Opinion", "Local"))
    plain, marked = stage.adapter().poll(stage.here, None, stage.since()).posts
    assert (plain.flair, marked.flair) == (None, "Opinion, Local")
