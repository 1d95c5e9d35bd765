"""Sentences with quotations in Chinese, Japanese and Korean: a bar marks where a text must be split."""

from __future__ import annotations

import time

import pytest

from bot.summarize.quotations import quotation_states
from bot.summarize.sentence_splitter import split_sentences

CASES = [
    ("zh", "“雨太大了。”老人说。|“路都断了。”|村里没有电。"),
    ("zh", "记者问：“学校开门吗？”|校长摇头。"),
    ("zh", "《河流。第一部》已出版。|书价三十元。"),
    ("zh", "“我们等了三天。没有人来。”村民李某表示。|救援队周五到达！"),
    ("zh", "他称这是“最坏的结果。”|会议随后结束。"),
    ("zh", "他（七十岁。）住在镇上。|妻子已去世。"),
    ("ja", "「雨がひどい。道が切れた。」と老人は話した。|村は停電している。"),
    ("ja", "市は「学校は月曜に開く。」と発表した。|給食はない。"),
    ("ja", "「本当か？」という声が出た。|校長は黙っていた。"),
    ("ja", "「帰りたい。」|「もう少し待とう。」|二人は駅にいた。"),
    ("ja", "「やっと来た。」もう一人が叫んだ。|列車は満員だった。"),
    ("ja", "『川。』は名作だ。|来年、映画になる。"),
    ("ko", '마을 대표는 "길이 끊겼다."며 고개를 저었다. | 전기도 없다.'),
    ("ko", "교장은 “월요일에 연다.”라고 알렸다. | 급식은 없다."),
    ("ko", "‘늦었다.’는 말이 나왔다. | 학생들은 집에 갔다."),
    ("ko", '"비가 왔다. 강이 넘쳤다."고 노인은 기억했다. | 다리는 무너졌다.'),
    ("ko", "시는 '곧 열겠다.'고만 답했다. | 날짜는 없다."),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_a_quotation_stays_with_what_hangs_on_it(language: str, marked: str) -> None:
    wanted = [sentence.strip() for sentence in marked.split("|")]
    text = marked.replace("|", "")
    if language == "ko":
        text = " ".join(text.split())
    assert [text[start:end] for start, end in split_sentences(text, language)] == wanted


@pytest.mark.parametrize(
    ("sentence", "complete"),
    [
        ("「雨だ。」と彼は言った。", True),
        ("雨だ。」と彼は言った。", False),
        ("彼は「雨だ。", False),
        ("他说：“下雨了。”", True),
        ("他说：“下雨了。", False),
        ("『川』と「山」を読んだ。", True),
        ("「『川』を読んだ」と言った。", True),
        ("《河流》已出版。", True),
        ("그는 “비가 온다”고 말했다.", True),
        ("그는 “비가 온다.", False),
    ],
)
def test_halves_of_quotations_are_recognised(sentence: str, complete: bool) -> None:
    assert quotation_states([sentence])[0].complete is complete


@pytest.mark.parametrize("unit", ["「字。", "」字。", "「字。」と", "“字。”他说。", '"다."라', "（字。"])
def test_the_time_is_linear_in_the_length(unit: str) -> None:
    small, large = (_seconds(unit * (n // len(unit))) for n in (10_000, 40_000))
    assert large < 12 * small + 0.1


def _seconds(text: str) -> float:
    started = time.process_time()
    split_sentences(text, "ja")
    return time.process_time() - started
