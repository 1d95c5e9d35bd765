"""The operator's pages: how things stand, why, and what a reply would look like.

Nothing here is loaded before somebody asks for it: `bot.web.server` and `bot.web.site` are imported
where the pages are started.
"""
