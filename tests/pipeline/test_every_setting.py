"""Every setting of a community, through the whole pipeline: with it the outcome is another one.

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
from tests.pipeline.community import ARTICLE, Community

See = Callable[[Community], object]
BODY, FOOTER = 0, 1
ON_REDDIT = {"account": "red", "community": "news", "permalink": "https://www.reddit.com/r/news/comments/1/"}


def outcome(place: Community) -> object:
    """Why there is no reply; None where there is one."""
    place.post()
    place.run()
    return place.report().reason


def of_post(**facts: Any) -> See:
    def see(place: Community) -> object:
        place.post(**facts)
        place.run()
        return place.report().reason

    return see


def an_old_post(place: Community) -> object:
    place.post(published=place.clock() - timedelta(hours=2))
    place.run()
    return place.report().reason


def the_second_post(place: Community) -> object:
    for number in (1, 2):
        place.post(number)
        place.run()
    return place.report(2).reason


def minutes_until_it_is_there(place: Community) -> object:
    post = place.post()
    begin = place.clock()
    place.live(30)
    place.vote(post, 9)
    place.live(120)
    return (place.lemmy.sent_at["c1"] - begin) / timedelta(minutes=1)


def part(number: int) -> See:
    def see(place: Community) -> object:
        place.post()
        place.run()
        return place.markdown.split("\n\n---\n\n")[number]

    return see


def sentences(place: Community) -> object:
    return len(str(part(BODY)(place)).split("\n\n"))


def at_most_40_words(place: Community) -> object:
    return len(str(part(BODY)(place)).split()) <= 40


def saves_most(place: Community) -> object:
    place.post()
    place.run()
    report = place.report()
    return (
        report.reason in (SkipReason.NO_SENTENCES, SkipReason.SAVES_TOO_LITTLE) or (report.saved or 0) >= 95
    )


def begins_with_a_bullet(place: Community) -> object:
    return str(part(BODY)(place)).startswith("- ")


def says(words: str) -> See:
    def see(place: Community) -> object:
        place.post()
        place.run()
        return words in place.markdown

    return see


def method(place: Community) -> object:
    outcome(place)
    return place.asked_methods[-1]


def marks(place: Community) -> object:
    place.post(**ON_REDDIT)
    place.run()
    return place.reddit.marked


def stands_after_votes(place: Community) -> object:
    place.post()
    place.run()
    place.lemmy.votes = -3
    place.live(90)
    return "c1" in place.lemmy.comments


def stands_after_the_posters_word(place: Community) -> object:
    place.post()
    place.run()
    place.say("delete", "alice@lemmy.example", parent_id="c1", post_id="1")
    place.run()
    return "c1" in place.lemmy.comments


def follows_the_article(place: Community) -> object:
    place.post()
    place.run()
    before = place.markdown
    place.pages[ARTICLE] = place.pages[ARTICLE].replace(b"June", b"July")
    place.live(90)
    return place.markdown != before and "July" in place.markdown


@dataclass(frozen=True)
class Case:
    """The setting's value, what is seen of it, without it, and with it."""

    value: object
    see: See
    without: object
    with_it: object
    others: dict[str, Any] = field(default_factory=dict)


CASES = {
    "enabled": Case(False, outcome, None, SkipReason.COMMUNITY_OFF),
    "only_on_request": Case(True, outcome, None, SkipReason.ON_REQUEST),
    "allow_domains": Case(["other.example"], outcome, None, SkipReason.DOMAIN_NOT_ALLOWED),
    "block_domains": Case(["paper.example"], outcome, None, SkipReason.DOMAIN_BLOCKED),
    "allow_title_words": Case(["tunnel"], outcome, None, SkipReason.TITLE),
    "block_title_words": Case(["Harbour  Bridge"], outcome, None, SkipReason.TITLE),
    "allow_flairs": Case(["News"], of_post(flair="Satire", **ON_REDDIT), None, SkipReason.FLAIR),
    "block_flairs": Case(["satire"], of_post(flair="Satire", **ON_REDDIT), None, SkipReason.FLAIR),
    "nsfw": Case(True, of_post(nsfw=True), SkipReason.NSFW, None),
    "languages": Case(["de", "fr"], outcome, None, SkipReason.LANGUAGE),
    "min_article_words": Case(5000, outcome, None, SkipReason.TOO_SHORT),
    "max_age_hours": Case(1, an_old_post, None, SkipReason.TOO_OLD),
    "min_score": Case(5, minutes_until_it_is_there, 0, 40),
    "min_age_minutes": Case(20, minutes_until_it_is_there, 0, 20),
    "quiet_hours": Case("11:00-13:00", minutes_until_it_is_there, 0, 60),
    "time_zone": Case("Europe/Berlin", minutes_until_it_is_there, 60, 0, {"quiet_hours": "11:00-13:00"}),
    "max_per_day": Case(1, the_second_post, None, SkipReason.DAILY_CAP, {"reposts": True}),
    "crossposts": Case(False, of_post(crosspost=True), None, SkipReason.CROSSPOST),
    "reposts": Case(True, the_second_post, SkipReason.SAME_ARTICLE, None),
    "method": Case("luhn", method, "precis", "luhn"),
    "sentences": Case(1, sentences, 4, 1),
    "words": Case(40, at_most_40_words, False, True),
    "min_saved": Case(95, saves_most, False, True),
    "layout": Case("bullets", begins_with_a_bullet, False, True),
    "key_words": Case(True, says("Key words: "), False, True),
    "reading_time": Case(True, says("to read."), False, True),
    "source_line": Case(True, says("From "), False, True),
    "language": Case("de", says("Der Artikel hat **"), False, True),
    "footer_line": Case("Ask @us, *please*.", says("Ask ＠us, \\*please\\*."), False, True),
    "links": Case(True, says("[Opt out](https://lemmy.example/u/precis)"), False, True),
    "distinguished": Case(True, marks, {}, {"c1": False}),
    "sticky": Case(True, marks, {}, {"c1": True}),
    "delete_below": Case(-2, stands_after_votes, True, False),
    "poster_may_delete": Case(False, stands_after_the_posters_word, False, True),
    "edit_on_change": Case(True, follows_the_article, False, True),
}


@pytest.mark.parametrize("name", CommunityRules.model_fields)
def test_a_setting_changes_what_happens(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    seen = []
    for settings in (case.others, case.others | {name: case.value}):
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        place = Community(folder, Clock())
        place.set(**settings)
        seen.append(case.see(place))
        place.database.close()
    assert seen == [case.without, case.with_it]
