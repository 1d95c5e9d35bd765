"""JSON-LD is read as pages really write it."""

from __future__ import annotations

import time

import pytest
from lxml import html

from bot.extract.json_ld import parse_lenient, read_json_ld
from bot.extract.page_elements import PageElements

OBJECT = {"@type": "NewsArticle", "isAccessibleForFree": False, "url": "https://paper.example/a//b"}
PLAIN = '{"@type": "NewsArticle", "isAccessibleForFree": false, "url": "https://paper.example/a//b"}'


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"\ufeff{PLAIN}",
        f"<!-- {PLAIN} -->",
        f"<!--//--><![CDATA[//><!--\n{PLAIN}\n//--><!]]>",
        f"//<![CDATA[\n{PLAIN}\n//]]>",
        f"/*<![CDATA[*/ {PLAIN} /*]]>*/",
        f"<![CDATA[{PLAIN}]]>",
        f"{PLAIN};",
        f"// the article\n{PLAIN}",
        PLAIN.replace("}", ",}"),
        PLAIN.replace("}", " , /* no more */ \n}"),
        f"[{PLAIN},]",
        PLAIN.replace('"', "&quot;"),
        f"{PLAIN},\n",
    ],
)
def test_an_object_is_read_in_any_wrapping(text: str) -> None:
    values = parse_lenient(text)
    assert values in ([OBJECT], [[OBJECT]])


def test_what_looks_like_a_comment_or_a_comma_inside_a_string_stays() -> None:
    text = '{"a": "x // y", "b": "/* z */ <!-- ,} -->", "c": "\\",]", }'
    assert parse_lenient(text) == [{"a": "x // y", "b": "/* z */ <!-- ,} -->", "c": '",]'}]


def test_several_objects_in_one_element_are_read_up_to_the_first_fault() -> None:
    assert parse_lenient('{"a": 1}\n{"b": 2};{"c":') == [{"a": 1}, {"b": 2}]


def test_a_line_break_in_a_string_is_no_fault() -> None:
    assert parse_lenient('{"a": "one\ntwo",}') == [{"a": "one\ntwo"}]


@pytest.mark.parametrize("text", ["", "   ", "nothing", "{", "<!-- -->", "var a = {};"])
def test_other_text_has_no_values(text: str) -> None:
    assert parse_lenient(text) == []


@pytest.mark.parametrize(
    "kind", ["application/ld+json", "Application/LD+JSON; charset=utf-8", " application/ld+json"]
)
def test_the_type_of_the_element_may_have_capitals_and_parameters(kind: str) -> None:
    root = html.document_fromstring(f'<script type="{kind}">{PLAIN}</script>')
    assert read_json_ld(PageElements(root)) == (OBJECT,)


def test_nested_objects_follow_the_outermost() -> None:
    root = html.document_fromstring(
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage",}]}</script>'
        '<script type="application/ld+json">{"@type": "Person"}</script>'
        '<script type="application/json">{"@type": "No"}</script>'
    )
    assert [item.get("@type") for item in read_json_ld(PageElements(root))] == [None, "Person", "WebPage"]


@pytest.mark.parametrize("part", ['"\\"', "/*", "<!--", ",", "[", '{"a":', "//", '\\"', ", ", "&quot;"])
def test_hostile_text_takes_linear_time(part: str) -> None:
    text = part * (299_000 // len(part))
    start = time.process_time()
    parse_lenient(text)
    assert time.process_time() - start < 2
