"""The methods by name: where each is found, and how much of an article it is shown.

sumy's methods grow with the square of the sentences, KL and SumBasic's re-rating with the cube of
their number; with these limits none takes longer than about two seconds, whatever the article.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.summarize.document import Document, Limits


@dataclass(frozen=True, slots=True)
class Entry:
    """`place` is "module:function" of what makes the summarizer; it is imported on first use."""

    place: str
    limits: Limits


METHODS: dict[str, Entry] = {
    "precis": Entry("bot.summarize.precis_method:make", Limits(5_000, 150_000)),
    "lexrank": Entry("bot.summarize.sumy_methods:lexrank", Limits(300, 9_000)),
    "lsa": Entry("bot.summarize.sumy_methods:lsa", Limits(400, 12_000)),
    "textrank": Entry("bot.summarize.sumy_methods:textrank", Limits(300, 9_000)),
    "luhn": Entry("bot.summarize.sumy_methods:luhn", Limits(1_000, 30_000)),
    "kl": Entry("bot.summarize.sumy_methods:kl", Limits(100, 3_000)),
    "sumbasic": Entry("bot.summarize.sumy_methods:sumbasic", Limits(300, 9_000)),
    "reduction": Entry("bot.summarize.sumy_methods:reduction", Limits(300, 9_000)),
    "edmundson": Entry("bot.summarize.sumy_methods:edmundson", Limits(1_000, 30_000)),
}


def entry(method: str) -> Entry:
    """The entry of `method`. Raises ValueError naming those there are."""
    try:
        return METHODS[method]
    except KeyError:
        raise ValueError(f"There is no method {method!r}; use one of: {', '.join(METHODS)}.") from None


def build(found: Entry) -> Callable[[Document], Any]:
    """What makes the summarizer of an entry for a document."""
    module, _, name = found.place.partition(":")
    maker: Callable[[Document], Any] = getattr(import_module(module), name)
    return maker
