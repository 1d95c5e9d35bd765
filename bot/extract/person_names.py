"""Tell the names of authors from the labels, jobs, accounts and credits that stand beside them."""

from __future__ import annotations

import re

MAX_AUTHORS = 8
LABEL = re.compile(
    r"^\W*(?:(?:article |story |words |text )?"
    r"(?:(?:written|posted|published|reviewed|reported|story|words|submitted|created|text|geschrieben|"
    r"veröffentlicht|publié|écrit|rédigé|publicado|escrito|pubblicato|scritto|geschreven)\s+)?"
    r"(?:by|von|par|por|da|di|door|av|af|od|przez)(?:\s+|\s*:\s*|(?=(?-i:[A-ZÀ-Þ]))|$)"
    r"|(?:authors?|autor(?:in|es|a)?|auteur|autore|автор|text|words|written)\s*:\s*"
    r"|(?:автор|作者|記者|记者|文)\s*[:：/]\s*)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ][a-zß-ÿ]+(?:\s|$))")
_NAME_PREFIX = re.compile(r"(?:Mc|Mac|De|La|Le|Van|Di|Du|O)$")
JOB = re.compile(
    r"^(?:senior|chief|staff|marketing|content|managing|associate|contributing|freelance|guest|science|news|"
    r"editor|writer|reporter|journalist|author|correspondent|manager|director|founder|ceo|analyst|consultant|"
    r"redakteur|journaliste|periodista|redactor)",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"^\W*(?:your |the |an? )?(?:name|e-?mail|username|user|author|admin(?:istrator)?|editor|staff|guest|"
    r"anonymous|unknown|website|comment|n/?a|none|null|undefined|default|root|test|about the author|"
    r"autor(?:in)?|nombre|nom|nome|имя|名前)\W*$"
    r"|^(?:photo|foto|image|bild|picture|illustration|video|credit|source|quelle)\b|https?:|www\.|@|"
    r"\d{3,}|^[\d\W_]*$|\b(?:read more|follow|subscribe|share|min read|says)\b",
    re.IGNORECASE,
)
_WORD_OF_NAME = r"[^\W\d_a-zß-ÿа-я][\w.'’-]*"
_PARTICLE = r"(?:(?:de|da|di|do|du|del|della|van|von|der|den|zu|la|le|bin|al|el|y)\s)*"
_NAME = rf"{_WORD_OF_NAME}(?:\s{_PARTICLE}{_WORD_OF_NAME}){{1,4}}"
NAMES = re.compile(rf"{_NAME}(?:(?:, | and | & | und | et | y | e | och | og ){_NAME})*")
"""What may be a name in a byline: two or more words with capitals."""
_MAX_NAME, _MAX_WORDS = 120, 14


def clean_name(text: str) -> str:
    """A name without "By", and without the job title that a template glued to it."""
    name = LABEL.sub("", text).strip(" ,|-–")
    for found in _GLUED.finditer(name):
        if not _NAME_PREFIX.search(name[: found.start()]) and JOB.match(name[found.start() :]):
            return name[: found.start()]
    return name


def is_name(text: str) -> bool:
    return 1 < len(text) <= _MAX_NAME and len(text.split()) <= _MAX_WORDS and not _NOT_A_NAME.search(text)
