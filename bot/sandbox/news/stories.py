"""Every link that the news site offers, and how a post with it should end."""

from __future__ import annotations

from msgspec import Struct

from bot.core.skip_reasons import SkipReason


class Story(Struct, frozen=True):
    """A link to post, and the expected outcome of the post."""

    path: str
    title: str
    """The title of a post that links to it."""
    expected: SkipReason | None
    """The expected skip reason; None if the post gets a reply."""
    language: str = "en"


STORIES = (
    Story("/harbour/bridge", "Harbour bridge to reopen in June after three-year repair", None),
    Story("/science/peat", "Peat under the northern moors stores twice the carbon once thought", None),
    Story("/stadt/gleis", "Grünes Gleis: Gras zwischen den Schienen", None, "de"),
    Story("/comarca/huertos", "Los huertos recuperan un canal del siglo XV", None, "es"),
    Story("/region/bibliotheque", "La bibliothèque prête aussi des outils", None, "fr"),
    Story("/long/salt-road", "The long read: on foot along the salt road", None),
    Story(
        "/business/ferry", "Ferry fares to fall for islanders (a page that works on the second request)", None
    ),
    Story("/s/clock", "Town clock gets its missing hour back (three redirects away)", None),
    Story("/wissen/stoerche", "Fünf Störche mehr im Moor (a page in Latin-1)", None, "de"),
    Story("/harbour/channel", "Residents ask for dredging (a text with difficult sentences)", None),
    Story("/news/pool", "Swimming pool closed on Thursday", SkipReason.TOO_SHORT),
    Story("/", "The front page of the Courier", SkipReason.HOME_PAGE),
    Story("/pictures/regatta", "In pictures: the regatta", SkipReason.GALLERY),
    Story("/premium/salt", "Inside the salt works", SkipReason.WALL),
    Story("/welcome", "A story behind a cookie notice", SkipReason.CONSENT),
    Story("/files/accounts.pdf", "The harbour board's accounts (a scan)", SkipReason.SCAN),
    Story("/news/withdrawn", "A story that was taken down", SkipReason.NOT_FOUND),
    Story("/private/minutes", "Minutes of the editorial meeting", SkipReason.ROBOTS),
    Story("/live/drip", "Live: the tide, minute by minute", SkipReason.TOO_SLOW),
)
