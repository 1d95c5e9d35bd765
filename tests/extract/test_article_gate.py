"""The gate: its probabilities, its trees, and its features that do not depend on wording."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pytest

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract, extractor
from bot.extract.article_gate import KINDS, REFUSAL_KINDS, kind_probabilities
from bot.extract.gate_features import page_features
from bot.extract.html_tree import parse_html
from bot.extract.markup_features import markup_features
from bot.extract.meta_tags import read_meta_tags
from bot.extract.metadata import read_metadata
from bot.extract.page_elements import PageElements
from bot.extract.url_features import url_features
from tests.extract.conftest import DATA, saved_page
from tests.extract.test_interstitials import NOTICES, page

ARTICLE = DATA / "articles" / "layout-divs.html"


def test_the_probabilities_of_all_kinds_add_up_to_one() -> None:
    features = extract(saved_page(ARTICLE), explain=True).gate_features
    found = kind_probabilities(np.array([[value for _, value in features]]))
    assert set(found) == {"article", *REFUSAL_KINDS}
    assert sum(found.values()) == pytest.approx(1)
    assert max(found, key=found.__getitem__) == "article"


@pytest.mark.parametrize("kind", KINDS)
def test_the_trees_were_fitted_on_the_features_of_this_version(kind: str) -> None:
    names = [name for name, _ in extract(saved_page(ARTICLE), explain=True).gate_features]
    trees = resources.files("bot.extract").joinpath("trained_trees", f"gate-{kind}.txt").read_text("ascii")
    assert trees.splitlines()[0].partition("columns: ")[2].split() == names


@pytest.mark.parametrize("language", NOTICES)
def test_a_notice_is_refused_by_the_gate_alone(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "refuse_before_reading", lambda *_: None)
    notice = NOTICES[language]
    found = extract(page(notice["title"], *notice["paragraphs"], lang=language))
    assert isinstance(found, NotArticle)


def test_no_notice_of_the_tests_was_trained_on() -> None:
    trained = (DATA.parent.parent / "benchmarks" / "notices.toml").read_text("utf-8")
    sentences = [text for notice in tomllib.loads(trained)["notice"] for text in notice["paragraphs"]]
    assert not {text for notice in NOTICES.values() for text in notice["paragraphs"]} & set(sentences)


@pytest.mark.parametrize(
    ("url", "present"),
    [
        ("https://docs.lanby.example/start", {"docs_host"}),
        ("https://lanby.example/docs/start", {"path_docs", "segment_docs"}),
        ("https://forum.lanby.example/t/boats/77", {"forum_host", "segment_forum", "path_forum"}),
        ("https://lanby.example/viewtopic.php?t=7", {"segment_forum", "path_forum"}),
        ("https://lanby.example/p/77", {"segment_product", "path_product"}),
        ("https://lanby.example/t-shirts", set()),
        ("https://harbour.gov.uk/boats", {"public_host"}),
        ("https://lanby.edu/boats", {"public_host"}),
        ("https://lanby.example/news/boats", {"segment_article", "path_article"}),
        ("", set()),
    ],
)
def test_words_of_an_address(url: str, present: set[str]) -> None:
    features = url_features(url)
    words = {name for name in features if name.startswith(("path_", "segment_")) or name.endswith("_host")}
    shapes = {name for name in words if name.startswith(("path_d", "path_l", "path_h", "path_m", "path_f"))}
    flags = (words - shapes) | {"path_docs", "path_list", "path_forum"}
    assert {name for name in flags if features[name]} == present


def test_names_and_software_are_counted_in_any_language() -> None:
    root = parse_html(
        '<html><head><meta name="generator" content="Discourse 3.4"></head><body class="single-post">'
        '<div class="thread-reply"><b class="username">奈緒</b></div><div class="thread-reply">港です。</div>'
        "</body></html>"
    )
    assert root is not None
    features = markup_features(PageElements(root))
    assert features["forum_software"] == 1
    assert features["shop_software"] == 0
    assert features["names_forum"] == pytest.approx(np.log1p(3))
    assert features["body_article"] == 1


@pytest.mark.parametrize(
    "body",
    [
        '<div itemscope itemtype="https://schema.org/Product"><h1>灯台の模型</h1></div>',
        '<script type="application/ld+json">{"@type": "Product", "name": "灯台の模型"}</script>',
    ],
)
def test_a_type_is_read_from_json_ld_and_from_microdata(body: str) -> None:
    root = parse_html(f"<html><body>{body}</body></html>")
    assert root is not None
    url = "https://lanby.example/7"
    tags = read_meta_tags(PageElements(root), url)
    features = page_features(PageElements(root), tags, read_metadata(PageElements(root), tags, url), url)
    assert (features["typed_product"], features["typed_article"]) == (1, 0)


THREAD = "".join(
    f'<div class="reply" id="post-{number}"><span class="avatar"></span><b class="username">mika{number}</b>'
    f'<a href="/u/{number}">Profiili</a> <a href="#p{number}">#{number}</a><button>Lainaa</button>'
    f"<p>Kiitos vastauksesta {number}. Vene on nyt telakalla, ja moottori käy taas hyvin. Vaihdoin"
    " suodattimen ja puhdistin säiliön, kuten neuvoit, eikä siihen mennyt kuin yksi ilta.</p></div>"
    for number in range(6)
)


def test_a_thread_in_a_language_without_features_of_its_words_is_refused_as_forum() -> None:
    html = (
        '<html lang="fi"><head><title>Moottori sammuu</title><meta name="generator" content="phpBB"></head>'
        '<body class="section-viewtopic"><nav><a href="/f">Foorumi</a> <a href="/f/3">Moottorit</a></nav>'
        f'<h1>Moottori sammuu</h1><div class="topic">{THREAD}</div>'
        "<form><textarea></textarea><button>Lähetä</button></form></body></html>"
    )
    url = "https://veneet.example/forum/viewtopic.php?f=3&t=77"
    found = extract(Page(url, html.encode(), "text/html; charset=utf-8"))
    assert isinstance(found, NotArticle)
    assert found.reason is SkipReason.FORUM


def test_an_article_without_any_metadata_is_kept() -> None:
    story = [
        f"The town of {place} said on {day} that it will mend the pier before the winter, and that {count}"
        " people will work there for two months. The boats must lie in the inner harbour until then."
        for place, day, count in (("Lanby", "Monday", 4), ("Noss", "Friday", 9), ("Brack", "Sunday", 12))
    ]
    assert isinstance(extract(page("Towns mend their piers", *story)), Article)
