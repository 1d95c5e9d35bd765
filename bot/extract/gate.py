"""Is it an article: what can be told from a page's address, head and body."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from bot.models import NotArticle, SkipReason

_LEAST_WORDS = 50
_ERROR_TITLE = re.compile(
    r"^\W*(?:error\s*)?(?:40[0134]|410|500|50[234])\b|page (?:not|can'?t be) found|not found$|access denied"
    r"|seite nicht gefunden|page introuvable|página no encontrada|pagina non trovata",
    re.IGNORECASE,
)
_CONSENT = re.compile(r"cookie|consent|zustimm|einwillig|privacy|datenschutz|consentement", re.IGNORECASE)
_LOGIN = re.compile(r"\b(?:log ?in|sign ?in|anmelden|einloggen|connexion|iniciar sesión)\b", re.IGNORECASE)
_WALL = re.compile(
    r"subscribe to (?:continue|read)|to continue reading|(?:only|exclusive) (?:for|to) subscribers"
    r"|subscriber[- ]only|already a subscriber|reserved for subscribers|réservé aux abonnés|nur für abonnenten|jetzt weiterlesen"
    r"|solo para suscriptores|riservato agli abbonati",
    re.IGNORECASE,
)


def judge(url: str, root: HtmlElement, title: str, text: str, words: int) -> NotArticle | None:
    """Why a page is no article, or None when it looks like one."""
    if _ERROR_TITLE.search(title) and words < 4 * _LEAST_WORDS:
        return NotArticle(SkipReason.ERROR_PAGE, title)
    if urlsplit(url).path in ("", "/") and not urlsplit(url).query:
        return NotArticle(SkipReason.HOME_PAGE)
    if words >= _LEAST_WORDS and not (words < 4 * _LEAST_WORDS and _WALL.search(text)):
        return None
    return _short(root, title, words)


def _short(root: HtmlElement, title: str, words: int) -> NotArticle:
    body = " ".join(root.text_content().split())
    if not body:
        return NotArticle(SkipReason.NOT_TEXT)
    if _WALL.search(body):
        return NotArticle(SkipReason.WALL)
    if root.find(".//input[@type='password']") is not None or _LOGIN.search(title):
        return NotArticle(SkipReason.LOGIN)
    if len(_CONSENT.findall(body)) > 2 and len(body) < 5000:
        return NotArticle(SkipReason.CONSENT)
    if root.find(".//video") is not None or root.find(".//iframe") is not None:
        return NotArticle(SkipReason.VIDEO)
    if len(root.findall(".//img")) > 5:
        return NotArticle(SkipReason.GALLERY)
    return NotArticle(SkipReason.TOO_SHORT, f"{words} words")
