"""Helpers for the texts of the tests."""

from __future__ import annotations

from bot.core.models import Article
from bot.summarize.word_tokens import count_words


def unwrap(text: str) -> str:
    """`text` with one line for each paragraph and a blank line between paragraphs."""
    return "\n\n".join(" ".join(block.split()) for block in text.strip().split("\n\n"))


def article(text: str, language: str = "en", title: str = "") -> Article:
    return Article(title, text, language, 1.0, count_words(text))
