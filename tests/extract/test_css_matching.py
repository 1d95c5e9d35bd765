"""Selectors match as in cssselect2, and elements with equal paths are matched together."""

from __future__ import annotations

import random
import re

import cssselect2
import pytest
from lxml import html

from bot.extract.css.matching import Matching
from bot.extract.css.named_elements import elements_by_name
from bot.extract.css.page_rules import PageRules
from bot.extract.css.page_styles import PageStyles
from bot.extract.css.rules import Rule
from bot.extract.css.selector_names import IDENTIFIER, words_of
from bot.extract.css.selectors import compile_plain, compile_selectors

TAGS = ("div", "p", "span", "ul")
CLASSES = ("a", "b", "c-d", "B")
IDS = ("one", "two")


def random_tree(random_numbers: random.Random) -> html.HtmlElement:
    root = html.Element("html")
    elements = [root]
    for _ in range(40):
        element = html.Element(random_numbers.choice(TAGS))
        if random_numbers.random() < 0.7:
            element.set("class", " ".join(random_numbers.sample(CLASSES, random_numbers.randint(0, 2))))
        if random_numbers.random() < 0.1:
            element.set("id", random_numbers.choice(IDS))
        random_numbers.choice(elements[-6:]).append(element)
        elements.append(element)
    return root


def random_compound(random_numbers: random.Random) -> str:
    parts = [random_numbers.choice([*TAGS, "*", ""])]
    parts += [f".{one}" for one in random_numbers.sample(CLASSES, random_numbers.randint(0, 2))]
    if random_numbers.random() < 0.1:
        parts.append(f"#{random_numbers.choice(IDS)}")
    if random_numbers.random() < 0.1:
        parts.append(random_numbers.choice([":root", "[id]", "[class]", "[CLASS]"]))
    return "".join(parts) or "p"


def random_selector(random_numbers: random.Random) -> str:
    found = random_compound(random_numbers)
    for _ in range(random_numbers.randint(0, 3)):
        found += random_numbers.choice([" ", " > ", ">", "  "]) + random_compound(random_numbers)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_plain_selectors_match_what_cssselect2_matches(seed: int) -> None:
    random_numbers = random.Random(seed)
    root = random_tree(random_numbers)
    wrapped = cssselect2.ElementWrapper.from_html_root(root)
    matching = Matching()
    matched = 0
    for _ in range(80):
        selectors = ", ".join(random_selector(random_numbers) for _ in range(random_numbers.randint(1, 3)))
        assert all(one.is_plain for one in compile_selectors(selectors))
        compiled = cssselect2.compile_selector_list(selectors)
        for one in wrapped.iter_subtree():
            wanted = max((each.specificity for each in compiled if each.test(one)), default=None)
            assert matching.specificity(selectors, one.etree_element) == wanted, selectors
            matched += wanted is not None
    assert matched > 100


@pytest.mark.parametrize(
    ("selector", "is_plain"),
    [
        ("p.note", True),
        (".story > p .note", True),
        ("P  >  .a.b", True),
        (".md\\:flex .x", True),
        (".a + .b", False),
        (".a ~ .b", False),
        (".a:first-child", False),
        ("[hidden] .a", True),
        (":root > p[title].a", True),
        ("[title='x'] .a", False),
        (".a, .b:not(.c)", False),
        (" > ".join([".a"] * 30), False),
    ],
)
def test_only_selectors_of_names_and_of_ancestors_are_plain(selector: str, is_plain: bool) -> None:
    found = compile_selectors(selector)
    assert found
    assert all(one.is_plain for one in found) is is_plain


@pytest.mark.parametrize("selector", [".a >", "> .a", ".a,, .b", ".a > > .b", "", ".1a .b", ":root-x .a"])
def test_an_invalid_list_has_no_selectors(selector: str) -> None:
    assert compile_selectors(selector) == ()


class CountedMatching(Matching):
    """Counts the steps."""

    used = 0

    def use(self, steps: int = 1) -> None:
        self.used += steps
        super().use(steps)


def test_elements_with_equal_paths_are_matched_once() -> None:
    items = "<li class=x><a href=1>one</a></li>" * 200
    root = html.document_fromstring(f"<div class=menu><ul>{items}</ul></div>")
    matching = CountedMatching()
    links = list(root.iter("a"))
    for link in links:
        assert matching.specificity(".menu > ul a", link) == (0, 1, 2)
    once = CountedMatching()
    once.specificity(".menu > ul a", links[0])
    # the steps after the first link are those to find the paths of 199 links and items
    assert matching.used == once.used + 2 * 199


def test_an_attribute_that_a_selector_compares_is_looked_at_in_each_element() -> None:
    root = html.document_fromstring("<ul><li data-x=1>one</li><li data-x=2>two</li></ul>")
    matching = Matching()
    found = [matching.specificity("ul > [data-x='2']", item) for item in root.iter("li")]
    assert found == [None, (0, 1, 1)]


def test_the_names_of_a_rule_are_those_of_its_matching_elements_on_the_page() -> None:
    root = html.document_fromstring("<div class='story x' id=main data-y=1><p>text</p></div>")
    selectors = {
        ".story": {".story"},
        ".absent": set(),
        "#main p": {"p"},
        ".absent p": set(),
        "p, .absent, .x": {"p", ".x"},
        "[data-y] *": {""},
        "[data-z] p": set(),
        "p:hover": set(),
        "P": {"p"},
        ":root :where(.absent, .x, h1)": {".x"},
        ".story:is(.x, p)": {".story"},
        "p:where(.absent)": set(),
        ".story:is(div)": {".story"},
        r".\78, p": {"p", ".x"},
        r".wide\3a 2\2c 5": set(),
        "div > *, .absent": {""},
        "p::before": set(),
        ":not(.absent)": {""},
    }
    rules = [Rule(selector, "color: red", 0, order) for order, selector in enumerate(selectors)]
    page_rules = PageRules(root, rules)
    assert {rule.selector for rule in rules} - {rule.selector for rule in page_rules.all} <= {
        selector for selector, names in selectors.items() if not names
    }
    assert [set(page_rules.names_of(rule)) for rule in rules] == list(selectors.values())


def test_elements_are_found_by_each_of_their_names() -> None:
    root = html.document_fromstring("<div class='a b' id=m data-y=1>x</div><p class=a>y</p><p>")
    div, paragraph = root.find(".//div"), root.find(".//p")
    wanted = frozenset({".a", "#m", "[data-y", "p", "", ".absent"})
    found = elements_by_name([div, paragraph], wanted)
    assert {name: list(found.get(name, ())) for name in wanted} == {
        ".a": [div, paragraph],
        "#m": [div],
        "[data-y": [div],
        "p": [paragraph],
        "": [div, paragraph],
        ".absent": [],
    }


@pytest.mark.parametrize(
    "selectors", ["*, ::before, ::after", "p:first-line, .a > b, .c ::marker", "I::AFTER, *"]
)
def test_pseudo_elements_are_left_out_of_a_list_of_plain_selectors(selectors: str) -> None:
    plain = compile_plain(selectors)
    assert plain is not None
    known = [one for one in cssselect2.compile_selector_list(selectors) if not one.pseudo_element]
    assert [one.specificity for one in plain] == [tuple(one.specificity) for one in known]


def test_escapes_stand_for_characters_of_names() -> None:
    root = html.document_fromstring(
        r"<p class='\32xl:flex w-[1,5px]'>x</p>".replace("\\", "").replace("32xl", "2xl")
    )
    paragraph = root.find(".//p")
    for selector in (r".\32 xl\:flex", r".w-\[1\2c 5px\]", r".\32xl\3a flex"):
        assert compile_plain(selector) is not None
        wrapped = cssselect2.ElementWrapper.from_html_root(root)
        (compiled,) = cssselect2.compile_selector_list(selector)
        matches = any(compiled.test(one) and one.local_name == "p" for one in wrapped.iter_subtree())
        assert (Matching().specificity(selector, paragraph) is not None) is matches, selector


def test_a_selector_that_is_not_plain_is_compiled_only_for_elements_with_its_names() -> None:
    root = html.document_fromstring("<div class=a><p class=b>x</p></div><p class=c>y</p>")
    first, second = root.iter("p")
    matching = CountedMatching()
    assert matching.specificity(".a > .b:first-child", second) is None
    assert matching.used < 20
    assert matching.specificity(".a > .b:first-child", first) == (0, 3, 0)
    assert matching.used > 100


@pytest.mark.parametrize("flags", [re.NOFLAG, re.IGNORECASE])
def test_an_identifier_has_letters_digits_and_all_characters_beyond_ascii(flags: re.RegexFlag) -> None:
    first, later = re.compile(IDENTIFIER, flags), re.compile(f"a{IDENTIFIER}", flags)
    ascii_first = {chr(code) for code in range(128) if first.fullmatch(chr(code))}
    ascii_later = {chr(code) for code in range(128) if first.fullmatch(f"a{chr(code)}")}
    letters = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
    assert (ascii_first, ascii_later) == (letters, letters | set("0123456789-"))
    beyond = "".join(map(chr, range(128, 0x110000)))
    assert first.fullmatch(beyond)
    assert later.fullmatch(f"a{beyond}")


def test_elements_that_differ_in_names_without_a_rule_have_equal_paths() -> None:
    items = "".join(f"<li id=item-{at} class='card c{at} b' data-x={at}>text</li>" for at in range(20))
    root = html.document_fromstring(
        f"<style>.card {{opacity:0}} .b:hover {{color:red}}</style><ul>{items}</ul>"
    )
    matching = Matching()
    assert len(list(PageStyles(root, matching).hidden_elements())) == 20
    assert len({matching.path_of(item) for item in root.iter("li")}) == 1


@pytest.mark.parametrize(
    ("selector", "attributes"),
    [
        ("[DATA-X]", "data-x"),
        ("P[Data-X='1']", "data-x=1"),
        (r".md\:hidden", "class=md:hidden"),
        (r".\32xl, .other", "class=2xl"),
        (":where(.a) > p:is(.b, #c)", "class=b"),
        ("div:not(.x) > #c", "id=c"),
        ("[class~=b]", "class='a b'"),
        (".größe", "class=größe"),
        (".a::before, .a p", "title=x"),
    ],
)
def test_names_that_a_selector_asks_for_are_kept(selector: str, attributes: str) -> None:
    page = f"<style>\ue02e.q{{color:red}}{selector}{{display:none}}</style><div class=a><p {attributes}>text"
    root = html.document_fromstring(page)
    assert [element.tag for element, _ in PageStyles(root).hidden_elements()] == ["p"]
    assert words_of([selector])
