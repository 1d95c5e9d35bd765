"""All exit codes: 0 success, 1 an error that the user can fix, 3 a bug."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.errors import AccountError, FetchError, PlatformError, Refused, UserError, WorkerError
from bot.operations.log import escape_unprintable, redact_secrets

USER_ERROR = 1
BUG = 3


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn the exception that ends a command into a message and an exit code."""
    try:
        yield
    except UserError as error:
        _fail(error.message, error.remedy)
    except AccountError as error:
        _fail(str(error), error.remedy)
    except FetchError as error:
        _fail(f"{error.reason.sentence} {error.detail}".strip())
    except (Refused, WorkerError) as error:
        _fail(str(error))
    except PlatformError as error:
        _fail(str(error), "Try again later. precis check shows whether the server can be reached.")
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(USER_ERROR)
    except Exception:  # noqa: BLE001 (nothing above handles it)
        print("\n".join(map(_safe_line, traceback.format_exc().splitlines())), file=sys.stderr)
        print(
            "\nThis is a bug in Precis. Please report the lines above.",
            file=sys.stderr,
        )
        sys.exit(BUG)


def _fail(message: str, remedy: str = "") -> None:
    lines = message.strip().split("\n") or ["Something went wrong."]
    for line in lines:
        print(_safe_line(line), file=sys.stderr)
    if remedy:
        print(_safe_line(remedy), file=sys.stderr)
    sys.exit(USER_ERROR)


def _safe_line(line: str) -> str:
    """A line that is safe to print. It can contain text of servers and pages, and secrets of ours."""
    return escape_unprintable(redact_secrets(line))
