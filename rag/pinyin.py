"""How Chinese words sound in Latin letters, so that "Wanhong Road" finds 万虹路.

Pinyin without tones and spaces, by pypinyin; names in English text are written so.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

from rag.text import is_han

LONGEST_NAME = 4  # characters


@lru_cache(maxsize=100_000)
def sound(word: str) -> str | None:
    """Pinyin of a word of two to four ideographs: "万虹" -> "wanhong"; None for any other."""
    if not 2 <= len(word) <= LONGEST_NAME or not all(map(is_han, word)):
        return None
    return "".join(lazy_pinyin(word, v_to_u=False)).replace("ü", "v")
