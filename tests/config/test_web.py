"""`[web]`: the address and the token of the status pages."""

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


def test_the_pages_are_off_and_local_by_default(tmp_path: Path) -> None:
    web = load(written(tmp_path, ""), PASSWORD).web
    assert (web.enabled, web.address, web.exposed, web.token) == (False, "127.0.0.1", False, None)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7"])
def test_a_public_address_needs_a_token(tmp_path: Path, address: str) -> None:
    lines = f'enabled = true\naddress = "{address}"'
    assert problems(tmp_path, lines).endswith(
        "[web] address can be reached from other machines; set token_file too, or use 127.0.0.1"
    )
    token = tmp_path / "web.token"
    token.write_text("twenty-four-characters..\n")
    token.chmod(0o600)
    web = load(written(tmp_path, f'{lines}\ntoken_file = "web.token"'), PASSWORD).web
    assert web.exposed
    assert web.token is not None
    assert web.token.get_secret_value() == "twenty-four-characters.."


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_a_local_address_needs_no_token(tmp_path: Path, address: str) -> None:
    assert not load(written(tmp_path, f'enabled = true\naddress = "{address}"'), PASSWORD).web.exposed


def test_a_token_may_come_from_systemd(tmp_path: Path) -> None:
    (tmp_path / "web-token").write_text("from-a-credential-file")
    environ = {**PASSWORD, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    token = load(written(tmp_path, ""), environ).web.token
    assert token is not None
    assert token.get_secret_value() == "from-a-credential-file"


def test_a_host_name_and_a_short_token_are_refused(tmp_path: Path) -> None:
    assert "must be an IP address" in problems(tmp_path, 'address = "everywhere"')
    assert "[web] token must have at least 16 characters" in problems(tmp_path, 'token = "hunter2"')


def test_the_form_for_moderators_is_off_by_default(tmp_path: Path) -> None:
    web = load(written(tmp_path, ""), PASSWORD).web
    assert (web.settings_form, web.settings_form_preview) == (False, False)


def test_a_preview_without_the_form_is_an_error(tmp_path: Path) -> None:
    lines = "settings_form_preview = true"
    assert "has no effect without settings_form = true" in problems(tmp_path, lines)
    assert load(written(tmp_path, f"settings_form = true\n{lines}"), PASSWORD).web.settings_form_preview
