"""The database: posts and their states, the outbox, cursors, tokens; and what people ask of it."""

from bot.store.accounts import Accounts
from bot.store.database import Database, State
from bot.store.drafts import Draft, Drafts
from bot.store.engine import only_daemon
from bot.store.mutes import Mute, Mutes
from bot.store.queue import Queue, Task, hash_of
from bot.store.standing import Standing, StandingReply

__all__ = [
    "Accounts",
    "Database",
    "Draft",
    "Drafts",
    "Mute",
    "Mutes",
    "Queue",
    "Standing",
    "StandingReply",
    "State",
    "Task",
    "hash_of",
    "only_daemon",
]
