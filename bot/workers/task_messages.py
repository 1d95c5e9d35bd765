"""The messages between the daemon and a worker: JSON with a schema, and the bytes of the page.

What a worker sends is never unpickled or evaluated. The daemon parses it as JSON within a limit of bytes,
decodes it into the types of `bot.core.models`, and then checks the numbers and lengths.
"""

from __future__ import annotations

import json
import math
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from msgspec import DecodeError, Struct
from msgspec.json import Decoder
from msgspec.structs import asdict

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.pdf_signature import is_pdf
from bot.workers.rights import Confinement

MIN_RESULT_LIMIT = 8_000_000
RESULT_BYTES_PER_PAGE_BYTE = 4
"""Maximum size of a result, as bytes and by the size of the page; the text can need more bytes in UTF-8."""
MAX_CONTAINERS = 20_000
MAX_COMMAS = 300_000
"""Maximum number of lists and objects in a result, and of commas, those in texts included.

Parsing holds the daemon's interpreter, and its time depends on these numbers more than on the bytes."""
EXPLANATION_FACTOR = 20
"""How much larger a result may be that explains every sentence, which only an operator asks for."""
MAX_COUNT = 1_000_000_000
MAX_SENTENCES = 1_000
"""Maximum number of sentences of a summary, and of key words."""
_PAGE_FIELDS = ("url", "content_type", "requested_url", "self_post_title")


T = TypeVar("T")


class InvalidMessageError(Exception):
    """A worker sent something that does not match the schema."""


class TaskFault(Struct, frozen=True):
    """An exception that reading a page raised: a bug of Precis or of a library."""

    error: str
    """Type and message."""
    where: tuple[str, ...]
    """One line for each frame, the innermost last."""


class Task(Struct, frozen=True):
    page: Page
    length: LengthLimits
    method: str
    explain: bool
    with_key_words: bool = True


class TaskResult(Struct, frozen=True):
    """Exactly one of the three is set."""

    digest: Digest | None = None
    not_article: NotArticle | None = None
    fault: TaskFault | None = None


def encode_task(task: Task) -> tuple[bytes, bytes]:
    """The two messages of a task: JSON, and the content of the page."""
    header = {
        "page": {name: getattr(task.page, name) for name in _PAGE_FIELDS},
        "length": _to_json(task.length),
        "method": task.method,
        "explain": task.explain,
        "with_key_words": task.with_key_words,
    }
    return json.dumps(header).encode(), task.page.content


def decode_task(header: bytes | bytearray, content: bytes) -> Task:
    """In the worker. The daemon is trusted, so nothing is checked."""
    given = json.loads(header)
    page = Page(content=content, **given["page"])
    length = LengthLimits(**given["length"])
    return Task(page, length, given["method"], given["explain"], given["with_key_words"])


def encode_result(result: TaskResult | Confinement) -> bytes:
    """In the worker. A lone surrogate becomes "?", so that no text with one reaches the daemon."""
    text = json.dumps(result, default=_to_json, ensure_ascii=False, check_circular=False)
    return text.encode("utf-8", "replace")


def decode_result(message: bytes | bytearray, *, explain: bool = False) -> TaskResult:
    """Raises `InvalidMessageError`."""
    factor = EXPLANATION_FACTOR if explain else 1
    if message.count(b"[") + message.count(b"{") > MAX_CONTAINERS * factor:
        raise InvalidMessageError("too many lists and objects")
    if message.count(b",") > MAX_COMMAS * factor:
        raise InvalidMessageError("too many values")
    result = _decode(_result_decoder(), message)
    if sum(part is not None for part in (result.digest, result.not_article, result.fault)) != 1:
        raise InvalidMessageError("not exactly one result")
    if result.digest is not None:
        _check_digest(result.digest)
    return result


def decode_confinement(message: bytes | bytearray) -> Confinement:
    """Raises `InvalidMessageError`."""
    return _decode(_confinement_decoder(), message)


def result_limit(task: Task) -> int:
    """The maximum size of the result of a task, in bytes."""
    content = task.page.content
    page_bytes = 0 if is_pdf(content) else len(content)  # most of a PDF file is not text
    limit = max(MIN_RESULT_LIMIT, RESULT_BYTES_PER_PAGE_BYTE * page_bytes)
    return limit * (EXPLANATION_FACTOR if task.explain else 1)


def _to_json(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case frozenset():
            return sorted(value)
    assert isinstance(value, Struct), type(value)
    return asdict(value)


@cache
def _result_decoder() -> Decoder[TaskResult]:
    return Decoder(TaskResult)


@cache
def _confinement_decoder() -> Decoder[Confinement]:
    return Decoder(Confinement)


def _decode(decoder: Decoder[T], message: bytes | bytearray) -> T:
    try:
        return decoder.decode(message)
    except (DecodeError, RecursionError) as error:  # the latter for deep nesting in a field that is skipped
        raise InvalidMessageError(str(error)) from None


def _check_digest(digest: Digest) -> None:
    article, summary = digest.article, digest.summary
    counts = (article.word_count, summary.article_words, summary.summary_words, digest.reading_minutes)
    if not all(0 <= count <= MAX_COUNT for count in counts):
        raise InvalidMessageError("a count is out of range")
    if not 0 <= article.confidence <= 1:  # also false for NaN
        raise InvalidMessageError("the confidence is not between 0 and 1")
    if max(len(summary.sentences), len(digest.key_words)) > MAX_SENTENCES:
        raise InvalidMessageError("too many sentences or key words")
    for scored in summary.scored:
        if not all(map(math.isfinite, (scored.score, *(value for _, value in scored.features)))):
            raise InvalidMessageError("a score is not a number")
