"""The invariant: for any text, a reader sees only `clean(text)`."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.models import Dialect
from bot.render.sanitize import MAX_COMBINING_MARKS, MAX_WORD_LENGTH, clean, sanitize
from tests.render.hostile import HOSTILE
from tests.render.readers import MENTION, lemmy, old_client_links, rendered, without_smart_quotes

PLAIN = lemmy(typographer=False)
LEMMY_UI = lemmy(typographer=True)

_MARKS = r"\ ` * _ { } [ ] ( ) # + - . ! : | & < > / ^ ~ @ = , ; ? ' $ %" + ' "'
_WORDS = """
    a b c m u r w x y z 0 1 9 é 漢 क ا … www. http:// // :// mailto: localhost example .com xn-- рф /c/ u/ r/
    !n@h.com ::: --- === 1. 2) &lt; &#64; [^1] [^1]: ]( ![ >! !< (c) (tm) ... -- +- ???? !!!! {a|b}
"""
_SPACES = [" ", "\n", "\t", "\u0301", "\u200d", "\u200b", "\u202e", "\u2028", "\n::: spoiler x\n"]
PIECES = st.sampled_from([*_MARKS.split(), *_WORDS.split(), *_SPACES])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=20).map("".join))


def assert_shown_as_plain_text(text: str) -> None:
    wanted = clean(text)
    source = sanitize(text, Dialect.LEMMY)
    plain, shaped = rendered(PLAIN, source), rendered(LEMMY_UI, source)
    assert (plain.text, plain.tags) == (wanted, frozenset())
    assert (without_smart_quotes(shaped.text), shaped.tags) == (without_smart_quotes(wanted), frozenset())
    assert not old_client_links(source)
    for dialect in Dialect:
        assert not MENTION.search(sanitize(text, dialect))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_shown_as_plain_text(text: str) -> None:
    assert_shown_as_plain_text(text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_shown_as_plain_text(text: str) -> None:
    assert_shown_as_plain_text(text)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_lines_of_one_reply_have_no_combined_effect(texts: list[str]) -> None:
    lines = [line for line in map(clean, texts) if line]
    source = "\n\n".join(sanitize(line, Dialect.LEMMY) for line in lines)
    output = rendered(PLAIN, source)
    assert (output.text.split("\n"), output.tags) == (lines or [""], frozenset())


def test_the_renderer_shows_the_effects_of_unescaped_texts() -> None:
    """Most hostile texts have an effect without escaping, so the other tests prove something."""
    effective = [name for name, text in HOSTILE.items() if rendered(LEMMY_UI, text).tags]
    assert {"inline link", "bare domain", "community", "ruby", "spoiler", "footnote", "table"} <= set(
        effective
    )
    assert len(effective) >= 45


@given(TEXTS)
@example("wwwhttp://x.")
@example("a" * 59 + "…")
@settings(max_examples=150, deadline=None)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_clean_text_is_one_visible_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert "@" not in cleaned
    assert not re.search(r"[a-z][a-z0-9+.-]*://", cleaned, re.IGNORECASE)
    assert not re.search(r"www\.", cleaned, re.IGNORECASE)
    assert all(unicodedata.category(char)[0] != "C" or char in "\u200c\u200d" for char in cleaned)
    assert not re.search(rf"[a-z0-9_]{{{MAX_WORD_LENGTH + 1},}}", cleaned, re.IGNORECASE)


@given(st.text(st.characters(categories=["Mn", "Mc", "Me", "Lu"]), max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_letter_has_more_than_three_marks(text: str) -> None:
    kinds = "".join(unicodedata.category(char)[0] for char in clean(text))
    assert "M" * (MAX_COMBINING_MARKS + 1) not in kinds
    assert not kinds.startswith("M")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Two\n words\t here ", "Two words here"),
        ("Read https://a.example/x. Then go.", "Read. Then go."),
        ("(see http://a.example/x)", "(see)"),
        ("At www.a.example they say so", "At they say so"),
        ("so [the board says](https://a.example/x?y) today", "so the board says today"),
        ("[![a picture](http://a.example/i.png)](http://a.example)", "[a picture]()"),
        ("www[.](http://x)evil.example", ""),
        ("[1](2) and f[i](x)", "[1](2) and f[i](x)"),
        ("mail me@a.example", "mail me＠a.example"),
        ("pro\u200bmise and an\u00adswer", "promise and answer"),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("a\u200db ا\u200db \u200dا", "ab اb ا"),
        ("Zalgo\u0301\u0302\u0303\u0304\u0305", "Zalgo\u0301\u0302\u0303"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
        ("这是一个很长的句子" * 10, "这是一个很长的句子" * 10),
        ("ประเทศไทย" * 10, "ประเทศไทย" * 10),
        ("don’t “stop” — it’s 3.5 °C", "don’t “stop” — it’s 3.5 °C"),
        ("\ud800\U0010ffff", ""),
        ("a\U0001d159b\U00016fe4c\U00013441d\u2800e\u3164f", "abcdef"),
        ("👩‍👩‍👧 ❤️", "👩👩👧 ❤"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "prose",
    [
        "The U.S. economy grew by 3.5% in 2025, i.e. more than in 2024.",
        'Dr. Smith didn\'t say why; "nobody knows", he added (Reuters).',
        "AT&T's shares fell by $1.20 — to 18:30 o'clock's level – on Tuesday!",
        "Was it no. 10? It's 50/50: and/or, 24/7.",
        "„Jeder Meter zählt“, sagte sie. Das koste 8,7 Mio. Euro!",
        "«Hemos gastado 340.000 euros», explicó; ¿y ahora?",
        "A well-known half-truth - of sorts - isn't 100% wrong…",
    ],
)
def test_ordinary_prose_is_not_changed(prose: str, dialect: Dialect) -> None:
    assert sanitize(prose, dialect) == prose


@pytest.mark.parametrize(
    "flood",
    [
        "https:" * 30_000,
        "a" * 200_000,
        "w" * 100_000 + "http://.",
        "www." + "." * 200_000,
        "\u0301" * 200_000,
        "\u200d" * 200_000,
        "#" * 200_000,
        "&" * 200_000,
        "1" * 200_000 + ".",
        "=" * 200_000 + "x",
        "!" * 200_000,
        "www http://. " * 15_000,
        " " * 200_000 + "x",
        "&a" * 100_000,
        "[" * 200_000,
        "[a](http://" * 20_000,
        "![](www." * 20_000,
    ],
    ids=lambda flood: f"{flood[:6]!r}",
)
def test_the_time_does_not_grow_quadratically(flood: str) -> None:
    """Ten times the text may take up to thirty times as long; quadratic time would be a hundred times."""

    def cost(text: str) -> float:
        start = time.process_time()
        for dialect in Dialect:
            sanitize(text, dialect)
        return time.process_time() - start

    assert cost(flood) < 30 * cost(flood[: len(flood) // 10]) + 0.2
