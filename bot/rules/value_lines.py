"""Writes the values of lists and of free text so that YAML takes them as they were meant.

A `#`, `*`, `[` or `@` in them is text, an item of a list is not a key, and a comment that would empty a value
is a problem.
"""

from __future__ import annotations

import json
import re

from bot.core.lazy_patterns import lazy_pattern
from bot.rules.community_rules import CommunityRules
from bot.rules.pasted_text import bullet_text, clean_lines, quote_colon, setting_line, straight_quotes
from bot.rules.setting_errors import SettingProblem
from bot.rules.setting_kinds import is_free_text, is_host_list, is_list

_QUOTED_VALUE = lazy_pattern(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=\s*(?:\s#.*)?$)""")
_QUOTED_PART = lazy_pattern(r"""(?:(?<=[\s,])|^)(?:"[^"]*"|'[^']*')(?=\s*(?:,|$))""")
_COMMENT = lazy_pattern(r"(?:^|(?<=\s))#")
_SITE_IN_COMMENT = lazy_pattern(r",\s*[\w*-]*(?:\.[\w-]+)+\s*(?:,|$)")
"""An item of a list behind a comment."""
_COMMENTED_SITE = lazy_pattern(r"#+\s*[\w*-]*(?:\.[\w-]+)+/?")
_ITEMS = lazy_pattern(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\]]*?)\s*(,|\]|$)\s*""")
_NULLS = frozenset({"~", "null"})
"""No value in YAML; as a word they would never match, or stand below every reply."""
_BLOCK_SCALAR = lazy_pattern(r"[|>][+-]?")
_MARKDOWN_LINK = lazy_pattern(r"\[[^\[\]]*+\]\(\s*<?([^\s()<>]++)>?(?:\s+[^()]*+)?\)")


class ValueLines:
    """Reads the lines of a text once. `lines` is the YAML, `problems` what its comments would swallow."""

    def __init__(self, text: str) -> None:
        self.lines: list[str] = []
        self.problems: list[SettingProblem] = []
        self._key: str | None = None
        """The list or free text whose value may go on in the next line."""
        self._start = 0
        """The index of the line with the value of `_key` that the next line may continue."""
        self._value: str | None = None
        """The text in that line; None while the list has no value or items yet."""
        self._has_bare_items = False
        """Whether the items of the list are lines without a dash."""
        self._emptied: SettingProblem | None = None
        """The problem of a comment in the place of the value, unless items follow."""
        self._in_brackets = self._in_block = False
        for line in clean_lines(text):
            self.lines.append("")
            self.lines[-1] = self._read(line)

    def _read(self, line: str) -> str:
        if self._in_block and (not line or line.startswith(" ")):
            return line
        self._in_block = False
        if self._in_brackets:
            return self._read_bracket_line(line)
        if not line or line.lstrip().startswith("#"):
            self._check_hash_line(line.strip())
            return line
        item = bullet_text(line)
        setting = setting_line(line if item is None else item)
        is_known = setting is not None and setting[0] in CommunityRules.model_fields
        if self._key is not None and is_list(self._key) and (item is not None or setting is None):
            if item is not None and not (is_known and not line.startswith(" ")):
                return self._read_item(item)
            if setting is None and (self._value is None or self._has_bare_items):
                self._has_bare_items = True
                return self._read_item(line.strip())
        if setting is None:
            return self._continue(line) if item is None else line
        name, value = setting
        if name not in CommunityRules.model_fields:
            self._key = None
            indent = " " * (len(line) - len(line.lstrip())) if item is None else ""
            return quote_colon(f"{indent}{name}: {value}".rstrip())
        return f"{name}: {self._read_value(name, value)}".rstrip()

    def _continue(self, line: str) -> str:
        """A line that goes on with the text of the line before it."""
        if self._key is None or self._value is None:
            return line
        joins = line.startswith(" ") or self._value.endswith(",")
        if not joins:
            return line
        self._value = f"{self._value} {line.strip()}"
        head = "- " if self.lines[self._start].startswith("- ") else f"{self._key}: "
        self.lines[self._start] = head + json.dumps(self._value, ensure_ascii=False)
        return ""

    def _read_value(self, name: str, value: str) -> str:
        self._key, self._value, self._has_bare_items, self._emptied = None, None, False, None
        if not is_list(name) and not is_free_text(name):
            if value.startswith("#"):
                example = f"{name}: {value.lstrip('# ')}"
                self.problems.append(
                    SettingProblem(len(self.lines), "comment", {"key": name}, example=example)
                )
            return quote_colon(f"{name}: {value}").removeprefix(f"{name}: ")
        self._key, self._start = name, len(self.lines) - 1
        if value in _NULLS:
            return ""
        if _BLOCK_SCALAR.fullmatch(value):
            self._key, self._in_block = None, True
            return value
        if not value or _QUOTED_VALUE.match(value) or (value[0] in "\"'" and value.count(value[0]) == 1):
            return value
        if value.startswith("[") and is_list(name) and not _MARKDOWN_LINK.match(value):
            return self._read_brackets(value)
        if value.startswith("{"):
            return value
        text = self._without_comment(value)
        self._value = text or None
        self._emptied = None if text or value[1:2].strip() else self.problems[-1]
        return json.dumps(text, ensure_ascii=False) if text else ""

    def _read_item(self, item: str) -> str:
        assert self._key is not None
        if self._emptied is not None:  # the comment is above the items of the list
            self.problems.remove(self._emptied)
            self._emptied = None
        item = straight_quotes(f"- {item}").removeprefix("- ")
        quoted = _QUOTED_VALUE.match(item)
        if quoted is not None:
            item = quoted[0]
        else:
            if not is_host_list(self._key) and item.startswith(("[", "{")) and ":" in item:
                return f"- {item}"
            item = self._without_comment(item, in_item=True)
            if not item:
                return ""
            item = json.dumps(item, ensure_ascii=False)
        if self._value is None or self.lines[self._start].startswith("- "):
            self._start, self._value = len(self.lines) - 1, item[1:-1] if quoted else json.loads(item)
            return f"- {item}"
        self._value = f"{self._value.rstrip(', ')}, {item}"  # below a list that began on the line of its name
        self.lines[self._start] = f"{self._key}: {json.dumps(self._value, ensure_ascii=False)}"
        return ""

    def _read_brackets(self, value: str) -> str:
        """A list in brackets. It may end in a later line."""
        if "[" in value[1:] and is_free_text(self._key or ""):  # [Live], [Meta]: the brackets are text
            text = self._without_comment(value)
            if re.search(r"\]\s*,", text):
                return json.dumps(text, ensure_ascii=False)
        self._in_brackets = True
        return "[" + self._read_bracket_line(value[1:])

    def _read_bracket_line(self, line: str) -> str:
        """Each item in quotation marks. A line with brackets or braces of its own stays as it is."""
        assert self._key is not None
        indent = line[: len(line) - len(line.lstrip())]
        if re.search(r"[\[{]", _MARKDOWN_LINK.sub("", line)):
            self._in_brackets = "]" not in line
            return line
        if is_host_list(self._key):
            line = _MARKDOWN_LINK.sub(r"\1", line)
        parts: list[str] = []
        rest = line.strip()
        while rest:
            if rest.startswith("#") and (not is_free_text(self._key) or rest[1:2] in ("", " ")):
                break  # a comment
            found = _ITEMS.match(rest)
            if found is None:
                return line  # an open quotation mark
            text, end = found[1].strip(), found[2]
            parts.append((self._quoted(text) if text else "") + end)
            rest = rest[found.end() :]
            if end == "]":
                self._in_brackets = False
                parts.append(rest)
                break
        return indent + " ".join(parts)

    def _quoted(self, item: str) -> str:
        if item[0] in "\"'":
            return item
        text = self._without_comment(item, in_item=True)
        return json.dumps(text, ensure_ascii=False)

    def _without_comment(self, text: str, *, in_item: bool = False) -> str:
        """The text without a comment that is one; a problem for one that swallows part of a value."""
        assert self._key is not None
        if is_host_list(self._key):
            text = _MARKDOWN_LINK.sub(r"\1", text)
        found = _COMMENT.search(_QUOTED_PART.sub(lambda part: "_" * len(part[0]), text))
        if found is None:
            return self._plain_hosts(text)
        value, comment = text[: found.start()].strip(), text[found.end() :]
        is_spaced = comment[:1] in ("", " ")
        if is_free_text(self._key):
            begins_item = not value or (not in_item and is_list(self._key) and value.endswith(","))
            if not is_spaced and (begins_item or not is_list(self._key)):
                return text
            self._report_comment(self._key, text)
        elif not is_spaced and not value:
            return text  # not a site or a language: its validation says so
        elif not value or value.endswith(",") or _SITE_IN_COMMENT.search(comment):
            self._report_comment(self._key, text)
        return self._plain_hosts(value)

    def _plain_hosts(self, text: str) -> str:
        """Patterns like `*.site.example` without their stars."""
        if not is_host_list(self._key or ""):
            return text
        return re.sub(r"(?<![\w.-])\*(?=\.\w)", "", text.replace("*://", "https://"))

    def _report_comment(self, name: str, text: str) -> None:
        shown = re.sub(r'["`]', "'", text if len(text) <= 60 else f"{text[:59]}…")
        if text.startswith("#"):
            shown = shown.lstrip("# ") or "…"
        quoted = f'"{shown}"' if is_list(name) or is_free_text(name) else shown
        example = f"{name}: [{quoted}]" if is_list(name) else f"{name}: {quoted}"
        self.problems.append(SettingProblem(len(self.lines), "comment", {"key": name}, example=example))

    def _check_hash_line(self, line: str) -> None:
        """A line like `#word` below a list without items was meant as an item."""
        is_empty_list = self._key is not None and is_list(self._key) and self._value is None
        if self._key is None or not is_empty_list or setting_line(line[1:]) is not None:
            return
        is_site = is_host_list(self._key) and _COMMENTED_SITE.fullmatch(line)
        if is_site or re.match(r"#[^\s#-]", line):
            self._report_comment(self._key, line)
