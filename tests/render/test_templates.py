"""A reply from the operator's template: values of strangers stay text wherever they are written."""

from __future__ import annotations

import pytest

from bot.core.models import Dialect, Layout, Reply, Summary
from bot.render import ArticleInfo, FooterLinks, render
from bot.rules import CommunityRules
from bot.rules.reply_templates import ReplyTemplates
from tests.render.hostile import HOSTILE
from tests.render.readers import lemmy, rendered

SUMMARY = Summary(("The mill opened.", "It closed again."), 924, 218, "precis")
ABOUT = ArticleInfo("A mill", "Paper", ("mill", "river"), 4)
LINKS = FooterLinks("https://a.example", "https://b.example", "https://c.example")


def reply(template: str, footer: str = "F", *, about: ArticleInfo = ABOUT, **rules: object) -> str:
    result = render(
        SUMMARY,
        CommunityRules.model_validate(rules),
        Dialect.LEMMY,
        "https://code.example",
        about=about,
        links=LINKS,
        templates=ReplyTemplates(template, footer),
    )
    assert isinstance(result, Reply)
    return result.markdown


def test_every_variable_has_its_value() -> None:
    assert reply("{{ summary }}\n\n{{ lines }}\n\n{{ footer }}", reading_time=True) == (
        "The mill opened.\n\nIt closed again.\n\nThe article takes about 4 minutes to read.\n\nF"
    )
    numbers = "{{ article_words }}/{{ summary_words }}/{{ saved }}/{{ reading_minutes }}"
    assert reply(f"{{{{ summary }}}} {numbers}").endswith("again. 924/218/76/4")
    texts = "{{ title }}, {{ site }}, {{ key_words[1] }}, {{ platform }}, {{ language }}."
    assert reply(f"{{{{ summary }}}} {texts}").endswith("A mill, Paper, river, lemmy, .")
    footer = reply(
        "{{ summary }}{{ footer }}", "{{ source }} {{ links }} {{ footer_line }}", footer_line="Hi."
    )
    assert footer.endswith(" Hi.")
    assert "[I'm a bot and I'm open source!](https://code.example)" in footer


def test_sentences_can_be_written_in_any_form() -> None:
    quoted = "{% for sentence in sentences %}\n> {{ sentence }}\n>\n{% endfor %}\n{{ footer }}"
    assert reply(quoted) == "> The mill opened.\n>\n> It closed again.\n>\nF"


def test_the_layout_of_the_community_applies() -> None:
    assert reply("{{ summary }}", layout=Layout.BULLETS) == "- The mill opened.\n- It closed again."


def test_an_empty_value_leaves_no_blank_lines() -> None:
    assert reply("{{ summary }}\n\n{{ lines }}\n\n  \n\n---\n\n{{ footer }}").endswith("again.\n\n---\n\nF")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "template",
    [
        "{{ title }}",
        "{{ title|upper }}",
        "{{ [title] }}",
        "{{ title ~ '' }}",
        "{{ title|trim|replace('x', 'y') }}",
    ],
)
def test_a_hostile_title_stays_text(text: str, template: str) -> None:
    markdown = reply(f"{{{{ summary }}}}\n\nTitle: {template}", about=ArticleInfo(text, "", (), 0))
    assert rendered(lemmy(), markdown).tags <= {"p"}
    assert "@" not in markdown
