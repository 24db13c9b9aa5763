"""English words as they were meant: "musuem" -> "museum".

P. Norvig, How to Write a Spelling Corrector (2007): of the known words one slip away, the commonest. By pyspellchecker.
"""

from __future__ import annotations

from functools import lru_cache

from spellchecker import SpellChecker

SHORTEST = 5  # letters; a shorter word is one slip away from too many


@lru_cache(maxsize=4096)
def corrected(word: str) -> str:
    """The word that was meant, in lower case; itself where it is known, short, or no slip away from a known one."""
    checker = _checker()
    if len(word) < SHORTEST or word in checker:
        return word
    return max(sorted(checker.candidates(word) or (word,)), key=checker.word_usage_frequency)


@lru_cache(maxsize=1)
def _checker() -> SpellChecker:
    return SpellChecker(distance=1)
