"""Extract the Article of a Page or of a self post, or the reason why it is not an article."""

import os

from bot.extract.extractor import extract

__all__ = ["extract"]

# numpy works on small tables only; starting its threads would take a tenth of a second
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
