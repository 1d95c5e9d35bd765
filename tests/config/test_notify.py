"""`[notify.NAME]`, `[heartbeat]` and `[events]`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.config.notify_settings import guess_form
from bot.core.errors import ConfigError
from tests.config.conftest import ENVIRON, MINIMAL, Load, Mistakes

HOOK = "https://hooks.example/T000/B000/secret"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", "slack"),
        ("https://chat.example.org/hooks/abc", "slack"),
        ("https://discord.com/api/webhooks/1/x", "discord"),
        ("https://canary.discord.com/api/webhooks/1/x", "discord"),
        ("https://discord.com/api/webhooks/1/x/slack", "slack"),
        ("https://ntfy.sh/precis", "ntfy"),
        ("https://ntfy.example.org/precis", "ntfy"),
        ("https://matrix.example.org/webhook/abc", "matrix"),
        ("https://example.org/_matrix/maubot/plugin/1/send", "matrix"),
        ("https://hookshot.example.org/abc", "matrix"),
        ("http://127.0.0.1:9000/precis", "json"),
        ("https://notdiscord.com/api/webhooks/1/x", "json"),
    ],
)
def test_the_form_is_guessed_from_the_address(address: str, form: str) -> None:
    assert guess_form(address) == form


def test_an_address_comes_from_a_file_like_other_secrets(read: Load, tmp_path: Path) -> None:
    file = tmp_path / "ops.url"
    file.write_text(f"{HOOK}\n")
    file.chmod(0o600)
    config = read(f'{MINIMAL}[notify.ops]\nurl_file = "ops.url"\nform = "slack"\n')
    assert config.notify["ops"].url.get_secret_value() == HOOK
    assert config.notify["ops"].web_form == "slack"
    assert HOOK in config.secrets()
    assert HOOK not in repr(config)


def test_a_file_that_cannot_be_read_is_the_only_mistake(mistakes: Mistakes) -> None:
    (found,) = mistakes(f'{MINIMAL}[notify.mail]\nurl_file = "nothing"\n')
    assert "[notify.mail] url_file names" in found


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            'url = "smtp://mail.example.org"',
            "[notify.ops] to is missing or empty; use for",
        ),
        (
            'url = "smtp://x:pw@mail.example.org"\nto = ["a@example.org"]',
            "[notify.ops] url must not contain",
        ),
        (
            'url = "smtp://mail.example.org"\nto = ["Ann <a@b>"]',
            "[notify.ops] to (item 1) must be only an",
        ),
        (
            'url = "smtps://mail.example.org"\nto = ["a@example.org"]\nform = "slack"',
            "[notify.ops] form has no effect for mail; remove it",
        ),
        (
            'url = "smtps://mail.example.org"\nto = ["a@example.org"]\npassword = "x"',
            "[notify.ops] password needs a user name in url",
        ),
        ('url = "https://hooks.example/x"\nto = ["a@example.org"]', "[notify.ops] to is only for mail"),
        ('url = "hooks.example"', "[notify.ops] url must be the full address of a web hook, or of a mail"),
        ('form = "slack"', "[notify.ops] url is missing; put it into a file and set url_file"),
        ('url = "https://hooks.example/x"\nform = "teams"', '[notify.ops] form must be "auto", "slack",'),
        ('ulr = "https://hooks.example/x"', '[notify.ops] ulr is not a setting; did you mean "url"?'),
    ],
)
def test_a_mistake_names_the_setting_and_the_remedy(lines: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"{MINIMAL}[notify.ops]\n{lines}\n")
    path.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        load(path, ENVIRON)
    (found,) = caught.value.problems
    assert problem in found, found
    assert "hooks.example/x" not in found


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('[notify]\nops = "https://hooks.example/x"', "[notify] has no name; write [notify.main] and"),
        ('[notify."Ops team"]\nform = "json"', "is not a valid name; use a to z"),
        ('[heartbeat]\ninterval = "10m"', "[heartbeat] interval has no effect without url; set url_file too"),
        ('[events]\nonly = ["reply"]', "[events] only has no effect without url"),
        (
            '[events]\nonly = ["replies"]',
            '[events] only (item 1) must be "reply", "skip", "deletion", "failure" or "ban"',
        ),
        ('[heartbeat]\ninterval = "5s"', "[heartbeat] interval must be at least 60 seconds"),
    ],
)
def test_mistakes_of_the_other_tables(mistakes: Mistakes, lines: str, problem: str) -> None:
    assert any(problem in found for found in mistakes(f"{MINIMAL}{lines}\n")), mistakes(f"{MINIMAL}{lines}\n")
