"""Settings pages of communities: a wiki page on Reddit, a block in the sidebar on Lemmy and PieFed.

Each version of the settings is read once. A page that is missing, not protected, unreadable, empty or
invalid does not change the current settings. The moderators get a message about each change: the new
settings, or the errors with their lines.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.core.errors import PlatformError
from bot.core.messages import Answer, SettingsPage
from bot.inbox.commands.apply_settings import apply_change, replace_all
from bot.inbox.commands.context import CommandContext, community_link, private_answer, translator_for
from bot.inbox.settings_versions import SettingsVersion, fingerprint
from bot.platforms.base import Messaging
from bot.rules.pasted_text import find_settings_block
from bot.store import NewOutgoingMessage, SettingsChange, SettingsChangeKind, SettingsSource

log = structlog.get_logger(__name__)

MAX_MODERATORS_NOTIFIED = 5
"""In communities without a shared inbox for moderators."""


class SettingsPageReader:
    """Reads the settings page of a community, at most once in `interval`."""

    def __init__(self, context: CommandContext, interval: timedelta) -> None:
        self._context = context
        self._interval = interval

    def read_if_due(self, account: str, community: str) -> None:
        """Read a page that is due. Errors of the platform are logged, not raised."""
        now = self._context.clock()
        checked_at = self._context.settings_pages.checked_at(community)
        if checked_at is not None and now < checked_at + self._interval:
            return
        self._context.settings_pages.record_check(community, now)
        messaging = self._context.identity_of(account).messaging
        try:
            page = messaging.settings_page(community)
            if page is not None:
                self._process_page(account, page, messaging, now)
        except PlatformError as error:
            log.warning("settings page could not be read", community=community, error=str(error))

    def _process_page(self, account: str, page: SettingsPage, messaging: Messaging, now: datetime) -> None:
        """Apply a page whose settings are not those of the last version."""
        source = SettingsSource.SIDEBAR if "@" in page.community else SettingsSource.WIKI
        text = find_settings_block(page.text) if source is SettingsSource.SIDEBAR else page.text
        if text is None or not text.strip() or not self._may_set(page.community):
            return
        last = SettingsVersion.parse(self._context.settings_pages.revision(page.community))
        content = page.revision if source is SettingsSource.WIKI else fingerprint(text)
        if last.fingerprint == content:
            return
        version = last.next(content)
        if not self._was_read_by_earlier_release(last, page, text):
            change = SettingsChange(
                page.community,
                SettingsChangeKind.SETTINGS,
                source,
                page.editor,
                page.changed_at or now,
                f"{account}/{source.value}/{page.community}/{version}",
                text.strip("\n"),
            )
            answer = self._apply(account, change, page, text, messaging)
            if answer is not None:
                self._notify_moderators(account, page, version, answer, messaging)
        self._context.settings_pages.record_revision(page.community, str(version), now)

    def _may_set(self, community: str) -> bool:
        return self._context.rule_resolver.bounds.applies_to(community)

    def _was_read_by_earlier_release(self, last: SettingsVersion, page: SettingsPage, text: str) -> bool:
        """Whether a release that recorded the revision of the whole sidebar has read this block."""
        if last.number or not last.fingerprint:
            return False
        if last.fingerprint == page.revision:
            return True
        latest = self._context.rule_resolver.settings_log.latest_settings(
            page.community, SettingsSource.SIDEBAR
        )
        return latest is not None and fingerprint(latest.text) == fingerprint(text)

    def _apply(
        self, account: str, change: SettingsChange, page: SettingsPage, text: str, messaging: Messaging
    ) -> Answer | None:
        """Apply the settings of a page. Returns the answer, None for an unused template."""
        if not _is_written_by_moderators(page, messaging):
            translate = translator_for(page.community, self._context)
            text = translate("page-not-protected", community=community_link(page.community))
            return private_answer(translate, text)
        current = self._context.rule_resolver.settings_log.latest_settings(page.community)
        if current is None and _has_only_comments(text):
            return None
        return apply_change(change, account, self._context, lambda earlier: replace_all(text, self._context))

    def _notify_moderators(
        self, account: str, page: SettingsPage, version: SettingsVersion, answer: Answer, messaging: Messaging
    ) -> None:
        is_reddit = "@" not in page.community
        moderators = messaging.moderators(page.community) - self._context.identity_of(account).names
        people = (f"r/{page.community}",) if is_reddit else sorted(moderators)[:MAX_MODERATORS_NOTIFIED]
        for person in people:
            self._context.queue_message(
                NewOutgoingMessage(
                    account,
                    f"page/{page.community}/{version}/{person}",
                    person,
                    answer.markdown,
                    read_back_from=self._context.clock(),
                    subject=f"Precis: {community_link(page.community)}",
                    language=answer.language,
                    community=page.community,
                )
            )


def _is_written_by_moderators(page: SettingsPage, messaging: Messaging) -> bool:
    """Whether only moderators can edit the page, or its last editor is a moderator."""
    if page.moderators_only:
        return True
    return page.editor is not None and page.editor.lower() in messaging.moderators(page.community)


def _has_only_comments(text: str) -> bool:
    return all(not line.strip() or line.strip().startswith("#") for line in text.splitlines())
