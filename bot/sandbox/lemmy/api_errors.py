"""Error answers of Lemmy's API, and the checks that lead to them."""

from __future__ import annotations

from bot.sandbox.lemmy.server_state import LANGUAGES, Community, Person

MAX_UTF16_UNITS = 10_000


class ApiError(Exception):
    """An answer with an error code."""

    def __init__(self, code: str, message: str | None = None, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


def check_text(text: str) -> None:
    """Blank text is accepted, as on the real server."""
    if "\0" in text:
        raise ApiError("couldnt_create_comment")
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_UTF16_UNITS:
        raise ApiError("invalid_body_field")


def check_language(language: int | None, community: Community) -> None:
    """No language is always accepted; 0 only where the community lists it."""
    if language is None:
        return
    allowed = community.languages or range(len(LANGUAGES))
    if language not in allowed:
        raise ApiError("language_not_allowed")


def check_not_banned(person: Person, community: Community) -> None:
    if person.id in community.banned:
        raise ApiError("banned_from_community")
