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
    if len(word) < SHORTEST or word in _checker():
        return word
    return _checker().correction(word) or word


@lru_cache(maxsize=1)
def _checker() -> SpellChecker:
    return SpellChecker(distance=1)
