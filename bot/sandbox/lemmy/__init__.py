"""A Lemmy server on loopback that behaves as a real 0.19.20 or 1.0.0-beta.1 does."""

from bot.sandbox.lemmy.server import LemmySandbox
from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post, ServerState

__all__ = ["Comment", "Community", "LemmySandbox", "Person", "Post", "ServerState"]
