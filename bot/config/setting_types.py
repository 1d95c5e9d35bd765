"""The types of settings: durations, addresses, communities, paths.

Each accepts the usual spellings and returns one normal form. An invalid value raises an error of the
type `plain`; its text is shown to the user after the name of the setting.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo

from bot.core.database_location import DatabaseLocation, PostgresUrl, is_postgres_url
from bot.core.lazy_patterns import lazy_pattern
from bot.rules import CommunityRules
from bot.rules.rule_types import invalid_value

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SECONDS = {"d": 86400, "h": 3600, "m": 60}
_DURATION = lazy_pattern(r"(\d{1,7}(?:\.\d{1,6})?) ?([smhdw])")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?"
_NETLOC = lazy_pattern(rf"{_HOST}|\[::1\](:\d{{1,5}})?")
_COMMUNITY = lazy_pattern(
    rf"(?:https?://(?P<site>{_HOST})/c/|!|/?[cr]/)?(?P<name>[a-z0-9_.-]+)(?:@(?P<host>{_HOST}))?"
)


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value}s"
    match = _DURATION.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None:
        raise invalid_value("must be a duration with a unit (s, m, h, d or w)")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A number of seconds, or text such as "90s", "2m", "1h", "7d"."""


def resolve_path(value: object, folder: Path) -> Path:
    """A path relative to `folder`. Raises the error `plain`."""
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        raise invalid_value("must be the path of a file, in quotes")
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:  # "~" without a home folder
        raise invalid_value("begins with ~, but that home folder does not exist") from None


def _from_the_file(value: object, info: ValidationInfo) -> Path:
    return resolve_path(value, (info.context or {}).get("folder", Path()))


# PlainValidator, because pydantic's strict JSON mode rejects the `Path` of a default.
FilePath = Annotated[Path, PlainValidator(_from_the_file)]
"""A path relative to the folder of the settings file."""


def _database(value: object, info: ValidationInfo) -> DatabaseLocation:
    if not isinstance(value, str) or not is_postgres_url(value):
        return _from_the_file(value, info)
    url = PostgresUrl(value.strip())
    if not _split_url(url.address).path.strip("/") or re.search(r"\s", url.address):
        raise invalid_value(_POSTGRES_EXAMPLE)
    if url.has_password:
        raise invalid_value(
            "must not contain the password; put it into a file and set database_password_file"
        )
    return url


_POSTGRES_EXAMPLE = 'must be a file or the URL of a database, such as "postgresql://precis@192.0.2.1/precis"'
Database = Annotated[DatabaseLocation, PlainValidator(_database)]
"""A path relative to the folder of the settings file, or `postgresql://user@host:port/name`."""


def web_address(value: str) -> str:
    """The value, if it is the address of a web page. Raises the error `plain`."""
    parts = _split_url(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r'[\s()<>"]', value):
        raise invalid_value("must be the full address of a web page")
    return value


WebAddress = Annotated[str, AfterValidator(web_address)]


_MAX_SOCKS_LOGIN = 255
"""Bytes of a user name or a password (RFC 1929, 2)."""


def _proxy(value: str) -> str:
    parts = _split_url(value)
    if parts.scheme not in {"http", "socks5"} or not parts.hostname or parts.path.strip("/"):
        raise invalid_value(
            'must be the address of a proxy, such as "http://192.0.2.1:3128" or "socks5://192.0.2.1:1080"'
        )
    if parts.password is not None:
        raise invalid_value("must not contain the password; put it into a file and set proxy_password_file")
    if len(unquote(parts.username or "").encode()) > _MAX_SOCKS_LOGIN or re.search(r"\s", value):
        raise invalid_value("has an invalid user name")
    return value


ProxyAddress = Annotated[str, AfterValidator(_proxy)]
"""`http://user@host:port` or `socks5://user@host:port`; user and port may be missing."""


def _server(value: str) -> str:
    parts = _split_url(value.strip() if "://" in value else f"https://{value.strip()}")
    if parts.scheme not in {"http", "https"} or not _NETLOC.fullmatch(parts.netloc.lower()):
        raise invalid_value("must be the address of the server and begin with https://")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise invalid_value("must be only the address of the server, without a path")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise invalid_value("must begin with https://, because the password would be sent unencrypted")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split_url(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        raise invalid_value("is not an address") from None
    return parts


ServerAddress = Annotated[str, AfterValidator(_server)]
"""`https://host`, lower case, without a slash at the end. http is allowed only on this machine.

A bare host gets https://.
"""


def host_of(server: str) -> str:
    """The host of a server's address, with its port if the address has one."""
    return urlsplit(server).netloc


def normalize_community(value: str, default_host: str | None) -> str:
    """`name@host` in lower case, from any usual form of a community's name.

    `default_host` is the host for a bare name; if None, a bare name stays bare. Raises the error `plain`.
    """
    match = _COMMUNITY.fullmatch(value.strip().lower().rstrip("/"))
    if match is None:
        raise invalid_value("must be the name of a community")
    host = match["host"] or match["site"] or default_host
    return f"{match['name']}@{host}" if host else match["name"]


_SUBREDDIT = lazy_pattern(
    r"(?:https?://(?:[a-z]+\.)?reddit\.com/r/|/?r/)?([a-z0-9][a-z0-9_]{1,20}|u_[a-z0-9_-]{3,20})"
)
_FEEDS = frozenset({"all", "popular", "friends", "mod", "home", "random"})


def _subreddit(value: str) -> str:
    match = _SUBREDDIT.fullmatch(value.strip().lower().rstrip("/"))
    if match is None:
        raise invalid_value("must be the name of one subreddit")
    if match[1] in _FEEDS:
        raise invalid_value("must be one subreddit, not a feed of many")
    return match[1]


SubredditName = Annotated[str, AfterValidator(_subreddit)]
"""The bare name in lower case, from any usual form."""


def _redditor(value: str) -> str:
    match = re.fullmatch(r"(?:/?u/)?([A-Za-z0-9_-]{3,20})", value.strip())
    if match is None:
        raise invalid_value("must be the name of a Reddit account")
    return match[1]


RedditorName = Annotated[str, AfterValidator(_redditor)]
"""The bare name of an account on Reddit."""


def _user_name(value: str) -> str:
    name = re.sub(r"^(?:@|/?u(?:ser)?/)", "", value.strip())
    if not name or re.search(r"[\s@/:]", name):
        raise invalid_value("must be only the name, without @ and server")
    return name


UserName = Annotated[str, AfterValidator(_user_name)]
"""The bare name of an account, from `name`, `@name`, `u/name` or `/u/name`, without its server."""


def _person(value: str) -> str:
    match = re.fullmatch(r"@?([^\s@/]+@[^\s@/]+)", value.strip())
    if match is None:
        raise invalid_value("must be a name with its server, for example me@lemmy.example")
    return match[1].lower()


UserHandle = Annotated[str, AfterValidator(_person)]
"""`name@host` in lower case: a person on any ActivityPub server."""

CommunityName = Annotated[str, AfterValidator(lambda value: normalize_community(value, None))]
"""`name@host` or a bare name, lower case."""


def _contact(value: str) -> str:
    if not re.fullmatch(r"[!-~][ -~]{1,198}[!-~]", value):
        raise invalid_value("must be an email address or a web page, 3 to 200 ASCII characters")
    return value


Contact = Annotated[str, AfterValidator(_contact)]
"""Text that is valid in a User-Agent header (RFC 9110, section 10.1.5)."""


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}", value):
        raise invalid_value("must be only an email address, without a name")
    return value


MailAddress = Annotated[str, AfterValidator(_mail_address)]
"""`you@example.org`, without a name; the form that HTML's email fields accept."""


def _ip_address(value: str) -> str:
    try:
        return str(ip_address(value.strip().strip("[]")))
    except ValueError:
        raise invalid_value("must be an IP address, for example 127.0.0.1, 0.0.0.0 or ::1") from None


IpAddress = Annotated[str, AfterValidator(_ip_address)]
"""An IPv4 or IPv6 address in its normal form."""


def _setting(value: str) -> str:
    if value not in CommunityRules.model_fields:
        raise invalid_value("must be the name of a setting of [rules]")
    return value


SettingName = Annotated[str, AfterValidator(_setting)]
"""The name of a setting of `[rules]`."""


def _numbers(value: dict[str, int]) -> dict[str, int]:
    for name in value:
        if name not in CommunityRules.model_fields or CommunityRules.model_fields[name].annotation is not int:
            raise invalid_value("must only contain settings of [rules] that are numbers")
    return value


NumberSettings = Annotated[dict[str, int], AfterValidator(_numbers)]
"""A number for each of some settings of `[rules]`."""


def _profile_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,30}", value):
        raise invalid_value("must have names of lower-case letters, digits and hyphens")
    return value


ProfileName = Annotated[str, AfterValidator(_profile_name)]
"""The name of a profile, as moderators write it."""


def to_toml(value: object) -> str:
    """A value as TOML, on one line."""
    import tomlkit  # here: only error messages and the docs need it

    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {to_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, timedelta):
        return f'"{_number_and_unit(value)[0]}{_number_and_unit(value)[1]}"'
    if isinstance(value, Enum):
        return to_toml(value.value)
    if isinstance(value, tuple):
        value = list(value)
    return tomlkit.item(str(value) if isinstance(value, Path) else value).as_string()


def humanized(value: object) -> str:
    """A limit in words: `5 seconds`, `2 hours`, `15`."""
    if not isinstance(value, timedelta):
        return f"{value}"
    number, unit = _number_and_unit(value)
    return f"{number} {_UNITS[unit].removesuffix('s' if number == 1 else '')}"


def _number_and_unit(duration: timedelta) -> tuple[int, str]:
    """`duration` as a number and the largest unit that gives a whole number of at least two."""
    seconds = round(duration.total_seconds())
    for unit, size in _SECONDS.items():
        if seconds >= 2 * size and seconds % size == 0:
            return seconds // size, unit
    return seconds, "s"
