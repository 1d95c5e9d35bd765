"""What people say to the bot: taken in once, answered once."""

from bot.mailbox.desk import Desk, NobodyThere
from bot.mailbox.letterbox import Letterbox
from bot.mailbox.looks import Looks
from bot.mailbox.mailbox import Mailbox
from bot.mailbox.making import Making
from bot.mailbox.requests import Requests

__all__ = ["Desk", "Letterbox", "Looks", "Mailbox", "Making", "NobodyThere", "Requests"]
