"""The messages between the daemon and a worker: JSON with a schema, and the bytes of the page.

What a worker sends is never unpickled or evaluated. The daemon parses it as JSON within a limit of bytes,
checks each type against the dataclasses of `bot.core.models`, and then the numbers and lengths.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.pdf_signature import is_pdf
from bot.workers.rights import Confinement

if TYPE_CHECKING:
    from pydantic import TypeAdapter

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


@dataclass(frozen=True, slots=True)
class TaskFault:
    """An exception that reading a page raised: a bug of Precis or of a library."""

    error: str
    """Type and message."""
    where: tuple[str, ...]
    """One line for each frame, the innermost last."""


@dataclass(frozen=True, slots=True)
class Task:
    page: Page
    length: LengthLimits
    method: str
    explain: bool
    with_key_words: bool = True


@dataclass(frozen=True, slots=True)
class TaskResult:
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
    result = _validate(_result_schema(), message)
    if sum(part is not None for part in (result.digest, result.not_article, result.fault)) != 1:
        raise InvalidMessageError("not exactly one result")
    if result.digest is not None:
        _check_digest(result.digest)
    return result


def decode_confinement(message: bytes | bytearray) -> Confinement:
    """Raises `InvalidMessageError`."""
    return _validate(_confinement_schema(), message)


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
    assert is_dataclass(value), type(value)
    return {field.name: getattr(value, field.name) for field in fields(value)}


@cache
def _result_schema() -> TypeAdapter[TaskResult]:
    from pydantic import TypeAdapter  # here, because a worker does not need it

    return TypeAdapter(TaskResult)


@cache
def _confinement_schema() -> TypeAdapter[Confinement]:
    from pydantic import TypeAdapter

    return TypeAdapter(Confinement)


def _validate(schema: TypeAdapter[T], message: bytes | bytearray) -> T:
    from pydantic import ValidationError

    try:
        return schema.validate_json(message, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidMessageError(f"{place}: {first['msg']}") from None


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
