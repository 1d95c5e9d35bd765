"""The quick search for suspects finds each element that its computed style hides."""

from __future__ import annotations

import random

import pytest

from bot.extract.css.cascade import Cascade
from bot.extract.css.invisible import hiding_property
from bot.extract.css.matching import Matching
from bot.extract.css.page_rules import PageRules
from bot.extract.css.page_styles import PageStyles
from bot.extract.css.property_families import FAMILIES
from bot.extract.css.rules import RuleScanner
from bot.extract.html_tree import parse_html

DECLARATIONS = (
    *("display:none", "display:block", "visibility:hidden", "opacity:0", "opacity:.9", "font-size:1px"),
    *("left:-999px", "left:1400px", "position:fixed", "position:static", "margin:-20px", "margin:-999px 0"),
    *("height:0", "max-height:0", "overflow:hidden", "overflow:visible", "padding:30px", "height:1px"),
    *("text-indent:-999px", "text-indent:99em", "clip:rect(0,0,0,0)", "clip-path:inset(50%)"),
    *("transform:scale(0)", "transform:rotateY(180deg)", "backface-visibility:hidden", "transform:none"),
    *("letter-spacing:-9em", "opacity:var(--o)", "--o:0", "--o:1", "color:red", "height:var(--o)"),
)
SELECTORS = (
    *(".a", ".b", "p", "#x", ".a .b", ".a > p", "p:first-child", ".a:not(.b)", ":where(.a, .c) p"),
    *("*, ::after", "div:is(.b, p)", ".c ~ p", "[title]", r".d\2c e", ".absent .b", "p.a, .absent"),
)
WITHOUT = frozenset({"custom", "motion", "colour"})


def random_page(numbers: random.Random) -> str:
    rules = "".join(
        f"{numbers.choice(SELECTORS)}{{{';'.join(numbers.sample(DECLARATIONS, numbers.randint(1, 3)))}}}"
        for _ in range(14)
    )
    elements = "".join(
        f"<{tag} class='{' '.join(numbers.sample(['a', 'b', 'c', 'd,e'], numbers.randint(0, 2)))}'"
        f"{numbers.choice(['', ' id=x', ' title=t', ' style=opacity:0', ' style=height:0'])}>text"
        f"{numbers.choice(['', f'</{tag}>', f'</{tag}>'])}"
        for tag in numbers.choices(["p", "div", "div"], k=25)
    )
    return f"<style>{rules}</style><body>{elements}"


@pytest.mark.parametrize("seed", range(30))
def test_no_hidden_element_is_missed(seed: int) -> None:
    root = parse_html(random_page(random.Random(seed)))
    assert root is not None
    scanner = RuleScanner()
    scanner.scan(root.find(".//style").text)
    cascade = Cascade(PageRules(root, scanner.rules), Matching(steps=10**9))
    wanted = {}
    for element in root.find("body").iter():
        style: dict[str, str] = {}
        for family in FAMILIES.keys() - WITHOUT:
            style.update(cascade.style_of(element, family))
        if reason := hiding_property(style):
            wanted[element] = reason
    found = dict(PageStyles(root, Matching(steps=10**9)).hidden_elements())
    assert found.keys() == wanted.keys()
    assert list(found) == list(wanted)
