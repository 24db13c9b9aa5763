"""Numerals of Chinese and Latin text, by exact value: 7,500 = 7500 = 七千五百, 1.8万 = 18000, 40% = 百分之四十.

text -> [Numeral(begin, stop, value)]

Equal values are equal, and nothing else is: no floats, and what may be a name or a date stays as it is written.
A run of Chinese digits without units (三一, 八五, 十四五) is no numeral; nor is one that is not spelled as
numbers are (万千百十, 一百五). 1.10 is not 1.1, 05 is not 5: they may be dates or document numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_TENTHS = "零〇一二三四五六七八九"
_POWER = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2
}  # fmt: skip

DIGIT_RUN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)*")
_HAN_RUN = re.compile(rf"[{_TENTHS}两十百千万亿]+")
# A thousand or a hundred right before a unit's own name belongs to the unit: 30千米, 5千瓦, 10百帕.
_ARABIC = (
    rf"(?P<arabic>{DIGIT_RUN.pattern})(?P<power>万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![米克瓦伏卡赫帕瓩])"
    r"|百(?![分帕]))?(?P<share>[%‰])?"
)
_NUMERAL = re.compile(
    rf"(?P<of>[百千])分之(?:(?P<percent>{DIGIT_RUN.pattern})|(?P<han_percent>[{_TENTHS}两十百千万亿]+"
    rf"(?:点[{_TENTHS}]+)?))"
    rf"|{_ARABIC}"
    rf"|(?P<year>[{_TENTHS}]{{4}})(?=年)"
    rf"|(?P<han>[{_TENTHS}两十百千万亿]+(?:点[{_TENTHS}]+)?)"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """`text[begin:stop]`, and the one spelling of its exact value: "7500", "6.5%", "2025"."""

    begin: int
    stop: int
    value: str


def numerals(text: str) -> Iterator[Numeral]:
    """The numerals of a text in order; Latin digits and marks must be half width, Chinese ones simplified."""
    for match in _NUMERAL.finditer(text):
        value = _value(match)
        if value is not None:
            yield Numeral(match.start(), match.end(), value)


def cuts_figure(text: str, position: int) -> bool:
    """True where a cut at `position` would split a figure: 7|500, 6.|5, 7|,500, 七千|五百; 1.8|万 would not."""
    if not 0 < position < len(text):
        return False
    if not (in_number(text[position - 1]) and in_number(text[position])):
        return False
    first = last = position
    while first > 0 and in_number(text[first - 1]):
        first -= 1
    while last < len(text) and in_number(text[last]):
        last += 1
    run, cut = text[first:last], position - first
    if any(match.start() < cut < match.end() for match in DIGIT_RUN.finditer(run)):
        return True
    return any(match.start() < cut < match.end() and spelled(match[0]) is not None for match in _HAN_RUN.finditer(run))


def in_number(char: str) -> bool:
    """True for a character that figures are written with."""
    return char in "，0123456789.,零〇一二三四五六七八九两十百千万亿"


def _value(match: re.Match[str]) -> str | None:
    if match["of"]:
        sign = "%" if match["of"] == "百" else "‰"
        share = _arabic(match["percent"], 0, exact=True) if match["percent"] else _han(match["han_percent"])
        return None if share is None else share + sign
    if match["arabic"]:
        power = _POWER[match["power"]] if match["power"] else 0
        share = match["share"] or ""
        return _arabic(match["arabic"], power, exact=bool(power or share)) + share
    if match["year"]:
        return "".join(str(_DIGITS[digit]) for digit in match["year"].replace("〇", "零"))
    return _han(match["han"])


def _arabic(digits: str, power: int, *, exact: bool) -> str:
    """The decimal spelling of digits times ten to the power; as written where it may be a date."""
    plain = digits.replace(",", "")
    if plain.count(".") > 1 or (len(plain) > 1 and plain[0] == "0" and plain[1] != "."):
        return plain + (f"e{power}" if power else "")
    whole, _, fraction = plain.partition(".")
    fraction = fraction.ljust(power, "0")
    whole, fraction = (whole + fraction[:power]).lstrip("0") or "0", fraction[power:]
    if exact:
        fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _han(run: str) -> str | None:
    whole, _, fraction = run.partition("点")
    value = spelled(whole)
    # 两江 and 二江 are two places, 两会 is no 二会: alone 两 is never a figure.
    if value is None or whole == "两" or whole == "零":
        return None
    if not fraction:
        return str(value)
    digits = "".join(str(_DIGITS[digit]) for digit in fraction.replace("〇", "零"))
    return f"{value}.{digits}"


@lru_cache(maxsize=4096)
def spelled(run: str) -> int | None:
    """The number that Chinese characters spell as numbers are spelled, or None: 一百零五 -> 105, 三一 -> None."""
    plain = run.replace("两", "二").replace("〇", "零")
    value = _loose(plain)
    if value is None:
        return None
    full = re.sub(r"(?<![一二三四五六七八九])十", "一十", plain)
    return value if full == _spell(value) else None


def _loose(run: str) -> int | None:
    total = section = digit = 0
    for char in run:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _SMALL:
            if not digit and char != "十":
                return None
            section += (digit or 1) * _SMALL[char]
            digit = 0
        else:
            power = 10**8 if char == "亿" else 10**4
            section += digit
            if not (section or (total and char == "亿")):
                return None
            total = (total + section) * power if char == "亿" else total + section * power
            section = digit = 0
    return total + section + digit


def _spell(value: int) -> str:
    """The full spelling, with 零 where places are skipped: 10500 -> 一万零五百."""
    if value < 10:
        return "零一二三四五六七八九"[value]
    for size, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if value >= size:
            head, rest = divmod(value, size)
            gap = "零" if rest and rest < size // 10 else ""
            return _spell(head) + name + gap + (_spell(rest) if rest else "")
    raise AssertionError
