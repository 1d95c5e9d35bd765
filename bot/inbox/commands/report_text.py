"""A report about a community in words, in one of the bot's languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.core.deletion_causes import DeletionCause
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import Translator, reason_sentence
from bot.inbox.commands.context import community_link
from bot.store import CommunityReport

PERIOD = timedelta(days=7)
"""The time that a report covers, and the time between two weekly ones."""
MAX_REASONS = 3
"""Lines about skipped posts. If there are more reasons, the last line is about all others."""


def report_paragraphs(report: CommunityReport, translate: Translator) -> tuple[str, ...]:
    """The report in at most eight lines, counting the empty one between its two paragraphs."""
    community = community_link(report.community)
    if report.is_empty:
        return (translate("report-empty", community=community, days=PERIOD.days),)
    lines = "\n".join(f"- {line}" for line in _lines(report, translate))
    return translate("report-head", community=community, days=PERIOD.days), lines


def _lines(report: CommunityReport, translate: Translator) -> Iterator[str]:
    yield translate("report-replies", replies=report.replies, deleted=_deletions(report.deletions, translate))
    mean = report.mean_score
    yield translate(
        "report-votes",
        sum=_decimal(report.score, translate),
        mean="–" if mean is None else _decimal(mean, translate),
        good=report.good,
        bad=report.bad,
    )
    yield translate("report-skips", posts=sum(report.skips.values()))
    for count, sentence in _reasons(report.skips, translate):
        yield translate("report-reason", posts=count, reason=sentence)


def _deletions(deletions: Mapping[DeletionCause, int], translate: Translator) -> str:
    """The number of deleted replies, with the causes in parentheses."""
    causes = (f"{translate(f'deletion-{cause.value}')}: {count}" for cause, count in deletions.items())
    total = sum(deletions.values())
    return f"{total} ({', '.join(causes)})" if total else "0"


def _reasons(skips: Mapping[SkipReason | None, int], translate: Translator) -> Iterator[tuple[int, str]]:
    """(number of posts, sentence), the most frequent reasons first and the others together at the end."""
    ranked = list(skips.items())
    shown = ranked if len(ranked) <= MAX_REASONS else ranked[: MAX_REASONS - 1]
    for reason, count in shown:
        yield count, translate("report-failed") if reason is None else reason_sentence(reason, translate)
    others = sum(count for _, count in ranked[len(shown) :])
    if others:
        yield others, translate("report-other-reasons")


def _decimal(number: float, translate: Translator) -> str:
    """With at most one digit behind the decimal mark of the language."""
    from babel.numbers import format_decimal  # here: a daemon starts without Babel

    return format_decimal(round(number, 1), format="#,##0.#", locale=translate.language)
