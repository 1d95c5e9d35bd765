"""Each rule in `site_rules.toml` has a page that fails without it."""

from __future__ import annotations

import pytest

from bot.core.models import Article
from bot.extract import extract, extractor
from bot.extract.site_rules import load_site_rules, site_rule_for
from tests.extract.conftest import DATA, saved_page

UNWANTED = {
    "wikipedia.org": ("Harbour Almanac", "[1]", "edit", "This article is about"),
    "arxiv.org": ("14 pages, 6 figures", "Submission history", "endorsers"),
    "pubmed.ncbi.nlm.nih.gov": ("Similar articles", "MeSH", "LinkOut", "Background:"),
    "substack.com": ("reader-supported", "feel free to hand it on"),
}


def text_of(host: str) -> str:
    found = extract(saved_page(DATA / "sites" / f"{host}.html"), strictness="lenient")
    assert isinstance(found, Article)
    return found.text


@pytest.mark.parametrize("host", load_site_rules())
def test_the_rule_removes_the_unwanted_text(host: str) -> None:
    text = text_of(host)
    assert "Nobody comes to Brackwater to see a car park" in text
    assert not [words for words in UNWANTED[host] if words in text]


@pytest.mark.parametrize("host", load_site_rules())
def test_without_the_rule_the_unwanted_text_is_there(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "site_rule_for", lambda url: None)
    assert [words for words in UNWANTED[host] if words in text_of(host)]


@pytest.mark.parametrize("host", ["arxiv.org", "pubmed.ncbi.nlm.nih.gov"])
def test_a_page_with_an_abstract_is_an_article(host: str) -> None:
    found = extract(saved_page(DATA / "sites" / f"{host}.html"))
    assert isinstance(found, Article)
    assert found.text.startswith("Nobody comes to Brackwater")
    assert found.word_count > 120


def test_there_are_few_rules() -> None:
    assert len(load_site_rules()) <= 12


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://de.wikipedia.org/wiki/Turm", "wikipedia.org"),
        ("https://wikipedia.org.evil.example/", None),
        ("https://notwikipedia.org/", None),
        ("http://[::1", None),
    ],
)
def test_a_rule_applies_to_its_host_and_subdomains(url: str, host: str | None) -> None:
    site = site_rule_for(url)
    assert (site.host if site else None) == host
