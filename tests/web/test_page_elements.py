"""The parts of the pages: formatting, charts, controls, highlighting, Markdown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.models import Article, Dialect, Layout, ParagraphKind, ScoredSentence
from bot.render import sanitize
from bot.rules import CommunityRules
from bot.rules.layers import merge_layers
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.validation import parse_settings
from bot.store.statistics import DayStatistics
from bot.web.charts import line_chart, outcome_chart, round_up, round_up_time
from bot.web.formatting import ago, duration, number, percent, safe_link, setting_value, time_until
from bot.web.highlighting import highlight
from bot.web.markdown import to_html
from bot.web.preview_controls import controls, rules_from_form, to_settings_lines
from bot.web.score_explanation import feature_texts
from tests.render.hostile import HOSTILE
from tests.render.readers import rendered_html

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
    assert time_until(NOW - timedelta(seconds=5), NOW) == "now"
    assert time_until(NOW + timedelta(minutes=5), NOW) == "in 5\u202fmin"
    assert (number(1234567), number(None)) == ("1\u202f234\u202f567", "–")


def test_settings_as_text() -> None:
    values = [True, 4, Layout.BULLETS, (), ("a.example", "b.example"), "precis", None, timedelta(minutes=5)]
    texts = ["yes", "4", "bullets", "none", "a.example, b.example", "precis", "none", "5m"]
    assert [setting_value(value) for value in values] == texts


def test_only_web_links_are_kept() -> None:
    assert safe_link("https://lemmy.example/post/1") == "https://lemmy.example/post/1"
    assert safe_link("javascript:alert(1)") == safe_link(" https://x") == safe_link("data:text/html,x") == "#"


@given(st.floats(min_value=0, max_value=1e9))
def test_the_maximum_of_an_axis_is_close_to_the_largest_value(value: float) -> None:
    assert value <= round_up(value) <= max(1, 2 * value)
    assert value <= round_up_time(value)


def test_a_chart_of_days() -> None:
    days = (
        DayStatistics(date(2026, 2, 28)),
        DayStatistics(date(2026, 3, 1), replies=30, skips=10, given_up=10),
    )
    chart = outcome_chart(days)
    assert [(tick.at, tick.label) for tick in chart.y_ticks] == [
        (100, "0"),
        (80, "10"),
        (60, "20"),
        (40, "30"),
        (20, "40"),
        (0, "50"),
    ]
    assert [(tick.at, tick.label) for tick in chart.x_ticks] == [(25, "28 Feb"), (75, "1 Mar")]
    assert chart.bars[0].segments == ()
    assert chart.bars[1].segments == (("replies", 40, 60), ("skips", 20, 20), ("dead", 0, 20))
    assert chart.bars[1].title == "01 March 2026: 30 replies, 10 skipped, 10 failed"


def test_a_line_has_gaps_values_and_ticks() -> None:
    days = [date(2026, 1, 20) + timedelta(days=n) for n in range(40)]
    drawn = line_chart(days, [50, None, 100, 500] + [None] * 36, 100, percent)
    assert drawn.polylines == ("0.1,50.00 0.9,50.00", "2.1,0.00 2.9,0.00 3.1,0.00 3.9,0.00")
    assert [bar.title for bar in drawn.bars[:2]] == ["20 January 2026: 50\u202f%", "21 January 2026: –"]
    assert [tick.label for tick in drawn.y_ticks] == ["0", *(f"{n}\u202f%" for n in (25, 50, 75, 100))]
    assert [(tick.at, tick.label) for tick in drawn.x_ticks] == [(31.25, "1 Feb"), (66.25, "15 Feb")]
    assert [tick.label for tick in line_chart(days, [1] * 40, 1, str).y_ticks] == ["0", "1.0"]


def test_controls_for_the_rules_that_change_a_reply() -> None:
    first, rest = controls(CommunityRules(sentences=7))
    by_name = {control.name: control for control in (*first, *rest)}
    assert [control.name for control in first] == ["method", "layout", "sentences", "words"]
    assert by_name["sentences"].value == "7"
    assert (by_name["sentences"].lowest, by_name["sentences"].highest) == (1, 15)
    assert "luhn" in by_name["method"].choices
    assert by_name["min_saved"].help == CommunityRules.model_fields["min_saved"].description


def test_the_values_of_a_form_replace_those_of_the_base() -> None:
    base = CommunityRules(words=90, block_domains=("paper.example",))
    rules, problems = rules_from_form(
        base, {"sent": "yes", "layout": "bullets", "sentences": "3", "words": ""}
    )
    assert problems == ()
    assert (rules.layout, rules.sentences, rules.words) == (Layout.BULLETS, 3, 90)
    assert rules.block_domains == ("paper.example",)
    assert to_settings_lines(
        rules, merge_layers({"words": 90, "block_domains": ("paper.example",)}, {}, ModeratorLimits())
    ) == ("sentences: 3\nlayout: bullets")
    unchanged, problems = rules_from_form(base, {"sentences": "0"})
    assert unchanged == base
    assert problems == ("sentences: must be greater than or equal to 1.",)


def test_lines_to_copy_give_the_chosen_rules() -> None:
    operator = {"words": 90, "links": True, "footer_line": "Ask us"}
    theirs = {"block_domains": ["a.example", "b.example"], "words": 70, "quiet_hours": "22:00-07:00"}
    effective = merge_layers(operator, theirs, ModeratorLimits())
    chosen = effective.rules.model_copy(
        update={"words": 100, "links": False, "footer_line": "News: #1, [here]"}
    )
    lines = to_settings_lines(chosen, effective)
    assert merge_layers(operator, parse_settings(lines, ModeratorLimits()), ModeratorLimits()).rules == chosen
    assert "words: 100" in lines  # the default, but the operator has set another value
    assert "sentences" not in lines
    assert to_settings_lines(effective.rules, effective) == ""


def test_highlights_are_in_order_and_distinguish_equal_sentences() -> None:
    article = Article(
        title="T",
        text="He came. He saw.\n\nHe came. He  won.",
        language="en",
        confidence=1,
        word_count=8,
        paragraph_kinds=(ParagraphKind.HEADING, ParagraphKind.QUOTE),
    )
    scored = (
        ScoredSentence("He came.", 1, True),
        ScoredSentence("He saw.", 1, False),
        ScoredSentence("He came.", 1, True),
        ScoredSentence("He won.", 1, True),
        ScoredSentence("Not in it.", 1, True),
    )
    first, second = highlight(article, scored)
    assert (first.kind, second.kind) == (ParagraphKind.HEADING, ParagraphKind.QUOTE)
    assert [(piece.text, piece.number) for piece in first.pieces] == [("He came.", 1), (" He saw.", 0)]
    assert [(piece.text, piece.number) for piece in second.pieces] == [
        ("He came.", 2),
        (" ", 0),
        ("He  won.", 3),
    ]


def test_features_as_text() -> None:
    features = (("alone", 0.94), ("leans", 0.01), ("new_thing", 0.5))
    assert list(feature_texts(ScoredSentence("S.", 1, True, features=features))) == [
        ("probability that it stands alone", "0.94"),
        ("new thing", "0.5"),
    ]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_hostile_text_is_rendered_as_text(dialect: Dialect) -> None:
    for name, text in HOSTILE.items():
        html = to_html(sanitize(text, dialect), dialect)
        assert rendered_html(html).tags == frozenset(), name


def test_raw_hostile_markdown_gives_no_html() -> None:
    for dialect in Dialect:
        for name, text in HOSTILE.items():
            tags = rendered_html(to_html(text, dialect)).tags
            assert not tags & {"script", "img", "style", "iframe", "div", "b"}, name
            assert "javascript:" not in to_html(text, dialect).lower().replace("[x](javascript:", ""), name


def test_only_lemmy_links_bare_domains() -> None:
    text = "a.com https://b.example H~2~O"
    assert to_html(text, Dialect.LEMMY).count("<a ") == 2
    assert to_html(text, Dialect.PIEFED).count("<a ") == 1
    assert "<sub>2</sub>" in to_html(text, Dialect.PIEFED)


def test_spoilers_of_all_platforms() -> None:
    on_reddit = to_html(">!One \\*two\\*.!<\n\n>!Three.!<\n\n> said", Dialect.REDDIT)
    assert on_reddit.count('<span class="spoiler" tabindex="0">') == 2
    assert "One *two*.</span>" in on_reddit
    assert "<blockquote>" in on_reddit
    on_lemmy = to_html("::: spoiler Sum <b>mary\nOne.\n:::", Dialect.LEMMY)
    assert on_lemmy == "<details><summary>Sum &lt;b&gt;mary</summary>\n<p>One.</p>\n</details>\n"
    assert to_html("::: spoiler Sum <b>mary\n\nOne.\n\n:::", Dialect.PIEFED) == on_lemmy
