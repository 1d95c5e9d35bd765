"""All exit codes: 0 success, 1 an error that the user can fix, 3 a bug, 75 try again later, 130 Ctrl-C.

2 is the command line's own code for a command or an option that does not exist.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from bot.core.errors import (
    AccountError,
    FetchError,
    PlatformError,
    Refused,
    UserError,
    WorkerError,
)
from bot.operations.redaction import escape_unprintable, redact_secrets

USER_ERROR = 1
BUG = 3
TRY_LATER = os.EX_TEMPFAIL
"""75: the same command can succeed later with the same settings. A service manager should start it again."""
INTERRUPTED = 128 + signal.SIGINT
"""130: Ctrl-C, as shells report it."""
_RETRY = "Then run the command again. Under a service manager, the daemon starts again by itself."
_TEMPORARY_ERRNOS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EMFILE,
        errno.ENFILE,
    }
)
"""Errors of the operating system that say that the machine lacks something for now."""


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn the exception that ends a command into a message and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.exit(USER_ERROR)
    except Exception as error:  # noqa: BLE001 (nothing above handles it)
        found = _failure_of(error)
        if found is None:
            print("\n".join(map(_safe_line, traceback.format_exc().splitlines())), file=sys.stderr)
            print("\nThis is a bug in Precis. Please report the lines above.", file=sys.stderr)
            sys.exit(BUG)
        for line in (*found.message.strip().split("\n"), *filter(None, [found.remedy.strip()])):
            print(_safe_line(line), file=sys.stderr)
        sys.exit(found.code)


class _Failure(Struct, frozen=True):
    """What a command prints when it ends with an error, and its exit code."""

    message: str
    remedy: str = ""
    code: int = USER_ERROR


def _failure_of(error: Exception) -> _Failure | None:
    """None for a bug."""
    match error:
        case UserError(temporary=True):
            return _Failure(error.message, f"{error.remedy} {_RETRY}", TRY_LATER)
        case UserError():
            return _Failure(error.message, error.remedy)
        case AccountError():
            return _Failure(str(error), error.remedy)
        case FetchError():
            text = f"{error.reason.sentence} {error.detail}"
            return _Failure(text, code=USER_ERROR if error.permanent else TRY_LATER)
        case Refused() | WorkerError():
            return _Failure(str(error))
        case PlatformError():
            remedy = "Try again later. precis check shows whether the server can be reached."
            return _Failure(str(error), remedy, TRY_LATER)
        case MemoryError():
            return _Failure("There is not enough memory.", f"Free some memory. {_RETRY}", TRY_LATER)
        case OSError(errno=number) if number in _TEMPORARY_ERRNOS:
            what = f"{error.strerror}: {error.filename or 'this machine'}."
            return _Failure(what, f"Fix that first. {_RETRY}", TRY_LATER)
    return None


def _safe_line(line: str) -> str:
    """A line that is safe to print. It can contain text of servers and pages, and secrets of ours."""
    return escape_unprintable(redact_secrets(line))
