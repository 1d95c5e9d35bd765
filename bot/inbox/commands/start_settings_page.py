"""`start COMMUNITY`: writes the wiki page with all settings, once, when a moderator asks (Reddit)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.errors import Refused
from bot.core.messages import Answer
from bot.inbox.commands.authorisation import refuse_non_moderator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.inbox.commands.parser import Verb
from bot.rules import SETTINGS_GROUPS
from bot.rules.layers import EffectiveRules
from bot.rules.validation import to_yaml


def start_settings_page(request: CommandRequest, context: CommandContext) -> Answer:
    community = request.community
    translate = request_translator(request, context)
    if community is None:
        return private_answer(
            translate, translate("which-community", example=f"{command_word(Verb.START, translate)} r/news")
        )
    refusal = refuse_non_moderator(request, community, translate)
    if refusal is not None:
        return refusal
    text = settings_page_template(context.rule_resolver.effective_rules(community))
    messaging = request.identity.messaging
    result = "page-written"
    try:
        messaging.create_settings_page(community, text)
    except Refused:
        page = messaging.settings_page(community)
        if page is None:
            result = "page-not-writable"
        elif page.text.strip() != text.strip():  # the same text: an earlier attempt wrote it
            result = "page-exists"
    return private_answer(translate, translate(result, community=community_link(community)))


def settings_page_template(effective: EffectiveRules) -> str:
    """Each setting with its description and current value, commented out."""
    return "\n".join(_lines(effective)) + "\n"


def _lines(effective: EffectiveRules) -> Iterator[str]:
    yield "# The settings of Precis for this community. To change a setting, remove the # before it."
    for group in SETTINGS_GROUPS:
        yield f"\n# --- {(group.__doc__ or '').splitlines()[0]}"
        for name, field in group.model_fields.items():
            yield f"\n# {field.description}"
            yield f"#{name}: {to_yaml(getattr(effective.rules, name))}"
