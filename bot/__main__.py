"""`python -m bot` is `precis`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line. While it is loading, Ctrl-C ends the process without a traceback."""
    if sys.argv[1:] == ["--version"]:  # loading the command line takes many times as long as Python's start
        from bot import __version__

        sys.stdout.write(f"precis {__version__}\n")
        return
    may_interrupt = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # nohup ignores it
    if may_interrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.operations.garbage_collection import (
        NEW_OBJECTS_OF_COMMAND,
        collect_seldom,
        do_not_collect_at_exit,
    )

    collect_seldom(NEW_OBJECTS_OF_COMMAND)
    do_not_collect_at_exit()
    import bot.operations.pydantic_import  # noqa: F401 (first: the command line imports pydantic too)
    from bot.cli import main as run

    if may_interrupt:
        from bot.cli.interrupts import raise_after_imports

        raise_after_imports()
    run()


if __name__ == "__main__":
    main()
