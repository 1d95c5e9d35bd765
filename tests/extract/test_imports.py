"""What is loaded, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"numpy", "trafilatura", "py3langid", "newspaper", "nltk", "readability", "sumy", "scipy"}
SELDOM = {"newspaper", "nltk", "readability", "sumy", "scipy"}
"""What only the vote needs, or a summarizer."""


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(told.stdout.split())


@pytest.mark.parametrize(
    ("statement", "never"), [("import bot.extract", HEAVY), ("import bot.extract.extraction_steps", SELDOM)]
)
def test_what_is_heavy_waits_until_it_is_needed(statement: str, never: set[str]) -> None:
    loaded = loaded_by(statement)
    assert "bot.extract.extractor" in loaded
    assert not loaded & never


def test_a_page_that_is_plainly_no_article_needs_nothing_heavy() -> None:
    page = "Page('https://paper.example/', b'<p>Two words.</p>')"
    loaded = loaded_by(
        f"from bot.extract import extract; from bot.core.models import Page; assert extract({page}).reason"
    )
    assert not loaded & HEAVY
