"""Runs the commands in messages. `CommandHandler` implements `bot.inbox.message_handler.MessageHandler`.

Every command is idempotent: settings changes, votes and outgoing messages have the id of the message
as their key, so the same message does not count twice.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from msgspec.structs import replace

from bot.core.errors import CommunityNotFound
from bot.core.messages import Answer, Message, MessageKind, Priority
from bot.inbox.commands.change_settings import change_settings, reset_settings, set_settings
from bot.inbox.commands.community_lookup import add_host, explain_unknown_community
from bot.inbox.commands.context import (
    PRIVATE_KINDS,
    BotIdentity,
    CommandContext,
    CommandRequest,
    parse_request,
)
from bot.inbox.commands.delete_reply import delete_reply
from bot.inbox.commands.failures import explain_failure
from bot.inbox.commands.help import explain_bot, show_help
from bot.inbox.commands.implied_community import with_implied_community
from bot.inbox.commands.invitations import accept_invitation
from bot.inbox.commands.known_moderators import MAX_COMMUNITIES, KnownModerators
from bot.inbox.commands.opt_out import opt_in, opt_out
from bot.inbox.commands.parser import Verb, says_it_is_a_bot
from bot.inbox.commands.pause_resume_leave import leave, pause, resume
from bot.inbox.commands.report import show_report, stop_report, subscribe_to_report
from bot.inbox.commands.show_settings import show_settings
from bot.inbox.commands.start_settings_page import start_settings_page
from bot.inbox.commands.suggestions import is_suggestion, suggest_command
from bot.inbox.commands.try_link import try_link
from bot.inbox.commands.unhandled_messages import handle_unknown_message
from bot.inbox.commands.votes import bad_bot, good_bot

__all__ = ["BotIdentity", "CommandContext", "CommandHandler"]

log = structlog.get_logger(__name__)

_COMMANDS: dict[Verb, Callable[[CommandRequest, CommandContext], Answer | None]] = {
    Verb.SETTINGS: change_settings,
    Verb.SET: set_settings,
    Verb.RESET: reset_settings,
    Verb.SHOW: show_settings,
    Verb.TRY: try_link,
    Verb.PAUSE: pause,
    Verb.RESUME: resume,
    Verb.LEAVE: leave,
    Verb.START: start_settings_page,
    Verb.REPORT: show_report,
    Verb.REPORT_WEEKLY: subscribe_to_report,
    Verb.STOP_REPORT: stop_report,
    Verb.DELETE: delete_reply,
    Verb.OPT_OUT: opt_out,
    Verb.OPT_IN: opt_in,
    Verb.HELP: show_help,
    Verb.WHY: explain_bot,
    Verb.GOOD: good_bot,
    Verb.BAD: bad_bot,
}
CONTROL_COMMANDS = frozenset(
    {
        Verb.PAUSE,
        Verb.RESUME,
        Verb.LEAVE,
        Verb.SETTINGS,
        Verb.SET,
        Verb.RESET,
        Verb.START,
        Verb.REPORT_WEEKLY,
        Verb.STOP_REPORT,
        Verb.DELETE,
        Verb.OPT_OUT,
        Verb.OPT_IN,
    }
)
"""They are handled before other messages, and more of them are allowed."""
_COMMANDS_OF_CONVERSATION = frozenset({Verb.SET, Verb.RESET, Verb.REPORT, Verb.REPORT_WEEKLY})
"""Without a community, they are for the one that the conversation is about."""
_SETTINGS_COMMANDS = frozenset({Verb.SETTINGS, Verb.SET, Verb.RESET, Verb.SHOW, Verb.RESUME, Verb.START})
"""After these the settings page is read soon, because it may have changed too."""


class CommandHandler:
    """Handles every message that is not a summary request."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._known_moderators = KnownModerators(context.clock)

    def understands(self, message: Message) -> bool:
        """Whether the text is a known command or a vote. Only the text is considered."""
        return parse_request(message, self._context) is not None

    def priority(self, message: Message) -> Priority:
        """Moderators are recognised in watched communities only, and from a list of the last minutes."""
        if message.via is MessageKind.INVITATION:
            return Priority.CONTROL
        request = parse_request(message, self._context)
        if request is None or request.command.verb not in CONTROL_COMMANDS:
            return Priority.OTHER
        community = request.community
        if community is None or not self._context.is_watched(message.account, community):
            return Priority.CONTROL
        moderators = self._known_moderators.of(message.account, community, request.identity.messaging)
        return Priority.MODERATOR if message.author.lower() in moderators else Priority.CONTROL

    def handle(self, message: Message) -> Answer | None:
        """Run the command; None for no answer. Raises `PlatformError` to try again later."""
        if message.via is MessageKind.INVITATION:
            answer = accept_invitation(message, self._context)
            return answer if answer is not None else handle_unknown_message(message, self._context)
        request = parse_request(message, self._context)
        if request is None:
            return self._handle_unknown(message)
        verb = request.command.verb
        request = add_host(request, self._context)
        if verb in _COMMANDS_OF_CONVERSATION:
            request = with_implied_community(request, self._context, self._known_moderators)
        if request.community is not None and verb in _SETTINGS_COMMANDS:
            self._context.settings_pages.check_soon(request.community)
        log.info("command received", account=message.account, verb=verb.value, via=message.via.value)
        try:
            answer = _COMMANDS[verb](request, self._context)
        except CommunityNotFound:
            return explain_unknown_community(request, self._context)
        if answer is None or answer.community:
            return answer
        return replace(answer, community=request.community or "")

    def _handle_unknown(self, message: Message) -> Answer | None:
        """A misspelt command gets a suggestion; in a comment, only that of a moderator."""
        is_private = message.via in PRIVATE_KINDS
        by_moderator = self._is_of_moderator(message)
        is_bot = says_it_is_a_bot(message.text) or is_suggestion(message.text)
        if (is_private or by_moderator) and not is_bot:
            suggestion = suggest_command(message, self._context)
            if suggestion is not None:
                return suggestion
        return handle_unknown_message(message, self._context, by_moderator=by_moderator)

    def _is_of_moderator(self, message: Message) -> bool:
        """Whether the author moderates the community of the message, or a watched one."""
        if message.via is MessageKind.MODMAIL:
            return True
        account, author = message.account, message.author.lower()
        messaging = self._context.identity_of(account).messaging
        watched = self._context.watched_communities(account)
        if message.via not in PRIVATE_KINDS:
            watched = tuple(
                each for each in (message.community,) if each and self._context.is_watched(account, each)
            )
        found = (self._known_moderators.of(account, each, messaging) for each in watched[:MAX_COMMUNITIES])
        return any(author in moderators for moderators in found)

    def explain_failure(self, message: Message, error: Exception) -> Answer | None:
        """Only a command is answered: its author waits for an answer."""
        request = parse_request(message, self._context)
        return None if request is None else explain_failure(request, error, self._context)
