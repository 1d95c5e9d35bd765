"""The software that a server runs, fetched before any other call.

PieFed answers the path of Lemmy's `/site` too, with a version that looks like a later Lemmy
version, so the API itself cannot tell them apart. Source: https://nodeinfo.diaspora.software/protocol
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx2
from msgspec import Struct

from bot.core.errors import Unreachable
from bot.platforms.api_call import ApiError, Call
from bot.platforms.api_client import ApiClient

_WELL_KNOWN = Call("GET", "/.well-known/nodeinfo", bucket=None)


class Software(Struct, frozen=True):
    name: str
    """In lower case, as in nodeinfo."""
    version: str

    @property
    def release(self) -> tuple[int, int] | None:
        """The first two numbers of the version; None if it has none."""
        found = re.match(r"(\d+)\.(\d+)", self.version)
        return (int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.name.capitalize()} {self.version}".strip()


def fetch_software(client: ApiClient) -> Software | None:
    """The server's software, or None if the server does not report it."""
    try:
        path = _path_of_document(client.send(_WELL_KNOWN, None))
        return _software(client.send(Call("GET", path, bucket=None), None))
    except (ApiError, Unreachable, LookupError, TypeError, ValueError, httpx2.InvalidURL):
        return None


def _path_of_document(links: Any) -> str:
    """Only the path, because behind a proxy the document may name an internal host."""
    hrefs = [str(link["href"]) for link in links["links"] if "nodeinfo" in link["rel"]]
    path = urlsplit(hrefs[-1]).path
    if not path.startswith("/"):
        raise ValueError("no path in the link to the document")
    return path


def _software(document: Any) -> Software:
    software = document["software"]
    return Software(str(software["name"]).lower(), str(software.get("version", "")))
