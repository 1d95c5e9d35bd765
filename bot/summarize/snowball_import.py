"""Imports snowballstemmer without its stemmers: each of the 36 is loaded when it is used.

If PyStemmer is installed, snowballstemmer takes the stemmers of that library instead, and loads none of its
own. Here the functions below take its place.
"""

from __future__ import annotations

from importlib import import_module, resources
from typing import Any

from bot.core.empty_modules import empty_module

_SUFFIX = "_stemmer"


def algorithms() -> list[str]:
    """The names of all stemmers."""
    names = [each.name.removesuffix(".py") for each in resources.files("snowballstemmer").iterdir()]
    return sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


def load_stemmer(algorithm: str) -> Any:
    """A new stemmer. Raises ImportError for an unknown one."""
    module = import_module(f"snowballstemmer.{algorithm}{_SUFFIX}")
    return getattr(module, "".join(part.capitalize() for part in algorithm.split("_")) + "Stemmer")()


with empty_module("Stemmer", Stemmer=load_stemmer, algorithms=algorithms):
    import_module("snowballstemmer")
