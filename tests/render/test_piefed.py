"""The invariant with PieFed's renderer: for any text, a reader sees only `clean(text)`.

The typographic quotation marks of smarty-pants are accepted, as those of Lemmy's typographer are.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.models import Dialect, Layout, Reply, Summary
from bot.render import FooterLinks, render
from bot.render.sanitize import clean, sanitize
from bot.rules import CommunityRules
from tests.render.hostile import HOSTILE
from tests.render.piefed_reader import piefed_html, render_on_piefed
from tests.render.readers import lemmy, old_client_links, rendered, without_smart_quotes
from tests.render.test_sanitize import TEXTS

HOME = "https://code.example/precis"
ALL = tuple(HOSTILE.values())
LEMMY_UI = lemmy(typographer=True)


def assert_shown_as_plain_text(text: str) -> None:
    source = sanitize(text, Dialect.PIEFED)
    shown = render_on_piefed(source)
    assert (without_smart_quotes(shown.text), shown.tags) == (without_smart_quotes(clean(text)), frozenset())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_shown_as_plain_text(text: str) -> None:
    assert_shown_as_plain_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "A | B || C",
        "H~2~O, x^2^, {a|b} and ~~no~~",
        "a < b > c <b>d</b> <3",
        "/u/name, /c/name, //host and and/or",
        "&lt; &amp;lt; &#124; &#x7c; AT&T &copy &x;",
        "a ::: spoiler b",
        "smile :smile: at 10:30:15",
        "`a` > b `",
        "and so . . . on . . . . on",
        "[!news＠evil.example](x) [~a](b)",
        "why???? oh!!!! ,, +-1",
    ],
)
def test_what_only_piefed_formats_is_shown_as_plain_text(text: str) -> None:
    assert_shown_as_plain_text(text)


@given(TEXTS)
@example("a. . . . b")
@settings(max_examples=300, deadline=None)
def test_any_text_is_shown_as_plain_text(text: str) -> None:
    assert_shown_as_plain_text(text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_lemmy_shows_a_federated_copy_as_plain_text(text: str) -> None:
    """PieFed sends the Markdown of a comment to the Lemmy servers that follow the community."""
    source = sanitize(text, Dialect.PIEFED)
    shown = rendered(LEMMY_UI, source)
    assert (without_smart_quotes(shown.text), shown.tags) == (without_smart_quotes(clean(text)), frozenset())
    assert not old_client_links(source)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_lines_of_one_reply_have_no_combined_effect(texts: list[str]) -> None:
    lines = [line for line in map(clean, texts) if line]
    shown = render_on_piefed("\n\n".join(sanitize(line, Dialect.PIEFED) for line in lines))
    expected = without_smart_quotes("\n".join(lines))
    assert (without_smart_quotes(shown.text), shown.tags) == (expected, frozenset())


def reply_to(texts: tuple[str, ...], layout: Layout, home: str = HOME) -> str:
    summary = Summary(texts, 924, 218, "precis")
    links = FooterLinks(*(f"{home}/{name}" for name in ("why", "u/precis__bot", "u/precis__bot")))
    rules = CommunityRules(layout=layout, links=True)
    reply = render(summary, rules, Dialect.PIEFED, home, "en", links=links)
    assert isinstance(reply, Reply)
    return reply.markdown


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("texts", [*((text,) for text in ALL), ALL[: len(ALL) // 2], ALL[len(ALL) // 2 :]])
def test_a_reply_has_only_the_tags_of_its_layout_and_the_footer(
    texts: tuple[str, ...], layout: Layout
) -> None:
    lines = [text for text in ("Before.", *texts, "After.") if clean(text)]
    shown = render_on_piefed(reply_to(tuple(lines), layout))
    tags = {
        Layout.PARAGRAPHS: set(),
        Layout.BULLETS: {"ul", "li"},
        Layout.COLLAPSED: {"details", "summary", "div"},
    }[layout]
    assert shown.tags == {"a", "hr", "strong"} | tags
    text = without_smart_quotes("\n".join(part for part in shown.text.split("\n") if part))
    title = "Summary\n" if layout is Layout.COLLAPSED else ""
    assert text.startswith(title + "\n".join(without_smart_quotes(clean(line)) for line in lines) + "\nThe ")


def test_a_spoiler_closes_before_the_footer() -> None:
    html = piefed_html(reply_to(("One.", "Two."), Layout.COLLAPSED))
    assert html.startswith(
        '<details><summary>Summary</summary><div class="spoiler_block symmetric">\n<p>One.</p>\n<p>Two.</p>\n'
        "</div></details>\n<hr/>"
    )


@pytest.mark.parametrize("home", ["https://code.example/~a~/b", "https://x.example/a__b__c**d**", HOME])
def test_the_links_of_the_footer_are_kept(home: str) -> None:
    html = piefed_html(reply_to(("One.",), Layout.PARAGRAPHS, home))
    assert html.count("<a href=") == 5
    assert html.count("<strong>") == 3
    assert "<sub>" not in html
    assert html.count('/u/precis_%5Fbot"') == 2


def test_the_renderer_shows_the_effects_of_unescaped_texts() -> None:
    effective = {name for name, text in HOSTILE.items() if render_on_piefed(text).tags}
    assert {
        "inline link",
        "raw URL",
        "mention",
        "ruby",
        "spoiler",
        "footnote",
        "table",
        "strike",
    } <= effective
    assert len(effective) >= 35


def test_the_escapes_of_lemmy_are_shown_on_piefed() -> None:
    shown = render_on_piefed(sanitize("A | B is H~2~O < C", Dialect.LEMMY))
    assert (shown.text, shown.tags) == (r"A \| B is H\2\O < C", {"sub"})
