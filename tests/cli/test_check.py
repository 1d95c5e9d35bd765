"""`precis check` on servers of the sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.check import _count_settings, _sandbox_option, check_all
from bot.config import load
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.sandbox.environment import SandboxEnvironment
from bot.sandbox.server_software import ServerSoftware
from bot.sandbox.standalone import sandbox_tuning
from bot.store import CommunitySettingsLog, Database, SettingsChange, SettingsChangeKind, SettingsSource


def printed(sandbox: SandboxEnvironment, capsys: pytest.CaptureFixture[str]) -> str:
    try:
        check_all(sandbox.config_path)
    except UserError as error:
        return " ".join(capsys.readouterr().out.split()) + f" {error.message}"
    return " ".join(capsys.readouterr().out.split())


def test_each_fact_has_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SandboxEnvironment(tmp_path / "check", communities=("news", "a" * 60)) as sandbox:
        check_all(sandbox.config_path)
        lines = capsys.readouterr().out.splitlines()
        sandbox.bot.bot_account = False
        with pytest.raises(UserError, match=r"^1 of "):
            check_all(sandbox.config_path)
        failed = capsys.readouterr().out.splitlines()
    assert lines[-1] == "All checks passed. Start the bot with: precis run --sandbox"
    facts = [line for line in lines[:-1] if not line.startswith(" ")]
    assert all(re.match(r"[✓!] [^:]+(:\d+)?: ", line) for line in facts)
    assert len([line for line in facts if " server: " in line]) == 1
    assert any(f"{'a' * 60}@{sandbox.fediverse.state.host}: found" in line for line in facts)
    (flag,) = [number for number, line in enumerate(failed) if line.startswith("✗")]
    assert failed[flag].startswith("✗ bot flag: ")
    assert failed[flag + 1].startswith("    To fix: ")


def test_an_account_on_reddit_is_not_in_the_sandbox(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[bot]\nowner = "you@example.org"\n[reddit.main]\nclient_id = "id"\nclient_secret = "secret"\n'
        'operator = "ann"\nusername = "precis"\npassword = "secret"\nsubreddits = ["news"]\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    settings = load(config, {})
    assert _sandbox_option(settings) == ""
    with pytest.raises(UserError, match="The account main is not in the sandbox"):
        sandbox_tuning(settings)


@pytest.mark.parametrize("software", ServerSoftware)
@pytest.mark.parametrize("source", ["operator", "moderators"])
def test_nsfw_posts_that_the_account_does_not_see(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    software: ServerSoftware,
    source: str,
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    with SandboxEnvironment(tmp_path / "check", software=software) as sandbox:
        community = f"news@{sandbox.fediverse.state.host}"
        assert "hides NSFW posts" not in printed(sandbox, capsys)
        if source == "operator":
            config = sandbox.config_path.read_text()
            sandbox.config_path.write_text(config.replace("[rules]\n", "[rules]\nnsfw = true\n"))
        else:
            database = Database(sandbox.database_path, utc_now())
            kind, place = SettingsChangeKind.SETTINGS, SettingsSource.MESSAGE
            change = SettingsChange(community, kind, place, None, utc_now(), "m", settings={"nsfw": True})
            CommunitySettingsLog(database).add(change)
            database.close()
        assert "the settings have `nsfw: true`, but the server hides NSFW posts" in printed(sandbox, capsys)
        sandbox.bot.show_nsfw = True
        assert "hides NSFW posts" not in printed(sandbox, capsys)


def test_the_settings_are_counted(tmp_path: Path) -> None:
    account = '[lemmy.{name}]\nserver = "https://lemmy.example"\nusername = "precis"\npassword = "x"\n'
    path = tmp_path / "config.toml"
    path.touch(0o600)

    def counted(*accounts: tuple[str, str]) -> str:
        tables = [account.format(name=name) + communities for name, communities in accounts]
        path.write_text("\n".join(['[bot]\nowner = "me@example.org"', *tables]))
        return _count_settings(path, load(path, {})).removeprefix(f"{path}: ")

    one = ("a", 'communities = ["news"]')
    assert counted(one) == "1 account, 1 community"
    everything = ("b", "everything = true")
    assert counted(everything) == "1 account with everything = true"
    assert counted(("a", 'communities = ["news", "boats"]'), everything) == (
        "2 accounts, 2 communities, 1 account with everything = true"
    )
