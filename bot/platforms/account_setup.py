"""The settings that a bot's account needs, and the biography on its profile page.

Precis changes them only with the operator's consent. Without it, `precis check` says what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct, field

from bot.core.errors import PlatformError
from bot.core.models import CheckResult

_log = logging.getLogger(__name__)
_Me = TypeVar("_Me")

MAX_BIOGRAPHY = 1000
"""Characters. Lemmy's limit; PieFed accepts more."""

IN_ACCOUNT_SETTINGS = "in the account's settings on the server's web page"

_OWN_START = "I am a bot. I reply to link posts"
_TEMPLATE = (
    _OWN_START + " with a short summary of the linked article.\n\n"
    "My owner: {owner}\n\n"
    'To be left alone, write me a private message that says "opt out".'
)
_SOURCE = "\n\nMy source: {source_url}"


class AccountSetup(Struct, frozen=True):
    """How the operator wants the account to be set up."""

    biography: str
    consent: bool
    """Whether the account's settings may be changed."""


class WrongSetting(Struct, frozen=True):
    """A setting of the account that does not have the value a bot needs."""

    subject: str
    found: str
    remedy: str
    """What a person can do on the server's web page."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """The body of the call that saves settings. Servers keep fields that are not sent."""
    can_run: bool = False
    """Whether the bot can run with the wrong value."""


def default_biography(owner: str, source_url: str) -> str:
    """Names the bot, its owner and how to opt out, in at most `MAX_BIOGRAPHY` characters."""
    text = _TEMPLATE.format(owner=owner)
    source = _SOURCE.format(source_url=source_url)
    return text + source if len(text + source) <= MAX_BIOGRAPHY else text[:MAX_BIOGRAPHY]


def check_biography(found: str, setup: AccountSetup | None, field_name: str) -> tuple[WrongSetting, ...]:
    """Precis never overwrites a biography that a person wrote."""
    is_replaceable = not found.strip() or found.startswith(_OWN_START)
    if setup is None or not is_replaceable or found == setup.biography:
        return ()
    problem = "of earlier settings" if found.strip() else "empty"
    remedy = f"Write that this is a bot, who runs it and how to opt out, {IN_ACCOUNT_SETTINGS}."
    return (WrongSetting("biography", problem, remedy, {field_name: setup.biography}, can_run=True),)


def findings(
    wrong: Sequence[WrongSetting], expected: Mapping[str, str], setup: AccountSetup | None
) -> list[CheckResult]:
    """One result for each subject of `expected`: its text if the setting is right, else what to do."""
    wrong_by_subject = {setting.subject: setting for setting in wrong}
    return [
        _finding_of(wrong_by_subject[subject], setup)
        if subject in wrong_by_subject
        else CheckResult(subject, True, text)
        for subject, text in expected.items()
    ]


class SettingsFixer(Generic[_Me]):
    """Changes wrong settings of an account.

    `find_wrong` returns the settings that Precis may change, `save` changes the given settings and keeps
    the others, and `reload` fetches the account again.
    """

    def __init__(
        self,
        find_wrong: Callable[[_Me], Sequence[WrongSetting]],
        save: Callable[[Mapping[str, object]], None],
        reload: Callable[[], _Me],
    ) -> None:
        self._find_wrong = find_wrong
        self._save = save
        self._reload = reload
        self._not_accepted: Sequence[WrongSetting] = ()
        """Settings that were still wrong after the server accepted them. They are not sent again."""

    def fix(self, me: _Me) -> _Me:
        """The account after the changes. Errors are logged, not raised: the caller checks the account."""
        wrong = self._find_wrong(me)
        if not wrong or wrong == self._not_accepted:
            return me
        try:
            self._save({name: value for setting in wrong for name, value in setting.fields.items()})
            me = self._reload()
        except PlatformError as error:
            _log.warning("cannot change the account's settings: %s", error)
        else:
            self._not_accepted = self._find_wrong(me)
            _log.info("changed the account's settings: %s", ", ".join(setting.subject for setting in wrong))
        return me


def _finding_of(wrong: WrongSetting, setup: AccountSetup | None) -> CheckResult:
    if setup is not None and setup.consent:
        return CheckResult(wrong.subject, True, f"{wrong.found}; Precis changes it at startup")
    alternative = " Or set set_up = true in the account's table, and Precis does it." if setup else ""
    return CheckResult(wrong.subject, wrong.can_run, wrong.found, wrong.remedy + alternative)
