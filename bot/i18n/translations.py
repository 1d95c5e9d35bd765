"""What the bot itself says to people, in their language: gettext catalogues with plural forms.

The texts stand in `locales/LANGUAGE.po`, each under a short key; Babel reads them. They are Markdown
that every platform shows alike. Values that come from people have to be escaped by the caller.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl")
"""ISO 639-1; the first is what everybody else gets."""


class Translator:
    """The texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _catalogue(language)

    def __call__(self, key: str, /, *, count: int | None = None, **values: object) -> str:
        """The text under `key` with its values put in; `count` chooses the plural form and is one of them.

        Raises KeyError for a key that no catalogue has.
        """
        texts = self._texts
        text = texts.ugettext(key) if count is None else texts.ungettext(key, key, count)
        if text == key:
            raise KeyError(key)
        return text.format_map(values | {"count": count})


@cache
def translator(language: str | None) -> Translator:
    """The texts in a language (ISO 639-1), or in English where there are none."""
    return Translator(language if language in LANGUAGES else LANGUAGES[0])


def _catalogue(language: str) -> Translations:
    compiled = BytesIO()
    with files("bot.i18n").joinpath(f"locales/{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
