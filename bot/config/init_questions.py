"""The questions of `precis init`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError

from bot.config.accounts import LemmyAccount
from bot.config.introspection import account_models
from bot.config.setting_types import (
    CommunityName,
    Contact,
    RedditorName,
    ServerAddress,
    SubredditName,
    UserName,
)
from bot.rules.rule_types import invalid_value

_FEDIVERSE = tuple(
    sorted(platform for platform, model in account_models().items() if issubclass(model, LemmyAccount))
)
"""The platforms whose accounts have the settings of `LemmyAccount`."""
PLATFORMS = (*_FEDIVERSE, "reddit")
"""The platforms that `precis init` offers."""
EVERYTHING = ("*",)
"""The answer to the question about communities that means all posts."""


def _validate_one_line(value: str) -> str:
    if not value.isprintable():
        raise invalid_value("must be one line without control characters")
    return value


def _validate_platform(value: str) -> str:
    if value.strip().lower() not in PLATFORMS:
        raise invalid_value(f"must be one of {', '.join(PLATFORMS)}")
    return value.strip().lower()


_OneLine = Annotated[str, AfterValidator(_validate_one_line)]
_ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]


class Question(Struct, frozen=True):
    """One question, and how its answer is checked."""

    key: str
    """The name of the field of `Answers`, and (with hyphens) of the command line option."""
    prompt: str
    help: str
    adapter: TypeAdapter[Any]
    """Checks the answer, or each part of it if the answer is a list."""
    platforms: tuple[str, ...] = PLATFORMS
    """The platforms that it is asked for."""
    secret: bool = False
    """Whether to hide the answer while it is typed."""
    optional: bool = False
    is_list: bool = False
    """Whether the answer is a list, separated by commas or spaces."""
    default: str = ""

    def problem_in(self, answer: str) -> str | None:
        """The problem with an answer, as a sentence. None if the answer is valid."""
        parts = split_list(answer) if self.is_list else (answer if self.secret else answer.strip(),)
        if not answer.strip() or not parts:
            return None if self.optional else f"{self.prompt}: an answer is required."
        if self.is_list and parts == EVERYTHING and self.platforms == _FEDIVERSE:
            return None
        try:
            for part in parts:
                self.adapter.validate_python(part)
        except ValidationError as error:
            return f"{self.prompt}: this {error.errors()[0]['msg']}."
        return None


def split_list(answer: str) -> tuple[str, ...]:
    return tuple(answer.replace(",", " ").split())


_STORAGE_HELP = "Stored in a file that only you can read. Leave empty to set {variable} yourself."

QUESTIONS = (
    Question(
        "platform",
        "Platform",
        f"The platform of the bot's account: {', '.join(_FEDIVERSE)} or reddit. "
        "You can add others to the file later.",
        TypeAdapter(Annotated[str, AfterValidator(_validate_platform)]),
        default="lemmy",
    ),
    Question(
        "owner",
        "Your contact",
        "An email address or a web page. The sites that Precis opens see it.",
        TypeAdapter(Contact),
    ),
    Question(
        "server",
        "Server",
        "The server of the bot's account, for example https://lemmy.example",
        TypeAdapter(ServerAddress),
        _FEDIVERSE,
    ),
    Question(
        "client_id",
        "Id of the app",
        "From https://www.reddit.com/prefs/apps. See docs/how-to/reddit.md.",
        TypeAdapter(_ClientId),
        ("reddit",),
    ),
    Question(
        "client_secret",
        "Secret of the app",
        _STORAGE_HELP,
        TypeAdapter(_OneLine),
        ("reddit",),
        secret=True,
        optional=True,
    ),
    Question(
        "operator",
        "Your own name on Reddit",
        "Without u/. Reddit requires it in every request.",
        TypeAdapter(RedditorName),
        ("reddit",),
    ),
    Question(
        "username",
        "Name of the account",
        "The bot's account, without its server.",
        TypeAdapter(UserName),
    ),
    Question(
        "password",
        "Password of the account",
        _STORAGE_HELP,
        TypeAdapter(_OneLine),
        secret=True,
        optional=True,
    ),
    Question(
        "communities",
        "Communities to watch",
        'For example news@lemmy.example, separated by commas. Use "*" for all posts that the server shows.',
        TypeAdapter(CommunityName),
        _FEDIVERSE,
        is_list=True,
    ),
    Question(
        "subreddits",
        "Subreddits to watch",
        "For example news, worldnews. Ask their moderators first.",
        TypeAdapter(SubredditName),
        ("reddit",),
        is_list=True,
    ),
)


class Answers(Struct, frozen=True):
    """The answers as typed: one field for each of `QUESTIONS`."""

    owner: str = ""
    server: str = ""
    username: str = ""
    password: str = ""
    communities: str = ""
    platform: str = "lemmy"
    client_id: str = ""
    client_secret: str = ""
    operator: str = ""
    subreddits: str = ""

    @property
    def normalized_platform(self) -> str:
        return self.platform.strip().lower()


def questions_for(platform: str) -> tuple[Question, ...]:
    """The questions for a platform, in order. The first is about the platform itself."""
    return tuple(question for question in QUESTIONS if platform in question.platforms)


def problems_in(answers: Answers) -> tuple[str, ...]:
    """A sentence for each invalid answer."""
    asked = questions_for(answers.normalized_platform) or QUESTIONS[:1]
    found = (question.problem_in(getattr(answers, question.key)) for question in asked)
    return tuple(sentence for sentence in found if sentence)


def ask_all(ask: Callable[[Question, str], str]) -> Answers:
    """Ask all questions. `ask` takes a question and the platform, "" at first, and returns the answer."""
    first = QUESTIONS[0]
    platform = ask(first, "").strip().lower()
    rest = {question.key: ask(question, platform) for question in questions_for(platform)[1:]}
    return Answers(platform=platform, **rest)
