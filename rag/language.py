"""Which language a question is asked in, from its script, and for Latin script from its small words.

"学位够吗" -> "zh"    "what schools are being built?" -> "en"    "¿qué escuelas?" -> "und"
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

# Words that hardly occur in other languages written in Latin letters.
_ENGLISH = frozenset(
    "the what which how who when where why is are was were will does do did has have many much of and to for with by "
    "being built there their they this that any can should tell list about plan school schools new".split()
)
_SCRIPTS = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "HEBREW": "he",
    "GREEK": "el",
    "LATIN": "latin",
}


def language_free(words: list[str]) -> bool:
    """True for abbreviations only: they belong to no language."""
    return all(word.isupper() for word in words)


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language a text is written in; "und" where its script does not tell.

    A question with Chinese names in an English sentence is English: scripts are counted by words.
    """
    counts: Counter[str] = Counter()
    latin_words = re.findall(r"[A-Za-zÀ-ɏ']+", text)
    for char in text:
        if char.isalpha():
            script = unicodedata.name(char, "").split(" ")[0]
            counts[_SCRIPTS.get(script, "und")] += 1
    if counts["ja"]:  # kana is what tells Japanese from Chinese
        return "ja"
    counts["latin"] = len(latin_words)
    if not counts.total():
        return "und"
    if language_free(latin_words) and counts["latin"] == counts.total():
        return "zh"  # an abbreviation alone, 5G or GDP, is asked of Chinese plans by those who read them
    language = counts.most_common(1)[0][0]
    english = sum(word.lower() in _ENGLISH for word in latin_words)
    if language == "latin" or (language == "zh" and english >= 2 and english >= counts["zh"] / 3):
        plain = all(word.isascii() for word in latin_words)
        return "en" if plain and (english or len(latin_words) <= 3) else "und"
    return language
