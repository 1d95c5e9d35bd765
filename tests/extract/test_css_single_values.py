"""Only values that may hide make the elements of their rule suspects; a value that may hide always does."""

from __future__ import annotations

import pytest

from bot.extract.css.property_families import hiding_families, mentioned_families
from bot.extract.css.single_values import without_harmless_values


def families_of(declarations: str, *variants: str) -> set[str]:
    possible = list(variants) or None
    return set(without_harmless_values(declarations, hiding_families(declarations), lambda value: possible))


@pytest.mark.parametrize(
    ("harmless", "hiding", "family"),
    [
        ("margin-left: -20px", "margin-left: -999px", "position"),
        ("left: -50px", "left: -9999px", "position"),
        ("inset: -10px", "inset: 0 0 0 -600px", "position"),
        ("height: 4em; max-width: 0.9em", "height: 1px", "size"),
        ("font-size: 3.5em", "font-size: 0.1em", "font"),
        ("letter-spacing: -1px", "letter-spacing: -2em", "spacing"),
        ("transform: scale(0.9)", "transform: scale(0)", "transform"),
        ("transform: rotateY(30deg)", "transform: rotateY(180deg)", "transform"),
        ("clip: auto", "clip: rect(0 0 0 0)", "clip"),
        ("clip-path: none", "clip-path: inset(50%)", "clip"),
        ("opacity: 0.15", "opacity: 0", "opacity"),
        ("text-indent: -20px", "text-indent: -9999px", "indent"),
        ("mask-image: linear-gradient(black, red)", "mask-image: linear-gradient(#0000, #0000)", "mask"),
    ],
)
def test_a_value_counts_only_if_it_may_hide(harmless: str, hiding: str, family: str) -> None:
    assert families_of(harmless) == set()
    assert families_of(hiding) == {family}
    assert families_of(f"{hiding}; {harmless}") == {family}


def test_what_other_rules_say_may_help_to_hide() -> None:
    assert families_of("max-height: 0; overflow: visible") == {"size"}
    assert families_of("left: 1300px; position: relative") == {"position"}
    assert families_of("text-indent: 100%") == {"indent"}


def test_each_colour_of_a_text_may_hide_and_no_other_colour() -> None:
    colours = frozenset({"colour", "same colour"})
    assert without_harmless_values("color: white", colours, lambda value: None) == colours
    assert without_harmless_values("border-color: white", colours, lambda value: None) == set()


def test_a_value_with_a_custom_property_counts_if_one_of_its_values_may_hide() -> None:
    assert without_harmless_values(
        "opacity: var(--o)", frozenset({"opacity", "size"}), lambda value: ["1", "0"]
    ) == {"opacity"}
    assert without_harmless_values("opacity: var(--o)", frozenset({"opacity"}), lambda value: ["1"]) == set()
    assert without_harmless_values("opacity: var(--o)", frozenset({"opacity"}), lambda value: None) == {
        "opacity"
    }


@pytest.mark.parametrize(
    ("declarations", "families"),
    [
        ("border-color: red; box-shadow: none; text-align: left", set()),
        ("inset: 0", {"position"}),
        ("overflow: hidden", {"indent", "size"}),
        ("-webkit-text-fill-color : red", {"colour"}),
        ("color:red;--x:1;font:1px a", {"colour", "custom", "font"}),
        ("animation: a 1s", {"motion"}),
    ],
)
def test_families_are_found_by_the_names_of_properties(declarations: str, families: set[str]) -> None:
    assert mentioned_families(declarations) == families


def test_any_property_may_be_written_with_escapes() -> None:
    assert {"display", "size"} <= mentioned_families(r"d\69 splay: none")
