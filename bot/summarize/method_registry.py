"""The summary methods by name, with the limits on their input.

The time of sumy's methods grows with the square of the number of sentences, that of KL and of SumBasic's
re-rating with the cube. With these limits, no method takes longer than about two seconds for any article.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from msgspec import Struct

from bot.core.installed_packages import SUMMARIZERS, installed
from bot.summarize import installed_methods
from bot.summarize.document import Document, InputLimits


class RegisteredMethod(Struct, frozen=True):
    """`factory` is "module:function" of the function that creates the summarizer; imported on first use.

    For a method of another package it is the name of its entry point.
    """

    factory: str
    limits: InputLimits
    every_kind: bool = False
    """Whether the document has headings, tables and code, which this method tells apart from prose."""


METHODS: dict[str, RegisteredMethod] = {
    "precis": RegisteredMethod(
        "bot.summarize.precis_method:make_summarizer", InputLimits(500, 15_000), every_kind=True
    ),
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
    """The method with this name: built in, or of an installed package.

    Raises ValueError, which names the existing methods.
    """
    if method in METHODS:
        return METHODS[method]
    others = installed(SUMMARIZERS)
    if method in others:
        return RegisteredMethod(method, installed_methods.LIMITS)
    names = ", ".join((*METHODS, *others))
    raise ValueError(f"{method!r} is not a summary method. Use one of: {names}.")


def load_factory(method: RegisteredMethod) -> Callable[[Document], Any]:
    """The function that creates the summarizer of a method for a document."""
    module, _, name = method.factory.partition(":")
    if not name:
        return partial(installed_methods.InstalledMethod, module)
    factory: Callable[[Document], Any] = getattr(import_module(module), name)
    return factory
