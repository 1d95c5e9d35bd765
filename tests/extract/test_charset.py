"""Text is decoded correctly, whatever encoding the page declares."""

import pytest

from bot.extract.charset import decode_html

TEXT = "<p>Größe, façade, niño: “déjà vu”</p>"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (TEXT.encode(), "text/html"),
        (TEXT.encode(), "text/html; charset=ISO-8859-1"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=latin-1"),
        (TEXT.encode("utf-16"), "text/html"),
        (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (b"<meta charset='windows-1252'>" + TEXT.encode("cp1252"), "text/html"),
        (TEXT.encode("cp1252") * 20, "text/html; charset=no-such-thing"),
    ],
)
def test_text_is_decoded_correctly(content: bytes, content_type: str) -> None:
    assert TEXT in decode_html(content, content_type)


def test_the_encoding_that_the_page_names_is_used() -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?><p>Привет, мир</p>'
    assert decode_html(text.encode("cp1251"), "text/html") == text
    shift = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"><p>こんにちは</p>'
    assert decode_html(shift.encode("shift_jis"), "text/html") == shift


def test_the_encoding_is_detected_when_none_is_named() -> None:
    text = "<p>Сегодня в городе открыли новую библиотеку, и все жители очень рады этому событию.</p>"
    assert decode_html(text.encode("cp1251"), "") == text


def test_control_characters_are_removed() -> None:
    assert decode_html(b"a\x00b\x1bc\td\n", "text/html") == "abc\td\n"


PAGES = {
    "ko": ("렌카 시장은 목요일 항구의 낡은 창고를 도서관으로 바꾸겠다고 밝혔다.", "euc-kr"),
    "ru": (
        "Жители посёлка Линна собрали подписи против закрытия школы, и депутаты вернули деньги.",
        "koi8-r",
    ),
    "uk": ("Мешканці селища зібрали підписи проти закриття школи, і депутати повернули гроші.", "cp1251"),
    "zh": ("星期四市长宣布把港口的旧仓库改成图书馆。工程明年春天开始，费用由省里承担。", "gb18030"),
    "ja": ("木曜日、市長は港の古い倉庫を図書館に変えると発表した。工事は来年の春に始まる。", "shift_jis"),
    "el": ("Ο δήμαρχος ανακοίνωσε την Πέμπτη ότι η παλιά αποθήκη θα γίνει βιβλιοθήκη.", "iso-8859-7"),
    "cs": ("Starosta ve čtvrtek oznámil, že ve skladu v přístavu bude knihovna a hřiště.", "iso-8859-2"),
    "tr": (
        "Belediye başkanı perşembe günü eski deponun kütüphaneye dönüştürüleceğini açıkladı.",
        "iso-8859-9",
    ),
    "he": ("ראש העיר הודיע ביום חמישי שהמחסן הישן בנמל יהפוך לספרייה.", "cp1255"),
}


@pytest.mark.parametrize("header", ["utf-8", "iso-8859-1", "windows-1251"])
@pytest.mark.parametrize("language", PAGES)
def test_a_header_that_does_not_fit_gives_way_to_the_meta_element(language: str, header: str) -> None:
    text, encoding = PAGES[language]
    page = f"<meta charset='{encoding.replace('cp', 'windows-')}'>" + f"<p>{text}</p>\n" * 4
    assert text in decode_html(page.encode(encoding), f"text/html; charset={header}")


@pytest.mark.parametrize("header", ["", "; charset=utf-8"])
@pytest.mark.parametrize("language", ["ko", "ru", "uk", "zh", "ja", "el"])
def test_a_header_that_does_not_fit_gives_way_to_detection(language: str, header: str) -> None:
    text, encoding = PAGES[language]
    page = f"<p>{text}</p>\n" * 4
    assert text in decode_html(page.encode(encoding), f"text/html{header}")


def test_a_header_that_fits_wins_over_the_meta_element() -> None:
    page = "<meta charset=iso-8859-2><p>Où est passée la clé du château ?</p>"
    assert decode_html(page.encode("cp1252"), "text/html; charset=windows-1252") == page


@pytest.mark.parametrize("header", ["", "; charset=iso-8859-1", "; charset=euc-kr", "; charset=utf-8"])
@pytest.mark.parametrize("language", PAGES)
def test_utf_8_with_a_broken_byte_is_utf_8(language: str, header: str) -> None:
    text = PAGES[language][0]
    page = f"<p>{text}</p>".encode()
    assert text in decode_html(page + b"<p>\xe9</p>", f"text/html{header}")
    assert text in decode_html(page + "<p>€".encode()[:-1], f"text/html{header}"), "cut at the size limit"


def test_one_broken_byte_is_not_taken_for_the_encoding() -> None:
    page = b"<meta charset=utf-8><p>Fo\xffur euros, " + "5 €</p>".encode()
    assert "5 €" in decode_html(page, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "head",
    [
        "<!-- <meta charset=koi8-r> --><meta charset=windows-1250>",
        "<meta name=description content='charset=koi8-r'><meta charset='windows-1250'>",
        "<META HTTP-EQUIV='Content-Type' CONTENT='text/html;charset=x-cp1250'>",
        '<meta content="text/html; charset=windows-1250" http-equiv=content-type>',
        "<!DOCTYPE html><title>charset</title><meta data-charset=koi8-r charset=cp1250 />",
    ],
)
def test_the_real_meta_element_counts(head: str) -> None:
    page = f"{head}<p>Źdźbło trawy i łódź</p>"
    assert decode_html(page.encode("cp1250"), "text/html") == page


def test_the_choice_does_not_stop_at_a_long_script() -> None:
    text, encoding = PAGES["ru"]
    page = f"<script>{'x=1;' * 40_000}</script><p>{text}</p>"
    assert text in decode_html(page.encode(encoding), "text/html; charset=utf-8")


def test_utf_16_without_a_mark_is_read() -> None:
    page = "<p>Ветер стих к утру.</p>"
    assert decode_html(page.encode("utf-16-le"), "text/html") == page
    assert decode_html(page.encode("utf-16-be"), "text/html; charset=utf-16be") == page


def test_an_escape_character_does_not_make_a_page_japanese() -> None:
    page = "<p>Année 2022 : l’été\x1b</p>"
    assert decode_html(page.encode(), "text/html") == "<p>Année 2022 : l’été</p>"
