"""A figure that a question takes for granted, set against what is told: 「学位8500个以上是吗？」 where the plan has 7500.

(question, quotes) -> the figure as asked, where the plan has another of its kind in its place
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from rag.dictionary import words_and_lemmas
from rag.numerals import figures
from rag.question import Asked, asks_for, years
from rag.text import is_han
from rag.tokenizer import is_stop_word

# A figure said to be a bound, which another one may keep: 「超过7000个」 where the plan has 7500.
_AT_LEAST = re.compile(
    r"(?:(?<!不)超过?|至少|不[低少小]于|(?<!不)[高大多]于|突破|达到|\b(?:at least|(?<!no )(?<!not )more than|(?:no|not) (?:less|fewer) than|over|above|exceed(?:s|ing)?))\s*$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"(?:不超过?|至多|最多|不[高多大]于|(?<!不)[低少小]于|控制在|\b(?:at most|(?<!no )(?<!not )(?:less|fewer) than|(?:no|not) more than|under|below|up to))\s*$",
    re.IGNORECASE,
)
_COUNTED = frozenset("个张家所人名元亩条项座处米吨倍岁天件户辆台套公平")  # characters that a unit begins with
_YES_OR_NO = re.compile(
    r"(?:对吗|对不对|是吗|对吧|是吧|是不是真的|是真的吗|属实吗|正确吗|(?:^|，)是不是[^多几哪]+)[？?。]*$"
    r"|^(?:is it (?:true|right|correct)|true or false)\b(?!.*\b(?:how|what|which)\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"平方公里|平方千米|平方米|立方米|公里|千米|公顷|人次|.")
_APART = re.compile(r"[，,；;。：:]|\.(?=\s|$)")
_EACH = re.compile(r"分别|各(?=[为达是超])")
_BEHIND = re.compile(r"\s*(?:in|for|of|from)\b")  # "20 billion yuan in textiles": what it is of stands behind it
SHARED = 2  # Chinese characters in a row, by which a figure is of what the question speaks of
NEAR = 3  # times: a bare English figure is set against those that are not much larger or smaller

_OF_FIGURES = frozenset(
    "yuan billion million output value reach exceed target average year percent annual growth".split()
)

Figure = tuple[str, str, str]  # as written, value, what it is a figure of: "%", "元", or the character behind it


def other_figure(question: str, quotes: Sequence[str]) -> str | None:
    """The first figure of a question, as it is written, that no quote has where one has another of that kind.

    A question for a figure may name others, by the way.
    """
    if asks_for(question) & {Asked.NUMBER, Asked.MONEY, Asked.COMPARE} and not _YES_OR_NO.search(question):
        return None
    told = [figure for quote in quotes for figure, _ in _figures(quote)]
    given = [figure for figure, _ in _figures(question)]
    for written, value, unit in given:
        alone = unit and sum(of == unit for _, _, of in given) == 1
        if alone and (of_it := {other for _, other, of in _of_its_thing(question, written, quotes) if of == unit}):
            if value not in of_it and not _kept(question, written, value, of_it):
                return written
            continue
        same = {other for _, other, of in told if of == unit and (unit or _near(value, other))}
        if same and value not in {other for _, other, _ in told} and not _kept(question, written, value, same):
            return written
    return None


def _kept(question: str, written: str, value: str, others: Collection[str]) -> bool:
    """Whether a figure is said to be a bound that one of the others keeps."""
    before, _, behind = question.partition(written)
    if _AT_MOST.search(before) or re.match(r"以[下内]|之内| or (?:less|fewer)", behind):
        return any(Decimal(other) <= Decimal(value) for other in others)
    at_least = _AT_LEAST.search(before) or re.match(r"以上| or more|\+", behind)
    return at_least is not None and any(Decimal(other) >= Decimal(value) for other in others)


def _of_its_thing(question: str, written: str, quotes: Sequence[str]) -> list[Figure]:
    """The figures of the quotes that are of what the question says its own is of; none where that cannot be told."""
    asked = unicodedata.normalize("NFKC", question).replace(written, " ")
    scored = [(_shared(asked, subject), figure) for quote in quotes for figure, subject in _with_subjects(quote)]
    best = max((score for score, _ in scored), default=0)
    least = SHARED if any(map(is_han, question)) else 1
    found = [figure for score, figure in scored if score == best >= least]
    return found if len(found) < len(scored) else []


def _with_subjects(quote: str) -> Iterator[tuple[Figure, str]]:
    """Each figure of a quote with the words that say what it is of.

    「甲、乙产值分别突破200亿元和150亿元」 -> 200 of 甲, 150 of 乙
    """
    text = unicodedata.normalize("NFKC", quote)
    found = list(_figures(text))
    for number, (figure, begin) in enumerate(found):
        opens = max((mark.end() for mark in _APART.finditer(text, 0, begin)), default=0)
        stop = found[number + 1][1] if number + 1 < len(found) else len(text)
        before = found[number - 1][1] + len(found[number - 1][0][0]) if number else 0
        if _BEHIND.match(text[begin + len(figure[0]) :]):
            yield figure, text[begin + len(figure[0]) : stop]
            continue
        each = _EACH.search(text, opens, begin)
        alike = [
            other
            for other in found
            if each and other[1] > each.start() and not _APART.search(text, each.end(), other[1])
        ]
        items = re.split(r"[、和与及]", text[opens : each.start()]) if each else []
        if each and len(items) == len(alike):
            yield figure, items[alike.index((figure, begin))]
        else:
            yield figure, text[max(opens, before) : begin]


def _shared(question: str, subject: str) -> int:
    """How much of what a figure is of a question says: Chinese characters in a row, or English words."""
    if any(map(is_han, question)):
        return SequenceMatcher(None, question, subject, autojunk=False).find_longest_match().size
    words = {word for word in words_and_lemmas(subject) if not is_stop_word(word) and word.isalpha()}
    return len((words - _OF_FIGURES) & set(words_and_lemmas(question)))


def _near(one: str, other: str) -> bool:
    """Whether two bare figures may be of one thing: 8500 and 7500, but not 2 and 7500."""
    first, second = sorted([Decimal(one), Decimal(other)])
    return first * NEAR >= second and second >= 10  # small counts are told in words, and by the way


def _figures(text: str) -> Iterator[tuple[Figure, int]]:
    """Those in digits, and where each begins; of a Chinese text those with a unit."""
    text = unicodedata.normalize("NFKC", text)
    chinese, named = any(map(is_han, text)), years(text)
    for figure in figures(text):
        written, behind = text[figure.begin : figure.stop], text[figure.stop : figure.stop + 1]
        if not re.search(r"\d", written) or written in named or text[: figure.begin].endswith(("-", "+")):
            continue
        if figure.value.endswith("%"):
            yield (written, figure.value.rstrip("%"), "%"), figure.begin
        elif text[figure.stop :].lstrip().lower().startswith("yuan"):
            yield (f"{written} yuan", figure.value, "元"), figure.begin
        elif chinese and behind in _COUNTED:
            unit = _UNIT.match(text, figure.stop)
            yield (written + (unit[0] if unit else behind), figure.value, behind), figure.begin
        elif not chinese:
            yield (written, figure.value, ""), figure.begin
