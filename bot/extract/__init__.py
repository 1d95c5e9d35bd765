"""Page into Article, or why it is not one."""

import os

from bot.extract.extractor import extract

__all__ = ["extract"]

# numpy has only small tables to work on here; starting threads for it costs a tenth of a second
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
