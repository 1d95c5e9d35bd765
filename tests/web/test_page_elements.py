"""The small parts under the pages: words, charts, controls, marks, Markdown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.models import Article, Dialect, Kind, Layout, Scored
from bot.render import sanitize
from bot.rules import CommunityRules
from bot.rules.layers import layered
from bot.rules.moderator_limits import Limits
from bot.rules.validation import parse
from bot.store.statistics import Day
from bot.web.charts import line, outcomes, round_up, round_up_time
from bot.web.formatting import ago, due, duration, link, number, setting
from bot.web.highlighting import marked
from bot.web.markdown import rendered
from bot.web.preview_controls import as_lines, chosen, controls
from bot.web.score_explanation import in_words
from tests.render.hostile import HOSTILE
from tests.render.readers import page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0.0 s"),
        (0.04, "40 ms"),
        (9.94, "9.9 s"),
        (45, "45 s"),
        (89.6, "90 s"),
        (91, "2 min"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (86399, "1 d"),
        (11 * 3600 + 1800, "11 h"),
        (4 * 86400, "4 d"),
        (timedelta(seconds=45), "45 s"),
    ],
)
def test_durations(seconds: float | None, words: str) -> None:
    assert duration(seconds).replace("\u202f", " ") == words


def test_times_before_and_after_now() -> None:
    assert ago(None, NOW) == "never"
    assert ago(NOW + timedelta(seconds=5), NOW) == "just now"
    assert ago(NOW - timedelta(seconds=5), NOW) == "5\u202fs ago"
    assert due(NOW - timedelta(seconds=5), NOW) == "now"
    assert due(NOW + timedelta(minutes=5), NOW) == "in 5\u202fmin"
    assert (number(1234567), number(None)) == ("1\u202f234\u202f567", "–")


def test_settings_as_words() -> None:
    values = [True, 4, Layout.BULLETS, (), ("a.example", "b.example"), "precis", None, timedelta(minutes=5)]
    shown = ["yes", "4", "bullets", "none", "a.example, b.example", "precis", "none", "5m"]
    assert [setting(value) for value in values] == shown


def test_links_lead_to_the_web_or_nowhere() -> None:
    assert link("https://lemmy.example/post/1") == "https://lemmy.example/post/1"
    assert link("javascript:alert(1)") == link(" https://x") == link("data:text/html,x") == "#"


@given(st.floats(min_value=0, max_value=1e9))
def test_an_axis_holds_its_values_and_is_not_much_longer(value: float) -> None:
    assert value <= round_up(value) <= max(1, 2 * value)
    assert value <= round_up_time(value)


def test_a_chart_of_days() -> None:
    days = (Day(date(2026, 2, 28)), Day(date(2026, 3, 1), replies=30, skips=10, given_up=10))
    chart = outcomes(days)
    assert chart.most == 50
    assert chart.bars[0].parts == ()
    assert chart.bars[1].parts == (("replies", 40, 60), ("skips", 20, 20), ("dead", 0, 20))
    assert chart.bars[1].title == "01 March 2026: 30 replies, 10 skipped, 10 given up"
    drawn = line([50, None, 100, 500], 100)
    assert drawn.runs == ("0.1,50.00 0.9,50.00", "2.1,0.00 2.9,0.00 3.1,0.00 3.9,0.00")


def test_there_is_a_control_for_each_rule_that_shows_in_a_reply() -> None:
    first, rest = controls(CommunityRules(sentences=7))
    by_name = {control.name: control for control in (*first, *rest)}
    assert [control.name for control in first] == ["method", "layout", "sentences", "words"]
    assert by_name["sentences"].value == "7"
    assert (by_name["sentences"].least, by_name["sentences"].most) == (1, 15)
    assert "luhn" in by_name["method"].choices
    assert by_name["min_saved"].help == CommunityRules.model_fields["min_saved"].description


def test_what_a_form_asks_for_holds_over_the_base() -> None:
    base = CommunityRules(words=90, block_domains=("paper.example",))
    rules, mistakes = chosen(base, {"sent": "yes", "layout": "bullets", "sentences": "3", "words": ""})
    assert mistakes == ()
    assert (rules.layout, rules.sentences, rules.words) == (Layout.BULLETS, 3, 90)
    assert rules.block_domains == ("paper.example",)
    assert as_lines(rules, layered({"words": 90, "block_domains": ("paper.example",)}, {}, Limits())) == (
        "sentences: 3\nlayout: bullets"
    )
    unchanged, mistakes = chosen(base, {"sentences": "0"})
    assert unchanged == base
    assert mistakes == ("sentences: Input should be greater than or equal to 1.",)


def test_lines_to_copy_are_all_that_moderators_have_to_write() -> None:
    operator = {"words": 90, "links": True, "footer_line": "Ask us"}
    theirs = {"block_domains": ["a.example", "b.example"], "words": 70, "quiet_hours": "22:00-07:00"}
    held = layered(operator, theirs, Limits())
    wished = held.rules.model_copy(update={"words": 100, "links": False, "footer_line": "News: #1, [here]"})
    lines = as_lines(wished, held)
    assert layered(operator, parse(lines, Limits()), Limits()).rules == wished
    assert "words: 100" in lines  # a default, where the operator has another
    assert "sentences" not in lines
    assert as_lines(held.rules, held) == ""


def test_marks_follow_the_text_and_tell_twins_apart() -> None:
    article = Article(
        title="T",
        text="He came. He saw.\n\nHe came. He  won.",
        language="en",
        confidence=1,
        words=8,
        kinds=(Kind.HEADING, Kind.QUOTE),
    )
    scored = (
        Scored("He came.", 1, True),
        Scored("He saw.", 1, False),
        Scored("He came.", 1, True),
        Scored("He won.", 1, True),
        Scored("Not in it.", 1, True),
    )
    first, second = marked(article, scored)
    assert (first.kind, second.kind) == (Kind.HEADING, Kind.QUOTE)
    assert [(piece.text, piece.number) for piece in first.pieces] == [("He came.", 1), (" He saw.", 0)]
    assert [(piece.text, piece.number) for piece in second.pieces] == [
        ("He came.", 2),
        (" ", 0),
        ("He  won.", 3),
    ]


def test_reasons_are_words_and_unknown_ones_keep_their_names() -> None:
    features = (("prior", 1.234), ("first", 1.0), ("luhn", 0.01), ("forward_mean", 1.0), ("new_thing", 0.5))
    assert list(in_words(Scored("S.", 1, True, features=features))) == [
        ("above the article's average, all in all", "1.2"),
        ("opens the article", ""),
        ("new thing", "0.5"),
    ]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_hostile_text_renders_to_nothing_but_text(dialect: Dialect) -> None:
    for name, text in HOSTILE.items():
        html = rendered(sanitize(text, dialect), dialect)
        assert page(html).tags == frozenset(), name


def test_even_raw_hostile_markdown_gives_no_html_of_its_own() -> None:
    for dialect in Dialect:
        for name, text in HOSTILE.items():
            tags = page(rendered(text, dialect)).tags
            assert not tags & {"script", "img", "style", "iframe", "div", "b"}, name
            assert "javascript:" not in rendered(text, dialect).lower().replace("[x](javascript:", ""), name


def test_spoilers_of_both_platforms() -> None:
    on_reddit = rendered(">!One \\*two\\*.!<\n\n>!Three.!<\n\n> said", Dialect.REDDIT)
    assert on_reddit.count('<span class="spoiler" tabindex="0">') == 2
    assert "One *two*.</span>" in on_reddit
    assert "<blockquote>" in on_reddit
    on_lemmy = rendered("::: spoiler Sum <b>mary\nOne.\n:::", Dialect.LEMMY)
    assert on_lemmy == "<details><summary>Sum &lt;b&gt;mary</summary>\n<p>One.</p>\n</details>\n"
