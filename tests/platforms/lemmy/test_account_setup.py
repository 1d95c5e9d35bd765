"""Changing an account's settings at startup, with consent, and removing the bot's own vote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import AccountError, PlatformError
from bot.core.models import CheckResult
from bot.platforms.account_setup import AccountSetup, default_biography
from bot.sandbox.lemmy.server_state import LANGUAGES
from bot.sandbox.loopback_server import Request, Response
from tests.platforms.lemmy.conftest import LemmyEnvironment

BIOGRAPHY = default_biography("you@example.org", "https://code.example/precis")
WITH_CONSENT, WITHOUT = AccountSetup(BIOGRAPHY, consent=True), AccountSetup(BIOGRAPHY, consent=False)
SUBJECTS = {"bot flag", "own replies", "languages", "read posts", "biography"}


def set_wrong_settings(env: LemmyEnvironment) -> None:
    """Give the account wrong settings, and a display name that Precis must not change."""
    bot = env.bot
    bot.bot_account, bot.show_bot_accounts, bot.show_read_posts = False, False, False
    bot.languages = (LANGUAGES.index("en"),)
    bot.display_name = "Précis"


def saved(env: LemmyEnvironment) -> list[dict[str, Any]]:
    path = "PUT /account/settings/save" if env.is_v4 else "PUT /user/save_user_settings"
    return [request.json() for request in env.calls(path)]


def test_with_consent_all_settings_are_changed_in_one_call(env: LemmyEnvironment) -> None:
    set_wrong_settings(env)
    assert env.adapter(setup=WITH_CONSENT).connect().bot_flag
    bot = env.bot
    assert (bot.bot_account, bot.show_bot_accounts, bot.show_read_posts) == (True, True, True)
    assert (bot.languages, bot.bio, bot.display_name) == ((), BIOGRAPHY, "Précis")
    assert len(saved(env)) == 1


def test_only_wrong_settings_are_sent(env: LemmyEnvironment) -> None:
    env.bot.show_read_posts, env.bot.bio = False, "Mine."
    env.adapter(setup=WITH_CONSENT).connect()
    assert saved(env) == [{"show_read_posts": True}]
    assert env.bot.bio == "Mine."


def test_a_correct_account_is_not_changed(env: LemmyEnvironment) -> None:
    env.bot.bio = BIOGRAPHY
    env.adapter(setup=WITH_CONSENT).connect()
    assert saved(env) == []


@pytest.mark.parametrize("setup", [WITHOUT, None])
def test_without_consent_nothing_is_changed(env: LemmyEnvironment, setup: AccountSetup | None) -> None:
    set_wrong_settings(env)
    with pytest.raises(AccountError, match="hides bot accounts"):
        env.adapter(setup=setup).connect()
    assert saved(env) == []


def check_wrong_account(env: LemmyEnvironment, setup: AccountSetup) -> dict[str, CheckResult]:
    set_wrong_settings(env)
    found = {finding.subject: finding for finding in env.adapter(setup=setup).inspect(())}
    assert saved(env) == []
    return {subject: found[subject] for subject in SUBJECTS}


def test_check_reports_changes_but_makes_none(env: LemmyEnvironment) -> None:
    found = check_wrong_account(env, WITH_CONSENT)
    assert all(finding.ok for finding in found.values())
    assert all("Precis changes it at startup" in finding.text for finding in found.values())


def test_without_consent_check_reports_what_to_do(env: LemmyEnvironment) -> None:
    found = check_wrong_account(env, WITHOUT)
    assert {subject for subject, finding in found.items() if not finding.ok} == {"bot flag", "own replies"}
    assert all("set_up = true" in finding.remedy for finding in found.values())


def test_settings_that_the_server_ignores_are_not_sent_again(env: LemmyEnvironment) -> None:
    path = "PUT /account/settings/save" if env.is_v4 else "PUT /user/save_user_settings"
    requests: list[Request] = []

    def accept(request: Request) -> Response:
        requests.append(request)
        return Response.from_json({"success": True})

    env.answers[path] = accept
    adapter = env.adapter(setup=WITH_CONSENT)
    for _ in range(3):
        adapter.connect()
        env.clock.advance(hours=2)
    assert len(requests) == 1


def test_the_bot_runs_although_a_change_was_refused(env: LemmyEnvironment) -> None:
    env.refuse(
        "PUT /account/settings/save" if env.is_v4 else "PUT /user/save_user_settings",
        400,
        "bio_length_overflow",
    )
    adapter = env.adapter(setup=WITH_CONSENT)
    adapter.connect()
    adapter.reply(str(env.post().id), "text", None)
    assert len(env.server.state.all_comments()) == 1


def test_quirk_15_the_own_vote_is_removed_while_the_flag_is_off(env: LemmyEnvironment) -> None:
    adapter = env.adapter(own_vote=False)
    comment = adapter.reply(str(env.post().id), "text", None)
    assert env.server.state.all_comments()[0].author_upvoted
    adapter.remove_own_vote(comment.id)
    assert not env.server.state.all_comments()[0].author_upvoted
    assert env.bot.bot_account
    assert saved(env) == [{"bot_account": False}, {"bot_account": True}]


def test_quirk_15_the_own_vote_is_kept_by_default(env: LemmyEnvironment) -> None:
    adapter = env.adapter()
    adapter.remove_own_vote(adapter.reply(str(env.post().id), "text", None).id)
    assert env.server.state.all_comments()[0].author_upvoted
    assert saved(env) == []


def test_quirk_15_a_flag_that_was_left_off_is_set_again(env: LemmyEnvironment) -> None:
    adapter = env.adapter(own_vote=False)
    comment = adapter.reply(str(env.post().id), "text", None)
    env.refuse("POST /comment/like", 400, "couldnt_like_comment")
    with pytest.raises(PlatformError):
        adapter.remove_own_vote(comment.id)
    assert env.bot.bot_account
    env.bot.bot_account = False  # as after a crash
    env.adapter(own_vote=False).connect()
    assert env.bot.bot_account
    env.bot.bot_account = False
    env.clock.advance(minutes=61)
    adapter.poll(env.community_source, None, env.clock.now - timedelta(hours=1))
    assert env.bot.bot_account
