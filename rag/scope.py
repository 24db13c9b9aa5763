"""Whose plan is asked about: place names in the question against the places that the plans are of.

    question + plans -> Scope(plan, question without the plan's own name, foreign places)

A plan's own name is in every one of its paragraphs' minds: it finds nothing and is taken out of the
question. A place that no plan speaks of makes the question one about somewhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba
from pypinyin import lazy_pinyin

from rag.dictionary import Dictionary
from rag.language import is_word
from rag.text import is_han
from rag.tokenizer import plain
from rag.types import DocumentInfo, PlanScope

_PEOPLES = (
    "蒙古|回|藏|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔"
    "|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|各"
)
_SUFFIX = re.compile(rf"(?:特别行政区|(?:(?:{_PEOPLES})族|维吾尔)*自治[区州县旗]|新区|街道|[省市区县镇乡州盟旗])$")
_ABROAD = {  # places that have another name there than their pinyin
    "陕西": ("shaanxi",), "内蒙古": ("neimenggu", "inner mongolia"), "西藏": ("xizang", "tibet"), "哈尔滨": ("harbin",),
    "香港": ("hong kong",), "澳门": ("macao", "macau"), "拉萨": ("lhasa",), "呼和浩特": ("hohhot",),
    "乌鲁木齐": ("urumqi",),
}  # fmt: skip


# What stands for a place where several are named in a row: 京津冀, 粤港澳, 湘赣边.
_IN_SHORT = {
    "北京": "京", "天津": "津", "河北": "冀", "山西": "晋", "内蒙古": "蒙", "辽宁": "辽", "吉林": "吉", "黑龙江": "黑",
    "上海": "沪", "江苏": "苏", "浙江": "浙", "安徽": "皖", "福建": "闽", "江西": "赣", "山东": "鲁", "河南": "豫",
    "湖北": "鄂", "湖南": "湘", "广东": "粤", "广西": "桂", "海南": "琼", "重庆": "渝", "四川": "川", "贵州": "黔",
    "云南": "滇", "西藏": "藏", "陕西": "陕", "甘肃": "甘", "青海": "青", "宁夏": "宁", "新疆": "新", "香港": "港",
    "澳门": "澳", "台湾": "台",
}  # fmt: skip
# 新, 台, 港, 青, 吉, 川 and others begin or end common words (迈上新台阶): in a row of three, or in these pairs.
_ROW = re.compile(
    rf"[{''.join(_IN_SHORT.values())}]{{3,}}|[京津冀晋蒙辽沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝黔滇藏陕甘]{{2}}|川渝|渝川|港澳|闽台|京新|吉黑|辽吉|甘青|青藏|川藏|新藏|粤港"
)
# A small place that jieba does not know, at the head of a title: 青石县国民经济和社会发展规划.
_BEGINS_WITH_PLACE = re.compile(r"^(?:(?:19|20)\d\d年)?((?![全本各该])[一-鿿]{2,3}[省市县区镇乡州旗])")
_NO_NAME = frozenset(
    {"城市", "城区", "市区", "县城", "城镇", "新区", "开发区", "高新区"}
)  # that jieba takes for places

HOME = frozenset({"中国", "我国", "全国", "国内", "中华", "中华人民共和国"})  # named in passing; no plan is elsewhere


# A year before the word for such a document is the document's; any other is one that the plan speaks of.
DATED = re.compile(
    r"((?:19|20)\d\d)年?度?的?"
    r"(?:[\u4e00-\u9fff]{0,6}?(?:报告|规划|计划|纲要|预算|方案)| (?:[a-z]+ ){0,3}(?:report|plan|budget)\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SHORTEST_TITLE = 4  # characters; a shorter one may be said without meaning the plan


@dataclass(frozen=True, slots=True)
class Scope:
    """Which plan a question names, what is left of it, and the other places it names, in their short form."""

    plan: str | None
    question: str
    places: tuple[str, ...]
    words: tuple[str, ...] = ()  # of the question, by which it chose its plan among several

    @property
    def chosen(self) -> PlanScope | None:
        """The plan that the question itself chose among several; None where it did not."""
        return PlanScope(self.plan, self.words) if self.plan and self.words else None


@dataclass(frozen=True, slots=True, eq=False)
class PlanNames:
    """The plans there are, and which of them bear which name: made once for each state of an index."""

    infos: tuple[DocumentInfo, ...]
    owners: Mapping[str, frozenset[str]]  # a name or title in lower case, the longest first -> ids of plans

    @classmethod
    def of(cls, infos: Sequence[DocumentInfo]) -> PlanNames:
        """The plans' own names and their titles."""
        owners: dict[str, set[str]] = {}
        for info in infos:
            titles = (info.title.lower(),) if len(info.title) >= SHORTEST_TITLE else ()
            for name in (*own_names(info), *titles):
                owners.setdefault(name, set()).add(info.id)
        by_length = sorted(owners, key=len, reverse=True)
        return cls(tuple(infos), {name: frozenset(owners[name]) for name in by_length})


def resolve(question: str, plan: str | None, plans: PlanNames) -> Scope:
    """Take the plans' own names out of a question; choose the plan where only one bears the name, or that and the year.

    >>> resolve("2026年上海市政府工作报告的目标", None, plans).plan   # of the reports of 2025 and 2026
    'shanghai-2026'
    """
    if plan is not None:
        plans = PlanNames.of([info for info in plans.infos if info.id == plan])
    lower = question.lower()
    named = [name for name in plans.owners if name in lower and re.search(_as_word(name), lower)]
    left = question
    for name in named:
        left = re.sub(rf"(?<![“「\"']){_as_word(name)}(?:'s\b)?", "", left, flags=re.IGNORECASE)
    left = left.strip(" 的，,《》") if re.search(r"\w{2}", left) else question
    words: tuple[str, ...] = ()
    if plan is None and len(plans.infos) > 1:
        holders = frozenset.intersection(*(plans.owners[name] for name in named)) if named else None
        years = _YEAR.findall(question) if named else DATED.findall(question)
        if holders is not None and len(holders) == 1:
            (plan,), words = holders, _as_asked(named[:1], question)
        elif years:
            chosen = [info for info in plans.infos if holders is None or info.id in holders]
            dated = [info.id for info in chosen if set(years) & _years_of(info)]
            if len(dated) == 1:
                (plan,), words = dated, _as_asked([*named[:1], *years[:1]], question)
    places = tuple(dict.fromkeys(short_place(place) for place in places_in(left) if place not in HOME))
    return Scope(plan, left, places, words)


def _as_word(name: str) -> str:
    """The pattern of a name: one in Latin letters is no part of a longer one, xian of Xiangyang."""
    return rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)


def _years_of(info: DocumentInfo) -> set[str]:
    return set(_YEAR.findall(info.title)) or set(_YEAR.findall(info.published))


def _as_asked(names: Sequence[str], question: str) -> tuple[str, ...]:
    """The names with the capitals that the question gave them."""
    begins = [question.lower().index(name) for name in names]
    return tuple(question[begin : begin + len(name)] for begin, name in zip(begins, names, strict=True))


@lru_cache(maxsize=4096)
def own_names(info: DocumentInfo) -> tuple[str, ...]:
    """Names of the place a plan is of, the most specific one of its issuer or title.

    "中国共产党泉州市洛江区第六次代表大会" -> ("洛江区", "洛江", "luojiang")
    """
    if info.language == "en":
        return _latin_names(f"{info.issuer} {info.title}")
    for text in (plain(info.issuer), plain(info.title)):
        begins = _BEGINS_WITH_PLACE.findall(text)
        places = tuple(place for place in places_in(text) if place not in _NO_NAME)
        if begins and (not places or places[-1] in begins[0]):
            places = tuple(begins)
        if places:
            place = _whole(places[-1], text)
            short = short_place(place)
            return tuple(dict.fromkeys((place, short, *_ABROAD.get(short, ("".join(lazy_pinyin(short)),)))))
    return ()


def _latin_names(title: str) -> tuple[str, ...]:
    """What a title in English names: after "City of", else words that are no English ones."""
    of = re.findall(r"\b(?:city|county|town|district|region|borough) of ([a-z]+)", title, re.IGNORECASE)
    strange = [word for word in re.findall(r"\b[A-Z][A-Za-z]{3,}", title) if is_word(word.lower(), "en") is False]
    return tuple(dict.fromkeys(word.lower() for word in [*of, *strange]))


def elsewhere(scope: Scope, dictionary: Dictionary) -> tuple[str, ...]:
    """The other places that a question means: known by name, or said to be one; jieba takes 新建 and 镇村 for such."""
    return tuple(
        place
        for place in scope.places
        if dictionary.is_name(place)
        or re.search(rf"{re.escape(place)}(?:[省市区县镇乡州盟旗]|街道)(?![区镇村])", scope.question)
    )


def has_place(text: str, place: str, question: str) -> bool:
    """Whether a text speaks of a place: of 阳江 as a city where 阳江市 is asked for, not of 阳江新城 alone."""
    if place not in text or not re.search(rf"{re.escape(place)}[省市县区](?!场)", question):
        return place in text or in_short(place, text)
    return re.search(rf"{re.escape(place)}(?:[省市县区、和与及的至到]|(?![\u4e00-\u9fff]))", text) is not None


def in_short(place: str, text: str) -> bool:
    """Whether a text names a province by its one character among others: 天津 in 京津冀."""
    char = _IN_SHORT.get(short_place(place))
    return char is not None and any(char in found for found in _ROW.findall(text))


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
            places += [part for part in inside if _SUFFIX.search(part)] or sorted(inside, key=len)[-1:]
    return tuple(places)


def _is_place(word: str) -> bool:
    return [tag for _, tag in rjieba.tag(word)] == ["ns"]
