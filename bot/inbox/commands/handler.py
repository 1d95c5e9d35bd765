"""Does what moderators and readers ask of the bot, and says what is to be answered.

`Desk` is what `bot.mailbox` asks (its Protocol of the same name). Everything here bears being done
twice: orders, opinions and letters are known by the message they came with.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.core.messages import Answer, Message, MessageKind
from bot.i18n.translations import translator
from bot.inbox.commands import invitations, reader_commands, settings_commands
from bot.inbox.commands.context import BotIdentity, CommandContext, CommandRequest, make_answer, parse_request
from bot.inbox.commands.parser import Verb, says_it_is_a_bot
from bot.render.sanitize import sanitize
from bot.store import NewOutgoingMessage, SettingsChangeKind, UnhandledMessage

__all__ = ["BotIdentity", "CommandContext", "CommandHandler"]

log = structlog.get_logger(__name__)

DAY = timedelta(hours=24)
MONTH = timedelta(days=30)
MAX_UNHANDLED_PER_DAY = 20
"""Messages of one person that are kept for the operator in 24 hours."""

_ACTIONS: dict[Verb, Callable[[CommandRequest, CommandContext], Answer | None]] = {
    Verb.SETTINGS: settings_commands.change,
    Verb.SHOW: settings_commands.show,
    Verb.TRY: reader_commands.preview,
    Verb.PAUSE: lambda request, office: settings_commands.stand(request, office, SettingsChangeKind.PAUSE),
    Verb.RESUME: lambda request, office: settings_commands.stand(request, office, SettingsChangeKind.RESUME),
    Verb.LEAVE: lambda request, office: settings_commands.stand(request, office, SettingsChangeKind.LEAVE),
    Verb.START: invitations.start_settings_page,
    Verb.DELETE: reader_commands.delete,
    Verb.OPT_OUT: lambda request, office: reader_commands.opt(request, office, out=True),
    Verb.OPT_IN: lambda request, office: reader_commands.opt(request, office, out=False),
    Verb.HELP: reader_commands.help_,
    Verb.WHY: reader_commands.why,
    Verb.GOOD: lambda request, office: reader_commands.opine(request, office, good=True),
    Verb.BAD: lambda request, office: reader_commands.opine(request, office, good=False),
}
_ABOUT_SETTINGS = frozenset({Verb.SETTINGS, Verb.SHOW, Verb.RESUME, Verb.START})
"""After these the community's page is read anew: it may have changed, too."""


class CommandHandler:
    """Where every message to the bot ends up that asks for no summary."""

    def __init__(self, office: CommandContext) -> None:
        self._office = office

    def understands(self, message: Message) -> bool:
        """Whether the words are a command or an opinion that the desk knows; judged by the text alone."""
        return parse_request(message, self._office) is not None

    def handle(self, message: Message) -> Answer | None:
        """Do it; None when nothing is to be said. Raises `PlatformError` for "later"."""
        if message.via is MessageKind.INVITATION:
            found = invitations.accept(message, self._office)
            return found if found is not None else self._unknown(message)
        request = parse_request(message, self._office)
        if request is None:
            return self._unknown(message)
        if request.community is not None and request.command.verb in _ABOUT_SETTINGS:
            self._office.settings_pages.check_soon(request.community)
        log.info("asked", account=message.account, verb=request.command.verb.value, via=message.via.value)
        return _ACTIONS[request.command.verb](request, self._office)

    def _unknown(self, message: Message) -> Answer | None:
        """Keep it for the operator, and say so once to a person who wrote in private: not to a machine,
        and not again in a month, so that two bots never get into a conversation."""
        office, now = self._office, self._office.clock()
        operator = office.identity_of(message.account).forward_to
        if operator is not None and message.author.lower() == operator.lower():
            return None
        machine = message.author_bot or says_it_is_a_bot(message.text)
        note = UnhandledMessage(
            message.account,
            message.id,
            message.author,
            message.community,
            f"{message.subject}\n{message.text}".strip(),
            message.sent,
        )
        kept = office.feedback.add_unhandled(note, MAX_UNHANDLED_PER_DAY, now - DAY)
        if kept and operator is not None and not machine:
            office.queue_message(self._forwarded(note, operator))
        told = office.feedback.count_unhandled(
            message.account, message.author, now - MONTH, except_id=message.id
        )
        if message.via is not MessageKind.PRIVATE or told or machine:
            return None
        say = translator(None)
        return make_answer(say, say("forwarded"), private=True)

    def _forwarded(self, note: UnhandledMessage, operator: str) -> NewOutgoingMessage:
        dialect = self._office.identity_of(note.account).dialect
        place = f" ({note.community})" if note.community else ""
        lines = [sanitize(line, dialect) for line in note.text.splitlines()]
        quoted = "\n".join(f"> {line}".rstrip() for line in lines)
        return NewOutgoingMessage(
            note.account,
            f"note/{note.message_id}",
            operator,
            f"{sanitize(note.author + place, dialect)}:\n\n{quoted}",
            since=self._office.clock(),
            subject="Precis: a message for you",
        )
