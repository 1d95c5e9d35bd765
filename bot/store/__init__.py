"""The database: posts and their states, the outbox, cursors, tokens; and what people ask of it."""

from bot.store.account_state import Accounts
from bot.store.community_settings_log import Order, OrderKind, Orders, Pages, Place
from bot.store.database import Database, State
from bot.store.deletion_checks import Standing, StandingReply
from bot.store.engine import only_daemon
from bot.store.feedback import Liking, Note, Opinion, Voices
from bot.store.muted_communities import Mute, Mutes
from bot.store.opt_outs import OptOuts
from bot.store.outgoing_messages import Letter, Letters, NewLetter
from bot.store.outgoing_replies import Draft, Drafts
from bot.store.post_queue import Queue, Task, url_hash
from bot.store.received_messages import Earlier, Messages, Outcome, Received
from bot.store.sent_replies import Replies, Sent

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
