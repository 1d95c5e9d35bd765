"""Features of the words of a page and of its selected text, for the decision trees of the gate.

Some depend on a language. The trees also have features that do not, so a page in another language is judged
by those.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.extract.blocks import Blocks
from bot.extract.paragraphs import Paragraph
from bot.extract.word_count import count_words

_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:€|USD|EUR|kr|zł)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
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
_ADDRESS = re.compile(
    r"\b(?:we|our|us|you|your)\b|私たち|弊社|当社|あなた|お客様|我们|我們|您|你们|저희|당신|고객님"
)
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i’m|i've|i’ve|my|me)\b")
_REPORTING = re.compile(
    r"\b(?:said|says|told|according|announced|reported|sagte|selon|dijo)\b"
    r"|と述べ|と話し|と語っ|によると|によれば|発表し|発表した|と説明し|明らかにし"
    r"|表示|指出|宣布|据此|据[^此点]|報導|报道|稱|说，|說，|밝혔다|말했다|전했다|따르면|발표했다|설명했다"
)
_QUOTATION_MARK = re.compile(r"[“”„«»「」『』\"]")
_ENDS = (".", "!", "?", "。", "！", "？", "।", "」", "』")
_MAX_CHARACTERS = 20_000
"""The features are computed from at most this many characters of the page and of the text."""


def text_features(blocks: Blocks, paragraphs: Sequence[Paragraph]) -> dict[str, float]:
    """How often words and marks of several kinds occur: per 100 words, or as a share of 1."""
    page = "\n".join(blocks.texts)[:_MAX_CHARACTERS]
    text = "\n".join(paragraph.text for paragraph in paragraphs)[:_MAX_CHARACTERS]
    lower, spoken = page.lower(), text.lower()
    all_words = blocks.total_word_count
    page_words = max(all_words if len(page) < _MAX_CHARACTERS else count_words(page), 1)
    words = max(count_words(text), 1)
    characters = max(sum(map(len, blocks.texts)), 1)
    linked = sum(share * len(block) for share, block in zip(blocks.link_share, blocks.texts, strict=True))
    return {
        "page_words": math.log1p(all_words),
        "link_share": linked / characters,
        "sentences": sum(p.text.endswith(_ENDS) for p in paragraphs) / max(len(paragraphs), 1),
        "prices": len(_PRICE.findall(page)) / page_words * 100,
        "years": len(_YEAR.findall(page)) / page_words * 100,
        "cart": float(sum(map(lower.count, _SHOP_PHRASES))),
        "calls": float(sum(map(lower.count, _CALLS_TO_ACTION))),
        "asked": sum(map(_FORUM_WORDS.__contains__, lower.split())) / page_words * 100,
        "you": len(_ADDRESS.findall(spoken)) / words * 100,
        "me": len(_FIRST_PERSON.findall(spoken)) / words * 100,
        "said": len(_REPORTING.findall(spoken)) / words * 100,
        "questions": (text.count("?") + text.count("？")) / words * 100,
        "quotations": len(_QUOTATION_MARK.findall(text)) / words * 100,
        "digits": sum(map(str.isdigit, text)) / max(len(text), 1) * 100,
    }
