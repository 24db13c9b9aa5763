"""Names in a question: places, schools, firms. An answer about another one is no answer.

"罗溪中学要争创省几级达标高中" -> [罗溪] ; "When will Yangjiang Academy open?" -> [yangjiang], 阳江 in pinyin
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba
from pypinyin import lazy_pinyin

from rag.dictionary import WHOLE_GLOSS, Dictionary, words_and_lemmas
from rag.language import is_word
from rag.query import Query
from rag.scope import HOME, in_short, own_names, places_in, short_place
from rag.text import is_han
from rag.tokenizer import is_stop_word, normalise, plain
from rag.types import Document

LONGEST = 5  # characters; a longer one is a description
HEAD = 200  # characters of a plan that say what it is about
_BOUND = re.compile(
    r"([一-鿿]{2})(卫生院|中学|小学|学园|幼儿园|医院|学院|大学|公园|水库|大桥|大道|社区|新城|片区|产业园|工业园|溪|镇|乡|村|路)"
)
_DISTRICT = re.compile(r"([一-鿿]{2,3})(?:省|市|区|县|镇|乡|街道)")
_NAME_TAGS = frozenset(["ns", "nr", "nz", "nt", "nrt", "nrfg", "x"])
_BEGUN = re.compile(r"[^.?!\s]\s*$")  # in a sentence, whose first word has a capital whatever it is
_CAPITALS = re.compile(r"\b[A-Z][a-z]+(?:(?: (?:of|the|and|for))* [A-Z][a-z]+)*\b")
_DATES = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|\w+day|Spring|Summer|Autumn|Winter|Christmas|Easter)\b"
)
_OPENS = re.compile(  # jieba takes 开园 for a person
    r"开[园馆街航业工学班幕放市店机]|通[航车]|停[业工]|复[工学航]|启航|[竣完动]工|投产|交付|闭[园馆幕]"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the question has it, in normal form; a Latin one stands for what is so spelt in pinyin."""

    text: str
    chinese: tuple[str, ...] = ()  # what a Latin one is called in Chinese: Kinmen, 金门
    bound: bool = False  # of the institution named right behind it, and of no other: 马甲 of 马甲卫生院
    place: bool = False  # of a province, city or country that the dictionary knows
    surely: bool = False  # and of nothing else: Central may be 中环

    def within(self, text: str) -> bool:
        """Whether a text of a plan holds the name."""
        if is_han(self.text[0]):
            return self.text in normalise(text) or in_short(self.text, text)
        if any(word in text or in_short(word, text) for word in self.chinese):
            return True
        return self.text in text.lower() or _spelt(self.text, syllables(text))


def names(query: Query, dictionary: Dictionary, known: Callable[[str], bool]) -> list[Name]:
    """The names that a question holds.

    :param known: whether the plans asked have a word; an unknown Chinese one may be another word for what they have.
    """
    if query.language == "zh":
        words = [term.word for term in query.terms if 1 < len(term.word) < LONGEST and is_han(term.word[0])]
        found = [
            short_place(word)
            for word in words
            if known(word) and _is_name(word, dictionary) and not _is_landscape(word, dictionary)
        ]
        kept = [word for word in dict.fromkeys(found) if not any(word != other and word in other for other in found)]
        return [
            Name(word, place=elsewhere, surely=elsewhere)
            for word, elsewhere in ((word, _is_elsewhere(word, dictionary)) for word in kept)
        ]
    spelt = []
    for match in re.finditer(r"\b[A-Z][a-z']+(?:'an)?\b", query.text):
        word = match[0].lower().removesuffix("'s")
        if is_stop_word(word):
            continue
        chinese = tuple(form for form, strength in dictionary.translate(word).items() if strength >= WHOLE_GLOSS)
        places = [form for form in chinese if _is_elsewhere(form, dictionary)]
        place = bool(places) and HOME.isdisjoint(chinese)
        surely = place and (any(form[-1] in "省市区" for form in places) or not is_word(word, "en"))
        if not place and (
            not _BEGUN.search(query.text[: match.start()]) or is_word(word, "en") or is_word(word, query.language)
        ):
            continue
        if chinese or query.language != "de":  # every noun of German has a capital
            spelt.append(Name(word, chinese, place=place, surely=surely))
    return list(dict.fromkeys(spelt))


def bound_names(question: str, dictionary: Dictionary, documents: Iterable[Document]) -> list[Name]:
    """Names right before an institution or a kind of place: 马甲 of 「马甲卫生院」, where the plan has such elsewhere.

    Of a district or town it is one where the dictionary has it as a name: 鲤城 of 「鲤城区」.
    """
    used = {name for document in documents for name in _used(document)}
    found = [name for name, _ in _BOUND.findall(question) if name in used]
    found += [name for name in _DISTRICT.findall(question) if dictionary.is_name(name)]
    return [Name(name, bound=True) for name in dict.fromkeys(found)]


def unknown_names(question: str, documents: Sequence[Document]) -> list[Name]:
    """Names that a question for plans in English has and none of them any word of: "the Commonwealth Games"."""
    if not documents or any(document.info.language != "en" for document in documents):
        return []
    known = frozenset[str]().union(*(_words_of(document) for document in documents))
    found = []
    for match in _CAPITALS.finditer(question):
        words = [word for word in words_and_lemmas(match[0]) if not is_stop_word(word)]
        if (
            words
            and _BEGUN.search(question[: match.start()])
            and known.isdisjoint(words)
            and not _DATES.search(match[0])
        ):
            found.append(Name(match[0].lower()))
    return found


@lru_cache(maxsize=64)
def _words_of(document: Document) -> frozenset[str]:
    return frozenset(words_and_lemmas(whole_text(document)))


@lru_cache(maxsize=64)
def _used(document: Document) -> frozenset[str]:
    return frozenset(name for name, _ in _BOUND.findall(whole_text(document)))


@lru_cache(maxsize=4096)
def _is_name(word: str, dictionary: Dictionary) -> bool:
    tagged = rjieba.tag(word)
    named = len(tagged) == 1 and tagged[0][1] in _NAME_TAGS
    return named and not dictionary.is_common(word) and not _OPENS.fullmatch(word)


def _is_elsewhere(word: str, dictionary: Dictionary) -> bool:
    return len(word) > 1 and word not in HOME and dictionary.is_name(word) and places_in(word) == (word,)


def _is_landscape(word: str, dictionary: Dictionary) -> bool:
    """A great river or mountain, which many things lie on and few clauses name again."""
    return word[-1] in "江河湖海山" and dictionary.is_name(word)


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


@lru_cache(maxsize=64)
def whole_text(document: Document) -> str:
    """All words of a plan in simplified characters, across the lines that they are broken over."""
    texts = [plain(paragraph.text) for paragraph in document.paragraphs]
    texts += [unit.text for translation in document.translations for unit in translation.units]
    return "\n".join(texts)


def is_over(name: Name, document: Document) -> bool:
    """Whether a plan names at its head what bears the name: its own place, or one that this lies in."""
    return name.within("".join([document.info.title, document.info.issuer, whole_text(document)[:HEAD]]))


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
