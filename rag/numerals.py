"""Figures by their value, so that 7,500, 七千五百 and 0.75万 are one word to an index.

    text -> [Figure(begin, stop, value)] ; value: the plain decimal spelling, "7500", with % where it is a share

Only exact values count. A Chinese numeral without 十, 百, 千, 万 or 亿 in it is none (三一筑工) unless it is a year of
four digits, and one that does not read as a number is none either (十四五).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SMALL = {"十": 10, "百": 100, "千": 1000}
_GREAT = {
    "万": 10**4,
    "亿": 10**8,
    "万亿": 10**12,
    "百万": 10**6,
    "千万": 10**7,
    "百亿": 10**10,
    "千亿": 10**11,
    "千": 1000,
}
_ENGLISH = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_LONGEST = 24  # digits; more are no figure but an identifier

_ARABIC = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!,?\d)|\d+(?:\.\d+)?(?![.\d]))"
    rf"(?:\s?(?P<great>{'|'.join(sorted(_GREAT, key=len, reverse=True))})(?!分)"
    rf"|[\s-]?(?P<english>{'|'.join(_ENGLISH)})s?\b"
    r"|\s?(?P<share>%|％|(?:per ?cent|percentage points?)\b|个百分点))?(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_CHINESE = re.compile(
    rf"(?P<share>百分之)?(?P<whole>[{NUMERALS}]+)(?:点(?P<part>[〇零一二三四五六七八九]+))?(?P<great>亿|万)?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`text[begin:stop]` is a number of this value."""

    begin: int
    stop: int
    value: str


def figures(text: str) -> list[Figure]:
    """All figures of a text, in order: "1.8万人" -> [Figure(0, 4, "18000")]."""
    return sorted([*_arabic(text), *_chinese(text)], key=lambda figure: figure.begin)


def _arabic(text: str) -> Iterator[Figure]:
    for found in _ARABIC.finditer(text):
        digits = found["figure"].replace(",", "")
        if len(digits) > _LONGEST:
            continue
        scale = _GREAT.get(found["great"] or "") or _ENGLISH.get((found["english"] or "").lower()) or 1
        yield Figure(found.start(), found.end(), _plain(Decimal(digits) * scale, share=bool(found["share"])))


def _chinese(text: str) -> Iterator[Figure]:
    for found in _CHINESE.finditer(text):
        whole = found["whole"]
        if re.fullmatch("[〇零一二三四五六七八九]{4}", whole) and text[found.end() : found.end() + 1] == "年":
            yield Figure(found.start(), found.end(), "".join(str(_DIGITS[char]) for char in whole))
            continue
        value = _read(whole)
        if value is None or not (found["share"] or found["part"] or re.search("[十百千万亿]", whole)):
            continue
        decimals = "".join(str(_DIGITS[char]) for char in found["part"] or "")
        exact = Decimal(f"{value}.{decimals}") if decimals else Decimal(value)
        if found["great"]:
            exact *= _GREAT[found["great"]]
        yield Figure(found.start(), found.end(), _plain(exact, share=bool(found["share"])))


def _read(numeral: str) -> int | None:
    """The value of a numeral in Chinese characters; None for one that is not well formed.

    "七千五百" -> 7500, "十二万" -> 120000, "三万亿" -> 3000000000000, "十四五" -> None, "万" -> None
    """
    for unit, value in (("亿", 10**8), ("万", 10**4)):
        before, mark, after = numeral.rpartition(unit)
        if mark:
            left, right = _read(before), _read(after.removeprefix("零")) if after else 0
            return None if left is None or right is None or right >= value else left * value + right
    total, least = 0, 10_000
    for part in re.finditer(
        "(?P<zero>零)?(?:(?P<digit>[一二两三四五六七八九])(?P<unit>[千百十])?|(?P<ten>十))|(?P<odd>.)", numeral
    ):
        worth = _SMALL.get(part["unit"] or part["ten"] or "", 1)
        if part["odd"] or worth >= least or (part["ten"] and total % 100 and not part["zero"]):
            return None
        total, least = total + _DIGITS.get(part["digit"] or "一", 1) * worth, worth
    return total or None


def _plain(value: Decimal, *, share: bool) -> str:
    spelt = f"{value:f}"
    return (spelt.rstrip("0").rstrip(".") if "." in spelt else spelt) + ("%" if share else "")
