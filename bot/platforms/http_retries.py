"""stamina's retries, without its own log: the code that retries logs it itself."""

from __future__ import annotations

import stamina.instrumentation
from stamina import retry_context

__all__ = ["retry_context"]

stamina.instrumentation.set_on_retry_hooks([])
