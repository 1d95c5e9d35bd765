"""Flaws of a summary that disturb a reader, found by separate rules.

Nothing is shared with `bot.summarize`, so that an error in the summarizer's rules is not repeated here.
English only. The sentences of a summary are checked in order, each with the article it came from:

antecedent  The sentence starts with a pronoun, a demonstrative or a connective, or with "the" and a
            noun for a person or company named before ("The company", "The 27-year-old"), or has he, she,
            his, her, him among its first six words without a name before; and the sentence before it in
            the article is not the one before it in the summary. "It is", "There are", "This week" and the
            article's first sentence are exempt.
surname     A word that somewhere in the article is in a run of capitalised words, but not the first (and
            somewhere follows a title, or stands alone before a verb of saying), is used without such a run
            in this sentence or one before it.
quotation   Double quotation marks are unbalanced; or the whole sentence is quoted; or more than half of it
            is quoted and no speaker is named outside the marks.
question    The sentence ends with a question mark.
reporter    I, we, me, us, my or our outside quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

KINDS = ("antecedent", "surname", "quotation", "question", "reporter")

_START = re.compile(
    r"^[\"“'‘(\s]*(?:(?:he|she|they|his|her|their|its|him|them|these|those(?! who)|"
    r"both(?![^.,;]{3,60} and\b)|another|"
    r"others|however|but|and|"
    r"or|so|yet|also|moreover|furthermore|meanwhile|nevertheless|nonetheless|"
    r"instead(?! of)|therefore|thus|hence|then|"
    r"besides|similarly|likewise|consequently|in addition|as a result|for (?:example|instance)|"
    r"on the other hand|at the same time|in (?:contrast|turn|fact|other words)|indeed|otherwise|afterwards|"
    r"elsewhere|after (?:that|this)|since then|the (?:latter|former|same|pair|duo|trio|couple|two|others))\b|"
    r"(?:this|that|such)\b(?! (?:week|month|year|morning|afternoon|evening|weekend|season|spring|summer|"
    r"autumn|fall|winter|monday|tuesday|wednesday|thursday|friday|saturday|sunday|as\b)))|"
    r"^[\"“'‘(\s]*it\b(?!(?:['’]s)?\s+(?:is|was|will|would|has|had|may|might|could|can|seems?|seemed|appears?|"
    r"appeared|takes?|took|remains?|turns?|emerged|comes?|came|follows?)\b|['’]s\b)",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    r"^[\"“'‘(\s]*the (?:\d+-year-old|company|firm|man|woman|boy|girl|teenager|victim|suspect|player|striker|"
    r"midfielder|defender|actor|actress|singer|star|couple|group|film-?maker|politician|officer|driver|student)"
    r"(?:'s)?\b(?!,? (?-i:[A-Z]))",
    re.IGNORECASE,
)
_PRONOUNS = frozenset(["he", "she", "his", "her", "him"])
_RUN = re.compile(r"\b[A-Z][\w-]+(?: [A-Z]\b\.?)?(?: [A-Z][\w-]+)+")
_FUNCTION = re.compile(r"^(?:The|An?|But|And|Was|In|On|At|Some|Although|To|Read|Past|If|When|As|After|For) ")
_SAID = r"(?:said|says|told|added|asked|wrote|claimed|explained|insisted|warned|replied|argued)"
_WORD = re.compile(r"(?<![\w-])[A-Z][a-zA-Z]+(?![\w-])|(?<![\w-])[A-Z]\w+-[A-Z]\w+")
_BODIES = frozenset(["Police"])
"""Words that end a run of capitalised words and "say" something, but are no surname ("Grapevine Police")."""
_SAYING = re.compile(
    r"\b(?:said|says|say|told|added|adds|asked|asking|wrote|claimed|claims|explained|insisted|warned|replied|revealed|"
    r"argued|according|announced|tweeted|called|described|stated|admitted|read|reads|confirmed|saying|declared|"
    r"ruled)\b"
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_REPORTER = re.compile(r"\b(?:I|we|We|me|us|my|My|our|Our)\b(?!\.)")


def flaws(article: str, summary: Sequence[str]) -> set[str]:
    """The kinds of flaws (of KINDS) in `summary`; `article` is the text that it was taken from."""
    found: set[str] = set()
    surnames = _surnames(article)
    names = set(re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", article))
    named, end = set[str](), -1
    for sentence in summary:
        start = article.find(sentence)
        follows = end >= 0 and not article[end:start].strip()
        if start > 60 and not follows and _needs_antecedent(sentence, names):
            found.add("antecedent")
        named.update(*_runs(sentence))
        used = set(_WORD.findall(sentence)) & surnames
        if used - named:
            found.add("surname")
        found |= _in_sentence(sentence)
        end = start + len(sentence)
    return found


def _needs_antecedent(sentence: str, names: set[str]) -> bool:
    if _START.match(sentence) or _DESCRIBED.match(sentence):
        return True
    words = re.findall(r"[\w’'-]+", sentence)[:6]
    for at, word in enumerate(words):
        if word.lower() in _PRONOUNS:
            opened = at > 0 and re.split(r"[’']", words[0])[0] in names
            return not opened and not any(one[0].isupper() for one in words[1:at])
    return False


def _surnames(article: str) -> set[str]:
    pairs = _words_after_first(article)
    people = re.findall(rf"\b(?:Mr|Mrs|Ms|Dr|Sir|Lord)\.? ([A-Z]\w+)|\b([A-Z]\w+) {_SAID}\b", article)
    named = {name for both in people for name in both if name and not name.isupper()}
    return pairs & (named - _BODIES)


def _words_after_first(text: str) -> set[str]:
    """Every word of a run of capitalised words except the first."""
    return {word for run in _runs(text) for word in run[1:]}


def _runs(text: str) -> list[list[str]]:
    return [_FUNCTION.sub("", run).split() for run in _RUN.findall(text)]


def _in_sentence(sentence: str) -> set[str]:
    found: set[str] = set()
    outside = _QUOTED.sub(" ", sentence)
    if sentence.count('"') % 2 or sentence.count("“") != sentence.count("”"):
        found.add("quotation")
    if len(outside) < len(sentence) / 2 and not _SAYING.search(outside):
        found.add("quotation")
    if sentence.rstrip("\"'”’) ").endswith("?"):
        found.add("question")
    if _REPORTER.search(outside):
        found.add("reporter")
    return found
