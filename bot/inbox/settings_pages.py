"""The communities' own pages: a wiki page on Reddit, a block in the sidebar elsewhere.

A page is read by its revision; a missing, closed, failing, empty or wrong one changes nothing that
held before. The moderators hear of every change: what now holds, or what is wrong on which line.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.core.errors import PlatformError
from bot.core.messages import RulesPage
from bot.inbox.commands.context import Office, named, words_for
from bot.inbox.commands.settings_commands import taken
from bot.platforms.base import Correspondence
from bot.rules.pasted_text import block_in
from bot.store import NewLetter, Order, OrderKind, Place

log = structlog.get_logger(__name__)

MOST_TOLD = 5
"""Moderators who are written to where a community has no mail of its own."""


class PageReader:
    """Reads one community's page now and then."""

    def __init__(self, office: Office, every: timedelta) -> None:
        self._office = office
        self._every = every

    def read(self, account: str, community: str) -> None:
        """Look at a page whose time has come; whatever the platform answers, nothing is raised."""
        now = self._office.clock()
        read_at = self._office.pages.read_at(community)
        if read_at is not None and now < read_at + self._every:
            return
        self._office.pages.looked(community, now)
        correspondence = self._office.persona(account).correspondence
        try:
            page = correspondence.rules_page(community)
            if page is not None and page.revision != self._office.pages.revision(community):
                self._take(account, page, correspondence, now)
        except PlatformError as error:
            log.warning("cannot read a rules page", community=community, error=str(error))

    def _take(self, account: str, page: RulesPage, correspondence: Correspondence, now: datetime) -> None:
        place = Place.SIDEBAR if "@" in page.community else Place.WIKI
        text = block_in(page.text) if place is Place.SIDEBAR else page.text
        if text is not None and text.strip() and self._office.book.bounds.open_to(page.community):
            paragraphs = self._answer(account, page, text, place, correspondence, now)
            if paragraphs:
                self._notify(account, page, "\n\n".join(paragraphs), correspondence)
        self._office.pages.taken(page.community, page.revision, now)

    def _answer(
        self,
        account: str,
        page: RulesPage,
        text: str,
        place: Place,
        correspondence: Correspondence,
        now: datetime,
    ) -> tuple[str, ...]:
        """What the moderators are to be told; nothing of a page that was never filled in."""
        say = words_for(page.community, self._office, None)
        if not _is_theirs(page, correspondence):
            return (say("open-page", community=named(page.community)),)
        if _only_comments(text) and self._office.book.orders.settings(page.community) is None:
            return ()
        source = f"{account}/{place.value}/{page.community}/{page.revision}"
        changed = page.changed or now
        order = Order(
            page.community, OrderKind.SETTINGS, place, page.editor, changed, source, text.strip("\n")
        )
        return taken(order, text, self._office, words_for(page.community, self._office, None))

    def _notify(self, account: str, page: RulesPage, markdown: str, correspondence: Correspondence) -> None:
        on_reddit = "@" not in page.community
        mods = correspondence.moderators(page.community) - self._office.persona(account).names
        for person in (f"r/{page.community}",) if on_reddit else sorted(mods)[:MOST_TOLD]:
            letter = NewLetter(
                account,
                f"page/{page.community}/{page.revision}/{person}",
                person,
                markdown,
                since=self._office.clock(),
                subject=f"Precis: {named(page.community)}",
                language=words_for(page.community, self._office, None).language,
                community=page.community,
            )
            self._office.tell(letter)


def _is_theirs(page: RulesPage, correspondence: Correspondence) -> bool:
    """Whether moderators alone can have written what stands there."""
    if page.moderators_only:
        return True
    return page.editor is not None and page.editor.lower() in correspondence.moderators(page.community)


def _only_comments(text: str) -> bool:
    return all(not line.strip() or line.strip().startswith("#") for line in text.splitlines())
