"""The words of the name groups are found anywhere in a name, or as a whole part of it."""

from __future__ import annotations

import pytest

from bot.extract.class_names import GROUP_BITS, name_groups_of


def groups(name: str) -> set[str]:
    mask = name_groups_of([("class", name)])
    return {group for group, bit in GROUP_BITS.items() if mask & bit}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("comment", {"comment"}),
        ("xcommentsx", {"comment"}),
        ("PageFooter", {"foot"}),
        ("foot", {"foot"}),
        ("article_body", {"body", "content"}),
        ("article--body", {"body", "content"}),
        ("faq", {"faq"}),
        ("myfaqs", {"faq"}),
        ("bio", {"byline"}),
        ("biology", set()),
        ("ad", {"ad"}),
        ("ad-slot", {"ad"}),
        ("adapter", set()),
        ("ab", set()),
        ("", set()),
        ("sign-up related-news", {"newsletter", "related"}),
        ("timeline-date", {"meta"}),
    ],
)
def test_names_belong_to_the_groups_of_their_words(name: str, expected: set[str]) -> None:
    assert groups(name) == expected
