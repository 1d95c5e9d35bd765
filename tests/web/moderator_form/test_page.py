"""The form over real HTTP: without a token, in seven languages, and what it does not show."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from msgspec.structs import replace

from bot.config.settings import Moderators
from bot.i18n.translations import LANGUAGES, translator
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.rules import CommunityRules
from bot.rules.setting_help import setting_help, setting_label
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource
from bot.web.context import PageContext
from tests.conftest import START
from tests.web.conftest import TOKEN, served, with_token
from tests.web.moderator_form.conftest import with_form

FORM = "/moderators"
NEWS = "!news@lemmy.example"


def visit(client: httpx2.Client, **parameters: str) -> str:
    answer = client.get(FORM, params=parameters)
    assert answer.status_code == 200
    return answer.text


def message_in(page: str) -> str:
    found = re.search(r'<pre id="message"[^>]*>(.*?)</pre>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def fields_in(page: str) -> dict[str, str]:
    """The values that a browser would send with the form of all settings."""
    form = page[page.index('<form class="choices"') :]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    values = {name: html.unescape(value) for name, value in hidden}
    values |= dict(re.findall(r'<input type="radio"[^>]*name="(\w+)" value="([^"]*)" checked', form))
    for name, value in re.findall(r'<input id="c-\w+" name="(\w+)" value="([^"]*)"', form):
        values[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        values[name] = html.unescape(value)
    for name, options in re.findall(r'<select id="c-\w+" name="(\w+)"[^>]*>(.*?)</select>', form):
        found = re.search(r"<option selected>([^<]*)", options)
        assert found
        values[name] = found[1]
    return values


def remember(context: PageContext, settings: dict[str, object], author: str = "mod_of_news") -> None:
    change = SettingsChange(
        "news@lemmy.example",
        SettingsChangeKind.SETTINGS,
        SettingsSource.MESSAGE,
        author,
        START - timedelta(days=1),
        "main/1",
        "text",
        settings=settings,
    )
    make_rule_resolver(context.config, context.database).settings_log.add(change)


def test_it_is_off_by_default(context: PageContext) -> None:
    with served(context) as client:
        assert client.get(FORM).status_code == 404
    with served(with_token(context)) as client:
        assert client.get(FORM).status_code == 401


def test_it_needs_no_token_and_opens_no_other_page(form_context: PageContext) -> None:
    with served(form_context) as client:
        page = visit(client)
        for path in ("/", "/posts", "/settings", "/preview", "/metrics"):
            assert client.get(path).status_code == 401, path
            assert f'href="{path}"' not in page
        assert client.post(FORM).status_code == 405
        assert TOKEN not in page


def test_without_a_token_only_this_machine_can_open_it(context: PageContext) -> None:
    web = context.config.web.model_copy(update={"settings_form": True})
    local = replace(context, config=context.config.model_copy(update={"web": web}))
    with served(local) as client:
        assert client.get(FORM).status_code == 200
        assert client.get(FORM, headers={"host": "evil.example"}).status_code == 421


def test_every_setting_is_a_control_with_its_help(form_context: PageContext) -> None:
    with served(form_context) as client:
        page = visit(client, community=NEWS)
    assert fields_in(page).keys() >= set(CommunityRules.model_fields)
    for name in CommunityRules.model_fields:
        assert f'id="f-{name}"' in page
        assert f'id="h-{name}"' in page
        assert setting_help(name, "en").split("(")[0].strip().strip("`") in html.unescape(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_name_and_a_help_in_every_language(language: str) -> None:
    if language == "en":
        return
    labels = [setting_label(name, language) for name in CommunityRules.model_fields]
    assert len(set(labels)) == len(labels)
    for name in CommunityRules.model_fields:
        assert setting_help(name, language) != setting_help(name, "en"), name
        assert setting_help(name, language).endswith("."), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_the_parameter_or_the_browser(form_context: PageContext, language: str) -> None:
    title = translator(language)("form-title")
    with served(form_context) as client:
        chosen = visit(client, lang=language)
        preferred = client.get(FORM, headers={"accept-language": f"ja, {language}-XX;q=0.9, en;q=0.1"})
    for page in (chosen, preferred.text):
        assert f'<html lang="{language}">' in page
        assert title in html.unescape(page)
        for code in LANGUAGES:
            assert f'href="?lang={code}"' in page
    assert preferred.headers["vary"] == "Accept-Language"


def test_it_starts_from_the_settings_in_effect(form_context: PageContext) -> None:
    remember(form_context, {"sentences": 2, "block_domains": ["shop.example", "a.example"]})
    with served(form_context) as client:
        fields = fields_in(visit(client, community=NEWS))
    assert fields["sentences"] == "2"
    assert fields["words"] == "90"  # the operator's
    assert fields["block_domains"] == "shop.example\na.example"
    assert fields["enabled"] == "true"


def test_it_starts_from_a_profile(form_context: PageContext) -> None:
    with served(form_context) as client:
        fields = fields_in(visit(client, community=NEWS, profile="news"))
        assert fields["max_age_hours"] == "12"
        page = visit(client, **fields)
    assert message_in(page) == f"set {NEWS}\nprofile: news"


def test_an_unchanged_form_has_no_text(form_context: PageContext) -> None:
    remember(form_context, {"footer_line": 'a "b" <c> # d', "languages": ["en", "de"]})
    with served(form_context) as client:
        page = visit(client, **fields_in(visit(client, community=NEWS)))
    assert translator("en")("form-nothing") in page
    assert not message_in(page)


@pytest.mark.parametrize(
    "written",
    [NEWS, "news@lemmy.example", "/c/news@lemmy.example", "https://lemmy.example/c/news", "news", " !NEWS "],
)
def test_a_community_in_usual_forms(form_context: PageContext, written: str) -> None:
    with served(form_context) as client:
        page = visit(client, community=written, sent="yes", layout="bullets")
    assert message_in(page) == f"set {NEWS} layout: bullets"
    assert 'href="https://lemmy.example/u/precis"' in page
    assert "@precis@lemmy.example" in page


@pytest.mark.parametrize(
    "written", ["r/worldnews", "/r/WorldNews/", "https://www.reddit.com/r/worldnews", "worldnews"]
)
def test_on_reddit_the_link_opens_the_message_with_the_text(form_context: PageContext, written: str) -> None:
    with served(form_context) as client:
        page = visit(client, community=written, sent="yes", sentences="3", layout="bullets")
    text = message_in(page)
    assert text == "set r/worldnews\nsentences: 3\nlayout: bullets"
    found = re.search(r'class="button" href="([^"]+)"', page)
    assert found
    link = urlsplit(html.unescape(found[1]))
    assert (link.hostname, link.path) == ("www.reddit.com", "/message/compose")
    assert parse_qs(link.query) == {"to": ["precis_bot"], "subject": ["Precis"], "message": [text]}
    assert "```" not in page


def test_a_text_that_is_too_long_for_a_link_is_copied(form_context: PageContext) -> None:
    flairs = "\n".join(f"flair number {number} with a few more words" for number in range(200))
    with served(form_context) as client:
        page = visit(client, community="r/worldnews", sent="yes", block_flairs=flairs)
    assert 'class="button" href="https://www.reddit.com/user/precis_bot"' in page
    assert "flair number 199" in message_in(page)


def test_mistakes_are_beside_their_fields(form_context: PageContext) -> None:
    with served(form_context) as client:
        page = visit(client, community=NEWS, sent="yes", sentences="99", layout="bullets", lang="de")
    field = page[page.index('id="f-sentences"') : page.index('id="f-words"')]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="h-sentences e-sentences"' in field
    assert 'value="99"' in field
    sentence = translator("de")("bad-number", key="sentences", least=1, most=15)
    assert sentence.replace("`sentences`", "<code>sentences</code>") in field
    assert '<a href="#f-sentences">' in page
    assert not message_in(page)


@pytest.mark.parametrize("community", ["", "not a community", "a@b@c", "<script>", "../../etc"])
def test_without_a_community_it_asks_for_one(form_context: PageContext, community: str) -> None:
    with served(form_context) as client:
        page = visit(client, community=community, sent="yes", layout="bullets")
    assert 'class="error whole" id="community-help"' in page
    assert "<code>!news@lemmy.example</code>" in page
    assert not message_in(page)
    assert "layout: bullets" in page  # for a settings page


def test_a_community_that_is_not_watched_or_not_open_is_told(context: PageContext) -> None:
    closed = with_form(context, moderators=Moderators(mode="invited", communities=("other@lemmy.example",)))
    with served(closed) as client:
        page = visit(client, community="!unknown@far.example", sent="yes", layout="bullets")
    assert "I do not watch !unknown@far.example" in page
    assert "does not let the moderators of !unknown@far.example change" in page
    assert not message_in(page)


def test_the_limits_of_the_operator(context: PageContext) -> None:
    limits = Moderators(fixed=("method", "block_domains"), lowest={"min_saved": 50}, highest={"words": 200})
    with served(with_form(context, moderators=limits)) as client:
        page = visit(client, community="!technology@lemmy.example", sent="yes", method="lsa", words="201")
        fields = fields_in(page)
    assert not {"method", "block_domains"} & fields.keys()
    assert "<code>block_domains: [daily-ledger.example]</code>" in page
    assert "50 to 95" in page
    assert "from 20 to 200" in page


def test_own_profiles_of_the_operator_are_offered(context: PageContext) -> None:
    own = Moderators(profiles={"evening": CommunityRules(quiet_hours="08:00-17:00")})
    with served(with_form(context, moderators=own)) as client:
        page = visit(client, community=NEWS, profile="evening")
    assert '<option value="evening" selected>' in page
    assert fields_in(page)["quiet_hours"] == "08:00-17:00"


def test_no_secret_no_operator_and_no_names_of_moderators(form_context: PageContext) -> None:
    remember(form_context, {"sentences": 2}, author="mod_with_a_name")
    with served(form_context) as client:
        pages = [
            visit(client, community=NEWS, sent="yes", layout="bullets"),
            visit(client, community="r/worldnews", sent="yes", layout="bullets"),
        ]
    for page in pages:
        for secret in (
            *form_context.config.secrets(),
            "you@example.org",
            "you_know",
            "mod_with_a_name",
            "abc",
        ):
            assert secret not in page.replace("class=", ""), secret
        assert "gardening" not in page  # communities that nobody asked for


@pytest.mark.parametrize(
    "value", ['"><script>alert(1)</script>', "</textarea><img src=x onerror=y>", "{{ 7*7 }}"]
)
def test_values_are_escaped(form_context: PageContext, value: str) -> None:
    names = (*CommunityRules.model_fields, "community", "profile", "lang", "link", "sent")
    with served(form_context) as client:
        page = visit(client, **dict.fromkeys(names, value))
        texts = visit(client, community=NEWS, sent="yes", footer_line=value, block_flairs=value)
    for shown in (page, texts):
        assert "<script>" not in shown
        assert "<img" not in shown
        assert "49" not in shown
    assert value in message_in(texts) or value.replace('"', '\\"') in message_in(texts)
