"""What is known of a page before it is read."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from bot.core.models import Page
from bot.extract.gate_features import Signals, page_signals
from bot.extract.meta_tags import Head, read_head
from bot.extract.metadata import Facts, gather
from bot.extract.quick_refusals import Sight, look


@dataclass(frozen=True, slots=True)
class Seen:
    """A page's head, its facts, and what it shows of its kind."""

    page: Page
    head: Head
    facts: Facts
    sight: Sight
    signals: Signals


def see(page: Page, root: HtmlElement) -> Seen:
    """`root` is the tree as it was parsed: nothing may have been stripped from it."""
    head = read_head(root, page.url)
    facts = gather(root, head, page.url)
    return Seen(
        page, head, facts, look(root, head, facts, page.url), page_signals(root, head, facts, page.url)
    )
