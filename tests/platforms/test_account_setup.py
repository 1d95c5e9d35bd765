from __future__ import annotations

import pytest

from bot.platforms.account_setup import MAX_BIOGRAPHY, AccountSetup, check_biography, default_biography

OURS = default_biography("you@example.org", "https://code.example/precis")


def test_the_biography_says_bot_owner_and_the_way_out() -> None:
    assert all(words in OURS for words in ("I am a bot", "you@example.org", '"opt out"', "code.example"))


@pytest.mark.parametrize("length", [10, 700, 5000])
def test_the_biography_fits(length: int) -> None:
    owner = "https://" + "x" * length
    text = default_biography(owner, "https://code.example/precis")
    assert len(text) <= MAX_BIOGRAPHY
    assert (owner in text) == (length < 1000)


@pytest.mark.parametrize(
    ("found", "written"),
    [
        ("", True),
        (" \n", True),
        (OURS, False),
        (default_biography("old@example.org", ""), True),
        ("I am Ann.", False),
    ],
)
def test_a_persons_own_words_are_never_written_over(found: str, written: bool) -> None:
    flaws = check_biography(found, AccountSetup(OURS, consent=True), "bio")
    assert [flaw.fields for flaw in flaws] == ([{"bio": OURS}] if written else [])
