"""The pipeline with a real queue; the fetcher and the worker are fakes at their Protocols."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from bot.core.errors import FetchBusy, FetchError, FetchOffline, FetchStopped, WorkerError, WorkerStopped
from bot.core.models import (
    Article,
    Dialect,
    Digest,
    LengthLimits,
    NotArticle,
    Page,
    PollResult,
    Post,
    Source,
    Summary,
)
from bot.core.skip_reasons import SkipReason
from bot.pipeline import process
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.rules import CommunityRules
from bot.rules.reply_templates import BUILT_IN_TEMPLATES, ReplyTemplates
from bot.store import ClockCorrection, Database, MutedCommunities, MutedCommunity, OutgoingReplies, PostQueue
from bot.store.post_lookup import all_posts
from bot.store.post_reports import PostReport
from tests.conftest import Clock, a_post

RETRIES = (timedelta(minutes=1), timedelta(minutes=10))
FOUND = Digest(
    Article("Boats", "One sentence. Another one.", "en", 0.9, word_count=900),
    Summary(("The mayor counted 45 boats.",), article_words=900, summary_words=90, method="luhn"),
)


T = TypeVar("T")


class Scenario:
    """A pipeline whose fetcher and worker return or raise `page` and `found`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.queue = PostQueue(database)
        self.muted_communities = MutedCommunities(database)
        self.clock = clock
        self.page: Page | Exception = Page("https://paper.example/1", b"<p>")
        self.found: Digest | NotArticle | Exception = FOUND
        self.rules = CommunityRules()
        self.fetched: list[str] = []
        self.digest_calls: list[tuple[LengthLimits, str]] = []
        self.key_words_asked: list[bool] = []
        self.templates = BUILT_IN_TEMPLATES

    def fetch(self, url: str) -> Page:
        self.fetched.append(url)
        return _return_or_raise(self.page)

    def digest(
        self, page: Page, length: LengthLimits, method: str, *, with_key_words: bool
    ) -> Digest | NotArticle:
        self.digest_calls.append((length, method))
        self.key_words_asked.append(with_key_words)
        return _return_or_raise(self.found)

    def run(self, *posts: Post) -> None:
        """Discover posts, and process what is due."""
        if posts:
            self.queue.discover(Source("home", None), PollResult(posts, "c"), self.clock())
        services = PipelineServices(
            queue=self.queue,
            muted_communities=self.muted_communities,
            fetch=self.fetch,
            digest=self.digest,
            rules_for=lambda community: self.rules,
            dialect_of=lambda account: Dialect.LEMMY,
            source_url="https://precis.example",
            clock=self.clock,
            retries=RETRIES,
            templates_for=lambda dialect: self.templates,
        )
        for claimed in self.queue.claim(self.clock(), 5, timedelta(minutes=5)):
            process_post(claimed, services)


def _return_or_raise(value: T | Exception) -> T:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.fixture
def scenario(database: Database, clock: Clock) -> Scenario:
    return Scenario(database, clock)


@pytest.fixture
def report(database: Database) -> Callable[[], PostReport]:
    def one() -> PostReport:
        (only,) = all_posts(database)
        return only

    return one


def test_a_post_becomes_a_reply_with_the_footer(scenario: Scenario, database: Database, clock: Clock) -> None:
    scenario.run(a_post(1))
    draft = OutgoingReplies(database).next_due("home", clock())
    assert draft is not None
    assert draft.markdown == (
        "The mayor counted 45 boats.\n\n---\n\n"
        "The original article contains **900** words, the summary contains **90** words. Saved **90%**. "
        "[I'm a bot and I'm open source!](https://precis.example)"
    )
    assert draft.language == "en"


@pytest.mark.parametrize(
    ("rules", "templates", "asked"),
    [
        (CommunityRules(), BUILT_IN_TEMPLATES, False),
        (CommunityRules(key_words=True), BUILT_IN_TEMPLATES, True),
        (CommunityRules(), ReplyTemplates(reply="{{ summary }} {{ key_words | join(', ') }}"), True),
        (CommunityRules(), ReplyTemplates(footer="{{ key_words | join(', ') }}"), True),
    ],
)
def test_key_words_are_computed_only_for_a_reply_that_shows_them(
    rules: CommunityRules, templates: ReplyTemplates, asked: bool, scenario: Scenario
) -> None:
    scenario.rules, scenario.templates = rules, templates
    scenario.run(a_post(1))
    assert scenario.key_words_asked == [asked]


def test_the_rules_of_the_community_set_length_and_method(scenario: Scenario) -> None:
    scenario.rules = CommunityRules(sentences=7, words=200, min_saved=50, method="lsa")
    scenario.run(a_post(1))
    assert scenario.digest_calls == [(LengthLimits(7, 200, 0.5), "lsa")]


def test_a_post_that_the_policy_skips_is_never_fetched(
    scenario: Scenario, report: Callable[[], PostReport]
) -> None:
    scenario.run(a_post(1, locked=True))
    assert scenario.fetched == []
    assert report().reason is SkipReason.LOCKED


def test_a_post_is_judged_again_if_the_clock_was_set_back_meanwhile(
    scenario: Scenario, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock was a day ahead when the post was found too old, and right when that was recorded."""
    judge = process.make_reply

    def judge_while_the_clock_is_set(*args: Any) -> Any:
        outcome = judge(*args)
        clock.advance(-2 * 86_400)
        return outcome

    monkeypatch.setattr(process, "make_reply", judge_while_the_clock_is_set)
    clock.advance(2 * 86_400)
    scenario.run(a_post())
    assert states(database) == [("skipped", SkipReason.TOO_OLD)]
    ClockCorrection(database).apply(timedelta(days=-2), clock())
    assert states(database) == [("discovered", None)]


def test_a_page_without_an_article_is_skipped_with_its_reason(
    scenario: Scenario, report: Callable[[], PostReport]
) -> None:
    scenario.found = NotArticle(SkipReason.GALLERY, "12 pictures, 30 words")
    scenario.run(a_post(1))
    assert (report().state, report().reason) == ("skipped", SkipReason.GALLERY)
    assert "12 pictures" in report().sentence(scenario.clock())


def test_a_permanent_failure_is_final(scenario: Scenario, report: Callable[[], PostReport]) -> None:
    scenario.page = FetchError(SkipReason.NOT_FOUND, "404", permanent=True)
    scenario.run(a_post(1))
    assert (report().state, report().reason) == ("skipped", SkipReason.NOT_FOUND)


def test_a_temporary_failure_is_retried_at_the_set_times_and_then_final(
    scenario: Scenario, report: Callable[[], PostReport], clock: Clock
) -> None:
    scenario.page = FetchError(SkipReason.SITE_DOWN, "503", permanent=False)
    scenario.run(a_post(1))
    clock.advance(59)
    scenario.run()
    assert len(scenario.fetched) == 1
    clock.advance(1)
    scenario.run()
    clock.advance(600)
    scenario.run()
    assert len(scenario.fetched) == 3
    assert (report().state, report().reason) == ("skipped", SkipReason.SITE_DOWN)


def test_a_page_that_succeeds_at_the_second_attempt_gets_a_reply(
    scenario: Scenario, report: Callable[[], PostReport], clock: Clock
) -> None:
    scenario.page = FetchError(SkipReason.SITE_DOWN, "503", permanent=False)
    scenario.run(a_post(1))
    scenario.page = Page("https://paper.example/1", b"<p>")
    clock.advance(60)
    scenario.run()
    assert report().state == "ready"


def test_a_longer_pause_that_a_site_asks_for_is_kept(scenario: Scenario, clock: Clock) -> None:
    scenario.page = FetchError(SkipReason.SITE_DOWN, "429", permanent=False, retry_after=timedelta(hours=1))
    scenario.run(a_post(1))
    clock.advance(3599)
    scenario.run()
    assert len(scenario.fetched) == 1
    clock.advance(1)
    scenario.run()
    assert len(scenario.fetched) == 2


def test_a_page_that_crashes_a_worker_twice_is_skipped(
    scenario: Scenario, report: Callable[[], PostReport], clock: Clock
) -> None:
    scenario.found = WorkerError("the process that read the page crashed")
    scenario.run(a_post(1))
    assert report().state == "discovered"
    clock.advance(60)
    scenario.run()
    assert (report().state, report().reason) == ("skipped", SkipReason.CRASHED)


@pytest.mark.parametrize("where", ["fetch", "worker"])
def test_a_post_is_released_when_the_daemon_stops(
    scenario: Scenario, report: Callable[[], PostReport], where: str
) -> None:
    if where == "fetch":
        scenario.page = FetchStopped()
    else:
        scenario.found = WorkerStopped("Precis is stopping")
    scenario.run(a_post(1))
    assert (report().state, report().attempts) == ("discovered", 0)
    scenario.page, scenario.found = Page("https://paper.example/1", b"<p>"), FOUND
    scenario.run()
    assert report().state == "ready"


def test_an_unexpected_error_is_retried_and_then_final(
    scenario: Scenario, report: Callable[[], PostReport], clock: Clock
) -> None:
    scenario.found = ZeroDivisionError("division by zero")
    scenario.run(a_post(1))
    for pause in RETRIES:
        clock.advance(pause.total_seconds())
        scenario.run()
    assert report().state == "dead"
    assert "ZeroDivisionError" in report().sentence(clock())


def test_the_daily_cap_counts_replies_of_the_last_day(
    scenario: Scenario, database: Database, clock: Clock
) -> None:
    scenario.rules = CommunityRules(max_per_day=1)
    scenario.run(a_post(1))
    scenario.run(a_post(2))
    assert [each.reason for each in all_posts(database)] == [None, SkipReason.DAILY_CAP]


def test_a_muted_community_costs_no_fetch(scenario: Scenario, report: Callable[[], PostReport]) -> None:
    scenario.muted_communities.add(
        MutedCommunity("home", "news@lemmy.example", "banned from news", scenario.clock())
    )
    scenario.run(a_post(1))
    assert (scenario.fetched, report().reason) == ([], SkipReason.BANNED)


def test_waiting_for_a_busy_host_does_not_count_as_an_attempt(
    scenario: Scenario, report: Callable[[], PostReport], clock: Clock
) -> None:
    scenario.page = FetchBusy("paper.example", timedelta(seconds=7))
    scenario.run(a_post(1))
    for _ in range(5):
        clock.advance(7)
        scenario.run()
    assert (len(scenario.fetched), report().state, report().attempts) == (6, "discovered", 0)


def test_a_dead_name_server_does_not_count_as_an_attempt(
    scenario: Scenario, report: Callable[[], PostReport], clock: Clock
) -> None:
    scenario.page = FetchOffline()
    scenario.run(a_post(1))
    for _ in range(40):
        clock.advance(15 * 60)
        scenario.run()
    assert (len(scenario.fetched), report().state, report().attempts) == (41, "discovered", 0)


LINK = "https://paper.example/boats"


def states(database: Database) -> list[tuple[str, SkipReason | None]]:
    return [(each.state, each.reason) for each in all_posts(database)]


def test_an_article_gets_one_reply_a_day_in_each_community(
    scenario: Scenario, database: Database, clock: Clock
) -> None:
    first = a_post(1, url=LINK)
    scenario.run(first)
    scenario.run(a_post(2, url="http://www.paper.example/boats/?utm_source=x#top"))
    scenario.run(a_post(3, url=LINK, community="boats@lemmy.example"))
    assert states(database) == [("ready", None), ("skipped", SkipReason.SAME_ARTICLE), ("ready", None)]
    assert first.permalink in all_posts(database)[1].sentence(clock())
    assert scenario.fetched == [LINK, LINK]
    clock.advance(24 * 3600 + 1)
    scenario.run(a_post(4, url=LINK, published=clock()))
    assert states(database)[-1] == ("ready", None)


def test_a_moderator_can_allow_several_replies_to_an_article(scenario: Scenario, database: Database) -> None:
    scenario.rules = CommunityRules(reposts=True)
    scenario.run(a_post(1, url=LINK))
    scenario.run(a_post(2, url=LINK))
    assert states(database) == [("ready", None), ("ready", None)]


def test_of_posts_discovered_together_the_earliest_gets_the_reply(
    scenario: Scenario, database: Database, clock: Clock
) -> None:
    scenario.run(a_post(1, url=LINK), a_post(2, url=LINK), a_post(3, url=LINK))
    assert states(database) == [("ready", None), ("discovered", None), ("discovered", None)]
    clock.advance(2)
    scenario.run()
    assert [reason for _, reason in states(database)] == [None, *[SkipReason.SAME_ARTICLE] * 2]
    assert scenario.fetched == [LINK]


def test_a_skipped_post_does_not_block_others_with_its_link(
    scenario: Scenario, database: Database, clock: Clock
) -> None:
    scenario.run(a_post(1, url=LINK, locked=True), a_post(2, url=LINK))
    clock.advance(2)
    scenario.run()
    assert states(database) == [("skipped", SkipReason.LOCKED), ("ready", None)]


def test_an_article_is_recognized_by_its_canonical_url(scenario: Scenario, database: Database) -> None:
    def page_at(url: str, canonical: str) -> None:
        scenario.found = replace(FOUND, article=replace(FOUND.article, url=url, canonical_url=canonical))

    page_at("https://m.paper.example/a?id=7", LINK)
    scenario.run(a_post(1, url="https://short.example/x"))
    page_at(LINK, LINK)
    scenario.run(a_post(2, url=LINK))
    page_at("https://thief.example/boats", LINK)
    scenario.run(a_post(3, url="https://thief.example/boats"))
    assert states(database) == [("ready", None), ("skipped", SkipReason.SAME_ARTICLE), ("ready", None)]


def test_the_summary_of_a_spoiler_post_is_collapsed(
    scenario: Scenario, database: Database, clock: Clock
) -> None:
    scenario.run(a_post(1, spoiler=True))
    draft = OutgoingReplies(database).next_due("home", clock())
    assert draft is not None
    assert draft.markdown.startswith("::: spoiler Summary\nThe mayor counted 45 boats.\n:::")
