"""Who wrote an article: its JSON-LD, its meta elements, then the byline that people see.

Persons come before organisations, and before the site itself. What is not a name is left out: addresses,
numbers, the labels of a form, the credit of a photo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.meta_tags import MetaTags, one_line, types_of
from bot.extract.word_count import WORD

_OUTSIDE = (
    "[not(ancestor::form or ancestor::figure or ancestor::nav or ancestor::footer[not(ancestor::article)])]"
)
# Paths that begin at the attributes take half the time: most elements have none of them.
_BYLINES = etree.XPath(
    "(//@rel[. = 'author'] | //@itemprop[. = 'author'] | //@data-testid[contains(., 'author')]"
    " | //@class[contains(., 'author') or contains(., 'Author')"
    " or contains(., 'byline') or contains(., 'Byline')])/parent::*" + _OUTSIDE
)
_BYLINE_TEXTS = etree.XPath(
    "//body//text()[contains('BbPVW', substring(normalize-space(.), 1, 1))]"  # most texts begin otherwise
    "[starts-with(normalize-space(.), 'By ') or starts-with(normalize-space(.), 'by ')"
    " or starts-with(normalize-space(.), 'Written by') or starts-with(normalize-space(.), 'Posted by')"
    " or starts-with(normalize-space(.), 'Von ') or starts-with(normalize-space(.), 'Par ')"
    " or starts-with(normalize-space(.), 'Por ') or normalize-space(.) = 'By']/parent::*" + _OUTSIDE
)
_MAX_ELEMENTS = 12
_MAX_BYLINE = 200
_COMMENT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|reply|replies|respond|related)(?:$|[\s_-])", re.IGNORECASE
)
_START = re.compile(
    r"^\W*(?:(?:article |story |words |text )?"
    r"(?:(?:written|posted|published|reviewed|reported|story|words|submitted|created|text|geschrieben|"
    r"veröffentlicht|publié|écrit|rédigé|publicado|escrito|pubblicato|scritto|geschreven)\s+)?"
    r"(?:by|von|par|por|da|di|door|av|af|od|przez)(?:\s+|\s*:\s*|(?=(?-i:[A-ZÀ-Þ]))|$)"
    r"|(?:authors?|autor(?:in|es|a)?|auteur|autore|автор|text|words|written)\s*:\s*"
    r"|(?:автор|作者|記者|记者|文)\s*[:：/]\s*)",
    re.IGNORECASE,
)
_REST = re.compile(
    r"\s*(?:[|•·–—/\n]|,| - |\b(?:in|on|updated|published|is|has|writes)\b|\d).*$", re.IGNORECASE | re.DOTALL
)
_CONNECTOR = re.compile(r"(?:and|und|et|y|e|en|och|og|i|и|та|&|,|with)(?:\s+(?:by|von|par))?", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ][a-zß-ÿ]+(?:\s|$))")
_NAME_PREFIX = re.compile(r"(?:Mc|Mac|De|La|Le|Van|Di|Du|O)$")
_JOB = re.compile(
    r"^(?:senior|chief|staff|marketing|content|managing|associate|contributing|freelance|guest|science|news|"
    r"editor|writer|reporter|journalist|author|correspondent|manager|director|founder|ceo|analyst|consultant|"
    r"redakteur|journaliste|periodista|redactor)",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"^\W*(?:your |the |an? )?(?:name|e-?mail|username|user|author|admin(?:istrator)?|editor|staff|guest|"
    r"anonymous|unknown|website|comment|n/?a|none|null|undefined|default|root|test|about the author|"
    r"autor(?:in)?|nombre|nom|nome|имя|名前)\W*$"
    r"|^(?:photo|foto|image|bild|picture|illustration|video|credit|source|quelle)\b|https?:|www\.|@|"
    r"\d{3,}|^[\d\W_]*$|\b(?:read more|follow|subscribe|share|min read|says)\b",
    re.IGNORECASE,
)
_WORD_OF_NAME = r"[^\W\d_a-zß-ÿа-я][\w.'’-]*"
_PARTICLE = r"(?:(?:de|da|di|do|du|del|della|van|von|der|den|zu|la|le|bin|al|el|y)\s)*"
_NAME = rf"{_WORD_OF_NAME}(?:\s{_PARTICLE}{_WORD_OF_NAME}){{1,4}}"
_NAMES = re.compile(rf"{_NAME}(?:(?:, | and | & | und | et | y | e | och | og ){_NAME})*")
"""What may be a name in a byline: two or more words with capitals."""
_MAX_NAME, _MAX_WORDS = 120, 14
_MAX_AUTHORS = 8


def find_author(root: HtmlElement, meta_tags: MetaTags, site: str | None) -> str | None:
    """The names of the authors in one line; None if the page does not tell."""
    rest: list[str] = []
    for name, is_person in _candidates(root, meta_tags):
        if _is_name(name):
            if is_person and not _is_site(name, site) and _is_personal(name):
                return name
            rest.append(name)
    return next((name for name in rest if not _is_site(name, site)), rest[0] if rest else None)


def _candidates(root: HtmlElement, meta_tags: MetaTags) -> Iterator[tuple[str, bool]]:
    for key in ("author", "creator"):
        for value in meta_tags.json_ld_values(key):
            persons = [one for one in _listed(value) if not _is_organization(meta_tags.resolved(one))]
            names = [name_of(one, meta_tags) for one in persons or _listed(value)]
            yield ", ".join(filter(_is_name, map(_clean, names[:_MAX_AUTHORS]))), bool(persons)
    for meta in ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl"):
        yield _clean(meta_tags.first_text(meta)), True
    for number in "12":  # a label and a value, for the cards of links
        if _START.match(meta_tags.first_text(f"twitter:label{number}")):
            yield _clean(meta_tags.first_text(f"twitter:data{number}")), True
    for find in (_BYLINES, _BYLINE_TEXTS):
        for element in find(root)[:_MAX_ELEMENTS]:
            if not _is_in_comments(element):
                name = _byline_name(element)
                if _NAMES.fullmatch(name):
                    yield name, True


def _is_in_comments(element: HtmlElement) -> bool:
    around = (one for one in (element, *element.iterancestors()) if one.tag not in ("body", "html"))
    return any(_COMMENT_CLASS.search(one.get("class", "")) for one in around)


def name_of(value: Any, meta_tags: MetaTags) -> str:
    """The name in a value of the JSON-LD: a text, an object, a reference to one, or a list of these."""
    if isinstance(value, list):
        return ", ".join(name for one in value[:_MAX_AUTHORS] if (name := name_of(one, meta_tags)))
    value = meta_tags.resolved(value)
    return one_line(value.get("name") if isinstance(value, dict) else value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_organization(value: Any) -> bool:
    return isinstance(value, dict) and any(kind.endswith("organization") for kind in types_of(value))


def _byline_name(element: HtmlElement) -> str:
    """The names at the start of a byline; its parts are elements, so "Jane Roe" and "Editor" stay apart."""
    texts: list[str] = []
    for text in element.itertext():
        if text.strip():
            texts.append(one_line(text))
        if len(texts) > _MAX_AUTHORS or sum(map(len, texts)) > _MAX_BYLINE:
            break
    names: list[str] = []
    is_joined = True
    for text in texts:
        if _CONNECTOR.fullmatch(text.strip()):
            is_joined = True
            continue
        name = _clean(_REST.sub("", _START.sub("", text))).strip(" ,")
        if not name:
            continue
        if not is_joined or _JOB.match(name) or not name[:1].isupper():
            break
        names.append(name)
        is_joined = text.rstrip().endswith((",", " and", " &"))
    return ", ".join(names)


def _clean(text: str) -> str:
    """A name without "By", and without the job title that a template glued to it."""
    name = _START.sub("", text).strip(" ,|-–")
    for found in _GLUED.finditer(name):
        if not _NAME_PREFIX.search(name[: found.start()]) and _JOB.match(name[found.start() :]):
            return name[: found.start()]
    return name


def _is_name(text: str) -> bool:
    return 1 < len(text) <= _MAX_NAME and len(text.split()) <= _MAX_WORDS and not _NOT_A_NAME.search(text)


def _is_personal(name: str) -> bool:
    """Whether a name is more than the name of an account."""
    return " " in name.strip() or not name.isascii()


def _is_site(name: str, site: str | None) -> bool:
    plain = "".join(WORD.findall(name.casefold()))
    return bool(site) and plain == "".join(WORD.findall((site or "").casefold()))
