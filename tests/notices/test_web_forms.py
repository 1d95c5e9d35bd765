"""What strangers wrote cannot format, mention or link anything in any chat."""

from __future__ import annotations

import html
import json
import re

import pytest

from bot.config.notify_settings import WebForm
from bot.notices.changes import Notice
from bot.notices.messages import MAX_LINES, Message, message_of
from bot.notices.web_forms import MAX_DISCORD_LENGTH, MAX_NTFY_BYTES, request_of
from bot.operations.redaction import add_secrets
from bot.store.condition_states import ConditionState
from tests.conftest import START

HOSTILE = (
    "<!channel> <@U123> @everyone @here @room *bold* _it_ `code` ~~x~~ ||spoiler|| "
    "[click](https://evil.example) <https://evil.example|bank> <b>html</b> &amp; # head > quote :boom:\n"
    "second line\x1b[31m in news@lemmy.example"
)


def message(sentence: str = HOSTILE, count: int = 1) -> Message:
    states = [
        ConditionState(f"ban:{n}", "ban", "news@lemmy.example", sentence, began_at=START)
        for n in range(count)
    ]
    return message_of(Notice(state, is_over=False) for state in states)


def sent(form: WebForm, sentence: str = HOSTILE) -> dict[str, object]:
    request = request_of(message(sentence), form)
    assert request.headers["content-type"] == "application/json"
    body: dict[str, object] = json.loads(request.body)
    return body


def test_slack_gets_no_markup_no_links_and_no_mentions() -> None:
    body = sent("slack")
    text = str(body["text"])
    assert "<" not in text
    assert ">" not in text
    assert "&lt;!channel&gt;" in text
    assert "@everyone" not in text
    assert "news@lemmy.example" in text
    assert (body["mrkdwn"], body["unfurl_links"], body["unfurl_media"]) == (False, False, False)


def test_discord_mentions_nobody_and_shows_markdown_as_it_is() -> None:
    body = sent("discord")
    content = str(body["content"])
    assert body["allowed_mentions"] == {"parse": []}
    assert r"\*bold\*" in content
    assert r"\[click\]" in content
    assert not re.search(r"(?<!\\)[*_~`|\[#]", content.replace("<https://evil.example|bank>", ""))
    assert "@everyone" not in content


def test_an_address_in_discord_stays_whole() -> None:
    content = str(sent("discord", "See https://lemmy.example/c/a_b_c?x=1_2 for it.")["content"])
    assert "<https://lemmy.example/c/a_b_c?x=1_2>" in content


@pytest.mark.parametrize("sentence", ["*" * 5000, "x" * 5000, "https://a.example/" + "_" * 5000])
def test_discord_accepts_the_length_of_any_message(sentence: str) -> None:
    body = json.loads(request_of(message(sentence, MAX_LINES * 2), "discord").body)
    assert len(body["content"]) <= MAX_DISCORD_LENGTH


def test_matrix_gets_plain_text_and_the_same_as_escaped_html() -> None:
    body = sent("matrix")
    text, formatted = str(body["text"]), str(body["html"])
    assert "@room" not in text
    assert "<b>" not in formatted
    assert re.findall(r"<[^>]*>", formatted) == ["<br>"]
    assert html.unescape(formatted.replace("<br>", "\n")) == text


def test_ntfy_gets_plain_text_with_a_title() -> None:
    request = request_of(message(), "ntfy")
    assert request.headers["content-type"].startswith("text/plain")
    assert "markdown" not in request.headers
    assert request.headers["title"] == "Precis: 1 problem needs attention"
    assert request.body.decode().count("\n") == 0
    assert len(request_of(message("é" * 5000, 30), "ntfy").body) <= MAX_NTFY_BYTES + 3


def test_plain_json_has_the_parts() -> None:
    body = sent("json", "Banned.")
    assert body["notices"] == [
        {
            "event": "begin",
            "kind": "ban",
            "subject": "news@lemmy.example",
            "sentence": "Banned.",
            "began_at": "2026-03-01T12:00:00+00:00",
            "over_since": None,
        }
    ]
    assert body["text"] == "Precis: 1 problem needs attention\nProblem: news@lemmy.example: Banned."


def test_many_problems_are_one_message_of_limited_length() -> None:
    many = message("Polls fail.", 50)
    assert many.title == "Precis: 50 problems need attention"
    assert len(many.texts) == MAX_LINES + 1
    assert many.texts[-1] == "And 30 more: see precis status."


def test_a_line_has_no_control_characters_no_line_breaks_and_no_secrets() -> None:
    add_secrets(["hunter2-in-a-notice"])
    (text,) = message(f"{HOSTILE} hunter2-in-a-notice").texts
    assert text.isprintable()
    (text,) = message("the password hunter2-in-a-notice is wrong").texts
    assert "hunter2" not in text
