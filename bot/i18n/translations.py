"""The bot's own texts in several languages: gettext catalogues with plural forms.

The texts are in `locales/LANGUAGE.po`, each under a short key; Babel parses them. They are Markdown
that looks the same on every platform. The caller must escape values that come from other people.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Literal, get_args

from bot.core.skip_reasons import SkipReason

if TYPE_CHECKING:
    from babel.support import Translations

TextLanguage = Literal["en", "de", "fr", "es", "pt", "it", "nl"]
"""ISO 639-1. The first is the fallback."""
LANGUAGES: tuple[str, ...] = get_args(TextLanguage)


class Translator:
    """The texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _load_catalogue(language)

    def __call__(self, key: str, /, *, count: int | None = None, **values: object) -> str:
        """The text under `key`, placeholders filled. `count` selects the plural form and fills {count}.

        Raises KeyError if the catalogue does not have the key.
        """
        texts = self._texts
        text = texts.ugettext(key) if count is None else texts.ungettext(key, key, count)
        if text == key:
            raise KeyError(key)
        return text.format_map(values | {"count": count})


@cache
def translator(language: str | None) -> Translator:
    """The texts in a language (ISO 639-1); in English if there is no catalogue for it."""
    return Translator(language if language in LANGUAGES else LANGUAGES[0])


def reason_sentence(reason: SkipReason, translate: Translator) -> str:
    """Why a post gets no reply, in the language of the translator."""
    return translate(f"skip-{reason.value}")


def _load_catalogue(language: str) -> Translations:
    from importlib.resources import files  # here, and Babel: many commands use no text of a catalogue

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    compiled = BytesIO()
    with files("bot.i18n").joinpath(f"locales/{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
