"""The codes of ISO 639-1 for the language tags that pages and detectors use."""

from __future__ import annotations

# Codes of ISO 639-3 and old codes, with the language of ISO 639-1 that they belong to.
_FOLDED = {
    "ara": "ar", "arb": "ar", "ary": "ar", "arz": "ar", "apc": "ar", "apd": "ar", "aeb": "ar", "acm": "ar",
    "cmn": "zh", "wuu": "zh", "yue": "zh", "nan": "zh", "hak": "zh", "lzh": "zh", "zho": "zh", "chi": "zh",
    "nob": "nb", "nno": "nn", "nor": "no", "grc": "el", "hbo": "he", "iw": "he", "ji": "yi", "ydd": "yi",
    "in": "id", "ind": "id", "zsm": "ms", "mo": "ro", "cnr": "sr", "srp": "sr", "hrv": "hr", "bos": "bs",
    "hbs": "sh", "pes": "fa", "prs": "fa", "fas": "fa", "fil": "tl", "ltg": "lv", "lvs": "lv", "ekk": "et",
    "vro": "et", "uzn": "uz", "uzs": "uz", "azj": "az", "azb": "az", "ckb": "ku", "kmr": "ku", "sdh": "ku",
    "gug": "gn", "fuv": "ff", "kik": "ki", "als": "sq", "khk": "mn", "npi": "ne", "ory": "or", "plt": "mg",
    "swh": "sw", "pnb": "pa", "quz": "qu", "jw": "jv", "pcm": "en", "gsw": "de", "nds": "de", "vec": "it",
    "lij": "it", "scn": "it", "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es",
    "ita": "it", "por": "pt", "nld": "nl", "dut": "nl", "swe": "sv", "dan": "da", "fin": "fi", "rus": "ru",
    "ukr": "uk", "pol": "pl", "ces": "cs", "cze": "cs", "jpn": "ja", "kor": "ko", "heb": "he", "yid": "yi",
}  # fmt: skip


def fold_language(code: str) -> str:
    """The ISO 639-1 code of a language tag ("nb" for "nb-NO", "ar" for "arz"), "" if there is none."""
    primary = code.strip().lower().replace("_", "-").partition("-")[0]
    folded = _FOLDED.get(primary, primary)
    return folded if len(folded) == 2 and folded.isascii() and folded.isalpha() else ""
