"""A question made ready for searching: its language, its informative words and what each is worth.

    question -> words without framing -> their forms in the index -> weights by rarity -> Query

A word's forms are what may stand for it in a plan: itself; for an unknown Chinese word the character
pairs that are known, so that a wrong cut (「洛江要」) or one wrong character does not lose it; for an
English word its translations. A word without any form still counts in the total weight, which is how
a question about something else is told from one about the plan.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rag.dictionary import WHOLE_GLOSS, Dictionary, lemma
from rag.language import UNKNOWN, detect_language
from rag.numerals import NUMERALS
from rag.ports import Term, Vocabulary, WordCounts
from rag.spelling import corrected
from rag.text import is_han
from rag.tokenizer import Tokenizer, is_stop_word, pairs, with_values

SEAM = 0.3  # of a pair's rarity: what two words side by side add to the words themselves
LEAST_SHARE = 0.25  # of the heaviest term's weight
SHORTEST_NAME = 4  # letters
NOISE = 3  # times as common
MAYBE_NAME = 0.5  # strength of a name's reading where the word has another meaning
MOST_NAMES = 8  # Chinese words; letters that spell more of them say too little
_NARROWS = re.compile(r"(?:19|20)\d\d年?|目标|指标|任务|targets?|goals?|aims?|objectives?")


@dataclass(frozen=True)
class Query:
    """What is searched for, with the terms to match and what matching all of them would be worth."""

    text: str
    language: str
    terms: tuple[Term, ...]
    total: float
    reader: str = ""  # the language of whoever reads the answer, where it is another: "in English please"

    @property
    def told_in(self) -> str:
        """The language that an answer is told in."""
        return self.reader or self.language

    @property
    def by_meaning(self) -> bool:
        """Whether it is in a language of which the dictionary has no words, so that only likeness of meaning counts."""
        return self.language not in ("zh", "en")

    @property
    def words(self) -> list[str]:
        """Every word of the index that stands for a term."""
        return list(dict.fromkeys(form for term in self.terms for form in term.forms))

    def coverage(self, matched: Mapping[str, float]) -> float:
        """Share of the question's informative words, by weight, that were matched: 0..1."""
        weights = self._weights
        found = sum(weights.get(word, 0.0) * min(1.0, strength) for word, strength in matched.items())
        return found / self.total if self.total else 0.0

    @cached_property
    def own_weights(self) -> npt.NDArray[np.float64]:
        """The weights of the terms (terms,), 0 for one that only others stand for: a translation may find another."""
        return np.array([term.weight if term.word in term.forms else 0.0 for term in self.terms])

    @cached_property
    def _weights(self) -> dict[str, float]:
        """What each word weighs."""
        weights: dict[str, float] = {}
        for term in self.terms:
            weights[term.word] = weights.get(term.word, 0.0) + term.weight
        return weights


def make_query(
    question: str, tokenizer: Tokenizer, dictionary: Dictionary, vocabulary: Vocabulary, *, in_english: bool = False
) -> Query:
    """Find and weigh the words of a question in the index of that vocabulary.

    :param in_english: it is put to a plan in English, where English words stand for Chinese ones that others have.
    """
    language = detect_language(question)
    words = _words(question, tokenizer, vocabulary)
    if language == "en":
        words = _corrected(words, question, dictionary, vocabulary)
    candidates = {word: _forms(word, dictionary) for word in words}
    for word, named in _names(question, words, language, dictionary, vocabulary).items():
        candidates[word] = {**named, **candidates[word]}
    for first, second in pairwise(words):
        phrase = dictionary.translate(f"{lemma(first)} {lemma(second)}")
        for word in (first, second):
            for form, strength in phrase.items():
                candidates[word][form] = max(candidates[word].get(form, 0.0), strength)
    seams = _seams(question, tokenizer)
    known = vocabulary.frequencies(
        list(dict.fromkeys([*seams, *(form for forms in candidates.values() for form in forms)]))
    )
    found = [_term(word, forms, known, dictionary, in_english=in_english) for word, forms in candidates.items()]
    found += [
        Term(compound, SEAM * _rarity(known.total, known.counts[pair]), {pair: 1.0})
        for pair, compound in seams.items()
        if known.counts[pair]
    ]
    terms = _levelled(found)
    return Query(question, language, terms, sum(term.weight for term in terms))


def _words(question: str, tokenizer: Tokenizer, vocabulary: Vocabulary) -> list[str]:
    """Informative words, each once; what jieba only guessed gives way to the smaller words in it.

    A guess is kept where the index knows it and no framing word is in it: 西人马, but not 要建 or 洛江要.
    """
    words = [word for word in dict.fromkeys(tokenizer.spelt_words(with_values(question))) if not is_stop_word(word)]
    known = vocabulary.frequencies(words).counts
    found: list[str] = []
    for word in words:
        smaller = tokenizer.smaller_words(word) if is_han(word[0]) else [word]
        numerals = sum(char in NUMERALS for char in word)  # framing words elsewhere: 三一筑工
        whole = known[word] and sum(map(len, dict.fromkeys(smaller))) + numerals >= len(word)
        found += [word] if whole else smaller
    return list(dict.fromkeys(found))


def _corrected(words: Sequence[str], question: str, dictionary: Dictionary, vocabulary: Vocabulary) -> list[str]:
    """The words, one that neither the index nor the dictionary has as it was meant, where the dictionary has that.

    A capital may begin a name.
    """
    strange = [word for word in words if _is_english(word) and not dictionary.translate(lemma(word))]
    if not strange:
        return list(words)
    known, named = vocabulary.frequencies(strange).counts, vocabulary.spelt(strange)
    slips = {word for word in strange if not known[word] and not named.get(word) and word in question}
    meant = {word: corrected(word) for word in slips}
    taken = {word: other for word, other in meant.items() if dictionary.translate(lemma(other))}
    return list(dict.fromkeys(taken.get(word, word) for word in words))


def _names(
    question: str, words: Sequence[str], language: str, dictionary: Dictionary, vocabulary: Vocabulary
) -> dict[str, dict[str, float]]:
    """Chinese words of the index that a name in Latin letters may spell: "Wanhong Road" -> {"wanhong": {"万虹": 1.0}}.

    A word with a meaning of its own may be a name where it has a capital; so may any in a third language. The
    dictionary knows many names only as a part of other glosses: 上海大学 is "Shanghai University".
    """
    capital = {word.lower() for word in re.findall(r"\b[A-Z][a-z]+", question)}
    strengths: dict[str, float] = {}
    for word in words:
        if _is_english(word) and len(word) >= SHORTEST_NAME:
            known = max(dictionary.translate(lemma(word)).values(), default=0.0) >= WHOLE_GLOSS
            unknown = not known and language in ("en", "zh", UNKNOWN)
            strengths[word] = 1.0 if unknown else MAYBE_NAME * (word in capital)
    spelt = vocabulary.spelt([word for word, strength in strengths.items() if strength])
    return {word: dict.fromkeys(named, strengths[word]) for word, named in spelt.items() if len(named) <= MOST_NAMES}


def _seams(question: str, tokenizer: Tokenizer) -> dict[str, str]:
    """Character pairs at which two words of the question meet, with both: "数字经济" -> {"字经": "数字经济"}.

    A plan that has the pair too has the two words side by side, and means the same compound.
    """
    words = tokenizer.plain_words(question)
    return {
        first[-1] + second[0]: first + second
        for first, second in pairwise(words)
        if is_han(first[-1]) and is_han(second[0]) and not is_stop_word(first) and not is_stop_word(second)
    }


def _rarity(total: int, count: float) -> float:
    """Inverse document frequency as in BM25, never negative."""
    return max(0.0, math.log((total - count + 0.5) / (count + 0.5)))


def _levelled(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Terms none of which weighs next to nothing: in a small plan on building, "built" still matters.

    A year or a general word weighs no more than that: it narrows a question down and is not what it is about.
    In a plan of one passage, which has them all, every word weighs the same.
    """
    if not any(term.weight for term in terms):
        return tuple(replace(term, weight=1.0) for term in terms)
    telling = [term for term in terms if not _NARROWS.fullmatch(term.word)] or list(terms)
    least = LEAST_SHARE * max((term.weight for term in telling), default=0.0)
    return tuple(replace(term, weight=max(term.weight, least) if term in telling else least) for term in terms)


def _is_english(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _forms(word: str, dictionary: Dictionary) -> dict[str, float]:
    if _is_english(word):
        return {**dictionary.translate(lemma(word)), lemma(word): 1.0, word: 1.0}
    parts = pairs(word) if len(word) > 2 and is_han(word[0]) else []
    return {**dictionary.english(word), **{part: 1 / len(parts) for part in parts}, word: 1.0}


def _without_noise(forms: dict[str, float], known: WordCounts) -> dict[str, float]:
    """Translations without single characters that are far more common than its whole words: 年 is also "grain"."""
    most = max((known.counts[form] for form in forms if len(form) > 1 and is_han(form[0])), default=0)
    return {
        form: strength
        for form, strength in forms.items()
        if len(form) > 1 or not most or known.counts[form] <= NOISE * most
    }


def _term(
    word: str, forms: Mapping[str, float], known: WordCounts, dictionary: Dictionary, *, in_english: bool
) -> Term:
    """The term with the forms that the index has; parts of a word count only where the word itself is unknown."""
    found = {form: strength for form, strength in forms.items() if known.counts[form]}
    if word in found and not _is_english(word):
        found = {
            form: strength for form, strength in found.items() if form == word or (in_english and _is_english(form))
        }
    elif _is_english(word):
        found = _without_noise(found, known)
    count = min(known.total, max((known.counts[form] * strength for form, strength in found.items()), default=0))
    # A character alone stands for every word it is in: 建 for 建设, 扩建, 续建. Words are searched, so it is only kin.
    # By way of English it would stand for far more: 建 (to found) for 创建.
    own = {word: 1.0} if len(word) == 1 else dictionary.kin(word)
    kin = forms if _is_english(word) else own
    return Term(word, _rarity(known.total, count), found, kin)
