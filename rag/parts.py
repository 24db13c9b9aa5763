"""What one message asks: its questions, and of a question the halves that are answered apart.

message -> [question] ; question -> [half that stands alone]
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.conversation import joined
from rag.followup import POINTS_BACK, Kind, follow_up, names_nothing
from rag.question import DEFINITE, asks_for, without_asking
from rag.scope import DATED
from rag.text import is_han

_WHEN = r"去年|今年|明年|上年|(?:19|20)\d\d年?|last year|this year|next year|in (?=\s|$)"
OWN_SUBJECT, OWN_WORDS = 5, 3  # Chinese characters, English words, by which a second half names a subject itself

_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_SPAN = re.compile(
    rf"{_YEAR}年?\s*[-—–~～至到]+\s*{_YEAR}|\b(?:from|between|since)\b.{{0,20}}{_YEAR}.{{1,12}}{_YEAR}", re.IGNORECASE
)
# Times of a question that sets what was done against what is to be done, and what each time says for itself.
_THEN = re.compile(r"去年底?|上一?年|前一年|\b(?:last|the previous) year(?:'s)?(?! plan)", re.IGNORECASE)
_NOW = re.compile(r"今年|明年|\b(?:this|next) year(?:'s)?", re.IGNORECASE)
_OF_THEN = r"实际|完成|做到|做了|\b(?:actual(?:ly)?|achieved|managed|so far)\b"
_OF_NOW = (
    r"目标|预期|计划|打算|力争"
    r"|\b(?:targets?|goals?|aims?|aiming|aimed(?: (?:at|for))?|hop(?:es?|ed|ing)(?: for)?|planned|plans?)\b"
)
# What goes with a time that is taken out: "and for the end of", 和; "'s".
_BEFORE = r"(?:\b(?:and|in|for|by|of) )*(?:the )?(?:end of )?[和与跟及到、]?"
_BEHIND = r"年?(?:'s)?(?: and\b|[和与跟及、])?"
_SETS_AGAINST = re.compile(
    r"[跟和与同]?(?:相比|对比|比较|比(?=[，,去上前]))[，,]?|是?[高多快大]还是[低少慢小]|哪[年个]更?[高多快大]|有没有提高"
    r"|^how (?:does|do|did|will)\b|\b(?:compare[ds]?|versus|vs\.?)(?: (?:with|to))?|\bup on\b"
    r"|\b(?:bigger|smaller|higher|lower|above|below|more|less|faster|slower)"
    r"(?: or (?:smaller|lower|below|less|slower))?(?: than)?\b",
    re.IGNORECASE,
)
# What there was may be but the base of what is asked: 「比2020年提高多少」, "higher than in 2020".
_FROM_BASE = re.compile(
    rf"比(?:{_YEAR}年?|去年|上年).{{0,6}}(?:增|提高|提升|上升|下降|减|降)"
    r"|\b(?:grow\w*|grew|r[io]se\w*|increas\w+|f[ae]ll\w*|drop\w*|higher|lower|more)\b.{0,40}"
    rf"\b(?:than|over|from|on) (?:in )?(?:{_YEAR}|last year)",
    re.IGNORECASE,
)
STRUNG = 3
_ASKS_EN = re.compile(r"(?:what|how|who|when|where|which|is|are|will|does|do|whose|why)\b(?: \w+){2,}", re.IGNORECASE)
_ASKS_ZH = re.compile(r"多少|几|谁|哪|什么|怎么|何时|吗|如何|为什么")
_JOINS = re.compile(r"分别|各|[、和与及跟，,；;：:]|\b(?:and|against)\b", re.IGNORECASE)


def questions_in(message: str) -> list[str]:
    """The questions of a message that asks several, each with its mark; the message itself where it is one."""
    parts = list(dict.fromkeys(part.strip() for part in re.findall(r"[^？?]+[？?]+", message)))
    rest = re.sub(r"[^？?]+[？?]+", "", message).strip()
    if rest and parts and asks_for(rest):
        parts, rest = [*parts, rest], ""
    if len(parts) + bool(rest) == 1 and (strung := _strung(message)):
        return strung
    if len(parts) < 2 or rest or any(len(re.findall(r"\w", part)) < 3 for part in parts):
        return [message]
    # 「一样吗？哪个更高？」 is one thought; what asks for nothing definite by itself is left with its neighbour.
    return parts if all(asks_for(part) or len(part) > 6 for part in parts) else [message]


def with_subjects(questions: Sequence[str]) -> list[str]:
    """The questions of one message, each that names no subject with that of the one before: 「有多少床位？什么时候能用？」."""
    found: list[str] = []
    for question in questions:
        later = follow_up(question) if found else None
        points_back = later is not None and later.kind in (Kind.ANOTHER, Kind.BACK)
        takes = found and (points_back or names_nothing(question))
        found.append(
            joined(without_asking(found[-1]), later.rest if points_back and later else question) if takes else question
        )
    return found


def _strung(message: str) -> list[str]:
    """Three questions or more that commas string together, each with a subject of its own; else none."""
    parts = [
        part.strip() for part in re.split(r"[，,；;]\s*(?:and |以及|还有)?", message.rstrip("？?。. ")) if part.strip()
    ]
    if len(parts) < STRUNG or not all(_asks(part) and not names_nothing(part) for part in parts):
        return []
    mark = "？" if any(map(is_han, message)) else "?"
    return [f"{part}{mark}" for part in parts]


def _asks(part: str) -> bool:
    return _ASKS_EN.match(part) is not None or (sum(map(is_han, part)) > 2 and _ASKS_ZH.search(part, 2) is not None)


def halves(question: str) -> list[str]:
    """A question that asks two figures or dates, or one of two times, as two that stand alone; else itself.

    「出口去年增长多少，今年目标多少」, "How does the 2025 target compare with the 2024 harvest?"
    """
    parts = [part.strip() for part in re.split(r"[，,；;]|\band (?=how|what|when)", question) if part.strip()]
    if len(parts) == 2 and all(asks_for(part) & DEFINITE for part in parts):
        return [parts[0], _with_subject(*parts)]
    return _by_time(question) or [question]


def _by_time(question: str) -> list[str]:
    """Of a question on two times one for each, without what is said of the other; empty where it is on one."""
    undated = DATED.sub("", question)  # the year of the report itself is none that is asked of
    years = sorted(set(re.findall(_YEAR, undated)))
    then, now = _THEN.search(question), _NOW.search(question)
    if len(years) > 2 or (then and now and years) or _SPAN.search(question) or _FROM_BASE.search(question):
        return []
    if not (_SETS_AGAINST.search(question) or _JOINS.search(question)):
        return []
    if len(years) == 2:
        first, last = years
    elif then and now:
        first, last = _THEN.pattern, _NOW.pattern
    elif years and (then or now):
        first, last = (_THEN.pattern, years[0]) if then else (years[0], _NOW.pattern)
    else:
        return []
    return [_without(question, last, _OF_NOW), _without(question, first, _OF_THEN)]


def _without(question: str, time: str, said: str) -> str:
    """A question without one of its times, what that says for itself, and the words that compare."""
    of_time = f"{_BEFORE}(?:{time}){_BEHIND}|{said}"
    left = re.sub(of_time, " ", _SETS_AGAINST.sub(" ", question), flags=re.IGNORECASE)
    return re.sub(r"(?<=[一-鿿，：]) | (?=[一-鿿])|\s+(?=\s)", "", left).strip(" ，,:：")


def _with_subject(first: str, second: str) -> str:
    """The second half with what it takes from the first: the time, and the subject where it names none itself."""
    own = re.sub(
        rf"{_WHEN}|目标|又|还|定|计划|了|的|呢|是|\b(?:target|the|is|are|was|were|its?|and|of|them)\b",
        "",
        without_asking(second),
    )
    points_back = POINTS_BACK.search(second) is not None
    named = sum(map(is_han, own)) if is_han(first[-1]) or is_han(first[0]) else len(re.findall(r"[A-Za-z]{4,}", own))
    when = re.search(_WHEN, first)
    timed = re.search(_WHEN, second) is not None
    if named >= (OWN_SUBJECT if any(map(is_han, own)) else OWN_WORDS) and not points_back:
        dated = when and not timed and is_han(first[-1])
        return f"{when[0]}{second}" if when and dated else second
    subject = re.sub(rf"实际|了$|{_WHEN}" if timed else r"实际|了$", "", without_asking(first))
    return joined(subject, second)
