"""Tell by the judgement of its sentences that an article deserves no reply.

Such a page is a list without sentences, a teaser, an advertisement or the rest of a page: few of its
sentences are wanted, even its best ones need others, and much of it is not prose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from bot.core.models import ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.summarize.judge.sentence_model import Judgement
from bot.summarize.judge.word_grams import CLASSES
from bot.summarize.sentence_roles import Line

MIN_SENTENCES = 12
"""A shorter article is never refused: it has few sentences that could be wanted."""
_BEST = 3
_PROBABLY = 0.67
_WANTED, _STANDING, _PAGE, _THRESHOLD = -2.9, -6.6, 4.6, -3.0
"""A logistic regression on the annotated articles, by `benchmarks/fit_reply.py`."""

_CUT = re.compile(r"(?:\.\.\.|…)[\"'”’“»›)\]\s]*\Z")
_LAST = 5
"""A text that is cut off shows it in one of so many last sentences."""
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|(?:EUR|USD|GBP|CHF)\b)")
_MIN_PRICES = 3
_ENTRIES = frozenset({ParagraphKind.LIST_ITEM, ParagraphKind.TABLE, ParagraphKind.HEADING})
_END = re.compile(r"[.!?…。！？][\"'”’“»›)\]\s]*\Z")


def deserves_no_reply(judgement: Judgement) -> bool:
    """Whether an editor would not reply."""
    if len(judgement.wanted) < MIN_SENTENCES or _has_introduction(judgement):
        return False
    wanted, best, page = signs(judgement)
    return _WANTED * wanted + _STANDING * best + _PAGE * page > _THRESHOLD


def _has_introduction(judgement: Judgement) -> bool:
    """Whether an editor probably picks two sentences, however long the list is that they introduce."""
    return float(np.sort(judgement.wanted)[-2:].mean()) >= _PROBABLY


def signs(judgement: Judgement) -> tuple[float, float, float]:
    """The logarithm of the sentences that an editor is expected to pick, the probability that the best
    sentences stand alone, and the share that is not prose.
    """
    alone, page = (judgement.probabilities[:, CLASSES.index(letter)] for letter in "SB")
    wanted = math.log(float(judgement.wanted.sum()) + 0.1)
    return wanted, float(np.sort(alone)[-_BEST:].mean()), float(page.mean())


def refusal_reason(lines: Sequence[Line]) -> SkipReason:
    """What such a page is: cut off, an offer with prices, a list, or none of these."""
    prose = [line for line in lines if line.kind not in _ENTRIES and _END.search(line.text)]
    if any(_CUT.search(line.text) for line in prose[-_LAST:]):
        return SkipReason.WALL
    if sum(bool(_PRICE.search(line.text)) for line in lines) >= _MIN_PRICES:
        return SkipReason.PRODUCT
    if 2 * len(prose) < len(lines):
        return SkipReason.LISTING
    return SkipReason.NO_SENTENCES
