"""Renders a summary as the Markdown of a reply, in the dialect of each platform."""

from bot.core.reply_length import MAX_LENGTH
from bot.render.answer import with_lead
from bot.render.footer import FooterLinks
from bot.render.reply import ArticleInfo, render
from bot.render.sanitize import clean, sanitize

__all__ = ["MAX_LENGTH", "ArticleInfo", "FooterLinks", "clean", "render", "sanitize", "with_lead"]
