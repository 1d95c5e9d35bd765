"""What software a server runs, asked before anything else is said to it.

PieFed answers the path of Lemmy's `/site` too, with a version that looks like a later Lemmy's, so
the API itself cannot tell. Source: https://nodeinfo.diaspora.software/protocol
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.errors import AccountError, Unreachable
from bot.platforms.lemmy.client import Client
from bot.platforms.lemmy.dialect import Call
from bot.platforms.lemmy.errors import ApiError

_WELL_KNOWN = Call("GET", "/.well-known/nodeinfo", bucket=None)
_OLDEST, _TOO_NEW = (0, 19), (1, 0)


@dataclass(frozen=True, slots=True)
class Software:
    name: str
    """In lower case, as nodeinfo has it."""
    version: str

    def __str__(self) -> str:
        return f"{self.name.capitalize()} {self.version}".strip()


def ask(client: Client) -> Software | None:
    """The server's software, or None when it does not say."""
    try:
        path = _path_of_document(client.send(_WELL_KNOWN, None))
        return _software(client.send(Call("GET", path, bucket=None), None))
    except (ApiError, Unreachable, LookupError, TypeError, ValueError):
        return None


def check(software: Software | None, host: str) -> None:
    """Raises AccountError when the server is none that this adapter speaks to."""
    if software is None:
        return
    remedy = "Write the address of a server that runs Lemmy 0.19, or remove this account from the config."
    if software.name != "lemmy":
        raise AccountError(f"{host} runs {software}, not Lemmy.", remedy)
    found = re.match(r"(\d+)\.(\d+)", software.version)
    version = (int(found[1]), int(found[2])) if found else _OLDEST
    if not _OLDEST <= version < _TOO_NEW:
        raise AccountError(f"{host} runs {software}; Precis speaks the API of Lemmy 0.19.", remedy)


def _path_of_document(links: Any) -> str:
    """Only the path: behind a front server the document may name an inner host."""
    hrefs = [str(link["href"]) for link in links["links"] if "nodeinfo" in link["rel"]]
    path = urlsplit(hrefs[-1]).path
    if not path.startswith("/"):
        raise ValueError("no path in the link to the document")
    return path


def _software(document: Any) -> Software:
    software = document["software"]
    return Software(str(software["name"]).lower(), str(software.get("version", "")))
