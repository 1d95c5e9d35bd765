"""The database: posts and their states, the outbox, cursors, tokens; and what people ask of it."""

from bot.store.accounts import Accounts
from bot.store.database import Database, State
from bot.store.drafts import Draft, Drafts
from bot.store.engine import only_daemon
from bot.store.letters import Letter, Letters, NewLetter
from bot.store.messages import Earlier, Messages, Outcome, Received
from bot.store.mutes import Mute, Mutes
from bot.store.queue import Queue, Task, url_hash
from bot.store.standing import Standing, StandingReply

__all__ = [
    "Accounts",
    "Database",
    "Draft",
    "Drafts",
    "Earlier",
    "Letter",
    "Letters",
    "Messages",
    "Mute",
    "Mutes",
    "NewLetter",
    "Outcome",
    "Queue",
    "Received",
    "Standing",
    "StandingReply",
    "State",
    "Task",
    "only_daemon",
    "url_hash",
]
