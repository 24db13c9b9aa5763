"""Which words of a question a short text has: Chinese forms as substrings, others as words.

(query, tokenizer) -> Matcher ; text -> {word of the question: how well it is matched, 0..1}

One question is set against hundreds of clauses, and a word may have a hundred forms: the forms are sorted once, and
met with all that a clause has at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import rjieba

from rag.dictionary import lemma, words_and_lemmas
from rag.ports import Term
from rag.query import Query
from rag.text import is_han
from rag.tokenizer import Tokenizer, normalise

GUESSED = 0.6  # what a dictionary's word counts beside a translation that could have said it


@dataclass(frozen=True, slots=True)
class _Forms:
    """What may stand for one word of a question, each with its strength."""

    word: str
    spelt: frozenset[str]  # the word and its lemma
    within: Mapping[str, float]  # Chinese, of two characters or more
    alone: Mapping[str, float]  # one Chinese character
    words: Mapping[str, float]  # the others

    @classmethod
    def of(cls, term: Term) -> Self:
        """The forms of a term, by how they are looked for."""
        forms = {**term.kin, **term.forms}
        han = {form: strength for form, strength in forms.items() if is_han(form[0])}
        return cls(
            term.word,
            frozenset({term.word, lemma(term.word)}),
            {form: strength for form, strength in han.items() if len(form) > 1},
            {form: strength for form, strength in han.items() if len(form) == 1},
            {form: strength for form, strength in forms.items() if form not in han},
        )


@dataclass(frozen=True, slots=True)
class Matcher:
    """Sets texts against the words of one question."""

    tokenizer: Tokenizer
    in_chinese: bool  # the question: a character alone is then looked for within any word
    forms: tuple[_Forms, ...]
    lengths: frozenset[int]  # of the Chinese forms

    @classmethod
    def of(cls, query: Query, tokenizer: Tokenizer) -> Self:
        """For the words of a question."""
        forms = tuple(map(_Forms.of, query.terms))
        lengths = frozenset(len(form) for each in forms for form in each.within)
        return cls(tokenizer, query.language == "zh", forms, lengths)

    def match(self, text: str, translated: str = "") -> dict[str, float]:
        """How well a text, or what it says in the asker's language, matches each word; those that it does not left out.

        A translation says it itself; what a dictionary guesses counts `GUESSED` beside it.
        """
        folded = normalise(text)
        words = {*self.tokenizer.words(text), *words_and_lemmas(f"{text} {translated}")}
        pieces = {folded[at : at + size] for size in self.lengths for at in range(len(folded) - size + 1)}
        found: dict[str, float] = {}
        for forms in self.forms:
            if translated and forms.spelt & words:
                found[forms.word] = 1.0
                continue
            held = [forms.within[form] for form in forms.within.keys() & pieces]
            held += [forms.words[form] for form in forms.words.keys() & words]
            held += [strength for form, strength in forms.alone.items() if self._has(form, folded, words)]
            strength = max(held, default=0.0) * (GUESSED if translated else 1.0)
            if strength:
                found[forms.word] = strength
        return found

    def _has(self, character: str, text: str, words: set[str]) -> bool:
        """Whether a text has a character: in any word, or one from a dictionary within a deed.

        "to build" is 建, and so 扩建 and 开建; "to open" is 开, but 开局 opens nothing.
        """
        if self.in_chinese:
            return character in _OTHERWISE.sub("", text)
        return any(character in word and _is_deed(word) for word in words)


# Words in which a character means something else than by itself: 创建示范区 builds nothing.
_OTHERWISE = re.compile(r"创建|建议|建立|建档|封建|党建|构建|道路自信|思路|出路|学习|水平|水准")


@lru_cache(maxsize=8192)
def _is_deed(word: str) -> bool:
    """Whether jieba takes a word for a verb, or for a name as it does 新建 and 续建."""
    tag = rjieba.tag(word)[0][1]
    return not _OTHERWISE.fullmatch(word) and (tag[0] == "v" or tag in ("ns", "nr"))
