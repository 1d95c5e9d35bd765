"""The pipeline with a real queue; the fetcher and the worker are hand-written fakes at their Protocols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

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
from bot.pipeline.process import PipelineServices, process_post
from bot.rules import CommunityRules
from bot.store import Database, MutedCommunities, MutedCommunity, OutgoingReplies, PostQueue
from bot.store.status_reports import PostReport, all_posts
from tests.conftest import Clock, a_post

RETRIES = (timedelta(minutes=1), timedelta(minutes=10))
FOUND = Digest(
    Article("Boats", "One sentence. Another one.", "en", 0.9, word_count=900),
    Summary(("The mayor counted 45 boats.",), article_words=900, summary_words=90, method="luhn"),
)


T = TypeVar("T")


class Scene:
    """One post on its way; `page` and `found` are what the outside answers, or raises."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.queue = PostQueue(database)
        self.mutes = MutedCommunities(database)
        self.clock = clock
        self.page: Page | Exception = Page("https://paper.example/1", b"<p>")
        self.found: Digest | NotArticle | Exception = FOUND
        self.rules = CommunityRules()
        self.fetched: list[str] = []
        self.asked: list[tuple[LengthLimits, str]] = []

    def fetch(self, url: str) -> Page:
        self.fetched.append(url)
        return _answer(self.page)

    def digest(self, page: Page, length: LengthLimits, method: str) -> Digest | NotArticle:
        self.asked.append((length, method))
        return _answer(self.found)

    def run(self, *seen: Post) -> None:
        """See the posts, and work on what is due."""
        if seen:
            self.queue.discover(Source("home", None), PollResult(seen, "c"), self.clock())
        services = PipelineServices(
            queue=self.queue,
            muted_communities=self.mutes,
            fetch=self.fetch,
            digest=self.digest,
            rules_for=lambda community: self.rules,
            dialect_of=lambda account: Dialect.LEMMY,
            source_url="https://precis.example",
            clock=self.clock,
            retries=RETRIES,
        )
        for task in self.queue.claim(self.clock(), 5, timedelta(minutes=5)):
            process_post(task, services)


def _answer(value: T | Exception) -> T:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.fixture
def scene(database: Database, clock: Clock) -> Scene:
    return Scene(database, clock)


@pytest.fixture
def report(database: Database) -> Callable[[], PostReport]:
    def one() -> PostReport:
        (only,) = all_posts(database)
        return only

    return one


def test_a_post_becomes_a_reply_with_the_footer(scene: Scene, database: Database, clock: Clock) -> None:
    scene.run(a_post(1))
    draft = OutgoingReplies(database).next_due("home", clock())
    assert draft is not None
    assert draft.markdown == (
        "The mayor counted 45 boats.\n\n---\n\n"
        "The original article contains **900** words, the summary contains **90** words. Saved **90%**. "
        "[I'm a bot and I'm open source!](https://precis.example)"
    )
    assert draft.language == "en"


def test_the_rules_of_the_community_decide_length_and_method(scene: Scene) -> None:
    scene.rules = CommunityRules(sentences=7, words=200, min_saved=50, method="lsa")
    scene.run(a_post(1))
    assert scene.asked == [(LengthLimits(7, 200, 0.5), "lsa")]


def test_a_post_that_policy_refuses_is_never_fetched(scene: Scene, report: Callable[[], PostReport]) -> None:
    scene.run(a_post(1, locked=True))
    assert scene.fetched == []
    assert report().reason is SkipReason.LOCKED


def test_what_is_no_article_is_skipped_with_its_reason(
    scene: Scene, report: Callable[[], PostReport]
) -> None:
    scene.found = NotArticle(SkipReason.GALLERY, "12 pictures, 30 words")
    scene.run(a_post(1))
    assert (report().state, report().reason) == ("skipped", SkipReason.GALLERY)
    assert "12 pictures" in report().sentence(scene.clock())


def test_a_definite_failure_is_final(scene: Scene, report: Callable[[], PostReport]) -> None:
    scene.page = FetchError(SkipReason.NOT_FOUND, "404", permanent=True)
    scene.run(a_post(1))
    assert (report().state, report().reason) == ("skipped", SkipReason.NOT_FOUND)


def test_a_passing_failure_is_tried_again_at_the_set_times_and_then_is_final(
    scene: Scene, report: Callable[[], PostReport], clock: Clock
) -> None:
    scene.page = FetchError(SkipReason.SITE_DOWN, "503", permanent=False)
    scene.run(a_post(1))
    clock.advance(59)
    scene.run()
    assert len(scene.fetched) == 1
    clock.advance(1)
    scene.run()
    clock.advance(600)
    scene.run()
    assert len(scene.fetched) == 3
    assert (report().state, report().reason) == ("skipped", SkipReason.SITE_DOWN)


def test_a_page_that_works_at_the_second_try_gets_its_reply(
    scene: Scene, report: Callable[[], PostReport], clock: Clock
) -> None:
    scene.page = FetchError(SkipReason.SITE_DOWN, "503", permanent=False)
    scene.run(a_post(1))
    scene.page = Page("https://paper.example/1", b"<p>")
    clock.advance(60)
    scene.run()
    assert report().state == "ready"


def test_a_site_that_asks_for_a_longer_pause_gets_it(scene: Scene, clock: Clock) -> None:
    scene.page = FetchError(SkipReason.SITE_DOWN, "429", permanent=False, retry_after=timedelta(hours=1))
    scene.run(a_post(1))
    clock.advance(3599)
    scene.run()
    assert len(scene.fetched) == 1
    clock.advance(1)
    scene.run()
    assert len(scene.fetched) == 2


def test_a_page_that_kills_a_worker_twice_is_left_alone(
    scene: Scene, report: Callable[[], PostReport], clock: Clock
) -> None:
    scene.found = WorkerError("the process that read the page crashed")
    scene.run(a_post(1))
    assert report().state == "discovered"
    clock.advance(60)
    scene.run()
    assert (report().state, report().reason) == ("skipped", SkipReason.CRASHED)


@pytest.mark.parametrize("where", ["fetch", "worker"])
def test_work_in_hand_is_given_back_when_the_daemon_stops(
    scene: Scene, report: Callable[[], PostReport], where: str
) -> None:
    if where == "fetch":
        scene.page = FetchStopped()
    else:
        scene.found = WorkerStopped("Precis is stopping")
    scene.run(a_post(1))
    assert (report().state, report().attempts) == ("discovered", 0)
    scene.page, scene.found = Page("https://paper.example/1", b"<p>"), FOUND
    scene.run()
    assert report().state == "ready"


def test_a_bug_is_tried_again_and_then_buried_with_its_name(
    scene: Scene, report: Callable[[], PostReport], clock: Clock
) -> None:
    scene.found = ZeroDivisionError("division by zero")
    scene.run(a_post(1))
    for pause in RETRIES:
        clock.advance(pause.total_seconds())
        scene.run()
    assert report().state == "dead"
    assert "ZeroDivisionError" in report().sentence(clock())


def test_the_daily_cap_counts_replies_of_the_last_day(scene: Scene, database: Database, clock: Clock) -> None:
    scene.rules = CommunityRules(max_per_day=1)
    scene.run(a_post(1))
    scene.run(a_post(2))
    assert [each.reason for each in all_posts(database)] == [None, SkipReason.DAILY_CAP]


def test_a_muted_community_costs_no_fetch(scene: Scene, report: Callable[[], PostReport]) -> None:
    scene.mutes.add(MutedCommunity("home", "news@lemmy.example", "banned from news", scene.clock()))
    scene.run(a_post(1))
    assert (scene.fetched, report().reason) == ([], SkipReason.BANNED)


def test_waiting_for_the_turn_of_a_host_is_no_try(
    scene: Scene, report: Callable[[], PostReport], clock: Clock
) -> None:
    scene.page = FetchBusy("paper.example", timedelta(seconds=7))
    scene.run(a_post(1))
    for _ in range(5):
        clock.advance(7)
        scene.run()
    assert (len(scene.fetched), report().state, report().attempts) == (6, "discovered", 0)


def test_a_dead_name_server_costs_no_post_a_try(
    scene: Scene, report: Callable[[], PostReport], clock: Clock
) -> None:
    scene.page = FetchOffline()
    scene.run(a_post(1))
    for _ in range(40):
        clock.advance(15 * 60)
        scene.run()
    assert (len(scene.fetched), report().state, report().attempts) == (41, "discovered", 0)


LINK = "https://paper.example/boats"


def states(database: Database) -> list[tuple[str, SkipReason | None]]:
    return [(each.state, each.reason) for each in all_posts(database)]


def test_an_article_gets_one_reply_a_day_in_each_community(
    scene: Scene, database: Database, clock: Clock
) -> None:
    first = a_post(1, url=LINK)
    scene.run(first)
    scene.run(a_post(2, url="http://www.paper.example/boats/?utm_source=x#top"))
    scene.run(a_post(3, url=LINK, community="boats@lemmy.example"))
    assert states(database) == [("ready", None), ("skipped", SkipReason.SAME_ARTICLE), ("ready", None)]
    assert first.permalink in all_posts(database)[1].sentence(clock())
    assert scene.fetched == [LINK, LINK]
    clock.advance(24 * 3600 + 1)
    scene.run(a_post(4, url=LINK, published=clock()))
    assert states(database)[-1] == ("ready", None)


def test_a_moderator_may_want_second_replies(scene: Scene, database: Database) -> None:
    scene.rules = CommunityRules(reposts=True)
    scene.run(a_post(1, url=LINK))
    scene.run(a_post(2, url=LINK))
    assert states(database) == [("ready", None), ("ready", None)]


def test_of_posts_seen_together_the_earliest_gets_the_reply(
    scene: Scene, database: Database, clock: Clock
) -> None:
    scene.run(a_post(1, url=LINK), a_post(2, url=LINK), a_post(3, url=LINK))
    assert states(database) == [("ready", None), ("discovered", None), ("discovered", None)]
    clock.advance(2)
    scene.run()
    assert [reason for _, reason in states(database)] == [None, *[SkipReason.SAME_ARTICLE] * 2]
    assert scene.fetched == [LINK]


def test_a_post_that_gets_no_reply_is_in_nobodys_way(scene: Scene, database: Database, clock: Clock) -> None:
    scene.run(a_post(1, url=LINK, locked=True), a_post(2, url=LINK))
    clock.advance(2)
    scene.run()
    assert states(database) == [("skipped", SkipReason.LOCKED), ("ready", None)]


def test_an_article_is_known_again_by_the_address_that_its_page_gives_itself(
    scene: Scene, database: Database
) -> None:
    def page_at(url: str, canonical: str) -> None:
        scene.found = replace(FOUND, article=replace(FOUND.article, url=url, canonical_url=canonical))

    page_at("https://m.paper.example/a?id=7", LINK)
    scene.run(a_post(1, url="https://short.example/x"))
    page_at(LINK, LINK)
    scene.run(a_post(2, url=LINK))
    page_at("https://thief.example/boats", LINK)
    scene.run(a_post(3, url="https://thief.example/boats"))
    assert states(database) == [("ready", None), ("skipped", SkipReason.SAME_ARTICLE), ("ready", None)]


def test_under_a_spoiler_the_summary_is_hidden_too(scene: Scene, database: Database, clock: Clock) -> None:
    scene.run(a_post(1, spoiler=True))
    draft = OutgoingReplies(database).next_due("home", clock())
    assert draft is not None
    assert draft.markdown.startswith("::: spoiler Summary\nThe mayor counted 45 boats.\n:::")
