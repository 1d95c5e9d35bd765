"""`precis try` on saved pages."""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path

import pytest

from bot.core.errors import UserError
from bot.sandbox.news.page_builder import build_page
from tests.cli.conftest import Precis
from tests.extract.documents.texts import PARAGRAPHS, report


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "bridge.html"
    path.write_bytes(build_page("bridge", "https://courier.example/harbour/bridge"))
    return path


def plain(page: Path) -> str:
    """The visible text of a page, with white space collapsed."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page.read_text())))


def test_every_sentence_is_in_the_page_word_for_word(precis_process: Precis, saved: Path) -> None:
    done = precis_process("try", str(saved), "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert 2 <= len(figures["sentences"]) <= 4
    assert all(sentence in plain(saved) for sentence in figures["sentences"])
    assert figures["saved"] >= 60
    assert figures["language"] == "en"


def test_it_prints_the_reply_as_posted(precis: Precis, saved: Path) -> None:
    printed_reply = precis("try", str(saved)).stdout
    assert re.search(
        r"\n---\n\nThe original article contains \*\*\d+\*\* words, the summary contains \*\*\d+\*\* words\. "
        r"Saved \*\*\d+%\*\*\. \[I'm a bot and I'm open source!\]\(http[^)]+\)\n$",
        printed_reply,
    )


def test_the_markdown_of_each_platform(precis: Precis, saved: Path) -> None:
    (saved.parent / "config.toml").write_text(
        '[bot]\nowner = "me@example.org"\n[rules]\nlayout = "collapsed"\n[lemmy.main]\n'
        'server = "lemmy.example"\nusername = "precis"\npassword = "x"\ncommunities = ["news"]\n'
    )
    (saved.parent / "config.toml").chmod(0o600)
    on_lemmy = precis("try", str(saved), "-c", "config.toml").stdout
    on_reddit = precis("try", str(saved), "-c", "config.toml", "--reddit").stdout
    on_piefed = precis("try", str(saved), "-c", "config.toml", "--piefed").stdout
    assert on_lemmy.startswith("::: spoiler")
    assert re.match(r"::: spoiler \w+\n\n", on_piefed)
    assert on_reddit.startswith(">!")


def test_options_for_length_method_and_scores(precis: Precis, saved: Path) -> None:
    done = precis("try", str(saved), "--method", "luhn", "--sentences", "2", "--explain", "--json")
    figures = json.loads(done.stdout)
    assert (figures["method"], len(figures["sentences"])) == ("luhn", 2)
    assert done.stderr.count("✓") == 2
    assert "resiliparse" in done.stderr
    assert "step:" in done.stderr


def test_a_page_that_is_not_an_article_is_an_error(precis: Precis, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html><body><p>Hello.</p></body></html>")
    done = precis("try", "x.html")
    assert done.returncode == 1
    assert "No summary:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.html",), "There is no file nothing.html"),
        (("x.html", "--reddit", "--piefed"), "--reddit and --piefed exclude each other."),
        (("x.html", "--method", "magic"), "There is no method 'magic'"),
        (("http://127.0.0.1/",), "address"),
        ((".",), "Cannot read"),
    ],
)
def test_errors_are_one_sentence(
    precis: Precis, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "x.html").write_text("<p>x</p>")
    done = precis("try", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_saved_page_is_judged_by_the_address_that_it_had(precis: Precis, saved: Path) -> None:
    article = precis("try", str(saved), "--url", "https://courier.example/harbour/bridge", "--json")
    assert json.loads(article.stdout)["url"] == "https://courier.example/harbour/bridge"
    home = precis("try", str(saved), "--url", "https://courier.example/")
    assert home.returncode == 1
    assert "home page" in home.stderr
    assert "--url" in precis("try", str(saved)).stderr


@pytest.mark.parametrize(
    ("source", "url", "message"),
    [
        ("bridge.html", "courier.example/bridge", "is not a web address. Begin it with http:// or https://."),
        ("https://a.example/", "https://b.example/", "--url is for a saved page."),
    ],
)
def test_an_address_that_cannot_be_used_is_an_error(
    precis: Precis, saved: Path, source: str, url: str, message: str
) -> None:
    done = precis("try", source, "--url", url)
    assert done.returncode != 0
    assert message in " ".join(done.stderr.split())


def test_a_pdf_file_and_a_text_file(precis_process: Precis, tmp_path: Path) -> None:
    builder, _ = report()
    (tmp_path / "report.pdf").write_bytes(builder.build())
    (tmp_path / "report.txt").write_text("\n\n".join(PARAGRAPHS))
    for name in ("report.pdf", "report.txt"):
        done = precis_process("try", str(tmp_path / name), "--json")
        assert done.returncode == 0, done.stderr
        sentences = json.loads(done.stdout)["sentences"]
        assert sentences
        assert all(sentence in " ".join(PARAGRAPHS) for sentence in sentences)


def test_a_file_that_cannot_be_read_has_its_reason(precis_process: Precis, tmp_path: Path) -> None:
    builder, _ = report()
    (tmp_path / "locked.pdf").write_bytes(builder.build(password="secret"))
    done = precis_process("try", str(tmp_path / "locked.pdf"))
    assert done.returncode != 0
    assert "The document can only be opened with a password." in done.stderr


class SlowImport:
    """Ends the import of the module that takes long."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "bot.cli.try_page":
            raise UserError("It is imported now.")


def test_progress_is_shown_before_anything_is_loaded(precis: Precis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delitem(sys.modules, "bot.cli.try_page", raising=False)
    monkeypatch.setattr(sys, "meta_path", [SlowImport(), *sys.meta_path])
    written = precis("try", "x.html").stderr
    assert 0 <= written.find("Reading the page…") < written.find("It is imported now.")


def test_a_misspelled_method_gets_a_suggestion(precis: Precis, saved: Path) -> None:
    assert "Did you mean luhn?" in precis("try", str(saved), "--method", "lunh").stderr
