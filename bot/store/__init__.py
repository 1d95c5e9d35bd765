"""The database: posts and their states, the outbox, cursors, tokens; and what people ask of it."""

from bot.store.accounts import Accounts
from bot.store.database import Database, State
from bot.store.drafts import Draft, Drafts
from bot.store.engine import only_daemon
from bot.store.mutes import Mute, Mutes
from bot.store.optouts import OptOuts
from bot.store.orders import Order, OrderKind, Orders, Pages, Place
from bot.store.queue import Queue, Task
from bot.store.replies import Replies, Sent
from bot.store.voices import Letter, Opinion, Standing, Voices

__all__ = [
    "Accounts",
    "Database",
    "Draft",
    "Drafts",
    "Letter",
    "Mute",
    "Mutes",
    "Opinion",
    "OptOuts",
    "Order",
    "OrderKind",
    "Orders",
    "Pages",
    "Place",
    "Queue",
    "Replies",
    "Sent",
    "Standing",
    "State",
    "Task",
    "Voices",
    "only_daemon",
]
