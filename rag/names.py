"""Names in a question: places, schools, firms. An answer about another one is no answer.

"罗溪中学要争创省几级达标高中" -> [罗溪] ; "When will Yangjiang Academy open?" -> [yangjiang], 阳江 in pinyin
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba
import simplemma
from pypinyin import lazy_pinyin

from rag.dictionary import WHOLE_GLOSS, Dictionary
from rag.query import Query
from rag.scope import own_names, places_in, short_place
from rag.text import is_han
from rag.tokenizer import normalise
from rag.types import Document

LONGEST = 5  # characters; a longer one is a description
HEAD = 200  # characters of a plan that say what it is about
_NAME_TAGS = frozenset(["ns", "nr", "nz", "nt", "nrt", "nrfg", "x"])


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the question has it, in normal form; a Latin one stands for what is so spelt in pinyin."""

    text: str
    chinese: tuple[str, ...] = ()  # what a Latin one is called in Chinese: Kinmen, 金门

    def within(self, text: str) -> bool:
        """Whether a text of a plan holds the name."""
        if is_han(self.text[0]):
            return self.text in normalise(text)
        if any(word in text for word in self.chinese):
            return True
        return self.text in text.lower() or _spelt(self.text, syllables(text))


def names(query: Query, dictionary: Dictionary, known: Callable[[str], bool]) -> list[Name]:
    """The names that a question holds.

    :param known: whether the plans asked have a word; an unknown Chinese one may be another word for what they have.
    """
    if query.language == "zh":
        words = [term.word for term in query.terms if 1 < len(term.word) < LONGEST and is_han(term.word[0])]
        found = [short_place(word) for word in words if known(word) and _is_name(word, dictionary)]
        return [
            Name(word) for word in dict.fromkeys(found) if not any(word != other and word in other for other in found)
        ]
    spelt = []
    for match in re.finditer(r"(?<![.?!]\s)(?<!^)\b[A-Z][a-z']+(?:'an)?\b", query.text):
        word = match[0].lower()
        if not simplemma.is_known(word.removesuffix("'s"), lang="en"):
            word = word.removesuffix("'s")
            spelt.append(
                Name(
                    word,
                    tuple(form for form, strength in dictionary.translate(word).items() if strength >= WHOLE_GLOSS),
                )
            )
    return list(dict.fromkeys(spelt))


@lru_cache(maxsize=4096)
def _is_name(word: str, dictionary: Dictionary) -> bool:
    tagged = rjieba.tag(word)
    return len(tagged) == 1 and tagged[0][1] in _NAME_TAGS and not dictionary.is_common(word)


@lru_cache(maxsize=1024)
def syllables(text: str) -> tuple[str, ...]:
    """Pinyin of the Han characters of a text, without tones; anything else stands as it is."""
    return tuple(syllable.lower() for syllable in lazy_pinyin(text))


def of_its_own(name: Name, document: Document) -> bool:
    """Whether a plan says at its head that it is about what bears the name: every part of it then is.

    The places above the plan's own (泉州 of 泉州市洛江区) are not meant by it.
    """
    if not own_names(document.info) and name.within(whole_text(document)):
        return True  # a plan that does not say whose it is may be that place's
    above = places_in(document.info.issuer or document.info.title)[:-1]
    opening = "".join([document.info.title, whole_text(document)[:HEAD]])
    return name.within(opening) and not any(name.within(place) for place in above)


def whole_text(document: Document) -> str:
    """All words of a plan, across the lines that they are broken over."""
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [unit.text for translation in document.translations for unit in translation.units]
    return "\n".join(texts)


def _spelt(name: str, spoken: Sequence[str]) -> bool:
    """Whether some syllables in a row spell a name: "yangjiang" in (gao, biao, zhun, yang, jiang)."""
    letters = re.sub(r"[^a-z]", "", name)
    for start in range(len(spoken)):
        rest = letters
        for syllable in spoken[start:]:
            if not syllable or not rest.startswith(syllable):
                break
            rest = rest[len(syllable) :]
            if not rest:
                return True
    return False
