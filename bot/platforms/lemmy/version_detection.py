"""Select the API version of a server by the software that it reports."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.errors import AccountError
from bot.platforms.lemmy.api import LemmyApi
from bot.platforms.nodeinfo import Software


def _api_v3() -> LemmyApi:
    from bot.platforms.lemmy.api_v3 import LemmyApiV3  # here and below: a server has only one version

    return LemmyApiV3()


def _api_v4() -> LemmyApi:
    from bot.platforms.lemmy.api_v4 import LemmyApiV4

    return LemmyApiV4()


_APIS: dict[tuple[int, int | None], Callable[[], LemmyApi]] = {(0, 19): _api_v3, (1, None): _api_v4}


def api_of(software: Software | None, host: str) -> LemmyApi | None:
    """The API version of this software; None if it is unknown.

    Raises AccountError if this adapter does not support the software.
    """
    if software is None:
        return None
    if software.name != "lemmy":
        raise AccountError(
            f"{host} runs {software}, not Lemmy.",
            "Use the address of a Lemmy server, or remove this account from the config.",
        )
    if software.release is None:
        return None
    api = _api_of_release(software.release)
    if api is None:
        raise AccountError(
            f"{host} runs {software}; Precis supports Lemmy 0.19 and 1.x.",
            "Use the address of another server, or remove this account from the config.",
        )
    return api


def oldest_api() -> LemmyApi:
    return _api_v3()


def other_api(api: LemmyApi) -> LemmyApi:
    oldest = _api_v3()
    return _api_v4() if isinstance(api, type(oldest)) else oldest


def is_version_of(api: LemmyApi, version: str) -> bool:
    """Whether a server of this version has this API; True if the version cannot be parsed."""
    release = Software("lemmy", version).release
    return release is None or type(_api_of_release(release)) is type(api)


def _api_of_release(release: tuple[int, int]) -> LemmyApi | None:
    create = _APIS.get(release) or _APIS.get((release[0], None))
    return create() if create else None
