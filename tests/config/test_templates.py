"""`[templates]`: what is accepted, and the message for what is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.config.settings import Templates
from bot.core.models import Dialect
from bot.rules.reply_templates import BUILT_IN_TEMPLATES, DEFAULT_FOOTER, REPLY_VARIABLES
from tests.config.conftest import MINIMAL, Load, Mistakes


def test_without_a_table_the_templates_are_built_in(read: Load) -> None:
    templates = read(MINIMAL).templates
    assert [templates.of(dialect) for dialect in Dialect] == [BUILT_IN_TEMPLATES] * 3


def test_a_platform_can_have_its_own(read: Load) -> None:
    lines = "[templates]\nreply = '{{ summary }} A'\nreddit_reply = '{{ summary }} B'\nlemmy_footer = 'C'\n"
    templates = read(MINIMAL + lines).templates
    assert [(each.reply, each.footer) for each in map(templates.of, Dialect)] == [
        ("{{ summary }} A", "C"),
        ("{{ summary }} A", DEFAULT_FOOTER),
        ("{{ summary }} B", DEFAULT_FOOTER),
    ]


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{% for sentence in sentences %}\n> {{ sentence }}\n{% endfor %}\n{{ footer }}",
        "{% if title %}**{{ title }}** ({{ site }}){% endif %}\n\n{{ summary }}",
        "{{ summary }}\n{% if key_words %}{{ key_words[0] }}{% endif %}",
        "{% set short = saved > 70 %}{{ summary }}{% if short %} Short.{% endif %}",
    ],
)
def test_a_valid_template_is_accepted(template: str) -> None:
    assert Templates(reply=template).reply == template


def test_an_empty_template_for_all_platforms_is_the_built_in_one(read: Load) -> None:
    templates = read(f'{MINIMAL}[templates]\nreply = ""\n').templates
    assert templates.of(Dialect.LEMMY) == BUILT_IN_TEMPLATES


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("reply = '{{ title'", "has an error in line 1: unexpected end of template"),
        (
            "reply = '''{{ summary }}\n{{ title|shout }}'''",
            "has an error in line 2: No filter named 'shout'.",
        ),
        ("reply = '{{ summary }} {{ titel }}'", "uses titel, which does not exist; write title"),
        ("footer = '{{ summary }}'", "uses summary, which does not exist; write summary_words"),
        ("footer = '{{ range(9) }}'", "uses range, which does not exist; use one of counts, source,"),
        ("reply = '{{ footer }}'", "does not contain the summary; add {{ summary }}"),
        ("reply = '{% include title %}{{ summary }}'", "cannot include or extend another template"),
        ("reply = '{{ summary }} {{ key_words[0] }}'", "fails for an article without metadata: "),
        ("reply = '{{ summary }} {{ article_words / reading_minutes }}'", "fails for an article without"),
        ("reply = '{{ summary.upper.__globals__ }}'", "fails for the longest article: "),
        (
            "reply = '{{ summary }} {{ summary }} {{ summary }}'",
            "characters for the longest article; the limit",
        ),
        (
            "footer = '{{ links }}{{ links }}{{ links }}'",
            "characters for the longest article; the limit is 2000",
        ),
    ],
)
def test_an_invalid_template_is_reported_with_its_line(line: str, problem: str, mistakes: Mistakes) -> None:
    (found,) = mistakes(f"{MINIMAL}[templates]\n{line}\n")
    name = line.partition(" ")[0]
    assert found.startswith(f":8: [templates] {name} ")
    assert problem in found


def test_the_docs_list_every_variable() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/templates.md").read_text(encoding="utf-8")
    assert [f"| `{name}` | {about} |" for name, about in REPLY_VARIABLES.items()] == [
        line for line in page.splitlines() if line.startswith("| `")
    ]


def test_the_templates_of_the_docs_are_valid() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/templates.md").read_text(encoding="utf-8")
    example = "".join(line[4:] + "\n" for line in page.splitlines() if line.startswith("    ") or not line)
    tables = tomllib.loads(example)["templates"]
    assert Templates.model_validate(tables).model_fields_set == {"footer", "reddit_reply"}
