"""Phrases in titles and names of flairs, in many scripts and forms."""

from __future__ import annotations

import pytest

from bot.pipeline.text_matching import has_flair, has_phrase


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        # scripts without spaces
        ("討論", "每日討論串：天氣"),
        ("スレ", "雑談スレ その二"),
        ("ລົມ", "ກະທູ້ລົມກັນ"),
        ("ជជែក", "ការជជែកប្រចាំថ្ងៃ"),
        ("ဆွေးနွေး", "နေ့စဉ်ဆွေးနွေးချက်"),
        ("ข่าวลือ", "รวมข่าวลือวันนี้"),
        ("속보", "[속보]항구가 열렸다"),
        ("특집", "봄특집입니다"),
        ("GPU", "新しいGPUを試す"),
        ("AMA", "作者AMA開催"),
        # marks and forms of letters
        ("ama", "ＡＭＡ with the pilot"),
        ("office", "Oﬃce hours"),
        ("müll", "Mu\u0308ll am Hafen"),
        ("straße", "STRASSE gesperrt"),
        ("don't read", "Don’t read this"),
        ("don’t read", "DON'T READ THIS"),
        ('"live"', "Ferry “Live”: storm"),
        ("q - a", "Q – A with the crew"),
        ("open-thread", "Open\u2011thread of the week"),
        ("mega", "Me\u200bga harbour"),
        ("weekly", "week\u00adly talk"),
        ("izmir", "İZMİR limanı"),
        ("ısparta", "ISPARTA gülleri"),
        ("αγορα", "ΑΓΟΡΆ στο λιμάνι"),
        ("λόγος", "ΛΟΓΟΣ"),
        ("ёлка", "Елка на площади"),
        ("مدرسه", "مَدرَسه جديدة"),
        ("كتاب", "کتاب تازه"),
        ("שלום", "שָׁלוֹם לכולם"),
        ("תל-אביב", "תל־אביב היום"),
        ("أخبار", "اخبار اليوم"),
        ("œuvre", "Une oeuvre au port"),
        ("می‌روم", "میروم"),
        ("c++", "C++ and ferries"),
        ("[live]", "Storm[LIVE]now"),
        ("🔴", "Storm🔴 now"),
        ("भाषा", "नई भाषा आई"),
    ],
)
def test_a_title_has_a_phrase_in_any_form(phrase: str, title: str) -> None:
    assert has_phrase(title, phrase)


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("ama", "Drama at the harbour"),
        ("live", "Olives are ripe"),
        ("live", "live_stream"),
        ("war", "Warm days"),
        ("мир", "Владимир приехал"),
        ("भाष", "नई भाषा आई"),
        ("พูดค", "พูดคุย"),
        ("schon", "Schön am Hafen"),
        ("שלו", "שלום לכולם"),
        ("\u00ad", "anything"),
    ],
)
def test_part_of_a_word_is_no_match_in_scripts_with_spaces(phrase: str, title: str) -> None:
    assert not has_phrase(title, phrase)


@pytest.mark.parametrize(
    ("wanted", "flair"),
    [
        ("Opinion", "💬 Opinion"),
        ("Opinion", "Opinion ✍️"),
        ("Opinion", ":pencil2: Opinion"),
        ("Opinion", "Opinion :verified:"),
        ("Opinion", "[Opinion]"),
        ("Opinion", "【Opinion】"),
        ("Opinion", "★ OPINION ★"),
        ("Opinion", "Harbour/Opinion"),
        ("Opinion", "Harbour | Opinion"),
        ("Opinion", "Harbour • Opinion"),
        ("Opinion", "Harbour; opinion"),
        ("Opinion", "Harbour – Opinion"),
        ("Opinion", "#Harbour #Opinion"),
        ("Opinion", "Harbour 🚢 Opinion"),
        ("Opinion", "Ｏｐｉｎｉｏｎ"),
        ("💬 Opinion", "Opinion"),
        ("Science & Tech", "🔬 Science & Tech"),
        ("Op-Ed", "op-ed"),
        ("C++", "C++"),
        ("Harbour/Opinion", "Harbour / Opinion"),
        ("🔥", "🔥 Hot"),
        ("時事", "時事・海"),
        ("Opinion", "Opinion™"),
        ("Opinion", "1️⃣ Opinion"),
        ("Opinion", "➡️Opinion⬅️"),
        ("News", "ⓃⒺⓌⓈ"),
        ("Opinion", "Harbour➡Opinion"),
    ],
)
def test_a_flair_is_found_with_decorations_and_among_others(wanted: str, flair: str) -> None:
    assert has_flair(flair, wanted)


@pytest.mark.parametrize(
    ("wanted", "flair"),
    [
        ("News", "Fake News"),
        ("News", "Newsletter"),
        ("Science", "Science & Tech"),
        ("C", "C++"),
        ("Ed", "Op-Ed"),
        ("🔥", "Hot"),
        ("News", ""),
    ],
)
def test_another_flair_is_not_the_wanted_one(wanted: str, flair: str) -> None:
    assert not has_flair(flair, wanted)


@pytest.mark.parametrize(
    "flair",
    [
        "News: Politik",
        "Politik—Meinung",
        "Actu » Politik",
        "Politik ‖ Lokales",
        "News⁄Politik",
        "時事。Politik",
    ],
)
def test_a_flair_between_other_marks_is_one_of_several(flair: str) -> None:
    assert has_flair(flair, "politik")
    assert not has_flair(flair, "poli")
