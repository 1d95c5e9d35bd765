"""Invented live blogs in three layouts and two languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_TEXTS = tomllib.loads((Path(__file__).parents[1] / "data/live_blogs.toml").read_text("utf-8"))
_NUMBERS = range(1, 13)
ENGLISH = (
    *(
        f"Report number {n} of the night arrived. The control room counted {37 * n} calls so far."
        for n in _NUMBERS
    ),
    *_TEXTS["en"]["entries"],
)
GERMAN = (
    *(f"Die Meldung Nummer {n} ist da. Die Leitstelle hat bisher {37 * n} Anrufe gezählt." for n in _NUMBERS),
    *_TEXTS["de"]["entries"],
)
BOX, GERMAN_BOX = tuple(_TEXTS["en"]["box"]), tuple(_TEXTS["de"]["box"])
_LIVE = '{"@type": "LiveBlogPosting", "coverageStartTime": "2026-11-18T05:00:00Z"}'
_ENDED = _LIVE.replace("}", ', "coverageEndTime": "2026-11-18T22:00:00Z"}')


@dataclass(frozen=True)
class LivePage:
    """A page with a log of entries; `entries` are in the order of time."""

    html: str
    entries: tuple[str, ...]
    box: tuple[str, ...] = ()
    url: str = "https://www.coast-courier.example/2026/11/18/flood-in-brackwater"

    @property
    def oldest(self) -> str:
        return self.entries[0]

    @property
    def newest(self) -> str:
        return self.entries[-1]


def _with_times(entries: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Each entry with its hour and minute: one every half an hour, until 20:35."""
    for half_hours, text in enumerate(entries, 41 - len(entries)):
        yield half_hours // 2, half_hours % 2 * 30 + 5, text


def containers(entries: Sequence[str]) -> str:
    """Newest first, each in an element of its own, with the time of the entry in an attribute."""
    return "".join(
        f'<article class="post"><header><a href="#e"><time datetime="2026-11-18T{hour:02}:{minute:02}:00Z">'
        f"{24 - hour} hours ago</time></a><h3>Newsroom</h3></header><p>{text}</p></article>"
        for hour, minute, text in reversed(list(_with_times(entries)))
    )


def items(entries: Sequence[str]) -> str:
    """Oldest first, in a list, with times to read."""
    return "".join(
        f"<li><div><b>{hour:02}:{minute:02} Uhr</b></div><div><p>{text}</p></div></li>"
        for hour, minute, text in _with_times(entries)
    )


def headings(entries: Sequence[str]) -> str:
    """Newest first, headings with the time and paragraphs beside each other, across noon."""
    return "".join(
        f"<h2>{(hour - 1) % 12 + 1}.{minute:02}{'pm' if hour > 11 else 'am'} GMT</h2>"
        f"<p>{text}</p><p>More on this soon.</p>"
        for hour, minute, text in reversed(list(_with_times(entries)))
    )


def page(title: str, body: str, *, data: str = "", box: str = "", lang: str = "en", intro: str = "") -> str:
    script = f'<script type="application/ld+json">{data}</script>' if data else ""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} | Courier</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'{script}</head><body><header><nav><ul><li><a href="/news">News</a></li></ul></nav></header>'
        f"<main><h1>{title}</h1><p>By <a href='/nora'>Nora Whitfield</a></p>{intro}{box}{body}</main>"
        "<footer><p>Terms of use. Privacy policy.</p></footer></body></html>"
    )


def box_of(title: str, sentences: tuple[str, ...]) -> str:
    lines = "".join(f"<li>{sentence}</li>" for sentence in sentences)
    return f'<section class="summary-box"><h2>{title}</h2><ul>{lines}</ul></section>'


TITLE, GERMAN_TITLE = "Flood in Brackwater: live updates", "Hochwasser in Brackwasser: der Liveticker"
LIST = "https://www.coast-courier.example/2026/11/18/hochwasser"
PAGES = {
    "containers": LivePage(page("Flood in Brackwater", containers(ENGLISH), data=_LIVE), ENGLISH),
    "containers-box": LivePage(
        page("Flood in Brackwater", containers(ENGLISH), data=_LIVE, box=box_of("Key points", BOX)),
        ENGLISH,
        BOX,
    ),
    "containers-de": LivePage(
        page("Hochwasser in Brackwasser", containers(GERMAN), data=_LIVE, lang="de"), GERMAN
    ),
    "ended": LivePage(page("Flood in Brackwater, as it happened", containers(ENGLISH), data=_ENDED), ENGLISH),
    "items-de": LivePage(
        page(GERMAN_TITLE, f'<ul class="liveticker">{items(GERMAN)}</ul>', lang="de"), GERMAN, url=LIST
    ),
    "items-box-de": LivePage(
        page(
            GERMAN_TITLE,
            f"<ul>{items(GERMAN)}</ul>",
            lang="de",
            box=box_of("Das Wichtigste in Kürze", GERMAN_BOX),
        ),
        GERMAN,
        GERMAN_BOX,
        LIST,
    ),
    "items": LivePage(page("Flood in Brackwater", f"<ol class='live-blog'>{items(ENGLISH)}</ol>"), ENGLISH),
    "headings": LivePage(page(TITLE, f"<div class='body'>{headings(ENGLISH)}</div>"), ENGLISH),
    "headings-box": LivePage(
        page(TITLE, headings(ENGLISH), box=box_of("What you need to know", BOX)), ENGLISH, BOX
    ),
}
"""Live blogs by the name of their layout."""
MENTION = LivePage(
    page(
        "Live music returns to the harbour of Brackwater",
        "".join(f"<p>{text}</p>" for text in ENGLISH)
        + "<section><h2>Latest news</h2><ul>"
        + "".join(
            f"<li><a href='/{n}'><time>{n}:30</time> More news of the day</a></li>" for n in range(8, 12)
        )
        + "</ul></section>",
        intro="<p>The concert on Friday is live on the radio at 20:15, said the band.</p>",
    ),
    ENGLISH,
)
"""An article that only mentions the word."""
