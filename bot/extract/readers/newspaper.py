"""newspaper3k. It gets the page and never fetches anything."""

from __future__ import annotations

from types import ModuleType

from bot.core.empty_modules import empty_module
from bot.core.language_codes import fold_language
from bot.extract.language_detection import language_of
from bot.extract.readers.base import CleanPage

_RELATED = {"nb": "no", "nn": "no", "bs": "hr"}
"""Languages that newspaper3k has no stop words or fewer for, and one whose list has enough of them."""
# newspaper3k needs jieba for Chinese: 2.5 s and 130 MB in each worker, and four other readers have a vote too
_LANGUAGES_NOT_READ = frozenset({"zh"})


def import_newspaper() -> ModuleType:
    """The package `newspaper`, imported without Pillow, which it needs only for pictures."""
    with empty_module("PIL", Image=None, ImageFile=None):
        import newspaper
    module: ModuleType = newspaper
    return module


class Newspaper:
    name = "newspaper3k"

    def extract_text(self, page: CleanPage) -> str:
        # imported on first use: it takes 0.4 s, and few pages need it
        newspaper = import_newspaper()

        # without the language it looks for English stop words, and finds no text in other languages
        declared = fold_language(page.root.get("lang") or "")
        language = declared or language_of(page.root.text_content().strip())
        language = _RELATED.get(language, language)
        for choice in (language, "en"):
            config = newspaper.Config()
            config.fetch_images = False
            config.memoize_articles = False
            config.use_meta_language = False
            if choice in newspaper.utils.get_available_languages() and choice not in _LANGUAGES_NOT_READ:
                config.set_language(choice)
            article = newspaper.Article(page.url or "http://localhost/", config=config)
            article.set_html(page.html)
            try:
                article.parse()
            except Exception:  # it fails for some languages but can read their pages as English
                if choice == "en":
                    raise
                continue
            return str(article.text)
        return ""
