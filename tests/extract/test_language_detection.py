"""The language of texts and headlines."""

from __future__ import annotations

import pytest

from bot.core.language_codes import fold_language
from bot.extract.language_detection import language_of

NORWEGIAN = (
    "Kommunestyret i Lanby vedtok mandag å selge den siste ferja til et verft i sør. Skipet har ligget til "
    "kai siden motoren røk i fjor høst, og reparasjonen ville ha kostet mer enn båten er verd, sier rederiet."
)
SERBO_CROATIAN = (
    "Gradsko vijeće je u ponedjeljak odlučilo prodati posljednji trajekt brodogradilištu na jugu. Brod je "
    "bio vezan od prošle jeseni, a popravak bi stajao više nego što brod vrijedi, stoji u izvještaju."
)
MALAY = (
    "Majlis bandar pada hari Isnin memutuskan untuk menjual feri terakhir kepada limbungan di selatan. Kapal "
    "itu tidak belayar sejak enjin rosak pada tahun lalu dan kos membaikinya terlalu tinggi."
)
EGYPTIAN = (
    "الشركة باعت امبارح اخر مركب عندها لورشة فى الجنوب، عشان الموتور بتاعها بايظ من السنة اللى فاتت "
    "ومحدش عايز يدفع تمن التصليح."
)
FRENCH = "Le conseil municipal a décidé lundi de vendre le dernier bac à un chantier naval du sud du pays."


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        (NORWEGIAN, "nb", "nb"),
        (NORWEGIAN, "nn", "nn"),
        (NORWEGIAN, "no-NO", "no"),
        (NORWEGIAN, "nb_NO", "nb"),
        (NORWEGIAN, "", "no"),
        (NORWEGIAN, "en", "no"),
        (SERBO_CROATIAN, "bs", "bs"),
        (SERBO_CROATIAN, "hr", "hr"),
        (SERBO_CROATIAN, "sr-Latn", "sr"),
        (MALAY, "ms", "ms"),
        (MALAY, "id", "id"),
        (EGYPTIAN, "ar-EG", "ar"),
        (EGYPTIAN, "arz", "ar"),
        (EGYPTIAN, "", "ar"),
        (FRENCH, "en", "fr"),
        (FRENCH, "", "fr"),
    ],
)
def test_the_page_decides_among_near_languages_only(text: str, declared: str, wanted: str) -> None:
    assert language_of(text, declared) == wanted


@pytest.mark.parametrize(
    ("headline", "wanted"),
    [
        ("台風九州へ、厳重警戒", "ja"),
        ("首相、対策を発表", "ja"),
        ("東証終値、三万円台回復", "ja"),
        ("新駅開業、県内経済効果検証", "ja"),
        ("AppleがiPhoneの新型を発表", "ja"),
        ("总统宣布新的经济计划", "zh"),
        ("總統宣布新的經濟計畫", "zh"),
        ("东京股市收盘突破三万点", "zh"),
        ("《龙猫》の故事：票房过亿", "zh"),
        ("대통령, 새 경제 계획 발표", "ko"),
    ],
)
def test_east_asian_headlines(headline: str, wanted: str) -> None:
    assert language_of(headline) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("דער ראש־שטאָט האָט געזאָגט אַז די בריק איז פֿאַרמאַכט און קיינער ווייסט נישט ווי לאַנג.", "yi"),
        ("די שיף איז נישט געקומען און די מענטשן האבן געווארט אויף דער בריק", "yi"),
        ("ראש העיר אמר כי הגשר סגור ואיש אינו יודע עד מתי יימשכו העבודות.", "he"),
        ("האונייה האחרונה נמכרה למספנה בדרום", "he"),
        ("გემი სამხრეთში გაიყიდა", "ka"),
        ("ཆར་པ་བབས་སོང་།", "bo"),
        ("Το πλοίο πουλήθηκε", "el"),
        ("เรือลำสุดท้ายถูกขาย", "th"),
        ("កប៉ាល់ចុងក្រោយត្រូវបានលក់", "km"),
    ],
)
def test_a_script_of_its_own_tells_the_language(text: str, wanted: str) -> None:
    assert language_of(text) == wanted


@pytest.mark.parametrize(
    "headline",
    [
        "Mayor go talk wetin happen for the bridge matter today",
        "Sindaco dimissioni ponte Osby scandalo giunta",
        "El puente se çerra por obras hata marzu que vien",
        "1234 5678 90 +++ 12:30 --- 4:2 (2:1), 17:45",
        "Ferry boat news & more – ABC 123, XYZ 456",
        "O ponte novo de Osby xa abriu os domingos",
    ],
)
@pytest.mark.parametrize("declared", ["", "en", "it"])
def test_every_code_is_of_iso_639_1_or_missing(headline: str, declared: str) -> None:
    code = language_of(headline, declared)
    assert code == fold_language(code)
    assert len(code) in (0, 2)


def test_a_text_without_a_language_has_the_declared_one() -> None:
    assert language_of("+++ 12:30 --- 4:2 (2:1), 17:45 *** 22/11", "de-AT") == "de"
    assert language_of("Kort nytt", "nb-NO") == "nb"
    assert language_of("", "zxx") == ""
    assert language_of("Kort nytt") == ""


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("nb-NO", "nb"), ("pt_BR", "pt"), ("fil", "tl"), ("cmn-Hans", "zh"), ("iw", "he"), ("nob", "nb"),
        ("prs", "fa"), ("EN-us", "en"), ("zxx", ""), ("kab", ""), ("x-klingon", ""), ("", ""), ("e", ""),
        ("日本", ""),
    ],
)  # fmt: skip
def test_language_tags_are_folded(tag: str, wanted: str) -> None:
    assert fold_language(tag) == wanted


def test_a_headline_may_be_in_the_declared_language() -> None:
    headline = "Ordføreren vil selge ferja"
    assert language_of(headline, "nb") == "nb"
    assert language_of("The mayor wants to sell the ferry", "de") == "en"


@pytest.mark.parametrize(
    "text", ["12.11.2026 14:00 – 15:30", "#" * 40, "1 2 3 4 5 6 7 8 9 10 11 12 13", "100 % — 2:1 (A)"]
)
def test_numbers_and_signs_have_the_language_of_the_page(text: str) -> None:
    assert language_of(text, "hu") == "hu"
    assert language_of(text) == ""
