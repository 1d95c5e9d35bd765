"""Generates docs/how-to/moderators.md from `CommunityRules` and the command words.

To update the file, run `python -m bot.inbox.commands.docs_page` in the project's root.
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

OUTPUT_PATH = Path("docs/how-to/moderators.md")

_HEAD = """# For moderators: set up Precis in three minutes

<!-- Written by `python -m bot.inbox.commands.docs_page` from bot/rules and
bot/inbox/commands/command_words.toml. -->

Precis replies to link posts with a few whole sentences of the linked article. You decide where, when and how.
The operator of the bot may have set limits; if you exceed one, the bot's answer says so.

## On Lemmy and PieFed

Send a private message to the bot (with the button on its profile), from an account that moderates the
community:

    settings !news@lemmy.example
    sentences: 3
    layout: bullets
    block_domains: [shop.example, tabloid.example]

The bot answers with all current settings. If there are mistakes, it lists each one with its line and a valid
example, and the previous settings stay in effect. Whether you are a moderator is checked when the message
arrives.

Or put the same lines into the sidebar of the community, in a code block named `precis` (or in a
`::: spoiler precis` block). The bot reads the sidebar about once an hour, and soon after it gets a message
with a settings command:

    ```precis
    sentences: 3
    layout: bullets
    ```

If you use both the message and the sidebar, the newer one is in effect. The answer says which one that is.
Only a change of the block itself counts; edits in the rest of the sidebar do not. Going back to an earlier
text of the block is a change too.

## On Reddit

1. Invite the bot as a moderator. It needs no permission to read a wiki page; *posts* lets it pin its replies.
   It accepts if its operator allows the subreddit, and tells you how to start.
2. Create the wiki page `precis` in your subreddit and set its permission to *only mods may edit and view*
   (then the bot needs the permission *wiki*) or *only mods may edit*. Or send `start r/news` to the bot: it
   creates the page once, with every setting. It never edits the page again.
3. Change lines as you like. The bot answers each change by modmail, with the current settings or the
   mistakes.

If other people than moderators can edit the page, the bot uses it only while its last editor is a moderator.

## Your text replaces all earlier settings

Only your newest text is in effect: a setting that is not in it has the value of the operator or the default.
To reset a setting, remove its line. An empty or missing page changes nothing.

## Pause, show and try

Send these commands in a private message, or in a comment that answers or mentions the bot.
`!news@lemmy.example` stands for your community; on Reddit it is `r/news`. In a comment you can leave it out.

| command | result |
|---|---|
| `show !news@lemmy.example` | the bot lists all settings and the origin of each value (for anyone) |
| `try https://paper.example/a !news@lemmy.example` | a preview of the reply, in private (for anyone) |
| `pause !news@lemmy.example` | no more replies there, at once |
| `resume !news@lemmy.example` | the bot replies there again |
| `leave !news@lemmy.example` | no more replies there until a moderator writes `resume` |
| `delete` below a reply | the reply is deleted within a minute and not posted again |

## All settings

One line each, `setting: value`. Put lists in brackets, or separate the items with commas. Text after a `#` is
ignored. Capital letters, code fences and typographic quotes are allowed.
"""
_TRANSLATIONS = """
## In other languages

| command | {languages} |
|---|{rules}|
"""


def render_page() -> str:
    """The whole page, in Markdown."""
    return "".join(_sections())


def _sections() -> Iterator[str]:
    yield _HEAD
    for group in SETTINGS_GROUPS:
        yield f"\n### {(group.__doc__ or '').splitlines()[0].rstrip('.')}\n\n"
        yield "| setting | meaning | value | default | example |\n|---|---|---|---|---|\n"
        for name in group.model_fields:
            yield _row(name)
    others = LANGUAGES[1:]
    yield _TRANSLATIONS.format(languages=" | ".join(others), rules="|".join("---" for _ in others))
    for phrases in _command_phrases().values():
        yield f"| {phrases['en'][0]} | {' | '.join(phrases[language][0] for language in others)} |\n"


def _row(name: str) -> str:
    field = CommunityRules.model_fields[name]
    default = to_yaml(field.default)
    return f"| `{name}` | {field.description} | {_values(name)} | `{default}` | `{example_line(name)}` |\n"


def _values(name: str) -> str:
    annotation = CommunityRules.model_fields[name].annotation
    if is_number(name):
        lowest, highest = ModeratorLimits().allowed_range(name)
        return f"{lowest} to {highest}"
    if annotation is bool:
        return "`true` or `false`"
    choices = choices_of(name)
    if annotation is not str and choices and not isinstance(CommunityRules.model_fields[name].default, tuple):
        return ", ".join(f"`{choice}`" for choice in choices)
    return "text" if annotation is str else "list"


def _command_phrases() -> dict[str, dict[str, list[str]]]:
    text = files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
    commands: dict[str, dict[str, list[str]]] = tomllib.loads(text)["commands"]
    return commands


if __name__ == "__main__":
    OUTPUT_PATH.write_text(render_page(), encoding="utf-8")
