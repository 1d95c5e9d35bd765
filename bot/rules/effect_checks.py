"""Values that can have no effect, or stop every reply: each is a problem with its reason.

Only new texts of moderators are checked. Stored settings stay in effect as they were accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.lazy_patterns import lazy_pattern
from bot.rules.place_names import is_language
from bot.rules.setting_errors import SettingProblem
from bot.rules.setting_kinds import is_host_list, is_language_list
from bot.rules.yaml_lines import Entry, safe_excerpt

_HOST = lazy_pattern(r"[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\]")
_TOP_LEVEL = frozenset(["com", "org", "net", "edu", "gov", "mil", "int", "info", "biz"])
_OPPOSITES = (
    ("allow_domains", "block_domains"),
    ("allow_title_words", "block_title_words"),
    ("allow_flairs", "block_flairs"),
)


def useless_values(
    entries: list[Entry], settings: Mapping[str, Any], all_settings: Mapping[str, Any]
) -> Iterator[SettingProblem]:
    """The problems of valid settings. `all_settings` also has those that were in effect before."""
    for entry in entries:
        if entry.key in settings:
            yield from _of_one(entry, settings[entry.key])
    yield from _of_opposites(entries, settings)
    lines = {entry.key: entry.line for entry in entries}
    line = lines.get("min_age_minutes", lines.get("max_age_hours"))
    youngest, oldest = all_settings.get("min_age_minutes", 0), all_settings.get("max_age_hours", 24)
    if line is not None and youngest >= oldest * 60:
        values = {"key": "min_age_minutes", "other": "max_age_hours"}
        yield SettingProblem(line, "never-both", values, example=f"max_age_hours: {youngest // 60 + 24}")


def _of_one(entry: Entry, value: Any) -> Iterator[SettingProblem]:
    name = entry.key
    if is_host_list(name):
        for host in value:
            problem = _host_problem(entry, host)
            if problem is not None:
                yield problem
    elif is_language_list(name):
        for code in value:
            if not is_language(code):
                values = {"key": name, "value": safe_excerpt(code)}
                yield SettingProblem(entry.line, "no-such-language", values, example=f"{name}: [en, de]")
    elif name == "quiet_hours" and value:
        begin, _, end = value.partition("-")
        if begin == end:
            yield SettingProblem(entry.line, "all-day", {"key": name}, example="enabled: false")


def _host_problem(entry: Entry, host: str) -> SettingProblem | None:
    values = {"key": entry.key, "value": safe_excerpt(host)}
    if "*" in host:
        example = f"{entry.key}: [{host.replace('*', '').strip('.') or 'shop.example'}]"
        return SettingProblem(entry.line, "bad-pattern", values, example=example)
    if not _HOST.fullmatch(host):
        parts = re.findall(r"[\w-]+", host)
        return SettingProblem(entry.line, "bad-value", values, example=f"{entry.key}: [{'.'.join(parts)}]")
    is_suffix = len(host) == 2 or host in _TOP_LEVEL or _is_written_as_suffix(entry, host)
    if "." not in host and not is_suffix:
        return SettingProblem(entry.line, "no-site", values, example=f"{entry.key}: [{host}.com]")
    return None


def _is_written_as_suffix(entry: Entry, host: str) -> bool:
    written = entry.value if isinstance(entry.value, tuple) else (entry.value or "",)
    return any(re.search(rf"(?:^|[\s,;*]){re.escape('.' + host)}", text.lower()) for text in written)


def _of_opposites(entries: list[Entry], settings: Mapping[str, Any]) -> Iterator[SettingProblem]:
    lines = {entry.key: entry.line for entry in entries}
    for allowed, blocked in _OPPOSITES:
        both = {str(item).casefold() for item in settings.get(allowed, ())} & {
            str(item).casefold() for item in settings.get(blocked, ())
        }
        for item in sorted(both):
            line = max(lines.get(allowed, 1), lines.get(blocked, 1))
            values = {"value": safe_excerpt(item), "key": allowed, "other": blocked}
            yield SettingProblem(line, "in-both", values)
