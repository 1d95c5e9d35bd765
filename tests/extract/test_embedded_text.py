"""Text in shadow roots and in the data of a page is read, but never the hidden text of a walled article."""

import json
import time
from typing import Any

import pytest

from bot.core.models import Article, NotArticle, Page
from bot.extract import extract
from bot.extract.html_tree import parse_html
from bot.extract.shadow_roots import open_shadow_roots

PARAGRAPHS = [
    f"Die Imkerin aus dem Tal erzählte am Montag, dass ihre {n} Völker den Winter überstanden haben, obwohl "
    f"der Frost im Februar {n + 2} Wochen dauerte und viele Nachbarn aufgaben."
    for n in range(3, 11)
]
TEXT = "\n\n".join(PARAGRAPHS)
HTML = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
TITLE = "Imkerin rettet ihre Völker"


def read(body: str, head: str = "") -> Article | NotArticle:
    html = f"<!DOCTYPE html><html lang=de><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return extract(Page("https://tal.example/2026/11/imkerin-rettet-voelker", html.encode(), "text/html"))


def script(value: Any, attributes: str) -> str:
    return f"<script {attributes}>{json.dumps(value)}</script>"


def linked_data(**properties: Any) -> str:
    kind = {"@type": "NewsArticle", "headline": TITLE, "articleBody": TEXT}
    return script(kind | properties, 'type="application/ld+json"')


STORY = {"title": TITLE, "body": TEXT}
STATE = {"props": {"pageProps": {"post": {"title": TITLE, "contentHtml": HTML, "id": 7}}}}
PLACES = {
    "json-ld": linked_data(),
    "json-ld graph": script(
        {"@graph": [{"@type": "WebPage"}, {"@type": "Article", "articleBody": HTML}]},
        'type="application/ld+json"',
    ),
    "next": script(STATE, 'id="__NEXT_DATA__" type="application/json"'),
    "nuxt": script(
        [["Reactive", 1], {"article": 2}, {"title": 3, "body": 4}, TITLE, HTML],
        'id="__NUXT_DATA__" type="application/json"',
    ),
    "apollo": f"<script>window.__APOLLO_STATE__ = {json.dumps({'Article:7': STORY})};</script>",
    "parsed": f"<script>window.__DATA__ = JSON.parse({json.dumps(json.dumps(STATE))})</script>",
    "wordpress": script(
        {"page": {"title": {"rendered": TITLE}, "content": {"rendered": HTML}}}, "type=application/json"
    ),
    "blocks": script(
        {"story": {"headline": TITLE, "body": [{"type": "p", "text": p} for p in PARAGRAPHS]}},
        "type=application/json",
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_text_in_the_data_of_an_empty_page_is_read(place: str) -> None:
    result = read("<div id=app></div>", PLACES[place])
    assert isinstance(result, Article)
    assert result.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("<div id=app></div>", linked_data(isAccessibleForFree=False)),
        ("<div id=app></div>", linked_data(isAccessibleForFree="http://schema.org/False")),
        ("<div></div>", linked_data(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "false"})),
        ("<p>Dieser Artikel ist nur für Abonnenten.</p>", linked_data()),
        ("<div></div>", linked_data() + "<meta property='article:content_tier' content='locked'>"),
        ("", script({"post": {"title": TITLE, "body": HTML, "isPremium": True}}, "type=application/json")),
        ("", script({"post": {"title": TITLE, "body": HTML, "access": "paid"}}, "type=application/json")),
        ("", script({"free": False, "post": {"title": TITLE, "body": HTML}}, "type=application/json")),
        ("", script([{"title": 1, "body": 2, "paywalled": 3}, TITLE, HTML, True], "type=application/json")),
    ],
)
def test_the_hidden_text_of_a_walled_article_is_never_read(body: str, head: str) -> None:
    assert isinstance(read(body, head), NotArticle)


def test_the_shown_text_is_preferred() -> None:
    shown = "".join(f"<p>{text.replace('Imkerin', 'Schäferin')}</p>" for text in PARAGRAPHS)
    result = read(f"<article><h1>{TITLE}</h1>{shown}</article>", PLACES["next"])
    assert isinstance(result, Article)
    assert "Imkerin" not in result.text


def test_the_text_of_another_article_is_not_read() -> None:
    other = [{"title": f"Wetter {n}", "body": HTML.replace("Montag", f"Tag {n}")} for n in range(3)]
    assert isinstance(read("<div></div>", script({"related": other}, "type=application/json")), NotArticle)
    result = read(
        "<div></div>", script({"all": [*other, {"title": TITLE, "body": HTML}]}, "type=application/json")
    )
    assert isinstance(result, Article)
    assert "Montag" in result.text


@pytest.mark.parametrize(
    "value", ["[" * 5000, '{"body":' * 3000, "{" + '"a":1,' * 30_000 + '"body":"x"}', "[1e999,NaN]"]
)
def test_hostile_data_gives_no_article(value: str) -> None:
    assert isinstance(read("<p>Kurz.</p>", f"<script type='application/json'>{value}</script>"), NotArticle)


@pytest.mark.parametrize("mode", ["shadowrootmode=open", "shadowrootmode=closed", "shadowroot=open"])
def test_a_declarative_shadow_root_is_shown(mode: str) -> None:
    result = read(f"<x-story><template {mode}><article><h1>{TITLE}</h1>{HTML}</article></template></x-story>")
    assert isinstance(result, Article)
    assert result.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("<template shadowrootmode=open><b>Kopf</b><slot></slot></template><p>Text</p>", "Kopf Text"),
        (
            "<template shadowrootmode=open><slot name=a></slot> <slot></slot></template>x<b slot=a>y</b>",
            "y x",
        ),
        ("<template shadowrootmode=open><slot>Ersatz</slot></template>", "Ersatz"),
        ("<template shadowrootmode=open>Nur dies</template><p>nicht das</p>", "Nur dies"),
        ("<template>nie</template><p>immer</p>", "nie immer"),
        (
            "<template shadowrootmode=open><b><template shadowroot=open>auf <slot></slot></template>ab</b>",
            "auf ab",
        ),
    ],
)
def test_slots_are_filled_as_in_a_browser(host: str, shown: str) -> None:
    root = parse_html(f"<x-a>{host}</x-a>")
    assert root is not None
    open_shadow_roots(root)
    assert " ".join(" ".join(root.itertext()).split()) == shown


@pytest.mark.parametrize("unit", ["x", "<p", "__", "DATA", "__a =", "&lt;p "])
def test_long_runs_in_scripts_take_linear_time(unit: str) -> None:
    run = unit * (280_000 // len(unit))
    started = time.process_time()
    assert isinstance(read("<p>Kurz.</p>", f"<script>{run}</script>"), NotArticle)
    assert time.process_time() - started < 5
