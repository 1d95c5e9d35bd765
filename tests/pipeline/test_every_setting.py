"""Every setting of a community changes the outcome, tested through the whole pipeline.

A new field of `CommunityRules` without a case here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from tests.conftest import Clock
from tests.pipeline.community import ARTICLE, CommunityScenario
from tests.pipeline.test_self_posts import TEXT as SELF_POST

Observe = Callable[[CommunityScenario], object]
BODY, FOOTER = 0, 1
ON_REDDIT = {"account": "red", "community": "news", "permalink": "https://www.reddit.com/r/news/comments/1/"}


def reason(community: CommunityScenario) -> object:
    """Why there is no reply; None if there is one."""
    community.post()
    community.run()
    return community.report().reason


def reason_of_post(**changes: Any) -> Observe:
    def observe(community: CommunityScenario) -> object:
        community.post(**changes)
        community.run()
        return community.report().reason

    return observe


def reason_of_old_post(community: CommunityScenario) -> object:
    community.post(published=community.clock() - timedelta(hours=2))
    community.run()
    return community.report().reason


def reason_of_self_post(community: CommunityScenario) -> object:
    return reason_of_post(url=None, title="How we water our garden", body=SELF_POST)(community)


def reason_of_second_post(community: CommunityScenario) -> object:
    for number in (1, 2):
        community.post(number)
        community.run()
    return community.report(2).reason


def minutes_until_reply(community: CommunityScenario) -> object:
    post = community.post()
    start = community.clock()
    community.run_for(30)
    community.set_post_score(post, 9)
    community.run_for(120)
    return (community.lemmy.sent_at["c1"] - start) / timedelta(minutes=1)


def part(number: int) -> Observe:
    def observe(community: CommunityScenario) -> object:
        community.post()
        community.run()
        return community.markdown.split("\n\n---\n\n")[number]

    return observe


def sentences(community: CommunityScenario) -> object:
    return len(str(part(BODY)(community)).split("\n\n"))


def at_most_40_words(community: CommunityScenario) -> object:
    return len(str(part(BODY)(community)).split()) <= 40


def saves_95_percent(community: CommunityScenario) -> object:
    community.post()
    community.run()
    report = community.report()
    return (
        report.reason in (SkipReason.NO_SENTENCES, SkipReason.SAVES_TOO_LITTLE) or (report.saved or 0) >= 95
    )


def begins_with_a_bullet(community: CommunityScenario) -> object:
    return str(part(BODY)(community)).startswith("- ")


def contains(words: str) -> Observe:
    def observe(community: CommunityScenario) -> object:
        community.post()
        community.run()
        return words in community.markdown

    return observe


def method(community: CommunityScenario) -> object:
    reason(community)
    return community.used_methods[-1]


def distinguished(community: CommunityScenario) -> object:
    community.post(**ON_REDDIT)
    community.run()
    return community.reddit.distinguished


def exists_after_downvotes(community: CommunityScenario) -> object:
    community.post()
    community.run()
    community.lemmy.votes = -3
    community.run_for(90)
    return "c1" in community.lemmy.comments


def exists_after_delete_by_author(community: CommunityScenario) -> object:
    community.post()
    community.run()
    community.send_message("delete", "alice@lemmy.example", parent_id="c1", post_id="1")
    community.run()
    return "c1" in community.lemmy.comments


def is_edited_with_article(community: CommunityScenario) -> object:
    community.post()
    community.run()
    before = community.markdown
    community.pages[ARTICLE] = community.pages[ARTICLE].replace(b"June", b"July")
    community.run_for(90)
    return community.markdown != before and "July" in community.markdown


@dataclass(frozen=True)
class Case:
    """The setting's value, how its effect is observed, and the observation without and with it."""

    value: object
    observe: Observe
    without: object
    with_it: object
    others: dict[str, Any] = field(default_factory=dict)


CASES = {
    "enabled": Case(False, reason, None, SkipReason.COMMUNITY_OFF),
    "only_on_request": Case(True, reason, None, SkipReason.ON_REQUEST),
    "allow_domains": Case(["other.example"], reason, None, SkipReason.DOMAIN_NOT_ALLOWED),
    "block_domains": Case(["paper.example"], reason, None, SkipReason.DOMAIN_BLOCKED),
    "allow_title_words": Case(["tunnel"], reason, None, SkipReason.TITLE),
    "block_title_words": Case(["Harbour  Bridge"], reason, None, SkipReason.TITLE),
    "allow_flairs": Case(["News"], reason_of_post(flair="Satire", **ON_REDDIT), None, SkipReason.FLAIR),
    "block_flairs": Case(["satire"], reason_of_post(flair="Satire", **ON_REDDIT), None, SkipReason.FLAIR),
    "nsfw": Case(True, reason_of_post(nsfw=True), SkipReason.NSFW, None),
    "languages": Case(["de", "fr"], reason, None, SkipReason.LANGUAGE),
    "min_article_words": Case(5000, reason, None, SkipReason.TOO_SHORT),
    "self_posts": Case(True, reason_of_self_post, SkipReason.NO_LINK, None),
    "min_self_post_words": Case(5000, reason_of_self_post, None, SkipReason.TOO_SHORT, {"self_posts": True}),
    "max_age_hours": Case(1, reason_of_old_post, None, SkipReason.TOO_OLD),
    "min_score": Case(5, minutes_until_reply, 0, 40),
    "min_age_minutes": Case(20, minutes_until_reply, 0, 20),
    "quiet_hours": Case("11:00-13:00", minutes_until_reply, 0, 60),
    "time_zone": Case("Europe/Berlin", minutes_until_reply, 60, 0, {"quiet_hours": "11:00-13:00"}),
    "max_per_day": Case(1, reason_of_second_post, None, SkipReason.DAILY_CAP, {"reposts": True}),
    "crossposts": Case(False, reason_of_post(crosspost=True), None, SkipReason.CROSSPOST),
    "reposts": Case(True, reason_of_second_post, SkipReason.SAME_ARTICLE, None),
    "method": Case("luhn", method, "precis", "luhn"),
    "sentences": Case(1, sentences, 3, 1),
    "words": Case(40, at_most_40_words, False, True),
    "min_saved": Case(95, saves_95_percent, False, True),
    "layout": Case("bullets", begins_with_a_bullet, False, True),
    "key_words": Case(True, contains("Key words: "), False, True),
    "reading_time": Case(True, contains("to read."), False, True),
    "source_line": Case(True, contains("From "), False, True),
    "language": Case("de", contains("Der Artikel hat **"), False, True),
    "footer_line": Case("Ask @us, *please*.", contains("Ask ＠us, \\*please\\*."), False, True),
    "links": Case(True, contains("[Opt out](https://lemmy.example/u/precis)"), False, True),
    "distinguished": Case(True, distinguished, {}, {"c1": False}),
    "sticky": Case(True, distinguished, {}, {"c1": True}),
    "delete_below": Case(-2, exists_after_downvotes, True, False),
    "poster_may_delete": Case(False, exists_after_delete_by_author, False, True),
    "edit_on_change": Case(True, is_edited_with_article, False, True),
}


@pytest.mark.parametrize("name", CommunityRules.model_fields)
def test_a_setting_changes_the_outcome(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    observed = []
    for settings in (case.others, case.others | {name: case.value}):
        folder = tmp_path / str(len(observed))
        folder.mkdir()
        community = CommunityScenario(folder / "precis.db", Clock())
        community.set_rules(**settings)
        observed.append(case.observe(community))
        community.database.close()
    assert observed == [case.without, case.with_it]
