"""The example package of the docs: installed by pip, used by the library, `precis try` and the daemon."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import pytest

from bot.sandbox.news.site import NewsSite

EXAMPLE = Path(__file__).parents[2] / "docs/examples/precis-notice-board"
TIMEOUT = 60.0
ARTICLE = """<!doctype html><html lang="en"><head><title>Mill opens after repair</title></head><body><article>
<h1>Mill opens after repair</h1>
<p>The water mill of Elmsport opened to visitors on Monday after a repair of three years. The town paid two
million euros for it. The council had approved the cost by one vote.</p>
<p>Engineers replaced the wheel and most of its axle. They used oak from the forest above the town, which was
cut in the winter of 2021 and dried for two years before it could be used.</p>
<p>The mayor thanked the four engineers for their patience. School classes can visit the mill free of charge
in the first year. Other visitors pay six euros, and the money goes to the upkeep of the weir.</p>
<p>The mill was built in 1784 and ground flour until the flood of 1962. It stood empty for sixty years while
three owners planned flats, a hotel and a museum, and all of them gave up because of the damp.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment in which the example is installed beside Precis."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    paths = sysconfig.get_paths(vars={"base": f"{folder}", "platbase": f"{folder}"})
    packages = Path(paths["purelib"])
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    command = (sys.executable, "-m", "pip", "install", *offline, "--target", f"{packages}", f"{EXAMPLE}")
    subprocess.run(command, check=True, timeout=TIMEOUT, cwd=folder)
    own = (EXAMPLE.parents[2], sysconfig.get_path("purelib"))
    (packages / "precis.pth").write_text("\n".join(map(str, own)), encoding="utf-8")
    return f"{folder / 'bin' / 'python'}"


def test_the_library_uses_its_summarizer(python: str) -> None:
    code = (
        "import sys, bot\n"
        "summary = bot.summarize_html(sys.stdin.read(), method='first-sentences', words=60)\n"
        "print(*summary.sentences, sep='\\n')"
    )
    process = subprocess.run(
        (python, "-c", code),
        input=ARTICLE,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert process.stdout.splitlines() == [
        "The water mill of Elmsport opened to visitors on Monday after a repair of three years.",
        "Engineers replaced the wheel and most of its axle.",
        "The mayor thanked the four engineers for their patience.",
        "The mill was built in 1784 and ground flour until the flood of 1962.",
    ]


def test_the_confined_process_of_try_uses_it(python: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(ARTICLE, encoding="utf-8")
    command = (
        python,
        "-m",
        "bot",
        "try",
        str(page),
        "--method",
        "first-sentences",
        "--json",
        "--url",
        "https://paper.example/mill",
    )
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(process.stdout)["method"] == "first-sentences"


def test_an_unknown_method_names_the_installed_ones(python: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(ARTICLE, encoding="utf-8")
    command = (python, "-m", "bot", "try", str(page), "--method", "first-sentence")
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert "There is no method 'first-sentence'." in process.stderr
    assert "first-sentences" in process.stderr


def test_the_daemon_replies_on_its_platform_once(python: str, tmp_path: Path) -> None:
    board = tmp_path / "board"
    board.mkdir()
    reply = board / "1.reply.md"
    config = tmp_path / "config.toml"
    config.write_text(
        '[bot]\nowner = "you@example.org"\n[board.main]\nfolder = "board"\n'
        '[rules]\nmethod = "first-sentences"\n[workers]\nprocesses = 1\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    with NewsSite() as site:
        notice = {"title": "A bridge", "link": f"{site.url}/harbour/bridge", "author": "ada"}
        (board / "1.json").write_text(json.dumps(notice), encoding="utf-8")
        command = (python, "-m", "bot.sandbox.daemon_process", "--config", str(config))
        with subprocess.Popen(
            (*command, "--allow-local", site.url.removeprefix("http://")),
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
        ) as daemon:
            began = time.monotonic()
            while not reply.exists() and daemon.poll() is None and time.monotonic() - began < TIMEOUT:
                with pytest.raises(subprocess.TimeoutExpired):
                    daemon.wait(0.05)
            daemon.send_signal(signal.SIGTERM)
            output, _ = daemon.communicate(timeout=TIMEOUT)
    assert reply.exists(), output.decode()[-2000:]
    assert "The original article contains" in reply.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('folder = ""', "[board.main] folder must be the path of a file, in quotes"),
        ('floder = "board"', '[board.main] floder is not a setting; did you mean "folder"?'),
    ],
)
def test_mistakes_in_its_table_are_reported(python: str, tmp_path: Path, value: str, problem: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[bot]\nowner = "you@example.org"\n[board.main]\n{value}\n', encoding="utf-8")
    command = (python, "-m", "bot", "status", "--config", str(config))
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode != 0
    assert problem in " ".join(process.stderr.split())
