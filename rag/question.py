"""What a question asks for: a number, a date, a list, a yes or no; and what can bear such an answer.

question -> {Asked} ; text -> does it hold that kind of thing
"""

from __future__ import annotations

import re
from enum import StrEnum

from rag import question_words
from rag.language import UNKNOWN, detect_language


class Asked(StrEnum):
    """A kind of thing that a question asks for."""

    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    LIST = "list"
    WAY = "way"  # how, why, what about: several sentences may answer
    COMPARE = "compare"  # of several things, each is told
    BRIEF = "brief"  # a subject told in brief
    MEANING = "meaning"  # what a word or slogan stands for


DEFINITE = frozenset({Asked.NUMBER, Asked.MONEY, Asked.TIME})  # what a text that answers must hold

_ASKS: dict[Asked, re.Pattern[str]] = {
    Asked.MONEY: re.compile(
        r"多少(?:钱|资金|经费|投资|补贴|补助)|花费|造价|总?投资(?:额|多少|是)|投资了?多少|(?:费用|经费|预算|资金)(?:是|有|要)?多少|几个亿|多少亿|多少万元"
        r"|\bcosts?\b|how much (?:money|will it cost|funding|is (?:spent|invested))|\bbudget(?:ed|s)?\b|\bprice\b|\b(?:total|amount of|planned) (?:investment|funding|spending)\b",
        re.IGNORECASE,
    ),
    Asked.NUMBER: re.compile(
        r"多少|几周?[层组成公点亩吨所家张条项座人名倍成种件岁天次]|百分之几|比[重例](?:是|要|达|有|为)|占比|多大|多高|多长|几公里"
        r"|\bhow (?:many|much|large|big|high|long(?:, in [\w ]+,)? is)\b|\bwhat (?:percentage|share|proportion|number|figure)\b"
        r"|\bwhat (?:is|was|are|were|will|would|should)(?: be)? the (?:[\w-]+ ){0,4}(?:wage|fee|rate|ratio|number|total|amount|size"
        r"|length|speed|accuracy|capacity|output|limit|minimum|maximum|share|proportion)\b",
        re.IGNORECASE,
    ),
    Asked.TIME: re.compile(
        r"什么时候|何[时年月日]|几年几月|哪一?年|(?<![近这后来前])几年(?![来内里])|几月|多久|多长时间|什么时间|啥时候|哪一?天|几号|期限"
        r"|(?:^|[,;:.]\s*|\b(?:and|by|since|until|say) )when\b|\b(?:what|which) (?:year|date|month|day)\b|\bby when\b|\bhow (?:long will|soon)\b|\bdeadline\b",
        re.IGNORECASE,
    ),
    Asked.LIST: re.compile(
        r"哪些|哪几|有什么|有啥|什么(?:学校|项目|工程|措施|产业)|列出|列举|包括|都有|分别|各是|哪[二两三四五六七八九十](?!年|级)|是哪一"
        r"|\bwhich\b|\blist\b|\bwhat are\b|\bwhat (?:\w+ ){0,2}\w+s (?:are|will|does|do|is|can|would|should|to|in|of)\b"
        r"|\bname (?:all|the|some|any|two|three|four|five)\b|\ball the\b",
        re.IGNORECASE,
    ),
    Asked.WAY: re.compile(
        r"怎么|如何|怎样|为什么|为何|咋|措施|主要做|主要干|做(?:些)?什么|有[什何啥]么?(?:打算|计划|安排|办法|举措|招)|方式|方面|依靠什么|靠什么"
        r"|\bhow (?:will|does|do|is|are|can|to|would|should|(?:\w+ ){1,3}plans?)\b|\bwhy\b|\bwhat (?:is|will) (?:\w+ ){0,4}(?:do|doing|done)\b"
        r"|\bwhat about\b|\bplans? (?:for|to)\b|\b(?:measures|steps|ways|efforts)\b",
        re.IGNORECASE,
    ),
    Asked.MEANING: re.compile(
        r"指什么|指的?是|什么意思|啥意思|何谓|什么叫|怎么(?:理解|解释)|含义|是什么[？?]?$"
        r"|\bmeant by\b|\bwhat (?:do|does) .{2,60} (?:mean|stand for|refer to)\b|\bmeaning of\b|\bdefin(?:ed?|ition)\b",
        re.IGNORECASE,
    ),
    Asked.COMPARE: re.compile(
        r"哪个更|谁更|更[高低多少大小快慢]|一样|相同|区别|不同|相比|对比|比较|各[为是有]多少|分别[为是]?多少"
        r"|\bcompare[ds]?\b|\bdifference\b|\bthe same\b|\b(?:higher|lower|larger|bigger|more|faster|slower) than\b|\bwhich (?:one )?is (?:the )?(?:\w+er|more)\b|\bversus\b|\bvs\b|\brespectively\b",
        re.IGNORECASE,
    ),
    Asked.BRIEF: re.compile(
        r"介绍|概括|概述|总结|归纳|综述|大意|梗概|简述|主要(?:内容|任务|讲|说|是什么)|讲了?些?什么|说了?些?什么|讲啥|说啥|大概|整体|(?<![哪几些一两二三四五六七八九十个大])部分(?![构组]成|地区)"
        r"|\bsummar|\bsum(?:ming)? up\b|\brecap\b|\boverview\b|\bdescribe\b|\bin brief\b|\bgist\b|\boutline\b|\bmain (?:points|ideas|content)"
        r"|\btell me about\b|\bwhat does (?:the )?(?:\w+ )*(?:say|cover|contain|promise)\b|\bsection\b(?! of\b)",
        re.IGNORECASE,
    ),
}

_ASKS_ABROAD: dict[Asked, re.Pattern[str]] = {
    kind: re.compile(getattr(question_words, kind.name), re.IGNORECASE) for kind in Asked
}
_ALL = re.compile(
    r"所有|全部|都[有是提要]|哪几处|哪些地方|一共|\b(?:all|every\w*|any(?:thing|where)|whatever|whole)\b", re.IGNORECASE
)
# What there is one of: the line that a part takes, a name, "which title is ...".
_ONE = re.compile(
    r"总体思路|总的(?:思路|要求|方向|目标)|总体(?:要求|方向|目标)|大方向|叫什么|叫啥|称作什么|什么名[字称]"
    r"|\boverall (?:idea|approach|aim|goal|direction|requirement|objective)\b|\bwhat (?:is|are|was|were|will) .{3,} (?:called|named)\b"
    r"|\bwhat .{3,} (?:is|are|was|were) it called\b|^which (?:[\w-]+ ){0,3}[\w-]*(?:[^s\W]|ss) (?:is|was|does|has)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"[，,；;、]|\b(?:and|or)\b", re.IGNORECASE)
_WAYS = re.compile(r"(?:办法|措施|方式|举措|手段|途径|做法|招数?)$")
_WANTS_BRIEF = re.compile(
    r"介绍|概括|概述|总结|归纳|综述|大意|梗概|简述|主要(?:内容|讲|说)|讲了?些?[什啥]|说了?些?[什啥]|整体"
    r"|\bsummar|\boverview|\bin brief|\bgist\b|\boutline|\bmain (?:points|ideas)|\btell me about",
    re.IGNORECASE,
)
_OF_ALL_KINDS = re.compile(
    r"措施|内容|任务|工作|目标|要点|方面|打算|计划|安排|\b(?:measures|points|goals|plans|contents?|aims|tasks|things)\b"
)
LONGEST_SPAN = 30  # years
# A figure between 1900 and 2099 that counts nothing: 2000个 and "add 2000 places" are no years.
_A_YEAR = re.compile(
    r"(?<![\d.])(?:19|20)\d\d(?![\d%])(?!\.\d)(?!\s*(?:[个张家所亿万元余名户亩件套台辆座条吨床次位岁米]|人(?![均才口大])|公[里顷斤]|平[方米]|项(?!目)|场(?![景馆])|多[个张家所名人户]|千米|处))"
    r"(?!\s+(?:more|additional|extra|further|people|yuan|jobs|homes|hectares|kilomet\w+|square|units|places|beds|students|companies|residents)\b)"
)
_COUNTS = re.compile(
    r"(?<!by )(?<!in )(?<!since )(?<!for )\b(?:add|build|create|over|at least|about|around|nearly|some|train|recruit|another)\s+$",
    re.IGNORECASE,
)
_SPELT_YEAR = re.compile(r"[一二][〇零○Ｏ一二三四五六七八九]{3}(?=年)")
_ARABIC_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
_DIGIT = r"[0-9０-９]"
_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_NUMERAL = f"[{_NUMERALS}]"
_HOLDS: dict[Asked, re.Pattern[str]] = {
    Asked.MONEY: re.compile(
        rf"(?:{_DIGIT}|{_NUMERAL}{{2}})[\d.,万亿千百]*\s*(?:多|余)?(?:万|亿)?(?:元|美元|人民币)|(?:RMB|¥|￥|[$£€])\s*\d"
        rf"|[（(][百千万亿]*(?:美|港)?元[)）][^：:；;]{{0,4}}[：:]\s*{_DIGIT}|[$£€][^：:；;]{{0,12}}: ?{_DIGIT}",
        re.IGNORECASE,
    ),
    Asked.NUMBER: re.compile(
        rf"(?<![第\d.]){_DIGIT}[\d.,]*(?![\d.,]*[A-Za-z])|(?<![第省市县区国{_NUMERALS}])[二两三四五六七八九十]级|[二两三四五六七八九十]大(?![会学型量力气家])|(?<![第{_NUMERALS}]){_NUMERAL}+\s*(?:多|余|几)?(?:个|所|家|张|条|项|座|人|名|倍|成|种|件|岁|周岁|天|次|公里|平方|亩|吨|元|年)|百分之"
        r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|half|percent)\b",
        re.IGNORECASE,
    ),
    Asked.TIME: re.compile(
        rf"(?:{_DIGIT}+|{_NUMERAL}+)\s*(?:年|月|日|号|个月|季度)|今年|明年|去年|年[底内初末]|[按每逐][年月季周日天]|定期|今后|期间|[“\"]?十[一二三四五]五"
        r"|\b(?:19|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    ),
}


# Figures that say how many of nothing: a calendar year, the number of a point in a list.
_NOT_COUNTED = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?=\s*(?:年|[-—–~～至]))|(?:^|(?<=[。；;]))\s*[（(]?\d{1,2}[.．、）)](?!\d)"
)
_HEAD = re.compile(
    r"哪(?:些|几|[一二两三四五六七八九十\d]+)?(?:大|种|类|个|条|家|所|项|座|处|片|级)?(?:方面)?的?(?P<zh>(?!些|几)[一-鿿、]{1,8})"
    r"|\b(?:what|which)(?: (?:other|new|kinds? of|types? of|sorts? of))? (?P<en>(?:[\w-]+ ){0,5}?[\w-]+) "
    r"(?:are|is|will|do|does|can|would|should|has|have|to|in|of|for|the|gets?)\b",
    re.IGNORECASE,
)


def head(question: str) -> str:
    """What a list is asked of, as the question has it: "要建哪些学校？" -> "学校"; empty where it is not said."""
    found = _HEAD.search(question)
    return (found["zh"] or found["en"] or "") if found else ""


def without_asking(question: str) -> str:
    """What a question is about, without the words that ask: "要建哪些学校？" -> "要建学校"."""
    text = question
    for pattern in _ASKS.values() if re.search(r"[一-鿿]", question) else ():
        text = pattern.sub("", text)
    text = re.sub(
        r"哪[些一二两三]?[个家所座条项]?|什么|谁|吗|呢|[？?。.！!]|^(?:please |can you |could you )*(?:tell me|explain|describe|i(?:'d like| want) to know)(?: (?:about|more))*|^(?:what|which|who|where|when|how (?:many|much)|is|are|will|does|do)\b|\b(?:is|are|will|be|being|does|do)\b",
        "",
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(r"\s+", " ", text).strip()


def asks_for(question: str) -> frozenset[Asked]:
    """The kinds of thing a question asks for; empty for plain facts, names, and yes or no."""
    patterns = _ASKS if detect_language(question) in ("zh", "en", UNKNOWN) else _ASKS_ABROAD
    asked = {kind for kind, pattern in patterns.items() if pattern.search(question)}
    if Asked.LIST in asked and _WAYS.search(head(question)):
        asked.add(Asked.WAY)
    if Asked.MONEY in asked or re.search(r"哪几|哪[两三四五六七八九十]", question):
        asked.discard(Asked.NUMBER)  # "which four" asks for the four
    if asked & {Asked.WAY, *DEFINITE} and not wants_brief(question):
        asked.discard(Asked.BRIEF)  # "in the part on roads, how many ..." asks for the number
    if Asked.LIST in asked and re.search(r"\bsection\b|部分", question) and not _OF_ALL_KINDS.search(head(question)):
        asked.discard(Asked.BRIEF)  # "in the section on ecology, which resorts ..." asks for the resorts
    return frozenset(asked)


def wants_brief(question: str) -> bool:
    """Whether a question says itself that it is after the gist of something."""
    return _WANTS_BRIEF.search(question) is not None


def asks_all(question: str) -> bool:
    """Whether a question is after everything of a kind, wherever it stands: "whatever is planned in Heshi"."""
    return _ALL.search(question) is not None


def asks_one(question: str, asked: frozenset[Asked]) -> bool:
    """Whether a question is after one thing that one clause can tell: "which title is ...?", 「总的思路是什么」."""
    return not asked & {Asked.BRIEF, Asked.WAY} and _ONE.search(question) is not None and not _AND.search(question)


def holds(kind: Asked, text: str) -> bool:
    """Whether a text holds such a thing at all: a figure, a sum of money, a date; true for the other kinds."""
    pattern = _HOLDS.get(kind)
    if kind is Asked.NUMBER:
        text = _NOT_COUNTED.sub(" ", text)
    return pattern is None or pattern.search(text) is not None


def years(text: str) -> set[str]:
    """Calendar years named by four digits, 二〇三五年 too, and those between: "2025—2027年" -> three."""
    text = _SPELT_YEAR.sub(lambda found: found[0].translate(_ARABIC_DIGITS), text)
    found = {
        year[0] for year in _A_YEAR.finditer(text) if not _COUNTS.search(text[max(0, year.start() - 24) : year.start()])
    }
    for first, last in re.findall(r"(?<!\d)((?:19|20)\d\d)年?\s*[—–~～至到-]+\s*((?:19|20)\d\d)(?!\d)", text):
        found |= {str(year) for year in range(int(first), min(int(last), int(first) + LONGEST_SPAN) + 1)}
    return found
