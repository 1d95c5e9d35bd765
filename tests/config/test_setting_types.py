from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.config.setting_types import (
    CommunityName,
    Contact,
    Duration,
    ServerAddress,
    UserName,
    WebAddress,
    humanized,
    normalize_community,
    to_toml,
)
from bot.core.models import Layout


def made(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("2m", 120),
        ("1h", 3600),
        ("7d", 604800),
        ("1 W", 604800),
        ("0.5s", 0.5),
        (90, 90),
        (1.5, 1.5),
    ],
)
def test_valid_durations(written: object, seconds: float) -> None:
    assert made(Duration, written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["", "90", "s", "-5s", "1h30m", "PT1M", "1e3s", True, None, float("nan"), -1]
)
def test_invalid_durations(written: object) -> None:
    with pytest.raises(ValidationError, match="duration with a unit"):
        made(Duration, written)


@pytest.mark.parametrize(
    ("written", "server"),
    [
        ("https://lemmy.example", "https://lemmy.example"),
        ("HTTPS://Lemmy.Example/", "https://lemmy.example"),
        ("lemmy.example", "https://lemmy.example"),
        ("https://lemmy.example:8443", "https://lemmy.example:8443"),
        ("http://127.0.0.1:8536", "http://127.0.0.1:8536"),
        ("http://localhost:8536/", "http://localhost:8536"),
        ("http://[::1]:8536", "http://[::1]:8536"),
    ],
)
def test_valid_servers(written: str, server: str) -> None:
    assert made(ServerAddress, written) == server


@pytest.mark.parametrize(
    "written",
    [
        "http://lemmy.example",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://user:pass@lemmy.example",
        "https://lemmy.example/c/news",
        "https://lemmy.example?x",
        "https://lemmy.example:99999",
        "ftp://lemmy.example",
        "https://",
        "https://[::1",
        "",
        "a b",
    ],
)
def test_invalid_servers(written: str) -> None:
    with pytest.raises(ValidationError):
        made(ServerAddress, written)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("news@lemmy.example", "news@lemmy.example"),
        ("!News@Lemmy.Example", "news@lemmy.example"),
        (" news ", "news@home.example"),
        ("c/news", "news@home.example"),
        ("https://lemmy.example/c/news", "news@lemmy.example"),
        ("https://lemmy.example/c/news@other.example/", "news@other.example"),
        ("news@127.0.0.1:8536", "news@127.0.0.1:8536"),
    ],
)
def test_valid_communities(written: str, name: str) -> None:
    assert normalize_community(written, "home.example") == name


@pytest.mark.parametrize(
    "written", ["", "!", "a b", "@host", "news@", "news@ho st", "https://x.example/u/me", "a@b@c"]
)
def test_invalid_communities(written: str) -> None:
    with pytest.raises(ValidationError, match="name of a community"):
        made(CommunityName, written)


@pytest.mark.parametrize("written", ["me@example.org", "https://example.org/bot", "@me@social.example"])
def test_valid_contacts(written: str) -> None:
    assert made(Contact, written) == written


@pytest.mark.parametrize(
    "written", ["", "m", "me\nX-Evil: 1", "mé@example.org", "x" * 201, " me@example.org"]
)
def test_invalid_contacts(written: str) -> None:
    with pytest.raises(ValidationError, match="email address"):
        made(Contact, written)


@pytest.mark.parametrize(
    "written", ["precis", "@precis", "/u/precis", "u/precis", "/user/precis", " precis "]
)
def test_a_user_name_is_accepted_in_the_forms_that_people_write(written: str) -> None:
    assert made(UserName, written) == "precis"


@pytest.mark.parametrize(
    "written",
    ["", "precis@lemmy.example", "@precis@lemmy.example", "https://lemmy.example/u/precis", "a b", "u/"],
)
def test_a_user_name_has_no_server(written: str) -> None:
    with pytest.raises(ValidationError, match="without @"):
        made(UserName, written)


@pytest.mark.parametrize(
    "written", ["example.org", "javascript:alert(1)", "https://a.example/)(b", "https://"]
)
def test_invalid_web_addresses(written: str) -> None:
    with pytest.raises(ValidationError):
        made(WebAddress, written)


@pytest.mark.parametrize(
    ("value", "toml"),
    [
        (timedelta(seconds=60), '"60s"'),
        (timedelta(minutes=2), '"2m"'),
        (timedelta(days=90), '"90d"'),
        (timedelta(seconds=150), '"150s"'),
        (timedelta(0), '"0s"'),
        (True, "true"),
        (4, "4"),
        ('a"\x7f', '"a\\"\\u007f"'),
        (("a", "b"), '["a", "b"]'),
        ((), "[]"),
        (Layout.BULLETS, '"bullets"'),
        (Path("x.db"), '"x.db"'),
    ],
)
def test_values_as_toml(value: object, toml: str) -> None:
    assert to_toml(value) == toml


def test_limits_in_words() -> None:
    assert [humanized(timedelta(seconds=n)) for n in (1, 5, 120)] == ["1 second", "5 seconds", "2 minutes"]
    assert humanized(15) == "15"
