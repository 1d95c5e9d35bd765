"""Every reader is in the list, and extracts the text of a simple article."""

from __future__ import annotations

import random
import re
import sys
from importlib.util import find_spec, module_from_spec
from pkgutil import iter_modules
from types import ModuleType

import justext.core
import lxml.html
import lxml.sax
import newspaper
import pytest
import readability.readability
import trafilatura
from justext.utils import get_stoplist, get_stoplists
from lxml import etree
from newspaper.parsers import Parser
from readability import Document

from bot.extract import readers
from bot.extract.readers import CleanPage, Reader
from bot.extract.readers.cache import READERS
from bot.extract.readers.newspaper import Newspaper
from bot.extract.readers.newspaper_text import _FastParser, newspaper_text
from bot.extract.readers.readability_document import FastDocument
from bot.extract.readers.trafilatura_text import ParagraphMaker, stop_words, trafilatura_text

SENTENCES = tuple(
    f"On day {day} the council of the town spoke for {day} hours about the old bridge over the river."
    for day in range(1, 13)
)
PAGE = CleanPage(
    "https://paper.example/2026/11/bridge",
    lxml.html.document_fromstring(
        "<html lang=en><head><title>The bridge</title></head><body><div><article><h1>The bridge</h1>"
        + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
        + "</article></div></body></html>"
    ),
)


HELPERS = (
    "attribute_conditions",
    "base",
    "cache",
    "element_class",
    "newspaper_text",
    "readability_document",
    "trafilatura_searches",
    "trafilatura_text",
)


def test_every_module_has_a_reader_in_the_list() -> None:
    modules = {f"{readers.__name__}.{module.name}" for module in iter_modules(readers.__path__)}
    helpers = {f"{readers.__name__}.{name}" for name in HELPERS}
    assert {type(reader).__module__ for reader in READERS} == modules - helpers


def test_names_are_unique() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_simple_article_is_extracted(reader: Reader) -> None:
    text = reader.extract_text(PAGE)
    assert [sentence for sentence in SENTENCES if sentence not in text] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Am {n}. Tag sprach der Rat der Stadt lange über die alte Brücke, die nun doch nicht weg soll.",
        "Le jour {n}, le conseil de la ville a parlé du vieux pont, qui ne sera donc pas démoli cette année.",
        "El día {n} el ayuntamiento de la ciudad habló del viejo puente, que no será derribado este año.",
        "Dzień {n}: rada miasta długo mówiła o starym moście, który jednak nie zostanie teraz rozebrany.",
        "В {n} день совет города долго говорил о старом мосте, который в этом году всё-таки не снесут.",
    ],
)
def test_newspaper3k_reads_other_languages_without_a_lang_attribute(sentence: str) -> None:
    sentences = [sentence.format(n=n) for n in range(1, 9)]
    body = "".join(f"<p>{one}</p>" for one in sentences)
    root = lxml.html.document_fromstring(f"<html><body><div><article>{body}</article></div></body></html>")
    text = Newspaper().extract_text(CleanPage("https://paper.example/2026/11/bridge", root))
    assert [one for one in sentences if one not in text] == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nn", "Dag {n} tala kommunestyret lenge om den gamle brua, som ikkje skal rivast i år likevel."),
        ("nb", "Dag {n} snakket kommunestyret lenge om den gamle brua, som ikke skal rives i år likevel."),
        ("bs", "Dana {n} vijeće je dugo govorilo o starom mostu, koji ove godine ipak neće biti srušen."),
        ("pt-BR", "No dia {n} a câmara falou muito da velha ponte, que afinal não será demolida este ano."),
    ],
)
def test_newspaper3k_reads_what_the_lang_attribute_declares(language: str, sentence: str) -> None:
    sentences = [sentence.format(n=n) for n in range(1, 9)]
    body = "".join(f"<p>{one}</p>" for one in sentences)
    page = f"<html lang={language}><body><div><article>{body}</article></div></body></html>"
    text = Newspaper().extract_text(
        CleanPage("https://paper.example/2026/11/bridge", lxml.html.document_fromstring(page))
    )
    assert [one for one in sentences if one not in text] == []


def test_newspaper3k_does_not_load_jieba_for_a_chinese_page(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "第{n}天，市议会就河上的旧桥讨论了很久，决定今年不拆除这座桥，而是先修好桥墩和路面。"
    sentences = [sentence.format(n=n) for n in range(1, 9)]
    body = "".join(f"<p>{one}</p>" for one in sentences)
    root = lxml.html.document_fromstring(
        f"<html lang=zh><body><div><article>{body}</article></div></body></html>"
    )
    monkeypatch.delitem(sys.modules, "jieba", raising=False)
    Newspaper().extract_text(CleanPage("https://paper.example/2026/11/bridge", root))
    assert "jieba" not in sys.modules


MIXED_PAGE = (
    "<html lang=en><head><title>The bridge</title><style>p {}</style></head><body class=page>"
    "<div id=menu class='navbar'><ul><li><a href=/>Home</a><li><a href=/news>News</a></ul></div>"
    "<div class=outer>Before the list of the days.<br>And a line.<div><span class=dropcap>T</span>he"
    " <em>old</em> bridge</div> after it <abbr>etc.</abbr>"
    + "".join(
        f"<div class=text>{sentence}<br><br>{sentence} <a href=/{at}>more</a></div>"
        f"<section>{sentence}</section>"
        for at, sentence in enumerate(SENTENCES)
    )
    + "<p class='byline' name=date>By Ann Lee<div class='caption'>A boat</div>"
    f"<div class='Comment-list'><article><p>{SENTENCES[0]}</article></div>"
    f"<pre>{SENTENCES[1]}</pre><table><tr><td>{SENTENCES[2]}</table>"
    "<ul><li>One thing</li><li>Another thing</li></ul><div class=twitter>x</div><div>  <br>  </div>"
    "<div class='footer'>Contact</div></div></body></html>"
)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_text_is_that_of_newspaper3k_itself(language: str) -> None:
    text = newspaper_text(MIXED_PAGE, language)
    config = newspaper.Config()
    config.fetch_images = False
    config.memoize_articles = False
    config.set_language(language)
    article = newspaper.Article("https://paper.example/", config=config)
    article.set_html(MIXED_PAGE)
    article.parse()
    assert text == article.text
    assert SENTENCES[5] in text or language == "de"


def test_no_reader_asks_for_the_class_of_each_element(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object) -> None:
        pytest.fail("lxml.html was asked for the class of an element")

    monkeypatch.setattr(lxml.html.HtmlElementClassLookup, "lookup", lookup)
    assert SENTENCES[5] in newspaper_text(MIXED_PAGE, "en")
    assert len(list(FastDocument(MIXED_PAGE)._html().iter())) > 50


@pytest.mark.parametrize("text", ["", " ", "<?xml version='1.0'?><p>text", "a < b", "<b>bold</b> text"])
def test_small_texts_are_parsed_as_by_newspaper3k(text: str) -> None:
    ours, original = _FastParser.fromstring(text), Parser.fromstring(text)
    assert (ours is None) == (original is None)
    assert ours is None or lxml.html.tostring(ours) == lxml.html.tostring(original)


def test_readability_searches_the_same_names_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    class Pattern:
        def search(self, names: str) -> None:
            searched.append(names)

    monkeypatch.setitem(readability.readability.REGEXES, "unlikelyCandidatesRe", Pattern())
    document = FastDocument("<div class=a id=b><p class=text>one<p class=text>two<p class=text>three<p>four")
    document._html()
    document.remove_unlikely_candidates()
    assert searched == ["a b", "text "]


def test_the_result_is_that_of_readability_itself() -> None:
    fast, original = (kind(MIXED_PAGE).summary(html_partial=True) for kind in (FastDocument, Document))
    assert fast == original
    assert SENTENCES[5] in fast


SHORT_PAGE = (
    "<html><body>before<div>  one  two\r\n\tthree\xa0four<br> five<br><br>\n<br>six <a href=/>seven"
    "  eight<b>nine</b></a> ten<!-- no text -->eleven</div> tail <span><p>twelve</p> after"
    " <h2>Head <br></h2></span> last"
    "<select><option>choice</option></select><br> <br><ul><li><a>link<li>item</a> \u2003 </ul><p> <br> </p>"
    f"<p>{SENTENCES[0]}<p>ΤΗΣ ΟΔΟΣ{SENTENCES[1]}</body></html>"
)


def test_the_paragraphs_are_those_of_justext() -> None:
    root = lxml.html.document_fromstring(SHORT_PAGE)
    words = frozenset(word for language in get_stoplists() for word in get_stoplist(language))
    assert stop_words() == words
    ours, original = ParagraphMaker.make_paragraphs(root), justext.core.ParagraphMaker.make_paragraphs(root)
    assert [
        (one.text, len(one), one.dom_path, one.chars_count_in_links, one.stopwords_density(words))
        for one in ours
    ] == [
        (one.text, len(one), one.dom_path, one.chars_count_in_links, one.stopwords_density(words))
        for one in original
    ]
    assert len(ours) > 10


ATTRIBUTES = (
    *("", "class=''", "class=related-posts", "class='page nav'", "id=comments", "id=x class=share-buttons"),
    *("style='border: 1px'", "style='display:none'", "role=Navigation", "id=Teaser-1", "class='bottom link'"),
    *("class=page-footer", "id=cookie-consent", "class='x gdpr-banner'"),
    *("class=post", "class=post-body", "id=article-content", "class=MAIN-content", "class=FullText"),
    *("id=infinite-scroll", f"class='{'wide ' * 100}widget'", "class=comment-list", "aria-hidden=true"),
)


SEARCHES = (
    *("OVERALL_DISCARD_XPATH", "PRECISION_DISCARD_XPATH", "TEASER_DISCARD_XPATH", "RAW_TREE_PRUNE_XPATH"),
    *("REMOVE_COMMENTS_XPATH", "REMOVE_COMMENTS_AND_LISTS_XPATH", "BODY_XPATH", "DISCARD_IMAGE_ELEMENTS"),
)


def current_searches(name: str) -> list[etree.XPath]:
    if name == "BASIC_CLEAN_XPATH":
        return [sys.modules["trafilatura.baseline"].BASIC_CLEAN_XPATH]
    return list(getattr(trafilatura.xpaths, name))


def fresh_module(name: str) -> ModuleType:
    """The module as it is before its searches are replaced."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ORIGINAL = {
    **{name: getattr(fresh_module("trafilatura.xpaths"), name) for name in SEARCHES},
    "BASIC_CLEAN_XPATH": [fresh_module("trafilatura.settings").BASIC_CLEAN_XPATH],
}


@pytest.mark.parametrize("seed", range(10))
def test_the_searches_find_what_those_of_trafilatura_find(seed: int) -> None:
    numbers = random.Random(seed)
    tags = ("div", "p", "ul", "section", "span", "header", "h1", "aside", "footer", "svg")
    page = "".join(
        f"<{tag} {numbers.choice(ATTRIBUTES)}>text{numbers.choice(['', f'</{tag}>'])}"
        for tag in numbers.choices(tags, k=80)
    )
    root = lxml.html.document_fromstring(page)
    found = 0
    for name in ORIGINAL:
        ours, original = current_searches(name), ORIGINAL[name]
        assert len(ours) == len(original)
        for search, other in zip(ours, original, strict=True):
            assert search.path != other.path or "re:test(@" not in other.path
            assert search(root) == other(root)
            found += len(search(root))
    assert found


def test_no_search_matches_an_attribute_that_is_not_there() -> None:
    for searches in ORIGINAL.values():
        for search in searches:
            for pattern in re.findall(r"re:test\(@[\w-]+, '([^']*)'", search.path):
                assert re.search(pattern, "") is None


@pytest.mark.parametrize("precise", [True, False])
@pytest.mark.parametrize("page", [MIXED_PAGE, SHORT_PAGE], ids=["mixed", "short"])
def test_the_text_is_that_of_trafilatura_itself(
    page: str, precise: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lxml.html.document_fromstring(page)
    text = trafilatura_text(root, precise=precise)
    monkeypatch.setattr("trafilatura.external.ParagraphMaker", justext.core.ParagraphMaker)
    monkeypatch.setattr("trafilatura.external.JT_STOPLIST", None)
    assert text == (trafilatura.extract(root, favor_precision=precise, include_comments=False) or "")


def test_trafilatura_uses_the_fast_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The original walks the tree with SAX events."""
    found = []
    monkeypatch.setattr(lxml.sax, "saxify", lambda *_: pytest.fail("SAX events were used"))
    make = ParagraphMaker.make_paragraphs
    monkeypatch.setattr(ParagraphMaker, "make_paragraphs", lambda root: found.append(1) or make(root))
    trafilatura_text(lxml.html.document_fromstring(SHORT_PAGE), precise=False)
    assert found
