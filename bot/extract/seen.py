"""What is known of a page before it is read."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from bot.extract.facts import Facts, gather
from bot.extract.head import Head, read_head
from bot.extract.plain import Sight, look
from bot.extract.signals import Signals, page_signals
from bot.models import Page


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
