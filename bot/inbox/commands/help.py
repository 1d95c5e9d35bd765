"""`help`: the commands, by role. `why`: what the bot does and how to stop it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.errors import PlatformError
from bot.core.messages import Answer
from bot.core.models import Dialect
from bot.core.project import PROJECT_URL
from bot.i18n.translations import Translator
from bot.inbox.commands.authorisation import is_moderator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    command_word,
    community_link,
    private_answer,
    request_translator,
    translator_for,
)
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.reply_lookup import find_reply

MODERATORS_PAGE = f"{PROJECT_URL}/blob/main/docs/how-to/moderators.md"
_READER_COMMANDS = (
    (Verb.SHOW, "{community}"),
    (Verb.TRY, "https://… {community}"),
    (Verb.DELETE, "https://…"),
    (Verb.OPT_OUT, ""),
    (Verb.OPT_IN, ""),
)
_MODERATOR_COMMANDS = (
    (Verb.SET, "{community} layout: bullets"),
    (Verb.RESET, "{community} layout"),
    (Verb.SETTINGS, "{community}"),
    (Verb.PAUSE, "{community}"),
    (Verb.RESUME, "{community}"),
    (Verb.LEAVE, "{community}"),
    (Verb.REPORT, "{community}"),
    (Verb.REPORT_WEEKLY, "{community}"),
    (Verb.STOP_REPORT, "{community}"),
)
_REDDIT_COMMANDS = ((Verb.START, "{community}"),)


def show_help(request: CommandRequest, context: CommandContext) -> Answer:
    """The commands for everyone, and those for moderators unless the author is known not to be one."""
    translate = request_translator(request, context)
    return private_answer(translate, *_help(request, translate))


def explain_bot(request: CommandRequest, context: CommandContext) -> Answer:
    """Without a community it is the same as `help`."""
    reply = find_reply(request, context)
    community = reply.community if reply else request.community
    translate = translator_for(community, context, request.command.languages)
    if community is None:
        return private_answer(translate, *_help(request, translate))
    return private_answer(translate, translate("why", community=community_link(community)))


def _help(request: CommandRequest, translate: Translator) -> Iterator[str]:
    community = community_link(request.community) if request.community else request.example_community
    yield translate("help-readers")
    yield "\n".join(_lines(_READER_COMMANDS, community, translate))
    if _may_moderate(request):
        is_reddit = request.identity.dialect is Dialect.REDDIT
        commands = (*_MODERATOR_COMMANDS, *(_REDDIT_COMMANDS if is_reddit else ()))
        yield translate("help-moderators", community=community)
        yield "\n".join(_lines(commands, community, translate))
    yield translate("help-more", page=MODERATORS_PAGE)


def _lines(commands: tuple[tuple[Verb, str], ...], community: str, translate: Translator) -> Iterator[str]:
    resume = command_word(Verb.RESUME, translate)
    for verb, arguments in commands:
        line = f"{command_word(verb, translate)} {arguments.format(community=community)}".strip()
        if verb is Verb.LEAVE:
            yield f"- `{line}`: {translate('help-leave', resume=resume)}"
        else:
            yield f"- `{line}`: {translate(f'help-{verb.value}')}"


def _may_moderate(request: CommandRequest) -> bool:
    if request.community is None:
        return True
    try:
        return is_moderator(request, request.community)
    except PlatformError:
        return True
