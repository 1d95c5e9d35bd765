"""Imports sumy without the libraries that Precis does not use through it.

pycountry has 22 MB of translated names, of which sumy needs the English ones; `language_resources` passes
them. NLTK's stemmers and requests take 0.3 s and 25 MB; they are loaded if another program uses sumy's own.
`bot.summarize` imports this module before any part of sumy.
"""

from importlib import import_module
from types import SimpleNamespace

from bot.core.empty_modules import deferred_module, empty_module

_NO_LANGUAGES = SimpleNamespace(get=lambda **_: None)  # sumy then takes the name that it is given

with (
    empty_module("pycountry", languages=_NO_LANGUAGES),
    deferred_module("requests"),
    deferred_module("nltk.stem.snowball"),
):
    import_module("sumy.nlp.stemmers")  # it and sumy.utils keep these modules
