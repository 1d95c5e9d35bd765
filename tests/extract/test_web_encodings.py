"""Labels mean what the WHATWG Encoding Standard says, which is more than Python's codecs of these names."""

import pytest

from bot.extract.charset import decode_html
from bot.extract.web_encodings import find_encoding


# The characters are those of turbohtml 1.15.4, which has the tables of the standard.
@pytest.mark.parametrize(
    ("label", "content", "text"),
    [
        ("shift_jis", "8740 fbfc ed95 8785", "①髙﨑㊤"),
        ("x-sjis", "8782", "№"),
        ("ms_kanji", "878a 8173 fa57 8174", "㈱《＂》"),
        ("shift_jis", "80", "\x80"),
        ("euc-jp", "ada1 adea", "①㈱"),
        ("x-euc-jp", "a1c1 a1dd fcee", "～－黑"),
        ("euc-jp", "8fb0a1 8eb1", "丂ｱ"),
        ("iso-2022-jp", "1b2442 2d6a 467c 1b2842 6f6b", "㈱日ok"),
        ("csiso2022jp", "1b2849 3132 1b284a 5c7e", "ｱｲ¥‾"),
        ("euc-kr", "8141 b0a1 c86f", "갂가\ufffdo"),
        ("korean", "8cef", "뚳"),
        ("windows-949", "94ee", "뷁"),
        ("big5", "8b6b fa40", "𠳖𠕇"),
        ("big5-hkscs", "8862", "Ê\u0304"),
        ("x-x-big5", "a145 a246", "‧￠"),
        ("gb2312", "80 ff", "€\ufffd"),
        ("gbk", "8130 8130 a6d9", "\x80︐"),
        ("chinese", "8139ee39", "㐀"),
        ("gb18030", "9034c731", "\U0001166d"),
        ("koi8-u", "ae a4", "ўє"),
        ("koi", "c1", "а"),
        ("windows-1252", "81 80", "\x81€"),
        ("latin1", "93 94", "“”"),
        ("iso-8859-9", "f0", "ğ"),
        ("tis-620", "a1 80", "ก€"),
        ("x-mac-cyrillic", "80", "А"),
        ("macintosh", "db", "€"),
        ("logical", "e0", "א"),
        ("x-user-defined", "80 ff", "\uf780\uf7ff"),
        ("iso-2022-kr", "41", "\ufffd"),
        ("unicode-1-1-utf-8", "c3a9", "é"),
        ("utf-16", "4100", "A"),
    ],
)
def test_a_label_means_what_browsers_mean(label: str, content: str, text: str) -> None:
    encoding = find_encoding(label)
    assert encoding is not None
    assert encoding.decode(bytes.fromhex(content)) == text


@pytest.mark.parametrize("label", ["", "utf-7", "cp437", "rot13", "hex", "idna", "no-such-encoding", "é"])
def test_other_labels_name_no_encoding(label: str) -> None:
    assert find_encoding(label) is None


@pytest.mark.parametrize(
    ("label", "content", "text"),
    [
        ("shift_jis", b"\x81<b>", "\ufffd<b>"),
        ("euc-kr", b"\xc9\x41\xb0\xa1", "\ufffdA가"),
        ("big5", b"\xff\xa4\xa4", "\ufffd中"),
        ("gbk", b"\x81", "\ufffd"),
        ("euc-jp", b"\xa9\xa1\xc6\xfc", "\ufffd日"),
    ],
)
def test_an_invalid_byte_does_not_swallow_a_tag_or_the_next_letter(
    label: str, content: bytes, text: str
) -> None:
    encoding = find_encoding(label)
    assert encoding is not None
    assert encoding.decode(content) == text


def test_many_errors_take_little_time() -> None:
    encoding = find_encoding("euc-jp")
    assert encoding is not None
    assert set(encoding.decode(b"\xff\x80" * 200_000)) == {"\ufffd"}


def test_names_survive_on_a_page() -> None:
    text = "<p>﨑山さんと髙木さんは⑫番の㈱に行った。</p>"
    assert decode_html(text.encode("cp932"), "text/html; charset=Shift_JIS") == text
