"""What stands before the first words of a report: the place and the agency, or the date of the page.

    LONDON (Reuters) – …        BERLIN/WIEN – …        9 December 2024If you …

Associated Press Stylebook, "datelines".
"""

from __future__ import annotations

import re

_AGENCIES = (
    "CNN|Reuters|AP|AFP|dpa|EFE|ANSA|ANP|Lusa|Bloomberg|UPI|PA|AAP|PTI|IANS|ANI|APA|SDA|Belga|NTB|TT|ots|epd|"
    "KNA|AGI|Adnkronos|Europa Press|Xinhua|Kyodo|Yonhap|TASS|Anadolu|GLOBE NEWSWIRE|BUSINESS WIRE|ACCESSWIRE"
)
_CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][\w.'’-]*"
_CITY = r"[^\W\d_a-zß-öø-ÿ][\w'’-]{3,}"
_DAY = (
    r"(?:le |el |den |am )?(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2}\.? (?:de )?[^\W\d_]{3,9}\.?)"
    r"(?:,? (?:de )?\d{4})?"
)
_END = r"\s*\.?\s*(?:--?|[–—:|·•])?\s*"
_DASH = r"(?:\s*(?:--|[–—|·•])|\s+-)\s+"
_SENTENCE = r"(?=[\"“„«‘']?[A-ZÀ-Þ][\w '’])"
_DATELINE = re.compile(
    # "LONDON (Reuters) –", "(CNN)", "Madrid, 3 mar (EFE).-", "Berlin/Wien (dpa) -"
    rf"(?:(?:{_CAPITALISED}[ ,/]+|{_DAY}[ ,]+){{0,6}}(?:{_CAPITALISED})?"
    rf"\((?:{_AGENCIES})\b[^)\n]{{0,20}}\){_END}"
    rf"|(?:{_CAPITALISED}[ ,/]+|{_DAY}[ ,]+){{1,7}}/(?:PRNewswire|CNW|PRN)[^/\n]{{0,30}}/{_END}"
    r"|\((?:[A-Z][\w.]*[ ]?){1,4}\)(?=[A-Z\"“])"
    # "NEW DELHI: The", "PARIS/BERLIN: Die", "ISLAMABAD (Web Desk): The"
    r"|(?:[A-ZÀ-Þ]{5,}|[A-ZÀ-Þ]{3,}(?:[ /][A-ZÀ-Þ]{3,}){1,3})"
    rf"(?:, {_DAY}| \([^)\d\n]{{2,25}}\))?\s?:\s+{_SENTENCE}"
    # "Berlin/Wien – Die", "Berlin/Wien. Die"
    rf"|{_CITY}(?: {_CITY}){{0,2}}(?:\s?/\s?{_CITY}(?: {_CITY}){{0,2}}){{1,3}}"
    rf"(?:(?<=[^\W\d_])[.:]\s+|{_DASH}){_SENTENCE}"
    r"|[A-ZÀ-Þ][A-ZÀ-Þ .,/'’-]{2,40}(?:(?<=, )[A-Z][\w.]{1,15}(?: [A-Z][\w.]{1,15})?)?"
    rf"(?:,? ?{_DAY})?(?: \([^)\d\n]{{2,25}}\))?{_DASH})"
    r"(?=[\"“'‘«„]?[^\W_])"
)
_FULL_DATE = (
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
    r"|\d{1,2}\.? (?:de |d['’])?[^\W\d_]{3,10}\.?,? (?:de )?\d{4}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})"
)
_CLOCK = (
    r"(?:,?\s*(?:at |um |à |a las |alle |om |às |[|•·-] )?\d{1,2}[:.h]\d{2}(?:\s?(?:[ap]\.?m\.?|Uhr|h))?)?"
)
_UPDATED = (
    "(?:last |article )?(?:updated|published|posted|modified|reviewed)(?: on)?|stand|aktualisiert(?: am)?|"
    "veröffentlicht(?: am)?|mis à jour(?: le)?|publié(?: le)?|actualizado(?: el)?|publicado(?: el| em)?|"
    "atualizado(?: em)?|aggiornato(?: il)?|pubblicato(?: il)?|bijgewerkt(?: op)?|gepubliceerd(?: op)?"
)
_DATE = re.compile(
    rf"\s*(?:(?i:{_UPDATED})\s?:?\s*{_FULL_DATE}{_CLOCK}\s*(?:[-–—|:•·]\s*)?|{_FULL_DATE}{_CLOCK})"
    r"(?=[\"“„«]?[A-ZÀ-Þ][\w '’])"
)
_DIGIT = re.compile(r"\d")
_MIN_WORDS_LEFT = 4


def without_dateline(text: str) -> str:
    """The first sentence of a paragraph without its dateline."""
    found = _DATELINE.match(text)
    return text[found.end() :] if found else text


def without_date(text: str) -> str:
    """The sentence without a date that is glued to its start, or that says when the page was updated."""
    found = _DATE.match(text) if _DIGIT.search(text) else None
    rest = text[found.end() :] if found else ""
    return rest if len(rest.split()) >= _MIN_WORDS_LEFT else text
