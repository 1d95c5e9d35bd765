"""What the fork server has ready before any page comes, so that a confined worker need not fetch it.

Imported for what it does: it runs in the fork server, which has no database, no socket and no secret.
"""

from __future__ import annotations

import logging
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy reads it when it is first imported

import jieba
import newspaper  # noqa: F401 (makes its folders when it is first imported)

import bot.digest  # noqa: F401
from bot.extract.language import language_of

jieba.setLogLevel(logging.CRITICAL)  # it wants to write a cache, and reports at length that it may not
language_of("The model of the languages is unpacked by its first use, through a file.")
