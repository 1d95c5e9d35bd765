"""What people say to the bot: taken in once, answered once."""

from bot.mailbox.desk import Desk

__all__ = ["Desk"]
