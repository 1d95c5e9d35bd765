"""Compiles the modules that Precis uses, and no others: `python deploy/precompile.py`.

Python writes a module's bytecode when it is first imported. Run this once as the user who installs Precis, if
the user who runs it cannot write there. To compile all modules of all libraries takes four times the space.
"""

from __future__ import annotations

import contextlib
from importlib import import_module
from pkgutil import walk_packages

import bot
from bot.core.models import LengthLimits
from bot.extract.html_tree import parse_html
from bot.extract.readers import CleanPage, ReaderCache
from bot.summarize.method_registry import METHODS
from bot.workers.digest import digest
from bot.workers.preload import PAGE

for module in walk_packages(bot.__path__, "bot."):
    if not module.name.endswith("__main__"):
        with contextlib.suppress(ImportError):  # a library of another system, such as Landlock's
            import_module(module.name)
root = parse_html(PAGE.content.decode())
assert root is not None
for _ in ReaderCache(CleanPage(PAGE.url, root)).all_results():  # imports the readers on first use
    pass
for method in METHODS:
    digest(PAGE, LengthLimits(), method)
