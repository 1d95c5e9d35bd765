"""Exit codes, decided in one place: 0 done, 1 the user's mistake with its remedy, 3 a bug."""

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
    """Turn what ends a command into one line for people and an exit code."""
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
        _fail(str(error), "Try again later; precis check says whether the server can be reached.")
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(USER_ERROR)
    except Exception:  # noqa: BLE001 (the last line of defence)
        print("\n".join(map(_shown, traceback.format_exc().splitlines())), file=sys.stderr)
        print(
            "\nThis is a bug in Precis, not a mistake of yours. Please report the lines above.",
            file=sys.stderr,
        )
        sys.exit(BUG)


def _fail(message: str, remedy: str = "") -> None:
    lines = message.strip().split("\n") or ["Something went wrong."]
    for line in lines:
        print(_shown(line), file=sys.stderr)
    if remedy:
        print(_shown(remedy), file=sys.stderr)
    sys.exit(USER_ERROR)


def _shown(line: str) -> str:
    """What servers and pages said may be in it, and secrets of our own."""
    return escape_unprintable(redact_secrets(line))
