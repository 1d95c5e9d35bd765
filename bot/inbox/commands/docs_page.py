"""docs/how-to/moderators.md, made from `CommunityRules`.

`python -m bot.inbox.commands.docs_page`, in the project's folder, writes it anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from bot.i18n.translations import LANGUAGES
from bot.rules import SETTINGS_GROUPS, CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.validation import choices_of, example_line, is_number, to_yaml

PAGE = Path("docs/how-to/moderators.md")

_HEAD = """# For moderators: set Precis up in three minutes

<!-- Written by `python -m bot.inbox.commands.docs_page` from bot/rules and bot/inbox/commands/command_words.toml. -->

Precis replies to link posts with a few whole sentences of the linked article. You say where, when and how.
Whoever runs the bot may have set bounds; an answer of the bot tells you when you meet one.

## On Lemmy and PieFed

Write a private message to the bot (its profile has a button for that), from an account that moderates the
community:

    settings !news@lemmy.example
    sentences: 3
    layout: bullets
    block_domains: [shop.example, tabloid.example]

It answers with everything that holds now, or with each mistake, its line and what would be right; then the
settings from before stay in force. Your role is looked up when the message arrives.

Or put the same lines into the sidebar of the community, in a code block that is named `precis` (or in a
`::: spoiler precis` block). The sidebar is read about once an hour, and soon after a moderator has written:

    ```precis
    sentences: 3
    layout: bullets
    ```

Of the message and the sidebar, the newer one counts, and the answer says which that is.

## On Reddit

1. Invite the bot as a moderator (no permission is needed to read a wiki page; *posts* lets it pin). It
   accepts where its operator allows the subreddit, and tells you how to begin.
2. Make the wiki page `precis` of your subreddit and set its permission to *only mods may edit and view* (then
   the bot needs the permission *wiki*) or *only mods may edit*. Or write `start r/news` to the bot: it writes
   the page once, with every setting in it. It never writes there again.
3. Change lines as you like. The bot answers each change by modmail: what holds now, or each mistake.

A page that others than moderators can edit is followed only while its last editor is a moderator.

## Whatever you write, it is the whole

The newest text of yours holds, all of it: a setting that is not in it has the value that the operator or the
default gives. Take a line out, and that is so again. An empty or missing page changes nothing.

## Stop it, see what holds, try it

Write these in private, or in a comment that answers or names the bot. `!news@lemmy.example` stands for your
community; on Reddit it is `r/news`. In a comment you can leave it out.

| write | and |
|---|---|
| `show !news@lemmy.example` | everybody gets all settings, each with where it comes from |
| `try https://paper.example/a !news@lemmy.example` | everybody gets in private what the reply would be |
| `pause !news@lemmy.example` | from this moment there are no replies there |
| `resume !news@lemmy.example` | there are again |
| `leave !news@lemmy.example` | the bot stays away for good, until a moderator writes `resume` |
| `delete` below a reply | it is gone within a minute, and is not written again |

## Every setting

One line each, `setting: value`. Lists stand in brackets, or are separated by commas. What stands behind a `#`
is not read. Capitals, code fences and typographic quotes do no harm.
"""
_WORDS = """
## In other languages

| command | {languages} |
|---|{rules}|
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield _HEAD
    for group in SETTINGS_GROUPS:
        yield f"\n### {(group.__doc__ or '').splitlines()[0].rstrip('.')}\n\n"
        yield "| setting | what it says | value | default | example |\n|---|---|---|---|---|\n"
        for name in group.model_fields:
            yield _row(name)
    others = LANGUAGES[1:]
    yield _WORDS.format(languages=" | ".join(others), rules="|".join("---" for _ in others))
    for ways in _words().values():
        yield f"| {ways['en'][0]} | {' | '.join(ways[language][0] for language in others)} |\n"


def _row(name: str) -> str:
    field = CommunityRules.model_fields[name]
    default = to_yaml(field.default)
    return f"| `{name}` | {field.description} | {_values(name)} | `{default}` | `{example_line(name)}` |\n"


def _values(name: str) -> str:
    annotation = CommunityRules.model_fields[name].annotation
    if is_number(name):
        least, most = ModeratorLimits().allowed_range(name)
        return f"{least} to {most}"
    if annotation is bool:
        return "`true` or `false`"
    known = choices_of(name)
    if annotation is not str and known and not isinstance(CommunityRules.model_fields[name].default, tuple):
        return ", ".join(f"`{choice}`" for choice in known)
    return "text" if annotation is str else "list"


def _words() -> dict[str, dict[str, list[str]]]:
    text = files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
    commands: dict[str, dict[str, list[str]]] = tomllib.loads(text)["commands"]
    return commands


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
