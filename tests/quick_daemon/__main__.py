"""`python -m tests.quick_daemon` has the options of `bot.sandbox.daemon_process`."""

from __future__ import annotations

from functools import partial
from unittest.mock import patch

from bot.sandbox import daemon_process


def main() -> None:
    """Run the daemon. Imports are local because each worker process imports this module again."""
    from bot.daemon import factories
    from bot.workers import worker_process
    from bot.workers.pool import WorkerPool
    from tests.quick_daemon import worker

    with (
        patch.object(factories, "WorkerPool", partial(WorkerPool, read=worker.read_quickly)),
        patch.object(worker_process, "PRELOADED_MODULES", (worker.__name__,)),
    ):
        daemon_process.main()


if __name__ == "__main__":
    main()
