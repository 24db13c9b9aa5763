"""A figure that a question takes for granted, set against what is told: 「学位8500个以上是吗？」 where the plan has 7500.

(question, quotes) -> the figure as asked, where the plan has another of its kind in its place
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from rag.numerals import figures
from rag.question import Asked, asks_for, years
from rag.text import is_han

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
NEAR = 3  # times: a bare English figure is set against those that are not much larger or smaller

Figure = tuple[str, str, str]  # as written, value, what it is a figure of: "%", "元", or the character behind it


def other_figure(question: str, quotes: Sequence[str]) -> str | None:
    """The first figure of a question, as it is written, that no quote has where one has another of that kind.

    A question for a figure may name others, by the way.
    """
    if asks_for(question) & {Asked.NUMBER, Asked.MONEY, Asked.COMPARE}:
        return None
    told = [figure for quote in quotes for figure in _figures(quote)]
    for written, value, unit in _figures(question):
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


def _near(one: str, other: str) -> bool:
    """Whether two bare figures may be of one thing: 8500 and 7500, but not 2 and 7500."""
    first, second = sorted([Decimal(one), Decimal(other)])
    return first * NEAR >= second and second >= 10  # small counts are told in words, and by the way


def _figures(text: str) -> Iterator[Figure]:
    """Those in digits; of a Chinese text those with a unit."""
    text = unicodedata.normalize("NFKC", text)
    chinese, named = any(map(is_han, text)), years(text)
    for figure in figures(text):
        written, behind = text[figure.begin : figure.stop], text[figure.stop : figure.stop + 1]
        if not re.search(r"\d", written) or written in named or text[: figure.begin].endswith(("-", "+")):
            continue
        if figure.value.endswith("%"):
            yield written, figure.value.rstrip("%"), "%"
        elif text[figure.stop :].lstrip().lower().startswith("yuan"):
            yield f"{written} yuan", figure.value, "元"
        elif chinese and behind in _COUNTED:
            yield written + behind, figure.value, behind
        elif not chinese:
            yield written, figure.value, ""
