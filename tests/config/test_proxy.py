"""`[fetch] proxy`: its forms, its password, and what makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.core.errors import ConfigError
from bot.daemon.factories import make_proxy
from bot.fetch import Proxy
from tests.config.conftest import MINIMAL

PASSWORD = {"PRECIS_LEMMY_MAIN_PASSWORD": "s3cret"}


def proxy(folder: Path, lines: str, **environ: str) -> Proxy | None:
    path = folder / "config.toml"
    path.write_text(f"{MINIMAL}\n[fetch]\n{lines}\n", encoding="utf-8")
    path.chmod(0o600)
    return make_proxy(load(path, PASSWORD | environ).fetch)


def problem(folder: Path, lines: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        proxy(folder, lines, **environ)
    (only,) = caught.value.problems
    return only


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("http://10.0.0.5", Proxy("http", "10.0.0.5", 8080)),
        ("socks5://127.0.0.1", Proxy("socks5", "127.0.0.1", 1080)),
        ("socks5://[fd00::1]:1081/", Proxy("socks5", "fd00::1", 1081)),
        ("socks5://n%40me@proxy.example", Proxy("socks5", "proxy.example", 1080, "n@me")),
    ],
)
def test_forms(tmp_path: Path, written: str, expected: Proxy) -> None:
    assert proxy(tmp_path, f'proxy = "{written}"') == expected


def test_none_is_the_default(tmp_path: Path) -> None:
    assert proxy(tmp_path, "") is None


@pytest.mark.parametrize(
    "written", ["proxy.example:3128", "https://a", "socks4://a", "http://", "http://a/b", "x"]
)
def test_other_forms_are_refused(tmp_path: Path, written: str) -> None:
    assert "must be the address of a proxy" in problem(tmp_path, f'proxy = "{written}"')


def test_the_password_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("pass word\n")
    (tmp_path / "pw").chmod(0o600)
    lines = 'proxy = "http://me@a.example"'
    for found in (
        proxy(tmp_path, f'{lines}\nproxy_password_file = "pw"'),
        proxy(tmp_path, lines, PRECIS_FETCH_PROXY_PASSWORD="pass word"),
    ):
        assert found is not None
        assert (found.user, found.password) == ("me", "pass word")
        assert "pass word" not in repr(found)


def test_the_password_is_redacted_in_the_log(tmp_path: Path) -> None:
    proxy(tmp_path, 'proxy = "http://me@a.example"\nproxy_password = "pass word"')
    assert "pass word" in load(tmp_path / "config.toml", PASSWORD).secrets()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('proxy = "http://me:pw@a.example"', "must not contain the password; put it into a file"),
        ('proxy_password = "x"', "has no effect without proxy"),
        ("proxy_resolves = true", "has no effect without proxy"),
        ('proxy = "http://a.example"\nproxy_password = "x"', "needs a user name in proxy"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, lines: str, message: str) -> None:
    assert message in problem(tmp_path, lines)
    assert "pw" not in problem(tmp_path, lines)
