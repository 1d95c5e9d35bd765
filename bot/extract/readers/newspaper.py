"""newspaper3k. It gets the page and never fetches anything."""

from __future__ import annotations

from contextlib import suppress

from bot.core.language_codes import fold_language
from bot.extract.language_detection import language_of
from bot.extract.readers.base import CleanPage

_RELATED = {"nb": "no", "nn": "no", "bs": "hr"}
"""Languages that newspaper3k has no stop words or fewer for, and one whose list has enough of them."""
# newspaper3k needs jieba for Chinese: 2.5 s and 130 MB in each worker, and four other readers have a vote too
_LANGUAGES_NOT_READ = frozenset({"zh"})


class Newspaper:
    name = "newspaper3k"

    def extract_text(self, page: CleanPage) -> str:
        # imported on first use: it takes 0.4 s, and few pages need it
        from bot.extract.readers.newspaper_text import available_languages, newspaper_text

        # without the language it looks for English stop words, and finds no text in other languages
        declared = fold_language(page.root.get("lang") or "")
        language = declared or language_of(page.root.text_content().strip())
        language = _RELATED.get(language, language)
        if language in available_languages() and language not in _LANGUAGES_NOT_READ and language != "en":
            # it fails for some languages but can read their pages as English
            with suppress(Exception):
                return newspaper_text(page.html, language)
        return newspaper_text(page.html, "en")
