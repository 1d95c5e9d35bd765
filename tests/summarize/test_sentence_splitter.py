"""Sentences from news: each case is a text with a bar where it must be split."""

from __future__ import annotations

import sys
import time
from importlib import reload
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.summarize import sentence_splitter

CASES = [
    ("en", "The mill burned down on Friday. | Nobody was hurt."),
    ("en", "Mr. Hale met Dr. Osei at St. Mary's on Monday. | They left at noon."),
    ("en", "Gen. Ruiz and Lt. Col. Mears spoke first. | The rest waited."),
    ("en", "She works for the U.S. Geological Survey in Denver. | The quake was small."),
    ("en", "Ann Dahl, R-W.Va., spoke first. | Nobody answered."),
    ("en", "Write to us at www.Osby.example or by post. | Letters are read."),
    ("en", "The claim was made on E! News. | Nobody denied it."),
    ("en", "The envoy flew back to the U.S. | He gave no reason."),
    ("en", "The book is by J. K. Tamm and P. D. Orr. | It sold well."),
    ("en", "The shop shuts at 5 p.m. | The bar stays open."),
    ("en", "Sales fell 3.5 percent to $1.2 billion. | 2024 was worse."),
    ("en", "See No. 5 on page 12. | Prices start at £9.99."),
    ("en", '"We are ready," she said. | "The boats leave at dawn."'),
    ("en", "“We are ready.” | The boats left at dawn."),
    ("en", '"Why now?" Osei asked. | Nobody answered.'),
    ("en", '"Get out!" the head of the guard shouted. | The crowd ran.'),
    ("en", '"Is it over?" | She did not know.'),
    ("en", "He said: “It is over.” | “We lost.” | Then he left."),
    ("en", "(The council declined to comment.) | A vote is due in May."),
    ("en", "The plan failed (it cost too much). | A new one is due."),
    ("en", "The strike ended on Sunday.The trains run again."),
    ("en", "Read more at www.example.org/a.Html or write to a.Be@example.org today."),
    ("en", "The app, iPad only, costs $5. | iPhone users must wait."),
    ("en", "Wait... | What happened next is unclear."),
    ("en", "He paused… then spoke. | The room was quiet."),
    ("en", "1. Melt the butter. | 2. Add the flour."),
    ("en", "• Bring a coat. | Bring a map."),
    ("en", "Yahoo! and Jeopardy! are brands, said the lawyer. | The judge smiled."),
    ("en", "The vote was 5-4. | Justice Roe wrote for the court."),
    ("en", "Washington D.C. is humid. | But people stay."),
    ("en", "It was over by 2010. | In 2011 it began again."),
    ("en", "Who pays? | Not the state. | Taxpayers do!"),
    ("en", "'It was awful,' said Tom. | 'I ran.'"),
    ("en", "The line\nThe next line. | A third."),
    ("en", "He won 6-2, 6-3 vs. Berg. | Berg had flu."),
    ("en", "Aalto had been ill. | Osby mourns him."),
    ("en", "Costs, e.g. rent, rose. | Wages did not."),
    ("de", "Er kam am 3. Oktober nach Bonn. | Danach reiste er ab."),
    ("de", "Im 19. Jahrhundert war das anders. | Die Stadt wuchs."),
    ("de", "Dr. Klee und Prof. Sturm widersprachen. | Der Rat tagt heute."),
    ("de", "„Das ist gut.“ | Danach ging sie."),
    ("de", "»Wir warten«, sagte sie. | »Noch ist Zeit.«"),
    ("de", "Das kostet ca. 5 Mio. Euro. | Die Stadt zahlt."),
    ("de", "„Warum?“, fragte er. | Niemand wusste es."),
    ("de", "Die 2. Bundesliga beginnt im Juli. | Im August folgt die 1. Bundesliga."),
    ("fr", "M. Roux a parlé à Mme Blanc. | Elle a répondu."),
    ("fr", "« Nous partons. » | Il a fermé la porte."),
    ("fr", "« Est-ce fini ? » demande-t-il. | Personne ne répond."),
    ("fr", "Le budget est de 3,5 millions. | L'opposition proteste."),
    ("fr", "Il a dit : « Je reste. » | La salle a ri."),
    ("es", "El Sr. Vidal llegó tarde. | La Sra. Mora no vino."),
    ("es", "Viajó a EE. UU. en mayo. | Volvió en junio."),
    ("es", "¿Quién paga? | ¡Nadie! | El Estado calla."),
    ("pt", "O Sr. Lima falou às 10h. | A Dra. Reis ouviu."),
    ("pt", "“Vamos ficar”, disse ela. | “É a nossa casa.”"),
    ("it", "Il dott. Neri è partito. | La riunione è finita."),
    ("it", "«È tutto vero», ha detto. | Poi è uscito."),
    ("nl", "Hij woont in Den Haag. | Het regent er vaak."),
    ("nl", "“Het is klaar.” | De bus vertrok om 8 uur."),
    ("hi", "यह पहला वाक्य है। | यह दूसरा है।"),
    ("ar", "هل انتهى الأمر؟ | لا أحد يعرف."),
    ("ur", "یہ پہلا جملہ ہے۔ | یہ دوسرا ہے۔"),
    ("zh", "市长周一宣布关闭港口。 | 2011年也发生过同样的事。"),
    ("zh", "她说：“我们准备好了。” | 船在早上离开。"),
    ("ja", "港は月曜日に閉鎖された。 | 「六週間かかる」と市長は述べた。"),
    ("ru", "Мост закрыли в понедельник. | Ремонт займёт месяц."),
    ("pl", "Spotkanie odbyło się 5. maja. | Było krótkie."),
    ("ru", "«Мост закрыт!» — сказал мэр. | Все ушли."),
    ("ru", "— Мост закрыт! — сказал мэр. | — Все ушли?"),
    ("ru", '"Мост закрыт!" - сказал мэр. | Все ушли.'),
    ("ru", "Потом уехал на завод им. Берга. | Там работал."),
    ("ru", "Завод продан за 5 млн руб. | Покупатель неизвестен."),
    ("ru", "— Мост закрыт! | — Кто сказал?"),
    ("bg", "„Мостът е затворен!“ — каза кметът. | Всички си тръгнаха."),
    ("pl", "„Most jest zamknięty!” – powiedział burmistrz. | Wszyscy poszli."),
    ("hu", "„A híd zárva van!” – mondta a polgármester. | Mindenki elment."),
    ("ja", "「橋は閉鎖だ。」と市長は述べた。 | 皆帰った。"),
    ("sv", "”Bron är stängd!” sade hon. | Alla gick."),
    ("xx", "Ordu bat igaro da. | Beste bat falta da."),
]


def _split(language: str, text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_splitter.split_sentences(text, language)]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_news_is_split_into_sentences(language: str, marked: str) -> None:
    wanted = [line for piece in marked.split(" | ") for line in piece.split("\n")]
    if marked == "The strike ended on Sunday.The trains run again.":
        wanted = ["The strike ended on Sunday.", "The trains run again."]
    assert _split(language, marked.replace(" | ", " ")) == wanted


@given(st.text(st.characters(), max_size=300) | st.text("aB .!?\n\"“”«»'’()。1", max_size=300))
def test_only_white_space_is_lost_and_nothing_is_changed(text: str) -> None:
    spans = sentence_splitter.split_sentences(text, "en")
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "unit", ["word ", "Hello there. ", '"Hi." ', "a.b.", ".", "( ", "“", '".A', "' '", "字。"]
)
def test_the_time_is_linear_in_the_length(unit: str) -> None:
    small, large = (_seconds(unit * (n // len(unit))) for n in (20_000, 80_000))
    assert large < 12 * small + 0.1


def _seconds(text: str) -> float:
    started = time.process_time()
    sentence_splitter.split_sentences(text, "en")
    return time.process_time() - started


def test_a_pattern_replaces_sentencex_if_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentencex", None)
    try:
        reload(sentence_splitter)
        assert _split("en", "Mr. Hale left. The rest stayed, said J. Orr. 2024 was worse.") == [
            "Mr. Hale left.",
            "The rest stayed, said J. Orr.",
            "2024 was worse.",
        ]
    finally:
        monkeypatch.undo()
        reload(sentence_splitter)
