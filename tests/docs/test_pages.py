"""Checks the docs: links, commands with their options, files, the pages of the site, the glossary."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from urllib.parse import unquote

import click
import pytest
import typer

from bot.cli.main_commands import app
from bot.store.tables import metadata

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|`| |/)(?:\.venv/bin/|/opt/precis/bin/)?precis ([a-z][^`\n#|]*)")
NAMES = frozenset(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def anchors(page: Path) -> set[str]:
    """The anchors of the headings, as the site and GitHub create them."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[`*\[\]]", "", heading).strip().lower() for heading in found)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading)) for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_have_targets(page: Path) -> None:
    text = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        path, _, anchor = unquote(link).partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_files_exist(page: Path) -> None:
    named = re.findall(r"`((?:bot|tests|benchmarks|deploy|docs)/[\w./-]*)`", page.read_text(encoding="utf-8"))
    files = [name for name in named if not Path(name).stem.isupper()]  # HOST.html is a placeholder
    assert [name for name in files if not (ROOT / name).exists()] == []


def commands_in(page: Path) -> list[str]:
    """Every `precis` command in the code of a page."""
    text = page.read_text(encoding="utf-8")
    code = [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^ {4}(.*)$", text, re.MULTILINE)]
    found = [match for piece in code for match in COMMAND.findall(piece)]
    return [
        command.strip() for command in found if command.split()[0] in NAMES or command.split()[0].islower()
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_docs_exist(page: Path) -> None:
    main: Any = typer.main.get_command(app)
    for command in commands_in(page):
        name, *arguments = shlex.split(re.split(r" (?:&&|\|\||>|<|-c FILE)", command)[0])
        assert name in NAMES, f"{page.name}: precis {command}"
        options = [word.split("=")[0] for word in arguments if word.startswith("-") and len(word) > 1]
        known = {
            option for each in main.commands[name].params for option in (*each.opts, *each.secondary_opts)
        }
        assert set(options) <= known | {"--help", "-h"}, f"{page.name}: precis {command}"


def test_the_reference_has_every_command_and_option() -> None:
    text = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    main: Any = typer.main.get_command(app)
    for name, command in main.commands.items():
        assert f"`precis {name}" in text, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) or parameter.param_type_name == "option":
                option = max(parameter.opts, key=len)
                assert option in text, f"precis {name} {option}"


def test_make_targets_in_the_docs_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(
            r"(?:^ {4}|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert target in targets, f"{page.name}: make {target}"


def test_the_site_has_every_page() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    listed = set(re.findall(r"[\w/-]+\.md", str(site["nav"])))
    assert listed == {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}


def test_the_architecture_page_lists_every_package() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    plan = page[page.index("    bot/\n") : page.index("Imports run")]
    listed = {line.split()[0] for line in plan.splitlines()[1:] if line.strip()}
    packages = {path.name + "/" * path.is_dir() for path in (ROOT / "bot").iterdir()}
    assert listed == {name for name in packages if not name.startswith(("__", "."))}


def terms() -> list[tuple[str, str, str]]:
    """Term, class and table of each row of the glossary. The table may be empty."""
    text = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
    rows = [re.split(r" *\| *", line)[1:5] for line in text.splitlines() if line.startswith("| ")]
    return [(term, owner.strip("`"), table.strip("`")) for term, _, owner, table in rows[1:]]


def test_the_glossary_names_classes_and_tables_that_exist() -> None:
    assert 20 <= len(terms()) <= 40
    for term, owner, table in terms():
        module, _, name = owner.rpartition(".")
        assert resolve_name(f"{module}:{name}") is not None, term
        assert not table or table in metadata.tables, term


def test_the_glossary_is_in_alphabetical_order() -> None:
    names = [term for term, _, _ in terms()]
    assert names == sorted(names)


def test_the_findings_name_tests_that_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "findings" / "README.md").read_text(encoding="utf-8")))
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert {name for name in named if f"def {name}(" not in source} == set()
