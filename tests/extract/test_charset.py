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
