"""The elements of a page that its own style sheets and `style` attributes make invisible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

from lxml.html import HtmlElement

from bot.extract.css.cascade import Cascade
from bot.extract.css.colours import WHITE, Colour, colours_in, parse_colour
from bot.extract.css.declarations import is_picture, parse_declarations
from bot.extract.css.invisible import INHERITED, hiding_property
from bot.extract.css.matching import Matching
from bot.extract.css.media_queries import media_matches
from bot.extract.css.page_rules import PageRules
from bot.extract.css.property_families import text_colours
from bot.extract.css.rules import RuleScanner
from bot.extract.css.selector_element import StepsUsedUp
from bot.extract.css.single_values import SAME_COLOUR
from bot.extract.css.suspects import Suspects

_SHARE = re.compile(r"[\d.]+(?:em|%)|larger|smaller")


class PageStyles:
    """What the styles inside a page, without linked style sheets, say about its elements."""

    def __init__(
        self,
        root: HtmlElement,
        matching: Matching | None = None,
        class_attributes: AbstractSet[str] | None = None,
    ) -> None:
        self._root = root
        self._matching = matching or Matching()
        scanner = RuleScanner()
        for sheet in root.iter("style"):
            if (
                sheet.text
                and media_matches(sheet.get("media", ""))
                and next(sheet.iterancestors("noscript", "template"), None) is None
            ):
                scanner.scan(sheet.text)
        self._rules = PageRules(root, scanner.rules, class_attributes)
        self._matching.limit_names(self._rules.mentioned_names)
        self._last_frames = scanner.last_frames
        links = list(root.iter("link"))
        self._has_linked_sheets = any("stylesheet" in link.get("rel", "") for link in links)
        self._may_load_styles = (
            self._has_linked_sheets
            or any(link.get("as") == "style" for link in links)
            or any("src" in script.attrib for script in root.iter("script"))
        )

    @cached_property
    def _cascade(self) -> Cascade:
        return Cascade(self._rules, self._matching)

    def hidden_elements(self) -> Iterator[tuple[HtmlElement, str]]:
        """Invisible elements in page order, each with the property that hides it.

        Ends early when matching has used its steps: what was not looked at counts as visible.
        """
        try:
            search = Suspects(
                self._root,
                self._rules,
                self._matching,
                has_frames=bool(self._last_frames),
                may_load_styles=self._may_load_styles,
            )
            for element, suspected in search.find().items():
                families = search.decidable(element, suspected)
                if families and (reason := self._reason(element, families)):
                    yield element, reason
        except StepsUsedUp:
            return

    def shows(self, element: HtmlElement) -> bool:
        """Whether the styles give the element a `display` value that shows it, despite `hidden`."""
        return self.style_of(element, "display").get("display", "none") != "none"

    def style_of(self, element: HtmlElement, family: str) -> Mapping[str, str]:
        """As `Cascade.style_of`; nothing is known once the steps are used up."""
        try:
            return self._cascade.style_of(element, family)
        except StepsUsedUp:
            return {}

    def visible_parts(self, element: HtmlElement, reason: str) -> list[HtmlElement]:
        """The parts of an element that undo what hides it; the element itself if that cannot be found out."""
        family = INHERITED.get(reason)
        try:
            return [
                part
                for part in element.iterdescendants()
                if family is not None
                and self._cascade.may_declare(part, family)
                and self._undoes(part, family)
            ]
        except StepsUsedUp:
            return [element]

    def _undoes(self, part: HtmlElement, family: str) -> bool:
        style = self._cascade.style_of(part, family)
        # a size in em or percent is a share of the size that hides the text
        declared = any(not _SHARE.fullmatch(value) for value in style.values())
        return declared and self._reason(part, frozenset({family, "motion"})) is None

    def _reason(self, element: HtmlElement, families: Iterable[str]) -> str | None:
        """The property among those of the families that hides the element; None if it is visible."""
        style: dict[str, str] = {}
        for family in families:
            style.update(self._cascade.style_of(element, family))
        if self._last_frames and "motion" in families:
            style.update(self._end_of_animation(element))
        reason = hiding_property(style)
        return reason or (SAME_COLOUR if self._has_colour_of_background(element, style) else None)

    def _end_of_animation(self, element: HtmlElement) -> Mapping[str, str]:
        animation = self._cascade.style_of(element, "motion").get("animation-name", "").split()
        stays = "forwards" in animation or "both" in animation
        frames = [self._last_frames[name] for name in animation if stays and name in self._last_frames]
        return {one.name: one.value for frame in frames for one in parse_declarations(frame)}

    def _has_colour_of_background(self, element: HtmlElement, style: Mapping[str, str]) -> bool:
        colour = parse_colour(style.get("text-fill-color", style.get("color", "")))
        shadows = colours_in(style.get("text-shadow", ""))
        if colour is None or style.get("background-clip") == "text" or shadows:
            return False
        background = self._background_of(element)
        return background is not None and colour.is_near(background)

    def _background_of(self, element: HtmlElement) -> Colour | None:
        """The colour behind the text of an element; None if it is a picture or unknown."""
        own = "color" in element.attrib or text_colours(element.get("style", ""))
        if self._may_load_styles and not own:
            # a style sheet that is loaded may change the colour of the text or of what is behind it
            background = self._cascade.style_of(element, "colour").get("background", "")
            colour = None if is_picture(background) else next(iter(colours_in(background)), None)
            return None if colour is None or colour.is_transparent else colour
        one: HtmlElement | None = element
        while one is not None:
            background = self._cascade.style_of(one, "colour").get("background", "")
            if is_picture(background):
                return None
            colours = colours_in(background)
            if colours and not colours[0].is_transparent:
                return colours[0]
            one = one.getparent()
        # a page without a background and without a linked style sheet is white
        return None if self._has_linked_sheets else WHITE
