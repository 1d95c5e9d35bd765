"""The escaped source for each dialect; `test_sanitize` checks how it is rendered."""

from __future__ import annotations

import pytest

from bot.core.models import Dialect
from bot.render.sanitize import sanitize


@pytest.mark.parametrize(
    ("text", "lemmy", "piefed", "reddit"),
    [
        ("a *b* _c_", r"a \*b\* \_c\_", r"a \*b\* \_c\_", r"a \*b\* \_c\_"),
        ("[a](b)", r"\[a\](b)", r"\[a\](b)", r"\[a\](b)"),
        ("a^2 ~b~", r"a\^2 \~b\~", "a&#94;2 &#126;b&#126;", r"a\^2 \~b\~"),
        ("{a|b}", r"\{a\|b\}", "{a&#124;b}", r"{a\|b}"),
        ("back\\slash", r"back\\slash", r"back\\slash", r"back\\slash"),
        ("&lt; & AT&T", r"\&lt; & AT&T", "&amp;lt; & AT&T", r"\&lt; & AT&T"),
        ("# a", r"\# a", r"\# a", r"\# a"),
        ("#a", "#a", "#a", r"\#a"),
        ("C# and no. #1", "C# and no. #1", "C# and no. #1", "C# and no. #1"),
        ("- a - b", r"\- a - b", r"\- a - b", r"\- a - b"),
        ("-5 degrees", "-5 degrees", "-5 degrees", "-5 degrees"),
        ("+ a", r"\+ a", r"\+ a", r"\+ a"),
        ("1. a", r"1\. a", r"1\. a", r"1\. a"),
        ("1) a", r"1\) a", r"1\) a", r"1\) a"),
        ("1.5 a", "1.5 a", "1.5 a", "1.5 a"),
        ("> a", r"\> a", "&gt; a", r"\> a"),
        (">!a!<", r"\>!a!\<", "&gt;!a!&lt;", r"\>!a!&lt;"),
        ("=== a", "=== a", "=== a", "&#61;== a"),
        ("===", r"\===", "&#61;==", "&#61;=="),
        ("::: spoiler", r"\::: spoiler", "&#58;:: spoiler", "::: spoiler"),
        ("a.com", r"a\.com", r"a\.com", "a.com"),
        ("The end.Then", r"The end\.Then", r"The end\.Then", "The end.Then"),
        ("/c/a u/b /r/d", r"/c\/a u/b /r/d", "/c&#47;a u/b /r/d", r"/c/a u\/b /r\/d"),
        ("a...", r"a.\.\.", r"a.\.\.", "a..."),
        ("a:b:c and a:::b", "a:b:c and a:::b", "a&#58;b:c and a&#58;::b", "a:b:c and a:::b"),
        ("so . . . on", "so . . . on", r"so . \. \. on", "so . . . on"),
        ("`a` ,, b????", r"\`a\` ,\, b???\?", r"&#96;a&#96; ,&#44; b???&#63;", r"\`a\` ,, b????"),
        ("(c) a -- b", r"\(c) a -\- b", r"\(c) a -\- b", "(c) a -- b"),
    ],
)
def test_only_characters_with_an_effect_are_escaped(text: str, lemmy: str, piefed: str, reddit: str) -> None:
    assert sanitize(text, Dialect.LEMMY) == lemmy
    assert sanitize(text, Dialect.PIEFED) == piefed
    assert sanitize(text, Dialect.REDDIT) == reddit
