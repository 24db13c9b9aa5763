"""Which language a question is asked in, from its script, and for Latin script from its small words.

"学位够吗" -> "zh"    "what schools are being built?" -> "en"    "¿qué escuelas?" -> "es"
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache

import simplemma
import stopwordsiso
from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

UNKNOWN = "und"  # ISO 639-2: undetermined

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


_LATIN = ("es", "fr", "de", "pt", "it", "vi", "id")


def language_free(words: list[str]) -> bool:
    """True for abbreviations only: they belong to no language."""
    return all(word.isupper() for word in words)


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language a text is written in; "und" where its script does not tell.

    A question with Chinese names in an English sentence is English: scripts are counted by words.
    """
    counts: Counter[str] = Counter()
    latin_words = re.findall(r"[A-Za-zÀ-ɏḀ-ỿ']+", text)
    for char in text:
        if char.isalpha():
            counts[_script(char)] += 1
    if counts["ja"]:  # kana is what tells Japanese from Chinese
        return "ja"
    counts["latin"] = len(latin_words)
    if not counts.total():
        return UNKNOWN
    if language_free(latin_words) and counts["latin"] == counts.total():
        return "zh"  # an abbreviation alone, 5G or GDP, is asked of Chinese plans by those who read them
    language = counts.most_common(1)[0][0]
    english = sum(word.lower() in _ENGLISH for word in latin_words)
    if language == "latin" or (language == "zh" and english >= 2 and english >= counts["zh"] / 3):
        return _latin([word.lower() for word in latin_words])
    return language


@lru_cache(maxsize=10_000)
def _script(char: str) -> str:
    """The language that a letter's script is of: "学" -> "zh"."""
    return _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], UNKNOWN)


def _latin(words: list[str]) -> str:
    """The language whose small words a text in Latin letters has most of; English where none tells and it may be."""
    plain = all(word.isascii() for word in words)
    hits = Counter({language: sum(word in small for word in words) for language, small in _small_words().items()})
    (best, most), (_, second) = hits.most_common(2)
    words = [word.removesuffix("'s") for word in words]
    known = sum(is_word(word, "en") is True for word in words)
    english = sum(word in _ENGLISH for word in words)
    if plain and (english >= most or (english and known == len(words)) or (most < 2 and 2 * known >= len(words))):
        return "en"
    if plain and english and known > sum(is_word(word, best) is not False for word in words):
        return "en"  # "What was Wuhan's GDP in 2024, in yuan?" has three small words of German
    return best if most > second else UNKNOWN


def is_word(word: str, language: str) -> bool | None:
    """Whether a language has a word, written in lower case; None of a language without a dictionary."""
    return simplemma.is_known(word, lang=language) if language in SUPPORTED_LANGUAGES else None


@cache
def _small_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(stopwordsiso.stopwords(language)) for language in _LATIN}
