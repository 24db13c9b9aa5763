"""Whether a clause is of what was asked: its kind, year, names, demands; and whether it is of that thing at all.

clause and question -> does it fit? does it contradict?
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from rag.demands import Demand, met
from rag.evidence import Evidence, is_line
from rag.names import Name, is_over, of_its_own
from rag.query import Query
from rag.question import DEFINITE, Asked, holds, years
from rag.tense import Tense, asks_what_is_or_was, own_year
from rag.text import is_han
from rag.thresholds import Thresholds
from rag.types import Document, Role

UNKNOWN = 0.8  # of a question's words, by weight, that the plans have in no form
HALF = 0.5  # of a question's words, by weight: a clause that has so much is not on another topic
_ANY_THING = frozenset(
    "目标 情况 地方 方式 安排 工作 问题 内容 名字 事情 办法 措施 时候 全区 区里 人 数量 总数 方面 全省 全市 全县 全国 "
    "省里 市里 县里 自治区 百姓 老百姓 群众 市民 居民 民众 资金 钱 金额 平均 比例 去年 今年 明年".split()
)
_AIMS, _IS = re.compile(r"力争|今后|未来|到(?:20\d\d年|“十)|目标"), re.compile(r"现有|已|完成|达到了|目前")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the question asks for, names and demands."""

    asked: frozenset[Asked]
    places: tuple[str, ...]  # beside the plan's own
    names: tuple[Name, ...]
    demands: tuple[Demand, ...]
    limits: Thresholds


def contradicts(item: Evidence, query: Query, wanted: Wanted) -> bool:
    """Whether a clause is of another year or name than was asked for, or lacks what decides (`Demand.decides`)."""
    under, sentence = item.under, item.around
    if _of_another_year(item, years(query.text), years(sentence) or years(under)):
        return True
    if any(name.bound and not name.within(f"{under} {sentence}") for name in wanted.names if not own(name, item)):
        return True
    if any(
        (name.place if wanted.asked & DEFINITE else name.surely and not own(name, item))
        and not is_over(name, item.document)
        and not name.within(f"{under} {sentence} {item.translated}")
        for name in wanted.names
    ):
        return True  # of another place: 深圳 in a plan of 北京 is what the plan says of it, if it says anything
    return not met([demand for demand in wanted.demands if demand.decides], item.text, f"{under} {sentence}")


def misses(item: Evidence, query: Query, wanted: Wanted) -> bool:
    """Whether a clause that is to be told contradicts, or tells of an aim where one asks for what there is."""
    return contradicts(item, query, wanted) or _only_aims(item, query, wanted)


def _only_aims(item: Evidence, query: Query, wanted: Wanted) -> bool:
    """Whether a clause tells what is aimed at where the question is for what there is or was: 现有多少学位."""
    if not wanted.asked & {Asked.NUMBER, Asked.MONEY} or not asks_what_is_or_was(query.text):
        return False
    return bool(_AIMS.search(item.around)) and not _IS.search(item.text) and item.tense is not Tense.PAST


def fits(item: Evidence, query: Query, wanted: Wanted) -> bool:
    """Whether a clause that does not contradict holds the kind of thing, the names and all else that is asked for."""
    under, sentence = item.under, item.around
    demanded = [demand for demand in wanted.demands if not (demand.what == "past" and item.tense is Tense.PAST)]
    if not met(demanded, item.text, f"{under} {sentence}"):
        return False
    narrow = wanted.asked & {Asked.NUMBER, Asked.MONEY}
    if narrow and _of_something_else(item, query, wanted.limits):
        return False
    around = f"{item.text}\n{item.translated}" if narrow else context(item)
    names = [name for name in wanted.names if not own(name, item)]
    if names and not any(name.within(around) for name in names):
        return False
    if Asked.TIME in wanted.asked and not holds(Asked.TIME, item.text):
        return False
    if Asked.LIST in wanted.asked:
        return item.paragraph.role is Role.HEADING or not is_line(item.paragraph) or "、" in item.text
    return all(holds(kind, item.text) for kind in wanted.asked)


def own(name: Name, item: Evidence) -> bool:
    """Whether a name is that of the clause's own plan, which no clause needs to say again."""
    return of_its_own(name, item.document)


def _of_another_year(item: Evidence, asked: set[str], given: set[str]) -> bool:
    """Whether none of the years asked for is given, or one is lacking where only one is asked for."""
    if not asked or (asked & given if len(asked) > 1 else asked <= given):
        return False
    return bool(given) or not of_year(item, asked)


def of_year(item: Evidence, asked: set[str]) -> bool:
    """Whether a clause without a year may be of the one asked for: the plan's own, that before it, or one it names."""
    own = own_year(item.document.info)
    behind, own_one = {str(own - 1)} if own else set(), {str(own)} if own else set()
    if (asked == behind and item.tense is Tense.PAST) or (asked == own_one and item.tense is Tense.AHEAD):
        return True
    named = _years_of(item.document)
    return bool(asked & named) if len(asked) > 1 else asked <= named


@lru_cache(maxsize=256)
def _years_of(document: Document) -> frozenset[str]:
    return frozenset(years(document.source))


def on_another_topic(query: Query, item: Evidence, off_topic: float) -> bool:
    """Whether a clause has none of the things that a question names, and is not near it either."""
    if item.cosine >= off_topic or item.coverage >= HALF:
        return False
    if query.language == "zh":
        things = [term.word for term in query.terms if _is_thing(term.word)]
        return bool(things) and not any(word in item.matched for word in things)
    unknown = sum(term.weight for term in query.terms if not term.forms)
    return unknown >= UNKNOWN * query.total


def _of_something_else(item: Evidence, query: Query, limits: Thresholds) -> bool:
    """Whether a clause with a figure is of another thing: it lacks most of the things asked about, or all likeness.

    One thing alone may go by another word.
    """
    if item.cosine >= limits.alike or item.coverage >= HALF:
        return False
    things = [term for term in query.terms if term.word in things_of(query)]
    lacking = [term for term in things if term.word not in item.matched]
    if len(lacking) > 1 and sum(t.weight for t in lacking) > limits.lacking * sum(t.weight for t in things):
        return True
    untranslated = query.language != item.document.info.language and not item.translated
    few, far = (limits.few_abroad, limits.far_abroad) if untranslated else (limits.few, limits.far)
    return item.coverage < few and item.cosine < far


def things_of(query: Query) -> list[str]:
    """The known words of a question that are things: 学位, but neither 多少 nor 目标."""
    return [term.word for term in query.terms if term.word in term.forms and _is_thing(term.word)]


def _is_thing(word: str) -> bool:
    return word not in _ANY_THING and _is_noun(word)


@lru_cache(maxsize=4096)
def _is_noun(word: str) -> bool:
    tagged = rjieba.tag(word)
    return is_han(word[0]) and len(word) > 1 and len(tagged) == 1 and tagged[0][1] in ("n", "nz", "ng")


def context(item: Evidence) -> str:
    """The passage around a clause, with what it says in the asker's language."""
    return f"{item.hit.passage.text}\n{item.translated}"
