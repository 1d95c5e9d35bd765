"""Compile the rules of this package at once, for a process whose copies read many pages.

Without it, a process compiles each pattern when a page first has its words: less time for one page, more for
many.
"""

from __future__ import annotations

from bot.extract.cleanup import compile_rules
from bot.extract.interstitials import compile_topics
from bot.extract.paywalls import compile_messages
from bot.extract.phrases import compile_phrases


def compile_patterns() -> None:
    """Compile all patterns that a page may need."""
    compile_rules()
    compile_topics()
    compile_messages()
    compile_phrases()
