"""`/community/settings`: the settings of a community as a form, which the operator saves.

It writes the row of a moderator's `set` message, within the same limits: the operator's own settings are in
config.toml. So a moderator sees and can change what was saved here.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.i18n.translations import translator
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.rules.validation import to_yaml
from bot.store import SettingsChangeKind
from bot.store.operator_changes import record_operator_change
from bot.web.actions import community_page, operator_of, permissions, refuse_action
from bot.web.communities import known_communities
from bot.web.context import PageContext
from bot.web.moderator_form.controls import control_groups
from bot.web.moderator_form.submitted import Base, Submitted, read_submitted
from bot.web.moderator_form.written_lines import setting_lines
from bot.web.templating import not_found, render

MAX_FIELDS = 200
LANGUAGE = "en"
"""The language of the operator's pages."""


class CommunitySettingsForm:
    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._resolver = make_rule_resolver(context.config, context.database)

    async def show(self, request: Request) -> Response:
        """The form; for a POST, save what differs from the settings in effect, or show the errors."""
        if request.method != "POST":
            name = request.query_params.get("name", "")
            return await run_in_threadpool(self._respond, request, name, None)
        async with request.form(max_files=0, max_fields=MAX_FIELDS) as sent:
            form = {name: value.replace("\0", "") for name, value in sent.items() if isinstance(value, str)}
        refusal = refuse_action(request, form, self._context)
        if refusal is not None:
            return refusal
        return await run_in_threadpool(self._save, request, form)

    def _save(self, request: Request, form: Mapping[str, str]) -> Response:
        name = form.get("name", "")
        if not self._is_open(name):
            return self._respond(request, name, None)
        base = self._base(name)
        if "reset" in form:
            self._record(request, name, "reset all", {})
            return _saved(name)
        submitted = read_submitted(form, base, translator(LANGUAGE))
        if submitted.errors or not submitted.changes:
            return self._respond(request, name, submitted)
        text = setting_lines(submitted.changes)
        self._record(request, name, text, {**base.earlier, **submitted.changes})
        return _saved(name)

    def _record(self, request: Request, name: str, text: str, settings: Mapping[str, object]) -> None:
        record_operator_change(
            self._context.database,
            name,
            SettingsChangeKind.SETTINGS,
            operator_of(request),
            self._context.clock(),
            text=text,
            settings=settings,
        )

    def _respond(self, request: Request, name: str, submitted: Submitted | None) -> Response:
        if name not in known_communities(self._context):
            return not_found(request)
        base, limits = self._base(name), self._resolver.bounds.limits
        errors = submitted.errors if submitted else {}
        shown = submitted.texts if submitted else base.shown()
        return render(
            request,
            "community_settings.html",
            422 if errors else 200,
            t=translator(LANGUAGE),
            lang=LANGUAGE,
            name=name,
            can=permissions(request, self._context),
            is_open=self._is_open(name),
            groups=control_groups(shown, limits, LANGUAGE, errors),
            fixed={each: to_yaml(value) for each, value in base.values().items() if each in limits.fixed},
            has_own=bool(base.own_settings()),
            submitted=submitted,
        )

    def _is_open(self, name: str) -> bool:
        """Whether settings of moderators apply in a community that the pages know."""
        return name in known_communities(self._context) and self._resolver.bounds.applies_to(name)

    def _base(self, name: str) -> Base:
        bounds = self._resolver.bounds
        latest = self._resolver.settings_log.latest_settings(name) if bounds.applies_to(name) else None
        earlier = (latest.settings if latest else None) or {}
        return Base(self._resolver.rules_with(name, earlier), earlier, bounds.limits, bounds.profiles)


def _saved(name: str) -> Response:
    return RedirectResponse(f"{community_page(name)}&done=settings", 303)
