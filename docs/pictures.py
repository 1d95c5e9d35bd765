"""Draw the pictures of the README: `python docs/pictures.py`.

A page of the sandbox's news site goes through the real stages; the reply is drawn as a reader sees it.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from bot.config.settings import PROJECT_PAGE
from bot.digest import digest
from bot.models import Dialect, Digest, Page, Reply
from bot.render import render
from bot.rules import CommunityRules
from bot.sandbox.news.press import printed

URL = "https://courier.example/harbour/bridge"


def a_reply() -> Reply:
    rules = CommunityRules()
    found = digest(Page(URL, printed("bridge", URL)), rules.length, rules.method)
    assert isinstance(found, Digest)
    reply = render(found.summary, rules, Dialect.LEMMY, PROJECT_PAGE, "en")
    assert isinstance(reply, Reply)
    return reply


def draw(reply: Reply, to: Path) -> None:
    console = Console(record=True, width=92, file=io.StringIO())
    post = Text.assemble(("Harbour bridge to reopen in June after three-year repair\n", "bold"), (URL, "dim"))
    comment = Panel(Markdown(reply.markdown), title="precis · bot · just now", title_align="left")
    console.print(Group(post, comment))
    svg = console.export_svg(title="A post on Lemmy, and the reply of Precis")
    to.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL))  # no font from elsewhere


if __name__ == "__main__":
    draw(a_reply(), Path(__file__).with_name("images") / "reply.svg")
