"""Decides which community a name without a host means, and answers where there is no such community."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.errors import CommunityNotFound
from bot.core.messages import Answer
from bot.inbox.commands.authorisation import is_moderator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.inbox.commands.known_communities import nearest_watched
from bot.inbox.commands.parser import Verb

_MODERATOR_COMMANDS = frozenset(
    {
        Verb.SETTINGS,
        Verb.SET,
        Verb.RESET,
        Verb.PAUSE,
        Verb.RESUME,
        Verb.LEAVE,
        Verb.REPORT,
        Verb.REPORT_WEEKLY,
        Verb.STOP_REPORT,
    }
)


def add_host(request: CommandRequest, context: CommandContext) -> CommandRequest:
    """The request with the host of its community, if it names one without a host.

    A moderator of another server may mean a community there. For a command of moderators it is the first
    community that the author moderates, for other commands the first one that the bot watches. Raises
    `PlatformError` if the platform cannot be asked.
    """
    names = _possible_names(request)
    if len(names) < 2:
        return request
    account = request.message.account
    names.sort(key=lambda name: not context.is_watched(account, name))
    chosen = names[0]
    if request.command.verb in _MODERATOR_COMMANDS:
        chosen = next((name for name in names if _is_known_moderator(request, name)), chosen)
    return replace(request, command=replace(request.command, community=chosen))


def explain_unknown_community(request: CommandRequest, context: CommandContext) -> Answer:
    """The answer to a command for a community that the server does not know."""
    community = community_link(request.community or "")
    translate = request_translator(request, context)
    word = command_word(request.command.verb, translate)
    nearest = nearest_watched(request.community or "", request, context)
    example = f"{word} {request.example_community}"
    text = translate("unknown-community", community=community, example=example)
    if nearest is not None:
        text += " " + translate("did-you-mean", nearest=f"{word} {community_link(nearest)}")
    return private_answer(translate, text)


def _possible_names(request: CommandRequest) -> list[str]:
    """On the bot's server, and on the author's."""
    name, host = request.command.community, request.identity.host
    author_host = request.message.author.partition("@")[2]
    if name is None or "@" in name or host is None or not author_host:
        return []
    return list(dict.fromkeys((f"{name}@{host}", f"{name}@{author_host}")))


def _is_known_moderator(request: CommandRequest, community: str) -> bool:
    try:
        return is_moderator(request, community)
    except CommunityNotFound:
        return False
