"""The pages of communities: what happened, the settings and their history; and the settings of all."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.rules import CommunityRules
from bot.store import CommunitySettingsLog, MutedCommunities, SettingsChangeKind, community_report
from bot.store.community_history import community_history
from bot.store.statistics import daily_statistics
from bot.web.actions import note_of, permissions
from bot.web.communities import known_communities
from bot.web.context import PageContext
from bot.web.day_charts import day_charts
from bot.web.templating import not_found, render
from bot.web.time_tags import ago_tag

CHART_DAYS = 90
REPORTED = timedelta(days=7)
"""The time that the page of a community tells of, as the `report` of moderators does."""
SHOWN_CHANGES = 50
"""Changes in the history of a community that its page shows, the newest first."""
_STATUS_TEXTS = {SettingsChangeKind.PAUSE: "paused", SettingsChangeKind.LEAVE: "left"}


class CommunityPages:
    def __init__(self, context: PageContext) -> None:
        self._context = context

    def community(self, request: Request) -> Response:
        """`/community?name=NAME`: charts, skips, settings, history, and what can be done."""
        name = request.query_params.get("name", "")
        accounts = known_communities(self._context).get(name)
        if accounts is None:
            return not_found(request)
        database, now = self._context.database, self._context.clock()
        mutes = [each for each in MutedCommunities(database).list_all() if each.community == name]
        muted = {each.account for each in mutes}
        history = community_history(database, name)
        return render(
            request,
            "community.html",
            now=now,
            ago=lambda moment: ago_tag(moment, now),
            name=name,
            note=note_of(request),
            can=permissions(request, self._context),
            pause=_STATUS_TEXTS.get(CommunitySettingsLog(database).status(name), ""),
            mutes=mutes,
            accounts=[each for each in accounts if each not in muted],
            report=community_report(database, name, now - REPORTED),
            days=REPORTED.days,
            charts=day_charts(daily_statistics(database, now.date(), CHART_DAYS, name)),
            settings=[each for each in self._context.settings(name) if each.origin],
            history=history[: -SHOWN_CHANGES - 1 : -1],
            older=max(len(history) - SHOWN_CHANGES, 0),
        )

    def settings(self, request: Request) -> Response:
        """`/settings`: the settings that apply in each community, and where they come from."""
        return render(
            request,
            "settings.html",
            general_settings=self._context.settings(""),
            communities={name: self._context.settings(name) for name in known_communities(self._context)},
            descriptions={name: field.description for name, field in CommunityRules.model_fields.items()},
        )
