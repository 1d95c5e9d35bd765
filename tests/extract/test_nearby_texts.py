"""The texts around an element are those of XPath's axes, nearest first."""

from __future__ import annotations

import pytest

from bot.extract.html_tree import parse_html
from bot.extract.nearby_texts import texts_after, texts_before

PAGE = """<html><head><title>Otters</title><style>p { color: red }</style></head><body>
<nav><ul><li>Home <b>now</b></li> <li>\xa0</li></ul> menu</nav><script>var otter = 1;</script> before
<article>lead<header><p>Kicker</p> <h1>Otters <em>return</em> home</h1> beside <p>By <a>Jo</a>,</p> today
</header><div></div><p>First <i>text</i> here</p><script>more()</script> tail</article>
<footer>Foot <small>note</small></footer> end</body></html>"""
TEXTS = "[normalize-space()][not(parent::script or parent::style)]"


@pytest.mark.parametrize(
    "path", ["//h1", "//nav", "//h1/em", "//a", "//div", "//footer", "//title", "//body"]
)
def test_texts_around_an_element_are_those_of_xpath(path: str) -> None:
    root = parse_html(PAGE)
    assert root is not None
    element = root.xpath(path)[0]
    for texts, axis in ((texts_after, "following"), (texts_before, "preceding")):
        wanted = [
            (str(text), text.getparent(), text.is_tail) for text in element.xpath(f"{axis}::text(){TEXTS}")
        ]
        if axis == "preceding":
            wanted.reverse()
        parents = [parent.getparent() if is_tail else parent for _, parent, is_tail in wanted]
        assert list(texts(element)) == list(zip([text for text, _, _ in wanted], parents, strict=True))
