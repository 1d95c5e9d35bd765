"""Posts without a link that are long texts of their authors: summarized where the settings want it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from bot.core.database_location import DatabaseLocation
from bot.core.models import Post
from bot.core.skip_reasons import SkipReason
from bot.pipeline.deferral import LINK_CHECKS
from bot.sandbox.news.page_builder import build_page
from bot.store import ClockCorrection, State
from bot.store.tables import posts
from tests.conftest import Clock
from tests.pipeline.community import ARTICLE, CommunityScenario

WEEKS = [
    f"In week {week}, the council told the {week * 3} gardeners of Lanby that bed {week} must be watered "
    f"from the spring, because the tank of the old mill holds only {week * 40} litres."
    for week in range(1, 15)
]
TEXT = "\n\n".join(WEEKS)
OTHER_TEXT = "\n\n".join(
    f"On day {day}, the mayor of Harbour Town counted {day * 7} boats at the pier, and the harbour master "
    f"said that the storm of the autumn had broken {day} of the old ropes."
    for day in range(1, 15)
)


class SelfPosts(CommunityScenario):
    def self_post(self, number: int = 1, body: str = TEXT, **changes: Any) -> Post:
        return self.post(number, **{"url": None, "title": "How we water our garden", "body": body, **changes})

    def edit_text(self, body: str, **changes: Any) -> None:
        self.lemmy.posts["1"] = replace(self.lemmy.posts["1"], body=body, **changes)

    def outcome(self, number: int = 1) -> tuple[State, SkipReason | None]:
        return self.report(number).state, self.report(number).reason


@pytest.fixture
def community(database_location: DatabaseLocation, clock: Clock) -> SelfPosts:
    scenario = SelfPosts(database_location, clock)
    scenario.set_rules(self_posts=True)
    return scenario


def test_by_default_a_self_post_gets_no_reply(database_location: DatabaseLocation, clock: Clock) -> None:
    community = SelfPosts(database_location, clock)
    community.self_post()
    community.run()
    assert community.outcome() == (State.SKIPPED, SkipReason.NO_LINK)
    assert community.report().error == "the settings exclude self posts"


def test_its_own_sentences_are_quoted_without_a_fetch(community: SelfPosts) -> None:
    community.pages.clear()
    community.self_post()
    community.run()
    body, _, footer = community.markdown.partition("\n\n---\n\n")
    assert body
    assert all(sentence in WEEKS for sentence in body.split("\n\n"))
    assert footer.startswith("The original post contains **")


@pytest.mark.parametrize(
    ("language", "start"),
    [
        ("de", "Der Beitrag hat **"),
        ("fr", "La publication contient **"),
        ("es", "La publicación original tiene **"),
        ("it", "Il post originale contiene **"),
        ("nl", "Het bericht telt **"),
        ("pt", "A publicação original tem **"),
    ],
)
def test_the_footer_names_the_post(community: SelfPosts, language: str, start: str) -> None:
    community.set_rules(self_posts=True, language=language)
    community.self_post()
    community.run()
    assert start in community.markdown


def test_a_link_post_with_a_text_is_still_about_its_link(community: SelfPosts) -> None:
    community.post(body=TEXT)
    community.run()
    assert "The original article contains **" in community.markdown
    assert "garden" not in community.markdown


@pytest.mark.parametrize(
    ("body", "changes", "rules", "reason"),
    [
        ("\n\n".join(WEEKS[:3]), {}, {}, SkipReason.TOO_SHORT),
        (TEXT, {}, {"min_self_post_words": 2000}, SkipReason.TOO_SHORT),
        ("  \n", {}, {}, SkipReason.NO_LINK),
        ("![tree](t.png) ![bed](b.png)", {}, {}, SkipReason.NOT_TEXT),
        (f"::: spoiler T\n{TEXT}\n:::", {}, {}, SkipReason.NOT_TEXT),
        (TEXT, {"gone": True}, {}, SkipReason.GONE),
        (TEXT, {"nsfw": True}, {}, SkipReason.NSFW),
        (TEXT, {"locked": True}, {}, SkipReason.LOCKED),
        (TEXT, {"pinned": True}, {}, SkipReason.PINNED),
        (TEXT, {"bot_author": True}, {}, SkipReason.BOT_AUTHOR),
        (TEXT, {}, {"languages": ["de"]}, SkipReason.LANGUAGE),
        (TEXT, {}, {"block_title_words": ["garden"]}, SkipReason.TITLE),
        (TEXT, {}, {"allow_domains": ["paper.example"]}, None),
        (TEXT, {}, {"block_domains": ["lemmy.example"]}, None),
        (TEXT, {}, {"min_article_words": 2000}, None),
    ],
)
def test_the_other_settings_hold_for_self_posts(
    community: SelfPosts,
    body: str,
    changes: dict[str, Any],
    rules: dict[str, Any],
    reason: SkipReason | None,
) -> None:
    community.set_rules(self_posts=True, **rules)
    community.self_post(body=body, **changes)
    community.run()
    assert community.report().reason is reason
    assert bool(community.markdown) == (reason is None)


def test_a_spoiler_is_not_quoted(community: SelfPosts) -> None:
    community.set_rules(self_posts=True, min_self_post_words=100)
    lines = [line if index % 3 else f">!{line}!<" for index, line in enumerate(WEEKS)]
    community.self_post(body="\n\n".join(lines))
    community.run()
    assert community.markdown
    assert not any(line in community.markdown for line in WEEKS[::3])


def test_the_same_text_again_gets_no_second_reply(community: SelfPosts) -> None:
    community.self_post(1)
    community.run()
    community.self_post(2)
    community.self_post(3, OTHER_TEXT)
    community.run()
    assert community.outcome(2) == (State.SKIPPED, SkipReason.SAME_ARTICLE)
    assert community.outcome(3) == (State.SENT, None)


def test_a_text_that_is_edited_before_its_reply_is_sent_is_read_again(community: SelfPosts) -> None:
    community.set_rules(self_posts=True, quiet_hours="11:00-12:30")
    community.self_post()
    community.run()
    community.edit_text(OTHER_TEXT)
    community.run_for(90)
    assert "boats" in community.markdown
    assert "Lanby" not in community.markdown


def test_self_posts_are_excluded_before_a_reply_is_sent(community: SelfPosts) -> None:
    community.set_rules(self_posts=True, min_age_minutes=30)
    community.self_post()
    community.run()
    community.set_rules(self_posts=False, min_age_minutes=30)
    community.run_for(60)
    assert community.outcome() == (State.SKIPPED, SkipReason.NO_LINK)


@pytest.mark.parametrize("edit_on_change", [True, False])
def test_an_edit_that_does_not_change_the_summary_changes_nothing(
    community: SelfPosts, edit_on_change: bool
) -> None:
    community.set_rules(self_posts=True, edit_on_change=edit_on_change)
    community.self_post()
    community.run()
    before = community.markdown
    community.edit_text(f"{TEXT}\n\n```\nnotes\n```")
    community.run_for(200)
    assert community.lemmy.comments == {"c1": before}
    assert community.outcome() == (State.SENT, None)


def test_with_edit_on_change_the_reply_follows_an_edited_text(community: SelfPosts) -> None:
    community.set_rules(self_posts=True, edit_on_change=True)
    community.self_post()
    community.run()
    community.edit_text(OTHER_TEXT)
    community.run_for(90)
    assert list(community.lemmy.comments) == ["c1"]
    assert "boats" in community.markdown


def test_otherwise_the_reply_to_an_edited_text_is_written_again(community: SelfPosts) -> None:
    community.self_post()
    community.run()
    community.edit_text(OTHER_TEXT)
    community.run_for(200)
    assert list(community.lemmy.comments) == ["c1/2"]
    assert "boats" in community.lemmy.comments["c1/2"]


@pytest.mark.parametrize("edit_on_change", [True, False])
@pytest.mark.parametrize("body", ["", "Removed by me.", f"::: spoiler T\n{TEXT}"])
def test_the_reply_to_a_text_that_was_taken_back_is_deleted(
    community: SelfPosts, edit_on_change: bool, body: str
) -> None:
    community.set_rules(self_posts=True, edit_on_change=edit_on_change)
    community.self_post()
    community.run()
    community.edit_text(body)
    community.run_for(200)
    assert community.lemmy.comments == {}


def test_a_self_post_that_gets_a_link_later_is_about_its_link(community: SelfPosts, clock: Clock) -> None:
    """PieFed saves a link post without its link first."""
    community.self_post(link_awaited_since=clock())
    community.run()
    assert community.markdown == ""
    community.lemmy.posts["1"] = replace(community.lemmy.posts["1"], url=ARTICLE, body="")
    community.run_for(10, step=1)
    assert "The original article contains **" in community.markdown


def test_a_self_post_that_gets_no_link_is_summarized_after_the_wait(
    community: SelfPosts, clock: Clock
) -> None:
    community.self_post(link_awaited_since=clock())
    community.run_for(int(LINK_CHECKS[-1] / timedelta(minutes=1)) + 2, step=1)
    assert "The original post contains **" in community.markdown


def test_a_summary_under_a_post_that_is_a_spoiler_is_hidden(community: SelfPosts) -> None:
    community.self_post(spoiler=True)
    community.run()
    assert community.markdown.startswith("::: spoiler")


def test_the_source_line_does_not_name_the_post_itself(community: SelfPosts) -> None:
    community.set_rules(self_posts=True, source_line=True, key_words=True)
    community.self_post()
    community.run()
    assert "Key words: " in community.markdown
    assert "From " not in community.markdown


def test_an_edited_article_of_a_link_is_followed_as_before(community: SelfPosts) -> None:
    community.set_rules(self_posts=True, edit_on_change=True)
    community.post()
    community.run()
    community.pages[ARTICLE] = build_page("ferry", ARTICLE)
    community.run_for(90)
    assert "Ferry" in community.markdown


@pytest.mark.parametrize("on", [True, False])
def test_the_text_is_not_kept_after_the_post_is_finished(community: SelfPosts, on: bool) -> None:
    community.set_rules(self_posts=on)
    community.self_post()
    assert "gardeners" in stored(community)
    community.run()
    assert community.report().state is (State.SENT if on else State.SKIPPED)
    assert "gardeners" not in stored(community)


def test_a_post_that_was_judged_by_a_wrong_clock_is_read_again(community: SelfPosts, clock: Clock) -> None:
    community.set_rules(self_posts=True, max_age_hours=1)
    community.self_post(published=clock() - timedelta(hours=3))
    community.run()
    assert community.outcome() == (State.SKIPPED, SkipReason.TOO_OLD)
    clock.advance(-3 * 3600)
    ClockCorrection(community.database).apply(timedelta(hours=-3), clock())
    community.run()
    assert community.outcome() == (State.READY, None)  # it is older than the database of the test


def stored(community: SelfPosts) -> str:
    with community.database.read_transaction() as connection:
        return str(connection.execute(select(posts.c.content)).scalar_one())
