"""Replies that wait are judged again by the rules and the post as they are when they are sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from bot.core.database_location import DatabaseLocation
from bot.core.skip_reasons import SkipReason
from bot.pipeline.process import process_post
from bot.store.post_lookup import all_posts
from bot.store.tables import posts
from tests.conftest import Clock
from tests.pipeline.community import CommunityScenario


class WaitingReply(CommunityScenario):
    """A community whose first post has a finished reply that is not sent yet."""

    def __init__(self, location: DatabaseLocation, clock: Clock, **changes: Any) -> None:
        super().__init__(location, clock)
        self.post(**changes)
        for claimed in self.queue.claim(clock(), 20, timedelta(minutes=5)):
            process_post(claimed, self.services)
        assert self.report().state == "ready"

    def edit_post(self, **changes: Any) -> None:
        self.lemmy.posts["1"] = replace(self.lemmy.posts["1"], **changes)

    def outcome(self) -> tuple[str, object]:
        self.run()
        return self.report().state, self.report().reason


@pytest.fixture
def waiting(database_location: DatabaseLocation, clock: Clock) -> WaitingReply:
    return WaitingReply(database_location, clock)


def test_nothing_changed(waiting: WaitingReply) -> None:
    assert waiting.outcome() == ("sent", None)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"enabled": False}, SkipReason.COMMUNITY_OFF),
        ({"only_on_request": True}, SkipReason.ON_REQUEST),
        ({"block_domains": ["paper.example"]}, SkipReason.DOMAIN_BLOCKED),
        ({"allow_domains": ["other.example"]}, SkipReason.DOMAIN_NOT_ALLOWED),
        ({"block_title_words": ["harbour"]}, SkipReason.TITLE),
        ({"allow_title_words": ["tunnel"]}, SkipReason.TITLE),
        ({"allow_flairs": ["News"]}, SkipReason.FLAIR),
        ({"languages": ["de"]}, SkipReason.LANGUAGE),
        ({"min_article_words": 5000}, SkipReason.TOO_SHORT),
        ({"crossposts": False}, SkipReason.CROSSPOST),
    ],
)
def test_a_setting_that_changed_while_the_reply_waited_applies(
    database_location: DatabaseLocation, clock: Clock, settings: dict[str, Any], reason: SkipReason
) -> None:
    waiting = WaitingReply(database_location, clock, crosspost=True)
    waiting.set_rules(**settings)
    assert waiting.outcome() == ("skipped", reason)
    assert waiting.lemmy.comments == {}


@pytest.mark.parametrize("settings", [{"words": 30}, {"sentences": 1}, {"min_saved": 90}])
def test_a_reply_that_is_now_too_long_is_written_again(
    waiting: WaitingReply, settings: dict[str, Any]
) -> None:
    long = waiting.report()
    waiting.set_rules(**settings)
    assert waiting.outcome()[0] == "discovered"
    assert waiting.outcome() == ("sent", None)
    assert len(waiting.used_methods) == 2
    shorter = waiting.report()
    assert (shorter.summary_words or 0) < (long.summary_words or 0)
    assert len(waiting.lemmy.comments) == 1


def test_a_reply_of_an_earlier_version_is_judged_by_what_its_row_has(waiting: WaitingReply) -> None:
    with waiting.database.write_transaction() as connection:
        connection.execute(update(posts).values(article_word_count=None, summary_sentences=None))
    waiting.set_rules(min_article_words=5000, sentences=1)
    assert waiting.outcome() == ("sent", None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nsfw": True}, SkipReason.NSFW),
        ({"pinned": True}, SkipReason.PINNED),
        ({"locked": True}, SkipReason.LOCKED),
        ({"gone": True, "url": None}, SkipReason.GONE),
    ],
)
def test_a_post_that_changed_while_the_reply_waited_is_skipped(
    waiting: WaitingReply, change: dict[str, Any], reason: SkipReason
) -> None:
    waiting.edit_post(**change)
    assert waiting.outcome() == ("skipped", reason)


def test_a_title_that_was_edited_is_judged(waiting: WaitingReply) -> None:
    waiting.set_rules(block_title_words=["satire"])
    waiting.edit_post(title="Satire: the harbour bridge")
    assert waiting.outcome() == ("skipped", SkipReason.TITLE)


def test_the_age_of_the_post_does_not_matter(waiting: WaitingReply, clock: Clock) -> None:
    """The reply waited for a rate limit or for the end of the quiet hours."""
    clock.advance(25 * 3600)
    assert waiting.outcome() == ("sent", None)


def test_a_minimum_age_that_was_set_later_is_waited_for(waiting: WaitingReply, clock: Clock) -> None:
    waiting.set_rules(min_age_minutes=30)
    assert waiting.outcome() == ("ready", None)
    clock.advance(30 * 60)
    assert waiting.outcome() == ("sent", None)


def test_a_minimum_score_that_was_set_later_is_waited_for_up_to_the_maximum_age(
    waiting: WaitingReply, clock: Clock
) -> None:
    waiting.set_rules(min_score=5)
    assert waiting.outcome() == ("ready", None)
    clock.advance(10 * 60)
    waiting.edit_post(score=5)
    assert waiting.outcome() == ("sent", None)


def test_a_post_that_never_reaches_the_minimum_score_ends_as_too_old(
    waiting: WaitingReply, clock: Clock
) -> None:
    waiting.set_rules(min_score=5)
    clock.advance(25 * 3600)
    assert waiting.outcome() == ("skipped", SkipReason.TOO_OLD)
    assert "waiting for a score of 5" in (all_posts(waiting.database)[0].error or "")
