"""The communities' own pages: a wiki page on Reddit, a block in the sidebar elsewhere.

A page is read by its revision; a missing, closed, failing, empty or wrong one changes nothing that
held before. The moderators hear of every change: what now holds, or what is wrong on which line.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.core.errors import PlatformError
from bot.core.messages import SettingsPage
from bot.inbox.commands.context import CommandContext, community_link, translator_for
from bot.inbox.commands.settings_commands import taken
from bot.platforms.base import Messaging
from bot.rules.pasted_text import find_settings_block
from bot.store import NewOutgoingMessage, SettingsChange, SettingsChangeKind, SettingsSource

log = structlog.get_logger(__name__)

MAX_MODERATORS_NOTIFIED = 5
"""Moderators who are written to where a community has no mail of its own."""


class SettingsPageReader:
    """Reads one community's page now and then."""

    def __init__(self, office: CommandContext, every: timedelta) -> None:
        self._office = office
        self._every = every

    def read_if_due(self, account: str, community: str) -> None:
        """Look at a page whose time has come; whatever the platform answers, nothing is raised."""
        now = self._office.clock()
        read_at = self._office.settings_pages.checked_at(community)
        if read_at is not None and now < read_at + self._every:
            return
        self._office.settings_pages.record_check(community, now)
        correspondence = self._office.identity_of(account).messaging
        try:
            page = correspondence.settings_page(community)
            if page is not None and page.revision != self._office.settings_pages.revision(community):
                self._take(account, page, correspondence, now)
        except PlatformError as error:
            log.warning("cannot read a rules page", community=community, error=str(error))

    def _take(self, account: str, page: SettingsPage, correspondence: Messaging, now: datetime) -> None:
        place = SettingsSource.SIDEBAR if "@" in page.community else SettingsSource.WIKI
        text = find_settings_block(page.text) if place is SettingsSource.SIDEBAR else page.text
        if text is not None and text.strip() and self._office.rule_resolver.bounds.applies_to(page.community):
            paragraphs = self._answer(account, page, text, place, correspondence, now)
            if paragraphs:
                self._notify(account, page, "\n\n".join(paragraphs), correspondence)
        self._office.settings_pages.record_revision(page.community, page.revision, now)

    def _answer(
        self,
        account: str,
        page: SettingsPage,
        text: str,
        place: SettingsSource,
        correspondence: Messaging,
        now: datetime,
    ) -> tuple[str, ...]:
        """What the moderators are to be told; nothing of a page that was never filled in."""
        say = translator_for(page.community, self._office, None)
        if not _is_theirs(page, correspondence):
            return (say("open-page", community=community_link(page.community)),)
        if (
            _only_comments(text)
            and self._office.rule_resolver.settings_log.latest_settings(page.community) is None
        ):
            return ()
        source = f"{account}/{place.value}/{page.community}/{page.revision}"
        changed = page.changed_at or now
        order = SettingsChange(
            page.community, SettingsChangeKind.SETTINGS, place, page.editor, changed, source, text.strip("\n")
        )
        return taken(order, text, self._office, translator_for(page.community, self._office, None))

    def _notify(self, account: str, page: SettingsPage, markdown: str, correspondence: Messaging) -> None:
        on_reddit = "@" not in page.community
        mods = correspondence.moderators(page.community) - self._office.identity_of(account).names
        for person in (f"r/{page.community}",) if on_reddit else sorted(mods)[:MAX_MODERATORS_NOTIFIED]:
            letter = NewOutgoingMessage(
                account,
                f"page/{page.community}/{page.revision}/{person}",
                person,
                markdown,
                since=self._office.clock(),
                subject=f"Precis: {community_link(page.community)}",
                language=translator_for(page.community, self._office, None).language,
                community=page.community,
            )
            self._office.queue_message(letter)


def _is_theirs(page: SettingsPage, correspondence: Messaging) -> bool:
    """Whether moderators alone can have written what stands there."""
    if page.moderators_only:
        return True
    return page.editor is not None and page.editor.lower() in correspondence.moderators(page.community)


def _only_comments(text: str) -> bool:
    return all(not line.strip() or line.strip().startswith("#") for line in text.splitlines())
