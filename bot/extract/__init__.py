"""Page into Article, or why it is not one."""

from bot.extract.article import extract

__all__ = ["extract"]
