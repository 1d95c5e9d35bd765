"""Pages are parsed without soft hyphens and without floods of attributes."""

from __future__ import annotations

import pytest

from bot.extract.html_tree import parse_html


@pytest.mark.parametrize("hyphen", ["\xad", "&shy;", "&SHY;", "&#173;", "&#00173;", "&#xad;", "&#X00AD;"])
def test_soft_hyphens_are_left_out(hyphen: str) -> None:
    root = parse_html(f"<p>light{hyphen}house</p>")
    assert root is not None
    assert root.text_content() == "lighthouse"


@pytest.mark.parametrize("reference", ["&shyness;", "&#1730;", "&#xade;", "&amp;shy;"])
def test_other_references_stay(reference: str) -> None:
    root = parse_html(f"<p>light{reference}house</p>")
    assert root is not None
    assert root.text_content() != "lighthouse"


@pytest.mark.parametrize("before", ["", "<p>short</p>" * 5_000, "x" * 39_000 + "<br>"])
def test_a_tag_with_a_flood_of_attributes_keeps_only_its_name(before: str) -> None:
    flood = " ".join(f"a{n}=1" for n in range(8_000))
    root = parse_html(f"{before}<div {flood}><p>text</p></div>")
    assert root is not None
    div = root.find(".//div")
    assert div is not None
    assert not div.attrib
    assert div.text_content() == "text"


def test_a_long_tag_with_few_attributes_keeps_them() -> None:
    root = parse_html(f"<div title='{'x' * 50_000}'>text</div>")
    assert root is not None
    assert len(root.find(".//div").get("title")) == 50_000
