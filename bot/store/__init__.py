"""The database: posts and their states, the outbox, cursors, tokens; and what people ask of it."""

from bot.store.accounts import Accounts
from bot.store.database import Database, State
from bot.store.drafts import Draft, Drafts
from bot.store.engine import only_daemon
from bot.store.letters import Letter, Letters, NewLetter
from bot.store.messages import Earlier, Messages, Outcome, Received
from bot.store.mutes import Mute, Mutes
from bot.store.optouts import OptOuts
from bot.store.orders import Order, OrderKind, Orders, Pages, Place
from bot.store.queue import Queue, Task, url_hash
from bot.store.replies import Replies, Sent
from bot.store.standing import Standing, StandingReply
from bot.store.voices import Liking, Note, Opinion, Voices

__all__ = [
    "Accounts",
    "Database",
    "Draft",
    "Drafts",
    "Earlier",
    "Letter",
    "Letters",
    "Liking",
    "Messages",
    "Mute",
    "Mutes",
    "NewLetter",
    "Note",
    "Opinion",
    "OptOuts",
    "Order",
    "OrderKind",
    "Orders",
    "Outcome",
    "Pages",
    "Place",
    "Queue",
    "Received",
    "Replies",
    "Sent",
    "Standing",
    "StandingReply",
    "State",
    "Task",
    "Voices",
    "only_daemon",
    "url_hash",
]
