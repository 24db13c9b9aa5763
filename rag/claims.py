"""A figure that a question takes for granted, set against what is told: 「学位8500个以上是吗？」 where the plan has 7500.

(question, quotes) -> the figure as asked, where the plan has another of its kind in its place
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from rag.question import Asked, asks_for
from rag.wording.numerals import numerals

_SCALE = {"k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9, "trillion": 12}
_ENGLISH = re.compile(
    r"(?<![-+.\w])\d+(?:,\d{3})*(?:\.\d+)?(?!\d)(?:\s*(?P<scale>thousand|million|billion|trillion|bn|m|k)\b)?"
    r"(?P<unit>\s*(?:%|percent\b|per cent\b|yuan\b))?(?!\w)",
    re.IGNORECASE,
)
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
    text = unicodedata.normalize("NFKC", text)
    if re.search(r"[一-鿿]", text):
        for numeral in numerals(text):
            written, behind = text[numeral.begin : numeral.stop], text[numeral.stop : numeral.stop + 1]
            unit = "%" if numeral.value.endswith("%") else behind if behind in _COUNTED else ""
            if unit and re.search(r"\d", written):
                yield written + (behind if unit == behind else ""), numeral.value.rstrip("%"), unit
        return
    for found in _ENGLISH.finditer(text):
        written = found[0].strip()
        if not _YEAR.fullmatch(written):
            unit = (found["unit"] or "").strip().lower()
            yield written, _plain(written, found["scale"]), {"yuan": "元", "": ""}.get(unit, "%")


def _plain(written: str, scale: str | None) -> str:
    digits = re.match(r"[\d,.]+", written)
    try:
        value = Decimal(digits[0].replace(",", "").rstrip(".") if digits else "0")
    except InvalidOperation:
        return written
    return format((value * Decimal(10) ** _SCALE.get((scale or "").lower(), 0)).normalize(), "f")
