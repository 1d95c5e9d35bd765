"""Finds where a page sends its readers on without an HTTP redirect: a refresh, or a script of one line.

Reads the start of untrusted pages in the daemon, because the fetcher must follow such a redirect. So every
pattern is matched once from left to right, over a limited number of characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec import Struct, field

from bot.core.lazy_patterns import lazy_pattern
from bot.fetch.mime_sniffing import decoded_start

MAX_SIZE = 32 * 1024
"""Bytes of a page that are looked at. A page that only sends on is not larger."""
MAX_WORDS = 40
"""Visible words of a page that only sends on, such as "You are being redirected. Click here if …"."""
MAX_SCRIPT = 4_000
"""Characters of the scripts of such a page."""
AT_ONCE = 1
"""Seconds of a refresh that is followed on any page, because nobody could read the page before it."""
SOON = 30
"""Seconds of a refresh that is followed on a page that only sends on. Longer ones update a live page."""
_MAX_TAG = 4_096

_HINT = lazy_pattern(r"http-equiv|location", re.IGNORECASE)
_TOKEN = lazy_pattern(r"<!--(?:.*?-->|.*)|<(/?)([a-z][^\s/>]*)([^>]*)(?:>|\Z)", re.IGNORECASE | re.DOTALL)
_META = lazy_pattern(r"<meta(?=[\s/])([^>]*)", re.IGNORECASE)
_ATTRIBUTE = lazy_pattern(r"(?<![\w-])([\w-]++)\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_RAW = ("script", "style", "noscript", "title", "textarea", "iframe", "noembed", "xmp")
_RAW_END = {name: lazy_pattern(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_REFRESH = lazy_pattern(
    r"\s*+(?:(\d{1,9})|(?=\.))[\d.]*+\s*+(?:[;,]\s*+|(?<=\s))(?:url\s*+=\s*+)?(.*)", re.IGNORECASE | re.DOTALL
)
_LOCATION = r"(?<![\w.$])(?:(?:window|document|top|self|parent|this)\s*+\.\s*+)*location\s*+"
_ASSIGNMENT = lazy_pattern(
    _LOCATION + r"(?:(?:\.\s*+href\s*+)?=(?!=)|\.\s*+(?:replace|assign)\s*+\()\s*+"
    r"(?:([\"'])((?:[^\"'\\\s]|\\.){1,2048}+)\1(?!\s*\+))?"
)
_JS_ESCAPE = lazy_pattern(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))", re.IGNORECASE | re.DOTALL)
_NOT_A_PAGE = ("#", "javascript:", "about:", "mailto:")


class PageRedirect(Struct, frozen=True):
    """The page sends its readers on."""

    location: str | None
    """Absolute, or relative to the page. None if only a script knows it."""


class _Parts(Struct):
    """What the start of a page consists of."""

    refreshes: list[str] = field(default_factory=list)
    refreshes_without_script: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    words: int = 0
    needs_files: bool = False
    """Whether it loads scripts, which may show a whole article."""
    has_data: bool = False
    """Whether it contains JSON, which may hold a whole article."""


def find_redirect(content: bytes, refresh_header: str) -> PageRedirect | None:
    """Where the page sends its readers on; None if it does not, or only after they could read it."""
    text = decoded_start(content, MAX_SIZE)
    if not refresh_header and not _HINT.search(text):
        return None
    parts = _parts_of(text)
    only_sends_on = len(content) <= MAX_SIZE and parts.words <= MAX_WORDS
    seconds = SOON if only_sends_on else AT_ONCE
    for value in (refresh_header, *parts.refreshes):
        if location := _refresh_location(value, seconds):
            return PageRedirect(location)
    return _without_refresh(parts) if only_sends_on and not parts.has_data else None


def _without_refresh(parts: _Parts) -> PageRedirect | None:
    script = "\n".join(parts.scripts)
    if len(script) > MAX_SCRIPT:
        return None
    targets = _script_targets(script)
    if not targets:
        return None
    for value in parts.refreshes_without_script:
        if location := _refresh_location(value, SOON):
            return PageRedirect(location)
    if len(targets) == 1 and (target := next(iter(targets))):
        return PageRedirect(target)
    return None if parts.needs_files else PageRedirect(None)


def _script_targets(script: str) -> set[str | None]:
    """The addresses that a script sends on to; None stands for one that it computes."""
    found = {_unescaped(match[2]) if match[2] else None for match in _ASSIGNMENT.finditer(script)}
    return {target for target in found if not target or not target.lower().startswith(_NOT_A_PAGE)}


def _refresh_location(value: str, max_seconds: int) -> str | None:
    """The address in `5; url=/page`, as browsers read it.

    https://html.spec.whatwg.org/#shared-declarative-refresh-steps
    """
    found = _REFRESH.match(value)
    if not found or int(found[1] or 0) > max_seconds:
        return None
    location = found[2]
    if location[:1] in ('"', "'"):
        location = location[1:].partition(location[0])[0]
    location = location.strip()
    return location if location and not location.lower().startswith(_NOT_A_PAGE) else None


def _unescaped(literal: str) -> str:
    """The value of a string of JavaScript."""
    return _JS_ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[3], literal
    )


def _parts_of(text: str) -> _Parts:
    parts, place = _Parts(), 0
    while token := _TOKEN.search(text, place):
        if parts.words <= MAX_WORDS:
            parts.words += len(text[place : token.start()].split())
        place = token.end()
        name = (token[2] or "").lower()
        if token[1] or not name:
            continue
        if name == "meta":
            parts.refreshes += _refreshes(token[3])
        elif name == "body" and (onload := _attributes(token[3]).get("onload")):
            parts.scripts.append(onload)
        elif name in _RAW_END:
            end = _RAW_END[name].search(text, place)
            _add_raw(parts, name, token[3], text[place : end.start() if end else len(text)])
            place = end.start() if end else len(text)
    parts.words += len(text[place:].split())
    return parts


def _add_raw(parts: _Parts, name: str, attributes: str, raw: str) -> None:
    if name == "noscript":
        for tag in _META.finditer(raw):
            parts.refreshes_without_script += _refreshes(tag[1])
    elif name == "script":
        given = _attributes(attributes)
        if "json" in given.get("type", "").lower():
            parts.has_data = True
        else:
            parts.needs_files |= "src" in given
            parts.scripts.append(raw)


def _refreshes(attributes: str) -> Iterator[str]:
    given = _attributes(attributes)
    if given.get("http-equiv", "").strip().lower() == "refresh":
        yield given.get("content", "")


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2].strip("\"'") if found[2][0] in "\"'" else found[2])
        for found in _ATTRIBUTE.finditer(text, 0, _MAX_TAG)
    }
