"""What an account's settings have to be for a bot, and what its page says of it.

Changes are made only with the operator's consent; without it, `precis check` says what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.core.errors import PlatformError
from bot.core.models import CheckResult

_log = logging.getLogger(__name__)
_Me = TypeVar("_Me")

MAX_BIOGRAPHY = 1000
"""Characters that Lemmy takes; PieFed takes more."""

IN_ACCOUNT_SETTINGS = "in the account's settings on the server's web page"

_OURS = "I am a bot. I reply to link posts"
_TEMPLATE = (
    _OURS + " with a short summary of the linked article.\n\n"
    "My owner: {owner}\n\n"
    'To be left alone, write me a private message that says "opt out".'
)
_SOURCE = "\n\nMy source: {source_url}"


@dataclass(frozen=True, slots=True)
class AccountSetup:
    """What the operator wants of the account."""

    biography: str
    consent: bool
    """Whether the account's settings may be changed."""


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """A setting of the account that is not as it should be."""

    subject: str
    found: str
    remedy: str
    """What a person does about it on the server's web page."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """What the call that saves settings is sent; servers keep what they are not sent."""
    can_run: bool = False
    """Whether the bot runs all the same, and well enough."""


def default_biography(owner: str, source_url: str) -> str:
    """Bot, owner and the way out, within `MAX_BIOGRAPHY` as long as the owner's address is."""
    text = _TEMPLATE.format(owner=owner)
    source = _SOURCE.format(source_url=source_url)
    return text + source if len(text + source) <= MAX_BIOGRAPHY else text[:MAX_BIOGRAPHY]


def check_biography(found: str, setup: AccountSetup | None, field_name: str) -> tuple[WrongSetting, ...]:
    """A person's own words are never written over."""
    mine = not found.strip() or found.startswith(_OURS)
    if setup is None or not mine or found == setup.biography:
        return ()
    what = "of earlier settings" if found.strip() else "empty"
    remedy = f"Say there that this is a bot, who runs it and how to opt out, {IN_ACCOUNT_SETTINGS}."
    return (WrongSetting("biography", what, remedy, {field_name: setup.biography}, can_run=True),)


def findings(
    wrong: Sequence[WrongSetting], expected: Mapping[str, str], setup: AccountSetup | None
) -> list[CheckResult]:
    """A line for each subject of `right`: its words where nothing is amiss, else what happens or has to."""
    amiss = {flaw.subject: flaw for flaw in wrong}
    return [
        _finding_of(amiss[subject], setup) if subject in amiss else CheckResult(subject, True, text)
        for subject, text in expected.items()
    ]


class SettingsFixer(Generic[_Me]):
    """Puts an account's settings right.

    `flaws` are those that may be mended, `save` changes the settings that it is given and leaves the
    rest, `look_around` reads the account anew.
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
        """What the server was told and did not take over: it is not told again and again."""

    def fix(self, me: _Me) -> _Me:
        """The account as it is afterwards. Raises nothing: the bot runs with it or says why not."""
        flaws = self._find_wrong(me)
        if not flaws or flaws == self._not_accepted:
            return me
        try:
            self._save({name: value for flaw in flaws for name, value in flaw.fields.items()})
            me = self._reload()
        except PlatformError as error:
            _log.warning("the account's settings could not be put right: %s", error)
        else:
            self._not_accepted = self._find_wrong(me)
            _log.info("put right of the account's settings: %s", ", ".join(flaw.subject for flaw in flaws))
        return me


def _finding_of(wrong: WrongSetting, setup: AccountSetup | None) -> CheckResult:
    if setup is not None and setup.consent:
        return CheckResult(wrong.subject, True, f"{wrong.found}; Precis puts it right when it starts")
    instead = " Or write set_up = true in the account's table, and Precis does it." if setup else ""
    return CheckResult(wrong.subject, wrong.can_run, wrong.found, wrong.remedy + instead)
