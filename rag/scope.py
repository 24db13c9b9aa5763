"""Whose plan is asked about: place names in the question against the places that the plans are of.

    question + plans -> Scope(plan, question without the plan's own name, foreign places)

A plan's own name is in every one of its paragraphs' minds: it finds nothing and is taken out of the
question. A place that no plan speaks of makes the question one about somewhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba
from pypinyin import lazy_pinyin

from rag.text import is_han
from rag.types import DocumentInfo

_SUFFIX = re.compile(r"(?:特别行政区|自治[区州县旗]|新区|街道|[省市区县镇乡州盟旗])$")


_HOME = frozenset({"中国", "我国", "全国", "国内", "中华", "中华人民共和国"})  # named in passing; no plan is elsewhere


@dataclass(frozen=True, slots=True)
class Scope:
    """Which plan a question names, what is left of it, and the other places it names, in their short form."""

    plan: str | None
    question: str
    places: tuple[str, ...]


def resolve(question: str, plan: str | None, infos: Sequence[DocumentInfo]) -> Scope:
    """Take the plans' own names out of a question; choose the plan where only one bears the name."""
    chosen = [info for info in infos if plan is None or info.id == plan]
    owners: dict[str, set[str]] = {}
    for info in chosen:
        for name in own_names(info):
            owners.setdefault(name, set()).add(info.id)
    named = [name for name in sorted(owners, key=len, reverse=True) if name in question.lower()]
    left = question
    for name in named:
        left = re.sub(rf"(?<![“「\"']){re.escape(name)}(?:'s\b)?", "", left, flags=re.IGNORECASE)
    holders = set.intersection(*(owners[name] for name in named)) if named else set()
    if plan is None and len(holders) == 1 and len(chosen) > 1:
        plan = holders.pop()
    left = left.strip(" 的，,") if re.search(r"\w{2}", left) else question
    return Scope(
        plan, left, tuple(dict.fromkeys(short_place(place) for place in places_in(left) if place not in _HOME))
    )


@lru_cache(maxsize=4096)
def own_names(info: DocumentInfo) -> tuple[str, ...]:
    """Names of the place a plan is of, the most specific one of its issuer or title.

    "中国共产党泉州市洛江区第六次代表大会" -> ("洛江区", "洛江", "luojiang")
    """
    for text in (info.issuer, info.title):
        places = places_in(text)
        if places:
            place = _whole(places[-1], text)
            short = short_place(place)
            return (*dict.fromkeys((place, short)), "".join(lazy_pinyin(short)))
    return ()


def short_place(place: str) -> str:
    """A place as it is spoken of: 洛江区 -> 洛江."""
    short = _SUFFIX.sub("", place)
    return short if len(short) > 1 else place


def _whole(place: str, text: str) -> str:
    """A small place that jieba does not know and cuts in two, 青|山镇, where the text begins with it."""
    before = text[: text.index(place)]
    return before + place if len(before) <= 2 and all(map(is_han, before)) else place


def places_in(text: str) -> tuple[str, ...]:
    """Chinese place names in a text, in order; jieba's part of speech `ns`, also inside longer words (上海市政府)."""
    places: list[str] = []
    for word, tag in rjieba.tag(text):
        if tag == "ns" and len(word) > 1:
            places.append(word)
        elif tag.startswith("n") and len(word) > 3:
            inside = [part for part in rjieba.cut_for_search(word) if len(part) > 1 and _is_place(part)]
            places += [part for part in inside if _SUFFIX.search(part)] or inside[:1]
    return tuple(places)


def _is_place(word: str) -> bool:
    return [tag for _, tag in rjieba.tag(word)] == ["ns"]
