"""`report COMMUNITY`: what happened there in the last week, for its moderators; on request, each week."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.i18n.translations import Translator
from bot.inbox.commands.authorisation import refuse_non_moderator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.report_text import PERIOD, report_paragraphs
from bot.store import ReportSubscription


def show_report(request: CommandRequest, context: CommandContext) -> Answer:
    """The report of the last seven days."""
    translate = request_translator(request, context)
    community = request.community
    if community is None:
        return ask_for_community(command_word(Verb.REPORT, translate), request, translate)
    refusal = refuse_non_moderator(request, community, translate)
    if refusal is not None:
        return refusal
    report = context.community_report(community, context.clock() - PERIOD)
    if report.is_empty and not context.is_watched(request.message.account, community):
        return private_answer(translate, translate("not-watched", community=community_link(community)))
    return private_answer(translate, *report_paragraphs(report, translate))


def subscribe_to_report(request: CommandRequest, context: CommandContext) -> Answer:
    """From now on the author gets the report each week, the first one a week from now."""
    translate = request_translator(request, context)
    community = request.community
    if community is None:
        return ask_for_community(command_word(Verb.REPORT_WEEKLY, translate), request, translate)
    refusal = refuse_non_moderator(request, community, translate)
    if refusal is not None:
        return refusal
    message = request.message
    if not context.is_watched(message.account, community):
        return private_answer(translate, translate("not-watched", community=community_link(community)))
    subscription = context.report_subscriptions.subscribe(
        ReportSubscription(message.account, community, message.author, translate.language, context.clock())
    )
    text = translate(
        "report-subscribed",
        community=community_link(community),
        date=f"{subscription.reported_at + PERIOD:%Y-%m-%d}",
        stop=stop_command(community, translate),
    )
    return private_answer(translate, text)


def stop_report(request: CommandRequest, context: CommandContext) -> Answer:
    """The author gets no more weekly reports: about the community, or about any if there is none.

    Former moderators may stop their reports too.
    """
    translate = request_translator(request, context)
    community = request.community
    context.report_subscriptions.stop(request.message.account, request.message.author, community)
    if community is None:
        return private_answer(translate, translate("report-stopped-all"))
    return private_answer(translate, translate("report-stopped", community=community_link(community)))


def stop_command(community: str, translate: Translator) -> str:
    """The command that ends the weekly reports about a community."""
    return f"{command_word(Verb.STOP_REPORT, translate)} {community_link(community)}"
