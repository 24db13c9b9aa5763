"""A figure that a question takes for granted, set against what is told: 「学位8500个以上是吗？」 where the plan has 7500.

(question, quotes) -> the figure as asked, where the plan has another of its kind in its place
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.numerals import figures
from rag.question import Asked, asks_for
from rag.text import is_han

_YEAR = re.compile(r"(?:19|20)\d\d")
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
        if same and value not in {other for _, other, _ in told}:
            return written
    return None


def _near(one: str, other: str) -> bool:
    """Whether two bare figures may be of one thing: 8500 and 7500, but not 2 and 7500."""
    first, second = sorted([Decimal(one), Decimal(other)])
    return first * NEAR >= second and second >= 10  # small counts are told in words, and by the way


def _figures(text: str) -> Iterator[Figure]:
    """Those in digits; of a Chinese text those with a unit."""
    text = unicodedata.normalize("NFKC", text)
    chinese = any(map(is_han, text))
    for figure in figures(text):
        written, behind = text[figure.begin : figure.stop], text[figure.stop : figure.stop + 1]
        if not re.search(r"\d", written) or _YEAR.fullmatch(written) or text[: figure.begin].endswith(("-", "+")):
            continue
        if figure.value.endswith("%"):
            yield written, figure.value.rstrip("%"), "%"
        elif text[figure.stop :].lstrip().lower().startswith("yuan"):
            yield f"{written} yuan", figure.value, "元"
        elif chinese and behind in _COUNTED:
            yield written + behind, figure.value, behind
        elif not chinese:
            yield written, figure.value, ""
