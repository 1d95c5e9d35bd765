"""The sandbox's servers as pages in a browser: read and write posts, comments and messages, and moderate."""

from bot.sandbox.pages.app import SandboxPages
from bot.sandbox.pages.backend import PageBackend

__all__ = ["PageBackend", "SandboxPages"]
