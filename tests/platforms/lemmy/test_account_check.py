"""The results of `precis check` for a Lemmy account."""

from bot.core.models import CheckResult, Source
from tests.platforms.lemmy.conftest import LemmyEnvironment


def findings(env: LemmyEnvironment, *sources: Source, **changes: object) -> dict[str, CheckResult]:
    return {finding.subject: finding for finding in env.adapter(**changes).inspect(sources)}


def test_without_problems_every_result_is_ok(env: LemmyEnvironment) -> None:
    found = findings(env, env.community_source, env.all_posts)
    assert all(finding.ok for finding in found.values())
    assert found["server"].text.endswith(f"runs Lemmy {env.server.version}")
    assert found["log-in"].text == f"logged in as precis@{env.server.state.host}"
    assert found[env.community_source.community or ""].text == "found; not subscribed"
    replies = "9999 replies in 600 s" if env.is_v4 else "9999 replies at once, then one every 0 s"
    assert found["rate limits"].text.startswith(replies)
    assert "all posts" in found["posts"].text


def test_a_missing_bot_flag_has_a_remedy(env: LemmyEnvironment) -> None:
    env.bot.bot_account = False
    finding = findings(env)["bot flag"]
    assert not finding.ok
    assert "Bot Account" in finding.remedy


def test_settings_that_hide_posts(env: LemmyEnvironment) -> None:
    env.bot.show_bot_accounts = False
    env.bot.languages = (0, 37)
    found = findings(env)
    assert not found["own replies"].ok
    assert "Show Bot Accounts" in found["own replies"].remedy
    assert found["languages"].text == "only posts in en, undetermined are shown"
    assert found["nsfw posts"].text == "not shown to the account"


def test_a_misspelt_community_gets_a_suggestion(env: LemmyEnvironment) -> None:
    env.server.state.add_community("newsletters")
    finding = findings(env, Source("summaries", "newz"))["newz"]
    assert not finding.ok
    assert finding.remedy == f"Did you mean news@{env.server.state.host}?"


def test_a_community_without_a_similar_name(env: LemmyEnvironment) -> None:
    finding = findings(env, Source("summaries", "xylophones"))["xylophones"]
    assert (finding.ok, "web page" in finding.remedy) == (False, True)


def test_a_removed_community(env: LemmyEnvironment) -> None:
    env.community.removed = True
    finding = findings(env, env.community_source)[env.community_source.community or ""]
    assert (finding.ok, finding.text) == (False, "the community has been removed")


def test_a_lookup_that_failed_does_not_mean_that_the_community_is_unknown(env: LemmyEnvironment) -> None:
    message = "Request error: error sending request for url (https://far.example/): operation timed out"
    env.answer("GET /community", 400, {"error": "couldnt_find_community", "message": message})
    finding = findings(env, Source("summaries", "news@far.example"))["news@far.example"]
    assert not finding.ok
    assert finding.text.startswith("the server could not look this community up: ")
    assert "Try again later" in finding.remedy


def test_the_rate_limits_are_those_that_precis_uses(env: LemmyEnvironment) -> None:
    """One reply of the server's six is reserved for others at the same address."""
    env.server.limits = type(env.server.limits)(env.clock, {"comment": (6, 600)})
    text = findings(env)["rate limits"].text
    assert text.startswith("5 replies in 600 s" if env.is_v4 else "5 replies at once, then one every 100 s")


def test_banned_from_a_community(env: LemmyEnvironment) -> None:
    env.community.banned.add(env.bot.id)
    finding = findings(env, env.community_source)[env.community_source.community or ""]
    assert not finding.ok
    assert "banned" in finding.text


def test_a_wrong_password_has_a_remedy(env: LemmyEnvironment) -> None:
    found = findings(env, env.community_source, password="wrong")
    assert list(found) == ["server", "account"]
    assert "password" in found["account"].remedy


def test_a_server_that_is_down(env: LemmyEnvironment) -> None:
    (found,) = env.adapter(base_url="http://127.0.0.1:1").inspect(())  # one line, not "runs Lemmy" before
    assert (found.subject, found.ok) == ("server", False)
    assert "cannot be reached" in found.text


def test_a_server_that_does_not_say_what_it_runs(env: LemmyEnvironment) -> None:
    env.answer("GET /nodeinfo/2.1", 404, {})
    adapter = env.adapter()
    (server,) = [each for each in adapter.inspect(()) if each.subject == "server"]
    assert (server.ok, server.text.partition(" ")[2]) == (True, "answers as Lemmy does")


def test_piefed_is_recognised(env: LemmyEnvironment) -> None:
    env.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "piefed", "version": "1.6.27"}})
    finding = findings(env)["account"]
    assert not finding.ok
    assert "runs Piefed 1.6.27, not Lemmy" in finding.text
