"""Features of a page's address for the gate: words in the host and in the path."""

from __future__ import annotations

import re

from bot.extract.url_parts import split_url

_HOSTS = {
    "docs_host": r"^(?:docs?|documentation|developers?|dev|learn|support|help|wiki|api|kb|man|reference|guide"
    r"|book)\.|\.(?:readthedocs|gitbook|wikipedia)\.",
    "forum_host": r"^(?:forums?|community|discuss(?:ions?)?|talk|boards?|answers|ask)\.|forum|reddit|tapatalk"
    r"|stackexchange|stackoverflow|lemmy|discourse",
    "public_host": r"\.(?:gov|edu|mil)(?:\.\w\w)?$|\.ac\.\w\w$",
}
_WORDS_IN_PATH = {
    "path_product": r"product|/p/|/dp/|shop|store|item|/buy|sku",
    "path_list": r"collection|categor|/c/|/tag|/search|archive|topics?/|browse|/all\b|directory|listings?"
    r"|jobs|events?\b",
    "path_docs": r"docs?\b|documentation|reference|/api\b|manual|guide/|/help|support|wiki|tutorial"
    r"|readme",
    "path_forum": r"forum|thread|topic|discuss|question|/t/|communit|viewtopic|/r/|comments|board",
    "path_service": r"service|solution|about|pricing|features|platform|contact|industr|what-we-do|company"
    r"|consult",
    "path_article": r"blog|news|articles?\b|story|stories|/20\d\d/|post|press|magazine|journal|insights|learn"
    r"|resources|opinion",
}
_SEGMENTS = {
    "segment_article": r"blogs?|news|articles?|stories|story|posts?|insights?|magazine|journal",
    "segment_docs": r"docs?|documentation|reference|api|manual|guides?|tutorials?|wiki|man|book"
    r"|glossary|dictionary",
    "segment_forum": r"forums?|threads?|topics?|discussions?|t|d|questions?|comments|viewtopic|showthread"
    r"|boards?|post",
    "segment_product": r"products?|p|dp|item|ip|shop|sku|buy",
    "segment_collection": r"collections?|categor(?:y|ies)|c|shop|browse|b|pl|cat",
    "segment_service": r"services?|solutions?|about|pricing|programs?|departments?|practice-areas?|what-we-do"
    r"|our-[a-z]+|locations?|courses?|degrees?",
}
_HOST_PATTERNS = {name: re.compile(pattern) for name, pattern in _HOSTS.items()}
_PATH_PATTERNS = {name: re.compile(words, re.IGNORECASE) for name, words in _WORDS_IN_PATH.items()} | {
    name: re.compile(rf"/(?:{words})(?=[/.]|$)", re.IGNORECASE) for name, words in _SEGMENTS.items()
}
_FILE_ENDING = re.compile(r"\.\w{3,5}$")


def url_features(url: str) -> dict[str, float]:
    """Whether host and path have words that are typical of a kind of page, and the shape of the path."""
    parts = split_url(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/")
    last = path.rsplit("/", 1)[-1]
    out = {name: float(bool(pattern.search(host))) for name, pattern in _HOST_PATTERNS.items()}
    out |= {name: float(bool(pattern.search(path))) for name, pattern in _PATH_PATTERNS.items()}
    out["path_depth"] = float(path.count("/"))
    out["path_last"] = float(len(last))
    out["path_hyphens"] = float(last.count("-"))
    out["path_most_hyphens"] = float(max(part.count("-") for part in path.split("/")))
    out["path_digits"] = float(sum(map(str.isdigit, path)))
    out["path_file"] = float(bool(_FILE_ENDING.search(path)))
    out["query"] = float(len(parts.query))
    return out
