"""`from bot import …`: summaries without a daemon."""

from __future__ import annotations

import subprocess
import sys

import pytest

import bot
from bot import NoSummary, PageSummary, summarize_html, summarize_url
from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from tests.docs.test_example_package import ARTICLE


def test_the_summary_of_a_page() -> None:
    summary = summarize_html(ARTICLE, url="https://paper.example/mill", sentences=2)
    assert isinstance(summary, PageSummary)
    assert 1 <= len(summary.sentences) <= 2
    assert all(sentence in ARTICLE.replace("\n", " ") for sentence in summary.sentences)
    assert (summary.title, summary.language) == ("Mill opens after repair", "en")
    assert summary.url == "https://paper.example/mill"
    assert summary.summary_words == sum(len(sentence.split()) for sentence in summary.sentences)
    assert summary.saved == round(100 * (1 - summary.summary_words / summary.article_words)) >= 60


def test_bytes_are_decoded_as_in_a_browser() -> None:
    page = ARTICLE.replace("Elmsport", "Elmspört").encode("windows-1252")
    assert any("Elmspört" in each for each in summarize_html(page, method="luhn", words=200).sentences)


def test_a_page_that_is_not_an_article_says_why() -> None:
    with pytest.raises(NoSummary) as caught:
        summarize_html("<title>404 Not Found</title><h1>404 Not Found</h1><p>The page was not found.</p>")
    assert isinstance(caught.value.reason, SkipReason)
    assert str(caught.value).startswith(caught.value.reason.sentence)


def test_private_addresses_are_not_opened() -> None:
    with pytest.raises(FetchError) as caught:
        summarize_url("http://127.0.0.1/article")
    assert caught.value.reason is SkipReason.FORBIDDEN_ADDRESS


def test_an_unknown_method_names_those_that_exist() -> None:
    with pytest.raises(ValueError, match="Use one of: precis, lexrank"):
        summarize_html(ARTICLE, method="best")


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, bot; print(sorted(name for name in sys.modules if name.startswith('bot.')))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="has no attribute 'summarise'"):
        _ = bot.summarise  # type: ignore[attr-defined]
