"""What software a server runs, asked before anything else is said to it.

PieFed answers the path of Lemmy's `/site` too, with a version that looks like a later Lemmy's, so
the API itself cannot tell. Source: https://nodeinfo.diaspora.software/protocol
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from bot.core.errors import Unreachable
from bot.platforms.api_call import ApiError, Call
from bot.platforms.api_client import ApiClient

_WELL_KNOWN = Call("GET", "/.well-known/nodeinfo", bucket=None)


@dataclass(frozen=True, slots=True)
class Software:
    name: str
    """In lower case, as nodeinfo has it."""
    version: str

    @property
    def release(self) -> tuple[int, int] | None:
        """The first two numbers of the version; None where it has none."""
        found = re.match(r"(\d+)\.(\d+)", self.version)
        return (int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.name.capitalize()} {self.version}".strip()


def fetch_software(client: ApiClient) -> Software | None:
    """The server's software, or None when it does not say."""
    try:
        path = _path_of_document(client.send(_WELL_KNOWN, None))
        return _software(client.send(Call("GET", path, bucket=None), None))
    except (ApiError, Unreachable, LookupError, TypeError, ValueError, httpx2.InvalidURL):
        return None


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
