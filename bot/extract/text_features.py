"""Features of the words of a page and of its selected text, for the decision trees of the gate.

Some depend on a language. The trees also have features that do not, so a page in another language is judged
by those.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from bot.core.word_runs import word_runs
from bot.extract.blocks import Blocks
from bot.extract.paragraphs import Paragraph, word_count_of
from bot.extract.word_count import count_words

# Patterns that begin with a set of characters are searched for in a third of the time.
_PRICE = re.compile(r"[$€£¥₹\d](?:(?<=[$€£¥₹])\s?\d|(?<=\d)\s?(?:€|USD|EUR|kr|zł)\b)")
_CURRENCIES = ("$", "€", "£", "¥", "₹", "USD", "EUR", "kr", "zł")
_YEAR = re.compile(r"[12](?:(?<=\b1)9|(?<=\b2)0)\d\d\b")
_SHOP_PHRASES = (
    "add to cart",
    "add to bag",
    "add to basket",
    "buy now",
    "in den warenkorb",
    "ajouter au panier",
    "añadir al carrito",
    "out of stock",
    "free shipping",
)
_CALLS_TO_ACTION = (
    "contact us",
    "get started",
    "get in touch",
    "get a ",
    "request a ",
    "free trial",
    "free quote",
    "book a ",
    "book now",
    "learn more",
    "sign up",
    "our services",
    "our team",
    "our clients",
    "call us",
)
_FORUM_WORDS = frozenset(
    {"reply", "replies", "replied", "posted", "joined", "thread", "wrote", "quote", "upvote", "points"}
)
_ADDRESS_WORDS = frozenset({"we", "our", "us", "you", "your"})
_FIRST_PERSON_WORDS = frozenset({"i", "my", "me"})
_REPORTING_WORDS = frozenset(
    {"said", "says", "told", "according", "announced", "reported", "sagte", "selon", "dijo"}
)
_UNSPACED_ADDRESS = re.compile(r"私たち|弊社|当社|あなた|お客様|我们|我們|您|你们|저희|당신|고객님")
_UNSPACED_REPORTING = re.compile(
    r"と述べ|と話し|と語っ|によると|によれば|発表し|発表した|と説明し|明らかにし"
    r"|表示|指出|宣布|据此|据[^此点]|報導|报道|稱|说，|說，|밝혔다|말했다|전했다|따르면|발표했다|설명했다"
)
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_QUOTATION_MARKS = '“”„«»「」『』"'
_ENDS = (".", "!", "?", "。", "！", "？", "।", "」", "』")
_MAX_CHARACTERS = 20_000
"""The features are computed from at most this many characters of the page and of the text."""


def text_features(blocks: Blocks, paragraphs: Sequence[Paragraph]) -> dict[str, float]:
    """How often words and marks of several kinds occur: per 100 words, or as a share of 1."""
    page = "\n".join(blocks.texts)[:_MAX_CHARACTERS]
    text = "\n".join(paragraph.text for paragraph in paragraphs)[:_MAX_CHARACTERS]
    lower = page.lower()
    all_words = blocks.total_word_count
    page_words = max(all_words if len(page) < _MAX_CHARACTERS else count_words(page), 1)
    words = max(word_count_of(paragraphs) if len(text) < _MAX_CHARACTERS else count_words(text), 1)
    characters = max(sum(map(len, blocks.texts)), 1)
    linked = sum(share * len(block) for share, block in zip(blocks.link_share, blocks.texts, strict=True))
    return {
        "page_words": math.log1p(all_words),
        "link_share": linked / characters,
        "sentences": sum(p.text.endswith(_ENDS) for p in paragraphs) / max(len(paragraphs), 1),
        "prices": _count_prices(page) / page_words * 100,
        "years": len(_YEAR.findall(page)) / page_words * 100,
        "cart": float(sum(map(lower.count, _SHOP_PHRASES))),
        "calls": float(sum(map(lower.count, _CALLS_TO_ACTION))),
        "asked": _count_forum_words(lower) / page_words * 100,
        **{name: count / words * 100 for name, count in _count_spoken(text.lower()).items()},
        "questions": (text.count("?") + text.count("？")) / words * 100,
        "quotations": sum(map(text.count, _QUOTATION_MARKS)) / words * 100,
        "digits": _count_digits(text) / max(len(text), 1) * 100,
    }


def _count_prices(page: str) -> int:
    return len(_PRICE.findall(page)) if any(map(page.__contains__, _CURRENCIES)) else 0


def _count_forum_words(lower: str) -> int:
    if not any(map(lower.__contains__, _FORUM_WORDS)):
        return 0
    return sum(map(_FORUM_WORDS.__contains__, lower.split()))


def _count_spoken(spoken: str) -> dict[str, int]:
    """How often a text in lower case speaks to its reader, of its author, and of what somebody said."""
    tokens = Counter(word_runs(spoken))
    you = sum(map(tokens.__getitem__, _ADDRESS_WORDS))
    said = sum(map(tokens.__getitem__, _REPORTING_WORDS))
    if _EAST_ASIAN.search(spoken):
        you += len(_UNSPACED_ADDRESS.findall(spoken))
        said += len(_UNSPACED_REPORTING.findall(spoken))
    return {"you": you, "me": sum(map(tokens.__getitem__, _FIRST_PERSON_WORDS)), "said": said}


def _count_digits(text: str) -> int:
    """The number of digits, also of those in superscript."""
    return sum(text.count(character) for character in set(text) if character.isdigit())
