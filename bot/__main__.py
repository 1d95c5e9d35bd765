"""`python -m bot` is `precis`."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line. While it is loading, Ctrl-C ends the process without a traceback."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # ignored, as with nohup
        from bot.cli import main as run
    else:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        from bot.cli import main as run

        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
