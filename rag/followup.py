"""The kinds of follow-up, told by their wording: another subject, another thing of the same one, some of these, ...

message -> what kind of follow-up it is, with the words that it gives
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import rjieba

from rag.text import is_han
from rag.tokenizer import is_stop_word
from rag.wording.numerals import spelled

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
LAST = -1
LONGEST = 120  # characters; what is longer says itself what it is about


class Kind(StrEnum):
    """What a follow-up does with the question before it."""

    AGAIN = "again"  # are you sure?  是50家吧？
    LANGUAGE = "language"  # in English please
    MORE = "more"  # tell me more
    OTHER = "other"  # and hospitals?  不对，我问的是就业
    SOME = "some"  # which of these are kindergartens?
    ONE = "one"  # the second one
    ANOTHER = "another"  # and when?
    BACK = "back"  # how much do they cost?


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Its kind; the subject, language or item that it gives; what else it says."""

    kind: Kind
    given: str = ""
    rest: str = ""
    number: int = 0  # of the item, from 1; `LAST` for the last
    sure: bool = True  # whether it cannot stand alone: 「哪些是高中？」 can


_COURTESY = re.compile(
    r"^(?:(?:好的?|谢谢您?你?|多谢|明白了?|知道了|懂了|嗯+|哦+|对了)[，,。.!！~～\s]+"
    r"|(?:ok(?:ay)?|thanks?(?: you)?|thank you|great|i see|got it|right|alright|well)[,.!]\s*)++(?=\w)",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:你|您)?(?:确定|肯定|真的|没(?:搞|弄)?错|真的?假的?)(?:吗|吧|么|没有?)?[？?!！。]*"
    r"|(?:are you (?:quite |really )?sure|really|is that (?:right|true|so|correct)|sure)[?!.]*"
    r"|(?:应该|不)?(?:是|达到?)?\s*[\d.,]+\s*[%％个所家条张人名倍亩亿万元]{0,3}(?:公里|平方公里)?(?:以上|左右)?(?:吧|吗|对吗|对吧|是吗)[？?]*"
    r"|(?:is it |it's |so )?[\d.,]+%?(?: [a-z]+)?,? (?:right|correct|isn't it)\?*",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    r"(?:请?(?:用|换成?|翻译成?))(?P<zh>中文|汉语|普通话|英文|英语)(?:再)?(?:说|讲|回答|答|告诉我)?(?:一?[遍下次])?(?:吧|呢)?[。.！!？?]*"
    r"|(?:please )?(?:(?:say|tell me|answer|repeat|translate)(?: (?:it|that|this))? )?(?:in|into) (?P<en>english|chinese|mandarin)(?:,? please)?[.?!]*",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:再|请|能不能|能)*+(?:说|讲|介绍|展开|补充)(?:得|说|讲)?(?:再)?(?:详细|具体|多|清楚)?(?:一?[点些下])?(?:[说讲]{1,2})?(?:吗|吧|呢)?[。.？?！!]*"
    r"|(?:详细|具体)(?:一?[点些])?(?:[说讲介绍]{0,4})[。.？?]*|还有(?:别的|其他的?|更多)?(?:吗|呢)?[？?]*|(?:然后|其他的?|别的|具体)呢[？?]*"
    r"|(?:can you |could you |please )*+(?:tell me more|say more|more(?: details?| info(?:rmation)?)?(?:,? please)?|go on|elaborate"
    r"|what else|anything else|explain(?: (?:that|this|it|more|further))?)(?: about (?:it|that|this|them))?(?:,? please)?[.?!]*",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"(?:不[是对]?|错了?|不不)[，,。\s]*(?:我)?(?:是)?(?:问|指|想问|想知道|要问|说的是|关心的是)的?(?:是)?(?P<zh>[^，。？?！!]{1,15}?)(?:啊|呀|呢)?[。？?！!]*"
    r"|no,? ?(?:i )?(?:mean|meant|asked about|was asking (?:about|for)|am asking (?:about|for))(?: the)? (?P<en>\w[\w' -]{1,49}?)[.?!]*"
    r"|no, (?:the )?(?P<en2>(?!thanks?\b|need\b|more\b|worries\b|problem\b|idea\b)\w[\w'-]+(?: [\w'-]+)?)[.?!]*",
    re.IGNORECASE,
)
# A follow-up that only names another subject: 那医院呢, 2030年呢, what about hospitals?, and the roads?
_OTHER = re.compile(
    r"(?:那么?|还有|至于|换成)?(?P<zh>[^，。？?！!\s什多怎哪谁几]{1,14}?)(?:又?怎么样)?呢[？?]?"
    r"|(?:那么?|还有)(?P<zh2>[^，。？?！!\s什多怎哪谁几]{2,10})[？?]"
    r"|(?:and |but |so )*(?:what about |how about |and |for )(?P<en>(?!(?:when|where|why|how|who|what|which|is|are|will|does|do|did|can|could|has|have|had|should|would|was|were)\b)\w[\w' -]{1,39})\?*",
    re.IGNORECASE,
)
_THESE = r"(?:其中|这(?:些|几)[^，。哪几有]{0,4}?(?:里面?|当?中|之中)?|那些[^，。哪几有]{0,4}?(?:里面?|当?中)?|(?:它|他)们?(?:当?中|里面?)?|里面|当中)"
_SOME = re.compile(
    rf"{_THESE}?(?:的)?(?:有)?(?:哪些|哪几[个所家项条]?|几[个所家项条])(?:是|属于)(?P<zh>[^，。？?！!什怎]{{1,10}}?)(?:的)?(?:呢|啊)?[？?]*"
    r"|(?:我)?只[看说要想][看说要知道]*(?P<zh2>[^，。？?！!什怎]{1,10}?)(?:的|呢|就行|就好)?[。？?]*"
    r"|(?:and )?(?:(?:which|how many)(?: ones?)?(?: of (?:these|those|them))?|what of (?:these|those|them)) (?:are|is|will be)(?: for| called| in)?(?: the| an?)? (?P<en>\w[\w' -]{1,39}?)\?*"
    r"|(?:just|only)(?: the)? (?P<en2>\w[\w' -]{1,29}?)(?:,? please)?[.?]*"
    r"|(?:are |is )?(?:there )?any (?P<en3>\w[\w' -]{1,29}?) (?:among|of|in) (?:these|those|them)\?*",
    re.IGNORECASE,
)
_OF_THESE = re.compile(r"其中|这些|那些|里面|当中|\b(?:these|those|them)\b|\bwhich ones?\b", re.IGNORECASE)
_ONE = re.compile(
    rf"(?:那|还有)?(?:第(?P<zh>[一二三四五六七八九十]{{1,3}}|[1-9]\d?)|最后一?(?P<last>))[个条项点家所种类](?P<after>(?:[的是在要会有呢什怎何多谁哪以由跟和对能将为？?]|具体|说说|介绍)[^，。]*)?"
    rf"|(?P<before>[^.]*?)\bthe (?P<en>{'|'.join(_ORDINALS)}|last)(?: one| item| point)(?![-\w])(?P<after2>(?! of the)[^.]*?)"
    rf"|(?P<before2>[^.]*?)\b(?:the )?(?P<en2>{'|'.join(_ORDINALS)}|last)(?: of (?:them|these|those))?[?.!]*",
    re.IGNORECASE,
)
_BARE_ONE = re.compile(
    r"(?:呢|是(?:什么|哪个|啥)|(?:具体)?(?:怎么样|说说|介绍一下)|的|\W|what(?:'s| is| about)?|and|how about|tell me(?: more)?(?: about)?|about)*+",
    re.IGNORECASE,
)
# One that only asks another thing of the same subject: 什么时候？ 花多少钱？ and when? how much? why?
_ANOTHER = re.compile(
    r"(?:那|那么|还有|它|这个)?(?:一共|总共|现在|目前|大概|具体)?(?:要|会|是|在|能|有)?(?:什么时候|何时|哪一?年|多久|多少钱|花多少钱|在哪里?|哪里|为什么|为何|怎么做|如何做|由?谁来?|有?多少[个所家]?|几[个所家条项]|多大|多长)"
    r"(?:完成|完工|建成|建好?|开工|竣工|实现|负责|承担|管|做|出钱|买单|能?[去用])?(?:呢|啊|呀|的)?[？?]?"
    r"|(?:and |but |so )?(?:when|where|why|how|who|how much|how many|how long|by when|what for|how come|how much money)(?: (?:of (?:it|them|these|those)))?"
    r"(?: (?:is|are|will|does|do|was|were) (?:it|that|this|they|those|these)(?: \w+){0,2}| (?:pays?|builds?|runs?|decides?|owns?)(?: (?:it|for it|them|for them|for that))?)?\?*",
    re.IGNORECASE,
)
# What a bare aspect asks of the subject before: 「原因呢？」
_ASKED_OF = {
    "原因": "为什么？", "理由": "为什么？", "时间": "什么时候？", "地点": "在哪里？", "位置": "在哪里？", "投资": "投资多少？",
    "费用": "多少钱？", "资金": "资金多少？", "目标": "目标是什么？", "数量": "有多少？", "负责人": "谁负责？",
}  # fmt: skip
_ASKS = re.compile(
    r"吗|是否|[如为]?何(?![家氏])|([一-鿿])不\1|有没有|是不是|能不能|会不会|^(?:会|能|可以|要)|^了$|^(?:the|an?)$"
)
POINTS_BACK = re.compile(
    r"它们?|他们|她们|这些|那些|其中|上述|前者|后者|该(?:项目|学校|医院|工程|计划)|这(?:个|项|件|所|条)(?!规划|计划|报告|方案|文件|文章|时期|阶段|[省市区县])|那(?:个|项|件|所|条)(?!呢)"
    r"|\b(?:of )?(?:these|those|them|they|it|its|(?:that|this) (?:one|school|hospital|project|company|firm|road|place|area|park|scheme)|the same)\b",
    re.IGNORECASE,
)
# What points back to nothing before the message: "is it true that", "how will Luojiang improve its schools".
_IMPERSONAL = re.compile(
    r"\b(?i:is it (?:true|right|planned|possible)|it is|it's)\b|(?<=[a-z] )[A-Z][a-z]+\b.*?\b(?:its|their|it|they)\b"
    r"|\b(?:the|this|our) (?:plan|district|city|province|government|county)\b.*?\b(?:its|their|it|they)\b"
)


def without_courtesy(message: str) -> str:
    """A message without the thanks before what it asks: "谢谢，那学校呢？" -> "那学校呢？"."""
    return _COURTESY.sub("", message.strip()) or message.strip()


def follow_up(message: str) -> FollowUp | None:
    """What kind of follow-up a message is, by its wording; none where it may stand alone."""
    if len(message) > LONGEST:
        return None
    return _of_what_was_told(message) or _of_its_subject(message)


def _of_what_was_told(message: str) -> FollowUp | None:
    """A follow-up to the answer: again, in another language, more of it, some of it."""
    if found := _LANGUAGE.fullmatch(message):
        english = (found["en"] or "").lower() == "english" or (found["zh"] or "").startswith("英")
        return FollowUp(Kind.LANGUAGE, "en" if english else "zh")
    if _AGAIN.fullmatch(message):
        return FollowUp(Kind.AGAIN)
    if _MORE.fullmatch(message):
        return FollowUp(Kind.MORE)
    if (found := _ONE.fullmatch(message)) and (one := _one(found)):
        return one
    if (found := _SOME.fullmatch(message)) and (_OF_THESE.search(message) or _is_short(_given(found))):
        return FollowUp(Kind.SOME, _given(found), sure=_OF_THESE.search(message) is not None)
    return None


def _of_its_subject(message: str) -> FollowUp | None:
    """A follow-up to the question: the same of another subject, another thing of the same one."""
    found = _CORRECTED.fullmatch(message) or _OTHER.fullmatch(message)
    if found and (aspect := _ASKED_OF.get(_given(found))):
        return FollowUp(Kind.ANOTHER, rest=aspect)
    if found:
        return FollowUp(Kind.OTHER, _given(found)) if _is_subject(_given(found)) else None
    if _ANOTHER.fullmatch(message):
        return FollowUp(Kind.ANOTHER, rest=re.sub(r"^(?:那么?|还有|and |but |so )", "", message, flags=re.IGNORECASE))
    back = POINTS_BACK.search(_IMPERSONAL.sub(" ", message))
    if back and not _names_something(back.string[: back.start()]):
        return FollowUp(Kind.BACK, rest=re.sub(r"\s+", " ", POINTS_BACK.sub(" ", message)).strip())
    return None


def _is_subject(given: str) -> bool:
    """Whether it may stand in the place of another subject: no question, and no empty word."""
    return re.search(r"\w", given) is not None and not _ASKS.search(given)


def _names_something(before: str) -> bool:
    """Whether there is a subject before a word that points back, which may then mean that one."""
    if any(map(is_han, before)):
        return sum(map(is_han, before)) > 3 and any(is_noun(word) for word in rjieba.cut(before) if len(word) > 1)
    words = re.findall(r"[a-z]{4,}", before.lower())
    return sum(not is_stop_word(word) for word in words) > 1


def _given(found: re.Match[str]) -> str:
    given = next((text for name, text in found.groupdict().items() if text and name[:2] in ("zh", "en")), "")
    return re.sub(r"^(?:the|an?|being|to be|getting)(?: |$)", "", given.strip(), flags=re.IGNORECASE)


def _one(found: re.Match[str]) -> FollowUp | None:
    said = found["zh"] or (found["en"] or found["en2"] or "").lower()
    if found["last"] is not None or said == "last":
        number = LAST
    elif said in _ORDINALS:
        number = 1 + _ORDINALS.index(said)
    else:
        number = int(said) if said.isdigit() else spelled(said) or 0
    around = [found[name] or "" for name in ("before", "before2", "after", "after2")]
    bare = all(_BARE_ONE.fullmatch(part) for part in around)
    if not number or (found["en2"] and not bare):
        return None  # 第二三个; "Who came first?"
    return FollowUp(Kind.ONE, rest="" if bare else " ".join(filter(None, around)).strip(), number=number)


def _is_short(message: str) -> bool:
    """Whether it is a word or two."""
    return sum(map(is_han, message)) <= 6 and len(re.findall(r"[A-Za-z]+", message)) <= 2


def names_nothing(message: str) -> bool:
    """Whether a short question has no noun of its own: 现在是多少？"""
    if not 0 < sum(map(is_han, message)) <= 10 or re.search(r"[A-Za-z]{2,}", message):
        return False
    return not any(_names(word, tag) for word, tag in rjieba.tag(message))


def _names(word: str, tag: str) -> bool:
    """Whether a word says what a question is about: 就业 and 扶贫 do, 完成 does not."""
    return word not in _EMPTY and (tag[0] in _NOUNS or (tag[0] == "v" and len(word) > 1))


def is_noun(word: str) -> bool:
    """Whether a Chinese word is, or may be, the name of something."""
    return all(tag[0] in _NOUNS or tag in _PARTS_OF_NAMES for _, tag in rjieba.tag(word))


_NOUNS = "nijlz"  # how jieba's tags of names, idioms and set phrases begin
_PARTS_OF_NAMES = ("g", "zg", "x")  # of characters that seldom stand alone
_EMPTY = frozenset(
    "钱 时间 人 地方 时候 单位 部门 目标 原因 资金 投资 总共 一共 谁 什么 哪里 完成 建成 实现 达到 开工 完工 竣工 负责 承担 "
    "建设 申请 办理 出钱 买单 开始 结束 落实 没有 可以 应该 需要 知道 使用 享受 计划 打算".split()
)
