from __future__ import annotations

import pytest

from bot.platforms.account_setup import MAX_BIOGRAPHY, AccountSetup, check_biography, default_biography

OURS = default_biography("you@example.org", "https://code.example/precis")


def test_the_biography_names_the_bot_its_owner_and_how_to_opt_out() -> None:
    assert all(words in OURS for words in ("I am a bot", "you@example.org", '"opt out"', "code.example"))


@pytest.mark.parametrize("length", [10, 700, 5000])
def test_the_biography_fits(length: int) -> None:
    owner = "https://" + "x" * length
    text = default_biography(owner, "https://code.example/precis")
    assert len(text) <= MAX_BIOGRAPHY
    assert (owner in text) == (length < 1000)


@pytest.mark.parametrize(
    ("found", "replaced"),
    [
        ("", True),
        (" \n", True),
        (OURS, False),
        (default_biography("old@example.org", ""), True),
        ("I am Ann.", False),
    ],
)
def test_a_biography_written_by_a_person_is_not_overwritten(found: str, replaced: bool) -> None:
    wrong = check_biography(found, AccountSetup(OURS, consent=True), "bio")
    assert [setting.fields for setting in wrong] == ([{"bio": OURS}] if replaced else [])
