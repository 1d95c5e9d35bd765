"""The methods by name: where each is found, and how much of an article it is shown.

sumy's methods grow with the square of the sentences, KL and SumBasic's re-rating with the cube of
their number; with these limits none takes longer than about two seconds, whatever the article.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.summarize.document import Document, InputLimits


@dataclass(frozen=True, slots=True)
class RegisteredMethod:
    """`place` is "module:function" of what makes the summarizer; it is imported on first use."""

    factory: str
    limits: InputLimits


METHODS: dict[str, RegisteredMethod] = {
    "precis": RegisteredMethod("bot.summarize.precis_method:make_summarizer", InputLimits(5_000, 150_000)),
    "lexrank": RegisteredMethod("bot.summarize.sumy_methods:lexrank", InputLimits(300, 9_000)),
    "lsa": RegisteredMethod("bot.summarize.sumy_methods:lsa", InputLimits(400, 12_000)),
    "textrank": RegisteredMethod("bot.summarize.sumy_methods:textrank", InputLimits(300, 9_000)),
    "luhn": RegisteredMethod("bot.summarize.sumy_methods:luhn", InputLimits(1_000, 30_000)),
    "kl": RegisteredMethod("bot.summarize.sumy_methods:kl", InputLimits(100, 3_000)),
    "sumbasic": RegisteredMethod("bot.summarize.sumy_methods:sumbasic", InputLimits(300, 9_000)),
    "reduction": RegisteredMethod("bot.summarize.sumy_methods:reduction", InputLimits(300, 9_000)),
    "edmundson": RegisteredMethod("bot.summarize.sumy_methods:edmundson", InputLimits(1_000, 30_000)),
}


def find_method(method: str) -> RegisteredMethod:
    """The entry of `method`. Raises ValueError naming those there are."""
    try:
        return METHODS[method]
    except KeyError:
        raise ValueError(f"There is no method {method!r}; use one of: {', '.join(METHODS)}.") from None


def load_factory(method: RegisteredMethod) -> Callable[[Document], Any]:
    """What makes the summarizer of an entry for a document."""
    module, _, name = method.factory.partition(":")
    maker: Callable[[Document], Any] = getattr(import_module(module), name)
    return maker
