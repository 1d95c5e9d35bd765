"""`precis notify` against a chat server on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.notify_test import notify
from bot.core.errors import UserError
from bot.sandbox.loopback_server import LoopbackServer, Request, Response
from tests.notices.conftest import CONFIG


def written(folder: Path, lines: str) -> Path:
    path = folder / "config.toml"
    path.write_text(CONFIG + lines, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_test_message_is_sent_to_each_target_and_the_answers_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requests: list[Request] = []

    def chat(request: Request) -> Response:
        requests.append(request)
        return Response(200 if request.path == "/good" else 404, b"no_team: /secret-hook\x1b[31m")

    with LoopbackServer(chat) as server:
        lines = f'[notify.ops]\nurl = "{server.url}/good"\n[notify.phone]\nurl = "{server.url}/secret-hook"\n'
        with pytest.raises(UserError, match="1 of 2 test messages failed: phone"):
            notify(written(tmp_path, lines), test=True)
    host = server.url.removeprefix("http://")
    assert capsys.readouterr().out.splitlines() == [
        f"ops (json, {host}): ok: the server answered 200 OK",
        f"phone (json, {host}): failed: the server answered 404 Not Found: no_team: ••• [31m",
    ]
    assert [request.json()["notices"][0]["event"] for request in requests] == ["test", "test"]


def test_without_the_option_the_targets_are_listed_and_nothing_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        '[notify.ops]\nurl = "https://hooks.slack.com/services/secret"\n'
        '[notify.mail]\nurl = "smtp://precis@mail.example.org"\nto = ["you@example.org"]\n'
    )
    notify(written(tmp_path, lines), test=False)
    assert capsys.readouterr().out.splitlines() == [
        "ops (slack, hooks.slack.com)",
        "mail (mail, mail.example.org)",
    ]


def test_without_targets_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        notify(written(tmp_path, ""), test=True)
    assert "no table [notify.NAME]" in caught.value.message
    assert "url_file" in caught.value.remedy
