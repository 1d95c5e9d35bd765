"""`/moderators`: every setting as a control, and the text to send to the bot.

The page changes nothing. It shows what the command `show` tells anyone, and what a moderator may set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from bot.i18n.translations import LANGUAGES, Translator, reason_sentence, translator
from bot.pipeline.rule_resolver import ModeratorBounds, make_rule_resolver
from bot.rules import CommunityRules
from bot.rules.validation import to_yaml
from bot.web.auth import is_from_own_page
from bot.web.context import PageContext
from bot.web.moderator_form.controls import control_groups
from bot.web.moderator_form.languages import page_language
from bot.web.moderator_form.link_preview import LinkPreview, LinkPreviews
from bot.web.moderator_form.recipients import (
    Recipient,
    account_for,
    community_named,
    dialect_of,
    is_watched,
    recipient_for,
)
from bot.web.moderator_form.submitted import Base, Submitted, read_submitted
from bot.web.moderator_form.texts import SettingsTexts, settings_texts
from bot.web.templating import render

SUBJECT = "Precis"
"""Of the prepared message."""


class Place(Struct, frozen=True):
    """The community of a form."""

    name: str
    """`name@host`, a subreddit, or "" if none is known."""
    link: str
    """As its platform writes it."""
    example: str
    """Of a community, in the form of the bot's platform."""
    notes: tuple[str, ...]
    """What a moderator should know about it before writing a text."""
    error: str = ""
    is_open: bool = True
    """Whether its moderators may change settings."""


class ModeratorForm:
    def __init__(self, context: PageContext, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._resolver = make_rule_resolver(context.config, context.database)
        has_previews = context.config.web.settings_form_preview
        self._previews = LinkPreviews(context, monotonic) if has_previews else None

    def show(self, request: Request) -> Response:
        """The form with the settings in effect and, if it was sent, the text or the errors."""
        form = {name: value.replace("\0", "") for name, value in request.query_params.items()}
        language = page_language(form.get("lang", ""), request.headers.get("accept-language", ""))
        translate = translator(language)
        bounds = self._resolver.bounds
        place = self._place(form, translate)
        base = self._base(place.name)
        profile = form.get("profile", "").lower()
        profile = profile if profile in bounds.profiles else ""
        submitted = read_submitted(form, base, translate, profile) if "sent" in form else None
        shown = submitted.texts if submitted else base.shown(profile)
        texts = None
        if submitted and submitted.changes and not submitted.errors and place.is_open:
            texts = settings_texts(submitted.changes, profile, place.name, base, translate)
        preview = self._preview(request, form, place, base, submitted)
        answer = render(
            request,
            "moderators.html",
            visitor=False,
            t=translate,
            lang=language,
            languages={code: translator(code)("form-language-name") for code in LANGUAGES},
            form=form,
            place=place,
            profile=profile,
            profiles=tuple(bounds.profiles),
            groups=control_groups(shown, bounds.limits, language, submitted.errors if submitted else {}),
            fixed=self._fixed(base, bounds),
            submitted=submitted,
            texts=texts,
            recipient=self._recipient(place, texts),
            is_reddit="@" not in place.name,
            has_preview=self._previews is not None,
            preview=preview,
            refusal=reason_sentence(preview.refusal, translate) if preview and preview.refusal else "",
        )
        answer.headers["vary"] = "Accept-Language"
        return answer

    def _place(self, form: Mapping[str, str], translate: Translator) -> Place:
        config, written = self._context.config, form.get("community", "").strip()
        hosts = [account.host for _, _, account in config.accounts() if account.host]
        example = f"!news@{hosts[0]}" if hosts else "r/news"
        name = community_named(written, config) if written else ""
        if not name:
            error = translate("which-community", example=example) if written or "sent" in form else ""
            return Place("", "", example, (), error)
        link = f"!{name}" if "@" in name else f"r/{name}"
        is_open = self._resolver.bounds.applies_to(name)
        notes = [] if is_watched(name, config) else [translate("not-watched", community=link)]
        notes += [] if is_open else [translate("moderators-not-allowed", community=link)]
        return Place(name, link, example, tuple(notes), is_open=is_open)

    def _base(self, community: str) -> Base:
        bounds, latest = self._resolver.bounds, None
        if community and bounds.applies_to(community):
            latest = self._resolver.settings_log.latest_settings(community)
        earlier = (latest.settings if latest else None) or {}
        effective = self._resolver.rules_with(community, earlier)
        return Base(effective, earlier, bounds.limits, bounds.profiles)

    def _fixed(self, base: Base, bounds: ModeratorBounds) -> dict[str, str]:
        """The settings that only the operator may change, with their values."""
        fixed = bounds.limits.fixed
        return {name: to_yaml(value) for name, value in base.values().items() if name in fixed}

    def _recipient(self, place: Place, texts: SettingsTexts | None) -> Recipient | None:
        if texts is None or not texts.message:
            return None
        return recipient_for(account_for(place.name, self._context.config), SUBJECT, texts.message)

    def _preview(
        self,
        request: Request,
        form: Mapping[str, str],
        place: Place,
        base: Base,
        submitted: Submitted | None,
    ) -> LinkPreview | None:
        """The reply to the link of the form. A link on another page does not start a fetch."""
        link = form.get("link", "").strip()
        if self._previews is None or submitted is None or submitted.errors or not link:
            return None
        if "preview" not in form or not is_from_own_page(request.headers):
            return None
        changed = CommunityRules.model_validate(dict(submitted.changes))
        rules = base.effective.rules.model_copy(
            update={name: getattr(changed, name) for name in submitted.changes}
        )
        dialect = dialect_of(account_for(place.name, self._context.config))
        return self._previews.make(link, rules, dialect, request.client.host if request.client else "")
