"""Garbled pages are refused with their own reason; odd but right text is not."""

import pytest

from bot.core.models import NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract.extractor import extract
from bot.extract.mojibake import is_unreadable

SAMPLES = {
    "ru": "Рыбаки с северного берега рассказали, что лёд в этом году сошёл на три недели раньше обычного. ",
    "uk": "Рибалки з північного берега розповіли, що крига цього року зійшла на три тижні раніше. ",
    "el": "Οι ψαράδες της βόρειας ακτής είπαν ότι φέτος ο πάγος έλιωσε τρεις εβδομάδες νωρίτερα. ",
    "ko": "북쪽 해안의 어부들은 올해 얼음이 평소보다 삼 주 일찍 녹았다고 말했다. ",
    "zh": "北岸的渔民说，今年的冰比往年早化了三个星期。 ",
    "ja": "北の岸の漁師たちは、今年の氷は例年より三週間早く解けたと話した。 ",
    "he": "דייגי החוף הצפוני סיפרו שהקרח נמס השנה שלושה שבועות מוקדם מהרגיל. ",
    "fr": "Les pêcheurs de la côte nord ont raconté que la glace a fondu très tôt cette année, dès février. ",
    "tr": "Kuzey kıyısındaki balıkçılar, buzun üç hafta erken çözüldüğünü, ığlığın azaldığını söyledi. ",
    "vi": "Ngư dân ở bờ biển phía bắc kể rằng năm nay băng tan sớm hơn ba tuần so với mọi năm. ",
    "is": "Sjómenn á norðurströndinni sögðu að ísinn hefði bráðnað þremur vikum fyrr en venjulega í ár. ",
    "pl": "Rybacy z północnego brzegu mówią, że lód stopniał w tym roku trzy tygodnie wcześniej niż zwykle. ",
}
PAGE = "<html lang={lang}><title>Ice</title><body><article><h1>Ice</h1>{body}</article></body></html>"


def page_of(text: str, lang: str) -> Page:
    body = "".join(f"<p>{text * 3}</p>" for _ in range(8))
    return Page("https://shore.example/2026/11/ice", PAGE.format(lang=lang, body=body).encode(), "text/html")


@pytest.mark.parametrize(
    ("lang", "written", "read"),
    [
        ("ru", "cp1251", "cp1252"),
        ("ru", "cp1251", "koi8-r"),
        ("ru", "koi8-r", "cp1251"),
        ("ru", "utf-8", "latin-1"),
        ("uk", "cp1251", "latin-1"),
        ("el", "cp1253", "cp1252"),
        ("el", "utf-8", "cp1252"),
        ("ko", "cp949", "latin-1"),
        ("zh", "gbk", "cp1252"),
        ("ja", "euc_jp", "cp932"),
        ("ja", "cp932", "cp1252"),
        ("he", "cp1255", "cp1252"),
        ("fr", "utf-8", "cp1252"),
        ("pl", "utf-8", "cp1252"),
        ("zh", "gbk", "utf-8"),
        ("ru", "cp1251", "ascii"),
    ],
)
def test_a_garbled_page_is_refused_with_its_reason(lang: str, written: str, read: str) -> None:
    garbled = SAMPLES[lang].encode(written, "replace").decode(read, "replace")
    result = extract(page_of(garbled, lang))
    assert isinstance(result, NotArticle)
    assert result.reason is SkipReason.MOJIBAKE


@pytest.mark.parametrize("lang", SAMPLES)
def test_text_is_readable_in_any_language(lang: str) -> None:
    assert not is_unreadable(SAMPLES[lang] * 20)


@pytest.mark.parametrize(
    "text",
    [
        "“No,” she said—“not ‘yet’…” — and left. " * 9,
        "НОВОСТИ ДНЯ. ГОРОДСКОЙ СОВЕТ ПРИНЯЛ БЮДЖЕТ НА ТРИ ГОДА. " * 9,
        "A word of it is br\ufffdken, but the other twelve words of the sentence are whole. " * 9,
        "Naïve café façade — 5 × 4 ÷ 2 ± 1 µm, 30 °C, ¼ to ½ of §§§ 12. " * 9,
        "iPhone-ов продано больше, чем Galaxy: об этом сообщает агентство Reuters. " * 9,
        "ｶﾀｶﾅ means katakana of half width in an article that is otherwise in English. " * 9,
        "Home News EspaÃ±ol FranÃ§ais PortuguÃªs ÄŒesky TÃ¼rkÃ§e "
        + "The harbour froze early this year. " * 40,
        "",
    ],
)
def test_odd_text_is_readable(text: str) -> None:
    assert not is_unreadable(text)


def test_a_page_in_an_encoding_without_a_decoder_is_refused() -> None:
    page = page_of("b" * 50, "ko")
    result = extract(Page(page.url, page.content, "text/html; charset=iso-2022-kr"))
    assert isinstance(result, NotArticle)
    assert result.reason is SkipReason.MOJIBAKE
