"""The kinds of value a setting can have: durations, server addresses, communities, paths.

Each takes what a person would naturally write and gives one normal form. What it refuses it says
in a `PydanticCustomError` of the type `plain`: a clause that follows the setting's name.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?([smhdw])")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?"
_NETLOC = re.compile(rf"{_HOST}|\[::1\](:\d{{1,5}})?")
_COMMUNITY = re.compile(
    rf"(?:https?://(?P<site>{_HOST})/c/|!|/?c/)?(?P<name>[a-z0-9_.-]+)(?:@(?P<host>{_HOST}))?"
)


def refusal(text: str) -> PydanticCustomError:
    """An error whose `text` goes to people as it stands, after the setting's name."""
    return PydanticCustomError("plain", "{text}", {"text": text})


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value}s"
    match = _DURATION.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None:
        raise refusal("must be a time with its unit (s, m, h, d or w)")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A number of seconds, or text such as "90s", "2m", "1h", "7d"."""


def _relative_to_the_file(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip("\0 ") or "\0" in str(value):
        raise refusal("must be the path of a file, between quotes")
    folder = (info.context or {}).get("folder", Path())
    return Path(folder) / Path(value).expanduser()


# A plain validator, because a strict reading of JSON would refuse the `Path` of a default.
FilePath = Annotated[Path, PlainValidator(_relative_to_the_file)]
"""A path that counts from the folder of the settings file."""


def _web_address(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r'[\s()<>"]', value):
        raise refusal("must be the whole address of a web page")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _server(value: str) -> str:
    parts = _split(value.strip())
    if parts.scheme not in {"http", "https"} or not re.fullmatch(
        rf"{_HOST}|\[::1\](:\d+)?", parts.netloc.lower()
    ):
        raise refusal("must be the address of the server and begin with https://")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise refusal("must be the address of the server alone, with nothing behind its name")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise refusal("must begin with https://, or the password would cross the net for all to read")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise refusal("is not an address") from None
    return parts


ServerAddress = Annotated[str, AfterValidator(_server)]
"""`https://host`, lower case, without a slash at the end; plain http on this machine only."""


def host_of(server: str) -> str:
    """The host of a server's address, with its port where one is named."""
    return urlsplit(server).netloc


def community_name(value: str, home: str | None) -> str:
    """`name@host` in lower case, from any form in which people copy a community's name.

    `home` completes a bare name; without it a bare name stays bare. Raises the error `plain`.
    """
    match = _COMMUNITY.fullmatch(value.strip().lower().rstrip("/"))
    if match is None:
        raise refusal("must be the name of a community")
    host = match["host"] or match["site"] or home
    return f"{match['name']}@{host}" if host else match["name"]
