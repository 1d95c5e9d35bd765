"""Dates are found in several languages and never guessed."""

import subprocess
import sys

import pytest

from bot.extract.publication_date import find_date


@pytest.mark.parametrize(
    "text",
    [
        "Published 2026-11-05 at noon",
        "November 5, 2026",
        "Thu, 5 Nov. 2026, 10:15 GMT",
        "5th November 2026",
        "5. November 2026",
        "le 5 novembre 2026",
        "5 de noviembre de 2026",
        "5 novembre 2026",
        "5 ноября 2026",
        "2026年11月5日",
        "05.11.2026",
        "on 45 Foo 2026, no: 5 November 2026",
    ],
)
def test_the_date_is_found(text: str) -> None:
    assert find_date(text) == "2026-11-05"


@pytest.mark.parametrize(
    "text", ["", "05/11/2026", "31 February 2026", "Nov 2026", "5 Foo 2026", "99.99.2026"]
)
def test_no_date_is_guessed(text: str) -> None:
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("5 listopada 2026", "pl"),
        ("5. listopadu 2026", "cs"),
        ("5. studenoga 2026.", "hr"),
        ("2026. november 5., csütörtök", "hu"),
        ("5 Kasım 2026 Perşembe", "tr"),
        ("5. marraskuuta 2026", "fi"),
        ("5 Νοεμβρίου 2026", "el"),
        ("5 noiembrie 2026", "ro"),
        ("5 листопада 2026", "uk"),
        ("5 ноември 2026 г.", "bg"),
        ("2026 m. lapkričio 5 d.", "lt"),
        ("5 नवंबर 2026", "hi"),
        ("٥ نوفمبر ٢٠٢٦", "ar"),
        ("5 בנובמבר 2026", "he"),
        ("5 พฤศจิกายน 2569", "th"),
        ("5 tháng 11, 2026", "vi"),
        ("5 November 2026", "id"),
        ("2026년 11월 5일", "ko"),
        ("Nov 5, 2026", "xx"),
        ("5 تشرين الثاني 2026", "ar"),
        ("5 تشرين\xa0الثاني 2026", "ar"),
        ("2026. gada 5. novembris", "lv"),
        ("5 dhen t-Samhain 2026", "gd"),
        ("5. novembar 2026.", "sr"),
    ],
)
def test_months_are_read_in_the_language_of_the_page(text: str, language: str) -> None:
    assert find_date(text, language) == "2026-11-05"


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("5 मई 2026", "hi", "2026-05-05"),
        ("৫ মে ২০২৬", "bn", "2026-05-05"),
        ("5 மே 2026", "ta", "2026-05-05"),
        ("5 Meán Fómhair 2026", "ga", "2026-09-05"),
        ("5 آب 2026", "ar", "2026-08-05"),
        ("17 أوت 2026", "ar", "2026-08-17"),
        ("17 غشت 2026", "ar", "2026-08-17"),
        ("5 آبار 2026", "ar", None),
        ("rose 5 in March 2026", "en", None),
    ],
)
def test_names_of_months_may_be_short_or_of_two_words(text: str, language: str, day: str | None) -> None:
    assert find_date(text, language) == day


def test_the_months_of_a_language_do_not_depend_on_what_was_read_before() -> None:
    program = (
        "from bot.extract.publication_date import find_date\n"
        "find_date('5 בנובמבר 2026', 'he')\n"
        "print(find_date('5 ינואר 2026', 'sv'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("25/11/2026", "", "2026-11-25"),
        ("11/25/2026", "en", "2026-11-25"),
        ("11/11/2026", "en", "2026-11-11"),
        ("05/11/2026", "fr", "2026-11-05"),
        ("5/11/2026 10:15", "es", "2026-11-05"),
        ("05 / 11 / 2026", "it", "2026-11-05"),
        ("05/11/2026", "en", None),
        ("13/13/2026", "fr", None),
        ("1/05/11/2026", "fr", None),
    ],
)
def test_dates_with_slashes_are_read_if_their_order_is_known(
    text: str, language: str, day: str | None
) -> None:
    assert find_date(text, language) == day


def test_digits_without_separators_are_a_date_only_in_data() -> None:
    assert find_date("20261105T101500Z") is None
    assert find_date("20261105T101500Z", is_data=True) == "2026-11-05"
