"""Rules of robots.txt as RFC 9309 says them, beside Protego where both agree on the file."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from bot.fetch.robots_rules import MAX_BYTES, MAX_RULES, parse_rules

AGENT = "Precis"


def allows(text: str, path: str = "/article") -> bool:
    return parse_rules(text, AGENT).allow(path)


@pytest.mark.parametrize(
    "name", ["Precis", "precis", "PRECIS", "Precis/0.1.0", "precis 2", "Precis*", "Precis # us", " precis\t"]
)
def test_a_product_token_ends_at_the_first_character_that_it_cannot_have(name: str) -> None:
    assert not allows(f"User-agent: {name}\nDisallow: /")


@pytest.mark.parametrize("name", ["p", "p*", "preci", "Precis-News", "precisbot", "x precis", "", "/"])
def test_parts_of_the_token_and_other_tokens_do_not_name_precis(name: str) -> None:
    assert allows(f"User-agent: {name}\nDisallow: /")


def test_own_groups_are_one_and_come_before_the_rest() -> None:
    text = "User-agent: precis\nDisallow: /a\nUser-agent: *\nDisallow: /\nUser-agent: Precis\nDisallow: /b"
    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


@pytest.mark.parametrize("line", ["Crawl-delay: 5", "Sitemap: https://a.example/x", "", "# words", "Host: x"])
def test_only_a_rule_ends_the_names_of_a_group(line: str) -> None:
    assert not allows(f"User-agent: precis\n{line}\nUser-agent: other\nDisallow: /")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\r\r\n"])
def test_lines_end_with_carriage_return_and_line_feed(end: str) -> None:
    assert not allows(end.join(["User-agent: *", "Disallow: /article"]))


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c"])
def test_lines_end_with_no_other_character(character: str) -> None:
    assert allows(f"User-agent: *\nAllow: /x{character}Disallow: /article")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /art*le$", "/article", False),
        ("Disallow: /art*le$", "/articles", True),
        ("Disallow: /*.pdf$", "/a/b.pdf", False),
        ("Disallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("Disallow: /*a*b*c", "/xxabxxc", False),
        ("Disallow: /*a*b*c", "/xxcba", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /*", "/", False),
        ("Disallow: *", "/x", False),
        ("Disallow: /ab*ba$", "/aba", True),  # the two pieces may not overlap
        ("Disallow: /\nAllow: /article", "/article", True),
        ("Allow: /article\nDisallow: /article", "/article", True),  # of equal length, allow wins
        ("Allow: /\nDisallow: /article/old", "/article/old/1", False),
        ("Disallow:", "/article", True),
        ("Disallow: /caf%C3%A9", "/café", False),
        ("Disallow: /café", "/caf%c3%a9", False),
        ("Disallow: /%61rticle", "/article", False),
        ("Disallow: /a%2fb", "/a/b", True),
        ("Disallow: /a%2fb", "/a%2Fb", False),
        ("Disallow: /*?", "/article?page=2", False),
    ],
)
def test_the_longest_pattern_that_matches_decides(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", path) is allowed


@pytest.mark.parametrize(
    ("value", "delay"), [("2", 2.0), (".5", 0.5), ("-3", 0.0), ("x", None), ("inf", None)]
)
def test_crawl_delay(value: str, delay: float | None) -> None:
    assert parse_rules(f"User-agent: *\nCrawl-delay: {value}\nDisallow: /x", AGENT).crawl_delay == delay


_PIECES = st.sampled_from(["/", "a", "b", "*", "article", ".html", "?q=", "-", "~"])
_PATTERNS = st.lists(_PIECES, min_size=1, max_size=5).map(lambda parts: "/" + "".join(parts))
_RULES = st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), _PATTERNS), min_size=1, max_size=6)
_PATHS = st.lists(st.sampled_from(["/", "a", "b", "article", ".html", "-"]), max_size=6).map(
    lambda parts: "/" + "".join(parts)
)


@given(_RULES, _PATHS)
def test_protego_judges_alike_where_no_two_rules_have_one_length(
    rules: list[tuple[str, str]], path: str
) -> None:
    """Of rules of equal length, parsers that keep to the RFC may count length in different ways."""
    lengths = [len(pattern) for _, pattern in rules]
    if len(set(lengths)) < len(lengths):
        return
    text = "User-agent: *\n" + "\n".join(f"{key}: {pattern}" for key, pattern in rules)
    assert allows(text, path) == Protego.parse(text).can_fetch(f"https://a.example{path}", AGENT)


WORST = {
    "many names and rules": "".join(f"User-agent: p{n}*\n" for n in range(1000)) + "Allow: /a\n" * 50_000,
    "own name again and again": "User-agent: precis\n" * 30_000,
    "distinct rules": "User-agent: *\n" + "".join(f"Allow:/{n:x}\n" for n in range(60_000)),
    "wildcards": "User-agent: *\n" + "".join(f"Allow:/*a*a*a*a*a*{n:x}\n" for n in range(30_000)),
    "long pieces": "User-agent: *\n" + "".join(f"Allow:/*{'a' * 50}{n:x}\n" for n in range(9_000)),
    "escapes": "User-agent: *\n" + "Allow: /%61%62%c3%a4\n" * 30_000,
    "blank lines": "\n" * MAX_BYTES,
    "spaces": " " * MAX_BYTES,
    "one group with many names": "User-agent: *\n" * 18_000 + "Allow: /a\n" * 25_000,
    "many groups": "User-agent:*\nAllow:/a\n" * 22_000,
    "wildcards that nearly match": "User-agent:*\n"
    + "".join(f"Allow:/*{'a' * 24}{n:x}{'a' * 24}\n" for n in range(8_000)),
    "invisible characters": "User-agent: *\n" + f"Allow: /{chr(0xD800) * 1_900}\n" * 260,
    "tabs": ("\nUser-agent" + "\t" * 1_000) * 500,
    "almost names": "User-agent: preci\n" * 28_000,
    "delays": "User-agent: *\n" + "Crawl-delay: 1\n" * 30_000,
    "one long rule": "User-agent: *\nAllow: /" + "*a" * (MAX_BYTES // 2),
}


@pytest.mark.parametrize("text", WORST.values(), ids=WORST)
def test_the_worst_files_cost_little(text: str) -> None:
    """Each is measured at below 40 ms and 2 MB; the limit of the time leaves room for a slow machine."""
    began = time.thread_time()
    rules = parse_rules(text, AGENT)
    for length in (500, 4_000):
        rules.allow("/" + "a" * length)
    seconds = time.thread_time() - began
    tracemalloc.start()
    parse_rules(text, AGENT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(rules.patterns) <= MAX_RULES
    assert seconds < 0.25
    assert peak < 10_000_000


def test_a_path_that_is_too_long_for_the_patterns_is_not_fetched() -> None:
    text = WORST["wildcards that nearly match"]
    assert allows(text, "/" + "a" * 400)
    assert not allows(text, "/" + "a" * 4_000)


def test_what_stands_behind_500_kib_is_ignored() -> None:
    text = "User-agent: precis\nDisallow: /a\n".ljust(MAX_BYTES, "#") + "\nDisallow: /b\n"
    assert [allows(text, path) for path in ("/a", "/b")] == [False, True]
