"""`[web]`: where the pages are served, and who may look."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.core.errors import ConfigError
from tests.config.conftest import MINIMAL

PASSWORD = {"PRECIS_LEMMY_MAIN_PASSWORD": "s3cret"}


def written(folder: Path, lines: str) -> Path:
    path = folder / "config.toml"
    path.write_text(f"{MINIMAL}\n[web]\n{lines}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def problems(folder: Path, lines: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, lines), PASSWORD)
    return "\n".join(caught.value.problems)


def test_pages_are_off_and_for_this_machine_unless_asked_for(tmp_path: Path) -> None:
    web = load(written(tmp_path, ""), PASSWORD).web
    assert (web.enabled, web.address, web.exposed, web.token) == (False, "127.0.0.1", False, None)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7"])
def test_an_address_that_others_reach_needs_a_token(tmp_path: Path, address: str) -> None:
    lines = f'enabled = true\naddress = "{address}"'
    assert problems(tmp_path, lines).endswith(
        "[web] address can be reached by others; write a token_file too, or 127.0.0.1"
    )
    token = tmp_path / "web.token"
    token.write_text("twenty-four-characters..\n")
    token.chmod(0o600)
    web = load(written(tmp_path, f'{lines}\ntoken_file = "web.token"'), PASSWORD).web
    assert web.exposed
    assert web.token is not None
    assert web.token.get_secret_value() == "twenty-four-characters.."


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_this_machine_alone_needs_none(tmp_path: Path, address: str) -> None:
    assert not load(written(tmp_path, f'enabled = true\naddress = "{address}"'), PASSWORD).web.exposed


def test_a_token_may_come_from_systemd(tmp_path: Path) -> None:
    (tmp_path / "web-token").write_text("from-a-credential-file")
    environ = {**PASSWORD, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    token = load(written(tmp_path, ""), environ).web.token
    assert token is not None
    assert token.get_secret_value() == "from-a-credential-file"


def test_a_name_is_no_address_and_a_short_token_no_token(tmp_path: Path) -> None:
    assert "must be an address in numbers" in problems(tmp_path, 'address = "everywhere"')
    assert "[web] token must have at least 16 characters" in problems(tmp_path, 'token = "hunter2"')
