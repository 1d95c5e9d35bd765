"""Imports sumy without pycountry: 22 MB of translated names, of which sumy needs the English ones.

`bot.summarize` imports this module before any part of sumy. `language_resources` passes the names.
"""

from types import SimpleNamespace

from bot.core.empty_modules import empty_module

_NO_LANGUAGES = SimpleNamespace(get=lambda **_: None)  # sumy then takes the name that it is given

with empty_module("pycountry", languages=_NO_LANGUAGES):
    import sumy.utils  # noqa: F401 (keeps the empty module)
