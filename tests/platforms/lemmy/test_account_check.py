"""What `precis check` says of a Lemmy account."""

from bot.core.models import CheckResult, Source
from tests.platforms.lemmy.conftest import LemmyEnvironment


def findings(stage: LemmyEnvironment, *sources: Source, **changes: object) -> dict[str, CheckResult]:
    return {finding.subject: finding for finding in stage.adapter(**changes).inspect(sources)}


def test_all_is_well(stage: LemmyEnvironment) -> None:
    found = findings(stage, stage.community_source, stage.all_posts)
    assert all(finding.ok for finding in found.values())
    assert found["server"].text.endswith(f"runs Lemmy {stage.server.version}")
    assert found["log-in"].text == f"logged in as precis@{stage.server.state.host}"
    assert found[stage.community_source.community or ""].text == "found; not subscribed"
    replies = "10000 replies in 600 s" if stage.is_v4 else "10000 replies at once, then one every 0 s"
    assert found["rate limits"].text.startswith(replies)
    assert "all posts" in found["posts"].text


def test_a_missing_bot_flag_says_where_to_set_it(stage: LemmyEnvironment) -> None:
    stage.bot.bot_account = False
    finding = findings(stage)["bot flag"]
    assert not finding.ok
    assert "Bot Account" in finding.remedy


def test_settings_that_hide_things(stage: LemmyEnvironment) -> None:
    stage.bot.show_bot_accounts = False
    stage.bot.languages = (0, 37)
    found = findings(stage)
    assert not found["own replies"].ok
    assert "Show Bot Accounts" in found["own replies"].remedy
    assert found["languages"].text == "only posts in en, undetermined are shown"
    assert found["nsfw posts"].text == "not shown to the account"


def test_a_misspelt_community_gets_the_nearest_name(stage: LemmyEnvironment) -> None:
    stage.server.state.add_community("newsletters")
    finding = findings(stage, Source("summaries", "newz"))["newz"]
    assert not finding.ok
    assert finding.remedy == f"Did you mean news@{stage.server.state.host}?"


def test_a_community_that_is_like_nothing_known(stage: LemmyEnvironment) -> None:
    finding = findings(stage, Source("summaries", "xylophones"))["xylophones"]
    assert (finding.ok, "web page" in finding.remedy) == (False, True)


def test_banned_from_a_community(stage: LemmyEnvironment) -> None:
    stage.community.banned.add(stage.bot.id)
    finding = findings(stage, stage.community_source)[stage.community_source.community or ""]
    assert not finding.ok
    assert "banned" in finding.text


def test_a_wrong_password_ends_with_the_remedy(stage: LemmyEnvironment) -> None:
    found = findings(stage, stage.community_source, password="wrong")
    assert list(found) == ["server", "account"]
    assert "password" in found["account"].remedy


def test_a_server_that_is_down(stage: LemmyEnvironment) -> None:
    found = findings(stage, base_url="http://127.0.0.1:1")
    assert list(found) == ["server"]
    assert not found["server"].ok
    assert "cannot be reached" in found["server"].text


def test_piefed_is_told_apart(stage: LemmyEnvironment) -> None:
    stage.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "piefed", "version": "1.6.27"}})
    finding = findings(stage)["account"]
    assert not finding.ok
    assert "runs Piefed 1.6.27, not Lemmy" in finding.text
