"""The status pages for the operator, the preview of replies, and the metrics.

`bot.web.server_thread` and `bot.web.asgi` are imported only where the pages are started, to save memory
when they are off.
"""
