"""What moderators and readers say to the bot, understood: commands, settings, who may what. All pure."""

from bot.moderation.checking import as_yaml, example_of, parse
from bot.moderation.commands import Command, Verb, command_in, is_machine
from bot.moderation.layers import Held, Origin, layered
from bot.moderation.limits import Limits
from bot.moderation.pasted import block_in
from bot.moderation.problems import Mistaken, Problem

__all__ = [
    "Command",
    "Held",
    "Limits",
    "Mistaken",
    "Origin",
    "Problem",
    "Verb",
    "as_yaml",
    "block_in",
    "command_in",
    "example_of",
    "is_machine",
    "layered",
    "parse",
]
