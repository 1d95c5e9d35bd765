"""The operator's pages: how things stand, why, and what a reply would look like.

Nothing here is loaded before somebody asks for it: `bot.web.server_thread` and `bot.web.asgi` are imported
where the pages are started.
"""
